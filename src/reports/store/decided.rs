//! The part of a pack that is decisions: what was concluded, how the board came to it, and what it did.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::model::{PackConclusion, PackDecision, PackEffect, PackReservation, PackVote};
use super::gather::Moment;
use crate::decisions;
use crate::decisions::rules::kinds::{ConclusionBy, DecisionState};
use crate::decisions::rules::votes::Tally;
use crate::decisions::store::Board;
use crate::entities::{activity, agreement, decision, decision_reservation, organisation};
use crate::problem::Problem;
use crate::words::Word;

/// What was concluded, endorsed or declined since the meeting before saw its figures, in the order in which it was proposed.
pub(super) async fn decisions(
    db: &impl ConnectionTrait,
    plan_id: i32,
    seq: i64,
    seen: Option<Moment>,
) -> Result<Vec<PackDecision>, Problem> {
    use decision::Column;
    let open = [DecisionState::Proposed, DecisionState::Withdrawn].map(Word::code);
    let rows = decision::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::State.is_not_in(open))
        .filter(Column::SeqChanged.lte(seq))
        .filter(Column::SeqChanged.gt(seen.map_or(0, |seen| seen.seq)))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let board = decisions::store::board(db, plan_id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut facts = decisions::store::facts(db, plan_id, &ids, &board).await?;
    let names = Names::of(db, plan_id).await?;
    let view = |row: decision::Model| {
        let facts = facts.remove(&row.id).unwrap_or_default();
        let by = row.concluded_by.as_deref().and_then(ConclusionBy::find);
        Ok(PackDecision {
            effect: effect(&row, &names)?,
            outcome: by.map(|by| conclusion(by, facts.tally(), facts.reservations, &board, &names)),
            id: row.id,
            kind: row.kind,
            title: row.title,
            state: row.state,
            changed_at: row.changed_at,
            conclusion: row.conclusion,
        })
    };
    rows.into_iter().map(view).collect()
}

/// How things that decisions speak of are called, by code.
struct Names {
    organisations: HashMap<String, String>,
    activities: HashMap<String, String>,
    agreements: HashMap<String, String>,
}

impl Names {
    async fn of(db: &impl ConnectionTrait, plan_id: i32) -> Result<Self, Problem> {
        let organisations = organisation::Entity::find()
            .filter(organisation::Column::PlanId.eq(plan_id))
            .all(db)
            .await?;
        let activities = activity::Entity::find()
            .filter(activity::Column::PlanId.eq(plan_id))
            .all(db)
            .await?;
        let agreements = agreement::Entity::find()
            .filter(agreement::Column::PlanId.eq(plan_id))
            .all(db)
            .await?;
        Ok(Self {
            organisations: organisations.into_iter().map(|row| (row.code, row.name)).collect(),
            activities: activities.into_iter().map(|row| (row.code, row.name)).collect(),
            agreements: agreements.into_iter().map(|row| (row.code, row.name)).collect(),
        })
    }
}

fn effect(row: &decision::Model, names: &Names) -> Result<Option<PackEffect>, Problem> {
    let Some(text) = row.effect.as_deref() else {
        return Ok(None);
    };
    let mut effect: PackEffect = serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, decision = %row.id, "the effect of a decision cannot be read");
        Problem::internal()
    })?;
    let name = |code: &Option<String>, names: &HashMap<String, String>| names.get(code.as_ref()?).cloned();
    effect.activity_name = name(&effect.activity, &names.activities);
    effect.agreement_name = name(&effect.agreement, &names.agreements);
    Ok(Some(effect))
}

fn conclusion(
    by: ConclusionBy,
    tally: Tally,
    reservations: Vec<decision_reservation::Model>,
    board: &Board,
    names: &Names,
) -> PackConclusion {
    let organisation_name = |code: &str| names.organisations.get(code).map_or(code, String::as_str).to_owned();
    let reservations = reservations.into_iter().map(|one| {
        let seat = board.seat(&one.seat);
        PackReservation {
            seat_title: seat.map_or_else(|| one.seat.clone(), |seat| seat.title.clone()),
            organisation_name: seat
                .and_then(|seat| seat.organisation.as_deref())
                .map(organisation_name),
            seat: one.seat,
            text: one.text,
        }
    });
    PackConclusion {
        by,
        in_favour: tally.in_favour(),
        against: tally.against(),
        reservations: reservations.collect(),
        votes: tally
            .parties
            .into_iter()
            .map(|(organisation, vote)| PackVote {
                organisation_name: organisation_name(&organisation),
                organisation,
                vote,
            })
            .collect(),
    }
}
