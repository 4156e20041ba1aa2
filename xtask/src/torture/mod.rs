//! Faults injected into a running service: it is killed, its database is killed, its disk is full. What it has acknowledged
//! must still be there, once, and nothing by halves. And what must hold without a fault: two replicas agree within a second,
//! and what was backed up comes back.

mod client;
mod decisions;
mod disk;
mod ledger;
mod random;
mod replicas;
mod restore;
mod service;
mod writer;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use clap::ValueEnum;

use self::{
    ledger::{Ledger, Tally},
    random::Random,
    service::{Database, Replica},
    writer::Writer,
};
use crate::{postgres::Server, steps::build};

/// How long writes run at most before a kill.
const LONGEST_ROUND: Duration = Duration::from_millis(400);
/// A claim of a killed process on its key is let go after two minutes.
const LEASE: Duration = Duration::from_secs(150);

/// A part of the torture.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The service on the embedded database is killed.
    Sqlite,
    /// Two replicas on PostgreSQL; one of the three is killed.
    Postgresql,
    /// The disk is full.
    Disk,
    /// A backup is made while clients write, and restored.
    Restore,
    /// Two replicas agree within a second.
    Replicas,
}

/// Does the parts, or all of them; fails where anything that was acknowledged is not there, or two replicas differ.
pub(crate) fn torture(kills: u32, seed: u64, only: &[Part]) -> Result<()> {
    build()?;
    let has = |part: Part| only.is_empty() || only.contains(&part);
    let mut total = Tally::default();
    let mut random = Random::new(seed);
    println!("\nseed {seed}\n");
    println!("| | faults | acknowledged | unanswered | of these done | lost | duplicated | half | unexpected |");
    println!("|---|---|---|---|---|---|---|---|---|");
    if has(Part::Sqlite) {
        total += killed("SQLite, the service killed", Database::Embedded, kills, &mut random)?;
    }
    if has(Part::Postgresql) {
        let server = Server::start_durable()?;
        let name = format!("PostgreSQL {}, two replicas, one of the three killed", server.version());
        total += killed(&name, Database::Server(server), kills, &mut random)?;
    }
    if has(Part::Disk) {
        total += disk::full()?;
    }
    if has(Part::Restore) {
        total += restore::embedded()?;
        total += restore::postgresql()?;
    }
    if has(Part::Replicas) {
        replicas::agree()?;
    }
    ensure!(
        total.faults() == 0,
        "{} faults; the lines above name them",
        total.faults()
    );
    Ok(())
}

/// Writers write while the processes under them are killed, one at a time, at random moments.
fn killed(name: &str, mut database: Database, kills: u32, random: &mut Random) -> Result<Tally> {
    let begun = Instant::now();
    let folder = tempfile::Builder::new().prefix("helhedsplan-torture-").tempdir()?;
    let count = if matches!(database, Database::Embedded) { 1 } else { 2 };
    let mut replicas = Vec::new();
    for _ in 0..count {
        replicas.push(Replica::start(folder.path(), &database)?);
    }
    let mut writers = Writer::all(&replicas[0])?;
    let mut ledger = Ledger::default();
    for kill in 0..kills {
        let addresses: Vec<_> = replicas.iter().map(Replica::url).collect();
        let victim = random.below(replicas.len() + usize::from(database.can_be_killed()));
        let moment = LONGEST_ROUND.mul_f64(random.part());
        for writer in &mut writers {
            writer.prepare(&addresses[0])?;
        }
        // Each kind of write goes to each replica in turn.
        let turn = addresses.iter().cycle().skip(kill as usize % addresses.len());
        while_writing(&mut writers, turn, &mut ledger, || {
            thread::sleep(moment);
            match replicas.get_mut(victim) {
                Some(replica) => replica.kill(),
                None => database.kill_and_start(),
            }
        })?;
        match replicas.get_mut(victim) {
            Some(replica) => replica.start_again()?,
            // The replicas find out by themselves that their database is back.
            None => replicas.iter_mut().try_for_each(Replica::wait_until_ready)?,
        }
        let url = replicas[kill as usize % replicas.len()].url();
        ledger.check_new(&url, &writers)?;
    }
    let url = replicas[0].url();
    settle(&mut ledger, &url, &writers)?;
    ledger.check_all(&url, &writers)?;
    let tally = ledger.tally();
    println!("| {name}, in {} s | {kills} {tally}", begun.elapsed().as_secs());
    Ok(tally)
}

/// Does something while every writer writes, each to its address; then they stop, and what came of it is noted.
fn while_writing<'a, T>(
    writers: &mut [Writer],
    addresses: impl Iterator<Item = &'a String>,
    ledger: &mut Ledger,
    what: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let stop = &AtomicBool::new(false);
    thread::scope(|scope| {
        let running: Vec<_> = writers
            .iter_mut()
            .zip(addresses)
            .map(|(writer, url)| scope.spawn(move || writer.write_until(url, stop)))
            .collect();
        let done = what();
        stop.store(true, Ordering::SeqCst);
        for written in running {
            ledger.add(written.join().unwrap_or_default());
        }
        done
    })
}

/// Sends again what was not answered, until all of it is, or nothing more can be hoped for.
fn settle(ledger: &mut Ledger, url: &str, writers: &[Writer]) -> Result<()> {
    let start = Instant::now();
    while !ledger.retry_unanswered(url, writers)? && start.elapsed() < LEASE {
        thread::sleep(Duration::from_secs(2));
    }
    Ok(())
}
