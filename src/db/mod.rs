//! The database: SQLite or PostgreSQL from one code base, chosen by the URL.
//!
//! [`Db`] holds two pools, one for reads and one for writes. SQLite has one writer and several readers anyway; on PostgreSQL
//! writes that wait for each other, behind a large import say, would else take the connections that reads need. Every
//! write happens in a transaction from [`Db::begin`], which on SQLite takes the write lock at once, so that two writers
//! queue instead of failing on each other.
//!
//! Each thread that serves requests reads through connections of its own ([`Db::for_worker`]): an answer of the database
//! then wakes the thread that waits for it, not first the one that happened to open the connection.

mod connections;
mod session;
mod window;
mod write;

pub use connections::Connections;
pub use session::Session;
pub use window::{ReferenceColumns, Window, reference_rows};
pub use write::{Generation, Write};

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, Statement, TransactionOptions, TransactionTrait,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// How long a request waits for a connection, and SQLite's writer for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection that rested this long is tried before it is used; one used a moment ago is taken to be alive, which saves
/// each read a round trip.
const RESTED: Duration = Duration::from_secs(1);
/// How many connections for reads a worker has at least: a long export shall not keep its other requests waiting.
const LEAST_OF_A_WORKER: u32 = 4;
/// How many bulk writes a process carries out at a time; each has a connection of its own.
const SESSIONS: usize = 2;

/// What goes on beside requests reads through one connection, seldom through two at a time.
const BESIDE_REQUESTS: u32 = 2;

/// The connections.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// Those of the workers, so that they are closed with the others; none once they are.
    of_workers: Arc<Mutex<Option<Vec<DatabaseConnection>>>>,
    url: SecretString,
    max_connections: u32,
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
        let writers = if url.starts_with("sqlite:") {
            1
        } else {
            writers(max_connections)
        };
        let write = Database::connect(options_of_writers(url, writers)).await?;
        let read = Database::connect(options(url, max_connections)).await?;
        Ok(Self {
            read,
            write,
            of_workers: Arc::new(Mutex::new(Some(Vec::new()))),
            url: url.into(),
            max_connections,
            sessions: Arc::new(Semaphore::new(SESSIONS)),
            generation: Generation::default(),
        })
    }

    /// The same database for one of so many threads that serve requests, with its share of the connections for reads. They
    /// are made when they are needed.
    pub async fn for_worker(&self, workers: usize) -> Result<Self, DbErr> {
        let mut options = options(self.url.expose_secret(), share(self.max_connections, workers));
        options.connect_lazy(true);
        let read = Database::connect(options).await?;
        let is_open = self
            .of_workers()
            .as_mut()
            .map(|pools| pools.push(read.clone()))
            .is_some();
        if !is_open {
            // A worker that starts while the service stops.
            read.clone().close().await?;
        }
        Ok(Self { read, ..self.clone() })
    }

    /// How many connections to PostgreSQL a service of so many workers may come to hold.
    pub fn most_connections(&self, workers: usize) -> u32 {
        let of_workers =
            share(self.max_connections, workers).saturating_mul(u32::try_from(workers).unwrap_or(u32::MAX));
        let sessions = u32::try_from(SESSIONS).unwrap_or(u32::MAX);
        of_workers
            .saturating_add(writers(self.max_connections))
            .saturating_add(sessions)
            .saturating_add(BESIDE_REQUESTS)
    }

    /// How many connections PostgreSQL has for all its clients; none where this is the embedded database.
    pub async fn allowed_connections(&self) -> Result<Option<u32>, DbErr> {
        if self.is_sqlite() {
            return Ok(None);
        }
        let query =
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int";
        let row = self
            .read
            .query_one_raw(Statement::from_string(DbBackend::Postgres, query))
            .await?;
        match row {
            Some(row) => Ok(u32::try_from(row.try_get_by_index::<i32>(0)?).ok()),
            None => Ok(None),
        }
    }

    /// For reads.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A transaction for writes. Dropped without commit, it leaves nothing.
    pub async fn begin(&self) -> Result<Write, DbErr> {
        Write::begin(&self.write, self.generation.clone()).await
    }

    /// A transaction that only reads, and sees one state of the database however long it lasts.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        let is_postgres = !self.is_sqlite();
        let options = TransactionOptions {
            isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: is_postgres.then_some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        self.read.begin_with_options(options).await
    }

    /// A connection of its own for a bulk write, as soon as fewer than two are open; its temporary tables go with it.
    pub async fn session(&self) -> Result<Session, DbErr> {
        Session::open(
            options_of_writers(self.url.expose_secret(), 1),
            Arc::clone(&self.sessions),
            self.generation.clone(),
        )
        .await
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

    /// Has the database give up what was overwritten or deleted in these tables. SQLite writes its whole file anew and empties its
    /// log; PostgreSQL removes dead rows, whose bytes its files and its own log may hold until they are used again.
    ///
    /// False where SQLite's log could not be emptied, because somebody was still reading what it held.
    pub async fn purge(&self, tables: &BTreeSet<&'static str>) -> Result<bool, DbErr> {
        if !self.is_sqlite() {
            for table in tables {
                self.write.execute_unprepared(&format!("VACUUM \"{table}\"")).await?;
            }
            return Ok(true);
        }
        self.write.execute_unprepared("VACUUM").await?;
        let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let done = self.write.query_one_raw(statement).await?;
        match done {
            Some(row) => Ok(row.try_get_by_index::<i32>(0)? == 0),
            None => Ok(false),
        }
    }

    /// How many migrations this program knows and the database has not seen.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.read).await?.len())
    }

    /// Closes the pools; requests in flight have finished by then.
    pub async fn close(self) -> Result<(), DbErr> {
        let of_workers = self.of_workers().take().unwrap_or_default();
        for read in of_workers {
            read.close().await?;
        }
        self.read.close().await?;
        self.write.close().await
    }

    /// The connections for reads, those of all workers together, and those for writes, each with its name.
    pub fn connections(&self) -> [(&'static str, Connections); 2] {
        let mut read = Connections::of(&self.read);
        for pool in self.of_workers().iter().flatten() {
            read += Connections::of(pool);
        }
        [("read", read), ("write", Connections::of(&self.write))]
    }

    fn of_workers(&self) -> MutexGuard<'_, Option<Vec<DatabaseConnection>>> {
        // A list of pools is whole at any time.
        self.of_workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }
}

/// The connections for reads of one of so many workers.
fn share(max_connections: u32, workers: usize) -> u32 {
    let workers = u32::try_from(workers).unwrap_or(u32::MAX).max(1);
    max_connections.div_ceil(workers).max(LEAST_OF_A_WORKER)
}

/// The connections for writes on PostgreSQL.
fn writers(max_connections: u32) -> u32 {
    (max_connections / 2).max(2)
}

fn options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .test_before_acquire_if_idle_for(RESTED)
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

/// The same for connections that write.
fn options_of_writers(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = options(url, max_connections);
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move {
                // A write that did not fit on the disk may have been taken back by SQLite itself, or not at all. The driver then
                // takes its connection for one inside a transaction for ever, and keeps the lock. Closing it lets go of both.
                // The ping waits until the driver has tried to roll back.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options
}

/// Now, in whole microseconds: PostgreSQL keeps no more, and both databases must give back the same instant.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn every_worker_has_a_few_connections_and_all_of_them_are_counted() {
        let db = Db::connect("sqlite::memory:", 10).await.unwrap();
        // As the README says.
        assert_eq!(db.most_connections(2), 19);
        assert_eq!(db.most_connections(16), 73);
        assert_eq!(db.allowed_connections().await.unwrap(), None);
        db.close().await.unwrap();
    }
}
