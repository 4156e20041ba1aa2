//! The database: SQLite or PostgreSQL from one code base, chosen by the URL.
//!
//! [`Db`] holds two pools, one for reads and one for writes. SQLite has one writer and several readers anyway; on PostgreSQL
//! writes that wait for each other, behind a large import say, would else take the connections that reads need. Every
//! write happens in a transaction from [`Db::begin`], which on SQLite takes the write lock at once, so that two writers
//! queue instead of failing on each other.

mod session;
mod window;
mod write;

pub use session::Session;
pub use window::{ReferenceColumns, Window, reference_rows};
pub use write::{Generation, Write};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr};
use tokio::sync::Semaphore;

/// How long a request waits for a connection, and SQLite's writer for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many bulk writes a process carries out at a time; each has a connection of its own.
const SESSIONS: usize = 2;

/// The connections.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    single: ConnectOptions,
    sessions: Arc<Semaphore>,
    generation: Generation,
}

impl fmt::Debug for Db {
    // The options hold the URL, and that may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

impl Db {
    /// Connects; on SQLite the file is made where it is missing. `max_connections` are for reads; writes have one of their
    /// own on SQLite, and on PostgreSQL half as many of their own, two at least.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        let single = options(url, 1);
        let writers = if url.starts_with("sqlite:") {
            1
        } else {
            (max_connections / 2).max(2)
        };
        let write = Database::connect(options(url, writers)).await?;
        let read = Database::connect(options(url, max_connections)).await?;
        Ok(Self {
            read,
            write,
            single,
            sessions: Arc::new(Semaphore::new(SESSIONS)),
            generation: Generation::default(),
        })
    }

    /// For reads.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A transaction for writes. Dropped without commit, it leaves nothing.
    pub async fn begin(&self) -> Result<Write, DbErr> {
        Write::begin(&self.write, self.generation.clone()).await
    }

    /// A connection of its own for a bulk write, as soon as fewer than two are open; its temporary tables go with it.
    pub async fn session(&self) -> Result<Session, DbErr> {
        Session::open(self.single.clone(), Arc::clone(&self.sessions), self.generation.clone()).await
    }

    /// Tells when something was written, so that what is remembered of reads can be known to be stale.
    pub fn generation(&self) -> &Generation {
        &self.generation
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

fn options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .sqlx_logging(false);
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
