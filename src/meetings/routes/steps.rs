//! `POST …/meetings/{id}/call`, `/hold`, `/approve` and `/cancel`: the steps of a meeting.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::super::model::{Cancellation, MeetingView, status};
use super::super::rules::Step;
use super::super::{read, store};
use super::minutes::require_minute_taker;
use super::{Writer, conflict};
use crate::auth::Allow;
use crate::auth::role::{WriteMeetings, WriteMinutes};
use crate::bodies;
use crate::db::{self, Db};
use crate::entities::meeting;
use crate::local_time::instant;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::Clock;
use crate::record::idempotency::{Answer, Claim, Key, commit};
use crate::reports;
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::etag::to_json;
use crate::web::idempotency;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

/// What a key stands for where there is no body.
const NO_BODY: &str = "";

/// Call a meeting
///
/// From `planned`. It fixes the agenda and the instant of the figures that the meeting sees: `GET …/figures` shows them ever after,
/// whatever is corrected later, and the pack is made (`GET …/pack`). Proposals that nobody has decided on are in the way: 409 that names them. Where the body laid
/// down by when to call, `deadlines.called_in_time` says whether this was; a late call is recorded, not refused.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    security(("bearer" = ["meetings:write"])), responses(
    (status = 200, description = "The called meeting.", body = MeetingView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/meetings/{id}/call")]
pub(super) async fn call_meeting(
    who: Allow<WriteMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    step(&app, &who, &path, &request, Step::Call).await
}

/// Record that a meeting was held
///
/// From `called`, once it has begun. From then on its minutes are written.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    security(("bearer" = ["meetings:write"])), responses(
    (status = 200, description = "The meeting that was held.", body = MeetingView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/meetings/{id}/hold")]
pub(super) async fn hold_meeting(
    who: Allow<WriteMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    step(&app, &who, &path, &request, Step::Hold).await
}

/// Call a meeting off
///
/// While it is still to come, with a reason, which calendars are not shown: they show that it is cancelled.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = Cancellation,
    security(("bearer" = ["meetings:write"])), responses(
    (status = 200, description = "The meeting that was called off.", body = MeetingView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/meetings/{id}/cancel")]
pub(super) async fn cancel_meeting(
    who: Allow<WriteMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let (plan, id) = path.into_inner();
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let mut errors = Vec::new();
    let reason = read::reason(&node, &mut errors);
    if !errors.is_empty() {
        return Err(Problem::invalid_content(errors));
    }
    take(&app, key, writer, &id, Step::Cancel, reason).await
}

/// Record that minutes are approved
///
/// From `held`; the minutes never change afterwards. Every item of the agenda needs a conclusion, as the terms of reference want it
/// (item 5): 409 that names those without. The board's client approves the minutes of the board, the secretariat those of every
/// body.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    security(("bearer" = ["minutes:write"])), responses(
    (status = 200, description = "The meeting whose minutes are approved.", body = MeetingView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/meetings/{id}/approve")]
pub(super) async fn approve_minutes(
    who: Allow<WriteMinutes>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    step(&app, &who, &path, &request, Step::Approve).await
}

/// A step of which the path says everything.
async fn step<P>(
    app: &AppState,
    who: &Allow<P>,
    (plan, id): &(String, String),
    request: &HttpRequest,
    step: Step,
) -> Result<HttpResponse, Problem> {
    let key = idempotency::key(request, who.caller(), NO_BODY)?;
    let writer = Writer::new(app, who, plan, request).await?;
    take(app, key, writer, id, step, None).await
}

async fn take(
    app: &AppState,
    key: Option<Key>,
    writer: Writer,
    id: &str,
    step: Step,
    reason: Option<String>,
) -> Result<HttpResponse, Problem> {
    let id = parse_id(id)?;
    let plan_id = writer.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        carry_out(&db, claim, &writer, id, step, reason).await
    })
    .await
}

/// Effect and stored answer in one transaction.
async fn carry_out(
    db: &Db,
    claim: Option<&Claim>,
    writer: &Writer,
    id: Uuid,
    step: Step,
    reason: Option<String>,
) -> Result<Answer, Problem> {
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, writer.plan.id).await?;
    let sight = writer.sight(&transaction).await?;
    let before = store::meeting(&transaction, writer.plan.id, id, &sight).await?;
    let body = bodies::store::body(&transaction, writer.plan.id, &before.body).await?;
    if step == Step::Approve {
        require_minute_taker(&writer.caller, &body)?;
    }
    require_possible(&transaction, &before, step).await?;
    let deed = writer.deed(step.operation(), format!("meetings/{id}"));
    let stamp = clock.tick(&transaction, deed).await?;
    let after = store::step(&transaction, before, &body, step, reason, stamp).await?;
    if step == Step::Call {
        reports::store::freeze(&transaction, &writer.plan, &after, stamp).await?;
    }
    let answer = Answer::done(to_json(&MeetingView::new(after, &body)?)?);
    commit(transaction, claim, answer).await
}

/// 409 where a step cannot be taken, with why.
async fn require_possible(transaction: &DatabaseTransaction, row: &meeting::Model, step: Step) -> Result<(), Problem> {
    if step.after(status(row)?).is_none() {
        return Err(match step {
            Step::Call => conflict(
                "Only a planned meeting can be called.",
                "Kun et planlagt møde kan indkaldes.",
            ),
            Step::Hold => conflict(
                "Only a called meeting can be held.",
                "Kun et indkaldt møde kan afholdes.",
            ),
            Step::Approve => conflict(
                "Only the minutes of a meeting that was held, and whose minutes are not approved yet, can be approved.",
                "Kun referatet af et afholdt møde, som ikke allerede er godkendt, kan godkendes.",
            ),
            Step::Cancel => conflict(
                "Only a meeting that is still to come can be called off.",
                "Kun et møde, der endnu ikke er afholdt eller aflyst, kan aflyses.",
            ),
        });
    }
    match step {
        Step::Call => {
            let undecided = store::agenda::undecided(transaction, row.plan_id, row.id).await?;
            let errors = undecided.iter().map(|item| {
                let id = item.id;
                FieldError::new(
                    At::Pointer(String::new()),
                    "undecided_proposal",
                    format!("The proposal {id} is neither accepted nor declined."),
                    format!("Forslaget {id} er hverken antaget eller afvist."),
                )
            });
            refuse(errors.collect())
        }
        Step::Hold if instant(row.local_start) > db::now() => Err(conflict(
            "The meeting has not begun yet.",
            "Mødet er endnu ikke begyndt.",
        )),
        Step::Approve => {
            let minutes = store::minutes::minutes(transaction, row).await?;
            let open = minutes.items.iter().filter(|item| item.conclusion.is_none());
            let errors = open.map(|item| {
                let id = item.item;
                FieldError::new(
                    At::Pointer(String::new()),
                    "no_conclusion",
                    format!("The item {id} has no conclusion."),
                    format!("Punktet {id} har ingen konklusion."),
                )
            });
            refuse(errors.collect())
        }
        Step::Hold | Step::Cancel => Ok(()),
    }
}

fn refuse(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::with_errors(ProblemKind::StateConflict, errors))
    }
}
