//! The README's commands, run word for word against a service of their own.

use std::process::Command;

use crate::support::TestApp;

const README: &str = include_str!("../../README.md");

/// The blocks after a marker: what is run, and lines that it must print.
fn steps(marker: &str) -> Vec<(String, Vec<String>)> {
    let block = |text: &str| -> String {
        let (_, rest) = text.split_once("```").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        rest.split("```").next().unwrap().to_owned()
    };
    README
        .split(marker)
        .skip(1)
        .map(|part| {
            let script = block(part);
            let (_, after) = part.split_once(&script).unwrap();
            let (_, after) = after.split_once("```").unwrap();
            (script, block(after).lines().map(str::to_owned).collect())
        })
        .collect()
}

#[actix_web::test]
async fn the_tour_works_word_for_word() {
    run("<!-- tour -->", 10).await;
}

#[actix_web::test]
async fn the_commands_about_callers_and_tokens_work_word_for_word() {
    run("<!-- callers -->", 6).await;
}

async fn run(marker: &str, blocks: usize) {
    let app = TestApp::start().await;
    let steps = steps(marker);
    assert_eq!(steps.len(), blocks);
    // Only the program's name and its address are others than on a reader's machine.
    let program = env!("CARGO_BIN_EXE_helhedsplan");
    let mut script = format!("set -euo pipefail\nhelhedsplan() {{ {program} \"$@\"; }}\n");
    for (number, (step, _)) in steps.iter().enumerate() {
        assert!(step.contains("http://127.0.0.1:8080") || ["$A", "$P", "$S"].iter().any(|name| step.contains(name)));
        script.push_str(&format!("{step}\necho\necho '== {number}'\n"));
    }
    let script = script
        .replace("http://127.0.0.1:8080", &app.state.config.public_url)
        .replace("cargo run --quiet --", program);
    let (data, url) = (app.data_dir(), app.database_url());
    let output = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .args(["-c", &script])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("HELHEDSPLAN_DATA_DIR", data)
            .env("HELHEDSPLAN_DATABASE_URL", url)
            .env("HELHEDSPLAN_PUBLIC_URL", &app.state.config.public_url)
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{printed}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for (number, (_, lines)) in steps.iter().enumerate() {
        let (_, rest) = if number == 0 {
            ("", printed.as_str())
        } else {
            printed.split_once(&format!("== {}\n", number - 1)).unwrap()
        };
        let of_step = rest.split("\n== ").next().unwrap();
        assert!(!lines.is_empty());
        for line in lines {
            assert!(
                of_step.contains(line.as_str()),
                "step {}: no {line}\nin {of_step}",
                number + 1
            );
        }
    }
}

#[test]
fn the_permission_table_is_the_codes() {
    use helhedsplan::auth::role::{Permission, Role};
    for permission in Permission::ALL {
        let start = format!("| `{}`", permission.scope());
        let row = README.lines().find(|line| line.starts_with(&start)).unwrap();
        let cells: Vec<bool> = row
            .trim_end_matches('|')
            .split('|')
            .skip(2)
            .map(|cell| cell.contains('✓'))
            .collect();
        let expected: Vec<bool> = Role::ALL.iter().map(|role| role.may(*permission)).collect();
        assert_eq!(cells, expected, "{row}");
    }
}
