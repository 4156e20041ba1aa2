//! Imports that outlast their request: what is stored of them while they run, and when they have come to an end.
//!
//! Whoever carries one out says so every few seconds. Where that has stopped, the process is gone and nothing of the import is
//! stored: its last step, in the transaction that writes the figures, succeeds only while the import counts as running. A process
//! that is asked to stop ends its imports itself; those of one that was killed are ended by another one that looks, after a
//! minute, whether their senders ask or not.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::import::{Import, Progress};
use super::model::{ImportReceipt, ImportState, ImportView};
use crate::auth::Scope;
use crate::db::{self, Db};
use crate::entities::import;
use crate::problem::{Problem, ProblemView};
use crate::record::idempotency;
use crate::underway::Underway;

/// How often a running import says that it is running.
pub const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(2);
/// After how long without a sign an import counts as interrupted. The clocks of replicas must agree to well within it.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Whose import it is.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'a> {
    /// An organisation sees its own.
    Organisation(&'a Scope),
    /// The secretariat sees all.
    Secretariat,
}

/// Notes a new import, and the key that it was sent under: if it does not succeed, the key becomes free.
pub async fn create(
    db: &impl ConnectionTrait,
    import: &Import,
    scope: &Scope,
    key: Option<&str>,
) -> Result<ImportView, Problem> {
    let now = db::now();
    let row = import::Model {
        plan_id: import.plan_id,
        id: Uuid::now_v7(),
        state: ImportState::Running.code().to_owned(),
        mode: import.mode.code().to_owned(),
        is_dry_run: import.dry_run,
        subject: import.actor.subject.clone(),
        organisation: scope.organisation.clone(),
        idempotency_scope: key.map(str::to_owned),
        judged: 0,
        staged: 0,
        receipt: None,
        problem: None,
        created_at: now,
        touched_at: now,
        finished_at: None,
    };
    import::Entity::insert(import::ActiveModel::from(row.clone()))
        .exec_without_returning(db)
        .await?;
    ImportView::new(row)
}

/// How many imports of a plan are running.
pub async fn running(db: &impl ConnectionTrait, plan_id: i32) -> Result<u64, Problem> {
    Ok(import::Entity::find()
        .filter(import::Column::PlanId.eq(plan_id))
        .filter(import::Column::State.eq(ImportState::Running.code()))
        .filter(import::Column::TouchedAt.gt(db::now() - LEASE))
        .count(db)
        .await?)
}

/// Says that an import is running, and how far it is.
pub async fn touch(db: &Db, plan_id: i32, id: Uuid, progress: &Progress) -> Result<(), Problem> {
    let transaction = db.begin().await?;
    // It may have waited for its turn.
    let change = import::ActiveModel {
        judged: Set(whole(progress.judged())),
        staged: Set(whole(progress.staged())),
        touched_at: Set(db::now()),
        ..Default::default()
    };
    change_running(&transaction, plan_id, id, change, None).await?;
    transaction.commit_unseen().await?;
    Ok(())
}

/// Ends an import with its receipt, in the transaction that writes it; fails where it counts as interrupted.
pub async fn succeed(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    progress: &Progress,
    receipt: &ImportReceipt,
) -> Result<(), Problem> {
    let now = db::now();
    let change = import::ActiveModel {
        state: Set(ImportState::Succeeded.code().to_owned()),
        judged: Set(whole(progress.judged())),
        staged: Set(whole(progress.staged())),
        receipt: Set(Some(json(receipt)?)),
        touched_at: Set(now),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    if change_running(db, plan_id, id, change, None).await? {
        return Ok(());
    }
    tracing::error!(%id, "an import was taken for interrupted while it ran; nothing of it is stored");
    Err(Problem::internal())
}

/// Ends an import with the problem that it met.
pub async fn fail(db: &Db, plan_id: i32, id: Uuid, progress: &Progress, problem: &ProblemView) -> Result<(), Problem> {
    let now = db::now();
    let change = import::ActiveModel {
        state: Set(ImportState::Failed.code().to_owned()),
        judged: Set(whole(progress.judged())),
        staged: Set(whole(progress.staged())),
        problem: Set(Some(json(problem)?)),
        touched_at: Set(now),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    let transaction = db.begin().await?;
    if change_running(&transaction, plan_id, id, change, None).await? {
        free_key(&transaction, plan_id, id).await?;
    }
    transaction.commit_unseen().await?;
    Ok(())
}

/// Nothing of the import is stored, so a request under its key is to be carried out, not answered from memory.
async fn free_key(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<(), Problem> {
    let row = import::Entity::find_by_id((plan_id, id)).one(db).await?;
    if let Some(scope) = row.and_then(|row| row.idempotency_scope) {
        idempotency::forget(db, plan_id, &scope).await?;
    }
    Ok(())
}

/// An import as it stands; 404 where there is none that the reader may see.
pub async fn find(
    db: &Db,
    underway: &Underway,
    plan_id: i32,
    id: Uuid,
    reader: Reader<'_>,
) -> Result<ImportView, Problem> {
    let row = row(db, plan_id, id, reader).await?;
    let now = db::now();
    let is_silent = row.state == ImportState::Running.code() && now - row.touched_at > LEASE;
    if !is_silent || underway.has(plan_id, id) {
        return ImportView::new(row);
    }
    // Not if it has given a sign since the row was read.
    interrupt(db, plan_id, id, Some(now - LEASE)).await?;
    ImportView::new(self::row(db, plan_id, id, reader).await?)
}

/// Ends the imports that have given no sign for so long that their processes are gone, in every plan. This process is there: its
/// own are not ended, though another write may have kept them from giving a sign.
pub async fn end_silent(db: &Db, underway: &Underway) -> Result<(), Problem> {
    let since = db::now() - LEASE;
    let silent: Vec<(i32, Uuid)> = import::Entity::find()
        .select_only()
        .columns([import::Column::PlanId, import::Column::Id])
        .filter(import::Column::State.eq(ImportState::Running.code()))
        .filter(import::Column::TouchedAt.lte(since))
        .into_tuple()
        .all(db.read())
        .await?;
    for (plan_id, id) in silent {
        if !underway.has(plan_id, id) && interrupt(db, plan_id, id, Some(since)).await? {
            tracing::warn!(%id, "an import is interrupted: it gave no sign any more");
        }
    }
    Ok(())
}

/// Ends what this process has not brought to its end; for when it stops and its workers have. One that reached its last step at
/// the same moment keeps what it came to, since both steps change the import only while it counts as running.
pub async fn end_underway(db: &Db, underway: &Underway) {
    for (plan_id, id) in underway.all() {
        match interrupt(db, plan_id, id, None).await {
            Ok(true) => tracing::warn!(%id, "an import is interrupted: the service stops"),
            Ok(false) => {}
            Err(problem) => {
                tracing::error!(%id, %problem, "an import's interruption could not be noted; it will count as interrupted in a minute");
            }
        }
    }
}

/// Ends an import of which nothing is or will be stored, if it still counts as running and, where an instant is given, has given no
/// sign since; says whether it did.
async fn interrupt(db: &Db, plan_id: i32, id: Uuid, silent_since: Option<DateTime<Utc>>) -> Result<bool, Problem> {
    let change = import::ActiveModel {
        state: Set(ImportState::Interrupted.code().to_owned()),
        finished_at: Set(Some(db::now())),
        ..Default::default()
    };
    let transaction = db.begin().await?;
    let is_ended = change_running(&transaction, plan_id, id, change, silent_since).await?;
    if is_ended {
        free_key(&transaction, plan_id, id).await?;
    }
    transaction.commit_unseen().await?;
    Ok(is_ended)
}

async fn row(db: &Db, plan_id: i32, id: Uuid, reader: Reader<'_>) -> Result<import::Model, Problem> {
    let mut select = import::Entity::find_by_id((plan_id, id));
    if let Reader::Organisation(scope) = reader {
        select = select.filter(match &scope.organisation {
            Some(own) => import::Column::Organisation.eq(own),
            None => import::Column::Organisation.is_null(),
        });
    }
    select.one(db.read()).await?.ok_or_else(|| {
        Problem::not_found(
            "There is no import of this id that you reach.",
            "Der er ingen import med dette id, som du har adgang til.",
        )
    })
}

/// Changes an import if it is still running and, where an instant is given, has given no sign since; says whether it did.
async fn change_running(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    change: import::ActiveModel,
    silent_since: Option<DateTime<Utc>>,
) -> Result<bool, Problem> {
    let mut update = import::Entity::update_many()
        .set(change)
        .filter(import::Column::PlanId.eq(plan_id))
        .filter(import::Column::Id.eq(id))
        .filter(import::Column::State.eq(ImportState::Running.code()));
    if let Some(instant) = silent_since {
        update = update.filter(import::Column::TouchedAt.lte(instant));
    }
    Ok(update.exec(db).await?.rows_affected == 1)
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "an import's result cannot be written as JSON");
        Problem::internal()
    })
}
