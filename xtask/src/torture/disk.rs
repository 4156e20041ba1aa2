//! A disk that is full.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Result, ensure};

use super::{
    ledger::{Ledger, Tally},
    service::{Database, Replica},
    settle,
    writer::{Answer, Kind, Writer},
};
use crate::{postgres, steps::run};

/// The size of the small file system.
const SIZE: &str = "24m";
/// What takes up room until it is removed.
const FILLER: usize = 4 << 20;
/// More writes than fit.
const MOST: usize = 5000;

/// Writes to an embedded database on a small file system until nothing fits, makes room, and goes on. Needs root, to mount it.
pub(super) fn full() -> Result<Tally> {
    if !postgres::is_root()? {
        println!("\nA full disk was not tried: only root may mount a small file system.");
        return Ok(Tally::default());
    }
    let folder = tempfile::Builder::new().prefix("helhedsplan-torture-").tempdir()?;
    let mount = Mount::new(folder.path())?;
    let filler = folder.path().join("filler");
    fs::write(&filler, vec![0; FILLER])?;
    let replica = Replica::start(folder.path(), &Database::Embedded)?;
    let mut writers = [Writer::new(Kind::Imports, &replica)?];
    let url = replica.url();
    let mut ledger = Ledger::default();
    let mut refused = 0;
    for _ in 0..MOST {
        let Some(operation) = writers[0].next() else { break };
        let mut written = super::writer::Written::default();
        match writers[0].send(&url, &operation) {
            Answer::Acknowledged => written.acknowledged.push(operation),
            Answer::Unanswered => {
                written.unanswered.push(operation);
                refused += 1;
            }
            Answer::Unexpected(answer) => written.unexpected.push(answer),
        }
        ledger.add(written);
        if refused == 5 || ledger.tally().unexpected > 0 {
            break;
        }
    }
    ensure!(refused > 0 || ledger.tally().unexpected > 0, "the disk was never full");
    fs::remove_file(&filler)?;
    ledger.check_new(&url, &writers)?;
    // There was no room to let go of the keys either; that takes its time.
    settle(&mut ledger, &url, &writers)?;
    ledger.check_all(&url, &writers)?;
    let tally = ledger.tally();
    println!("| SQLite, a full disk of {SIZE}, then room | – {tally}");
    drop(replica);
    drop(mount);
    Ok(tally)
}

/// A file system in memory, unmounted when it is dropped.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    fn new(path: &'a Path) -> Result<Self> {
        let options = format!("size={SIZE}");
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(path))?;
        Ok(Self(path))
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).stderr(Stdio::null()).status();
    }
}
