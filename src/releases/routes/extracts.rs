//! `…/kendskabsgrad/releases` and `…/kendskabsgrad/tables/{date}`: target groups in the zones, for everybody.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::SecondsFormat;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::cube::TARGET_GROUPS;
use super::super::formats::{self, About};
use super::super::model::{NewTableRelease, ReleaseView, TargetGroupRowView, TargetGroupTableView};
use super::super::rules::{Audience, Reader, Subject};
use super::super::store::{self, Listed, Shelf, make::Order};
use super::super::tables::{Choice, Row, rows};
use super::answers::{release, source, terms, view as release_view};
use super::released::TableFormat;
use super::tables::sort;
use crate::auth::Allow;
use crate::auth::role::{ReadReleases, ReleaseParticipation};
use crate::entities::plan;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{Audience as Cached, respond, to_json};
use crate::web::formats::{Locale, jsonstat};
use crate::web::json::{self, Node};
use crate::web::page::{Page, PageQuery};
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, NoQuery, ValidQuery, parse_date};
use crate::web::values;

type ReleasePage = Page<ReleaseView>;

/// Publish an extract
///
/// Shows everybody the counts of an extract by target group and zone, as far as nobody can be found in them: small counts are
/// hidden, and so many others that they cannot be worked out. The plan's own parties read the extract itself, in full. The rules, and
/// what happens when an extract is corrected, are those of releases of participants. Municipality, population and shares are not
/// part of it, nor are parts of a target group that overlap.
#[utoipa::path(tag = "kendskabsgrad", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewTableRelease,
    security(("bearer" = ["participation:release"])), responses(
    (status = 201, description = "The new release.", body = ReleaseView, headers(
        ("Location" = String, description = "The table."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
    (status = 200, description = "Nothing has changed since this release.", body = ReleaseView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/kendskabsgrad/releases")]
pub(super) async fn create_kendskabsgrad_release(
    who: Allow<ReleaseParticipation>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let names = ("create_kendskabsgrad_release", "kendskabsgrad/releases");
    release(&app, &who, &path.plan, &body, &request, names, order).await
}

fn order(node: &Node) -> Result<Order, Problem> {
    let mut errors = Vec::new();
    let mut members = json::Reader::of_body(node, &mut errors);
    let at = members.at("extracted_on");
    let date = members
        .required("extracted_on", &mut errors)
        .and_then(|node| values::date(node, &at, &mut errors));
    let (threshold, reason) = terms(&mut members, &mut errors);
    members.finish(&mut errors);
    match date {
        Some(date) if errors.is_empty() => Ok(Order {
            subject: Subject::Kendskabsgrad,
            period: date.to_string(),
            audience: Audience::Public,
            threshold,
            reason,
            at,
        }),
        _ => Err(Problem::invalid_content(errors)),
    }
}

/// List the published extracts
///
/// The oldest first; of one date there may be several, of which the last is the current one.
#[utoipa::path(tag = "kendskabsgrad", params(PageQuery, PlanPath),
    security(("bearer" = ["participation:read"])), responses(
    (status = 200, description = "A page of releases.", body = ReleasePage),
))]
#[get("/v1/plans/{plan}/kendskabsgrad/releases")]
pub(super) async fn list_kendskabsgrad_releases(
    who: Allow<ReadReleases>,
    path: Path<PlanPath>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window::<Uuid>()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let listed = Listed {
        subject: Subject::Kendskabsgrad,
        period: None,
        audience: None,
        readers: Some(vec![Reader::Public]),
    };
    let rows = store::list(app.db.read(), plan.id, &listed, &window).await?;
    let views = rows.into_iter().map(release_view).collect::<Result<Vec<_>, _>>()?;
    Page::new(views, window.limit, |view| view.id, |view| view).respond(&request)
}

/// Which release and rows.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TargetGroupQuery {
    /// The number of an earlier release of that date; the current one where absent.
    #[param(minimum = 1)]
    release: Option<i32>,
    /// Rows of these target groups, separated by commas.
    #[param(value_type = Option<String>, example = "6.1,total")]
    target_group: Option<CommaList>,
    /// Rows of these zones, separated by commas; `total` is among them.
    #[param(value_type = Option<String>)]
    area: Option<CommaList>,
    /// Rows that are shown to have at least this value. Hidden rows never do.
    #[param(minimum = 0)]
    min_value: Option<u64>,
    /// What to sort by, separated by commas: `target_group`, `area` or `value`, with `-` before it downwards. By `value`, hidden
    /// rows come last either way.
    #[param(value_type = Option<String>, example = "-value")]
    sort: Option<CommaList>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<TableFormat>,
    /// How CSV is written: `en` has `,` between columns, `da` has `;`.
    #[param(inline)]
    locale: Option<Locale>,
}

const DIMENSIONS: [(&str, &str); 2] = [("target_group", "Målgruppe"), ("area", "Zone")];

/// Read a published extract
///
/// Target groups by zone on a date, with the margins as `total`. A hidden cell has the value null and the status `suppressed`. What
/// had been published before elsewhere, as table 9 of the agreement, is shown in full and says so.
#[utoipa::path(tag = "kendskabsgrad", params(TargetGroupQuery, PlanPath,
        ("date" = String, Path, format = Date, description = "The date on which the counts were drawn.", example = "2022-06-01")),
    security(("bearer" = ["participation:read"])), responses(
    (status = 200, description = "The table.", content(
        (TargetGroupTableView = "application/json"),
        (String = "text/csv", example = "period,zone,target_group,area,value,status\n2022-06-01,zone-1,6.1,zone-1,24,final\n"),
        (jsonstat::Dataset = "application/vnd.json-stat+json"),
    )),
))]
#[get("/v1/plans/{plan}/kendskabsgrad/tables/{date}")]
pub(super) async fn get_kendskabsgrad_table(
    who: Allow<ReadReleases>,
    path: Path<(String, String)>,
    query: ValidQuery<TargetGroupQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, date) = path.into_inner();
    let query = query.0;
    let format = TableFormat::of(&request, query.format)?;
    let date = parse_date(&date).ok_or_else(no_date)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let subject = Subject::Kendskabsgrad;
    let row = store::current(db, plan.id, subject, &date.to_string(), &Reader::Public, query.release).await?;
    let shelf = Shelf::open(row.ok_or_else(|| store::missing_of(&date.to_string(), &Reader::Public, query.release))?)?;
    let cells = shelf.cube.shape().table(TARGET_GROUPS).unwrap_or_default();
    let asked = [("target_group", query.target_group), ("area", query.area)];
    let choice = Choice {
        codes: asked
            .into_iter()
            .filter_map(|(name, list)| Some((name, list?.0)))
            .collect(),
        min_value: query.min_value,
        sort: sort(query.sort.as_ref()),
    };
    let rows = rows(&shelf.cube, &cells, &shelf.published, &choice).map_err(Problem::invalid_content)?;
    let (media_type, body) = match format {
        TableFormat::Json => ("application/json", to_json(&view(&shelf, rows)?)?),
        TableFormat::Csv => {
            let names = BTreeMap::new();
            let about = about(&plan, &shelf, &names);
            let locale = query.locale.unwrap_or_default();
            (
                "text/csv; charset=utf-8; header=present",
                formats::csv(&about, &rows, locale)?,
            )
        }
        TableFormat::JsonStat => {
            let names = store::names(db, plan.id).await?;
            let dataset = formats::jsonstat(&about(&plan, &shelf, &names), &rows);
            (jsonstat::MEDIA_TYPE, to_json(&dataset)?)
        }
    };
    Ok(respond(&request, Cached::Private, media_type, body))
}

fn no_date() -> Problem {
    Problem::invalid_parameters(vec![FieldError::new(
        At::Parameter("date".into()),
        "invalid_date",
        "A date is written as 2024-01-31.",
        "En dato skrives som 2024-01-31.",
    )])
}

fn view(shelf: &Shelf, rows: Vec<Row>) -> Result<TargetGroupTableView, Problem> {
    let row = |row: Row| {
        let status = row.status();
        let mut codes = row.codes.into_iter();
        let mut next = || codes.next().unwrap_or_default();
        TargetGroupRowView {
            target_group: next(),
            area: next(),
            value: row.value,
            status,
        }
    };
    Ok(TargetGroupTableView {
        table: TARGET_GROUPS,
        extracted_on: shelf.row.period.clone(),
        measure: "persons",
        release: source(&shelf.row)?,
        citation: shelf.row.citation.clone(),
        rows: rows.into_iter().map(row).collect(),
    })
}

fn about<'a>(plan: &plan::Model, shelf: &'a Shelf, names: &'a BTreeMap<String, String>) -> About<'a> {
    About {
        dimensions: &DIMENSIONS,
        period: &shelf.row.period,
        label: format!("Kendskabsgrad {}", shelf.row.period),
        source: shelf.row.citation.clone().unwrap_or_else(|| plan.name.clone()),
        updated: shelf.row.released_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        note: vec!["Skjulte tal har status suppressed.".to_owned()],
        names,
    }
}
