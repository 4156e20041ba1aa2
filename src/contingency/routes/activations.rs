//! `…/contingency/activations`: the log.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Copenhagen;
use sea_orm::DatabaseTransaction;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::{ActivationView, Closing, Correction, NewActivation};
use super::super::read::{self, Known, Organisations};
use super::super::rules::course::{ActionState, ActivationState};
use super::super::store::{self, Selection, Whole};
use super::Call;
use crate::auth::Allow;
use crate::auth::role::{ActivateContingency, ReadContingencyLog, WriteContingency};
use crate::db::{self, Db};
use crate::entities::area;
use crate::problem::{At, FieldError, Problem, ProblemKind, judged};
use crate::record::Clock;
use crate::record::idempotency::{Answer, Claim, commit};
use crate::reference;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json, written};
use crate::web::json::Node;
use crate::web::page::{self, Page};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::{idempotency, merge_patch};

type ContingencyActivationPage = Page<ActivationView>;

/// Which activations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Those that are so far.
    #[param(inline)]
    state: Option<ActivationState>,
    /// Those of this group, by code.
    #[param(max_length = 100)]
    group: Option<String>,
    /// Those in this area, by code.
    #[param(max_length = 100)]
    area: Option<String>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the activations of the contingency plan
///
/// In the order in which they were recorded. The secretariat and the board see all; others those of a version in which their
/// organisation, or a unit below it, has a seat, and those that it raised.
#[utoipa::path(tag = "contingency", params(ListQuery, PlanPath),
    security(("bearer" = ["contingency:log"])), responses(
    (status = 200, description = "A page of activations.", body = ContingencyActivationPage),
))]
#[get("/v1/plans/{plan}/contingency/activations")]
pub(super) async fn list_contingency_activations(
    who: Allow<ReadContingencyLog>,
    path: Path<PlanPath>,
    query: ValidQuery<ListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window(query.limit, query.cursor.as_deref())?;
    let call = Call::new(&app, &who, &path.plan, &request).await?;
    let selection = Selection {
        state: query.state,
        group: query.group,
        area: query.area,
    };
    let views = store::activations(app.db.read(), call.plan.id, &call.audience, &selection, &window).await?;
    Page::new(views, window.limit, |view| view.id, |view| view).respond(&request)
}

/// Activate the contingency plan
///
/// Has a group act, by the version that holds on the day, with that version's checklist. The municipality, a housing
/// organisation and the secretariat have the one group act; the police have the other act, and the secretariat records it.
/// Where no version holds on the day: 409.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewActivation,
    security(("bearer" = ["contingency:activate"])), responses(
    (status = 201, description = "The activation, with its checklist.", body = ActivationView, headers(
        ("Location" = String, description = "The activation."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/contingency/activations")]
pub(super) async fn activate_contingency(
    who: Allow<ActivateContingency>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let call = Call::new(&app, &who, &path.plan, &request).await?;
    let plan_id = call.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        activate(&db, claim, &call, &node).await
    })
    .await
}

async fn activate(db: &Db, claim: Option<&Claim>, call: &Call, node: &Node) -> Result<Answer, Problem> {
    let plan_id = call.plan.id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let now = db::now();
    let version = version_of(&transaction, call, read::activated_at(node).unwrap_or(now)).await?;
    let organisations = Organisations::new(store::known(&transaction, plan_id).await?);
    let areas = reference::codes::<area::Entity>(&transaction, plan_id).await?;
    let known = Known {
        groups: &version.content.groups,
        organisations: &organisations,
        areas: &areas,
        speaks_for: |organisation: &str| call.audience.includes(organisation),
        now,
    };
    let new = judged(|errors| read::activation(node, &known, errors))?;
    if let Some(before) = new.follows {
        store::activation(&transaction, plan_id, before, &call.audience)
            .await
            .map_err(|problem| follows_nothing(&problem))?;
    }
    let group = version.content.group(&new.group).ok_or_else(Problem::internal)?;
    let id = Uuid::now_v7();
    let target = format!("contingency/activations/{id}");
    let stamp = clock
        .tick(&transaction, call.deed("activate_contingency", target.clone()))
        .await?;
    let view = store::insert_activation(&transaction, &version, group, id, new, &call.actor.subject, stamp).await?;
    let answer = Answer::created(format!("/v1/plans/{}/{target}", call.plan.code), to_json(&view)?);
    commit(transaction, claim, answer).await
}

/// The version that holds on the day of an instant, in Copenhagen, while the plan lasts.
async fn version_of(transaction: &DatabaseTransaction, call: &Call, instant: DateTime<Utc>) -> Result<Whole, Problem> {
    let day = instant.with_timezone(&Copenhagen).date_naive();
    let version = match day <= call.plan.ends_on {
        true => store::in_force(transaction, call.plan.id, day).await?,
        false => None,
    };
    version.ok_or_else(|| {
        Problem::new(
            ProblemKind::StateConflict,
            format!("No contingency plan holds on {day}."),
            format!("Ingen beredskabsplan gælder den {day}."),
        )
    })
}

/// 422 where what is followed is not there for the caller.
fn follows_nothing(problem: &Problem) -> Problem {
    if problem.kind() != ProblemKind::NotFound {
        return problem.clone();
    }
    Problem::invalid_content(vec![FieldError::new(
        At::Pointer("/follows".into()),
        "unknown_activation",
        "There is no activation with this id that you may read.",
        "Der er ingen aktivering med dette id, som du må læse.",
    )])
}

/// Read an activation of the contingency plan
///
/// With its checklist: what is to be done, what was done when and by which organisation, when the board was informed.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("id" = Uuid, Path, description = "The activation's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a41")),
    security(("bearer" = ["contingency:log"])), responses(
    (status = 200, description = "The activation.", body = ActivationView),
))]
#[get("/v1/plans/{plan}/contingency/activations/{id}")]
pub(super) async fn get_contingency_activation(
    who: Allow<ReadContingencyLog>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let (_, view) = store::activation(app.db.read(), call.plan.id, id, &call.audience).await?;
    respond_json(&request, &view)
}

/// 409 for an activation that is over.
pub(super) fn require_active(view: &ActivationView) -> Result<(), Problem> {
    match view.state {
        ActivationState::Active => Ok(()),
        ActivationState::Closed => Err(Problem::new(
            ProblemKind::StateConflict,
            "The activation is closed, and what is closed is never changed.",
            "Aktiveringen er afsluttet, og det, der er afsluttet, ændres aldrig.",
        )),
    }
}

/// Correct an activation
///
/// A merge patch (RFC 7396) of its kind, area and summary, while it is active; 409 once it is closed.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("id" = Uuid, Path, description = "The activation's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a41")),
    request_body(description = "What to correct.", content(
        (Correction = "application/merge-patch+json"),
        (Correction = "application/json"),
    )),
    security(("bearer" = ["contingency:write"])), responses(
    (status = 200, description = "The activation as it now is.", body = ActivationView),
))]
#[patch("/v1/plans/{plan}/contingency/activations/{id}")]
pub(super) async fn patch_contingency_activation(
    who: Allow<WriteContingency>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let plan_id = call.plan.id;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let (row, view) = store::activation(&transaction, plan_id, id, &call.audience).await?;
    let current = to_json(&view)?;
    require_match(&request, &current)?;
    require_active(&view)?;
    let before = Correction {
        kind: view.kind,
        area: view.area,
        summary: view.summary,
    };
    let node = merge_patch::apply(&before, &patch)?;
    let areas = reference::codes::<area::Entity>(&transaction, plan_id).await?;
    let correction = judged(|errors| read::correction(&node, &areas, &before, errors))?;
    if correction == before {
        return Ok(written(StatusCode::OK, current));
    }
    let target = format!("contingency/activations/{id}");
    let deed = call.deed("patch_contingency_activation", target);
    let stamp = clock.tick(&transaction, deed).await?;
    store::correct(&transaction, row, correction, stamp).await?;
    let (_, view) = store::activation(&transaction, plan_id, id, &call.audience).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&view)?))
}

/// Close an activation
///
/// It is over: every action of the checklist is done or was found not to be needed, the board's information among those that
/// must be done; else 409, which names the open ones. What is closed is never changed.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("id" = Uuid, Path, description = "The activation's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a41"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = Closing,
    security(("bearer" = ["contingency:write"])), responses(
    (status = 200, description = "The closed activation.", body = ActivationView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/contingency/activations/{id}/close")]
pub(super) async fn close_contingency_activation(
    who: Allow<WriteContingency>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let plan_id = call.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        close(&db, claim, &call, id, &node).await
    })
    .await
}

async fn close(db: &Db, claim: Option<&Claim>, call: &Call, id: Uuid, node: &Node) -> Result<Answer, Problem> {
    let plan_id = call.plan.id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let (row, view) = store::activation(&transaction, plan_id, id, &call.audience).await?;
    require_active(&view)?;
    require_settled(&view)?;
    let done = view.actions.iter().filter_map(|action| action.at);
    let since = done.max().unwrap_or(view.activated_at).max(view.activated_at);
    let closing = judged(|errors| read::closing(node, since, db::now(), errors))?;
    let target = format!("contingency/activations/{id}/close");
    let deed = call.deed("close_contingency_activation", target);
    let stamp = clock.tick(&transaction, deed).await?;
    store::close(&transaction, row, closing.closed_at, closing.conclusion, stamp).await?;
    let (_, view) = store::activation(&transaction, plan_id, id, &call.audience).await?;
    let answer = Answer::done(to_json(&view)?);
    commit(transaction, claim, answer).await
}

/// 409 where something of the checklist is open.
fn require_settled(view: &ActivationView) -> Result<(), Problem> {
    let open = view.actions.iter().filter(|action| action.state == ActionState::Open);
    let open: Vec<&str> = open.map(|action| action.code.as_str()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let open = open.join(", ");
    Err(Problem::new(
        ProblemKind::StateConflict,
        format!("Something is still to be done or to be judged not needed: {open}."),
        format!("Noget mangler endnu at blive gjort eller vurderet unødvendigt: {open}."),
    ))
}
