//! Faults injected into a running service: it is killed, its database is killed, its disk is full. What it has acknowledged
//! must still be there, once, and nothing by halves.

mod disk;
mod ledger;
mod random;
mod service;
mod writer;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use self::{
    ledger::{Ledger, Tally},
    random::Random,
    service::{Database, Replica},
    writer::{Kind, Writer},
};
use crate::{
    postgres::Server,
    steps::{cargo, step},
};

/// How long writes run at most before a kill.
const LONGEST_ROUND: Duration = Duration::from_millis(400);

/// Injects so many kills on each database, and fills a small disk; fails where anything that was acknowledged is not there.
pub(crate) fn torture(kills: u32, seed: u64) -> Result<()> {
    step("Build", &mut cargo(&["build", "-p", "helhedsplan"]))?;
    println!("\nseed {seed}, {kills} kills on each database\n");
    println!("| | kills | acknowledged | unanswered | of these done | lost | duplicated | half | unexpected |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut total = Tally::default();
    let mut random = Random::new(seed);
    total += killed("SQLite, the service killed", Database::Embedded, kills, &mut random)?;
    let server = Server::start_durable()?;
    let name = format!("PostgreSQL {}, two replicas, one of the three killed", server.version());
    total += killed(&name, Database::Server(server), kills, &mut random)?;
    total += disk::full()?;
    ensure!(
        total.faults() == 0,
        "{} faults; the lines above name them",
        total.faults()
    );
    Ok(())
}

/// Writers write while the processes under them are killed, one at a time, at random moments.
fn killed(name: &str, mut database: Database, kills: u32, random: &mut Random) -> Result<Tally> {
    let folder = tempfile::Builder::new().prefix("helhedsplan-torture-").tempdir()?;
    let count = if matches!(database, Database::Embedded) { 1 } else { 2 };
    let mut replicas = Vec::new();
    for _ in 0..count {
        replicas.push(Replica::start(folder.path(), &database)?);
    }
    let mut writers = [Writer::new(Kind::Extracts)?, Writer::new(Kind::Imports)?];
    for (writer, replica) in writers.iter_mut().zip(replicas.iter().cycle()) {
        writer.use_token(replica.token(writer.kind())?);
    }
    let mut ledger = Ledger::default();
    for kill in 0..kills {
        let stop = AtomicBool::new(false);
        let addresses: Vec<_> = replicas.iter().map(Replica::url).collect();
        let victim = random.below(replicas.len() + usize::from(database.can_be_killed()));
        thread::scope(|scope| -> Result<()> {
            let running: Vec<_> = writers
                .iter_mut()
                .zip(addresses.iter().cycle())
                .map(|(writer, url)| scope.spawn(|| writer.write_until(url, &stop)))
                .collect();
            thread::sleep(LONGEST_ROUND.mul_f64(random.part()));
            let done = match replicas.get_mut(victim) {
                Some(replica) => replica.kill(),
                None => database.kill_and_start(),
            };
            stop.store(true, Ordering::SeqCst);
            for written in running {
                ledger.add(written.join().unwrap_or_default());
            }
            done
        })?;
        if let Some(replica) = replicas.get_mut(victim) {
            replica.start_again(&database)?;
        }
        let url = replicas[kill as usize % replicas.len()].url();
        ledger.check_new(&url, &writers)?;
    }
    // A claim of a killed process on its key is let go after two minutes.
    let start = Instant::now();
    let url = replicas[0].url();
    while !ledger.retry_unanswered(&url, &writers)? && start.elapsed() < Duration::from_secs(150) {
        thread::sleep(Duration::from_secs(2));
    }
    ledger.check_all(&url, &writers)?;
    let tally = ledger.tally();
    println!("| {name} | {kills} {tally}");
    Ok(tally)
}
