//! Proposing, recommending, voting.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, Set};
use uuid::Uuid;

use super::sitting::{self, STEERING_GROUP, Use};
use super::{Actor, Sight, board, decision, fits, items, payload, state_of};
use crate::areas;
use crate::auth::role::Role;
use crate::decisions::read::{Proposal, Recommendation, Vote};
use crate::decisions::rules::course;
use crate::decisions::rules::kinds::{DecisionState, Recommender, RecordedBy};
use crate::entities::{body, body_seat, decision as decisions, decision_vote, plan, recommendation};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::Stamp;
use crate::words::Word;

/// Puts a proposal to the board; 422 where it cannot be read, names what is not there, or could not be carried out as things are:
/// with every reason, those found while it was read (`errors`) among them.
pub async fn propose(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    actor: &Actor,
    id: Uuid,
    proposal: Proposal,
    mut errors: Vec<FieldError>,
    stamp: Stamp,
) -> Result<decisions::Model, Problem> {
    if let Some(meeting) = proposal.meeting {
        let named = (meeting, proposal.agenda_item);
        errors.extend(sitting::refusals(transaction, plan.id, named, Use::Ahead).await?);
    }
    let payload = match (proposal.kind, proposal.asked) {
        (Some(kind), Some(asked)) => fits::payload(transaction, plan, kind, asked, &mut errors).await?,
        _ => None,
    };
    let (Some(kind), Some(title), true) = (proposal.kind, proposal.title, errors.is_empty()) else {
        return Err(Problem::invalid_content(errors));
    };
    let row = decisions::ActiveModel {
        plan_id: Set(plan.id),
        id: Set(id),
        kind: Set(kind.code().to_owned()),
        title: Set(title),
        text: Set(proposal.text),
        payload: Set(payload.as_ref().map(as_text).transpose()?),
        state: Set(DecisionState::Proposed.code().to_owned()),
        meeting: Set(proposal.meeting),
        proposed_by_role: Set(actor.role.code().to_owned()),
        proposed_by: Set(known(transaction, plan.id, actor).await?),
        created_at: Set(stamp.at),
        changed_at: Set(stamp.at),
        seq_changed: Set(stamp.seq),
        concluded_by: Set(None),
        conclusion: Set(None),
        concluded_at: Set(None),
        fund_note: Set(None),
        fund_answered_at: Set(None),
        effect: Set(None),
        seq_effect: Set(None),
        effect_at: Set(None),
    };
    let row = row.insert(transaction).await?;
    items::put(transaction, plan.id, id, proposal.agenda_item).await?;
    Ok(row)
}

/// The caller's organisation, if it is one of the plan's.
async fn known(transaction: &DatabaseTransaction, plan_id: i32, actor: &Actor) -> Result<Option<String>, Problem> {
    let Some(code) = &actor.organisation else {
        return Ok(None);
    };
    let units = areas::store::units_of(transaction, plan_id, code).await?;
    Ok(Some(code.clone()).filter(|code| units.contains(code)))
}

/// A value as it is stored; a failure is a bug and is logged as one.
pub(super) fn as_text(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "what a decision says cannot be written");
        Problem::internal()
    })
}

/// Refuses a step on a decision that is not open any more: 409.
fn require_open(row: &decisions::Model) -> Result<(), Problem> {
    match state_of(row)? {
        DecisionState::Proposed => Ok(()),
        other => Err(refused(vec![course::out_of_order(other)])),
    }
}

/// 409 with the reasons, each at its place in the decision.
pub(super) fn refused(errors: Vec<FieldError>) -> Problem {
    Problem::with_errors(ProblemKind::StateConflict, errors)
}

/// Records a recommendation on an open proposal; 422 with every reason, those found while it was read (`errors`) among them.
pub async fn recommend(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    id: Uuid,
    new: Recommendation,
    mut errors: Vec<FieldError>,
    at: DateTime<Utc>,
) -> Result<recommendation::Model, Problem> {
    let row = recommended(transaction, plan_id, new.decision, &mut errors).await?;
    if let (Some(Recommender::SteeringGroup), Some(meeting)) = (new.given_by, new.meeting) {
        let place = pointer("/meeting");
        match sitting::meeting(transaction, plan_id, meeting, STEERING_GROUP, Use::Taken, place.clone()).await? {
            Ok(body) => {
                let payload = row.as_ref().map(payload).transpose()?.flatten();
                let focus_area = fits::focus_area(transaction, plan_id, payload.as_ref()).await?;
                if focus_area.is_some_and(|focus_area| !covers(&body, &focus_area)) {
                    errors.push(FieldError::new(
                        place,
                        "wrong_body",
                        "The steering group is not the one of the focus area.",
                        "Styregruppen er ikke indsatsområdets.",
                    ));
                }
            }
            Err(error) => errors.push(error),
        }
    }
    let said = new.given_by.zip(new.stance).zip(new.text);
    let (Some(row), Some(((given_by, stance), text)), true) = (row, said, errors.is_empty()) else {
        return Err(Problem::invalid_content(errors));
    };
    require_open(&row)?;
    let new = recommendation::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(id),
        decision: Set(row.id),
        given_by: Set(given_by.code().to_owned()),
        meeting: Set(new.meeting),
        stance: Set(stance.code().to_owned()),
        text: Set(text),
        given_at: Set(at),
    };
    Ok(new.insert(transaction).await?)
}

/// The decision that a recommendation is on, if one is named and the plan has it.
async fn recommended(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    id: Option<Uuid>,
    errors: &mut Vec<FieldError>,
) -> Result<Option<decisions::Model>, Problem> {
    let Some(id) = id else { return Ok(None) };
    match decision(transaction, plan_id, id, Sight::Everything).await {
        Ok(row) => Ok(Some(row)),
        Err(problem) if problem.kind() == ProblemKind::NotFound => {
            errors.push(FieldError::new(
                pointer("/decision"),
                "unknown_decision",
                "The plan has no decision of this id.",
                "Planen har ingen beslutning med dette id.",
            ));
            Ok(None)
        }
        Err(problem) => Err(problem),
    }
}

/// Whether a body is for a focus area: one that names none is for all.
fn covers(body: &body::Model, focus_area: &str) -> bool {
    let named: Vec<String> = serde_json::from_value(body.focus_areas.clone()).unwrap_or_default();
    named.is_empty() || named.iter().any(|named| named == focus_area)
}

/// Records what a seat says of an open proposal; what it said before is replaced.
///
/// 422 for what cannot be read (`errors`), and for a seat that the board does not have, that has no part in a vote, or that is not
/// the caller's. 409 where the minute-taker would replace what a client of the organisation recorded itself.
pub async fn vote(
    transaction: &DatabaseTransaction,
    row: &decisions::Model,
    actor: &Actor,
    new: Vote,
    mut errors: Vec<FieldError>,
    at: DateTime<Utc>,
) -> Result<(), Problem> {
    let board = board(transaction, row.plan_id).await?;
    let recorded_by = if actor.role == Role::Board {
        RecordedBy::MinuteTaker
    } else {
        RecordedBy::Organisation
    };
    let party = match &new.seat {
        None => None,
        Some(code) => party(transaction, row.plan_id, actor, recorded_by, board.seat(code))
            .await?
            .map_err(|(code, en, da)| errors.push(FieldError::new(pointer("/seat"), code, en, da)))
            .ok(),
    };
    let said = new.seat.zip(party).zip(new.choice);
    let (Some(((seat, party), choice)), true) = (said, errors.is_empty()) else {
        return Err(Problem::invalid_content(errors));
    };
    require_open(row)?;
    let key = (row.plan_id, row.id, seat.clone());
    let before = decision_vote::Entity::find_by_id(key).one(transaction).await?;
    let is_own = |vote: &decision_vote::Model| vote.recorded_by == RecordedBy::Organisation.code();
    if recorded_by == RecordedBy::MinuteTaker && before.as_ref().is_some_and(is_own) {
        return Err(refused(vec![FieldError::new(
            pointer("/votes"),
            "recorded_by_organisation",
            "The organisation recorded the vote of this seat itself; only it can change it.",
            "Organisationen har selv registreret pladsens stemme; kun den kan ændre den.",
        )]));
    }
    let vote = decision_vote::ActiveModel {
        plan_id: Set(row.plan_id),
        decision: Set(row.id),
        seat: Set(seat),
        body: Set(board.code.clone()),
        party: Set(party),
        choice: Set(choice.code().to_owned()),
        recorded_by: Set(recorded_by.code().to_owned()),
        recorded_at: Set(at),
    };
    if before.is_some() {
        vote.update(transaction).await?;
    } else {
        vote.insert(transaction).await?;
    }
    Ok(())
}

/// The organisation whose one vote a seat has a part in; else why nothing can be recorded for it: code, English, Danish.
async fn party(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    actor: &Actor,
    recorded_by: RecordedBy,
    seat: Option<&body_seat::Model>,
) -> Result<Result<String, (&'static str, &'static str, &'static str)>, Problem> {
    let Some(seat) = seat else {
        return Ok(Err((
            "unknown_seat",
            "The board has no seat of this code.",
            "Bestyrelsen har ingen plads med denne kode.",
        )));
    };
    if recorded_by == RecordedBy::Organisation
        && !is_of(transaction, plan_id, actor, seat.organisation.as_deref()).await?
    {
        return Ok(Err((
            "not_your_seat",
            "The seat is neither your organisation's nor of a unit below it.",
            "Pladsen er hverken din organisations eller en enheds under den.",
        )));
    }
    Ok(seat.vote_of.clone().ok_or((
        "no_vote",
        "The seat carries no vote: each housing organisation and the municipality has one, nobody else.",
        "Pladsen har ingen stemme: hver boligorganisation og kommunen har én, ingen andre.",
    )))
}

/// Whether a seat is of the caller's organisation, or of a unit below it.
async fn is_of(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    actor: &Actor,
    seat: Option<&str>,
) -> Result<bool, Problem> {
    let (Some(organisation), Some(seat)) = (&actor.organisation, seat) else {
        return Ok(false);
    };
    let units = areas::store::units_of(transaction, plan_id, organisation).await?;
    Ok(units.iter().any(|unit| unit == seat))
}

pub(super) fn pointer(pointer: &str) -> At {
    At::Pointer(pointer.to_owned())
}
