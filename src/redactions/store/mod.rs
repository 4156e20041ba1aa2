//! Taking a passage out of everything that is stored, in one write; and the record of it.

mod places;

use std::collections::BTreeSet;
use std::str::FromStr;

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::model::Receipt;
use super::read::Order;
use crate::activities;
use crate::db::{Db, Window};
use crate::entities::redaction;
use crate::kendskabsgrad;
use crate::participation;
use crate::problem::{At, FieldError, Problem};
use crate::record::{Actor, Clock, Deed, Stamp};
use crate::reports;
use crate::sessions;
use places::{Taken, Then, find};

/// The operation, as the record names it.
const OPERATION: &str = "redact";

/// Random bytes that nobody has seen: what the hash of a short passage needs so that nobody can find it out.
fn nonce() -> Result<[u8; 32], Problem> {
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|error| {
        tracing::error!(%error, "no randomness for a redaction");
        Problem::internal()
    })?;
    Ok(nonce)
}

/// Takes a passage out of every text of a plan, present and past, and tells where it stood. One write: whoever reads sees all of
/// it or nothing. 422 where the passage stands nowhere, or in too many records.
pub async fn redact(db: &Db, plan_id: i32, order: &Order, actor: &Actor) -> Result<Receipt, Problem> {
    if order.dry_run {
        let taken = find(db.read(), plan_id, &order.passage, Then::Tell).await?;
        return Ok(receipt(taken, None));
    }
    let nonce = nonce()?;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let taken = find(&transaction, plan_id, &order.passage, Then::TakeOut).await?;
    if taken.records.is_empty() {
        return Err(Problem::invalid_content(vec![FieldError::new(
            At::Pointer("/text".into()),
            "nothing_found",
            "The passage stands nowhere in the plan's texts.",
            "Passagen står ingen steder i planens tekster.",
        )]));
    }
    let id = Uuid::now_v7();
    let deed = Deed {
        actor,
        operation: OPERATION,
        target: format!("redactions/{id}"),
    };
    let stamp = clock.tick(&transaction, deed).await?;
    follow_up(&transaction, plan_id, &taken, stamp).await?;
    let row = redaction::Model {
        plan_id,
        id,
        reason: order.reason.clone(),
        hash: order.passage.hash(&nonce),
        places: serde_json::to_string(&taken.places).map_err(|error| {
            tracing::error!(%error, "the places of a redaction cannot be written");
            Problem::internal()
        })?,
        records: whole(taken.records.len()),
        occurrences: taken.occurrences(),
        subject: actor.subject.clone(),
        seq: stamp.seq,
        redacted_at: stamp.at,
    };
    redaction::Entity::insert(redaction::ActiveModel::from(row.clone()))
        .exec_without_returning(&transaction)
        .await?;
    transaction.commit().await?;
    let tables = taken.records.iter().map(|(table, _)| *table).collect();
    let mut receipt = receipt(taken, Some((&row, nonce.as_slice())));
    // What was taken out is out, whatever comes of this.
    receipt.is_purged = db.purge(&tables).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the database keeps its old copies for now; `helhedsplan retention` removes them");
        false
    });
    Ok(receipt)
}

/// What hangs on texts that were taken out: checksums, the search, and who follows feeds and calendars.
async fn follow_up(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    taken: &Taken,
    stamp: Stamp,
) -> Result<(), Problem> {
    for meeting in firsts::<Uuid>(taken, &["meeting_packs"]) {
        reports::store::redacted(transaction, plan_id, meeting, stamp).await?;
    }
    for key in taken.of("extracts") {
        if let [extracted_on, revision] = key
            && let (Ok(extracted_on), Ok(revision)) = (extracted_on.parse(), revision.parse())
        {
            kendskabsgrad::store::redacted(transaction, plan_id, extracted_on, revision).await?;
        }
    }
    for report in firsts::<Uuid>(taken, &["participation_reports"]) {
        participation::store::redacted(transaction, plan_id, report).await?;
    }
    let of_activities = [
        "activities",
        "activity_actors",
        "activity_commitments",
        "activity_target_groups",
    ];
    for activity in firsts::<String>(taken, &of_activities) {
        activities::store::redacted(transaction, plan_id, &activity).await?;
    }
    for venue in firsts::<String>(taken, &["venues"]) {
        activities::store::venue_changed(transaction, plan_id, &venue).await?;
    }
    for session in firsts::<Uuid>(taken, &["sessions", "session_occurrences"]) {
        sessions::store::redacted(transaction, plan_id, session, stamp).await?;
    }
    Ok(())
}

/// What the keys of the records of some tables begin with, each once.
fn firsts<T: FromStr + Ord>(taken: &Taken, tables: &[&'static str]) -> BTreeSet<T> {
    let keys = tables.iter().flat_map(|table| taken.of(table));
    keys.filter_map(|key| key.first()?.parse().ok()).collect()
}

fn receipt(taken: Taken, done: Option<(&redaction::Model, &[u8])>) -> Receipt {
    Receipt {
        id: done.map(|(row, _)| row.id),
        redacted_at: done.map(|(row, _)| row.redacted_at),
        hash: done.map(|(row, _)| row.hash.clone()),
        nonce: done.map(|(_, nonce)| nonce.iter().map(|byte| format!("{byte:02x}")).collect()),
        records: whole(taken.records.len()),
        occurrences: taken.occurrences(),
        places: taken.places,
        is_purged: false,
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A plan's redactions, oldest first.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<Uuid>,
) -> Result<Vec<redaction::Model>, Problem> {
    let mut select = redaction::Entity::find()
        .filter(redaction::Column::PlanId.eq(plan_id))
        .order_by_asc(redaction::Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(redaction::Column::Id.gt(after));
    }
    Ok(select.all(db).await?)
}

/// One redaction; 404 where there is none of this id.
pub async fn one(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<redaction::Model, Problem> {
    redaction::Entity::find_by_id((plan_id, id))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no redaction of this id.",
                "Der er ingen redigering med dette id.",
            )
        })
}
