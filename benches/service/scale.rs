//! Single reads, and how they fare when much more is stored.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use chrono::{DateTime, Days, NaiveDate, Utc};
use helhedsplan::config::Config;
use helhedsplan::db::Db;
use sea_orm::ConnectionTrait;
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::{self, Connection as _};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::load::{Connection, get, percentiles};
use crate::service::PLAN;
use crate::{SINGLE_READS, one_by_one, shown};

/// The first day differs, the figures do not.
fn first_day(number: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(1980, 1, 1).unwrap_or_default() + Days::new(number as u64)
}

pub(crate) fn path(indicator: &str, area: &str, number: usize) -> String {
    let from = first_day(number);
    format!("/v1/plans/{PLAN}/indicators/{indicator}/series?area={area}&from={from}")
}

/// A series read that is not in memory: other parameters each time.
pub(crate) async fn cold(address: &str, token: &str, indicator: &str, area: &str) -> Result<(Duration, Duration)> {
    one_by_one(address, token, |number| path(indicator, area, number)).await
}

/// The same, and the query that it makes, alone: one of these, one of those, so that both have the same machine, and neither finds
/// what the other of its kind left in the processor's caches a moment ago.
pub(crate) async fn cold_and_query(
    config: &Config,
    address: &str,
    token: &str,
    (indicator, area, points): (&str, &str, usize),
) -> Result<[(Duration, Duration); 2]> {
    let mut query = Query::open(config).await?;
    let (mut cold, mut alone) = (Vec::new(), Vec::new());
    let mut connection = Connection::open(address).await?;
    for number in 0..SINGLE_READS {
        let request = get(&path(indicator, area, number), token);
        let start = Instant::now();
        let (status, _) = connection.exchange(&request).await?;
        cold.push(start.elapsed());
        ensure!(status == 200, "answered {status}");
        let start = Instant::now();
        let rows = query.rows(indicator, area, first_day(number)).await?;
        alone.push(start.elapsed());
        ensure!(rows.len() == points, "not {points} figures");
    }
    Ok([percentiles(&mut cold), percentiles(&mut alone)])
}

/// A series read after something was written: nothing at all is in memory.
pub(crate) async fn first_after_write(
    db: &Db,
    address: &str,
    token: &str,
    indicator: &str,
    area: &str,
) -> Result<(Duration, Duration)> {
    let mut connection = Connection::open(address).await?;
    let request = get(&path(indicator, area, 0), token);
    let mut times = Vec::new();
    for _ in 0..500 {
        db.generation().advance();
        let start = Instant::now();
        connection.exchange(&request).await?;
        times.push(start.elapsed());
    }
    Ok(percentiles(&mut times))
}

/// The query that finds the figures of a series, word for word as the service sends it, on a connection that is kept: a pool
/// tries each connection that is given back, and that would go on while the service is measured.
enum Query {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

impl Query {
    async fn open(config: &Config) -> Result<Self> {
        let url = config.database_url.expose_secret();
        Ok(if config.is_embedded() {
            Self::Sqlite(sqlx::SqliteConnection::connect(url).await?)
        } else {
            Self::Postgres(sqlx::PgConnection::connect(url).await?)
        })
    }

    async fn rows(&mut self, indicator: &str, area: &str, from: NaiveDate) -> Result<Vec<Row>> {
        let sql = r#"SELECT "measurements"."id", "measurements"."revision", "measurements"."area",
            "measurements"."category", "measurements"."period", "measurements"."value", "measurements"."decimals",
            "measurements"."numerator", "measurements"."denominator", "measurements"."status", "measurements"."note",
            "measurements"."source", "measurements"."received_at" FROM "measurements"
            WHERE "measurements"."plan_id" = $1 AND "measurements"."indicator" = $2 AND "measurements"."seq_to" IS NULL
            AND "measurements"."area" IN ($3) AND "measurements"."period_end" >= $4
            ORDER BY "measurements"."period_start" ASC"#;
        Ok(match self {
            Self::Sqlite(connection) => {
                let query = sqlx::query_as(sql).bind(1).bind(indicator).bind(area).bind(from);
                query.fetch_all(connection).await?
            }
            Self::Postgres(connection) => {
                let query = sqlx::query_as(sql).bind(1).bind(indicator).bind(area).bind(from);
                query.fetch_all(connection).await?
            }
        })
    }
}

/// What an answer says of a figure.
type Row = (
    Uuid,
    i32,
    String,
    String,
    String,
    Option<i64>,
    i16,
    Option<i64>,
    Option<i64>,
    String,
    Option<String>,
    String,
    DateTime<Utc>,
);

/// A series when 20 thousand and when 20 million measurements are stored beside it.
pub(crate) async fn large(config: &Config, db: &Db) -> Result<()> {
    let board = crate::token(config, helhedsplan::auth::role::Role::Board)?;
    let (address, _) = crate::inside(config, db, &crate::render("text/plain", Vec::new()))?;
    let mut latencies = Vec::new();
    for rows in [20_000_i64, 20_000_000] {
        fill(config, rows).await?;
        db.generation().advance();
        let cold = cold(&address, &board, "households", "zone-2").await?;
        let first = first_after_write(db, &address, &board, "households", "zone-2").await?;
        println!(
            "| cold series read with {rows} measurements stored, median (99 %) | {} |",
            shown(cold)
        );
        println!("| the first after a write | {} |", shown(first));
        latencies.push(cold.0.as_secs_f64());
    }
    println!(
        "| **20 million : 20 thousand** (at most 1.5) | **{:.2}** |",
        latencies[1] / latencies[0]
    );
    db.read()
        .execute_unprepared("DELETE FROM measurements WHERE source = 'made up'")
        .await?;
    db.read().execute_unprepared("VACUUM FULL measurements").await?;
    Ok(())
}

/// Fills the table up to so many made-up rows, without looking at what they refer to: it is the indexes that count. A day has
/// one figure of each indicator and area, but none of the series that is read.
async fn fill(config: &Config, rows: i64) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect(config.database_url.expose_secret())
        .await?;
    sqlx::query("SET session_replication_role = replica")
        .execute(&pool)
        .await?;
    sqlx::query("DELETE FROM measurements WHERE source = 'made up'")
        .execute(&pool)
        .await?;
    let written = sqlx::query(
        "INSERT INTO measurements (plan_id, id, revision, indicator, area, category, period, period_start, period_end, value, \
            decimals, status, source, seq_from, received_at) \
         SELECT 1, gen_random_uuid(), 1, indicators.code, areas.code, '', day::text, day, day, nth, 1, 'final', 'made up', \
            1, now() \
         FROM (SELECT n AS nth, date '1800-01-01' + n AS day FROM generate_series(0, $1) AS n) AS days, indicators, areas \
         WHERE indicators.plan_id = 1 AND areas.plan_id = 1 \
            AND NOT (indicators.code = 'households' AND areas.code = 'zone-2') \
         LIMIT $2",
    )
    .bind(30_000)
    .bind(rows)
    .execute(&pool)
    .await?;
    ensure!(
        i64::try_from(written.rows_affected())? == rows,
        "only {} rows were written",
        written.rows_affected()
    );
    sqlx::query("VACUUM ANALYZE measurements").execute(&pool).await?;
    Ok(())
}
