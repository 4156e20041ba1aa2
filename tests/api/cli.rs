//! The command line, as an operator uses it.

use std::process::{Command, Output};

use crate::support::{PLAN, TestApp, postgres};

fn helhedsplan(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helhedsplan"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_lists_every_setting_with_its_default_and_meaning() {
    let help = text(&helhedsplan(&["--help"], &[]).stdout);
    for setting in [
        "HELHEDSPLAN_LISTEN",
        "HELHEDSPLAN_DATA_DIR",
        "HELHEDSPLAN_DATABASE_URL",
        "HELHEDSPLAN_DATABASE_MAX_CONNECTIONS",
        "HELHEDSPLAN_PUBLIC_URL",
        "HELHEDSPLAN_AUDIENCE",
        "HELHEDSPLAN_LOG",
        "HELHEDSPLAN_LOG_FORMAT",
        "HELHEDSPLAN_MAX_BODY_BYTES",
        "HELHEDSPLAN_SHUTDOWN_SECONDS",
        "HELHEDSPLAN_WORKERS",
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

#[test]
fn migrate_and_seed_are_explicit_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    if postgres().is_some() {
        // The other tests of this run show the same on PostgreSQL: their databases are migrated and loaded this way.
        assert!(helhedsplan(&["openapi"], &[]).status.success());
    }
    let environment = [("HELHEDSPLAN_DATA_DIR", data), ("HELHEDSPLAN_LOG_FORMAT", "json")];
    let early = helhedsplan(&["seed"], &environment);
    assert!(
        text(&early.stderr).contains("helhedsplan migrate"),
        "{}",
        text(&early.stderr)
    );
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
