//! The parts of a pack that are not figures: placements, milestones, late deliveries.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::model::{PackDelivery, PackMilestone, PackPlacement};
use super::super::rules::milestone_state;
use super::gather::Moment;
use crate::deliveries;
use crate::deliveries::rules::DeliveryStatus;
use crate::entities::{activity, activity_placement, milestone, organisation, plan};
use crate::problem::Problem;

/// Where published activities are on a day, in the agreement's order.
pub(super) async fn placements(
    db: &impl ConnectionTrait,
    plan_id: i32,
    on: NaiveDate,
    seen: Option<Moment>,
    areas: &BTreeMap<String, String>,
) -> Result<Vec<PackPlacement>, Problem> {
    use activity_placement::Column;
    let activities = activity::Entity::find()
        .filter(activity::Column::PlanId.eq(plan_id))
        .filter(activity::Column::IsPublished.eq(true))
        .filter(activity::Column::ArchivedAt.is_null())
        .order_by_asc(activity::Column::Position)
        .all(db)
        .await?;
    let not_over = Condition::any()
        .add(Column::EndsOn.is_null())
        .add(Column::EndsOn.gte(on));
    let rows = activity_placement::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::StartsOn.lte(on))
        .filter(not_over)
        .order_by_asc(Column::StartsOn)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let mut placed: HashMap<String, Vec<activity_placement::Model>> = HashMap::new();
    for row in rows {
        placed.entry(row.activity.clone()).or_default().push(row);
    }
    let mut placements = Vec::new();
    for activity in activities {
        for row in placed.remove(&activity.code).unwrap_or_default() {
            placements.push(PackPlacement {
                activity: activity.code.clone(),
                activity_name: activity.name.clone(),
                team: Some(row.team).filter(|team| !team.is_empty()),
                zone_name: row.zone.as_ref().and_then(|zone| areas.get(zone).cloned()),
                zone: row.zone,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                is_new: seen.is_some_and(|seen| row.starts_on > seen.on),
            });
        }
    }
    Ok(placements)
}

/// The milestones, by their days.
pub(super) async fn milestones(
    db: &impl ConnectionTrait,
    plan_id: i32,
    on: NaiveDate,
) -> Result<Vec<PackMilestone>, Problem> {
    let rows = milestone::Entity::find()
        .filter(milestone::Column::PlanId.eq(plan_id))
        .filter(milestone::Column::ArchivedAt.is_null())
        .order_by_asc(milestone::Column::DueOn)
        .order_by_asc(milestone::Column::Position)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| PackMilestone {
            state: milestone_state(row.due_on, row.reached_on, on),
            code: row.code,
            name: row.name,
            due_on: row.due_on,
            reached_on: row.reached_on,
        })
        .collect())
}

/// What is late, whoever owes it.
pub(super) async fn late_deliveries(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    moment: Moment,
) -> Result<Vec<PackDelivery>, Problem> {
    let found = deliveries::store::deliveries(db, plan, None, moment.seq, moment.on).await?;
    let owners = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan.id))
        .all(db)
        .await?;
    let owners: HashMap<String, String> = owners.into_iter().map(|row| (row.code, row.name)).collect();
    let late = found.into_iter().map(|(_, delivery)| delivery);
    Ok(late
        .filter(|delivery| delivery.status == DeliveryStatus::Late)
        .map(|delivery| PackDelivery {
            indicator: delivery.indicator,
            name: delivery.name,
            owner_name: delivery.owner.as_ref().and_then(|owner| owners.get(owner).cloned()),
            owner: delivery.owner,
            period: delivery.next_period,
            due_on: delivery.due_on,
        })
        .collect())
}
