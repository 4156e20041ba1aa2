//! Queries for indicators and target groups, for measurements ([`figures`]), and the one way in which the figures of a period are
//! written ([`write`]).

mod figures;
mod write;

pub use figures::{
    Received, Selection, days_of_figures, figure, figures, has_categories, has_figures, latest, received, stored,
};
pub use write::{note_arrivals, replace_period};

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{indicator, target_group, target_group_subset};
use crate::problem::Problem;

/// A plan's indicators.
pub async fn indicators(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Result<Vec<indicator::Model>, Problem> {
    let columns = ReferenceColumns {
        plan_id: indicator::Column::PlanId,
        position: indicator::Column::Position,
        archived_at: indicator::Column::ArchivedAt,
    };
    Ok(reference_rows::<indicator::Entity>(columns, plan_id, window, archived)
        .all(db)
        .await?)
}

/// One indicator, archived or not.
pub async fn indicator(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<indicator::Model, Problem> {
    indicator::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no indicator of this code.",
                "Der er ingen indikator med denne kode.",
            )
        })
}

/// The parts of a plan's target groups.
pub async fn subsets(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<target_group_subset::Model>, Problem> {
    Ok(target_group_subset::Entity::find()
        .filter(target_group_subset::Column::PlanId.eq(plan_id))
        .order_by_asc(target_group_subset::Column::Position)
        .all(db)
        .await?)
}

/// The categories that target groups give, with their Danish names: `6.9`, `6.9/unemployed`.
pub async fn categories(db: &impl ConnectionTrait, plan_id: i32) -> Result<HashMap<String, String>, Problem> {
    let groups = target_group::Entity::find()
        .filter(target_group::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let groups = groups.into_iter().map(|group| (group.code, group.name));
    let subsets = subsets(db, plan_id).await?;
    let subsets = subsets
        .into_iter()
        .map(|subset| (format!("{}/{}", subset.target_group, subset.code), subset.name));
    Ok(groups.chain(subsets).collect())
}
