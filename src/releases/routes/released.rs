//! What the tables of a quarter have in common: which release a caller reads, in which format, and how it is answered.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse};
use chrono::SecondsFormat;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::formats::{self, About};
use super::super::rules::{Audience, Reader, Subject};
use super::super::store::{self, Shelf};
use super::super::tables::Row;
use super::answers::{reader, readers};
use crate::auth::role::ReadReleases;
use crate::auth::{Allow, Caller};
use crate::entities::plan;
use crate::period::Period;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::{Audience as Cached, render, respond_rendered, to_json};
use crate::web::formats::{csv, jsonstat, negotiate};

/// The formats of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum TableFormat {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
    /// JSON-stat 2.0, `application/vnd.json-stat+json`
    JsonStat,
}

impl TableFormat {
    /// The format that is asked for, in the query or else by `Accept`.
    pub(super) fn of(request: &HttpRequest, asked: Option<Self>) -> Result<Self, Problem> {
        match asked {
            Some(format) => Ok(format),
            None => negotiate(
                request,
                &[
                    (Self::Json, "application/json"),
                    (Self::Csv, csv::MEDIA_TYPE),
                    (Self::JsonStat, jsonstat::MEDIA_TYPE),
                ],
            ),
        }
    }
}

/// Which release of a quarter.
pub(super) struct Which<'a> {
    /// Of which quarter; of the newest where absent.
    pub(super) period: Option<Period>,
    /// Its number; the current one where absent.
    pub(super) release: Option<i32>,
    /// As which audience; the caller's own where absent.
    pub(super) audience: Option<Audience>,
    /// As which organisation, where the audience is one.
    pub(super) organisation: Option<&'a str>,
}

/// A body with its media type.
pub(super) type Body = (&'static str, Vec<u8>);

/// Answers with what `make` makes of the release that a caller asks for, in a format; from memory where that was made before.
/// `table` tells this table's answers from those of others.
pub(super) async fn answer(
    app: &AppState,
    who: &Allow<ReadReleases>,
    plan: &str,
    request: &HttpRequest,
    (table, asked): (&'static str, Option<TableFormat>),
    which: &Which<'_>,
    make: impl AsyncFnOnce(&plan::Model, Shelf, TableFormat) -> Result<Body, Problem>,
) -> Result<HttpResponse, Problem> {
    let format = TableFormat::of(request, asked)?;
    let caller = who.caller();
    // Beside the address, what decides which release it is: a caller's role and organisation.
    let role = caller.role.map_or("none", |role| role.code());
    let organisation = &caller.scope.organisation;
    let key = format!("{table} {format:?} {role} {organisation:?} {}", request.uri());
    let make = async || -> Result<_, Problem> {
        let plan = plans::store::resolve(app.db.read(), who.scope(), plan).await?;
        let shelf = find(app, &plan, caller, which).await?;
        let (media_type, body) = make(&plan, shelf, format).await?;
        Ok(render(media_type, body))
    };
    let answer = app.answers.get_or_make(key, make).await?;
    Ok(respond_rendered(request, Cached::Private, answer))
}

/// The release that a caller asks for, if it may read it.
async fn find(app: &AppState, plan: &plan::Model, caller: &Caller, query: &Which<'_>) -> Result<Shelf, Problem> {
    let db = app.db.read();
    let subject = Subject::Participation;
    let period = match query.period {
        Some(period) => period.to_string(),
        None => {
            let newest = match (query.audience, readers(caller)) {
                (Some(Audience::Public), _) => vec![Reader::Public],
                (_, Some(readers)) => readers,
                (_, None) => vec![Reader::Parties, Reader::Public],
            };
            let newest = store::newest_period(db, plan.id, subject, &newest).await?;
            newest.ok_or_else(store::missing)?
        }
    };
    let named = (query.audience, query.organisation);
    let reader = reader(db, plan, caller, &period, named).await?;
    let row = store::current(db, plan.id, subject, &period, &reader, query.release).await?;
    Shelf::open(row.ok_or_else(|| store::missing_of(&period, &reader, query.release))?)
}

/// A table as CSV.
pub(super) fn as_csv(document: Result<Vec<u8>, Problem>) -> Result<Body, Problem> {
    Ok(("text/csv; charset=utf-8; header=present", document?))
}

/// A table as JSON-stat.
pub(super) fn as_jsonstat(about: &About<'_>, rows: &[Row]) -> Result<Body, Problem> {
    Ok((jsonstat::MEDIA_TYPE, to_json(&formats::jsonstat(about, rows))?))
}

/// What a document says of a table of participants beside its rows; `label` and `note` are in Danish.
pub(super) fn about<'a>(
    plan: &plan::Model,
    shelf: &'a Shelf,
    names: &'a BTreeMap<String, String>,
    dimensions: &'a [(&'static str, &'static str)],
    (label, note): (&str, &str),
) -> About<'a> {
    About {
        dimensions,
        period: &shelf.row.period,
        label: format!("{label} {}", shelf.row.period),
        source: plan.name.clone(),
        updated: shelf.row.released_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        note: vec![note.to_owned(), "Skjulte tal har status suppressed.".to_owned()],
        names,
    }
}
