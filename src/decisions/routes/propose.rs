//! `POST …/decisions`, `…/{id}/votes`, `…/{id}/withdraw`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use uuid::Uuid;

use super::super::model::{DecisionView, NewDecision, NewVote, WithdrawDecision};
use super::super::store::{conclude, write as store};
use super::super::{read, store as queries};
use super::writing::{Asked, Kind, answer, decision_of, write};
use crate::activities::terms::Known;
use crate::auth::Allow;
use crate::auth::role::{ProposeDecisions, VoteOnDecisions};
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

/// Put a proposal to the board
///
/// `kind` says what is to be decided and which form `payload` has; what was proposed never changes. It is judged as things are:
/// 422 for what could never be carried out, or not any more. It may name the item of its meeting's agenda under which it is taken up
/// (`agenda_item`), which then lists it. Until the board concludes, it may be recommended
/// (`POST …/recommendations`) and voted on (`…/votes`).
///
/// What each kind needs and does:
///
/// | kind | needs | does |
/// |---|---|---|
/// | `place_activity` | recommendations of the secretariat and of the focus area's steering group | places the activity, or one of its teams; where it was it leaves the day before |
/// | `change_activity` | | changes what was agreed about an activity, how far it is, or both |
/// | `approve_sub_agreement` | | a draft of a sub-agreement takes force |
/// | `change_strategic_agreement` | the fund's endorsement | a draft of the strategic agreement takes force that leaves the terms of reference as they are |
/// | `change_budget` | the fund's endorsement | a draft of the strategic agreement takes force that differs in the budget alone |
/// | `change_terms_of_reference` | consensus, then the fund's endorsement | a draft of the strategic agreement takes force that differs in the annex of the terms of reference alone |
/// | `adopt_follow_up` | | follow-ups on goals and sub-goals become the board's |
/// | `other` | | nothing in the data |
#[utoipa::path(tag = "decisions", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The proposal.", content((NewDecision = "application/json"))),
    security(("bearer" = ["decisions:propose"])), responses(
    (status = 201, description = "The proposal.", body = DecisionView, headers(
        ("Location" = String, description = "The decision."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions")]
pub(super) async fn propose_decision(
    who: Allow<ProposeDecisions>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked {
        caller: who.caller(),
        scope: who.scope(),
        plan: &path.plan,
        id: Uuid::now_v7(),
        operation: "propose_decision",
        kind: Kind::New("decisions"),
    };
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        let plan = &writing.plan;
        let known = Known::of(transaction, plan.id).await?;
        let before = match read::changed_activity(&writing.body) {
            Some(code) => queries::agreed(transaction, plan.id, code).await?,
            None => None,
        };
        let mut errors = Vec::new();
        let proposal = read::proposal(&writing.body, &known, before.as_ref(), &mut errors);
        let row = store::propose(transaction, plan, &writing.actor, writing.id, proposal, errors, stamp).await?;
        answer(transaction, row).await
    })
    .await
}

/// Record what a seat of the board says
///
/// A client of the municipality or of a housing organisation records it for seats of its own organisation or of units below
/// it; the minute-taker for any seat, and the vote then says so. Only seats with a part in a vote can: each housing organisation and
/// the municipality has one vote, whatever its number of seats; where they disagree it has none. What the seat said before is
/// replaced; the minute-taker does not replace what an organisation recorded itself. 409 once the board has concluded.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "What the seat says.", content((NewVote = "application/json"))),
    security(("bearer" = ["decisions:vote"])), responses(
    (status = 200, description = "The decision with the vote.", body = DecisionView,
        headers(("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions/{id}/votes")]
pub(super) async fn vote_on_decision(
    who: Allow<VoteOnDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::step(&who, &path, "vote_on_decision")?;
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        let row = decision_of(transaction, writing).await?;
        let mut errors = Vec::new();
        let vote = read::vote(&writing.body, &mut errors);
        store::vote(transaction, &row, &writing.actor, vote, errors, stamp.at).await?;
        answer(transaction, row).await
    })
    .await
}

/// Take a proposal back
///
/// As long as the board has not concluded; afterwards 409.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "Why; `{}` where nothing is said.", content((WithdrawDecision = "application/json"))),
    security(("bearer" = ["decisions:propose"])), responses(
    (status = 200, description = "The decision, withdrawn.", body = DecisionView,
        headers(("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/decisions/{id}/withdraw")]
pub(super) async fn withdraw_decision(
    who: Allow<ProposeDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::step(&who, &path, "withdraw_decision")?;
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        let row = decision_of(transaction, writing).await?;
        let note = read::checked_note(&writing.body, false)?;
        let row = conclude::withdraw(transaction, row, note, stamp).await?;
        answer(transaction, row).await
    })
    .await
}
