//! The command line, as an operator uses it.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use crate::support::{PLAN, TestApp, new_postgres_database, postgres};

pub(crate) fn helhedsplan(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helhedsplan"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command.output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_lists_every_setting_with_its_default_and_meaning() {
    let help = text(&helhedsplan(&["--help"], &[]).stdout);
    for setting in [
        "HELHEDSPLAN_LISTEN",
        "HELHEDSPLAN_DATA_DIR",
        "HELHEDSPLAN_CHECKPOINTS_DIR",
        "HELHEDSPLAN_DATABASE_URL",
        "HELHEDSPLAN_DATABASE_MAX_CONNECTIONS",
        "HELHEDSPLAN_PUBLIC_URL",
        "HELHEDSPLAN_AUDIENCE",
        "HELHEDSPLAN_LOG",
        "HELHEDSPLAN_LOG_FORMAT",
        "HELHEDSPLAN_MAX_BODY_BYTES",
        "HELHEDSPLAN_MAX_IMPORT_BYTES",
        "HELHEDSPLAN_BACKGROUND_IMPORT_BYTES",
        "HELHEDSPLAN_SHUTDOWN_SECONDS",
        "HELHEDSPLAN_WORKERS",
        "HELHEDSPLAN_ISSUERS_FILE",
        "HELHEDSPLAN_ADMIN_LISTEN",
        "HELHEDSPLAN_TRUSTED_PROXIES",
        "HELHEDSPLAN_CLIENT_REQUESTS_PER_MINUTE",
        "HELHEDSPLAN_ADDRESS_REQUESTS_PER_MINUTE",
        "HELHEDSPLAN_CLIENT_SECONDS",
        "HELHEDSPLAN_HTTP_MAX_CONNECTIONS",
        "HELHEDSPLAN_HSTS_SECONDS",
        "HELHEDSPLAN_OTLP_ENDPOINT",
        "HELHEDSPLAN_KEEP_IMPORTS_DAYS",
        "HELHEDSPLAN_KEEP_CREDENTIALS_DAYS",
        "HELHEDSPLAN_KEEP_DELETED_SESSIONS_DAYS",
        "HELHEDSPLAN_KEEP_PARTICIPATION_DAYS",
        "HELHEDSPLAN_KEEP_CONTINGENCY_LOG_DAYS",
        "HELHEDSPLAN_CONFIG",
    ] {
        assert!(help.contains(setting), "{setting} is not in:\n{help}");
    }
    assert!(help.contains("127.0.0.1:8080") && help.contains("./data"));
}

#[test]
fn a_bad_setting_stops_the_start_with_a_sentence_that_names_it() {
    let output = helhedsplan(
        &["serve"],
        &[("HELHEDSPLAN_LISTEN", "nowhere"), ("HELHEDSPLAN_WORKERS", "many")],
    );
    let said = text(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("HELHEDSPLAN_LISTEN") && said.contains("HELHEDSPLAN_WORKERS"),
        "{said}"
    );
    let output = helhedsplan(
        &["serve"],
        &[("HELHEDSPLAN_DATABASE_URL", "mysql://root:secret@localhost/x")],
    );
    let said = text(&output.stderr);
    assert!(
        said.contains("HELHEDSPLAN_DATABASE_URL") && !said.contains("secret"),
        "{said}"
    );
}

#[test]
fn the_openapi_document_needs_no_database_and_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = helhedsplan(&["openapi"], &[("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap())]);
    assert_eq!(text(&output.stdout), helhedsplan::openapi::json());
    assert!(!data.exists());
}

#[actix_web::test]
async fn an_operator_makes_a_token_that_the_running_service_accepts() {
    let app = TestApp::start().await;
    let (data, url) = (app.data_dir(), app.database_url());
    let environment = [
        ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
        ("HELHEDSPLAN_PUBLIC_URL", app.state.config.public_url.as_str()),
    ];
    let output = helhedsplan(
        &["token", "--role", "municipality", "--org", "jobcenter-fredericia"],
        &environment,
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let token = text(&output.stdout);
    assert_eq!(token.lines().count(), 1);
    let me = app.with_token(token.trim()).get("/v1/me").await.expect(200);
    assert_eq!(
        (me["role"].as_str(), me["organisation"].as_str()),
        (Some("municipality"), Some("jobcenter-fredericia"))
    );
    assert_eq!(me["plans"][0]["plan"], PLAN);
    for (arguments, names) in [
        (vec!["token", "--role", "municipality"], "--org"),
        (vec!["token", "--role", "board", "--plan", "other"], "--plan"),
        (vec!["token", "--role", "fund", "--org", "nobody"], "--org"),
        (
            vec!["token", "--role", "board", "--scope", "kendskabsgrad:write"],
            "--scope",
        ),
        (vec!["token", "--role", "public"], "--role"),
        (vec!["token", "--role", "mayor"], "--role"),
        (vec!["token", "--role", "municipality", "--org", "boli-nu"], "--org"),
        (
            vec!["token", "--role", "fund", "--org", "jobcenter-fredericia"],
            "--org",
        ),
        (vec!["token", "--role", "fund"], "--org"),
        (vec!["token", "--role", "board", "--ttl", "25h"], "--ttl"),
    ] {
        let output = helhedsplan(&arguments, &environment);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(names),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
}

#[actix_web::test]
async fn migrate_and_seed_are_explicit_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let url = match postgres() {
        Some(server) => new_postgres_database(&server, None).await,
        None => format!("sqlite://{data}/own.db?mode=rwc"),
    };
    let environment = [
        ("HELHEDSPLAN_DATA_DIR", data),
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
        ("HELHEDSPLAN_LOG_FORMAT", "json"),
    ];
    let early = helhedsplan(&["seed"], &environment);
    assert!(
        text(&early.stderr).contains("helhedsplan migrate"),
        "{}",
        text(&early.stderr)
    );
    if postgres().is_some() {
        let early = helhedsplan(&["serve"], &environment);
        assert!(
            text(&early.stderr).contains("helhedsplan migrate"),
            "{}",
            text(&early.stderr)
        );
    }
    for _ in 0..2 {
        assert!(helhedsplan(&["migrate"], &environment).status.success());
    }
    let first = helhedsplan(&["seed"], &environment);
    assert!(
        text(&first.stderr).contains("\"extracts\":1"),
        "{}",
        text(&first.stderr)
    );
    let second = helhedsplan(&["seed"], &environment);
    assert!(text(&second.stderr).contains("\"rows\":0"), "{}", text(&second.stderr));
}

/// A running `helhedsplan serve`.
pub(crate) struct Service {
    child: Child,
    log: Option<Lines<BufReader<ChildStderr>>>,
    /// Where it listens.
    pub(crate) address: String,
}

impl Service {
    /// Starts it on a free port and waits until it says that it is ready.
    pub(crate) fn start(data: &str) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with further settings.
    pub(crate) fn start_with(data: &str, environment: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut child = Command::new(env!("CARGO_BIN_EXE_helhedsplan"))
            .env_clear()
            .env("HELHEDSPLAN_DATA_DIR", data)
            .env("HELHEDSPLAN_LISTEN", &address)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = log.find(|line| line.as_ref().unwrap().contains("\"message\":\"ready\""));
        assert!(ready.is_some(), "it ended before it was ready");
        Self {
            child,
            log: Some(log),
            address,
        }
    }

    /// Asks it to stop and gives what it wrote to standard output.
    pub(crate) fn stop(mut self) -> String {
        self.terminate();
        let output = self.child.wait_with_output().unwrap();
        assert!(output.status.success());
        let mut log = self.log.take().unwrap();
        assert!(log.any(|line| line.unwrap().contains("\"message\":\"stopped\"")));
        text(&output.stdout)
    }

    fn terminate(&mut self) {
        let killed = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
    }

    fn token(&self, data: &str) -> String {
        self.token_of(data, "municipality", "jobcenter-fredericia")
    }

    fn token_of(&self, data: &str, role: &str, organisation: &str) -> String {
        let public_url = format!("http://{}", self.address);
        let environment = [
            ("HELHEDSPLAN_DATA_DIR", data),
            ("HELHEDSPLAN_PUBLIC_URL", public_url.as_str()),
        ];
        let output = helhedsplan(&["token", "--role", role, "--org", organisation], &environment);
        text(&output.stdout).trim().to_owned()
    }
}

#[actix_web::test]
async fn the_first_start_makes_and_loads_the_database_and_the_second_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for _ in 0..2 {
        let service = Service::start(data);
        let url = format!("http://{}/v1/plans/{PLAN}/areas/zone-1", service.address);
        let area = reqwest::get(url).await.unwrap();
        assert_eq!(area.status(), 200);
        let said = service.stop();
        assert!(said.contains("/docs/") && said.contains(PLAN), "{said}");
        // Nobody sees a token where standard output is no terminal.
        assert!(!said.contains("eyJ"), "{said}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(data.as_ref()), 0o700);
        // Even in a folder that others may enter.
        assert_eq!(mode(&folder.path().join("data/helhedsplan.db")), 0o600);
    }
}

#[actix_web::test]
async fn a_request_in_flight_finishes_when_the_service_is_asked_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut service = Service::start(data);
    let token = service.token(data);
    let body = crate::support::extracts::extract("2024-01-01").to_string();
    let head = format!(
        "POST /v1/plans/{PLAN}/kendskabsgrad/extracts HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    // The service has the request when it asks for the body.
    let mut go_on = [0_u8; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert!(text(&go_on).starts_with("HTTP/1.1 100 Continue"), "{}", text(&go_on));
    service.terminate();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let ended = service.child.wait().unwrap();
    assert!(ended.success());
    let again = Service::start(data);
    let url = format!(
        "http://{}/v1/plans/{PLAN}/kendskabsgrad/extracts/2024-01-01",
        again.address
    );
    let stored = reqwest::Client::new()
        .get(url)
        .bearer_auth(again.token(data))
        .send()
        .await
        .unwrap();
    assert_eq!(stored.status(), 200);
    again.stop();
}

#[actix_web::test]
async fn no_secret_and_no_token_is_ever_logged() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut service = Service::start_with(data, &[("HELHEDSPLAN_LOG", "trace")]);
    // Read while it runs: it waits where nobody reads so much.
    let lines = service.log.take().unwrap();
    let log = std::thread::spawn(move || lines.map(Result::unwrap).collect::<Vec<_>>().join("\n"));
    let environment = [("HELHEDSPLAN_DATA_DIR", data), ("HELHEDSPLAN_LOG", "trace")];
    let scope = "measurements:read";
    let add = ["client", "add", "--name", "x", "--role", "board", "--scope", scope];
    let output = helhedsplan(&add, &environment);
    let mut said = text(&output.stderr);
    let printed = text(&output.stdout);
    let value = |name: &str| {
        printed
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
            .to_owned()
    };
    let (id, secret) = (value("CLIENT_ID="), value("CLIENT_SECRET="));
    let add = ["read-token", "add", "--name", "x", "--role", "board", "--scope", scope];
    let output = helhedsplan(&add, &environment);
    said.push_str(&text(&output.stderr));
    let read = text(&output.stdout).trim().to_owned();
    let http = reqwest::Client::new();
    let ask = |password: String| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            ("client_secret", &password),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        http.post(format!("http://{}/oauth/token", service.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
    };
    assert_eq!(ask(format!("{secret}wrong")).await.unwrap().status(), 401);
    let answer = ask(secret.clone()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let in_base64 = STANDARD.encode(format!("x:{read}"));
    for authorization in [
        format!("Bearer {token}"),
        format!("Bearer {read}"),
        format!("Basic {in_base64}"),
    ] {
        let url = format!("http://{}/v1/me", service.address);
        http.get(url)
            .header("authorization", authorization)
            .send()
            .await
            .unwrap();
    }
    // Where it does not belong: behind the question mark, in the path, where there is no operation, twice, and misspelt.
    for place in [
        format!("v1/me?access_token={token}"),
        format!("v1/plans/{token}/areas"),
        format!("v1/plans/{PLAN}/measurements?cursor={token}"),
        format!("{token}/{read}"),
    ] {
        let answer = http
            .get(format!("http://{}/{place}", service.address))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_client_error(), "{place}");
    }
    for misplaced in [&read, &secret] {
        let url = format!("http://{}/livez", service.address);
        let answer = http.get(url).header("x-request-id", misplaced).send().await.unwrap();
        assert_ne!(answer.headers()["x-request-id"], misplaced.as_str());
    }
    for authorization in [
        format!("Bearer {token}x"),
        format!("Bearer{token}"),
        format!("Basic {token}"),
    ] {
        let url = format!("http://{}/v1/me", service.address);
        let again = http
            .get(url)
            .header("authorization", &authorization)
            .header("authorization", &authorization);
        assert_eq!(again.send().await.unwrap().status(), 401);
    }
    service.terminate();
    assert!(service.child.wait().unwrap().success());
    said.push_str(&log.join().unwrap());
    assert!(said.contains("access token issued") && said.contains(&id));
    for secret in [&secret[13..], &read[13..], &token, &in_base64] {
        assert!(!said.contains(secret), "a secret is in the log");
    }
}

/// Sends an import that takes a while, under a key, and gives the path of what becomes of it.
async fn begin_import(service: &Service, data: &str) -> String {
    let imports = format!("/v1/plans/{PLAN}/measurements/imports");
    let mut table = String::from("indicator,area,period,value,source\n");
    let first = chrono::NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    for day in 0..60_000 {
        let date = first + chrono::Days::new(day % 30_000);
        let zone = day / 30_000 + 1;
        table.push_str(&format!("outside-labour-market-18-64,zone-{zone},{date},40.1,test\n"));
    }
    let started = reqwest::Client::new()
        .post(format!("http://{}{imports}", service.address))
        .bearer_auth(service.token_of(data, "secretariat", "omraadesekretariatet"))
        .header("content-type", "text/csv")
        .header("prefer", "respond-async")
        .header("idempotency-key", "a-while")
        .body(table)
        .send()
        .await
        .unwrap();
    assert_eq!(started.status(), 202);
    started.headers()["location"].to_str().unwrap().to_owned()
}

/// What the secretariat reads at a path of a running service.
async fn read(service: &Service, data: &str, path: &str) -> serde_json::Value {
    let answer = reqwest::Client::new()
        .get(format!("http://{}{path}", service.address))
        .bearer_auth(service.token_of(data, "secretariat", "omraadesekretariatet"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// Figures that only [`begin_import`] stores.
const LONG_AGO: &str = "measurements?indicator=outside-labour-market-18-64&to=1990";

#[actix_web::test]
async fn an_import_whose_process_is_killed_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut service = Service::start(data);
    let location = begin_import(&service, data).await;
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    let again = Service::start(data);
    // Until its minute is over it counts as running; then as interrupted.
    let import = read(&again, data, &location).await;
    assert_eq!(
        (&import["state"], &import["receipt"]),
        (&"running".into(), &serde_json::Value::Null)
    );
    let list = format!("/v1/plans/{PLAN}/{LONG_AGO}");
    assert_eq!(read(&again, data, &list).await["items"], serde_json::json!([]));
    again.stop();
}

#[actix_web::test]
async fn an_import_that_a_stopping_service_cuts_off_is_interrupted_at_once_and_can_be_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let service = Service::start(data);
    let location = begin_import(&service, data).await;
    service.stop();
    let again = Service::start(data);
    let import = read(&again, data, &location).await;
    assert_eq!(
        (&import["state"], &import["receipt"]),
        (&"interrupted".into(), &serde_json::Value::Null)
    );
    assert!(import["finished_at"].is_string(), "{import}");
    let list = format!("/v1/plans/{PLAN}/{LONG_AGO}");
    assert_eq!(read(&again, data, &list).await["items"], serde_json::json!([]));
    // Its key is free: the same request is another import.
    assert_ne!(begin_import(&again, data).await, location);
    again.stop();
}

#[test]
fn a_command_in_the_wrong_folder_says_that_there_is_no_database_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let environment = [("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap())];
    for arguments in [
        &["token", "--role", "auditor"][..],
        &["seed"],
        &["audit", "verify"],
        &["audit", "checkpoint"],
        &["client", "list"],
        &["read-token", "list"],
        &["retention"],
        &["retention", "--dry-run"],
        &["redact", "--reason", "x"],
        &["disclosure", "audit"],
        &["backup", "copy.db"],
    ] {
        let output = helhedsplan(arguments, &environment);
        let said = text(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        assert!(said.contains("there is no database at"), "{arguments:?}: {said}");
        assert!(!data.exists(), "{arguments:?}");
    }
    for arguments in [&["keys", "list"][..], &["keys", "remove", "x"]] {
        let output = helhedsplan(arguments, &environment);
        let said = text(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said.contains("there are no keys at"), "{arguments:?}: {said}");
        assert!(!data.exists(), "{arguments:?}");
    }
}
