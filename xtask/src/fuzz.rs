//! The parsers of what outsiders send, against input that libFuzzer makes up.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::steps::{cargo, root, run};

/// Options of every run: an input may take ten seconds and a gigabyte.
const OPTIONS: [&str; 4] = [
    "-print_final_stats=1",
    "-timeout=10",
    "-rss_limit_mb=1024",
    "-verbosity=0",
];

/// Runs each target, or those named, for so long; prints how many inputs were tried, and fails where one broke something.
pub(crate) fn fuzz(targets: &[String], seconds: u32) -> Result<()> {
    let has_cargo_fuzz = cargo(&["fuzz", "--version"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    ensure!(
        has_cargo_fuzz.success(),
        "`cargo fuzz` is missing: cargo install cargo-fuzz --locked; it also needs a C++ compiler (Debian: g++)"
    );
    let known = known()?;
    let chosen = if targets.is_empty() { &known } else { targets };
    for target in chosen {
        ensure!(
            known.contains(target),
            "there is no target {target}; there are {}",
            known.join(", ")
        );
    }
    run(&mut cargo(&["fuzz", "build", "--sanitizer", "none"]))?;
    println!("\n| target | seeds | inputs tried | inputs kept | crashes |");
    println!("|---|---|---|---|---|");
    let mut broken = Vec::new();
    for target in chosen {
        let found = root().join("target/fuzz").join(target);
        let seeds = root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&found)?;
        let time = format!("-max_total_time={seconds}");
        // What is found goes into the first folder.
        let output = cargo(&["fuzz", "run", "--sanitizer", "none", target])
            .args([&found, &seeds])
            .arg("--")
            .args(OPTIONS)
            .arg(time)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let tried = said
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
            .map_or("–", str::trim);
        let crashes = u32::from(!output.status.success());
        println!(
            "| {target} | {} | {tried} | {} | {crashes} |",
            files(&seeds)?,
            files(&found)?
        );
        if crashes > 0 {
            println!("{said}");
            broken.push(target.as_str());
        }
    }
    if !broken.is_empty() {
        bail!("{} broke; fuzz/artifacts has the inputs", broken.join(", "));
    }
    Ok(())
}

/// The targets there are.
fn known() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path: PathBuf = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        names.push(name.context("a target's name is UTF-8")?.to_owned());
    }
    names.sort();
    Ok(names)
}

fn files(folder: &Path) -> Result<usize> {
    Ok(fs::read_dir(folder)?.count())
}
