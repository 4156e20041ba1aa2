//! Queries for follow-ups, recording them, and what their adoption does to them.

mod adopt;
mod met;
mod record;
mod statement;

pub use adopt::{adopt, adoptable};
pub use record::{correct, insert, require_open, said};
pub use statement::statement;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::model::FollowUpView;
use super::rules::FollowedLevel;
use crate::db::Window;
use crate::entities::follow_up;
use crate::problem::Problem;
use crate::words::Word;

/// Which follow-ups.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Recorded at this meeting.
    pub meeting: Option<Uuid>,
    /// On goals, or on sub-goals.
    pub level: Option<FollowedLevel>,
    /// On the goal or sub-goal of this code.
    pub goal: Option<String>,
    /// At a meeting in this calendar year.
    pub year: Option<i32>,
}

/// A plan's follow-ups in the order in which they were recorded.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<Uuid>,
    selection: &Selection,
) -> Result<Vec<follow_up::Model>, Problem> {
    let mut select = follow_up::Entity::find()
        .filter(follow_up::Column::PlanId.eq(plan_id))
        .order_by_asc(follow_up::Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(follow_up::Column::Id.gt(after));
    }
    if let Some(meeting) = selection.meeting {
        select = select.filter(follow_up::Column::Meeting.eq(meeting));
    }
    if let Some(level) = selection.level {
        select = select.filter(follow_up::Column::Level.eq(level.code()));
    }
    if let Some(goal) = &selection.goal {
        select = select.filter(follow_up::Column::Goal.eq(goal));
    }
    if let Some((first, last)) = selection.year.and_then(days_of) {
        select = select.filter(follow_up::Column::FollowedOn.between(first, last));
    }
    Ok(select.all(db).await?)
}

/// One follow-up.
pub async fn follow_up(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<follow_up::Model, Problem> {
    follow_up::Entity::find_by_id((plan_id, id))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no follow-up of this id.",
                "Der er ingen opfølgning med dette id.",
            )
        })
}

/// A follow-up with the figures that were seen.
pub fn view(row: follow_up::Model) -> Result<FollowUpView, Problem> {
    let figures = serde_json::from_str(&row.figures).map_err(|error| {
        tracing::error!(%error, follow_up = %row.id, "the figures of a follow-up cannot be read");
        Problem::internal()
    })?;
    Ok(FollowUpView::new(row, figures))
}

/// The first and the last day of a calendar year.
fn days_of(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31))
}
