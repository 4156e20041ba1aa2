//! Writes checkpoints of the audit log outside the database: again and again while the service runs, and when it stops.
//!
//! Only what is whole is witnessed: the entries since the last checkpoint are checked before the next one is signed. And nothing is
//! witnessed twice, in two ways: a process remembers how far each log was when it last witnessed it. Where the folder has since
//! gone back, or that entry is another one, somebody has changed what neither the database nor the folder can tell of by itself,
//! and no further checkpoint is signed. A process that was started anew remembers nothing; it believes the folder.

use std::time::Duration;

use actix_web::{rt, web};
use anyhow::{Context, bail};
use sea_orm::{EntityTrait, QueryOrder};

use crate::audit::checkpoints::{Folder, Signed};
use crate::audit::store;
use crate::auth::issuer::Issuer;
use crate::db::{self, Db};
use crate::entities::plan;
use crate::record::chain::Walk;
use crate::state::AppState;
use crate::witnessed::Witnessed;

/// How long it rests between two rounds.
const REST: Duration = Duration::from_secs(30);
/// How many entries are read at a time.
const ROWS: u64 = 2000;

/// Writes a checkpoint of each plan whose log has moved since the last one, and says how many that were.
///
/// # Errors
/// Database, keys or folder cannot be used, or a log is not as its checkpoint, its chain or `witnessed` says; the other plans have
/// got theirs.
pub async fn checkpoint(db: &Db, auth: &Issuer, folder: &Folder, witnessed: &Witnessed) -> anyhow::Result<usize> {
    let plans = plan::Entity::find()
        .order_by_asc(plan::Column::Id)
        .all(db.read())
        .await?;
    let (mut written, mut faults) = (0, Vec::new());
    for plan in plans {
        match of_plan(db, auth, folder, witnessed, &plan).await {
            Ok(is_written) => written += usize::from(is_written),
            Err(error) => faults.push(format!("{}: {error:#}", plan.code)),
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    Ok(written)
}

async fn of_plan(
    db: &Db,
    auth: &Issuer,
    folder: &Folder,
    witnessed: &Witnessed,
    plan: &plan::Model,
) -> anyhow::Result<bool> {
    let last = {
        let (folder, code) = (folder.clone(), plan.code.clone());
        web::block(move || folder.last(&code)).await??
    };
    if let Some((number, hash)) = witnessed.of(&plan.code) {
        let in_folder = last.as_ref().map_or(0, |last| last.number);
        if in_folder < number {
            bail!(
                "the checkpoints end at entry {in_folder}, and this process has witnessed entry {number}; see `helhedsplan audit verify`"
            );
        }
        let is_same = store::entry(db.read(), plan.id, number)
            .await?
            .is_some_and(|entry| entry.hash == hash);
        if !is_same {
            bail!(
                "entry {number} of the audit log is not the one that this process has witnessed; see `helhedsplan audit verify`"
            );
        }
    }
    // After the checkpoint was read: another replica may go on meanwhile.
    let head = store::head(db.read(), plan.id, &plan.code).await?;
    let (from, mut walk) = match &last {
        Some(last) => (last.number, Walk::after(last.number, last.hash.clone())),
        None => (0, Walk::of_plan(&plan.code)),
    };
    let Some(head) = head.filter(|head| head.number >= from) else {
        if from == 0 {
            return Ok(false);
        }
        bail!("the audit log ends before entry {from}, which a checkpoint names; see `helhedsplan audit verify`");
    };
    while walk.number() < head.number {
        let limit = ROWS.min(head.number.abs_diff(walk.number()));
        let entries = store::after(db.read(), plan.id, walk.number(), limit).await?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            if !walk.step(entry).is_empty() {
                bail!(
                    "entry {} of the audit log is not as it was; see `helhedsplan audit verify`",
                    entry.number
                );
            }
        }
    }
    if (walk.number(), walk.hash()) != (head.number, head.hash.as_str()) {
        bail!(
            "the audit log does not end as it should at entry {}; see `helhedsplan audit verify`",
            head.number
        );
    }
    let (number, hash) = (head.number, head.hash.clone());
    let is_written = number > from && {
        let signed = Signed::new(head, auth, db::now())?;
        let folder = folder.clone();
        web::block(move || folder.add(&signed))
            .await?
            .context("a checkpoint cannot be written")?
    };
    if last.is_none() && is_written {
        tracing::warn!(
            plan = plan.code,
            number,
            "no checkpoint vouched for the audit log until now"
        );
    }
    witnessed.remember(&plan.code, number, hash);
    Ok(is_written)
}

/// One round of a running service: what went wrong is told to Prometheus, given back, and logged unless it is what went wrong
/// before.
pub async fn round(state: &AppState, known: Option<String>) -> Option<String> {
    let folder = Folder::new(state.config.checkpoints_dir());
    let done = checkpoint(&state.db, &state.auth, &folder, &state.witnessed).await;
    if let Some(metrics) = &state.metrics {
        metrics.set("helhedsplan_audit_checkpoints_good", &[], done.is_ok().into());
        if done.is_ok() {
            let now = db::now().timestamp();
            metrics.set("helhedsplan_audit_checkpoints_timestamp_seconds", &[], now);
        }
    }
    let fault = done.err().map(|error| format!("{error:#}"));
    if let Some(fault) = fault.as_ref().filter(|fault| known.as_ref() != Some(*fault)) {
        tracing::error!(fault, "no checkpoint of the audit log could be written");
    }
    fault
}

/// Goes round once, and then again and again until the task is aborted. A failure that stays is logged once.
pub async fn keep_witness(state: AppState) -> rt::task::JoinHandle<()> {
    let mut known = round(&state, None).await;
    rt::spawn(async move {
        loop {
            rt::time::sleep(REST).await;
            known = round(&state, known).await;
        }
    })
}
