//! PostgreSQL's server programs: find them, or install them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use crate::{postgres::is_root, steps::run};

/// The folder of the server programs; installs them where they are missing and that is possible.
pub(crate) fn find_or_install() -> Result<PathBuf> {
    if let Some(bin) = find()? {
        return Ok(bin);
    }
    install().context(
        "the PostgreSQL server programs `initdb` and `postgres` are in none of $PG_BIN, \
         `pg_config --bindir`, /usr/lib/postgresql/*/bin and $PATH. Install them (Debian: \
         `apt-get install postgresql`, Fedora: `dnf install postgresql-server`, macOS: `brew \
         install postgresql`) or set PG_BIN to their folder",
    )?;
    find()?.context("Debian's `postgresql` is installed, but `initdb` and `postgres` are missing")
}

/// Looks for the server programs, in the most definite place first.
fn find() -> Result<Option<PathBuf>> {
    if let Some(bin) = env::var_os("PG_BIN").map(PathBuf::from) {
        ensure!(
            has_programs(&bin),
            "PG_BIN is {}, but that folder lacks `initdb` or `postgres`",
            bin.display()
        );
        // Absolute, for commands run in other folders.
        return Ok(Some(bin.canonicalize()?));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(pg_config()
        .into_iter()
        .chain(debian())
        .chain(env::split_paths(&path))
        .find(|bin| has_programs(bin)))
}

/// Whether a folder holds what a server needs.
fn has_programs(bin: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| bin.join(program).is_file())
}

/// The folder PostgreSQL's own configuration names.
fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().into())
}

/// Debian's folders, the newest version first.
fn debian() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, bin)| bin).collect()
}

/// Installs Debian's `postgresql`, as root or with a `sudo` that asks for no password.
fn install() -> Result<()> {
    ensure!(
        succeeds(&["apt-get", "--version"]),
        "they cannot be installed from here: there is no `apt-get`"
    );
    let root = is_root()?;
    ensure!(
        root || succeeds(&["sudo", "-n", "true"]),
        "they cannot be installed from here: this is not root, and `sudo` is missing or wants a password"
    );
    println!("PostgreSQL is missing: installing Debian's `postgresql`");
    let apt_get = |args: &[&str]| {
        let mut command = Command::new(if root { "env" } else { "sudo" });
        if !root {
            command.args(["-n", "env"]);
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        run(command.args(args))
    };
    apt_get(&["update"])?;
    apt_get(&["install", "-y", "--no-install-recommends", "postgresql"])
}

/// The version in `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
pub(crate) fn version(bin: &Path) -> Result<String> {
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .context("`postgres` could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace()
        .nth(2)
        .map(str::to_owned)
        .with_context(|| format!("`postgres --version` says {text:?}"))
}

/// Whether a command can be run and ends well.
fn succeeds(words: &[&str]) -> bool {
    Command::new("env")
        .args(words)
        .output()
        .is_ok_and(|output| output.status.success())
}
