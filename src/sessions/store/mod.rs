//! Queries for sessions.

mod feed;
mod list;
mod write;

pub use feed::{Whole, changes, public};
pub use list::{Position, occurrences};
pub use write::{delete, insert, is_same, redacted, replace};

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::rules::Known;
use crate::activities;
use crate::activities::rules::ActivityStatus;
use crate::entities::{activity, session, venue};
use crate::problem::Problem;
use crate::words::Word;

/// Which sessions a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Those that everybody sees.
    Public,
    /// Those that are not published, too.
    Everything,
}

/// Which sessions.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Of this activity.
    pub activity: Option<String>,
    /// At a venue in this zone.
    pub zone: Option<String>,
    /// For people of this age.
    pub age: Option<i16>,
}

fn is_open(activity: &activity::Model) -> bool {
    activity.is_published && activity.archived_at.is_none()
}

/// 404 for a session that is not there, or that the caller does not see.
pub fn missing() -> Problem {
    Problem::not_found(
        "There is no session with this id.",
        "Der er ingen session med dette id.",
    )
}

/// One session that is not deleted, as far as the caller sees it.
pub async fn session(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    sight: Sight,
) -> Result<session::Model, Problem> {
    let row = session::Entity::find_by_id((plan_id, id)).one(db).await?;
    let row = row.filter(|row| row.deleted_at.is_none()).ok_or_else(missing)?;
    if sight == Sight::Everything {
        return Ok(row);
    }
    let activity = activity::Entity::find_by_id((plan_id, row.activity.clone()))
        .one(db)
        .await?;
    if row.is_published && activity.as_ref().is_some_and(is_open) {
        Ok(row)
    } else {
        Err(missing())
    }
}

/// What a session is judged by.
pub async fn known(db: &impl ConnectionTrait, plan_id: i32) -> Result<Known, Problem> {
    let activities = activity::Entity::find()
        .filter(activity::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let out_of_force = activities
        .iter()
        .filter(|row| [ActivityStatus::Draft.code(), ActivityStatus::Ended.code()].contains(&row.status.as_str()))
        .map(|row| row.code.clone())
        .collect();
    let activities = activities.into_iter().map(|row| (row.code, row.archived_at.is_none()));
    let venues = venue::Entity::find()
        .filter(venue::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let venues = venues.into_iter().map(|row| (row.code, row.archived_at.is_none()));
    Ok(Known {
        activities: activities.collect(),
        out_of_force,
        venues: venues.collect(),
    })
}

/// The sessions that are there, as far as the caller sees them, and as the selection wants them.
fn selected(plan_id: i32, selection: &Selection, sight: Sight) -> Condition {
    let mut all = Condition::all()
        .add(session::Column::PlanId.eq(plan_id))
        .add(session::Column::DeletedAt.is_null());
    if sight == Sight::Public {
        all = all
            .add(session::Column::IsPublished.eq(true))
            .add(session::Column::Activity.in_subquery(open_activities(plan_id)));
    }
    if let Some(activity) = &selection.activity {
        all = all.add(session::Column::Activity.eq(activity));
    }
    if let Some(age) = selection.age {
        all = all
            .add(session::Column::AgeFrom.is_null().or(session::Column::AgeFrom.lte(age)))
            .add(session::Column::AgeTo.is_null().or(session::Column::AgeTo.gte(age)))
            .add(activities::store::admits_age(plan_id, session::Column::Activity, age));
    }
    all
}

fn open_activities(plan_id: i32) -> SelectStatement {
    Query::select()
        .column(activity::Column::Code)
        .from(activity::Entity)
        .and_where(activity::Column::PlanId.eq(plan_id))
        .and_where(activity::Column::IsPublished.eq(true))
        .and_where(activity::Column::ArchivedAt.is_null())
        .take()
}

fn venues_in(plan_id: i32, zone: &str) -> SelectStatement {
    Query::select()
        .column(venue::Column::Code)
        .from(venue::Entity)
        .and_where(venue::Column::PlanId.eq(plan_id))
        .and_where(venue::Column::Zone.eq(zone))
        .take()
}

async fn activities_of(
    db: &impl ConnectionTrait,
    plan_id: i32,
    sessions: &[session::Model],
) -> Result<HashMap<String, activity::Model>, Problem> {
    let codes: HashSet<&str> = sessions.iter().map(|row| row.activity.as_str()).collect();
    let rows = activity::Entity::find()
        .filter(activity::Column::PlanId.eq(plan_id))
        .filter(activity::Column::Code.is_in(codes))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// Some venues of a plan, by code.
pub async fn venues(
    db: &impl ConnectionTrait,
    plan_id: i32,
    codes: impl Iterator<Item = &str>,
) -> Result<HashMap<String, venue::Model>, Problem> {
    let codes: HashSet<&str> = codes.collect();
    let rows = venue::Entity::find()
        .filter(venue::Column::PlanId.eq(plan_id))
        .filter(venue::Column::Code.is_in(codes))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}
