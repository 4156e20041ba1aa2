//! Redaction: a text that should not have been written is gone from wherever it stood, and nothing else changes. All texts are
//! made up.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use helhedsplan::auth::role::Role;
use helhedsplan::fresh;
use helhedsplan::redactions::rules::MARK;
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::document::operations;
use crate::support::redactions::{TEXT, Written, write_everywhere};
use crate::support::sessions::{once, with};
use crate::support::{Answer, Client, PLAN, TestApp, postgres};

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

fn order(text: &str) -> Value {
    json!({"text": text, "reason": "Peger på en bestemt familie (opdigtet)"})
}

/// Every way in which an answer may write the text.
fn is_in(bytes: &[u8]) -> bool {
    let json = Value::from(TEXT).to_string();
    let html = TEXT.replace('&', "&amp;").replace('"', "&quot;");
    let spellings = [TEXT, json.trim_matches('"'), &html];
    let text = String::from_utf8_lossy(bytes);
    // Calendars fold long lines.
    let unfolded = text.replace("\r\n ", "");
    spellings.iter().any(|spelling| unfolded.contains(spelling))
}

/// What a workbook says: its parts are compressed.
fn cells(answer: &Answer) -> String {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(answer.body.clone())).unwrap();
    let sheets = book.sheet_names();
    let rows = sheets
        .iter()
        .map(|name| format!("{:?}", book.worksheet_range(name).unwrap()));
    rows.collect()
}

/// Everything that a client can read of what was written, by its address.
async fn everything(app: &TestApp, written: &Written) -> BTreeMap<String, Answer> {
    let mut paths: Vec<String> = operations()
        .into_iter()
        .filter(|operation| operation.method == Method::GET && operation.path != "/v1/me")
        .map(|operation| app.path_of(&operation))
        .collect();
    let Written {
        session,
        meeting,
        draft,
        activation,
        measurement,
        before,
        ..
    } = written;
    paths.extend([session, meeting, draft, activation, measurement].map(|path| (*path).clone()));
    paths.extend([
        format!("{meeting}/agenda-items"),
        format!("{meeting}/minutes"),
        format!("{meeting}/pack"),
        format!("{meeting}/pack?format=html"),
        format!("measurements?from=2030&as_of={before}"),
        "measurements?from=2030&changed_since=2020-01-01T00:00:00Z".to_owned(),
        "kendskabsgrad/extracts/2024-01-01".to_owned(),
        "kendskabsgrad/extracts/2024-01-01/receipt".to_owned(),
        "agreements/beskaeftigelse/versions/1/diff/2".to_owned(),
        "sessions?from=2024-10-01&to=2024-12-31".to_owned(),
    ]);
    let mut answers = BTreeMap::new();
    for path in paths {
        let answer = secretariat(app).get(&path).await;
        answers.insert(path, answer);
    }
    answers
}

#[actix_web::test]
async fn a_redacted_text_is_gone_from_everything_that_can_be_read() {
    let app = TestApp::start().await;
    let written = write_everywhere(&app).await;
    let before = everything(&app, &written).await;
    let holding = before.values().filter(|answer| is_in(&answer.body)).count();
    assert!(holding > 20, "{holding}");
    let search = "activities?q=billet%20familien";
    assert_eq!(
        app.public().get(search).await.json()["items"].as_array().unwrap().len(),
        1
    );
    let feed = app.public().get("feeds/sessions?limit=1000").await.json();
    let next = feed["next"].as_str().unwrap().to_owned();
    let old_pack = app.as_role(Role::Board).get(&format!("{}/pack", written.meeting)).await;
    let book = format!("{}/pack?format=xlsx", written.meeting);
    assert!(is_in(cells(&app.as_role(Role::Board).get(&book).await).as_bytes()));

    let done = secretariat(&app).post("redactions", &order(TEXT)).await;
    let receipt = done.expect(201);
    assert!(!is_in(&done.body));

    let after = everything(&app, &written).await;
    for (path, answer) in &after {
        assert!(
            !is_in(&answer.body),
            "{path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        assert_eq!(answer.status, before[path].status, "{path}");
        // Where it stood, the mark stands, and the validator is another.
        if is_in(&before[path].body) && !before[path].header("etag").is_empty() {
            assert!(String::from_utf8_lossy(&answer.body).contains(MARK), "{path}");
            assert_ne!(answer.header("etag"), before[path].header("etag"), "{path}");
        }
    }
    assert_eq!(app.public().get(search).await.json()["items"], json!([]));
    assert_eq!(
        app.public().get("activities?q=billet%20redigeret").await.json()["items"][0]["code"],
        "lektiecafe"
    );

    // Followers of the feed are told of the session anew.
    let next = next.strip_prefix(app.state.config.public_url.as_str()).unwrap();
    let news = app.public().get(next).await.json();
    let told: Vec<&Value> = news["items"].as_array().unwrap().iter().collect();
    let session = told
        .iter()
        .find(|item| written.session.ends_with(item["id"].as_str().unwrap()));
    assert_eq!(session.unwrap()["data"]["name"], MARK);
    let calendar = app.public().get("sessions.ics").await;
    assert!(calendar.text().contains("SEQUENCE:1") && calendar.text().contains(MARK));

    // The pack says that something was taken out; its checksum is that of what is left.
    let pack = app
        .as_role(Role::Board)
        .get(&format!("{}/pack", written.meeting))
        .await
        .json();
    assert_eq!(pack["redacted_at"], receipt["redacted_at"]);
    assert_ne!(pack["sha256"], old_pack.json()["sha256"]);
    assert_eq!(old_pack.json()["redacted_at"], Value::Null);
    let sheets = cells(&app.as_role(Role::Board).get(&book).await);
    assert!(!is_in(sheets.as_bytes()) && sheets.contains(MARK) && sheets.contains("Tekst fjernet"));
    let page = app
        .as_role(Role::Board)
        .get(&format!("{}/pack?format=html", written.meeting))
        .await;
    assert!(page.text().contains("Tekst er fjernet"));

    // The answer that is kept for a repeated request has lost it, too.
    let (session, first) = &written.keyed;
    let again = secretariat(&app)
        .header("idempotency-key", "session")
        .post("sessions", session)
        .await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert!(is_in(&first.body) && !is_in(&again.body));
    assert_eq!(again.json()["id"], first.json()["id"]);
}

#[actix_web::test]
async fn the_receipt_says_where_it_stood_and_never_what_it_was() {
    let app = TestApp::start().await;
    let written = write_everywhere(&app).await;
    let client = secretariat(&app);
    let done = client.post("redactions", &order(TEXT)).await;
    let receipt = done.expect(201);
    let id = receipt["id"].as_str().unwrap();
    assert_eq!(done.header("location"), format!("/v1/plans/{PLAN}/redactions/{id}"));
    assert_eq!(done.header("cache-control"), "no-store");
    let session = written.session.strip_prefix("sessions/").unwrap();
    let (_, meeting) = written.meeting.split_once('/').unwrap();
    let places = receipt["places"].as_array().unwrap();
    let has = |record: &str, key: &str, pointer: &str, occurrences: i64| {
        let place = json!({"record": record, "key": key, "pointer": pointer, "occurrences": occurrences});
        assert!(places.contains(&place), "{place} is not in {places:#?}");
    };
    has("sessions", session, "/name", 1);
    has("meeting-packs", meeting, "/content/agenda/0/description", 2);
    has("meeting-packs", meeting, "/content/agenda/0/documents/0/name", 1);
    has("agreement-versions", "beskaeftigelse/2", "/content/staffing/0/role", 1);
    has("venues", "base-zone-2", "/address", 1);
    has("extracts", "2024-01-01/1", "/content/source", 1);
    let measurement = written.measurement.strip_prefix("measurements/").unwrap();
    has("measurements", &format!("{measurement}/2"), "/reason", 1);
    let sum: i64 = places.iter().map(|place| place["occurrences"].as_i64().unwrap()).sum();
    assert_eq!(receipt["occurrences"], sum);
    // Who keeps the number can show what it was.
    let nonce = receipt["nonce"].as_str().unwrap();
    let bytes: Vec<u8> = (0..32)
        .map(|index| u8::from_str_radix(&nonce[2 * index..2 * index + 2], 16).unwrap())
        .collect();
    let hash = format!("{:x}", Sha256::digest([bytes.as_slice(), TEXT.as_bytes()].concat()));
    assert_eq!(receipt["hash"], hash);

    for role in [Role::Secretariat, Role::Auditor] {
        let reader = app.as_role(role);
        let one = reader.get(&format!("redactions/{id}")).await;
        let view = one.expect(200);
        assert!(!is_in(&one.body) && !one.text().contains(nonce));
        assert_eq!((&view["places"], &view["hash"]), (&receipt["places"], &receipt["hash"]));
        assert_eq!(view["subject"], "omraadesekretariatet");
        let list = reader.get("redactions").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().last().unwrap()["id"], id);
    }
    assert_eq!(
        client
            .get("redactions/019342f1-7c1e-7d5b-9a3e-0d6f5e2b8aff")
            .await
            .problem(404),
        "not-found"
    );
    // What is taken out is taken out; a repeat finds nothing.
    assert_eq!(
        client.post("redactions", &order(TEXT)).await.errors(422),
        ["/text nothing_found"]
    );
    assert!(receipt["is_purged"] == true);
}

#[actix_web::test]
async fn only_who_was_given_it_by_name_takes_texts_out() {
    let app = TestApp::start().await;
    assert_eq!(app.public().get("redactions").await.problem(401), "unauthenticated");
    for role in [
        Role::Municipality,
        Role::HousingOrganisation,
        Role::Board,
        Role::Fund,
        Role::Auditor,
    ] {
        let refused = app.as_role(role).post("redactions", &order("Prøvecafé")).await;
        assert_eq!(refused.problem(403), "forbidden", "{role}");
    }
    assert!(!Role::Secretariat.default_scope().contains("redactions:write"));
    let by_default = Role::Secretariat.default_scope();
    let token = app.token(
        Role::Secretariat,
        Some("omraadesekretariatet"),
        &[PLAN],
        Some(by_default.as_str()),
    );
    let refused = app.with_token(&token).post("redactions", &order("Prøvecafé")).await;
    assert_eq!(refused.problem(403), "forbidden");
}

#[actix_web::test]
async fn what_cannot_be_taken_out_is_refused_with_every_reason() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    for (body, errors) in [
        (json!({}), vec!["/text required", "/reason required"]),
        (
            json!({"text": "ab", "reason": "", "x": 1}),
            vec!["/text length", "/reason length", "/x unknown_field"],
        ),
        (
            json!({"text": 1, "reason": "Navn", "dry_run": "no"}),
            vec!["/text wrong_type", "/dry_run wrong_type"],
        ),
        (
            json!({"text": "redigeret", "reason": "Navn"}),
            vec!["/text like_the_mark"],
        ),
        (
            json!({"text": "Hansen", "reason": "Der står Hansen"}),
            vec!["/reason repeats_the_text"],
        ),
        (
            json!({"text": "Hansen", "reason": "Er 010190-1234"}),
            vec!["/reason personal_number"],
        ),
        (order("Står ingen steder"), vec!["/text nothing_found"]),
    ] {
        assert_eq!(client.post("redactions", &body).await.errors(422), errors, "{body}");
    }
    // Numbers of persons are what may have to go, and no answer repeats one.
    let refused = client.post("redactions", &order("010190-1234")).await;
    assert_eq!(refused.errors(422), ["/text nothing_found"]);
    assert!(!refused.text().contains("010190"));
    // Codes stay, so a text that is only in codes is not found; and what stands everywhere is no passage.
    assert_eq!(
        client
            .post("redactions", &order("din-uddannelsesvej"))
            .await
            .errors(422),
        ["/text nothing_found"]
    );
}

#[actix_web::test]
async fn a_dry_run_tells_where_it_stands_and_changes_nothing() {
    let app = TestApp::start().await;
    let written = write_everywhere(&app).await;
    let client = secretariat(&app);
    let before = everything(&app, &written).await;
    let mut dry = order(TEXT);
    dry["dry_run"] = true.into();
    let told = client.post("redactions", &dry).await.expect(200);
    assert_eq!(
        json!([told["id"], told["hash"], told["nonce"], told["redacted_at"]]),
        json!([null, null, null, null])
    );
    let after = everything(&app, &written).await;
    for (path, answer) in &after {
        // What counts answers, times and days of its own apart.
        if !answer.header("etag").is_empty() {
            assert_eq!(answer.header("etag"), before[path].header("etag"), "{path}");
        }
    }
    let done = client.post("redactions", &order(TEXT)).await.expect(201);
    assert_eq!((&told["places"], &told["records"]), (&done["places"], &done["records"]));
    dry["text"] = "Står ingen steder".into();
    assert_eq!(client.post("redactions", &dry).await.expect(200)["places"], json!([]));
}

#[actix_web::test]
async fn another_plan_keeps_its_texts() {
    let app = TestApp::start().await;
    app.load_second_plan("second-plan").await;
    let token = app.token(Role::Secretariat, Some("omraadesekretariatet"), &["second-plan"], None);
    let second = app.with_token(&token).header("if-match", "*");
    let path = "/v1/plans/second-plan/focus-areas/beskaeftigelse";
    second.patch(path, &json!({"note": TEXT})).await.expect(200);
    secretariat(&app)
        .patch("focus-areas/beskaeftigelse", &json!({"note": TEXT}))
        .await
        .expect(200);
    let before = second.get(path).await;
    let receipt = secretariat(&app).post("redactions", &order(TEXT)).await.expect(201);
    assert_eq!(receipt["records"], 1);
    let after = second.get(path).await;
    assert!(is_in(&after.body));
    assert_eq!(after.header("etag"), before.header("etag"));
}

#[actix_web::test]
async fn the_bytes_are_gone_from_the_embedded_database() {
    if postgres().is_some() {
        return;
    }
    let app = TestApp::start().await;
    // A deleted and an overwritten text leave their bytes in free pages, too.
    let gone = with(once(), &json!({"description": TEXT}));
    let gone = secretariat(&app).post("sessions", &gone).await.expect(201);
    secretariat(&app)
        .delete(&format!("sessions/{}", gone["id"].as_str().unwrap()))
        .await;
    write_everywhere(&app).await;
    let stored = |needle: &str| {
        let files = std::fs::read_dir(app.data_dir())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let databases = files.filter(|path| path.is_file());
        let found = databases.filter(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
        });
        found.count()
    };
    let folded = "familien oest";
    assert!(stored("familien \"Øst\"") > 0 && stored("familien \\\"Øst\\\"") > 0 && stored(folded) > 0);
    let receipt = secretariat(&app).post("redactions", &order(TEXT)).await.expect(201);
    assert_eq!(receipt["is_purged"], true);
    for needle in ["familien \"Øst\"", "familien \\\"Øst\\\"", folded] {
        assert_eq!(stored(needle), 0, "{needle}");
    }
}

#[actix_web::test]
async fn the_operator_takes_texts_out_by_the_command_line() {
    let app = TestApp::start().await;
    let patch = json!({"note": format!("Nummer 010190 1234, {TEXT}")});
    // The service refuses such a number, so it came there by another way.
    let client = secretariat(&app);
    assert_eq!(
        client.patch("focus-areas/beskaeftigelse", &patch).await.errors(422),
        ["/note personal_number"]
    );
    let statement = "UPDATE focus_areas SET note = 'Nummer 010190 1234' WHERE code = 'beskaeftigelse'";
    let transaction = app.state.db.begin().await.unwrap();
    transaction.execute_unprepared(statement).await.unwrap();
    transaction.commit().await.unwrap();
    let url = app.database_url();
    let run = |text: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_helhedsplan"));
        command
            .args(["redact", "--reason", "Et CPR-nummer"])
            .args(more)
            .env_clear();
        command
            .env("HELHEDSPLAN_DATABASE_URL", &url)
            .env("HELHEDSPLAN_DATA_DIR", app.data_dir());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = running.wait_with_output().unwrap();
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), said(output.stdout), said(output.stderr))
    };
    let (done, receipt, _) = run("010190 1234\n", &["--dry-run"]);
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    assert!(done && receipt["places"][0]["pointer"] == "/note", "{receipt}");
    let (done, receipt, logged) = run("010190 1234\n", &["--plan", PLAN]);
    // What another process has written is noticed in rounds, which a test makes itself.
    fresh::refresh(&app.state).await.unwrap();
    assert!(
        done && !receipt.contains("010190") && !logged.contains("010190"),
        "{receipt}{logged}"
    );
    let note = &client.get("focus-areas/beskaeftigelse").await.json()["note"];
    assert_eq!(note, "Nummer [redigeret]");
    let (done, _, said) = run("010190 1234", &[]);
    assert!(!done && said.contains("stands nowhere"), "{said}");
}
