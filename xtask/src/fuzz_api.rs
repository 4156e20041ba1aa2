//! Requests that Schemathesis makes up from the OpenAPI document, against a service of their own: of every role, sound and
//! unsound, one by one and in sequences. No answer may be an error of the service or one that the document does not describe.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{
    service::Service,
    steps::{build, root, run},
};

/// Callers: a name, the flags of their token, and the scopes that a token has by name only.
const CALLERS: [(&str, &[&str], &str); 6] = [
    (
        "secretariat",
        &["--role", "secretariat", "--org", "omraadesekretariatet"],
        "criteria:contested contingency:read contingency:write contingency:log contingency:activate redactions:write",
    ),
    (
        "municipality",
        &["--role", "municipality", "--org", "jobcenter-fredericia"],
        "contingency:read contingency:log contingency:activate",
    ),
    (
        "housing_organisation",
        &["--role", "housing_organisation", "--org", "boli-nu"],
        "contingency:read contingency:log contingency:activate",
    ),
    ("board", &["--role", "board"], "criteria:contested contingency:log"),
    (
        "fund",
        &["--role", "fund", "--org", "landsbyggefonden"],
        "criteria:contested contingency:read",
    ),
    ("auditor", &["--role", "auditor"], ""),
];

/// What is held against the document.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,ignored_auth,use_after_free,ensure_resource_availability";

/// How Schemathesis calls an answer of 500 and above.
const SERVER_ERROR: &str = "Server error";

/// Tries every role, or those named, and nobody at all.
pub(crate) fn fuzz_api(examples: u32, seed: u32, only: &[String]) -> Result<()> {
    build()?;
    let program = installed()?;
    let folder = root().join("target/fuzz-api");
    fs::create_dir_all(&folder)?;
    let is_chosen = |name: &str| only.is_empty() || only.iter().any(|chosen| chosen == name);
    let mut broken = Vec::new();
    println!("\nseed {seed}, {examples} examples of each operation\n");
    println!("| caller | requests | server errors | other failures | seconds |");
    println!("|---|---|---|---|---|");
    let nobody = ("none", [].as_slice(), "");
    for (name, flags, more) in CALLERS.into_iter().chain([nobody]).filter(|(name, ..)| is_chosen(name)) {
        // A service of its own, so that the order of the roles changes nothing.
        let service = Service::start()?;
        let token = match flags {
            [] => None,
            _ => Some(everything(&service, flags, more)?),
        };
        let log = folder.join(format!("{name}.txt"));
        let start = Instant::now();
        let tried = tried(&program, &service, token.as_deref(), examples, seed, &log)?;
        println!(
            "| {name} | {} | {} | {} | {} |",
            tried.requests,
            tried.server_errors,
            tried.failures,
            start.elapsed().as_secs()
        );
        if !tried.is_good {
            broken.push(format!("{name} ({})", log.display()));
        }
    }
    if !broken.is_empty() {
        bail!("there are failures: {}", broken.join(", "));
    }
    Ok(())
}

/// A token of all that the role may.
fn everything(service: &Service, flags: &[&str], more: &str) -> Result<String> {
    let token = service.token(flags)?;
    let mut me = ureq::get(format!("{}/v1/me", service.url()))
        .header("authorization", format!("Bearer {token}"))
        .call()?;
    let me: Value = serde_json::from_str(&me.body_mut().read_to_string()?)?;
    let permissions = me["permissions"].as_array().into_iter().flatten();
    let mut scopes: Vec<&str> = permissions.filter_map(|one| one.as_str()).collect();
    scopes.extend(more.split_whitespace());
    service.token(&[flags, &["--scope", &scopes.join(" ")]].concat())
}

/// What came of a run.
struct Tried {
    requests: u64,
    server_errors: u64,
    /// Everything else that is not as the document says.
    failures: u64,
    is_good: bool,
}

fn tried(
    program: &Path,
    service: &Service,
    token: Option<&str>,
    examples: u32,
    seed: u32,
    log: &Path,
) -> Result<Tried> {
    let report = log.with_extension("json");
    let mut command = Command::new(program);
    command
        .args(["run", &format!("{}/openapi.json", service.url()), "--no-color"])
        .args([
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "--mode",
            "all",
            "--checks",
            CHECKS,
        ])
        .args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string()])
        .args([
            "--continue-on-failure",
            "--suppress-health-check",
            "all",
            "--request-timeout",
            "30",
        ])
        .args([
            "--workers",
            "2",
            "--warnings",
            "off",
            "--report",
            "json",
            "--report-json-path",
        ])
        .arg(&report)
        .current_dir(root().join("target"))
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", root().join("tests/fuzz-api"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(token) = token {
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    let output = command.stdin(Stdio::null()).output()?;
    fs::write(log, [output.stdout, output.stderr].concat())?;
    let report = fs::read(&report).with_context(|| format!("Schemathesis left no report; see {}", log.display()))?;
    let report: Value = serde_json::from_slice(&report)?;
    let count = |list: &str, is_counted: &dyn Fn(&str) -> bool| -> u64 {
        let all = report[list].as_array().into_iter().flatten();
        all.filter(|one| is_counted(one["title"].as_str().unwrap_or_default()))
            .filter_map(|one| one["count"].as_u64())
            .sum()
    };
    Ok(Tried {
        requests: report["test_cases"]["generated"].as_u64().unwrap_or_default(),
        server_errors: count("failures", &|title| title.starts_with(SERVER_ERROR)),
        failures: count("failures", &|title| !title.starts_with(SERVER_ERROR)) + count("errors", &|_| true),
        is_good: output.status.success() && report["complete"] == true,
    })
}

/// Schemathesis in an environment of its own below `target`, of the version that `requirements.txt` names.
fn installed() -> Result<PathBuf> {
    let folder = root().join("target/schemathesis");
    let requirements = root().join("tests/fuzz-api/requirements.txt");
    if !folder.join("bin/schemathesis").is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    run(Command::new(folder.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&requirements))?;
    let program = folder.join("bin/schemathesis");
    ensure!(program.is_file(), "Schemathesis was not installed");
    Ok(program)
}
