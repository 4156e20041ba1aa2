//! `…/follow-ups`: list, read, record; and the statement of a year.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::formats;
use super::model::{Correction, FollowUpView, NewFollowUp, StatementView};
use super::read;
use super::rules::FollowedLevel;
use super::store::{self, Selection};
use crate::auth::Allow;
use crate::auth::role::{ReadFollowUps, WriteFollowUps};
use crate::plans;
use crate::problem::Problem;
use crate::record::idempotency::{Answer, commit};
use crate::record::{Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::day;
use crate::web::etag::{Audience, require_match, respond, respond_json, to_json, written};
use crate::web::formats::{Locale, csv, negotiate};
use crate::web::idempotency;
use crate::web::merge_patch;
use crate::web::page::{self, Page};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type FollowUpPage = Page<FollowUpView>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(list_follow_ups)
        // Before the one that takes an id.
        .service(get_follow_up_statement)
        .service(get_follow_up)
        .service(correct_follow_up)
        .service(record_follow_up);
}

/// Which follow-ups.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FollowUpsQuery {
    /// At this meeting.
    meeting: Option<Uuid>,
    /// On goals, or on sub-goals.
    #[param(inline, example = "goal")]
    level: Option<FollowedLevel>,
    /// On the goal or sub-goal of this code.
    #[param(max_length = 100, example = "employment")]
    goal: Option<String>,
    /// At meetings in this calendar year, one of the plan's.
    #[param(example = 2024)]
    year: Option<i32>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the follow-ups
///
/// How goals and sub-goals were followed up, in the order in which it was recorded. They are evidence: whoever may read them reads
/// those of every meeting.
#[utoipa::path(tag = "decisions", params(FollowUpsQuery, PlanPath),
    security(("bearer" = ["follow-ups:read"])), responses(
    (status = 200, description = "A page of follow-ups.", body = FollowUpPage),
))]
#[get("/v1/plans/{plan}/follow-ups")]
async fn list_follow_ups(
    who: Allow<ReadFollowUps>,
    path: Path<PlanPath>,
    query: ValidQuery<FollowUpsQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let year = |asked| plans::store::year(&plan, Some(asked), day::on(None));
    let selection = Selection {
        meeting: query.meeting,
        level: query.level,
        goal: query.goal,
        year: query.year.map(year).transpose()?,
    };
    let rows = store::list(app.db.read(), plan.id, &window, &selection).await?;
    let views = rows.into_iter().map(store::view).collect::<Result<Vec<_>, _>>()?;
    Page::new(views, window.limit, |view| view.id, |view| view).respond(&request)
}

/// Read a follow-up
///
/// With the figures that the meeting saw: where each area stood, and the revisions of the measurements that this rested on.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The follow-up's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a33")),
    security(("bearer" = ["follow-ups:read"])), responses(
    (status = 200, description = "The follow-up.", body = FollowUpView),
))]
#[get("/v1/plans/{plan}/follow-ups/{id}")]
async fn get_follow_up(
    who: Allow<ReadFollowUps>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::follow_up(app.db.read(), plan.id, id).await?;
    respond_json(&request, &store::view(row)?)
}

/// Record a follow-up
///
/// On a goal or sub-goal, at a meeting that was called and whose minutes are not approved yet. The figures are those that the
/// meeting saw. One made at a meeting of the board counts as the board's once it has adopted it: a decision of the kind
/// `adopt_follow_up`.
///
/// A meeting follows a goal up once: 409 that names the follow-up that is there (`PATCH …/follow-ups/{id}` corrects it).
#[utoipa::path(tag = "decisions", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The follow-up.", content((NewFollowUp = "application/json"))),
    security(("bearer" = ["follow-ups:write"])), responses(
    (status = 201, description = "The follow-up.", body = FollowUpView, headers(
        ("Location" = String, description = "The follow-up."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/follow-ups")]
async fn record_follow_up(
    who: Allow<WriteFollowUps>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let node = body.json(&["application/json"])?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let actor = actor::of(&request, who.caller());
    let plan_id = plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        let mut errors = Vec::new();
        let draft = read::follow_up(&node, &mut errors).ok_or_else(|| Problem::invalid_content(errors))?;
        let transaction = db.begin().await?;
        let clock = Clock::lock(&transaction, plan.id).await?;
        let id = Uuid::now_v7();
        let deed = Deed {
            actor: &actor,
            operation: "record_follow_up",
            target: format!("follow-ups/{id}"),
        };
        let stamp = clock.tick(&transaction, deed).await?;
        let row = store::insert(&transaction, &plan, id, draft, stamp).await?;
        let location = format!("/v1/plans/{}/follow-ups/{id}", plan.code);
        let answer = Answer::created(location, to_json(&store::view(row)?)?);
        commit(transaction, claim, answer).await
    })
    .await
}

/// Correct a follow-up
///
/// A merge patch (RFC 7396) of its goal and conclusion. With another goal come the figures that the meeting saw of that one. 409 once
/// the board has adopted it or a proposal asks it to, and once the meeting's minutes are approved.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The follow-up's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a33")),
    request_body(description = "What to correct.", content(
        (Correction = "application/merge-patch+json"),
        (Correction = "application/json"),
    )),
    security(("bearer" = ["follow-ups:write"])), responses(
    (status = 200, description = "The follow-up as it now is.", body = FollowUpView),
))]
#[patch("/v1/plans/{plan}/follow-ups/{id}")]
async fn correct_follow_up(
    who: Allow<WriteFollowUps>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let actor = actor::of(&request, who.caller());
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let row = store::follow_up(&transaction, plan.id, id).await?;
    let current = to_json(&store::view(row.clone())?)?;
    require_match(&request, &current)?;
    store::require_open(&transaction, &row).await?;
    let before = store::said(&row);
    let node = merge_patch::apply(&before, &patch)?;
    let mut errors = Vec::new();
    let said = read::correction(&node, &mut errors).ok_or_else(|| Problem::invalid_content(errors))?;
    if said == before {
        return Ok(written(StatusCode::OK, current));
    }
    let deed = Deed {
        actor: &actor,
        operation: "correct_follow_up",
        target: format!("follow-ups/{id}"),
    };
    let stamp = clock.tick(&transaction, deed).await?;
    let row = store::correct(&transaction, &plan, row, said, stamp).await?;
    let after = to_json(&store::view(row)?)?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, after))
}

/// The formats of the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StatementFormat {
    /// `application/json`
    Json,
    /// `text/csv`; a line a figure that was seen
    Csv,
}

/// Which year.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatementQuery {
    /// The calendar year, one of the plan's; where absent this year, or the plan's first or last where this one is outside it.
    #[param(example = 2024)]
    year: Option<i32>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<StatementFormat>,
    /// How CSV is written: `en` has `,` between columns and a decimal point, `da` has `;` and a decimal comma.
    #[param(inline)]
    locale: Option<Locale>,
}

/// Read the statement of a year
///
/// What a housing organisation shows its auditor: every fixed goal and sub-goal, who has to follow it up at least once a year (the
/// board all of them, the parties of a sub-agreement its sub-goals), when and on which figures that was done, and what was not. It
/// goes by the goals in force on the last day of the year, or of the plan where that comes first.
///
/// As CSV each who has to follow a goal up has a line for every figure that was seen when it was done; one without figures for a
/// follow-up that the board has not adopted (`counts` is false); and one with nothing after `is_done` where nothing was done.
#[utoipa::path(tag = "decisions", params(StatementQuery, PlanPath),
    security(("bearer" = ["follow-ups:read"])), responses(
    (status = 200, description = "The statement.", content(
        (StatementView = "application/json"),
        (String = "text/csv"),
    )),
))]
#[get("/v1/plans/{plan}/follow-ups/statement")]
async fn get_follow_up_statement(
    who: Allow<ReadFollowUps>,
    path: Path<PlanPath>,
    query: ValidQuery<StatementQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let format = match query.format {
        Some(format) => format,
        None => negotiate(
            &request,
            &[
                (StatementFormat::Json, "application/json"),
                (StatementFormat::Csv, csv::MEDIA_TYPE),
            ],
        )?,
    };
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let year = plans::store::year(&plan, query.year, day::on(None))?;
    let statement = store::statement(app.db.read(), &plan, year).await?;
    if format == StatementFormat::Csv {
        let body = formats::csv(&statement, query.locale.unwrap_or_default())?;
        return Ok(respond(
            &request,
            Audience::Private,
            "text/csv; charset=utf-8; header=present",
            body,
        ));
    }
    respond_json(&request, &statement)
}
