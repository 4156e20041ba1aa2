//! The audit log: every write and every protected read is in it, nothing is shown or written without, and whatever is done to it
//! afterwards is found.

use std::process::Output;

use futures_util::future::{join, join_all};
use helhedsplan::audit::checkpoints::{Folder, Signed};
use helhedsplan::audit::store;
use helhedsplan::auth::issuer::Issuer;
use helhedsplan::auth::keys::KeyRing;
use helhedsplan::auth::role::{Permission, Role};
use helhedsplan::entities::{audit_entry, audit_head, change, plan, plan_clock};
use helhedsplan::record::chain;
use helhedsplan::witness;
use reqwest::Method;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryOrder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cli::{Service, helhedsplan, text};
use crate::support::document::{Operation, operations};
use crate::support::participation::report;
use crate::support::{Client, PLAN, TestApp};

const LOG: &str = "audit-log";

/// The whole log, in its order.
async fn log(app: &TestApp) -> Vec<audit_entry::Model> {
    audit_entry::Entity::find()
        .order_by_asc(audit_entry::Column::Number)
        .all(app.state.db.read())
        .await
        .unwrap()
}

/// What was entered after so many entries: operation, target and outcome.
async fn since(app: &TestApp, entries: usize) -> Vec<(String, String, String)> {
    let log = log(app).await.split_off(entries);
    let said = log.into_iter();
    said.map(|entry| (entry.operation, entry.target, entry.outcome))
        .collect()
}

fn entered(operation: &str, target: &str, outcome: &str) -> (String, String, String) {
    (operation.to_owned(), target.to_owned(), outcome.to_owned())
}

/// Somebody who may whatever they like to the database.
async fn tamper(app: &TestApp, statements: &[&str]) {
    let transaction = app.state.db.begin().await.unwrap();
    for statement in statements {
        transaction.execute_unprepared(statement).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

/// Takes away what keeps the entries from being changed.
pub(crate) async fn lift_the_guards(app: &TestApp) {
    let statements: &[&str] = match app.state.db.is_sqlite() {
        true => &[
            "DROP TRIGGER audit_entries_no_update",
            "DROP TRIGGER audit_entries_no_delete",
        ],
        false => &["DROP TRIGGER audit_entries_stay ON audit_entries"],
    };
    tamper(app, statements).await;
}

/// `helhedsplan audit …` on the application's database, keys and checkpoints.
fn audit(app: &TestApp, arguments: &[&str]) -> Output {
    let (data, url) = (app.data_dir(), app.database_url());
    let environment = [
        ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
    ];
    helhedsplan(&[&["audit"], arguments].concat(), &environment)
}

#[track_caller]
fn witness(app: &TestApp) {
    let output = audit(app, &["checkpoint"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// What `audit verify` says, and that it ends well.
#[track_caller]
fn intact(app: &TestApp) -> String {
    let output = audit(app, &["verify"]);
    let said = text(&output.stdout);
    assert!(output.status.success() && said.starts_with("intact"), "{said}");
    said
}

/// What `audit verify` says, and that it ends with 1.
#[track_caller]
fn tampered(app: &TestApp) -> String {
    let output = audit(app, &["verify"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("TAMPERED"), "{said}");
    said
}

fn is_watched(operation: &Operation) -> bool {
    let permission = operation.scope().and_then(|scope| scope.parse::<Permission>().ok());
    permission.is_some_and(Permission::is_watched)
}

#[actix_web::test]
async fn every_read_of_what_is_protected_leaves_one_entry_and_no_other_read_does() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let version = plan_clock::Entity::find().one(app.state.db.read()).await.unwrap();
    let mut watched = Vec::new();
    for operation in operations() {
        if operation.method != Method::GET || !operation.path.contains("{plan}") {
            continue;
        }
        let may = |permission: Permission| Role::Secretariat.may(permission);
        if !operation.scope().is_some_and(|scope| may(scope.parse().unwrap()))
            || operation.path.contains("imports/{id}")
        {
            continue;
        }
        let before = log(&app).await.len();
        let path = app.path_of(&operation);
        let answer = secretariat.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let after = log(&app).await.split_off(before);
        if !is_watched(&operation) {
            assert!(after.is_empty(), "{path}: {after:?}");
            continue;
        }
        let id = operation.item["operationId"].as_str().unwrap().to_owned();
        let entry = &after[0];
        assert_eq!(after.len(), 1, "{path}");
        assert_eq!(
            (entry.subject.as_str(), entry.client.as_deref(), entry.role.as_deref()),
            (
                "omraadesekretariatet",
                Some("omraadesekretariatet"),
                Some("secretariat")
            )
        );
        assert_eq!((&entry.operation, entry.outcome.as_str()), (&id, "shown"));
        assert_eq!(format!("/v1/plans/{PLAN}/{}", entry.target), path);
        assert_eq!(entry.request_id.as_deref(), Some(answer.header("x-request-id")));
        assert_eq!(entry.data_version, None);
        // That it is as it was is shown, too, and so is how long it is.
        let known = secretariat.clone().header("if-none-match", answer.header("etag"));
        assert_eq!(known.get(&path).await.status, 304);
        assert_eq!(
            secretariat.send(Method::HEAD, &path, None, Vec::new()).await.status,
            200
        );
        let both = since(&app, before + 1).await;
        assert_eq!(both, vec![entered(&id, &entry.target, "shown"); 2]);
        watched.push(id);
    }
    watched.sort();
    assert_eq!(
        watched,
        [
            "get_contingency_action",
            "get_contingency_activation",
            "get_contingency_plan",
            "get_contingency_version",
            "get_minutes",
            "get_participation_receipt",
            "get_report",
            "list_contingency_activations",
            "list_contingency_versions",
            "list_reports"
        ]
    );
    // Nothing was written: what is remembered of the plan's data is still true.
    assert_eq!(
        plan_clock::Entity::find().one(app.state.db.read()).await.unwrap(),
        version
    );
    intact(&app);
}

#[actix_web::test]
async fn every_write_has_its_entry_and_every_entry_of_a_write_its_write() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
    let patch = json!({"name": "Beskæftigelse og mere"});
    let answer = secretariat.patch("focus-areas/beskaeftigelse", &patch).await;
    answer.expect(200);
    // Refused: nothing is written, and nothing entered.
    secretariat
        .patch("focus-areas/beskaeftigelse", &json!({"name": 7}))
        .await
        .problem(422);
    let table = "indicator,area,period,value,source\noutside-labour-market-18-64,zone-1,2030,40.10,Landsbyggefonden\n";
    secretariat.post_csv("measurements/imports", table).await.expect(201);
    let extract = crate::support::extracts::extract("2024-01-01");
    app.jobcenter()
        .post("kendskabsgrad/extracts", &extract)
        .await
        .expect(201);
    let writes = change::Entity::find()
        .order_by_asc(change::Column::Seq)
        .all(app.state.db.read())
        .await
        .unwrap();
    let entries = log(&app).await;
    let done: Vec<_> = entries.iter().filter(|entry| entry.outcome == "done").collect();
    assert_eq!(writes.len(), done.len());
    for (write, entry) in writes.iter().zip(&done) {
        assert_eq!(entry.data_version, Some(write.seq));
        assert_eq!(
            (
                write.at,
                &write.subject,
                &write.operation,
                &write.target,
                &write.request_id
            ),
            (
                entry.at,
                &entry.subject,
                &entry.operation,
                &entry.target,
                &entry.request_id
            )
        );
    }
    let patched = done.iter().find(|entry| entry.operation == "patch_focus_area").unwrap();
    assert_eq!(patched.request_id.as_deref(), Some(answer.header("x-request-id")));
    assert_eq!(patched.role.as_deref(), Some("secretariat"));
    assert_eq!(patched.target, "focus-areas/beskaeftigelse");
    let imports: Vec<_> = done
        .iter()
        .filter(|entry| entry.operation == "import_measurements")
        .collect();
    assert_eq!(imports.last().unwrap().subject, "omraadesekretariatet");
    let seeded = &done[0];
    assert_eq!((seeded.number, seeded.data_version), (1, Some(1)));
    assert_eq!(
        (seeded.subject.as_str(), &seeded.client, &seeded.role),
        ("operator", &None, &None)
    );
    intact(&app);
}

#[actix_web::test]
async fn an_answer_that_shows_without_having_written_is_a_read() {
    let app = TestApp::start().await;
    let jobcenter = app.jobcenter();
    let before = log(&app).await.len();
    let reports = "participation/reports";
    let dry = jobcenter
        .post(&format!("{reports}?dry_run=true"), &report("2023-Q4"))
        .await;
    dry.expect(200);
    let shown = entered("report_participation", reports, "shown");
    assert_eq!(since(&app, before).await, std::slice::from_ref(&shown));
    // Written once, and answered twice.
    let keyed = jobcenter.clone().header("idempotency-key", "k");
    for _ in 0..2 {
        keyed.post(reports, &report("2023-Q3")).await.expect(201);
    }
    let done = entered(
        "report_participation",
        "participation/reports/din-uddannelsesvej/2023-Q3",
        "done",
    );
    assert_eq!(since(&app, before + 1).await, [done, shown.clone()]);
    // The same again changes nothing.
    jobcenter.post(reports, &report("2023-Q3")).await.expect(200);
    assert_eq!(since(&app, before + 3).await, [shown]);
    // Nor does a patch that says nothing; it answers with the whole.
    let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
    secretariat
        .patch("contingency/versions/1", &json!({}))
        .await
        .expect(200);
    assert_eq!(
        since(&app, before + 4).await,
        [entered("patch_contingency_version", "contingency/versions/1", "shown")]
    );
    intact(&app);
}

#[actix_web::test]
async fn attempts_that_come_to_nothing_are_entered_as_far_as_they_are_no_flood() {
    let app = TestApp::start().await;
    let before = log(&app).await.len();
    // Nobody that is known, and somebody who does not reach the plan.
    app.public().get("contingency").await.problem(401);
    let elsewhere = app.token(Role::Secretariat, Some("omraadesekretariatet"), &["another-plan"], None);
    app.with_token(&elsewhere).get("contingency").await.problem(404);
    assert_eq!(since(&app, before).await, []);
    let auditor = app.as_role(Role::Auditor);
    for _ in 0..15 {
        auditor.get("contingency").await.problem(403);
    }
    assert_eq!(
        since(&app, before).await,
        vec![entered("get_contingency_plan", "contingency", "refused"); 10]
    );
    // What somebody typed is not repeated.
    let board = app.as_role(Role::Board);
    board
        .get("contingency/activations/Hans%20Hansen%20010190-1234")
        .await
        .problem(400);
    board
        .get(&format!("contingency/activations/{}", uuid::Uuid::nil()))
        .await
        .problem(404);
    let target = format!("contingency/activations/{}", uuid::Uuid::nil());
    assert_eq!(
        since(&app, before + 10).await,
        [entered("get_contingency_activation", &target, "not_found")]
    );
    let housing = app.as_role(Role::HousingOrganisation);
    housing
        .get("participation/reports/Hans%20Hansen/2023-Q4")
        .await
        .problem(404);
    assert_eq!(
        since(&app, before + 11).await,
        [entered("get_report", "participation/reports/*/2023-Q4", "not_found")]
    );
    intact(&app);
}

#[actix_web::test]
async fn what_cannot_be_entered_is_neither_shown_nor_written() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
    let seen = secretariat.get("contingency").await;
    let name = app.public().get("focus-areas/beskaeftigelse").await.expect(200)["name"].clone();
    let log = log(&app).await;
    tamper(&app, &["ALTER TABLE audit_entries RENAME TO hidden"]).await;
    for operation in operations()
        .iter()
        .filter(|operation| operation.method == Method::GET && is_watched(operation))
    {
        let path = app.path_of(operation);
        let answer = secretariat.get(&path).await;
        assert_eq!(answer.problem(503), "unavailable", "{path}");
        assert_eq!((answer.header("etag"), answer.header("retry-after")), ("", "5"));
        assert!(seen.text().contains("group-1") && !answer.text().contains("group-1"));
    }
    let known = secretariat.clone().header("if-none-match", seen.header("etag"));
    known.get("contingency").await.problem(503);
    let patch = json!({"name": "Noget andet"});
    let write = secretariat.patch("focus-areas/beskaeftigelse", &patch).await;
    assert!(write.status >= 500, "{}", write.text());
    // What is not protected goes on.
    let now = app.public().get("focus-areas/beskaeftigelse").await.expect(200);
    assert_eq!(now["name"], name);
    tamper(&app, &["ALTER TABLE hidden RENAME TO audit_entries"]).await;
    assert_eq!(self::log(&app).await, log);
    secretariat
        .patch("focus-areas/beskaeftigelse", &patch)
        .await
        .expect(200);
    secretariat.get("contingency").await.expect(200);
    intact(&app);
}

#[actix_web::test]
async fn the_database_refuses_to_change_or_delete_an_entry() {
    let app = TestApp::start().await;
    for statement in [
        "UPDATE audit_entries SET subject = 'nobody' WHERE number = 1",
        "DELETE FROM audit_entries WHERE number = 1",
        "DELETE FROM audit_entries",
    ] {
        let transaction = app.state.db.begin().await.unwrap();
        let error = transaction.execute_unprepared(statement).await.unwrap_err().to_string();
        assert!(error.contains("audit entries are never"), "{error}");
    }
}

/// Whoever may write the database: what is done, and how it is told.
type Attack = (&'static [&'static str], &'static [&'static str]);

const ATTACKS: &[Attack] = &[
    // A field of an entry.
    (
        &["UPDATE audit_entries SET subject = 'nobody' WHERE number = 5"],
        &["entry 5: altered"],
    ),
    (
        &["UPDATE audit_entries SET role = NULL, client = 'x' WHERE number = 5"],
        &["entry 5: altered"],
    ),
    // An entry in the middle, and at the beginning.
    (
        &["DELETE FROM audit_entries WHERE number = 5"],
        &[
            "entry 6: gap",
            "entry 6: unlinked",
            "data version 5: write_without_entry",
        ],
    ),
    (
        &["DELETE FROM audit_entries WHERE number = 1"],
        &["entry 2: gap", "entry 2: unlinked"],
    ),
    // Two exchanged.
    (
        &[
            "UPDATE audit_entries SET number = -1 WHERE number = 5",
            "UPDATE audit_entries SET number = 5 WHERE number = 6",
            "UPDATE audit_entries SET number = 6 WHERE number = -1",
        ],
        &["entry 5: altered", "entry 5: unlinked", "entry 6: altered"],
    ),
    // The last one, and the database made to look as if it had never been: entry, end, write and clock.
    (
        &[
            "DELETE FROM audit_entries WHERE number = (SELECT number FROM audit_heads)",
            "UPDATE audit_heads SET number = number - 1",
            "UPDATE audit_heads SET hash = (SELECT hash FROM audit_entries e WHERE e.number = audit_heads.number)",
            "DELETE FROM changes WHERE seq = (SELECT seq FROM plan_clocks)",
            "UPDATE plan_clocks SET seq = seq - 1",
        ],
        &["cut_off"],
    ),
    // The last one and nothing else.
    (
        &["DELETE FROM audit_entries WHERE number = (SELECT number FROM audit_heads)"],
        &["end_moved", "cut_off", "write_without_entry"],
    ),
    // All of them.
    (
        &[
            "DELETE FROM audit_entries",
            "UPDATE audit_heads SET number = 0, hash = ''",
        ],
        &["cut_off"],
    ),
    // The record of a write that an entry is about.
    (
        &["UPDATE changes SET subject = 'nobody' WHERE seq = 5"],
        &["entry 5: write_differs"],
    ),
    (
        &["DELETE FROM changes WHERE seq = 5"],
        &["entry 5: entry_without_write"],
    ),
];

#[actix_web::test]
async fn whatever_is_altered_dropped_exchanged_or_cut_off_is_found() {
    for (statements, kinds) in ATTACKS {
        let app = TestApp::start().await;
        witness(&app);
        intact(&app);
        lift_the_guards(&app).await;
        tamper(&app, statements).await;
        let said = tampered(&app);
        for kind in *kinds {
            assert!(said.contains(kind), "{statements:?}: no {kind} in:\n{said}");
        }
        // No later checkpoint says that all is well, as far as one was there to hold it against.
        if said.contains("cut_off") {
            assert!(!audit(&app, &["checkpoint"]).status.success());
        }
    }
}

/// Makes every hash anew, as somebody would who knows how.
async fn make_anew(app: &TestApp, entries: Vec<audit_entry::Model>) {
    let transaction = app.state.db.begin().await.unwrap();
    let mut previous = chain::origin(PLAN);
    let mut last = 0;
    for mut entry in entries {
        entry.previous_hash.clone_from(&previous);
        entry.hash = chain::hash_of(&entry);
        previous.clone_from(&entry.hash);
        last = entry.number;
        audit_entry::Entity::delete_by_id((entry.plan_id, entry.number))
            .exec(&transaction)
            .await
            .unwrap();
        let row = entry.into_active_model().reset_all();
        audit_entry::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await
            .unwrap();
    }
    let head = audit_head::Entity::find().one(&transaction).await.unwrap().unwrap();
    let mut head = head.into_active_model();
    head.number = sea_orm::Set(last);
    head.hash = sea_orm::Set(previous);
    head.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

#[actix_web::test]
async fn a_log_that_was_written_anew_as_a_whole_is_found() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    for _ in 0..3 {
        secretariat.get("contingency").await.expect(200);
    }
    witness(&app);
    lift_the_guards(&app).await;
    let whole = log(&app).await;
    let end = whole.len();
    // Somebody else read it.
    let mut altered = whole.clone();
    altered[end - 2].subject = "somebody-else".to_owned();
    make_anew(&app, altered).await;
    assert!(tampered(&app).contains(&format!("entry {end}: rewritten")));
    // A read that never was, in the middle.
    let mut added = whole.clone();
    let mut copy = added[end - 2].clone();
    copy.subject = "somebody-else".to_owned();
    added.insert(end - 2, copy);
    for (number, entry) in (1..).zip(&mut added) {
        entry.number = number;
    }
    make_anew(&app, added).await;
    assert!(tampered(&app).contains(&format!("entry {end}: rewritten")));
    // As it was.
    tamper(&app, &[&format!("DELETE FROM audit_entries WHERE number > {end}")]).await;
    make_anew(&app, whole).await;
    intact(&app);
}

#[actix_web::test]
async fn checkpoints_that_were_changed_are_found_and_a_copy_of_them_is_as_good() {
    let app = TestApp::start().await;
    assert!(intact(&app).contains("no witness"));
    witness(&app);
    assert!(!intact(&app).contains("no witness"));
    let folder = app.data_dir().join("checkpoints");
    let file = folder.join(format!("{PLAN}.jws"));
    let copy = app.data_dir().join("copy");
    crate::support::copy_all(&folder, &copy);
    app.as_role(Role::Secretariat).get("contingency").await.expect(200);
    witness(&app);
    let both = std::fs::read_to_string(&file).unwrap();
    assert_eq!(both.lines().count(), 2);
    // Nothing new: nothing written.
    witness(&app);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), both);
    let entries = log(&app).await.len();
    assert!(intact(&app).contains(&format!(
        "{entries} entries, 2 checkpoints, witnessed up to entry {entries}"
    )));
    let against_copy = audit(
        &app,
        &["verify", "--plan", PLAN, "--checkpoints", copy.to_str().unwrap()],
    );
    let said = text(&against_copy.stdout);
    assert!(against_copy.status.success(), "{said}");
    assert!(said.contains(&format!("1 checkpoints, witnessed up to entry {}", entries - 1)));
    assert!(said.contains("Not found, ever:"));
    // A slip in the folder's name, or a copy of nothing, is no good verdict.
    let empty = app.data_dir().join("empty");
    std::fs::create_dir(&empty).unwrap();
    std::fs::write(empty.join(format!("{PLAN}.jws")), "").unwrap();
    for wrong in [app.data_dir().join("slip"), app.data_dir().join("keys"), empty] {
        let output = audit(&app, &["verify", "--checkpoints", wrong.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        assert!(
            text(&output.stderr).contains("has no checkpoints of"),
            "{}",
            text(&output.stderr)
        );
        assert!(!text(&output.stdout).contains("intact"));
    }
    // After the key that signed is gone, they are checked all the same.
    let environment_of = |command: &[&str]| {
        let data = app.data_dir();
        let output = helhedsplan(command, &[("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap())]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let kid = environment_of(&["keys", "list"])
        .lines()
        .nth(1)
        .unwrap()
        .split('\t')
        .next()
        .unwrap()
        .to_owned();
    environment_of(&["keys", "rotate"]);
    environment_of(&["keys", "remove", &kid]);
    intact(&app);
    let lines: Vec<&str> = both.lines().collect();
    let exchanged = format!("{}\n{}\n", lines[1], lines[0]);
    let altered = both.replacen('.', ".A", 1);
    for bad in [exchanged, altered, format!("{both}nonsense\n")] {
        std::fs::write(&file, bad).unwrap();
        assert!(tampered(&app).contains("bad_checkpoint"));
    }
    std::fs::write(&file, both).unwrap();
    intact(&app);
}

/// Somebody who may write the database, and knows how: another log as a whole, in which each entry is as it should be.
async fn forge(app: &TestApp) {
    lift_the_guards(app).await;
    let mut whole = log(app).await;
    let end = whole.len();
    whole[end - 2].subject = "somebody-else".to_owned();
    make_anew(app, whole).await;
}

/// A log whose last entries are reads, and how long it is.
async fn read_three_times(app: &TestApp) -> usize {
    for _ in 0..3 {
        app.as_role(Role::Secretariat).get("contingency").await.expect(200);
    }
    log(app).await.len()
}

#[actix_web::test]
async fn checkpoints_that_go_back_are_missed_by_the_service_that_runs_and_by_a_copy() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let folder = app.data_dir().join("checkpoints");
    let file = folder.join(format!("{PLAN}.jws"));
    assert_eq!(witness::round(&app.state, None).await, None);
    let first = std::fs::read_to_string(&file).unwrap();
    let end = read_three_times(&app).await;
    for service in [&app, &other] {
        assert_eq!(witness::round(&service.state, None).await, None);
    }
    let copy = app.data_dir().join("copy");
    crate::support::copy_all(&folder, &copy);
    // Cut back, or deleted: no new one covers it.
    forge(&app).await;
    for is_cut in [true, false] {
        match is_cut {
            true => std::fs::write(&file, &first).unwrap(),
            false => std::fs::remove_file(&file).unwrap(),
        }
        for service in [&app, &other] {
            let fault = witness::round(&service.state, None).await.unwrap();
            assert!(
                fault.contains(&format!("this process has witnessed entry {end}")),
                "{fault}"
            );
        }
    }
    assert!(!file.exists());
    // A service that was started again remembers nothing: as it is stated.
    let restarted = app.replica().await;
    assert_eq!(witness::round(&restarted.state, None).await, None);
    assert!(intact(&app).contains(&format!("1 checkpoints, witnessed up to entry {end}")));
    // Those that run do, though the folder looks as it should.
    let fault = witness::round(&app.state, None).await.unwrap();
    assert!(
        fault.contains("is not the one that this process has witnessed"),
        "{fault}"
    );
    // And so does who has a copy.
    let output = audit(&app, &["verify", "--checkpoints", copy.to_str().unwrap()]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("entry {end}: rewritten")), "{said}");
}

#[actix_web::test]
async fn checkpoints_signed_with_a_foreign_key_are_found_by_whoever_knows_the_services_keys() {
    let app = TestApp::start().await;
    let end = read_three_times(&app).await;
    assert_eq!(witness::round(&app.state, None).await, None);
    let own = app.state.auth.jwks(chrono::Utc::now()).keys[0].kid.clone();
    assert!(intact(&app).contains(&format!("entries {end} to {end}: signed by {own}\n")));
    let trusting = audit(&app, &["verify", "--signed-by", &own]);
    assert!(trusting.status.success(), "{}", text(&trusting.stdout));
    // The log and the folder, both written anew; of the service's keys nothing was seen.
    forge(&app).await;
    let checkpoints = app.data_dir().join("checkpoints");
    std::fs::remove_dir_all(&checkpoints).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let keys = KeyRing::open(elsewhere.path()).unwrap();
    let forger = Issuer::new(keys, "http://localhost".to_owned(), "helhedsplan".to_owned());
    let plan = plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let head = store::head(app.state.db.read(), plan.id, PLAN).await.unwrap().unwrap();
    let signed = Signed::new(head, &forger, chrono::Utc::now()).unwrap();
    assert!(Folder::new(checkpoints).add(&signed).unwrap());
    // The folder vouches for itself, as it is stated; the key's name is told.
    let foreign = forger.jwks(chrono::Utc::now()).keys[0].kid.clone();
    let told = format!("signed by {foreign}, which `keys list` does not know");
    assert!(intact(&app).contains(&told));
    let trusting = audit(&app, &["verify", "--signed-by", &own]);
    let said = text(&trusting.stdout);
    assert_eq!(trusting.status.code(), Some(1), "{said}");
    assert!(said.contains("bad_checkpoint"), "{said}");
    let fault = witness::round(&app.state, None).await.unwrap();
    assert!(
        fault.contains("is not the one that this process has witnessed"),
        "{fault}"
    );
}

#[actix_web::test]
async fn many_at_once_leave_one_chain() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let before = log(&app).await.len();
    let requests = (0..16).map(|number| {
        let app = if number % 2 == 0 { &app } else { &other };
        async move {
            let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
            if number % 4 < 2 {
                let patch = json!({"name": format!("Prøve {number}")});
                secretariat.patch("focus-areas/beskaeftigelse", &patch).await.status
            } else {
                secretariat.get("contingency").await.status
            }
        }
    });
    let (statuses, witnessed) = join(join_all(requests), async { audit(&app, &["checkpoint"]) }).await;
    assert_eq!(statuses, [200; 16]);
    assert!(witnessed.status.success());
    let numbers: Vec<i64> = log(&app).await.iter().map(|entry| entry.number).collect();
    let expected: Vec<i64> = (1..).take(before + 16).collect();
    assert_eq!(numbers, expected);
    intact(&app);
}

/// Every page of a list.
async fn pages(client: &Client<'_>, path: &str) -> Vec<Value> {
    let (mut items, mut path) = (Vec::new(), path.to_owned());
    let first = path.clone();
    loop {
        let page = client.get(&path).await.expect(200);
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => path = format!("{first}&cursor={next}"),
            None => return items,
        }
    }
}

/// The hash as the document says that it is made, from what the API shows.
fn hash(fields: &[&Value]) -> String {
    let mut bytes = Vec::new();
    for field in fields {
        match field {
            Value::Null => bytes.extend(b"-,"),
            other => {
                let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                bytes.extend(format!("{}:{text},", text.len()).into_bytes());
            }
        }
    }
    format!("{:x}", Sha256::digest(bytes))
}

#[actix_web::test]
async fn an_auditor_can_check_the_chain_without_the_service() {
    let app = TestApp::start().await;
    app.as_role(Role::Secretariat).get("contingency").await.expect(200);
    let auditor = app.as_role(Role::Auditor);
    let entries = pages(&auditor, &format!("{LOG}?limit=50")).await;
    assert_eq!(entries.len(), log(&app).await.len());
    let edition = json!("helhedsplan-audit-1");
    let mut previous = json!(hash(&[&edition, &json!(PLAN)]));
    for (number, entry) in (1..).zip(&entries) {
        assert_eq!(entry["number"], number);
        assert_eq!(entry["previous_hash"], previous);
        let instant: chrono::DateTime<chrono::Utc> = entry["at"].as_str().unwrap().parse().unwrap();
        let at = json!(instant.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
        let rest = [
            "subject",
            "client",
            "role",
            "operation",
            "target",
            "outcome",
            "request_id",
            "data_version",
        ];
        let mut fields = vec![&edition, &previous, &entry["number"], &at];
        fields.extend(rest.iter().map(|name| &entry[*name]));
        assert_eq!(entry["hash"], hash(&fields));
        previous = entry["hash"].clone();
    }
    // How far it is, signed with a key that is published.
    let checkpoint = auditor.get(&format!("{LOG}/checkpoint")).await.expect(200);
    assert_eq!(
        (&checkpoint["number"], &checkpoint["hash"]),
        (&json!(entries.len()), &previous)
    );
    let signed = checkpoint["signed"].as_str().unwrap();
    let header = helhedsplan::auth::jwks::TokenHeader::read(signed).unwrap();
    assert_eq!(header.typ.as_deref(), Some("helhedsplan-audit-checkpoint+jwt"));
    let keys = app.public().get("/.well-known/jwks.json").await.expect(200);
    let key = helhedsplan::auth::jwks::PublicKey::read(&keys["keys"][0]).unwrap();
    assert_eq!(key.kid, header.kid);
    let said: Value = key.verify(signed, header.alg).unwrap();
    assert_eq!(said["hash"], previous);
    assert_eq!(said["plan"], PLAN);
    // It opens nothing.
    app.with_token(signed).get("areas").await.problem(401);
    // Reading the log leaves nothing in it.
    assert_eq!(log(&app).await.len(), entries.len());
}

#[actix_web::test]
async fn the_log_is_searched_by_what_an_entry_says() {
    let app = TestApp::start().await;
    let before = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let secretariat = app.as_role(Role::Secretariat).header("x-request-id", "asked-for");
    secretariat.get("contingency").await.expect(200);
    secretariat.get("contingency/versions").await.expect(200);
    app.as_role(Role::Fund).get("contingency").await.expect(200);
    app.as_role(Role::Auditor).get("contingency").await.problem(403);
    let auditor = app.as_role(Role::Auditor);
    let count = async |query: &str| {
        auditor.get(&format!("{LOG}?{query}")).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    for (query, expected) in [
        (format!("from={before}"), 4),
        (format!("from={before}&to={before}"), 0),
        ("subject=landsbyggefonden".to_owned(), 1),
        ("client=landsbyggefonden".to_owned(), 1),
        ("role=fund".to_owned(), 1),
        ("operation=get_contingency_plan".to_owned(), 3),
        ("operation=get_contingency_plan&outcome=refused".to_owned(), 1),
        (format!("from={before}&target=contingency"), 4),
        (format!("from={before}&target=contingency/"), 1),
        (format!("from={before}&target=CONTINGENCY"), 0),
        (format!("from={before}&target=%25"), 0),
        ("request_id=asked-for".to_owned(), 2),
        ("request_id=asked-for&target=contingency/versions".to_owned(), 1),
    ] {
        assert_eq!(count(&query).await, expected, "{query}");
    }
    let all = log(&app).await.len();
    let oldest = pages(&auditor, &format!("{LOG}?limit=7&order=oldest_first")).await;
    let mut newest = pages(&auditor, &format!("{LOG}?limit=7&order=newest_first")).await;
    assert_eq!(oldest.len(), all);
    newest.reverse();
    assert_eq!(newest, oldest);
    let wrong = auditor
        .get(&format!(
            "{LOG}?role=mayor&outcome=maybe&from=yesterday&order=up&limit=x"
        ))
        .await;
    assert_eq!(wrong.errors(400).len(), 5);
    let backwards = format!("{LOG}?from={before}&to=2020-01-01T00:00:00Z");
    assert_eq!(auditor.get(&backwards).await.errors(400), ["to before_from"]);
}

#[actix_web::test]
async fn an_entry_holds_nothing_of_what_was_written_or_shown() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
    let summary = "Uro ved torvet, som ingen andre skal læse om";
    let body = json!({"group": "group-1", "kind": "vandalism", "area": "zone-1", "raised_by": "boli-nu",
        "activated_at": "2024-06-01T20:15:00Z", "summary": summary});
    secretariat.post("contingency/activations", &body).await.expect(201);
    let mut counted = report("2023-Q3");
    counted["note"] = json!("87654 mødte op");
    app.jobcenter()
        .post("participation/reports", &counted)
        .await
        .expect(201);
    secretariat
        .patch("focus-areas/beskaeftigelse", &json!({"name": "Et navn til indsatsen"}))
        .await
        .expect(200);
    for entry in log(&app).await {
        let said = format!("{entry:?}");
        for text in ["Uro", "torvet", "87654", "Et navn", "2024-06-01T20:15"] {
            assert!(!said.contains(text), "{said}");
        }
    }
}

#[actix_web::test]
async fn a_service_witnesses_what_it_did_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let service = Service::start(data);
    let answer = reqwest::get(format!("http://{}/livez", service.address)).await.unwrap();
    assert_eq!(answer.status(), 200);
    let environment = [("HELHEDSPLAN_DATA_DIR", data)];
    let added = helhedsplan(
        &[
            "client",
            "add",
            "--name",
            "Test",
            "--role",
            "board",
            "--scope",
            "plan:read",
        ],
        &environment,
    );
    assert!(added.status.success(), "{}", text(&added.stderr));
    service.stop();
    let verified = helhedsplan(&["audit", "verify"], &environment);
    let said = text(&verified.stdout);
    assert!(verified.status.success(), "{said}");
    let line = said.lines().next().unwrap();
    let entries = line.split(' ').find_map(|word| word.parse::<u64>().ok()).unwrap();
    assert!(line.ends_with(&format!("witnessed up to entry {entries}")), "{line}");
    assert!(entries > 0);
}

#[actix_web::test]
async fn each_plan_has_a_chain_of_its_own() {
    let app = TestApp::start().await;
    app.load_second_plan("second-plan").await;
    let plans = plan::Entity::find().count(app.state.db.read()).await.unwrap();
    assert_eq!(plans, 2);
    witness(&app);
    let said = intact(&app);
    assert_eq!(said.lines().filter(|line| line.starts_with("intact")).count(), 2);
    // The entries of one plan put into the other's place.
    lift_the_guards(&app).await;
    let first = log(&app).await[0].plan_id;
    tamper(
        &app,
        &[
            &format!("DELETE FROM audit_entries WHERE plan_id <> {first}"),
            &format!("UPDATE audit_entries SET plan_id = (SELECT max(id) FROM plans) WHERE plan_id = {first}"),
        ],
    )
    .await;
    let said = audit(&app, &["verify", "--plan", "second-plan"]);
    assert!(
        text(&said.stdout).contains("entry 1: unlinked"),
        "{}",
        text(&said.stdout)
    );
    assert_eq!(said.status.code(), Some(1));
}
