//! `helhedsplan audit …`: the audit log is verified, and witnessed.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use helhedsplan::audit::checkpoints::Folder;
use helhedsplan::audit::verify::verify;
use helhedsplan::auth::issuer::Issuer;
use helhedsplan::auth::keys::KeyRing;
use helhedsplan::config::Config;
use helhedsplan::witness;

use super::{chosen_plans, every_plan, open};

/// What cannot be found, for whoever relies on the verdict.
const LIMITS: &str = "Not found, ever: that entries after the newest checkpoint were added, or cut off together with the record of what they \
                      are about; that somebody who has the database, a signing key and the folder of checkpoints wrote all of them \
                      anew. Copies of the checkpoints elsewhere bound both: --checkpoints FOLDER verifies against one.";

/// Told of a log that no checkpoint vouches for, whatever else is said of it.
const NO_WITNESS: &str = "no witness: an end that was cut off, or a log that was written anew, is not found";

/// What to do about the audit log.
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Hold the log against its chain, the record of writes and the checkpoints. Fails if anything is wrong
    Verify(VerifyOptions),
    /// Write a checkpoint of each log that has moved, as the running service does by itself
    Checkpoint,
}

/// Which logs, and by which witnesses.
#[derive(Args)]
pub(crate) struct VerifyOptions {
    /// A plan, by code; may be given several times [default: every plan]
    #[arg(long)]
    plan: Vec<String>,
    /// A folder of checkpoints, such as a copy that was kept elsewhere [default: the service's own]
    #[arg(long)]
    checkpoints: Option<PathBuf>,
}

/// Carries out the command.
pub(crate) async fn run(config: &Config, command: AuditCommand) -> anyhow::Result<()> {
    match command {
        AuditCommand::Verify(options) => check(config, options).await,
        AuditCommand::Checkpoint => {
            let db = open(config).await?;
            let keys = KeyRing::open(&config.keys_dir())?;
            let auth = Issuer::new(keys, config.public_url.clone(), config.audience.clone());
            let folder = Folder::new(config.checkpoints_dir());
            let written = witness::checkpoint(&db, &auth, &folder).await?;
            let (mut out, folder) = (std::io::stdout(), folder.path().display());
            Ok(writeln!(out, "{written} checkpoints written to {folder}")?)
        }
    }
}

async fn check(config: &Config, options: VerifyOptions) -> anyhow::Result<()> {
    let db = open(config).await?;
    let plans = match options.plan.as_slice() {
        [] => every_plan(&db).await?,
        named => chosen_plans(&db, named).await?,
    };
    let is_named = options.checkpoints.is_some();
    let folder = Folder::new(options.checkpoints.unwrap_or_else(|| config.checkpoints_dir()));
    let mut out = std::io::stdout();
    let mut tampered = 0;
    for plan in &plans {
        // Before the snapshot: what they witness is then in it.
        let lines = folder.lines(&plan.code)?;
        if is_named && lines.is_none() {
            // Whoever names a folder relies on it: a slip in its name must not pass for a good verdict.
            bail!(
                "--checkpoints: {} has no checkpoints of {}",
                folder.path().display(),
                plan.code
            );
        }
        let snapshot = db.snapshot().await?;
        let verdict = verify(&snapshot, plan, lines).await?;
        snapshot.rollback().await?;
        let word = if verdict.found == 0 { "intact" } else { "TAMPERED" };
        writeln!(
            out,
            "{word}  {}: {} entries, {} checkpoints, witnessed up to entry {}",
            plan.code, verdict.entries, verdict.checkpoints, verdict.witnessed
        )?;
        if verdict.witnessed == 0 && verdict.entries > 0 {
            let folder = folder.path().display();
            writeln!(out, "        {NO_WITNESS}: {folder} has no checkpoint that is good")?;
        }
        for finding in &verdict.findings {
            writeln!(out, "        {finding}")?;
        }
        let told = u64::try_from(verdict.findings.len())?;
        if verdict.found > told {
            writeln!(out, "        and {} more", verdict.found - told)?;
        }
        tampered += usize::from(verdict.found > 0);
    }
    writeln!(out, "{LIMITS}")?;
    if tampered > 0 {
        bail!("{tampered} of {} audit logs are not as they were", plans.len());
    }
    Ok(())
}
