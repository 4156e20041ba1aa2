//! `…/bodies/{code}/calendar-feeds`: list, make, read, revoke; and `…/calendars/{secret}.ics`, which they lead to.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::ConnectionTrait;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::super::calendar;
use super::super::model::{CalendarFeedView, IssuedCalendarFeedView, NewCalendarFeed};
use super::super::store::feeds::NewFeed;
use super::super::{read, store};
use super::Writer;
use crate::auth::allow::Anyone;
use crate::auth::role::SubscribeMeetings;
use crate::auth::secret::{self, CALENDAR_FEED, NewSecret};
use crate::auth::{Allow, Caller, Plans, Scope};
use crate::bodies;
use crate::entities::body;
use crate::plans;
use crate::problem::{Problem, ProblemKind, judged};
use crate::record::Clock;
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::etag::{Audience, require_match, respond, respond_json, to_json};
use crate::web::formats::calendar::MEDIA_TYPE;
use crate::web::page::{Page, ReferenceQuery, window};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

type CalendarFeedPage = Page<CalendarFeedView>;

/// The body, if the caller sees its meetings; else 404, the same for both.
async fn seen_body(
    db: &impl ConnectionTrait,
    plan_id: i32,
    caller: &Caller,
    code: &str,
) -> Result<body::Model, Problem> {
    let body = bodies::store::body(db, plan_id, code).await?;
    let sight = bodies::store::sight(db, plan_id, caller).await?;
    if sight.sees(&body.code) {
        Ok(body)
    } else {
        Err(bodies::store::missing())
    }
}

/// List the calendar subscriptions of a body
///
/// Those of the caller's own role and organisation, the secretariat those of all; revoked ones only with `archived=true`. Never the
/// secrets.
#[utoipa::path(tag = "meetings", params(ReferenceQuery, PlanPath,
        ("code" = String, Path, description = "The body's code.", example = "bestyrelsen")),
    security(("bearer" = ["meetings:subscribe"])), responses(
    (status = 200, description = "A page of subscriptions.", body = CalendarFeedPage),
))]
#[get("/v1/plans/{plan}/bodies/{code}/calendar-feeds")]
pub(super) async fn list_calendar_feeds(
    who: Allow<SubscribeMeetings>,
    path: Path<(String, String)>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = window::<Uuid>(query.0.limit, query.0.cursor.as_deref())?;
    let (plan, code) = path.into_inner();
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let body = seen_body(db, plan.id, who.caller(), &code).await?;
    let rows = store::feeds::list(db, plan.id, &body.code, who.caller(), &window, query.0.archived()).await?;
    Page::new(rows, window.limit, |row| row.id, |row| CalendarFeedView::from(&row)).respond(&request)
}

/// Read a calendar subscription
///
/// Whose it is, and whether it is good; never the secret.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("code" = String, Path, description = "The body's code.", example = "bestyrelsen"),
        ("id" = Uuid, Path, description = "The subscription's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a18")),
    security(("bearer" = ["meetings:subscribe"])), responses(
    (status = 200, description = "The subscription.", body = CalendarFeedView),
))]
#[get("/v1/plans/{plan}/bodies/{code}/calendar-feeds/{id}")]
pub(super) async fn get_calendar_feed(
    who: Allow<SubscribeMeetings>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code, id) = path.into_inner();
    let id = parse_id(&id)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let body = seen_body(db, plan.id, who.caller(), &code).await?;
    let row = store::feeds::find(db, plan.id, &body.code, who.caller(), id).await?;
    respond_json(&request, &CalendarFeedView::from(&row))
}

/// Subscribe a calendar to the meetings of a body
///
/// Makes a secret address for one calendar; give each its own, so that each can be revoked alone. Whoever has the address sees
/// when and where the body meets, and nothing else. It is good until it is revoked, or until those for whom it was made no longer
/// see the body's meetings. The answer shows it, once; there is no `Idempotency-Key`.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("code" = String, Path, description = "The body's code.", example = "bestyrelsen")),
    request_body = NewCalendarFeed,
    security(("bearer" = ["meetings:subscribe"])), responses(
    (status = 201, description = "The subscription with its address.", body = IssuedCalendarFeedView,
        headers(("Location" = String, description = "What is known of the subscription."))),
))]
#[post("/v1/plans/{plan}/bodies/{code}/calendar-feeds")]
pub(super) async fn make_calendar_feed(
    who: Allow<SubscribeMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let (plan, code) = path.into_inner();
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let plan_id = writer.plan.id;
    let name = judged(|errors| read::feed_name(&node, errors))?;
    let secret = NewSecret::make(CALENDAR_FEED).map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "no secret could be made");
        Problem::internal()
    })?;
    let id = Uuid::now_v7();
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let body = seen_body(&transaction, plan_id, &writer.caller, &code).await?;
    let target = format!("bodies/{code}/calendar-feeds/{id}");
    let stamp = clock
        .tick(&transaction, writer.deed("make_calendar_feed", target))
        .await?;
    let new = NewFeed {
        id,
        body: body.code,
        name,
        handle: secret.handle.clone(),
        hash: hash(secret.text.expose_secret()),
    };
    let row = store::feeds::add(&transaction, plan_id, new, &writer.caller, stamp).await?;
    transaction.commit().await?;
    let (address, plan) = (&app.config.public_url, &writer.plan.code);
    let url = format!(
        "{address}/v1/plans/{plan}/calendars/{}.ics",
        secret.text.expose_secret()
    );
    let issued = IssuedCalendarFeedView {
        feed: CalendarFeedView::from(&row),
        url: url.into(),
    };
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/v1/plans/{plan}/bodies/{code}/calendar-feeds/{id}")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(&issued))
}

/// The hash under which a secret is found.
fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(secret::digest(secret))
}

/// Revoke a calendar subscription
///
/// Its address leads nowhere from now on, on every replica. Revoking again changes nothing. `If-Match: *` revokes it whatever its
/// state.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("code" = String, Path, description = "The body's code.", example = "bestyrelsen"),
        ("id" = Uuid, Path, description = "The subscription's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a18")),
    security(("bearer" = ["meetings:subscribe"])), responses(
    (status = 200, description = "The revoked subscription.", body = CalendarFeedView),
))]
#[delete("/v1/plans/{plan}/bodies/{code}/calendar-feeds/{id}")]
pub(super) async fn revoke_calendar_feed(
    who: Allow<SubscribeMeetings>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code, id) = path.into_inner();
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let id = parse_id(&id)?;
    let plan_id = writer.plan.id;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let body = seen_body(&transaction, plan_id, &writer.caller, &code).await?;
    let row = store::feeds::find(&transaction, plan_id, &body.code, &writer.caller, id).await?;
    require_match(&request, &to_json(&CalendarFeedView::from(&row))?)?;
    if row.revoked_at.is_some() {
        return respond_json(&request, &CalendarFeedView::from(&row));
    }
    let target = format!("bodies/{code}/calendar-feeds/{id}");
    let stamp = clock
        .tick(&transaction, writer.deed("revoke_calendar_feed", target))
        .await?;
    let row = store::feeds::revoke(&transaction, row, stamp).await?;
    transaction.commit().await?;
    respond_json(&request, &CalendarFeedView::from(&row))
}

/// Follow the meetings of a body
///
/// An iCalendar feed (RFC 5545) under a secret address, which needs no token: an event a meeting with a stable `UID`, `SEQUENCE`,
/// times with `TZID` Europe/Copenhagen, `TENTATIVE` until it is called, `CANCELLED` where it was called off. It has the body's
/// name and the venue; no agenda, no minutes, no reason. The address is logged nowhere: a request's line names its route alone.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("secret" = String, Path, description = "The secret.", example = "hpcf_Y29wZW5oYWFuZG9nc2FhdmlkZXJlMDEyMzQ1Njc4OTAxMjM0NTY")),
    security(()), responses(
    (status = 200, description = "The calendar.", content((String = "text/calendar"))),
))]
#[get("/v1/plans/{plan}/calendars/{secret}.ics")]
pub(super) async fn meetings_calendar(
    _: Anyone,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, secret) = path.into_inner();
    let db = app.db.read();
    let gone = || {
        Problem::not_found(
            "There is no calendar at this address, or it was revoked.",
            "Der er ingen kalender på denne adresse, eller den er tilbagekaldt.",
        )
    };
    // Who has the secret reaches the plan that it is of.
    let scope = Scope {
        plans: Plans::Named(vec![plan.clone()]),
        organisation: None,
    };
    let plan = plans::store::resolve(db, &scope, &plan)
        .await
        .map_err(|problem| match problem.kind() {
            ProblemKind::NotFound => gone(),
            _ => problem,
        })?;
    let feed = store::feeds::by_hash(db, plan.id, &hash(&secret))
        .await?
        .ok_or_else(gone)?;
    let role = feed.role.parse().ok();
    let sight = bodies::store::sight_of(db, plan.id, role, feed.organisation.as_deref()).await?;
    if !sight.sees(&feed.body) {
        return Err(gone());
    }
    let body = bodies::store::body(db, plan.id, &feed.body).await?;
    let meetings = store::of_body(db, plan.id, &body.code).await?;
    let venues = store::feeds::venues(db, plan.id, &meetings).await?;
    let text = calendar::calendar(&body, &meetings, &venues);
    Ok(respond(&request, Audience::Private, MEDIA_TYPE, text.into_bytes()))
}
