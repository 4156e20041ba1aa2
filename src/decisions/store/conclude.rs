//! The steps that make a decision final, or end it. Each runs under the plan's lock, so of two at once one finds the state
//! that the other has left.

use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};
use uuid::Uuid;

use super::super::model::EffectView;
use super::super::read::{Conclusion, Reservation};
use super::super::rules::course::{self, Ground, Step};
use super::super::rules::kinds::{Choice, ConclusionBy, DecisionState, Recommender, Stance};
use super::super::rules::payload::Payload;
use super::sitting::{self, BOARD, Use};
use super::write::{as_text, pointer, refused};
use super::{Board, board, effects, facts, fits, kind_of, payload, state_of};
use crate::decisions::model::Facts;
use crate::entities::{decision, decision_reservation, plan};
use crate::problem::{FieldError, Problem};
use crate::record::Stamp;
use crate::words::Word;

/// The board adopts or rejects: with its conclusion, and with the effect where adopting makes the decision final.
///
/// 422 for a meeting or seat that cannot be meant; 409 with every reason where the step does not follow, what the kind
/// needs is lacking, the votes say otherwise, or what was proposed does not fit any more.
pub async fn conclude(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: decision::Model,
    step: Step,
    conclusion: Conclusion,
    stamp: Stamp,
) -> Result<decision::Model, Problem> {
    let (kind, state) = (kind_of(&row)?, state_of(&row)?);
    let Some((next, has_effect)) = step.leads(kind, state) else {
        return Err(refused(vec![course::out_of_order(state)]));
    };
    let board = board(transaction, plan.id).await?;
    let meeting = meeting_of(transaction, &row, &board, &conclusion).await?;
    let facts = facts(transaction, &row, &board).await?;
    let mut reasons = judged(step, conclusion.by, &row, &facts)?;
    let mut effect = None;
    if step == Step::Adopt {
        let payload = payload(&row)?;
        if has_effect {
            match effects::carry_out(transaction, plan, &row, kind, payload, stamp).await? {
                Ok(done) => effect = Some(done),
                Err(errors) => reasons.extend(errors),
            }
        } else if let Some(Payload::AgreementVersion(named)) = payload {
            reasons.extend(fits::agreement_errors(transaction, plan, kind, &named).await?);
        }
    }
    if !reasons.is_empty() {
        return Err(refused(reasons));
    }
    write_reservations(transaction, &row, &board, conclusion.reservations).await?;
    let mut row = moved(row, next, effect.as_ref(), stamp)?;
    row.meeting = Set(Some(meeting));
    row.concluded_by = Set(Some(conclusion.by.code().to_owned()));
    row.conclusion = Set(conclusion.text);
    row.concluded_at = Set(Some(stamp.at));
    Ok(row.update(transaction).await?)
}

/// The meeting that concludes; 422 where it is none of the board, or a seat none of its.
async fn meeting_of(
    transaction: &DatabaseTransaction,
    row: &decision::Model,
    board: &Board,
    conclusion: &Conclusion,
) -> Result<Uuid, Problem> {
    let mut errors = Vec::new();
    let named = conclusion.meeting.or(row.meeting);
    match named {
        None => errors.push(FieldError::new(
            pointer("/meeting"),
            "required",
            "The board concludes at a meeting; the proposal names none.",
            "Bestyrelsen konkluderer på et møde; forslaget nævner intet.",
        )),
        Some(id) => {
            let found = sitting::meeting(transaction, row.plan_id, id, BOARD, Use::Taken, pointer("/meeting")).await?;
            errors.extend(found.err());
        }
    }
    for (index, reservation) in conclusion.reservations.iter().enumerate() {
        if board.seat(&reservation.seat).is_none_or(|seat| !seat.is_member) {
            errors.push(FieldError::new(
                pointer("/reservations").field(index).field("seat"),
                "unknown_seat",
                "The board has no member's seat of this code.",
                "Bestyrelsen har ingen medlemsplads med denne kode.",
            ));
        }
    }
    match named {
        Some(id) if errors.is_empty() => Ok(id),
        _ => Err(Problem::invalid_content(errors)),
    }
}

/// What the recommendations and votes refuse.
fn judged(step: Step, by: ConclusionBy, row: &decision::Model, facts: &Facts) -> Result<Vec<FieldError>, Problem> {
    let recommendations: Vec<(Recommender, Stance)> = facts
        .recommendations
        .iter()
        .filter_map(|one| Recommender::find(&one.given_by).zip(Stance::find(&one.stance)))
        .collect();
    let choices: Vec<Choice> = facts
        .votes
        .iter()
        .filter_map(|vote| Choice::find(&vote.choice))
        .collect();
    let ground = Ground {
        kind: kind_of(row)?,
        recommendations: &recommendations,
        choices: &choices,
        tally: &facts.tally(),
    };
    Ok(match step {
        Step::Adopt => course::refuses_adoption(by, &ground),
        _ => course::refuses_rejection(by, &ground),
    })
}

async fn write_reservations(
    transaction: &DatabaseTransaction,
    row: &decision::Model,
    board: &Board,
    reservations: Vec<Reservation>,
) -> Result<(), Problem> {
    for (position, reservation) in (1..).zip(reservations) {
        let new = decision_reservation::ActiveModel {
            plan_id: Set(row.plan_id),
            decision: Set(row.id),
            position: Set(position),
            body: Set(board.code.clone()),
            seat: Set(reservation.seat),
            text: Set(reservation.text),
        };
        decision_reservation::Entity::insert(new)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

/// Takes an open proposal back.
pub async fn withdraw(
    transaction: &DatabaseTransaction,
    row: decision::Model,
    note: Option<String>,
    stamp: Stamp,
) -> Result<decision::Model, Problem> {
    let state = state_of(&row)?;
    let Some((next, _)) = Step::Withdraw.leads(kind_of(&row)?, state) else {
        return Err(refused(vec![course::out_of_order(state)]));
    };
    let mut row = moved(row, next, None, stamp)?;
    row.conclusion = Set(note);
    Ok(row.update(transaction).await?)
}

/// The fund endorses, with the effect; or declines.
///
/// 409 with every reason where the decision does not await it, or what was adopted does not fit any more; it then still
/// awaits the fund.
pub async fn answer(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: decision::Model,
    step: Step,
    note: Option<String>,
    stamp: Stamp,
) -> Result<decision::Model, Problem> {
    let (kind, state) = (kind_of(&row)?, state_of(&row)?);
    let Some((next, has_effect)) = step.leads(kind, state) else {
        return Err(refused(vec![course::out_of_order(state)]));
    };
    let mut effect = None;
    if has_effect {
        let payload = payload(&row)?;
        let done = effects::carry_out(transaction, plan, &row, kind, payload, stamp).await?;
        effect = Some(done.map_err(refused)?);
    }
    let mut row = moved(row, next, effect.as_ref(), stamp)?;
    row.fund_note = Set(note);
    row.fund_answered_at = Set(Some(stamp.at));
    Ok(row.update(transaction).await?)
}

/// The row in its next state, with what was done.
fn moved(
    row: decision::Model,
    next: DecisionState,
    effect: Option<&EffectView>,
    stamp: Stamp,
) -> Result<decision::ActiveModel, Problem> {
    let effect = effect.map(as_text).transpose()?;
    let mut row = row.into_active_model();
    row.state = Set(next.code().to_owned());
    row.changed_at = Set(stamp.at);
    row.seq_changed = Set(stamp.seq);
    if effect.is_some() {
        row.effect = Set(effect);
        row.seq_effect = Set(Some(stamp.seq));
        row.effect_at = Set(Some(stamp.at));
    }
    Ok(row)
}
