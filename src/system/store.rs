//! What of each plan a caller reaches.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::model::ReachView;
use crate::auth::Scope;
use crate::entities::{area, organisation, plan};
use crate::problem::Problem;

/// The caller's own part of a plan.
pub async fn reach(db: &impl ConnectionTrait, plan: &plan::Model, scope: &Scope) -> Result<ReachView, Problem> {
    let mut units: Vec<String> = Vec::new();
    if let Some(own) = &scope.organisation {
        let organisations = organisation::Entity::find()
            .filter(organisation::Column::PlanId.eq(plan.id))
            .order_by_asc(organisation::Column::Position)
            .all(db)
            .await?;
        // Level by level; every round finds a new unit or is the last.
        loop {
            let before = units.len();
            for row in &organisations {
                let is_below = row.code == *own || row.parent.as_ref().is_some_and(|parent| units.contains(parent));
                if is_below && !units.contains(&row.code) {
                    units.push(row.code.clone());
                }
            }
            if units.len() == before {
                break;
            }
        }
    }
    let areas = area::Entity::find()
        .filter(area::Column::PlanId.eq(plan.id))
        .filter(area::Column::Organisation.is_in(&units))
        .order_by_asc(area::Column::Position)
        .all(db)
        .await?;
    Ok(ReachView {
        plan: plan.code.clone(),
        units,
        areas: areas.into_iter().map(|area| area.code).collect(),
    })
}
