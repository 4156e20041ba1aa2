//! The database: SQLite or PostgreSQL from one code base, chosen by the URL.
//!
//! SQLite has one writer and several readers, so [`Db`] holds two pools; on PostgreSQL both are the same pool. Every
//! write happens in a transaction from [`Db::begin`], which on SQLite takes the write lock at once, so that two writers
//! queue instead of failing on each other.

mod window;

pub use window::{ReferenceColumns, Window, reference_rows};

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

/// How long a request waits for a connection, and SQLite's writer for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

impl Db {
    /// Connects; on SQLite the file is made where it is missing.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1)).await?;
            let read = Database::connect(sqlite(url, max_connections)).await?;
            Ok(Self { read, write })
        } else {
            let pool = Database::connect(pool(url, max_connections)).await?;
            Ok(Self {
                read: pool.clone(),
                write: pool,
            })
        }
    }

    /// For reads.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A transaction for writes. Dropped without commit, it leaves nothing.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: self.is_sqlite().then_some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.write, None).await
    }

    /// Undoes every migration.
    pub async fn unmigrate(&self) -> Result<(), DbErr> {
        Migrator::down(&self.write, None).await
    }

    /// How many migrations this program knows and the database has not seen.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.read).await?.len())
    }

    /// Closes the pools; requests in flight have finished by then.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }

    /// Whether this is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }
}

fn pool(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .sqlx_logging(false);
    options
}

fn sqlite(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = pool(url, max_connections);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write must survive a power cut, which in WAL mode only FULL gives.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
    });
    options
}

/// Now, in whole microseconds: PostgreSQL keeps no more, and both databases must give back the same instant.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}
