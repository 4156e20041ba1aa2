//! `GET …/sessions`: every single time that something takes place.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{NaiveDate, NaiveDateTime};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::OccurrenceView;
use super::super::store::{self, Position, Selection};
use super::sight;
use crate::activities;
use crate::activities::rules::MAX_AGE;
use crate::auth::Allow;
use crate::auth::role::ReadActivities;
use crate::db::Window;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::state::AppState;
use crate::web::day::Day;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::ValidQuery;

type OccurrencePage = Page<OccurrenceView>;

/// Which occurrences.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Those that begin on this day in Copenhagen or later; from the plan's beginning where absent.
    #[param(value_type = Option<String>, format = Date, example = "2024-09-01")]
    from: Option<Day>,
    /// Those that begin on this day in Copenhagen or earlier; to the plan's end where absent.
    #[param(value_type = Option<String>, format = Date, example = "2024-09-30")]
    to: Option<Day>,
    /// At a venue in this zone, by code. A venue whose zone is not stated is in none.
    zone: Option<String>,
    /// Of this activity, by code.
    activity: Option<String>,
    /// For people of this age: neither the session nor its activity excludes it.
    #[param(minimum = 0, maximum = 120)]
    age: Option<i16>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Where the list goes on.
#[derive(Clone, Copy, Debug)]
struct Bookmark(Position);

impl page::Key for Bookmark {
    fn to_text(&self) -> String {
        let minutes = |time: NaiveDateTime| time.and_utc().timestamp() / 60;
        let Position {
            local_start,
            session,
            recurrence_id,
        } = self.0;
        format!(
            "{}.{}.{}",
            minutes(local_start),
            session.simple(),
            minutes(recurrence_id)
        )
    }

    fn from_text(text: &str) -> Option<Self> {
        let time = |text: &str| {
            let seconds = text.parse::<i64>().ok()?.checked_mul(60)?;
            Some(chrono::DateTime::from_timestamp(seconds, 0)?.naive_utc())
        };
        let mut parts = text.split('.');
        let position = Position {
            local_start: time(parts.next()?)?,
            session: parts.next()?.parse::<Uuid>().ok()?,
            recurrence_id: time(parts.next()?)?,
        };
        parts.next().is_none().then_some(Self(position))
    }
}

/// List what takes place when and where
///
/// A series is listed as every single time it takes place, in the order in which they begin; what is cancelled or moved is
/// there with its status, what a rule's exceptions exclude is not. Without a token: what is published.
#[utoipa::path(tag = "activities", params(ListQuery, PlanPath),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "A page of occurrences.", body = OccurrencePage),
))]
#[get("/v1/plans/{plan}/sessions")]
pub(super) async fn list_sessions(
    who: Allow<ReadActivities>,
    path: Path<PlanPath>,
    query: ValidQuery<ListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window::<Bookmark>(query.limit, query.cursor.as_deref())?;
    let days = days(&query)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let selection = Selection {
        activity: query.activity,
        zone: query.zone,
        age: query.age,
    };
    let sight = sight(who.caller());
    check(app.db.read(), plan.id, &selection).await?;
    let rows = Window {
        limit: window.limit,
        after: window.after.map(|Bookmark(position)| position),
    };
    let rows = store::occurrences(app.db.read(), plan.id, days, &selection, sight, &rows).await?;
    let bookmark = |row: &OccurrenceView| {
        Bookmark(Position {
            local_start: row.local_start,
            session: row.session,
            recurrence_id: row.recurrence_id,
        })
    };
    Page::new(rows, window.limit, bookmark, |row| row).respond(&request)
}

/// The period that is asked for; 422 where it ends before it begins.
fn days(query: &ListQuery) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Problem> {
    let days = (query.from.map(|day| day.0), query.to.map(|day| day.0));
    if let (Some(from), Some(to)) = days
        && to < from
    {
        return Err(Problem::invalid_content(vec![FieldError::new(
            At::Parameter("to".into()),
            "before_from",
            "to is before from.",
            "to ligger før from.",
        )]));
    }
    Ok(days)
}

/// Codes that the plan does not have are errors, so that a typing error is not taken for an absence of sessions. What a
/// caller does not see is no error: it would tell that it is there.
pub(super) async fn check(db: &impl ConnectionTrait, plan_id: i32, selection: &Selection) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if let Some(zone) = &selection.zone
        && !activities::store::zones(db, plan_id).await?.contains(zone)
    {
        errors.push(FieldError::new(
            At::Parameter("zone".into()),
            "unknown_zone",
            "The plan has no zone of this code.",
            "Planen har ingen zone med denne kode.",
        ));
    }
    if selection.age.is_some_and(|age| !(0..=MAX_AGE).contains(&age)) {
        errors.push(FieldError::new(
            At::Parameter("age".into()),
            "out_of_range",
            format!("age is 0 to {MAX_AGE}."),
            format!("age er 0 til {MAX_AGE}."),
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_content(errors))
    }
}
