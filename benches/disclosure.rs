//! Disclosure control measured on made-up quarters: `cargo bench --bench disclosure`.
//!
//! Prints one row a case, median (worst) of ten seeds on one thread, then what must never happen and did not: small
//! tables, full quarters and stacked releases that the checker refuses. Ends with an error if there is one.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::error::Error;
use std::time::{Duration, Instant};

use helhedsplan::disclosure::{Frozen, Kinship, Plan, Record, Release, Terms, Threshold, check, protect, synthetic};

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "| case | pattern and certificate | check | zone two-way shown | all shown | peak memory |\n|---|---|---|---|---|---|"
    );
    let standard = Plan::new(synthetic::definition())?;
    let everybody = Plan::new(synthetic::definition().with_everybody())?;
    quarters("5,000", &standard, 5000)?;
    quarters("1,500", &standard, 1500)?;
    quarters("5,000 with unknown and outside", &everybody, 5000)?;
    stacked(&standard)?;
    for seed in 0..20 {
        let counts = synthetic::quarter(&standard, [1500, 3000, 5000, 8000][seed as usize % 4], seed)?;
        protect(standard.shape(), &counts, &Terms::first(Threshold::DEFAULT))?;
    }
    println!("\n20 full quarters: 0 unsafe");
    let start = Instant::now();
    for seed in 0..10_000 {
        let (shape, counts) = synthetic::small(seed)?;
        let threshold = Threshold::new(3 + seed % 5).ok_or("no threshold")?;
        protect(&shape, &counts, &Terms::first(threshold))?;
    }
    println!("10,000 small tables: 0 unsafe, {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Ten seeds of a case.
fn quarters(name: &str, plan: &Plan, participations: usize) -> Result<(), Box<dyn Error>> {
    let (mut times, mut checks, mut two_way, mut all) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for seed in 0..10 {
        let counts = synthetic::quarter(plan, participations, seed)?;
        let terms = Terms::first(Threshold::DEFAULT);
        let start = Instant::now();
        let release = protect(plan.shape(), &counts, &terms)?;
        times.push(start.elapsed());
        let start = Instant::now();
        check(plan.shape(), &counts, &terms, &release.published, &release.certificate)?;
        checks.push(start.elapsed());
        two_way.push(zone_two_way(plan, &counts.cells(plan.shape()), &release));
        all.push(release.stats.shown as f64 / release.stats.nonzero as f64);
    }
    times.sort_unstable();
    checks.sort_unstable();
    two_way.sort_by(f64::total_cmp);
    all.sort_by(f64::total_cmp);
    let seconds = |time: &Duration| time.as_secs_f64();
    println!(
        "| {name} | {:.2} s ({:.2}) | {:.1} ms | {:.1} % ({:.1}) | {:.1} % ({:.1}) | {} |",
        (seconds(&times[4]) + seconds(&times[5])) / 2.0,
        seconds(&times[9]),
        1000.0 * (seconds(&checks[4]) + seconds(&checks[5])) / 2.0,
        50.0 * (two_way[4] + two_way[5]),
        100.0 * two_way[0],
        50.0 * (all[4] + all[5]),
        100.0 * all[0],
        memory(),
    );
    Ok(())
}

/// How many of a zone's cells that cross two of activity, age band and gender are shown, of those that are not zero.
fn zone_two_way(plan: &Plan, cells: &[u64], release: &Release) -> f64 {
    let shape = plan.shape();
    let is_two_way = |cell: &usize| {
        let nodes = shape.nodes(*cell);
        let level = shape.dimensions()[0].nodes()[usize::from(nodes[0])].level;
        level == 1 && nodes[1..4].iter().filter(|node| **node != 0).count() == 2 && cells[*cell] > 0
    };
    let found: Vec<usize> = (0..shape.cells()).filter(is_two_way).collect();
    let shown = found.iter().filter(|cell| !release.published.is_hidden(**cell)).count();
    shown as f64 / found.len() as f64
}

/// A quarter, and three corrections of it, each proven with all before.
fn stacked(plan: &Plan) -> Result<(), Box<dyn Error>> {
    let shape = plan.shape();
    let counts = synthetic::quarter(plan, 5000, 1)?;
    let first = protect(shape, &counts, &Terms::first(Threshold::DEFAULT))?;
    let mut releases = vec![(counts, first.published)];
    for step in 1..=3u64 {
        let record = Record {
            area: "department-1",
            activity: "activity-1",
            age_band: "15-17",
            gender: "female",
            participants: 5 + step,
            parts: &[],
        };
        let counts = releases[releases.len() - 1].0.plus(&plan.count([record])?);
        let earlier: Vec<Frozen<'_>> = releases
            .iter()
            .map(|(counts, published)| Frozen {
                counts,
                published,
                threshold: Threshold::DEFAULT,
                kinship: Kinship::Same,
            })
            .collect();
        let terms = Terms {
            earlier: &earlier,
            ..Terms::first(Threshold::DEFAULT)
        };
        let start = Instant::now();
        let release = protect(shape, &counts, &terms)?;
        println!(
            "| 5,000, correction {step} | {:.2} s | | | | {} |",
            start.elapsed().as_secs_f64(),
            memory()
        );
        releases.push((counts, release.published));
    }
    Ok(())
}

/// The most memory that the process has held, where the system says it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map_or("unknown".to_owned(), |kilobytes| format!("{} MB", kilobytes / 1024))
}
