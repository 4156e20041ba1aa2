//! Sessions as the feeds show them: to everybody, whole.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::rules::OccurrenceStatus;
use super::{Selection, Sight, activities_of, is_open, selected, venues_in};
use crate::entities::{activity, session, session_occurrence};
use crate::problem::Problem;
use crate::words::Word;

/// So many ids at most in one statement.
const IDS_PER_STATEMENT: usize = 500;

/// A session with what it is shown with.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The session.
    pub session: session::Model,
    /// Its activity.
    pub activity: activity::Model,
    /// Its occurrences in the order of their recurrence ids; of a series only those that are not as its rule has them, and
    /// none of a deleted session.
    pub occurrences: Vec<session_occurrence::Model>,
}

impl Whole {
    /// Whether everybody sees it.
    pub fn is_public(&self) -> bool {
        self.session.deleted_at.is_none() && self.session.is_published && is_open(&self.activity)
    }
}

/// The sessions that a follower of the feed is told of, those that changed after a change number, in the order of change.
///
/// What a follower was once told of stays: as a tombstone when it is deleted, or is no longer public.
pub async fn changes(db: &impl ConnectionTrait, plan_id: i32, after: i64, limit: u64) -> Result<Vec<Whole>, Problem> {
    let rows = session::Entity::find()
        .filter(session::Column::PlanId.eq(plan_id))
        .filter(session::Column::WasPublic.eq(true))
        .filter(session::Column::ChangeNumber.gt(after))
        .order_by_asc(session::Column::ChangeNumber)
        .limit(limit)
        .all(db)
        .await?;
    wholes(db, plan_id, rows).await
}

/// The sessions that everybody sees, oldest first.
pub async fn public(db: &impl ConnectionTrait, plan_id: i32, selection: &Selection) -> Result<Vec<Whole>, Problem> {
    let mut select = session::Entity::find()
        .filter(selected(plan_id, selection, Sight::Public))
        .order_by_asc(session::Column::Id);
    if let Some(zone) = &selection.zone {
        select = select.filter(session::Column::Venue.in_subquery(venues_in(plan_id, zone)));
    }
    let rows = select.all(db).await?;
    wholes(db, plan_id, rows).await
}

async fn wholes(db: &impl ConnectionTrait, plan_id: i32, rows: Vec<session::Model>) -> Result<Vec<Whole>, Problem> {
    use session_occurrence::Column;
    let activities = activities_of(db, plan_id, &rows).await?;
    let mut occurrences: HashMap<Uuid, Vec<session_occurrence::Model>> = HashMap::new();
    // Not all ids at once: a statement has so many parameters at most.
    for some in rows.chunks(IDS_PER_STATEMENT) {
        let once = some.iter().filter(|row| row.rrule.is_none());
        // A rule says by itself when the rest of its occurrences are, and they can be more than a thousand.
        let told = Condition::any()
            .add(Column::Status.ne(OccurrenceStatus::Scheduled.code()))
            .add(Column::Session.is_in(once.map(|row| row.id)));
        let found = session_occurrence::Entity::find()
            .filter(Column::PlanId.eq(plan_id))
            .filter(Column::Session.is_in(some.iter().map(|row| row.id)))
            .filter(told)
            .order_by_asc(Column::RecurrenceId)
            .all(db)
            .await?;
        for row in found {
            occurrences.entry(row.session).or_default().push(row);
        }
    }
    let whole = |session: session::Model| {
        Some(Whole {
            activity: activities.get(&session.activity)?.clone(),
            occurrences: occurrences.remove(&session.id).unwrap_or_default(),
            session,
        })
    };
    Ok(rows.into_iter().filter_map(whole).collect())
}
