//! Retention: what has been kept long enough goes, and nothing else.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use helhedsplan::auth::role::Role;
use helhedsplan::config::{Config, Settings};
use helhedsplan::db;
use helhedsplan::entities::{change, plan};
use helhedsplan::retention::rules::{Limited, RULES};
use helhedsplan::retention::store::{self, Outcome};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement};
use serde_json::{Value, json};

use crate::cli::helhedsplan;
use crate::support::sessions::once;
use crate::support::{Client, TestApp, quarters};

const README: &str = include_str!("../../README.md");
const QUARTER: &str = "2024-Q1";

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

/// The days that nothing sets otherwise.
fn days(limited: Limited) -> u32 {
    let config: Config = Settings::default().resolve().unwrap();
    match limited {
        Limited::Answers | Limited::Assertions => 0,
        Limited::Imports => config.keep_imports_days,
        Limited::Credentials => config.keep_credentials_days,
        Limited::DeletedSessions => config.keep_deleted_sessions_days,
        Limited::Participation => config.keep_participation_days,
        Limited::ContingencyLog => config.keep_contingency_log_days,
    }
}

async fn plan(app: &TestApp) -> plan::Model {
    plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap()
}

/// How many records of the kinds with any, as so many days from now.
async fn due(app: &TestApp, later: i64) -> Vec<(String, u64)> {
    let now = db::now() + TimeDelta::days(later);
    some(
        store::due(app.state.db.read(), &plan(app).await, days, now)
            .await
            .unwrap(),
    )
}

/// The same, and they go.
async fn apply(app: &TestApp, later: i64) -> Vec<(String, u64)> {
    let now = db::now() + TimeDelta::days(later);
    some(store::apply(&app.state.db, &plan(app).await, days, now).await.unwrap())
}

fn some(outcomes: Vec<Outcome>) -> Vec<(String, u64)> {
    let some = outcomes.into_iter().filter(|outcome| outcome.records > 0);
    some.map(|outcome| {
        let kind = outcome.kind.split([' ', ':']).next().unwrap_or_default();
        (kind.to_owned(), outcome.records)
    })
    .collect()
}

fn kinds(found: &[(String, u64)]) -> Vec<(&str, u64)> {
    found.iter().map(|(kind, records)| (kind.as_str(), *records)).collect()
}

/// So many days after the plan's last day and then some, from today.
fn after_the_plan(plan: &plan::Model, days: i64) -> i64 {
    (plan.ends_on - db::now().date_naive()).num_days() + days + 2
}

#[actix_web::test]
async fn every_table_of_the_database_has_a_row() {
    let app = TestApp::start().await;
    let read = app.state.db.read();
    let sql = match read.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        _ => "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let statement = Statement::from_string(read.get_database_backend(), sql);
    let rows = read.query_all_raw(statement).await.unwrap();
    let found: BTreeSet<String> = rows
        .iter()
        .map(|row| row.try_get::<String>("", "name").unwrap())
        .filter(|name| !name.starts_with("seaql"))
        .collect();
    let known: BTreeSet<String> = RULES
        .iter()
        .flat_map(|rule| rule.tables.iter().map(|table| (*table).to_owned()))
        .collect();
    assert_eq!(
        found.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "have no row"
    );
    assert_eq!(
        known.difference(&found).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "are not there"
    );
}

#[test]
fn the_table_of_the_readme_and_of_the_command_is_the_codes() {
    for rule in RULES {
        let row = rule.in_markdown(days);
        assert!(README.lines().any(|line| line == row), "not in the README:\n{row}");
    }
    let listed = helhedsplan(&["retention", "--list"], &[("HELHEDSPLAN_KEEP_IMPORTS_DAYS", "3")]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert_eq!(listed.lines().count(), RULES.len() + 1);
    assert!(
        listed.contains("background imports\t3 days after their end\t"),
        "{listed}"
    );
    let refused = helhedsplan(&["retention"], &[("HELHEDSPLAN_KEEP_DELETED_SESSIONS_DAYS", "6")]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("HELHEDSPLAN_KEEP_DELETED_SESSIONS_DAYS: '6'"),
        "{said}"
    );
}

#[actix_web::test]
async fn what_ended_goes_after_its_time_and_not_before() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let keyed = client.clone().header("idempotency-key", "once");
    let session = keyed.post("sessions", &once()).await.expect(201);
    let path = format!("sessions/{}", session["id"].as_str().unwrap());
    client.delete(&path).await;
    let name = json!({"name": "Power BI", "scopes": ["measurements:read"], "valid_days": 30});
    let token = client.post("read-tokens", &name).await.expect(201);
    let token = format!("read-tokens/{}", token["read_token"]["id"].as_str().unwrap());
    client.delete(&token).await.expect(200);
    let feed = client
        .post("bodies/bestyrelsen/calendar-feeds", &json!({"name": "Kalender"}))
        .await;
    let feed = format!(
        "bodies/bestyrelsen/calendar-feeds/{}",
        feed.expect(201)["feed"]["id"].as_str().unwrap()
    );
    client.delete(&feed).await;

    assert!(due(&app, 0).await.is_empty());
    assert_eq!(kinds(&due(&app, 2).await), [("answers", 1)]);
    assert_eq!(kinds(&due(&app, 29).await), [("answers", 1)]);
    let thirty = [("answers", 1), ("deleted", 1)];
    assert_eq!(kinds(&due(&app, 31).await), thirty);
    // Counting takes nothing away.
    assert_eq!(kinds(&apply(&app, 31).await), thirty);
    assert!(due(&app, 31).await.is_empty());
    let told = app.public().get("feeds/sessions?limit=1000").await.expect(200);
    let ids: Vec<&Value> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["id"])
        .collect();
    assert!(!ids.contains(&&session["id"]) && !ids.is_empty());
    assert_eq!(client.get(&token).await.status, 200);

    assert_eq!(kinds(&apply(&app, 91).await), [("background", 1)]);
    // The template's read token ended when it was made.
    assert_eq!(kinds(&apply(&app, 366).await), [("client", 3)]);
    assert_eq!(client.get(&token).await.problem(404), "not-found");
    assert_eq!(client.get(&feed).await.problem(404), "not-found");
    let deeds = change::Entity::find()
        .filter(change::Column::Operation.eq("apply_retention"))
        .order_by_asc(change::Column::Seq)
        .all(app.state.db.read())
        .await
        .unwrap();
    let targets: Vec<&str> = deeds.iter().map(|deed| deed.target.as_str()).collect();
    assert_eq!(
        targets,
        [
            "retention/deleted-sessions",
            "retention/imports",
            "retention/credentials"
        ]
    );
}

#[actix_web::test]
async fn the_secrets_of_a_revoked_client_go_and_the_client_stays() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let new = json!({"name": "Jobcenter", "role": "municipality", "organisation": "jobcenter-fredericia",
        "scopes": ["measurements:read"]});
    let made = client.post("clients", &new).await.expect(201);
    let path = format!("clients/{}", made["client"]["id"].as_str().unwrap());
    let other = client.post("clients", &new).await.expect(201);
    let other = format!("clients/{}", other["client"]["id"].as_str().unwrap());
    client.delete(&path).await.expect(200);
    apply(&app, 366).await;
    let left = client.get(&path).await.expect(200);
    assert_eq!(left["secrets"], json!([]));
    assert_eq!(
        client.get(&other).await.expect(200)["secrets"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[actix_web::test]
async fn exact_counts_go_with_their_receipts_and_releases_stay_as_they_were() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    let client = secretariat(&app);
    quarters::report_synthetic(&app.state.db, QUARTER, 500, 4).await;
    let public = json!({"period": QUARTER, "audience": "public"});
    client.post("participation/releases", &public).await.expect(201);
    let report = "participation/reports/din-uddannelsesvej/2023-Q4";
    let before = client.get(report).await.expect(200);
    assert_eq!(before["counts"].as_array().unwrap().len(), 3);
    let as_of: DateTime<Utc> = db::now();
    let tables = format!("participation/tables/zone-activity-age?period={QUARTER}");
    let shown = app.public().get(&tables).await;
    let commitments = client.get("participation/commitments").await;

    let plan = plan(&app).await;
    let early = due(&app, after_the_plan(&plan, 1820)).await;
    assert!(early.iter().all(|(kind, _)| kind != "exact"), "{early:?}");
    let gone = apply(&app, after_the_plan(&plan, 1826)).await;
    let gone = gone
        .iter()
        .find(|(kind, _)| kind == "exact")
        .map(|(_, records)| *records);
    assert!(gone.is_some_and(|gone| gone >= 4), "{gone:?}");
    assert!(due(&app, after_the_plan(&plan, 1826)).await.is_empty());

    // Reads say what became of them, also of an earlier instant.
    for path in [
        report.to_owned(),
        format!("{report}/receipt"),
        format!("{report}?revision=1"),
        format!("{report}?as_of={}", as_of.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
    ] {
        let answer = client.get(&path).await;
        assert_eq!(answer.problem(404), "not-found", "{path}");
        assert!(answer.text().contains("deleted"), "{path}: {}", answer.text());
    }
    assert!(
        client.get("participation/reports").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
            >= 4
    );
    // What was released is what it was, and is proven as before; nothing is released of what is left.
    let again = app.public().get(&tables).await;
    assert_eq!((again.status, &again.body), (shown.status, &shown.body));
    for verdict in quarters::verdicts(&app.state.db).await {
        assert!(verdict.wrong.is_empty(), "{verdict:?}");
    }
    assert_eq!(
        client.post("participation/releases", &public).await.problem(409),
        "state-conflict"
    );
    assert_eq!(client.get("participation/commitments").await.body, commitments.body);
}

#[actix_web::test]
async fn a_closed_activation_goes_when_none_follows_that_is_kept() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let log = "contingency/activations";
    let new = json!({"group": "group-1", "kind": "vandalism", "area": "zone-1", "raised_by": "boli-nu",
        "activated_at": "2024-06-01T20:15:00Z", "summary": "Hærværk (opdigtet)"});
    let first = client.post(log, &new).await.expect(201);
    let mut next = new.clone();
    next["follows"] = first["id"].clone();
    let second = client.post(log, &next).await.expect(201);
    let path = |one: &Value| format!("{log}/{}", one["id"].as_str().unwrap());
    let close = async |one: &Value| {
        let activation = client.get(&path(one)).await.expect(200);
        for action in activation["actions"].as_array().unwrap() {
            let path = format!("{}/actions/{}", path(one), action["code"].as_str().unwrap());
            let state = if action["need"] == "always" {
                "done"
            } else {
                "not_needed"
            };
            let settled = json!({"state": state, "organisation": "omraadesekretariatet", "at": "2024-06-02T06:00:00Z"});
            client.patch(&path, &settled).await.expect(200);
        }
        client
            .post(&format!("{}/close", path(one)), &json!({"conclusion": "Ovre"}))
            .await
    };
    let closed = close(&first).await;
    closed.expect(200);
    // The second one goes on, so the first is kept for it.
    assert!(!kinds(&due(&app, 1827).await).contains(&("log", 1)));
    close(&second).await.expect(200);
    assert!(kinds(&due(&app, 1827).await).contains(&("log", 2)));
    assert!(kinds(&apply(&app, 1827).await).contains(&("log", 2)));
    for one in [&first, &second] {
        assert_eq!(client.get(&path(one)).await.problem(404), "not-found");
    }
    // The template's activation is not over.
    assert_eq!(client.get(log).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn the_command_counts_or_deletes_plan_by_plan() {
    let app = TestApp::start().await;
    let url = app.database_url();
    let environment = [
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
        ("HELHEDSPLAN_KEEP_CREDENTIALS_DAYS", "0"),
    ];
    let run = |arguments: &[&str]| {
        let output = helhedsplan(arguments, &environment);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let line = "fredericia-2023-2026\tclient secrets, read tokens and calendar addresses that ended\t";
    let dry = run(&["retention", "--dry-run"]);
    assert!(
        dry.starts_with("plan\tkind\tdue\n") && dry.contains(&format!("{line}1\n")),
        "{dry}"
    );
    assert_eq!(run(&["retention", "--dry-run"]), dry);
    let done = run(&["retention"]);
    assert!(
        done.starts_with("plan\tkind\tdeleted\n") && done.contains(&format!("{line}1\n")),
        "{done}"
    );
    assert!(run(&["retention"]).contains(&format!("{line}0\n")));
}
