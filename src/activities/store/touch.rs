//! Sessions that show something else because their activity or venue changed: they move to the end of the feed.

use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};

use crate::entities::{activity, session, session_occurrence};
use crate::problem::Problem;
use crate::record;

/// So far apart are the change numbers of two writes; there are fewer sessions than this in any plan.
const NUMBERS_PER_WRITE: i64 = 1_000_000;

/// A change number above all that are taken.
///
/// It follows from the plan's sequence, under the lock that every write holds to its commit: so no number ever appears below
/// one that was seen. That the last one taken is looked at, too, makes it matter nothing whether a write takes its place in
/// the sequence before or after it changes sessions.
pub async fn next_change_number(transaction: &DatabaseTransaction, plan_id: i32) -> Result<i64, Problem> {
    let last = session::Entity::find()
        .filter(session::Column::PlanId.eq(plan_id))
        .order_by_desc(session::Column::ChangeNumber)
        .one(transaction)
        .await?;
    let from_sequence = (record::current_seq(transaction, plan_id).await? + 1) * NUMBERS_PER_WRITE;
    Ok(last.map_or(from_sequence, |last| from_sequence.max(last.change_number + 1)))
}

/// An activity was written: its sessions show its name, and are public as far as it is.
///
/// Runs under the plan's lock.
pub(super) async fn activity_changed(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    code: &str,
) -> Result<(), Problem> {
    let of_activity = Condition::all().add(session::Column::Activity.eq(code));
    touch(transaction, plan_id, of_activity).await
}

/// A venue was written: the sessions that are held there show its name and address.
///
/// Runs under the plan's lock.
pub async fn venue_changed(transaction: &DatabaseTransaction, plan_id: i32, code: &str) -> Result<(), Problem> {
    let moved_there = Query::select()
        .column(session_occurrence::Column::Session)
        .from(session_occurrence::Entity)
        .and_where(session_occurrence::Column::PlanId.eq(plan_id))
        .and_where(session_occurrence::Column::Venue.eq(code))
        .take();
    let held_there = Condition::any()
        .add(session::Column::Venue.eq(code))
        .add(session::Column::Id.in_subquery(moved_there));
    touch(transaction, plan_id, held_there).await
}

async fn touch(transaction: &DatabaseTransaction, plan_id: i32, which: Condition) -> Result<(), Problem> {
    let rows = session::Entity::find()
        .filter(session::Column::PlanId.eq(plan_id))
        .filter(session::Column::DeletedAt.is_null())
        .filter(which)
        .order_by_asc(session::Column::ChangeNumber)
        .all(transaction)
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let first = next_change_number(transaction, plan_id).await?;
    let mut codes: Vec<&str> = rows.iter().map(|row| row.activity.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let open: Vec<String> = activity::Entity::find()
        .filter(activity::Column::PlanId.eq(plan_id))
        .filter(activity::Column::Code.is_in(codes))
        .filter(activity::Column::IsPublished.eq(true))
        .filter(activity::Column::ArchivedAt.is_null())
        .all(transaction)
        .await?
        .into_iter()
        .map(|row| row.code)
        .collect();
    for (number, row) in (first..).zip(rows) {
        let was_public = row.was_public || (row.is_published && open.contains(&row.activity));
        let mut row = row.into_active_model();
        row.was_public = Set(was_public);
        row.change_number = Set(number);
        row.update(transaction).await?;
    }
    Ok(())
}
