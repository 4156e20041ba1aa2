//! `helhedsplan keys`: the keys that sign access tokens.

use std::io::Write;

use anyhow::bail;
use clap::Subcommand;
use helhedsplan::auth::key_files;
use helhedsplan::auth::keys::{KeyRing, KeyState};
use helhedsplan::config::Config;
use helhedsplan::db;

/// What to do with the keys of the data folder; running services see it within a second.
#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a new key, which is published at once and signs after a minute, and delete keys that have ended
    Rotate,
    /// List the keys, one a line; never the private ones
    List,
    /// Remove a key: tokens that it has signed are good no longer
    Remove {
        /// The key's id; a thumbprint may begin with a hyphen
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

/// Does it, and says which keys there are.
pub(crate) fn keys(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    let directory = config.keys_dir();
    let now = db::now();
    if !matches!(command, KeysCommand::Rotate) && !directory.try_exists()? {
        bail!(
            "there are no keys at {} (HELHEDSPLAN_DATA_DIR); the service makes the first one when it starts",
            directory.display()
        );
    }
    let ring = match command {
        KeysCommand::Rotate => key_files::rotate(&directory, now)?,
        KeysCommand::List => KeyRing::open(&directory)?,
        KeysCommand::Remove { kid } => key_files::remove(&directory, &kid)?,
    };
    let mut out = std::io::stdout();
    writeln!(out, "kid\tmade\tstate")?;
    for (key, state) in ring.states(db::now()) {
        let state = match state {
            KeyState::SignsFrom(from) => format!("signs from {}", shown(from)),
            KeyState::Signs => "signs".to_owned(),
            KeyState::GoodUntil(until) => format!("good until {}", shown(until)),
            KeyState::Ended => "ended".to_owned(),
        };
        writeln!(out, "{}\t{}\t{state}", key.jwk.kid, shown(key.made_at))?;
    }
    Ok(())
}

fn shown(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
