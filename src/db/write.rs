//! A transaction for writes, and the sign that it gives when it commits.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::entity::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

/// Counts the writes of this process that an answer may show, and those of others as they are noticed.
///
/// What was read while it stood at a number is known to be current as long as it stands there: it moves after a commit
/// and before the commit is acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Generation(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    generation: AtomicU64,
    noticed: AtomicU64,
}

impl Generation {
    /// Where it stands.
    pub fn current(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Something was written.
    pub fn advance(&self) {
        self.0.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// So many writes the database has seen from all processes; a number that is not the last one noticed is news.
    pub fn notice(&self, writes: u64) {
        if self.0.noticed.swap(writes, Ordering::AcqRel) != writes {
            self.advance();
        }
    }
}

/// A transaction for writes. Dropped without commit, it leaves nothing.
#[derive(Debug)]
pub struct Write {
    transaction: DatabaseTransaction,
    generation: Generation,
}

impl Write {
    /// Begins one. On SQLite it takes the write lock at once, so that two writers queue instead of failing on each other.
    pub(super) async fn begin(connection: &DatabaseConnection, generation: Generation) -> Result<Self, DbErr> {
        let is_sqlite = connection.get_database_backend() == DbBackend::Sqlite;
        let options = TransactionOptions {
            sqlite_transaction_mode: is_sqlite.then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Self {
            transaction: connection.begin_with_options(options).await?,
            generation,
        })
    }

    /// Makes everything that was written in it visible and lasting.
    pub async fn commit(self) -> Result<(), DbErr> {
        let done = self.transaction.commit().await;
        // Also after an error: the connection may have broken between the commit and its answer.
        self.generation.advance();
        done
    }

    /// Makes it visible and lasting without a sign: for bookkeeping that no remembered answer shows, such as claims of keys and
    /// how far an import is. Else whoever asks often would keep everything from being remembered.
    pub async fn commit_unseen(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }

    /// Takes everything back, as dropping it does, but waits until that is done.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.transaction.rollback().await
    }
}

impl Deref for Write {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}

#[async_trait]
impl ConnectionTrait for Write {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.transaction.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.transaction.query_all_raw(statement).await
    }
}
