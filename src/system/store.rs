//! What of each plan a caller reaches.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::model::ReachView;
use crate::areas;
use crate::auth::Scope;
use crate::entities::{area, plan};
use crate::problem::Problem;

/// The caller's own part of a plan.
pub async fn reach(db: &impl ConnectionTrait, plan: &plan::Model, scope: &Scope) -> Result<ReachView, Problem> {
    let units = match &scope.organisation {
        Some(own) => areas::store::units_of(db, plan.id, own).await?,
        None => Vec::new(),
    };
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
