//! Single reads, and how they fare when much more is stored.

use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{DateTime, Days, NaiveDate, Utc};
use helhedsplan::config::Config;
use helhedsplan::db::Db;
use sea_orm::ConnectionTrait;
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::sqlite::SqlitePoolOptions;
use sea_orm::sqlx::{self, AssertSqlSafe};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::load::{Connection, get, percentiles};
use crate::service::PLAN;
use crate::{SINGLE_READS, one_by_one, shown};

pub(crate) fn path(indicator: &str, area: &str, number: usize) -> String {
    // The first day differs, the figures do not.
    let from = NaiveDate::from_ymd_opt(1980, 1, 1).unwrap_or_default() + Days::new(number as u64);
    format!("/v1/plans/{PLAN}/indicators/{indicator}/series?area={area}&from={from}")
}

/// A series read that is not in memory: other parameters each time.
pub(crate) async fn cold(address: &str, token: &str, indicator: &str, area: &str) -> Result<(Duration, Duration)> {
    one_by_one(address, token, |number| path(indicator, area, number)).await
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

/// The query that finds the figures of the same series, alone, read into values, on a connection like the service's.
pub(crate) async fn query(config: &Config, indicator: &str, area: &str) -> Result<(Duration, Duration)> {
    let sql = "SELECT id, revision, area, category, period, value, decimals, numerator, denominator, status, note, source, \
        received_at FROM measurements WHERE plan_id = $1 AND indicator = $2 AND area = $3 AND seq_to IS NULL \
        ORDER BY period_start";
    let url = config.database_url.expose_secret();
    let mut times = Vec::with_capacity(SINGLE_READS);
    if config.is_embedded() {
        let pool = SqlitePoolOptions::new().max_connections(1).connect(url).await?;
        for _ in 0..SINGLE_READS {
            let query = sqlx::query_as::<_, Row>(sql).bind(1).bind(indicator).bind(area);
            let start = Instant::now();
            let rows = query.fetch_all(&pool).await?;
            times.push(start.elapsed());
            assert!(!rows.is_empty());
        }
    } else {
        let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
        for _ in 0..SINGLE_READS {
            let query = sqlx::query_as::<_, Row>(sql).bind(1).bind(indicator).bind(area);
            let start = Instant::now();
            let rows = query.fetch_all(&pool).await?;
            times.push(start.elapsed());
            assert!(!rows.is_empty());
        }
    }
    Ok(percentiles(&mut times))
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
    for rows in [20_000_u64, 20_000_000] {
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

/// Fills the table up to so many made-up rows, without looking at what they refer to: it is the indexes that count.
async fn fill(config: &Config, rows: u64) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect(config.database_url.expose_secret())
        .await?;
    sqlx::query("SET session_replication_role = replica")
        .execute(&pool)
        .await?;
    let sql = format!(
        "INSERT INTO measurements (plan_id, id, revision, indicator, area, category, period, period_start, period_end, value, \
            decimals, status, source, seq_from, received_at) \
         SELECT 1, gen_random_uuid(), 1, i.code, a.code, '', d::text, d, d, n, 1, 'final', 'made up', 1, now() FROM ( \
            SELECT n, date '1800-01-01' + (n / 1000)::int AS d, n % 40 AS i, n / 40 % 25 AS a \
            FROM generate_series((SELECT COUNT(*) FROM measurements WHERE source = 'made up'), {rows} - 1) AS n) AS s \
         JOIN (SELECT code, (ROW_NUMBER() OVER (ORDER BY (code <> 'households'), position)) - 1 AS k FROM indicators WHERE plan_id = 1) AS i ON i.k = s.i \
         JOIN (SELECT code, (ROW_NUMBER() OVER (ORDER BY (code <> 'zone-2'), position)) - 1 AS k FROM areas WHERE plan_id = 1) AS a ON a.k = s.a \
         WHERE NOT (i.code = 'households' AND a.code = 'zone-2')"
    );
    sqlx::query(AssertSqlSafe(sql)).execute(&pool).await?;
    sqlx::query("VACUUM ANALYZE measurements").execute(&pool).await?;
    Ok(())
}
