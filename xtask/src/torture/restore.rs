//! A backup that is made while clients write, and what comes back of it.

use std::{fs, path::Path, process::Command, thread, time::Duration};

use anyhow::{Result, bail, ensure};

use super::{
    ledger::{Ledger, Tally},
    service::{Database, Replica},
    settle, while_writing,
    writer::Writer,
};
use crate::{postgres::Server, steps::run};

/// How long clients write before the backup, so that it has something to hold; and after it, which it must not.
const BEFORE: Duration = Duration::from_millis(1500);

/// `helhedsplan backup` under a running service, `helhedsplan restore` into an empty folder, and a service on that.
pub(super) fn embedded() -> Result<Tally> {
    let folder = tempfile::Builder::new().prefix("helhedsplan-torture-").tempdir()?;
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    fs::create_dir(&first)?;
    fs::create_dir(&second)?;
    let replica = Replica::start(&first, &Database::Embedded)?;
    let mut writers = Writer::all(&replica)?;
    let copy = folder.path().join("copy.sqlite");
    let file = copy.to_string_lossy().into_owned();
    let (mut ledger, said) = backed_up(&replica, &mut writers, || replica.run(&["backup", &file]))?;
    drop(replica);
    // Signing keys are no part of a backup; the writers keep their tokens, so the keys are copied as docker/README.md says.
    let keys = second.join("data");
    fs::create_dir(&keys)?;
    run(Command::new("cp")
        .arg("-a")
        .arg(first.join("data/keys"))
        .arg(keys.join("keys")))?;
    let restored = Replica::start_on_backup(&second, &file)?;
    ledger.check_all(&restored.url(), &writers)?;
    let tally = ledger.tally();
    let rows = said.lines().next().and_then(|line| line.split_once(": "));
    let rows = rows.map_or("", |(_, rows)| rows);
    println!("| SQLite, `backup` while clients write, `restore` ({rows}, each table's checksum the same) | – {tally}");
    Ok(tally)
}

/// `pg_dump` under running replicas, `pg_restore` into another database, and a service on that; then, at rest, each table's
/// checksum on both sides.
pub(super) fn postgresql() -> Result<Tally> {
    let server = Server::start_durable()?;
    if !server.program("pg_dump").is_file() || !server.program("psql").is_file() {
        println!("\nA restore of PostgreSQL was not tried: its client programs are not installed.");
        return Ok(Tally::default());
    }
    let folder = tempfile::Builder::new().prefix("helhedsplan-torture-").tempdir()?;
    let source = server.new_database("source")?;
    let replica = Replica::start(folder.path(), &Database::At(source.clone()))?;
    let mut writers = Writer::all(&replica)?;
    let (mut ledger, running) = backed_up(&replica, &mut writers, || {
        copied(&server, &source, folder.path(), "running")
    })?;
    let rest = copied(&server, &source, folder.path(), "rest")?;
    let (before, after) = (checksums(&server, &source)?, checksums(&server, &rest)?);
    ensure!(
        before == after,
        "after a restore at rest tables differ:\n{before}\n{after}"
    );
    drop(replica);
    let restored = Replica::start(folder.path(), &Database::At(running))?;
    ledger.check_all(&restored.url(), &writers)?;
    let tally = ledger.tally();
    println!(
        "| PostgreSQL {}, `pg_dump` while clients write, `pg_restore` ({} tables, at rest each one's checksum the same) | – {tally}",
        server.version(),
        before.lines().count()
    );
    Ok(tally)
}

/// Has clients write before, during and after a backup; the ledger knows what was acknowledged before it.
fn backed_up<T>(replica: &Replica, writers: &mut [Writer], backup: impl FnOnce() -> Result<T>) -> Result<(Ledger, T)> {
    let url = replica.url();
    let mut ledger = Ledger::default();
    for writer in writers.iter_mut() {
        writer.prepare(&url)?;
    }
    let addresses = || std::iter::repeat(&url);
    while_writing(writers, addresses(), &mut ledger, || {
        thread::sleep(BEFORE);
        Ok(())
    })?;
    ledger.check_new(&url, writers)?;
    settle(&mut ledger, &url, writers)?;
    for writer in writers.iter_mut() {
        writer.prepare(&url)?;
    }
    // What is written from here on may be in the backup or not; it must not be there by halves.
    let mut later = Ledger::default();
    let done = while_writing(writers, addresses(), &mut later, || {
        let done = backup();
        thread::sleep(BEFORE / 3);
        done
    })?;
    ledger.may_have(later);
    Ok((ledger, done))
}

/// Copies a database into a new one.
fn copied(server: &Server, source: &str, folder: &Path, name: &str) -> Result<String> {
    let file = folder.join(format!("{name}.dump"));
    run(Command::new(server.program("pg_dump"))
        .args(["--format=custom", "--file"])
        .arg(&file)
        .arg(source))?;
    let target = server.new_database(name)?;
    run(Command::new(server.program("pg_restore"))
        .args(["--exit-on-error", "--no-owner", "--dbname", &target])
        .arg(&file))?;
    Ok(target)
}

/// Of every table its name, its number of rows and the checksum of them.
fn checksums(server: &Server, database: &str) -> Result<String> {
    let tables = server.query(
        database,
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    )?;
    if tables.trim().is_empty() {
        bail!("{database} has no tables");
    }
    let each: Vec<String> = tables
        .lines()
        .map(|table| {
            format!(
                "SELECT '{table}', count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) \
                 FROM \"{table}\" t"
            )
        })
        .collect();
    server.query(database, &each.join(" UNION ALL "))
}
