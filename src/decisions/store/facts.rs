//! What hangs on decisions: recommendations, votes, reservations, the item of the agenda.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::model::Facts;
use super::{Board, items};
use crate::entities::{decision, decision_reservation, decision_vote, recommendation};
use crate::problem::Problem;

/// What hangs on one decision.
pub(super) async fn of(db: &impl ConnectionTrait, row: &decision::Model, board: &Board) -> Result<Facts, Problem> {
    let found = facts(db, row.plan_id, &[row.id], board).await?.remove(&row.id);
    found.ok_or_else(Problem::internal)
}

/// What hangs on each of some decisions, in as many queries as for one.
pub async fn facts(
    db: &impl ConnectionTrait,
    plan_id: i32,
    decisions: &[Uuid],
    board: &Board,
) -> Result<HashMap<Uuid, Facts>, Problem> {
    let mut found: HashMap<Uuid, Facts> = decisions
        .iter()
        .map(|id| {
            let voters = board.voters();
            let facts = Facts {
                voters,
                ..Facts::default()
            };
            (*id, facts)
        })
        .collect();
    let recommendations = recommendation::Entity::find()
        .filter(recommendation::Column::PlanId.eq(plan_id))
        .filter(recommendation::Column::Decision.is_in(decisions.iter().copied()))
        .order_by_asc(recommendation::Column::Id)
        .all(db)
        .await?;
    for row in recommendations {
        if let Some(facts) = found.get_mut(&row.decision) {
            facts.recommendations.push(row);
        }
    }
    let votes = decision_vote::Entity::find()
        .filter(decision_vote::Column::PlanId.eq(plan_id))
        .filter(decision_vote::Column::Decision.is_in(decisions.iter().copied()))
        .all(db)
        .await?;
    for row in votes {
        if let Some(facts) = found.get_mut(&row.decision) {
            facts.votes.push(row);
        }
    }
    let reservations = decision_reservation::Entity::find()
        .filter(decision_reservation::Column::PlanId.eq(plan_id))
        .filter(decision_reservation::Column::Decision.is_in(decisions.iter().copied()))
        .order_by_asc(decision_reservation::Column::Position)
        .all(db)
        .await?;
    for row in reservations {
        if let Some(facts) = found.get_mut(&row.decision) {
            facts.reservations.push(row);
        }
    }
    for (decision, item) in items::of(db, plan_id, decisions).await? {
        if let Some(facts) = found.get_mut(&decision) {
            facts.agenda_item = Some(item);
        }
    }
    Ok(found)
}
