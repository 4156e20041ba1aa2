//! `helhedsplan disclosure …`: what was released is checked again.

use std::io::Write;

use anyhow::bail;
use clap::{Args, Subcommand};
use helhedsplan::db::Db;
use helhedsplan::releases::store::audit::{self, Standing};

use super::{chosen_plans, every_plan, in_words};

/// What to do about disclosure control.
#[derive(Subcommand)]
pub(crate) enum DisclosureCommand {
    /// Check all releases again: from what is published alone, by their certificates, and by what was left of their making. Fails if
    /// anything is wrong
    Audit(AuditOptions),
}

/// Which releases.
#[derive(Args)]
pub(crate) struct AuditOptions {
    /// A plan, by code; may be given several times [default: every plan]
    #[arg(long)]
    plan: Vec<String>,
    /// Fail, too, if a release could not be checked in full
    #[arg(long)]
    strict: bool,
}

/// Carries out the command.
pub(crate) async fn run(db: &Db, command: DisclosureCommand) -> anyhow::Result<()> {
    match command {
        DisclosureCommand::Audit(options) => check(db, options).await,
    }
}

async fn check(db: &Db, options: AuditOptions) -> anyhow::Result<()> {
    let plans = match options.plan.as_slice() {
        [] => every_plan(db).await?,
        named => chosen_plans(db, named).await?,
    };
    let mut out = std::io::stdout();
    let (mut all, mut unsafe_ones, mut unsure_ones) = (0, 0, 0);
    for plan in plans {
        for id in audit::releases(db.read(), plan.id).await.map_err(in_words)? {
            all += 1;
            let verdict = match audit::check_release(db.read(), plan.id, id).await {
                Ok(verdict) => verdict,
                // The others are checked all the same.
                Err(problem) => {
                    let why = in_words(problem);
                    writeln!(out, "UNREADABLE  {}: release {id}: {why}", plan.code)?;
                    unsafe_ones += 1;
                    continue;
                }
            };
            let (shown, hidden) = verdict.cells;
            let word = match verdict.standing() {
                Standing::Safe => "safe",
                Standing::Unsure => {
                    unsure_ones += 1;
                    "UNSURE"
                }
                Standing::Unsafe => {
                    unsafe_ones += 1;
                    "UNSAFE"
                }
            };
            writeln!(
                out,
                "{word}  {}: {}, {shown} cells shown, {hidden} hidden",
                plan.code, verdict.release
            )?;
            for wrong in &verdict.wrong {
                writeln!(out, "        {wrong}")?;
            }
            for unchecked in &verdict.unchecked {
                writeln!(out, "        not checked: {unchecked}")?;
            }
        }
    }
    writeln!(
        out,
        "{all} releases, {unsafe_ones} unsafe, {unsure_ones} not checked in full"
    )?;
    if unsafe_ones > 0 {
        bail!("{unsafe_ones} of {all} releases are not safe");
    }
    // What was not kept cannot be checked tomorrow either: an alarm about it would never end.
    if options.strict && unsure_ones > 0 {
        bail!("{unsure_ones} of {all} releases could not be checked in full");
    }
    Ok(())
}
