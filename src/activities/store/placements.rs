//! Where an activity is, and was.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::is_in_force;
use crate::db::Window;
use crate::entities::activity_placement::{Column, Entity, Model};
use crate::problem::Problem;

/// An activity's placements, oldest first: all, or those that hold on a day.
pub async fn placements(
    db: &impl ConnectionTrait,
    plan_id: i32,
    activity: &str,
    on: Option<NaiveDate>,
    window: &Window<(NaiveDate, Uuid)>,
) -> Result<Vec<Model>, Problem> {
    let mut select = Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Activity.eq(activity))
        .order_by_asc(Column::StartsOn)
        .order_by_asc(Column::Id)
        .limit(window.limit + 1);
    if let Some(on) = on {
        select = select.filter(is_in_force(on));
    }
    if let Some((date, id)) = window.after {
        let same_day = Condition::all().add(Column::StartsOn.eq(date)).add(Column::Id.gt(id));
        select = select.filter(Condition::any().add(Column::StartsOn.gt(date)).add(same_day));
    }
    Ok(select.all(db).await?)
}
