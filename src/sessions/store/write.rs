//! Writing sessions, under the plan's lock: what is said of one, and every time that makes it take place.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use serde_json::json;
use uuid::Uuid;

use super::super::model::definition;
use super::super::rules::{Definition, Occurrence};
use super::is_open;
use crate::activities;
use crate::entities::{activity, session, session_occurrence};
use crate::problem::Problem;
use crate::record::Stamp;
use crate::words::Word;

/// The most rows of one INSERT.
const ROWS_PER_STATEMENT: usize = 500;

/// Stores a new session with every time it takes place.
pub async fn insert(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    id: Uuid,
    new: Definition,
    occurrences: Vec<Occurrence>,
    stamp: Stamp,
) -> Result<session::Model, Problem> {
    let was_public = new.is_published && is_activity_open(transaction, plan_id, &new.activity).await?;
    let mut row = active(plan_id, id, new);
    row.was_public = Set(was_public);
    row.sequence = Set(0);
    row.change_number = Set(activities::store::next_change_number(transaction, plan_id).await?);
    row.created_at = Set(stamp.at);
    row.changed_at = Set(stamp.at);
    row.deleted_at = Set(None);
    let row = session::Entity::insert(row).exec_with_returning(transaction).await?;
    insert_occurrences(transaction, plan_id, id, occurrences).await?;
    Ok(row)
}

/// Stores what is said of a session now, and makes its occurrences anew.
pub async fn replace(
    transaction: &DatabaseTransaction,
    before: &session::Model,
    new: Definition,
    occurrences: Vec<Occurrence>,
    stamp: Stamp,
) -> Result<session::Model, Problem> {
    let (plan_id, id) = (before.plan_id, before.id);
    let is_open = is_activity_open(transaction, plan_id, &new.activity).await?;
    let was_public = before.was_public || (new.is_published && is_open);
    let mut row = active(plan_id, id, new);
    row.was_public = Set(was_public);
    row.sequence = Set(before.sequence + 1);
    row.change_number = Set(activities::store::next_change_number(transaction, plan_id).await?);
    row.changed_at = Set(stamp.at);
    let row = row.update(transaction).await?;
    forget_occurrences(transaction, plan_id, id).await?;
    insert_occurrences(transaction, plan_id, id, occurrences).await?;
    Ok(row)
}

/// Deletes a session; what stays is a tombstone for who follows the feed.
pub async fn delete(transaction: &DatabaseTransaction, before: session::Model, stamp: Stamp) -> Result<(), Problem> {
    let plan_id = before.plan_id;
    forget_occurrences(transaction, plan_id, before.id).await?;
    let mut row = before.into_active_model();
    row.change_number = Set(activities::store::next_change_number(transaction, plan_id).await?);
    row.changed_at = Set(stamp.at);
    row.deleted_at = Set(Some(stamp.at));
    row.update(transaction).await?;
    Ok(())
}

/// Follows up on texts that were taken out of a session: who follows the feed or the calendar is told of it as it now is.
pub async fn redacted(transaction: &DatabaseTransaction, plan_id: i32, id: Uuid, stamp: Stamp) -> Result<(), Problem> {
    let Some(before) = session::Entity::find_by_id((plan_id, id)).one(transaction).await? else {
        return Ok(());
    };
    let sequence = before.sequence + 1;
    let mut row = before.into_active_model();
    row.sequence = Set(sequence);
    row.change_number = Set(activities::store::next_change_number(transaction, plan_id).await?);
    row.changed_at = Set(stamp.at);
    row.update(transaction).await?;
    Ok(())
}

async fn is_activity_open(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<bool, Problem> {
    let found = activity::Entity::find_by_id((plan_id, code.to_owned())).one(db).await?;
    Ok(found.as_ref().is_some_and(is_open))
}

fn active(plan_id: i32, id: Uuid, new: Definition) -> session::ActiveModel {
    session::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(id),
        activity: Set(new.activity),
        venue: Set(new.venue),
        name: Set(new.name),
        name_en: Set(new.name_en),
        description: Set(new.description),
        description_en: Set(new.description_en),
        local_start: Set(new.local_start),
        duration_minutes: Set(new.duration_minutes),
        rrule: Set(new.rrule),
        exceptions: Set(json!(new.exceptions)),
        capacity: Set(new.capacity),
        age_from: Set(new.age_from),
        age_to: Set(new.age_to),
        status: Set(new.status.code().to_owned()),
        is_published: Set(new.is_published),
        ..Default::default()
    }
}

async fn insert_occurrences(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    session: Uuid,
    occurrences: Vec<Occurrence>,
) -> Result<(), Problem> {
    let rows: Vec<session_occurrence::ActiveModel> = occurrences
        .into_iter()
        .map(|one| session_occurrence::ActiveModel {
            plan_id: Set(plan_id),
            session: Set(session),
            recurrence_id: Set(one.recurrence_id),
            local_start: Set(one.local_start),
            duration_minutes: Set(one.duration_minutes),
            venue: Set(one.venue),
            status: Set(one.status.code().to_owned()),
            reason: Set(one.reason),
        })
        .collect();
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        session_occurrence::Entity::insert_many(chunk.iter().cloned())
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

async fn forget_occurrences(transaction: &DatabaseTransaction, plan_id: i32, session: Uuid) -> Result<(), Problem> {
    session_occurrence::Entity::delete_many()
        .filter(session_occurrence::Column::PlanId.eq(plan_id))
        .filter(session_occurrence::Column::Session.eq(session))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Whether a session says the same as before.
pub fn is_same(before: &session::Model, new: &Definition) -> bool {
    definition(before) == *new
}
