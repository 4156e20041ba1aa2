//! `helhedsplan audit …`: the audit log is verified, and witnessed.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use helhedsplan::audit::checkpoints::Folder;
use helhedsplan::audit::rules::Signer;
use helhedsplan::audit::verify::verify;
use helhedsplan::auth::issuer::Issuer;
use helhedsplan::auth::keys::KeyRing;
use helhedsplan::config::Config;
use helhedsplan::db;
use helhedsplan::witness;
use helhedsplan::witnessed::Witnessed;

use super::{chosen_plans, every_plan, open};

/// What cannot be found, for whoever relies on the verdict.
const LIMITS: &str = "Not found, ever: that entries after the newest checkpoint were added, or cut off together with the record of what they \
                      are about; that somebody who can write the database and this folder of checkpoints wrote both anew, with a key of \
                      their own, or deleted the checkpoints and had the service, started again, sign new ones. Against the first: \
                      --signed-by KID, with the keys that you know. Against both: --checkpoints FOLDER, with a copy kept elsewhere.";

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
    /// A key, by its id; may be given several times. Only checkpoints that such a key has signed are good [default: any key of the
    /// folder of checkpoints]
    #[arg(long, value_name = "KID", allow_hyphen_values = true)]
    signed_by: Vec<String>,
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
            let written = witness::checkpoint(&db, &auth, &folder, &Witnessed::default()).await?;
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
    // Whoever names a folder or a key relies on it.
    let is_relied_on = options.checkpoints.is_some() || !options.signed_by.is_empty();
    let folder = Folder::new(options.checkpoints.unwrap_or_else(|| config.checkpoints_dir()));
    let mut out = std::io::stdout();
    let own = own_keys(config);
    let mut tampered = 0;
    for plan in &plans {
        // Before the snapshot: what they witness is then in it.
        let lines = folder.lines(&plan.code, &options.signed_by)?;
        let snapshot = db.snapshot().await?;
        let verdict = verify(&snapshot, plan, lines).await?;
        snapshot.rollback().await?;
        if is_relied_on && verdict.checkpoints == 0 && verdict.found == 0 {
            // A slip in the folder's name, or an empty copy, must not pass for a good verdict.
            bail!("{} has no checkpoints of {}", folder.path().display(), plan.code);
        }
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
        for signer in &verdict.signers {
            writeln!(out, "        {}", by_whom(signer, own.as_deref()))?;
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

/// The ids of the keys that this machine has; none where it has no folder of keys, as where a copy is verified elsewhere, or where
/// the folder cannot be read: the log is verified all the same.
fn own_keys(config: &Config) -> Option<Vec<String>> {
    let directory = config.keys_dir();
    // To open a folder that is not there would make a key.
    if !directory.try_exists().unwrap_or_default() {
        return None;
    }
    let ring = KeyRing::open(&directory).ok()?;
    Some(ring.states(db::now()).map(|(key, _)| key.jwk.kid.clone()).collect())
}

/// Who has signed, and whether that is a key of the service: the folder's own word for it is worth nothing.
fn by_whom(signer: &Signer, own: Option<&[String]>) -> String {
    let Signer { key, first, last } = signer;
    let whose = match own {
        None => "; no keys here to compare it with",
        Some(own) if own.contains(key) => "",
        Some(_) => ", which `keys list` does not know: removed since, or somebody else's",
    };
    format!("entries {first} to {last}: signed by {key}{whose}")
}
