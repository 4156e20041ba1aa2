//! Copies of the embedded database: written while the service runs, and read back while it does not.
//!
//! A copy is one SQLite file as of one instant, for its owner alone. In a table of its own it says how many rows each table has
//! and what their checksum is, so that whoever reads it back knows that it is whole. It holds no signing keys.
//!
//! PostgreSQL has its own tools for this, `pg_dump` and point-in-time recovery; docker/README.md says how.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection};
use sha2::{Digest, Sha256};

/// How long a copy waits for a writer.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the copy says of itself; gone from the database that is made of it.
const CONTENTS: &str = "helhedsplan_backup";

/// What the names of SQLite's files end in. The log first: with another database it would be wrong.
const PARTS: [&str; 3] = ["-wal", "-shm", ""];

/// What is in a database: of each table, and of the schema, how many rows and their checksum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents(BTreeMap<String, (i64, String)>);

impl Contents {
    /// How many tables, the schema being one.
    pub fn tables(&self) -> usize {
        self.0.len()
    }

    /// How many rows in all.
    pub fn rows(&self) -> i64 {
        self.0.values().map(|(rows, _)| rows).sum()
    }

    /// The tables that are other than in `expected`, or there in one of the two only.
    fn differing<'a>(&'a self, expected: &'a Self) -> Vec<&'a str> {
        let names = self.0.keys().chain(expected.0.keys());
        let mut names: Vec<&str> = names
            .filter(|name| self.0.get(*name) != expected.0.get(*name))
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The file of an embedded database, by its URL.
///
/// # Errors
/// The URL is not SQLite's.
pub fn database_file(url: &str) -> anyhow::Result<PathBuf> {
    let options = SqliteConnectOptions::from_str(url).context("the database is not an embedded one")?;
    Ok(options.get_filename().to_owned())
}

/// Makes the file of an embedded database that is about to be made, so that its owner alone can read it; SQLite gives its logs the
/// same mode. One that is there stays as it is.
///
/// # Errors
/// The file cannot be made.
pub fn reserve(url: &str) -> anyhow::Result<()> {
    if !url.contains("mode=rwc") {
        return Ok(());
    }
    let database = database_file(url)?;
    private(OpenOptions::new().write(true).create(true).truncate(false), &database)
        .with_context(|| format!("{} cannot be made", database.display()))?;
    Ok(())
}

/// Held by whoever uses a database's file; the system lets go of it with the process, however that ends.
#[derive(Debug)]
pub struct Occupied {
    _lock: File,
}

impl Occupied {
    /// Together with others who use it.
    ///
    /// # Errors
    /// A backup is being restored into it.
    pub fn shared(database: &Path) -> anyhow::Result<Self> {
        let lock = lock_file(database)?;
        match lock.try_lock_shared() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!("a backup is being restored into {}", database.display()),
            Err(TryLockError::Error(error)) => Err(error).context("the database's file cannot be locked"),
        }
    }

    /// Alone.
    ///
    /// # Errors
    /// A service is running on it.
    pub fn alone(database: &Path) -> anyhow::Result<Self> {
        let lock = lock_file(database)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!("a service is running on {}; stop it first", database.display()),
            Err(TryLockError::Error(error)) => Err(error).context("the database's file cannot be locked"),
        }
    }
}

fn lock_file(database: &Path) -> anyhow::Result<File> {
    let path = beside(database, ".lock");
    private(OpenOptions::new().write(true).create(true).truncate(false), &path)
        .with_context(|| format!("{} cannot be made", path.display()))
}

/// Copies a database that may be in use into a new file.
///
/// # Errors
/// There is something in the file's place already, the database is not whole, or there is no room.
pub async fn write(database: &Path, file: &Path) -> anyhow::Result<Contents> {
    if !database.is_file() {
        bail!("there is no database at {}", database.display());
    }
    private(OpenOptions::new().write(true).create_new(true), file)
        .with_context(|| format!("{} cannot be made anew", file.display()))?;
    let written = fill(database, file).await;
    if written.is_err() {
        // It was made just now, and half a copy is none.
        let _ = fs::remove_file(file);
    }
    written
}

async fn fill(database: &Path, file: &Path) -> anyhow::Result<Contents> {
    let target = std::path::absolute(file)?;
    let target = target.to_str().context("the file's name is not UTF-8")?;
    let mut source = open(database).await?;
    // It reads as of one instant and keeps no writer waiting. An empty file is filled; one with content it would refuse.
    sqlx::query("VACUUM INTO ?").bind(target).execute(&mut source).await?;
    source.close().await?;
    let mut copy = open(file).await?;
    check_soundness(&mut copy).await?;
    let contents = contents(&mut copy).await?;
    let mut transaction = copy.begin().await?;
    let create =
        format!("CREATE TABLE {CONTENTS} (name TEXT PRIMARY KEY, row_count INTEGER NOT NULL, checksum TEXT NOT NULL)");
    sqlx::query(AssertSqlSafe(create)).execute(&mut *transaction).await?;
    for (name, (rows, checksum)) in &contents.0 {
        sqlx::query(AssertSqlSafe(format!("INSERT INTO {CONTENTS} VALUES (?, ?, ?)")))
            .bind(name)
            .bind(rows)
            .bind(checksum)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    copy.close().await?;
    sync(file)?;
    Ok(contents)
}

/// What reading a copy back has done.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What is there now.
    pub contents: Contents,
    /// Where the database is that was there before; none if there was none.
    pub before: Option<PathBuf>,
}

/// Puts a copy in a database's place. What was there is kept beside it.
///
/// # Errors
/// A service is running on the database, or the copy is not whole; then everything is as before.
pub async fn restore(file: &Path, database: &Path, now: DateTime<Utc>) -> anyhow::Result<Restored> {
    let _alone = Occupied::alone(database)?;
    let next = beside(database, ".restoring");
    remove(&next)?;
    let prepared = prepare(file, &next).await;
    if prepared.is_err() {
        // The fault that is told is the one that led here.
        let _ = remove(&next);
    }
    let contents = prepared?;
    let mut before = None;
    let suffix = format!(".before-{}", now.format("%Y%m%dT%H%M%SZ"));
    for part in PARTS {
        let from = beside(database, part);
        if from.exists() {
            let to = beside(&beside(database, &suffix), part);
            fs::rename(&from, &to).with_context(|| format!("{} cannot be put aside", from.display()))?;
            before = Some(to);
        }
    }
    fs::rename(&next, database).with_context(|| format!("{} cannot be put in its place", next.display()))?;
    sync(database)?;
    Ok(Restored { contents, before })
}

/// Copies a backup beside the database, and holds the copy against what the backup says that it holds.
async fn prepare(file: &Path, next: &Path) -> anyhow::Result<Contents> {
    let mut from = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut to = private(OpenOptions::new().write(true).create_new(true), next)?;
    std::io::copy(&mut from, &mut to).context("there is no room for the database")?;
    drop(to);
    let damaged = || format!("{} is not a backup of helhedsplan, or it is damaged", file.display());
    let mut copy = open(next).await.with_context(damaged)?;
    check_soundness(&mut copy).await.with_context(damaged)?;
    let said: Vec<(String, i64, String)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT name, row_count, checksum FROM {CONTENTS}"
    )))
    .fetch_all(&mut copy)
    .await
    .with_context(damaged)?;
    let said = said.into_iter().map(|(name, rows, checksum)| (name, (rows, checksum)));
    let said = Contents(said.collect());
    sqlx::query(AssertSqlSafe(format!("DROP TABLE {CONTENTS}")))
        .execute(&mut copy)
        .await?;
    let found = contents(&mut copy).await?;
    let differing = found.differing(&said);
    if !differing.is_empty() {
        return Err(anyhow::anyhow!(
            "rows are other than they were in: {}",
            differing.join(", ")
        ))
        .with_context(damaged);
    }
    copy.close().await?;
    sync(next)?;
    Ok(found)
}

async fn open(file: &Path) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
    let connection = options.disable_statement_logging().connect().await;
    connection.with_context(|| format!("{} cannot be opened", file.display()))
}

/// SQLite's own check of every page, index and foreign key.
async fn check_soundness(connection: &mut SqliteConnection) -> anyhow::Result<()> {
    let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut *connection)
        .await?;
    if said != ["ok"] {
        bail!("the file is damaged: {}", said.join("; "));
    }
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(connection).await?;
    if !dangling.is_empty() {
        bail!("{} rows name what is not there", dangling.len());
    }
    Ok(())
}

async fn contents(connection: &mut SqliteConnection) -> anyhow::Result<Contents> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .fetch_all(&mut *connection)
            .await?;
    let mut contents = BTreeMap::new();
    for table in tables {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT 'quote(\"' || replace(name, '\"', '\"\"') || '\")' FROM pragma_table_info(?)")
                .bind(&table)
                .fetch_all(&mut *connection)
                .await?;
        let row = columns.join(" || ',' || ");
        let rows = format!("SELECT {row} FROM \"{}\"", table.replace('"', "\"\""));
        contents.insert(table, checksum(connection, rows).await?);
    }
    let schema = "SELECT quote(type) || quote(name) || quote(sql) FROM sqlite_schema WHERE sql IS NOT NULL";
    contents.insert("the schema".to_owned(), checksum(connection, schema.to_owned()).await?);
    Ok(Contents(contents))
}

/// How many rows, and the sum of their SHA-256 hashes in four lanes: the same in whatever order they come.
async fn checksum(connection: &mut SqliteConnection, rows: String) -> anyhow::Result<(i64, String)> {
    let mut found = sqlx::query_scalar::<_, String>(AssertSqlSafe(rows)).fetch(connection);
    let (mut number, mut sum) = (0, [0_u64; 4]);
    while let Some(row) = found.try_next().await? {
        let hash = Sha256::digest(row);
        for (lane, bytes) in sum.iter_mut().zip(hash.chunks_exact(8)) {
            let part = bytes.iter().fold(0, |part, byte| (part << 8) | u64::from(*byte));
            *lane = lane.wrapping_add(part);
        }
        number += 1;
    }
    Ok((number, sum.map(|lane| format!("{lane:016x}")).concat()))
}

/// Removes a database, and its log, where there is one.
fn remove(database: &Path) -> std::io::Result<()> {
    for part in PARTS {
        match fs::remove_file(beside(database, part)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A path with more at its end.
fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    name.into()
}

/// Opens a file that only its owner may read.
fn private(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Has the disk keep a file, and its name.
fn sync(file: &Path) -> anyhow::Result<()> {
    File::open(file)?.sync_all()?;
    let folder = std::path::absolute(file)?;
    if let Some(folder) = folder.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
