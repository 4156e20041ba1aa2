//! What every write leaves behind: its number in the plan's sequence, and who did what.
//!
//! Each plan has one sequence. A write locks the plan's clock first and holds the lock to its commit, so numbers and
//! instants grow in the order of commits: nothing ever appears later inside the past.
//!
//! With its number a write gets its entry in the plan's audit log, see [`audit`].

mod actor;
pub mod audit;
pub mod chain;
pub mod idempotency;

pub use actor::{Actor, Entered};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};

use self::audit::{AuditOutcome, Said};
use crate::db::{self, Db};
use crate::entities::{change, plan_clock};
use crate::problem::{At, FieldError, Problem};

/// A plan's clock, locked by this transaction.
#[derive(Debug)]
pub struct Clock {
    row: plan_clock::Model,
}

/// A number and instant in a plan's sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The number: the plan's data version.
    pub seq: i64,
    /// The instant, strictly later than that of the number before.
    pub at: DateTime<Utc>,
}

/// The number that no write has reached: what is known at it is what is known now, in whatever query asks.
pub const NOW: i64 = i64::MAX;

/// A number that a write has taken, and the instant of it; the deed is still to be written under it, in the same transaction.
#[derive(Debug)]
#[must_use = "a number without its deed is a fault that `audit verify` finds"]
pub struct Taken {
    plan_id: i32,
    stamp: Stamp,
}

/// Who does what to what, for the record.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The operation, as in the OpenAPI document.
    pub operation: &'a str,
    /// The path of what was written, below the plan.
    pub target: String,
}

impl Clock {
    /// Locks the plan's clock until the transaction ends. Gives up after 8 seconds, which is 503: whoever waits keeps a
    /// connection from others.
    pub async fn lock(transaction: &DatabaseTransaction, plan_id: i32) -> Result<Self, DbErr> {
        // On SQLite the transaction has waited for its turn when it began.
        if transaction.get_database_backend() == DbBackend::Postgres {
            transaction.execute_unprepared("SET LOCAL lock_timeout = '8s'").await?;
        }
        Self::lock_in_turn(transaction, plan_id).await
    }

    /// Locks the plan's clock however long that takes: for an import, which waits on a connection of its own and with
    /// everything prepared.
    pub async fn lock_in_turn(transaction: &DatabaseTransaction, plan_id: i32) -> Result<Self, DbErr> {
        // SQLite has no row locks and needs none: its write transactions exclude each other.
        let row = plan_clock::Entity::find_by_id(plan_id)
            .lock_exclusive()
            .one(transaction)
            .await?
            .ok_or_else(|| DbErr::RecordNotFound(format!("clock of plan {plan_id}")))?;
        Ok(Self { row })
    }

    /// Takes the next number and writes the deed under it.
    pub async fn tick(self, transaction: &DatabaseTransaction, deed: Deed<'_>) -> Result<Stamp, DbErr> {
        self.take(transaction).await?.write(transaction, deed).await
    }

    /// Takes the next number: for a write that takes long, so that reads which go into the audit log wait for the end of it
    /// only.
    pub async fn take(self, transaction: &DatabaseTransaction) -> Result<Taken, DbErr> {
        let stamp = Stamp {
            seq: self.row.seq + 1,
            at: db::now().max(self.row.at + TimeDelta::microseconds(1)),
        };
        let plan_id = self.row.plan_id;
        let mut row = self.row.into_active_model();
        row.seq = Set(stamp.seq);
        row.at = Set(stamp.at);
        row.update(transaction).await?;
        Ok(Taken { plan_id, stamp })
    }
}

impl Taken {
    /// The number and its instant.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Writes the deed, and its entry in the audit log.
    pub async fn write(self, transaction: &DatabaseTransaction, deed: Deed<'_>) -> Result<Stamp, DbErr> {
        let Self { plan_id, stamp } = self;
        let change = change::ActiveModel {
            plan_id: Set(plan_id),
            seq: Set(stamp.seq),
            at: Set(stamp.at),
            subject: Set(deed.actor.subject.clone()),
            operation: Set(deed.operation.to_owned()),
            target: Set(deed.target.clone()),
            request_id: Set(deed.actor.request_id.clone()),
        };
        change::Entity::insert(change)
            .exec_without_returning(transaction)
            .await?;
        let said = Said {
            at: stamp.at,
            actor: deed.actor,
            operation: deed.operation,
            target: deed.target,
            outcome: AuditOutcome::Done,
            data_version: Some(stamp.seq),
        };
        audit::append(transaction, plan_id, said).await?;
        Ok(stamp)
    }
}

/// Starts a new plan's sequence at 0, and its audit log.
pub async fn start_sequence(transaction: &DatabaseTransaction, plan_id: i32) -> Result<(), DbErr> {
    let clock = plan_clock::ActiveModel {
        plan_id: Set(plan_id),
        seq: Set(0),
        at: Set(db::now()),
    };
    plan_clock::Entity::insert(clock)
        .exec_without_returning(transaction)
        .await?;
    audit::begin(transaction, plan_id).await
}

/// Notices what other processes have written to any plan.
pub async fn notice(db: &Db) -> Result<(), DbErr> {
    let clocks = plan_clock::Entity::find().all(db.read()).await?;
    // Numbers only grow and plans only come, so the sum tells every state from every other.
    let writes = clocks.iter().map(|clock| clock.seq.unsigned_abs() + 1).sum();
    db.generation().notice(writes);
    Ok(())
}

/// The plan's newest committed number: a read that keeps to it sees one state, however many queries it takes.
pub async fn current_seq(db: &impl ConnectionTrait, plan_id: i32) -> Result<i64, DbErr> {
    let clock = plan_clock::Entity::find_by_id(plan_id).one(db).await?;
    Ok(clock.map_or(0, |clock| clock.seq))
}

/// The number that was the newest at `as_of`, or now, and the instant up to which it is complete.
pub async fn moment(db: &Db, plan_id: i32, as_of: Option<DateTime<Utc>>) -> Result<(i64, DateTime<Utc>), Problem> {
    if let Some(as_of) = as_of {
        return Ok((seq_at(db, plan_id, Some(as_of)).await?, as_of));
    }
    let clock = plan_clock::Entity::find_by_id(plan_id).one(db.read()).await?;
    Ok(clock.map_or_else(|| (0, db::now()), |clock| (clock.seq, clock.at)))
}

/// The newest number at `instant`, as far as it is committed: a lower bound for what came since, which needs no lock,
/// because a write that comes later comes after it.
pub async fn seq_before(db: &impl ConnectionTrait, plan_id: i32, instant: DateTime<Utc>) -> Result<i64, DbErr> {
    let change = change::Entity::find()
        .filter(change::Column::PlanId.eq(plan_id))
        .filter(change::Column::At.lte(instant))
        .order_by_desc(change::Column::Seq)
        .one(db)
        .await?;
    Ok(change.map_or(0, |change| change.seq))
}

/// The number that was the newest at `as_of`, or now.
///
/// An instant after the last write could still be overtaken by a write that has its instant but not its commit. So the
/// clock is locked, which waits for such a write, and set to `as_of`, so that every later write gets a later instant.
/// An instant in the future is refused.
pub async fn seq_at(db: &Db, plan_id: i32, as_of: Option<DateTime<Utc>>) -> Result<i64, Problem> {
    let Some(as_of) = as_of else {
        return Ok(current_seq(db.read(), plan_id).await?);
    };
    let clock = plan_clock::Entity::find_by_id(plan_id).one(db.read()).await?;
    // A stamp may be ahead of this machine's clock; what was handed out is not in the future.
    let latest = clock.as_ref().map_or_else(db::now, |clock| clock.at.max(db::now()));
    if as_of > latest {
        return Err(Problem::invalid_content(vec![FieldError::new(
            At::Parameter("as_of".into()),
            "in_the_future",
            "as_of must not be in the future.",
            "as_of må ikke ligge i fremtiden.",
        )]));
    }
    if clock.is_none_or(|clock| clock.at < as_of) {
        let transaction = db.begin().await?;
        let clock = Clock::lock(&transaction, plan_id).await?;
        if clock.row.at < as_of {
            let mut row = clock.row.into_active_model();
            row.at = Set(as_of);
            row.update(&transaction).await?;
        }
        // No number was taken: what is known now is what was known before.
        transaction.commit_unseen().await?;
    }
    Ok(seq_before(db.read(), plan_id, as_of).await?)
}
