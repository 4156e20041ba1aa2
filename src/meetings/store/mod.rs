//! Queries for meetings. What the agenda, the figures and the minutes of a meeting are, and which meeting came before it, other
//! slices learn here, too.

pub mod agenda;
pub mod cadence;
pub mod feeds;
pub mod figures;
pub mod minutes;
mod write;

pub use write::{insert, is_same, step, update};

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::model::MeetingView;
use super::rules::MeetingStatus;
use crate::bodies;
use crate::bodies::rules::Sight;
use crate::db::Window;
use crate::entities::{body, meeting};
use crate::local_time::last_minute;
use crate::problem::Problem;
use crate::words::Word;

/// 404 for a meeting that is not there, or whose body's meetings the caller does not see.
pub fn missing() -> Problem {
    Problem::not_found("There is no meeting with this id.", "Der er intet møde med dette id.")
}

/// One meeting, as far as the caller sees those of its body.
pub async fn meeting(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    sight: &Sight,
) -> Result<meeting::Model, Problem> {
    let row = meeting::Entity::find_by_id((plan_id, id)).one(db).await?;
    row.filter(|row| sight.sees(&row.body)).ok_or_else(missing)
}

/// A meeting as it is shown.
pub async fn view(db: &impl ConnectionTrait, row: meeting::Model) -> Result<MeetingView, Problem> {
    let body = bodies::store::body(db, row.plan_id, &row.body).await?;
    MeetingView::new(row, &body)
}

/// Which meetings.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Of this body.
    pub body: Option<String>,
    /// So far.
    pub status: Option<MeetingStatus>,
    /// Those that begin on this day or later.
    pub from: Option<NaiveDate>,
    /// Those that begin on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// The place of a meeting in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// When it begins.
    pub local_start: NaiveDateTime,
    /// Its id.
    pub id: Uuid,
}

/// Restricts meetings to those of the bodies that a caller sees.
fn within(plan_id: i32, sight: &Sight) -> Condition {
    let all = Condition::all().add(meeting::Column::PlanId.eq(plan_id));
    match sight {
        Sight::Every => all,
        Sight::Of(codes) => all.add(meeting::Column::Body.is_in(codes)),
    }
}

/// Meetings in the order in which they begin, one more than the window holds.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    selection: &Selection,
    sight: &Sight,
    window: &Window<Position>,
) -> Result<Vec<MeetingView>, Problem> {
    use meeting::Column;
    let mut select = meeting::Entity::find()
        .filter(within(plan_id, sight))
        .order_by_asc(Column::LocalStart)
        .order_by_asc(Column::Id)
        .limit(window.limit + 1);
    if let Some(body) = &selection.body {
        select = select.filter(Column::Body.eq(body));
    }
    if let Some(status) = selection.status {
        select = select.filter(Column::Status.eq(status.code()));
    }
    if let Some(from) = selection.from {
        select = select.filter(Column::LocalStart.gte(from.and_time(NaiveTime::MIN)));
    }
    if let Some(to) = selection.to {
        select = select.filter(Column::LocalStart.lte(last_minute(to)));
    }
    if let Some(after) = window.after {
        let same_start = Condition::all()
            .add(Column::LocalStart.eq(after.local_start))
            .add(Column::Id.gt(after.id));
        select = select.filter(
            Condition::any()
                .add(Column::LocalStart.gt(after.local_start))
                .add(same_start),
        );
    }
    let rows = select.all(db).await?;
    let bodies = bodies::store::all(db, plan_id).await?;
    let bodies: HashMap<&str, &body::Model> = bodies.iter().map(|body| (body.code.as_str(), body)).collect();
    rows.into_iter()
        .map(|row| {
            let body = bodies.get(row.body.as_str()).ok_or_else(Problem::internal)?;
            MeetingView::new(row, body)
        })
        .collect()
}

/// All meetings of a body in the order in which they begin: as many as a plan has, which its cadence keeps few.
pub async fn of_body(db: &impl ConnectionTrait, plan_id: i32, body: &str) -> Result<Vec<meeting::Model>, Problem> {
    Ok(meeting::Entity::find()
        .filter(meeting::Column::PlanId.eq(plan_id))
        .filter(meeting::Column::Body.eq(body))
        .order_by_asc(meeting::Column::LocalStart)
        .order_by_asc(meeting::Column::Id)
        .all(db)
        .await?)
}

/// The meeting that the body held before this one; none where it is the first.
pub async fn held_before(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<Option<meeting::Model>, Problem> {
    let held = [MeetingStatus::Held, MeetingStatus::MinutesApproved].map(Word::code);
    Ok(meeting::Entity::find()
        .filter(meeting::Column::PlanId.eq(row.plan_id))
        .filter(meeting::Column::Body.eq(&row.body))
        .filter(meeting::Column::Status.is_in(held))
        .filter(meeting::Column::LocalStart.lt(row.local_start))
        .order_by_desc(meeting::Column::LocalStart)
        .order_by_desc(meeting::Column::Id)
        .one(db)
        .await?)
}
