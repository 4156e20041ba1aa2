//! How fast the service is, as ratios that mean something on any machine; `benches/README.md` says what each figure is.
//!
//! `cargo xtask bench` runs it on SQLite and on PostgreSQL. With `HELHEDSPLAN_BENCH_DATABASE_URL` it uses that PostgreSQL
//! database, which must be empty, else an embedded database in a temporary folder. `cargo bench --bench service -- --reads`
//! measures single reads only.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its figures and may stop at a fault"
)]

mod imports;
mod load;
mod scale;
mod service;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use chrono::{Days, NaiveDate};
use helhedsplan::answers::Rendered;
use helhedsplan::auth::role::Role;
use helhedsplan::config::Config;
use helhedsplan::db::Db;
use helhedsplan::entities::{measurement, plan};
use helhedsplan::period::Period;
use helhedsplan::telemetry;
use helhedsplan::web::etag::render;
use load::{Connection, get, percentiles, throughput};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use service::{PLAN, Program, config, database, inside, token};

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);
const SINGLE_READS: usize = 2000;

#[actix_web::main]
async fn main() -> Result<()> {
    // `cargo test --benches` and `cargo clippy` know this program, too; it does nothing where nobody asked for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let database_url = std::env::var("HELHEDSPLAN_BENCH_DATABASE_URL").ok();
    let folder = tempfile::tempdir()?;
    let config = config(&folder, database_url.as_deref())?;
    telemetry::init(&config)?;
    let db = database(&config).await?;
    println!("| {} | |", if config.is_embedded() { "SQLite" } else { "PostgreSQL" });
    println!("|---|---|");
    reads(&config, &db).await?;
    if std::env::args().any(|argument| argument == "--reads") {
        return Ok(());
    }
    if std::env::var_os("HELHEDSPLAN_BENCH_LARGE").is_some() && !config.is_embedded() {
        scale::large(&config, &db).await?;
    }
    db.close().await?;
    start(&config).await?;
    million(&config).await
}

/// A series of one zone: years of what a chart asks for, or days of what a BI tool pulls.
struct Series {
    indicator: &'static str,
    points: u16,
    period_of: fn(u16) -> Period,
}

const ZONE: &str = "zone-2";
const SHORT: Series = Series {
    indicator: "households",
    points: 20,
    period_of: |nth| (2001 + nth).to_string().parse().unwrap(),
};
const LONG: Series = Series {
    indicator: "residents",
    points: 2000,
    period_of: |nth| Period::day(NaiveDate::from_ymd_opt(2001, 1, 1).unwrap() + Days::new(nth.into())).unwrap(),
};

/// Stores the figures of the series.
async fn prepare(db: &Db) -> Result<()> {
    let plan = plan::Entity::find().one(db.read()).await?.unwrap();
    let transaction = db.begin().await?;
    for series in [SHORT, LONG] {
        let model = measurement::Entity::find()
            .filter(measurement::Column::Indicator.eq(series.indicator))
            .one(&transaction)
            .await?
            .unwrap();
        let rows: Vec<_> = (0..series.points)
            .map(|nth| {
                let period = (series.period_of)(nth);
                let mut row = measurement::ActiveModel::from(model.clone());
                row.plan_id = Set(plan.id);
                row.id = Set(uuid::Uuid::now_v7());
                row.area = Set(ZONE.into());
                row.period = Set(period.to_string());
                row.period_start = Set(period.start());
                row.period_end = Set(period.end());
                row
            })
            .collect();
        // As many a statement as SQLite has parameters for.
        for rows in rows.chunks(1000) {
            measurement::Entity::insert_many(rows.to_vec())
                .exec_without_returning(&transaction)
                .await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

async fn reads(config: &Config, db: &Db) -> Result<()> {
    prepare(db).await?;
    let board = token(config, Role::Board)?;
    let path = format!("/v1/plans/{PLAN}/indicators/{}/series?area={ZONE}", SHORT.indicator);
    let answer = sample(config, db, &path, &board).await?;
    let (service, bare) = inside(config, db, &answer)?;
    let hot = get(&path, &board);
    let constant = get(&format!("/v1/plans/{PLAN}/constant"), &board);
    let plain = get("/", &board);
    let mut rates: [Vec<f64>; 3] = Default::default();
    for round in 0..=ROUNDS {
        for (rates, (address, request)) in
            rates
                .iter_mut()
                .zip([(&service, &hot), (&service, &constant), (&bare, &plain)])
        {
            let rate = throughput(address, request, CONNECTIONS, ROUND).await?;
            if round > 0 {
                rates.push(rate);
            }
        }
    }
    let [hot, constant, plain] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    println!(
        "| hot series read, 20 points, {} bytes | {hot:.0} requests/s |",
        answer.body.len()
    );
    println!("| the same bytes from a constant, same middleware and authorization | {constant:.0} requests/s |");
    println!("| the same bytes without any middleware | {plain:.0} requests/s |");
    println!("| **hot : constant** (at least 0.6) | **{:.2}** |", hot / constant);
    println!("| hot : bare handler | {:.2} |", hot / plain);
    let nothing = one_by_one(&service, &board, |_| format!("/v1/plans/{PLAN}/constant")).await?;
    println!("| the constant, one at a time, median (99 %) | {} |", shown(nothing));
    for Series { indicator, points, .. } in [SHORT, LONG] {
        let [cold, query] = scale::cold_and_query(config, &service, &board, (indicator, ZONE, points.into())).await?;
        println!("| cold series read, {points} points, median (99 %) | {} |", shown(cold));
        println!("| the bare query through sqlx, median (99 %) | {} |", shown(query));
        println!(
            "| **cold : bare query**, {points} points (at most 2) | **{:.2}** |",
            cold.0.as_secs_f64() / query.0.as_secs_f64()
        );
    }
    let first = scale::first_after_write(db, &service, &board, SHORT.indicator, ZONE).await?;
    println!("| the first read after a write, median (99 %) | {} |", shown(first));
    Ok(())
}

/// What the service answers to the hot request.
async fn sample(config: &Config, db: &Db, path: &str, token: &str) -> Result<Rendered> {
    let (address, _) = inside(config, db, &render("application/json", Vec::new()))?;
    let body = reqwest::Client::new()
        .get(format!("http://{address}{path}"))
        .bearer_auth(token)
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    ensure!(
        body.windows(8).filter(|part| part == b"\"period\"").count() == 20,
        "not 20 points"
    );
    Ok(render("application/json", body.to_vec()))
}

fn shown((middle, high): (Duration, Duration)) -> String {
    format!("{:.2} ms ({:.2})", middle.as_secs_f64() * 1e3, high.as_secs_f64() * 1e3)
}

async fn start(config: &Config) -> Result<()> {
    let mut times = Vec::new();
    let mut memory = 0.0_f64;
    for _ in 0..5 {
        let program = Program::start(config).await?;
        times.push(program.until_ready);
        memory = memory.max(program.memory("VmRSS")?);
    }
    let (middle, _) = percentiles(&mut times);
    println!(
        "| **start to ready, with data**, median of 5 (under 300 ms) | **{} ms** |",
        middle.as_millis()
    );
    println!("| **memory when idle** (under 64 MiB) | **{memory:.0} MiB** |");
    Ok(())
}

async fn million(config: &Config) -> Result<()> {
    let imported = imports::import(config).await?;
    let rate = imports::ROWS as f64 / imported.time.as_secs_f64();
    println!(
        "| import of 1,000,000 rows as CSV | {:.1} s, {rate:.0} rows/s |",
        imported.time.as_secs_f64()
    );
    println!(
        "| **most memory meanwhile** (under 200 MiB) | **{:.0} MiB** |",
        imported.memory
    );
    println!("| a series read meanwhile, median (99 %) | {} |", shown(imported.reads));
    let (rows, time) = imports::bare(config).await?;
    let bare = rows as f64 / time.as_secs_f64();
    let (way, least) = if config.is_embedded() {
        ("multi-row inserts", 0.5)
    } else {
        ("COPY", 0.4)
    };
    println!(
        "| the same rows by bare {way} | {:.1} s, {bare:.0} rows/s |",
        time.as_secs_f64()
    );
    println!("| **import : bare** (at least {least}) | **{:.2}** |", rate / bare);
    Ok(())
}

/// One request after another on one connection, each with another path, so that none is answered from memory.
pub(crate) async fn one_by_one(
    address: &str,
    token: &str,
    path: impl Fn(usize) -> String,
) -> Result<(Duration, Duration)> {
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::with_capacity(SINGLE_READS);
    for number in 0..SINGLE_READS {
        let request = get(&path(number), token);
        let start = Instant::now();
        let (status, _) = connection.exchange(&request).await?;
        times.push(start.elapsed());
        ensure!(status == 200, "answered {status}");
    }
    Ok(percentiles(&mut times))
}
