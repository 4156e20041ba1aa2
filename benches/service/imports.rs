//! A million measurements by import, and the same rows by the fastest bare way into the same table with the same indexes.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use futures_util::StreamExt;
use helhedsplan::auth::role::Role;
use helhedsplan::config::Config;
use sea_orm::sqlx::postgres::{PgPoolCopyExt, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqlitePoolOptions, SqliteRow};
use sea_orm::sqlx::{self, AssertSqlSafe, Row};
use secrecy::ExposeSecret;

use crate::load::{Connection, get, percentiles};
use crate::scale::path;
use crate::service::{PLAN, Program, token};

/// How many rows.
pub(crate) const ROWS: usize = 1_000_000;

const COLUMNS: &str = "plan_id, id, revision, indicator, area, category, period, period_start, period_end, value, decimals, \
    numerator, denominator, status, note, source, reason, seq_from, seq_to, received_at";

/// What was measured.
pub(crate) struct Imported {
    /// From the first byte sent until the import says `succeeded`.
    pub(crate) time: Duration,
    /// The most memory that the service ever held, in MiB.
    pub(crate) memory: f64,
    /// The middle and 99th percentile of a series read meanwhile.
    pub(crate) reads: (Duration, Duration),
}

/// Made-up measurements of one indicator, by area and day, as CSV.
fn table() -> Result<Vec<u8>> {
    const AREAS: [&str; 8] = [
        "zone-1",
        "zone-2",
        "zone-3",
        "zone-4",
        "all-zones",
        "fredericia",
        "denmark",
        "region-syddanmark",
    ];
    const INDICATORS: [&str; 10] = [
        "outside-labour-market-18-64",
        "basic-school-only-15-64",
        "basic-school-only-18-29",
        "in-education-18-29",
        "upper-secondary-18-29",
        "higher-education-30-64",
        "outside-labour-force-30-64",
        "single-parents",
        "convictions-15plus",
        "non-western",
    ];
    let mut out = b"indicator,area,period,value,source\n".to_vec();
    let first = NaiveDate::from_ymd_opt(1980, 1, 1).context("a date")?;
    for number in 0..ROWS {
        let indicator = INDICATORS[number % INDICATORS.len()];
        let area = AREAS[number / INDICATORS.len() % AREAS.len()];
        let day = first + Days::new((number / INDICATORS.len() / AREAS.len()) as u64);
        writeln!(out, "{indicator},{area},{day},{}.{},made up", number % 100, number % 10)?;
    }
    Ok(out)
}

/// Imports the table through a service and reads a series again and again meanwhile.
pub(crate) async fn import(config: &Config) -> Result<Imported> {
    let service = Program::start(config).await?;
    let (secretariat, board) = (token(config, Role::Secretariat)?, token(config, Role::Board)?);
    let address = service.address.clone();
    let over = Arc::new(AtomicBool::new(false));
    let is_over = Arc::clone(&over);
    let reading = tokio::spawn(async move {
        let mut connection = Connection::open(&address).await?;
        let mut times = Vec::new();
        for number in 0_usize.. {
            // Another query each time, so that it is not answered from memory.
            let path = path("kendskabsgrad-count", "zone-1", number % 7000);
            let start = Instant::now();
            let (status, _) = connection.exchange(&get(&path, &board)).await?;
            ensure!(status == 200, "a read was answered {status}");
            times.push(start.elapsed());
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(times)
    });
    let body = table()?;
    let start = Instant::now();
    let http = reqwest::Client::new();
    let url = format!("http://{}/v1/plans/{PLAN}/measurements/imports", service.address);
    let answer = http
        .post(&url)
        .bearer_auth(&secretariat)
        .header("content-type", "text/csv")
        .body(body)
        .send()
        .await?;
    ensure!(answer.status() == 202, "the import was answered {}", answer.status());
    let location = answer.headers()["location"].to_str()?.to_owned();
    loop {
        let answer = http
            .get(format!("http://{}{location}", service.address))
            .bearer_auth(&secretariat)
            .send()
            .await?;
        let import: serde_json::Value = answer.json().await?;
        match import["state"].as_str() {
            Some("running") => tokio::time::sleep(Duration::from_millis(50)).await,
            Some("succeeded") => break,
            _ => anyhow::bail!("the import ended so: {import}"),
        }
    }
    let time = start.elapsed();
    over.store(true, Ordering::Relaxed);
    let mut times = reading.await??;
    Ok(Imported {
        time,
        memory: service.memory("VmHWM")?,
        reads: percentiles(&mut times),
    })
}

/// How long the rows that are there take to go into the emptied table again: by `COPY` on PostgreSQL, by statements of many
/// rows in one transaction on SQLite. The connection is as the service's own.
pub(crate) async fn bare(config: &Config) -> Result<(u64, Duration)> {
    if config.is_embedded() {
        multi_row_inserts(config).await
    } else {
        copy(config).await
    }
}

async fn copy(config: &Config) -> Result<(u64, Duration)> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect(config.database_url.expose_secret())
        .await?;
    let mut file = Vec::new();
    let mut out = pool
        .copy_out_raw(&format!("COPY measurements ({COLUMNS}) TO STDOUT"))
        .await?;
    while let Some(bytes) = out.next().await {
        file.extend_from_slice(&bytes?);
    }
    drop(out);
    sqlx::query("TRUNCATE measurements").execute(&pool).await?;
    let start = Instant::now();
    let statement = format!("COPY measurements ({COLUMNS}) FROM STDIN");
    let mut copy = pool.copy_in_raw(&statement).await?;
    for part in file.chunks(256 * 1024) {
        copy.send(part).await?;
    }
    let rows = copy.finish().await?;
    Ok((rows, start.elapsed()))
}

async fn multi_row_inserts(config: &Config) -> Result<(u64, Duration)> {
    const ROWS_PER_STATEMENT: usize = 1600;
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect(config.database_url.expose_secret())
        .await?;
    for pragma in ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"] {
        sqlx::query(AssertSqlSafe(format!("PRAGMA {pragma}")))
            .execute(&pool)
            .await?;
    }
    let rows: Vec<SqliteRow> = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM measurements ORDER BY seq_from, id"
    )))
    .fetch_all(&pool)
    .await?;
    let rows: Vec<Values> = rows.iter().map(Values::of).collect::<Result<_, _>>()?;
    sqlx::query("DELETE FROM measurements").execute(&pool).await?;
    sqlx::query("VACUUM").execute(&pool).await?;
    let one = format!("({})", vec!["?"; 20].join(", "));
    let start = Instant::now();
    let mut transaction = pool.begin().await?;
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let values = vec![one.as_str(); chunk.len()].join(", ");
        let statement = format!("INSERT INTO measurements ({COLUMNS}) VALUES {values}");
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for row in chunk {
            query = row.bind(query);
        }
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok((rows.len() as u64, start.elapsed()))
}

/// A row's values as they are stored.
struct Values {
    plan_id: i64,
    id: Vec<u8>,
    revision: i64,
    texts: [String; 4],
    days: [String; 2],
    value: Option<i64>,
    decimals: i64,
    counts: [Option<i64>; 2],
    status: String,
    note: Option<String>,
    source: String,
    reason: Option<String>,
    seq_from: i64,
    seq_to: Option<i64>,
    received_at: String,
}

impl Values {
    fn of(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            plan_id: row.try_get(0)?,
            id: row.try_get(1)?,
            revision: row.try_get(2)?,
            texts: [row.try_get(3)?, row.try_get(4)?, row.try_get(5)?, row.try_get(6)?],
            days: [row.try_get_unchecked(7)?, row.try_get_unchecked(8)?],
            value: row.try_get(9)?,
            decimals: row.try_get(10)?,
            counts: [row.try_get(11)?, row.try_get(12)?],
            status: row.try_get(13)?,
            note: row.try_get(14)?,
            source: row.try_get(15)?,
            reason: row.try_get(16)?,
            seq_from: row.try_get(17)?,
            seq_to: row.try_get(18)?,
            received_at: row.try_get_unchecked(19)?,
        })
    }

    fn bind<'q>(
        &'q self,
        query: sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
        query
            .bind(self.plan_id)
            .bind(self.id.as_slice())
            .bind(self.revision)
            .bind(self.texts[0].as_str())
            .bind(self.texts[1].as_str())
            .bind(self.texts[2].as_str())
            .bind(self.texts[3].as_str())
            .bind(self.days[0].as_str())
            .bind(self.days[1].as_str())
            .bind(self.value)
            .bind(self.decimals)
            .bind(self.counts[0])
            .bind(self.counts[1])
            .bind(self.status.as_str())
            .bind(self.note.as_deref())
            .bind(self.source.as_str())
            .bind(self.reason.as_deref())
            .bind(self.seq_from)
            .bind(self.seq_to)
            .bind(self.received_at.as_str())
    }
}
