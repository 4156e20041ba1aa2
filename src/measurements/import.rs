//! Carrying out an import: every row is judged, then all are written in one short transaction, or none.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::model::{ImportOutcome, ImportReceipt, Mode};
use super::read::{self, Syntax};
use super::rules::Catalogue;
use super::staging::{self, Chunk, Compared, ROWS_PER_STATEMENT};
use super::store::{self, Codes, Writer};
use crate::db::{self, Db, Session, Write};
use crate::problem::{At, FieldError, MAX_LISTED_ERRORS, Problem, ProblemKind};
use crate::record::{Actor, Clock, Deed};

/// An import as it was asked for.
#[derive(Clone, Debug)]
pub struct Import {
    /// The plan's number.
    pub plan_id: i32,
    /// Who sends it.
    pub actor: Actor,
    /// What becomes of figures that are there already.
    pub mode: Mode,
    /// Whether it is only judged.
    pub dry_run: bool,
    /// How the rows are written.
    pub syntax: Syntax,
    /// For whom the sender may write.
    pub writer: Writer,
}

/// How far an import is.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<[AtomicU64; 2]>);

impl Progress {
    /// How many rows are judged.
    pub fn judged(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    /// How many rows stand ready to be written.
    pub fn staged(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }
}

/// Judges every row, then writes them all. `settle` adds to the transaction what is to be true with the effect, such as the
/// stored answer.
///
/// Only the comparison with what is there and the writing itself happen under the plan's lock; all before that happens in a
/// temporary table of a connection of its own, which nobody waits for.
pub async fn carry_out<F>(
    db: &Db,
    import: &Import,
    file: File,
    progress: &Progress,
    settle: F,
) -> Result<ImportReceipt, Problem>
where
    F: AsyncFnOnce(&Write, &ImportReceipt) -> Result<(), Problem>,
{
    // Before anything is judged: judging a million rows takes memory, too.
    let session = db.session().await?;
    let catalogue = Arc::new(store::catalogue(db.read(), import.plan_id, &import.writer, Codes::InUse).await?);
    let file = judge(file, import.syntax, Arc::clone(&catalogue), progress.clone()).await?;
    stage(&session, file, import.syntax, Arc::clone(&catalogue), progress).await?;
    let transaction = session.begin().await?;
    let clock = Clock::lock_in_turn(&transaction, import.plan_id).await?;
    if store::catalogue(&transaction, import.plan_id, &import.writer, Codes::InUse).await? != *catalogue {
        return Err(Problem::new(
            ProblemKind::StateConflict,
            "The plan's indicators, areas, target groups or clients changed while the rows were judged; send them again.",
            "Planens indikatorer, områder, målgrupper eller klienter blev ændret, mens rækkerne blev vurderet; send dem igen.",
        ));
    }
    let mut receipt = match staging::compare(&transaction, import.plan_id, import.mode, db::now()).await? {
        Compared::Good(receipt) => receipt,
        Compared::Existing(places, found) => return Err(existing(import.syntax, places, found)),
    };
    if import.dry_run {
        receipt.outcome = ImportOutcome::DryRun;
    } else if receipt.outcome == ImportOutcome::Stored {
        let deed = Deed {
            actor: &import.actor,
            operation: "import_measurements",
            target: "measurements".to_owned(),
        };
        let stamp = staging::write(&transaction, clock, import.plan_id, receipt.rows, deed).await?;
        receipt.received_at = stamp.at;
    }
    settle(&transaction, &receipt).await?;
    transaction.commit().await?;
    // What is left of the session is closed behind the answer's back.
    drop(session);
    Ok(receipt)
}

async fn judge(mut file: File, syntax: Syntax, catalogue: Arc<Catalogue>, progress: Progress) -> Result<File, Problem> {
    let judging = spawn_blocking(move || {
        let judged = read::judge(&mut file, syntax, &catalogue, |rows| {
            progress.0[0].store(rows, Ordering::Relaxed);
        })?;
        if judged.found > 0 {
            return Err(Problem::invalid_content_of(judged.errors, judged.found));
        }
        if judged.rows == 0 {
            return Err(empty());
        }
        Ok(file)
    });
    judging.await.map_err(|_| Problem::internal())?
}

async fn stage(
    session: &Session,
    file: File,
    syntax: Syntax,
    catalogue: Arc<Catalogue>,
    progress: &Progress,
) -> Result<(), Problem> {
    staging::create(session.connection()).await?;
    let (sender, mut receiver) = mpsc::channel(2);
    let reader = spawn_blocking(move || {
        read::chunks(file, syntax, &catalogue, ROWS_PER_STATEMENT, |rows| {
            let count = u64::try_from(rows.len()).unwrap_or(0);
            sender.blocking_send((count, Chunk::new(rows))).is_ok()
        })
    });
    while let Some((count, chunk)) = receiver.recv().await {
        staging::add(session.connection(), chunk?).await?;
        progress.0[1].fetch_add(count, Ordering::Relaxed);
    }
    reader.await.map_err(|_| Problem::internal())??;
    staging::settle(session.connection()).await?;
    Ok(())
}

/// A file that was cut off before its first row must not pass for one that says nothing new.
fn empty() -> Problem {
    Problem::invalid_content(vec![FieldError::new(
        At::Pointer(String::new()),
        "empty",
        "The import has no rows.",
        "Importen har ingen rækker.",
    )])
}

fn existing(syntax: Syntax, places: Vec<i64>, found: u64) -> Problem {
    let errors = places
        .into_iter()
        .take(MAX_LISTED_ERRORS)
        .map(|place| {
            FieldError::new(
                read::at(syntax, place),
                "exists",
                "The figure is there already; mode=upsert would revise it.",
                "Tallet findes allerede; mode=upsert ville revidere det.",
            )
        })
        .collect();
    Problem::invalid_content_of(errors, usize::try_from(found).unwrap_or(usize::MAX))
}
