//! `helhedsplan backup` and `restore`: the embedded database as one file.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use helhedsplan::auth::key_files::make_private_directory;
use helhedsplan::backup;
use helhedsplan::config::Config;
use helhedsplan::db;
use secrecy::ExposeSecret;

/// Copies the database; the service may be running.
pub(crate) async fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    let database = embedded(config)?;
    let contents = backup::write(&database, file).await?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{}: {} rows in {} tables",
        file.display(),
        contents.rows(),
        contents.tables()
    )?;
    writeln!(
        out,
        "It holds no signing keys: copy {} apart, else access tokens end where it is restored and clients fetch new ones.",
        config.keys_dir().display()
    )?;
    writeln!(
        out,
        "It holds small counts, minutes and hashes of secrets: keep it as safe as the database."
    )?;
    Ok(())
}

/// Puts a copy in the database's place; no service may be running.
pub(crate) async fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    let database = embedded(config)?;
    if let Some(folder) = database.parent() {
        make_private_directory(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let restored = backup::restore(file, &database, db::now()).await?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{}: {} rows in {} tables, as they were when the backup was made",
        database.display(),
        restored.contents.rows(),
        restored.contents.tables()
    )?;
    if let Some(before) = restored.before {
        writeln!(out, "What was there before is {}", before.display())?;
    }
    writeln!(
        out,
        "`helhedsplan audit verify` will find what the audit log has lost with this: keep {} and what it says, then move that folder \
         aside before the service starts, so that new checkpoints begin.",
        config.checkpoints_dir().display()
    )?;
    Ok(())
}

fn embedded(config: &Config) -> anyhow::Result<std::path::PathBuf> {
    if !config.is_embedded() {
        bail!(
            "the database is PostgreSQL, which has its own tools: pg_dump, or point-in-time recovery; see docker/README.md"
        );
    }
    backup::database_file(config.database_url.expose_secret())
}
