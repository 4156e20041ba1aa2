//! What of each plan a caller reaches.

use std::time::{Duration, Instant};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::Mutex;

use super::model::ReachView;
use crate::areas;
use crate::auth::Scope;
use crate::db::Db;
use crate::entities::{area, plan};
use crate::problem::Problem;

/// For how long a look at the database is as good as a new one: `/readyz` is open to everybody and counted by nobody.
const FRESH: Duration = Duration::from_secs(1);

/// Whether the database answers and has this program's schema, as it was a second ago at most.
pub async fn is_ready(db: &Db, readiness: &Mutex<Option<(Instant, bool)>>) -> bool {
    let mut seen = readiness.lock().await;
    if let Some((at, is_ready)) = *seen
        && at.elapsed() < FRESH
    {
        return is_ready;
    }
    let is_ready = matches!(db.pending_migrations().await, Ok(0));
    *seen = Some((Instant::now(), is_ready));
    is_ready
}

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
