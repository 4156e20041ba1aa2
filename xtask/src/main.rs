//! The development tasks of this workspace: `cargo xtask test | bench | torture | slow | fuzz | fuzz-api | openapi | clients | ci | sbom | postgres`.
#![allow(clippy::print_stdout, reason = "a command line tool tells what it does on stdout")]

mod clients;
mod fuzz;
mod fuzz_api;
mod postgres;
mod programs;
mod sbom;
mod service;
mod slow;
mod steps;
mod torture;

use std::{io, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;

/// Development tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Run every test on SQLite, then the API tests again on a temporary PostgreSQL server.
    Test {
        /// Arguments for the test programs, after `--`: a part of a test's name, `--nocapture`, ….
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Accept the service's current OpenAPI document as `openapi/openapi.json`.
    Openapi,
    /// Lint the OpenAPI document, generate a TypeScript and a Python client from it and do a tour with both.
    Clients,
    /// Check the formatting, then clippy, then run the tests; stop at the first failure.
    Ci,
    /// Measure how fast the service is, on SQLite and on a temporary PostgreSQL server.
    Bench {
        /// Also with 20 million measurements stored, which takes some ten minutes and 8 GB of disk.
        #[arg(long)]
        large: bool,
    },
    /// Write down what the program is made of, in CycloneDX, as `target/helhedsplan.cdx.json`.
    Sbom {
        /// Another file.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Kill the service and its database again and again while clients write, fill its disk, and look for what was lost.
    Torture {
        /// So many kills on each database.
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// The same seed chooses the same victims and moments.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Only this part; repeat it for several.
        #[arg(long, value_enum)]
        only: Vec<torture::Part>,
    },
    /// Try the parsers of what outsiders send with made-up input, by libFuzzer.
    Fuzz {
        /// Only these targets; all where none is named.
        targets: Vec<String>,
        /// For so long, each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Send the running service made-up requests of every role by Schemathesis, and hold its answers against the document.
    FuzzApi {
        /// So many examples of each operation, in each phase.
        #[arg(long, default_value_t = 20)]
        examples: u32,
        /// The same seed makes up the same requests.
        #[arg(long, default_value_t = 1)]
        seed: u32,
        /// Only this role; repeat it for several; `none` is without a token.
        #[arg(long)]
        role: Vec<String>,
    },
    /// Measure what a good client notices while a thousand connections are idle or slow.
    Slow,
    /// Run a temporary PostgreSQL server until Ctrl-C or the end of stdin.
    Postgres,
}

fn main() -> ExitCode {
    let result = match Task::parse() {
        Task::Test { args } => steps::test(&args),
        Task::Openapi => steps::openapi(),
        Task::Clients => clients::clients(),
        Task::Ci => steps::ci(),
        Task::Bench { large } => steps::bench(large),
        Task::Sbom { output } => sbom::sbom(output),
        Task::Torture { kills, seed, only } => torture::torture(kills, seed, &only),
        Task::Fuzz { targets, seconds } => fuzz::fuzz(&targets, seconds),
        Task::FuzzApi { examples, seed, role } => fuzz_api::fuzz_api(examples, seed, &role),
        Task::Slow => slow::slow(),
        Task::Postgres => serve_postgres(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Keeps a server running for development by hand. Ctrl-C ends this process, and with it the server.
fn serve_postgres() -> Result<()> {
    let server = postgres::Server::start()?;
    println!("PostgreSQL {} at {}", server.version(), server.url());
    println!("Ctrl-C, or closing stdin, stops it and deletes its data.");
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
