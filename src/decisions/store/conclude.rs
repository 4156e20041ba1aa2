//! The steps that make a decision final, or end it. Each runs under the plan's lock, so of two at once one finds the state
//! that the other has left.

use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};
use uuid::Uuid;

use super::super::model::EffectView;
use super::super::read::{Conclusion, Reservation};
use super::super::rules::course::{self, Ground, Step};
use super::super::rules::kinds::{Choice, ConclusionBy, DecisionState, Recommender, Stance};
use super::super::rules::payload::Payload;
use super::sitting::{self, Use};
use super::write::{as_text, pointer, refused};
use super::{Board, board, effects, facts, fits, items, kind_of, payload, state_of};
use crate::decisions::model::Facts;
use crate::entities::{decision, decision_reservation, plan};
use crate::problem::{At, FieldError, Problem};
use crate::record::Stamp;
use crate::words::Word;

/// The board adopts or rejects: with its conclusion, and with the effect where adopting makes the decision final.
///
/// 422 for what cannot be read (`errors`), and for a meeting, an item or a seat that cannot be meant; 409 with every reason where
/// the step does not follow, what the kind needs is lacking, the votes say otherwise, or what was proposed does not fit any more.
pub async fn conclude(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: decision::Model,
    step: Step,
    conclusion: Conclusion,
    errors: Vec<FieldError>,
    stamp: Stamp,
) -> Result<decision::Model, Problem> {
    let (kind, state) = (kind_of(&row)?, state_of(&row)?);
    let leads = step.leads(kind, state);
    if leads.is_none() && errors.is_empty() {
        return Err(refused(vec![course::out_of_order(state)]));
    }
    let board = board(transaction, plan.id).await?;
    let sat = sat(transaction, &row, &board, conclusion, errors).await?;
    let (next, has_effect) = leads.ok_or_else(Problem::internal)?;
    let facts = facts::of(transaction, &row, &board).await?;
    let mut reasons = judged(step, sat.by, &row, &facts)?;
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
    write_reservations(transaction, &row, &board, sat.reservations).await?;
    // Whatever agenda the proposal was on: that of another meeting did not take it up.
    let is_elsewhere = row.meeting != Some(sat.meeting);
    if is_elsewhere || sat.agenda_item.is_some() {
        items::put(transaction, plan.id, row.id, sat.agenda_item).await?;
    }
    let mut row = moved(row, next, effect.as_ref(), stamp)?;
    row.meeting = Set(Some(sat.meeting));
    row.concluded_by = Set(Some(sat.by.code().to_owned()));
    row.conclusion = Set(sat.text);
    row.concluded_at = Set(Some(stamp.at));
    Ok(row.update(transaction).await?)
}

/// What was concluded, and at which meeting: nothing is missing.
struct Sat {
    by: ConclusionBy,
    meeting: Uuid,
    agenda_item: Option<Uuid>,
    text: Option<String>,
    reservations: Vec<(String, String)>,
}

/// The conclusion at its meeting; 422 where that is none of the board, an item none of its agenda, or a seat none of the board's.
async fn sat(
    transaction: &DatabaseTransaction,
    row: &decision::Model,
    board: &Board,
    conclusion: Conclusion,
    mut errors: Vec<FieldError>,
) -> Result<Sat, Problem> {
    // One that cannot be read is not the one that the proposal names.
    let is_unreadable = is_at(&errors, "/meeting");
    let named = conclusion.meeting.or(row.meeting).filter(|_| !is_unreadable);
    match named {
        None if is_unreadable => {}
        None => errors.push(FieldError::new(
            pointer("/meeting"),
            "required",
            "The board concludes at a meeting; the proposal names none.",
            "Bestyrelsen konkluderer på et møde; forslaget nævner intet.",
        )),
        Some(id) => {
            let named = (id, conclusion.agenda_item);
            errors.extend(sitting::refusals(transaction, row.plan_id, named, Use::Taken).await?);
        }
    }
    for (index, reservation) in conclusion.reservations.iter().enumerate() {
        let Some(seat) = &reservation.seat else { continue };
        if board.seat(seat).is_none_or(|seat| !seat.is_member) {
            errors.push(FieldError::new(
                pointer("/reservations").field(index).field("seat"),
                "unknown_seat",
                "The board has no member's seat of this code.",
                "Bestyrelsen har ingen medlemsplads med denne kode.",
            ));
        }
    }
    let (Some(by), Some(meeting), true) = (conclusion.by, named, errors.is_empty()) else {
        return Err(Problem::invalid_content(errors));
    };
    let reservations = conclusion.reservations.into_iter();
    Ok(Sat {
        by,
        meeting,
        agenda_item: conclusion.agenda_item,
        text: conclusion.text,
        reservations: reservations
            .filter_map(|one: Reservation| one.seat.zip(one.text))
            .collect(),
    })
}

/// Whether something is known to be wrong at a place.
fn is_at(errors: &[FieldError], pointer: &str) -> bool {
    errors
        .iter()
        .any(|error| matches!(&error.at, At::Pointer(at) if at == pointer))
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
    reservations: Vec<(String, String)>,
) -> Result<(), Problem> {
    for (position, (seat, text)) in (1..).zip(reservations) {
        let new = decision_reservation::ActiveModel {
            plan_id: Set(row.plan_id),
            decision: Set(row.id),
            position: Set(position),
            body: Set(board.code.clone()),
            seat: Set(seat),
            text: Set(text),
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
