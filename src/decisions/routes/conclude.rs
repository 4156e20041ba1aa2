//! `POST …/decisions/{id}/adopt`, `…/reject`, `…/endorse`, `…/decline`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use sea_orm::DatabaseTransaction;

use super::super::model::{AdoptDecision, DecisionView, DeclineDecision, EndorseDecision, RejectDecision};
use super::super::read;
use super::super::rules::course::Step;
use super::super::store::conclude;
use super::writing::{Asked, Writing, answer, decision_of, write};
use crate::auth::Allow;
use crate::auth::role::{DecideDecisions, EndorseDecisions};
use crate::problem::Problem;
use crate::record::Stamp;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

/// Record that the board adopts
///
/// By `consensus`, or by `vote`: the majority of the votes cast decides, and a tie is not adopted. In the same transaction
/// happens what was decided, once: the decision is `in_force` (`adopted` where it changes nothing in the data), or it is
/// `awaiting_endorsement` where the fund has the last word. Needs a meeting of the board that was called and whose minutes
/// are not approved yet.
///
/// 409 with every reason, and nothing stored, where the board has concluded before, a recommendation is missing, the votes say
/// otherwise, or what was proposed does not fit any more. The pointers lead into the decision as it is read; those that begin
/// with `/base` and `/content` into the version of the agreement that was to take force.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The conclusion.", content((AdoptDecision = "application/json"))),
    security(("bearer" = ["decisions:decide"])), responses(
    (status = 200, description = "The decision as it now is.", body = DecisionView,
        headers(("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions/{id}/adopt")]
pub(super) async fn adopt_decision(
    who: Allow<DecideDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::step(&who, &path, "adopt_decision")?;
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        concluded(transaction, writing, stamp, Step::Adopt).await
    })
    .await
}

/// Record that the board does not adopt
///
/// By `consensus`, or by `vote`, where the votes recorded are no majority for it. 409 where the board has concluded before, or
/// the votes say otherwise.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The conclusion.", content((RejectDecision = "application/json"))),
    security(("bearer" = ["decisions:decide"])), responses(
    (status = 200, description = "The decision as it now is.", body = DecisionView,
        headers(("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions/{id}/reject")]
pub(super) async fn reject_decision(
    who: Allow<DecideDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::step(&who, &path, "reject_decision")?;
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        concluded(transaction, writing, stamp, Step::Reject).await
    })
    .await
}

async fn concluded(
    transaction: &DatabaseTransaction,
    writing: &Writing,
    stamp: Stamp,
    step: Step,
) -> Result<Vec<u8>, Problem> {
    let row = decision_of(transaction, writing).await?;
    let mut errors = Vec::new();
    let conclusion = read::conclusion(&writing.body, &mut errors);
    let row = conclude::conclude(transaction, &writing.plan, row, step, conclusion, errors, stamp).await?;
    answer(transaction, row).await
}

/// Record that the fund endorses
///
/// In the same transaction happens what the board adopted, and the decision is `in_force`. 409 with every reason, and nothing
/// stored, where it does not await the fund, or what was adopted does not fit any more; it then still awaits the fund.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "What the fund has to say; `{}` where nothing.", content((EndorseDecision = "application/json"))),
    security(("bearer" = ["decisions:endorse"])), responses(
    (status = 200, description = "The decision, in force.", body = DecisionView,
        headers(("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions/{id}/endorse")]
pub(super) async fn endorse_decision(
    who: Allow<EndorseDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::step(&who, &path, "endorse_decision")?;
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        answered(transaction, writing, stamp, Step::Endorse).await
    })
    .await
}

/// Record that the fund declines
///
/// What the board adopted stays without effect. 409 where the decision does not await the fund.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "Why.", content((DeclineDecision = "application/json"))),
    security(("bearer" = ["decisions:endorse"])), responses(
    (status = 200, description = "The decision, declined.", body = DecisionView,
        headers(("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions/{id}/decline")]
pub(super) async fn decline_decision(
    who: Allow<EndorseDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::step(&who, &path, "decline_decision")?;
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        answered(transaction, writing, stamp, Step::Decline).await
    })
    .await
}

async fn answered(
    transaction: &DatabaseTransaction,
    writing: &Writing,
    stamp: Stamp,
    step: Step,
) -> Result<Vec<u8>, Problem> {
    let row = decision_of(transaction, writing).await?;
    let note = read::checked_note(&writing.body, step == Step::Decline)?;
    let row = conclude::answer(transaction, &writing.plan, row, step, note, stamp).await?;
    answer(transaction, row).await
}
