//! The steps a task consists of: commands run in the workspace's root under a heading.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::postgres::Server;

/// Names the server the API tests use; without it they use SQLite.
const TEST_DATABASE_URL: &str = "HELHEDSPLAN_TEST_DATABASE_URL";

/// Set: disclosure control is tested on thousands of tables and on whole quarters, which takes minutes.
const TEST_PROOFS: &str = "HELHEDSPLAN_TEST_PROOFS";

/// Names the empty database that is measured on; without it an embedded one.
const BENCH_DATABASE_URL: &str = "HELHEDSPLAN_BENCH_DATABASE_URL";

/// Where the accepted OpenAPI document is kept.
const OPENAPI_DOCUMENT: &str = "openapi/openapi.json";

/// Every test on SQLite, then the API tests on PostgreSQL. Both run, even when the first fails.
pub(crate) fn test(args: &[String]) -> Result<()> {
    // First, so that a missing PostgreSQL is known before anything is compiled.
    let server = Server::start()?;

    let sqlite = step(
        "SQLite",
        cargo(&["test", "--workspace", "--"])
            .args(args)
            .env(TEST_PROOFS, "all")
            .env_remove(TEST_DATABASE_URL),
    );
    let postgres = step(
        &format!("PostgreSQL {}", server.version()),
        cargo(&["test", "--test", "api", "--"])
            .args(args)
            .env(TEST_DATABASE_URL, server.url()),
    );

    match (sqlite, postgres) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(error), Ok(())) => Err(error.context("the tests failed on SQLite")),
        (Ok(()), Err(error)) => Err(error.context("the tests failed on PostgreSQL")),
        (Err(_), Err(_)) => bail!("the tests failed on SQLite and on PostgreSQL"),
    }
}

/// The figures of `benches/README.md`, on both databases.
pub(crate) fn bench(large: bool) -> Result<()> {
    let server = Server::start()?;
    step("Build", &mut cargo(&["bench", "--no-run"]))?;
    let bench = |database: Option<String>| {
        let mut command = cargo(&["bench", "--quiet", "--bench", "service"]);
        // The service logs every request, as it does in production; nobody reads it here.
        command.stderr(Stdio::null());
        if let Some(url) = database {
            command.env(BENCH_DATABASE_URL, url);
        }
        if large {
            command.env("HELHEDSPLAN_BENCH_LARGE", "1");
        }
        run(&mut command)
    };
    bench(None)?;
    bench(Some(server.url()))
}

/// What continuous integration checks, in its order.
pub(crate) fn ci() -> Result<()> {
    step("Formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    step(
        "Clippy",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    test(&[])
}

/// Replaces the accepted OpenAPI document with the one the service gives now.
pub(crate) fn openapi() -> Result<()> {
    let output = cargo(&["run", "--quiet", "-p", "helhedsplan", "--", "openapi"])
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    ensure!(
        output.status.success() && !output.stdout.is_empty(),
        "the service gave no OpenAPI document ({}); {OPENAPI_DOCUMENT} is left as it was",
        output.status
    );

    let path = root().join(OPENAPI_DOCUMENT);
    if fs::read(&path).is_ok_and(|accepted| accepted == output.stdout) {
        println!("{OPENAPI_DOCUMENT} is unchanged");
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, output.stdout)?;
    println!("{OPENAPI_DOCUMENT} has changed");
    Ok(())
}

/// Builds the program as this one was built, into the same folder.
pub(crate) fn build() -> Result<()> {
    let mut command = cargo(&["build", "--package", "helhedsplan"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    step("Build", &mut command)
}

/// Runs one command under a heading and says how long it took.
pub(crate) fn step(title: &str, command: &mut Command) -> Result<()> {
    println!("\n== {title} ==");
    let start = Instant::now();
    let result = run(command);
    let outcome = if result.is_ok() { "passed" } else { "FAILED" };
    let seconds = start.elapsed().as_secs_f32();
    println!("== {title}: {outcome} in {seconds:.1} s ==");
    result
}

/// Runs a command whose failure is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("`{program}` could not be started"))?;
    ensure!(status.success(), "`{}` ended with {status}", shown(command, &program));
    Ok(())
}

/// A command as a person would type it.
fn shown(command: &Command, program: &str) -> String {
    let name = Path::new(program).file_name().unwrap_or_default();
    [name]
        .into_iter()
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The cargo that runs this task, in the workspace's root.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    // `cargo run` describes the xtask package in these. Build scripts that watch them would run
    // anew each time a command is called from here and by hand in turn.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}
