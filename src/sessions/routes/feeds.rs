//! The feeds that frontends, harvesters and calendars follow. They show what everybody sees, to everybody.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::calendar;
use super::super::rpde::{self, Feed};
use super::super::store::{self, Selection, Whole};
use super::list::check;
use crate::auth::Allow;
use crate::auth::role::ReadActivities;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::state::AppState;
use crate::web::etag::{Audience, respond, to_json};
use crate::web::formats::calendar::MEDIA_TYPE;
use crate::web::path::PlanPath;
use crate::web::query::ValidQuery;

/// The size of a page where the client names none.
const DEFAULT_LIMIT: u64 = 500;
/// The largest page.
const MAX_LIMIT: u64 = 1000;

/// Where the feed goes on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FeedQuery {
    /// What changed after the item with this change number; from the beginning where absent. Follow `next` instead of
    /// making addresses of your own.
    #[serde(rename = "afterChangeNumber")]
    #[param(rename = "afterChangeNumber", minimum = 0)]
    after_change_number: Option<i64>,
    /// How many items at most, 1 to 1000; 500 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Follow the sessions
///
/// OpenActive's Realtime Paged Data Exchange (RPDE), ordered by change number: start without parameters, follow `next` to
/// the page that is empty and whose `next` is itself, and ask that page again from time to time. Each session stands where
/// it last changed; one that is deleted or no longer public stays as a tombstone (`deleted`), which is not taken away. No
/// change is ever missed, however many write at once.
#[utoipa::path(tag = "activities", params(FeedQuery, PlanPath),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "A page of the feed.", body = Feed),
))]
#[get("/v1/plans/{plan}/feeds/sessions")]
pub(super) async fn sessions_feed(
    who: Allow<ReadActivities>,
    path: Path<PlanPath>,
    query: ValidQuery<FeedQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let FeedQuery {
        after_change_number: after,
        limit,
    } = query.0;
    check_page(after, limit)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let size = limit.unwrap_or(DEFAULT_LIMIT);
    let wholes = store::changes(app.db.read(), plan.id, after.unwrap_or(0), size).await?;
    let venues = store::venues(app.db.read(), plan.id, codes(&wholes)).await?;
    let address = &app.config.public_url;
    let plan = format!("{address}/v1/plans/{}", plan.code);
    let items: Vec<_> = wholes.iter().map(|whole| rpde::item(whole, &venues, &plan)).collect();
    let next = match items.last() {
        None => {
            let here = request.uri().path_and_query().map_or("", |here| here.as_str());
            format!("{address}{here}")
        }
        Some(last) => {
            let limit = limit.map(|limit| format!("&limit={limit}")).unwrap_or_default();
            format!("{plan}/feeds/sessions?afterChangeNumber={}{limit}", last.modified)
        }
    };
    let feed = Feed {
        next,
        items,
        license: app.config.feed_license.clone(),
    };
    Ok(respond(&request, Audience::Public, "application/json", to_json(&feed)?))
}

fn codes(wholes: &[Whole]) -> impl Iterator<Item = &str> {
    wholes.iter().flat_map(|whole| {
        let moved = whole.occurrences.iter().map(|one| one.venue.as_str());
        moved.chain([whole.session.venue.as_str()])
    })
}

fn check_page(after: Option<i64>, limit: Option<u64>) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if after.is_some_and(|after| after < 0) {
        errors.push(FieldError::new(
            At::Parameter("afterChangeNumber".into()),
            "invalid_value",
            "A change number is 0 or more.",
            "Et ændringsnummer er 0 eller derover.",
        ));
    }
    if limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
        errors.push(FieldError::new(
            At::Parameter("limit".into()),
            "invalid_value",
            format!("limit is 1 to {MAX_LIMIT}."),
            format!("limit er 1 til {MAX_LIMIT}."),
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_parameters(errors))
    }
}

/// Which sessions the calendar has.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CalendarQuery {
    /// Of this activity, by code.
    activity: Option<String>,
    /// At a venue in this zone, by code.
    zone: Option<String>,
    /// For people of this age: neither the session nor its activity excludes it.
    #[param(minimum = 0, maximum = 120)]
    age: Option<i16>,
}

/// Subscribe to the sessions
///
/// An iCalendar feed (RFC 5545) of what is published: an event a session with a stable `UID`, `SEQUENCE`, times with `TZID`
/// Europe/Copenhagen, `RRULE` and `EXDATE`; an occurrence that was cancelled or moved is an event with `RECURRENCE-ID`.
#[utoipa::path(tag = "activities", params(CalendarQuery, PlanPath),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "The calendar.", content((String = "text/calendar"))),
))]
#[get("/v1/plans/{plan}/sessions.ics")]
pub(super) async fn sessions_calendar(
    who: Allow<ReadActivities>,
    path: Path<PlanPath>,
    query: ValidQuery<CalendarQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let selection = Selection {
        activity: query.0.activity,
        zone: query.0.zone,
        age: query.0.age,
    };
    check(app.db.read(), plan.id, &selection).await?;
    let wholes = store::public(app.db.read(), plan.id, &selection).await?;
    let venues = store::venues(app.db.read(), plan.id, codes(&wholes)).await?;
    let body = calendar::calendar(&plan.name, &wholes, &venues).into_bytes();
    Ok(respond(&request, Audience::Public, MEDIA_TYPE, body))
}
