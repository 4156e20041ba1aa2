//! Redaction: a text that should not have been written is gone from wherever it stood, and nothing else changes. All texts are
//! made up.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use helhedsplan::auth::role::Role;
use helhedsplan::entities::idempotency_key;
use helhedsplan::fresh;
use helhedsplan::redactions::rules::{Form, MARK, TABLES, WRITTEN};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::document::{DOCUMENT, operations};
use crate::support::extracts::extract;
use crate::support::governance::post_nothing;
use crate::support::sessions::{once, weekly, with};
use crate::support::{Answer, Client, PLAN, TestApp, postgres};

/// What should not have been written: with letters that JSON and HTML write in their own ways.
const TEXT: &str = "familien \"Øst\" & søn på 3. sal";
const BOARD: &str = "bestyrelsen";

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
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(answer.body.clone())).unwrap();
    let sheets = book.sheet_names();
    let rows = sheets.iter().map(|name| format!("{:?}", book.worksheet_range(name).unwrap()));
    rows.collect()
}

/// The paths of what [`write_everywhere`] has written.
struct Written {
    session: String,
    meeting: String,
    draft: String,
    activation: String,
    measurement: String,
    /// An instant at which the text stood there.
    before: String,
    /// A request that wrote it under a key, and its answer.
    keyed: (Value, Answer),
}

/// Writes the text wherever somebody may write one.
async fn write_everywhere(app: &TestApp) -> Written {
    let client = secretariat(app);
    let id = |answer: &Answer| answer.json()["id"].as_str().unwrap().to_owned();
    let session = with(weekly(), &json!({"description": format!("Spørg {TEXT}."), "name": TEXT}));
    let keyed = client.clone().header("idempotency-key", "session");
    let first = keyed.post("sessions", &session).await;
    first.expect(201);
    let patch = json!({"description": format!("Læg billet hos {TEXT}")});
    client.patch("activities/lektiecafe", &patch).await.expect(200);
    client.patch("venues/base-zone-2", &json!({"address": TEXT})).await.expect(200);

    let meeting = json!({"body": BOARD, "local_start": "2024-03-12T14:00", "duration_minutes": 120, "place": TEXT});
    let meeting = format!("meetings/{}", id(&client.post("meetings", &meeting).await));
    let item = json!({"title": format!("Klage fra {TEXT}"), "description": format!("{TEXT} og {TEXT}"),
        "documents": [{"name": TEXT, "url": "https://example.org/a", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]});
    let item = id(&client.post(&format!("{meeting}/agenda-items"), &item).await);
    post_nothing(&client, &format!("{meeting}/call")).await.expect(200);
    post_nothing(&client, &format!("{meeting}/hold")).await.expect(200);
    let minutes = json!({"items": [{"item": item, "conclusion": format!("{TEXT} flytter."),
        "reservations": [{"seat": "direktoer-boli-nu", "text": TEXT}]}]});
    app.as_role(Role::Board)
        .header("if-match", "*")
        .put(&format!("{meeting}/minutes"), &minutes)
        .await
        .expect(200);

    let versions = "agreements/beskaeftigelse/versions";
    let draft = json!({"source": format!("Efter møde med {TEXT}"), "note": TEXT});
    let draft = client.post(versions, &draft).await.expect(201);
    let number = draft["version"].as_i64().unwrap();
    let draft = format!("{versions}/{number}");
    let mut staffing = client.get(&draft).await.json()["content"]["staffing"].clone();
    staffing[0]["role"] = TEXT.into();
    let content = json!({"content": {"staffing": staffing}});
    client.patch(&draft, &content).await.expect(200);

    let activation = json!({"group": "group-1", "kind": "vandalism", "area": "zone-1", "raised_by": "boli-nu",
        "activated_at": "2024-06-01T20:15:00Z", "summary": format!("Hos {TEXT}")});
    let activation = client.post("contingency/activations", &activation).await;
    let activation = format!("contingency/activations/{}", id(&activation));

    let decision = json!({"kind": "other", "title": TEXT, "text": TEXT});
    let decision = id(&client.post("decisions", &decision).await);
    let recommendation = json!({"decision": decision, "given_by": "secretariat", "stance": "adopt", "text": TEXT});
    client.post("recommendations", &recommendation).await.expect(201);
    let name = json!({"name": TEXT, "scopes": ["measurements:read"], "valid_days": 10});
    client.post("read-tokens", &name).await.expect(201);
    let patch = json!({"note": TEXT});
    client.patch("focus-areas/beskaeftigelse", &patch).await.expect(200);

    let listed = client.get("measurements?indicator=turnout-municipal-election&limit=1").await;
    let measurement = format!("measurements/{}", listed.json()["items"][0]["id"].as_str().unwrap());
    let patch = json!({"note": TEXT, "reason": format!("Rettet af {TEXT}")});
    client.patch(&measurement, &patch).await.expect(200);
    let patch = json!({"note": "Uden navne", "reason": "Navn fjernet"});
    let corrected = client.patch(&measurement, &patch).await.expect(200);
    let before = corrected["history"].as_array().unwrap();
    let before = before.iter().find(|one| one["revision"] == 2).unwrap()["received_at"].clone();
    let mut pushed = extract("2024-01-01");
    pushed["source"] = TEXT.into();
    app.jobcenter().post("kendskabsgrad/extracts", &pushed).await.expect(201);
    Written {
        session: format!("sessions/{}", id(&first)),
        meeting,
        draft,
        activation,
        measurement,
        before: before.as_str().unwrap().to_owned(),
        keyed: (session, first),
    }
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
        format!("measurements?indicator=turnout-municipal-election&as_of={before}"),
        "measurements?indicator=turnout-municipal-election&changed_since=2020-01-01T00:00:00Z".to_owned(),
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
    assert_eq!(app.public().get(search).await.json()["items"].as_array().unwrap().len(), 1);
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
        assert!(!is_in(&answer.body), "{path}: {}", String::from_utf8_lossy(&answer.body));
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
    let session = told.iter().find(|item| written.session.ends_with(item["id"].as_str().unwrap()));
    assert_eq!(session.unwrap()["data"]["name"], MARK);
    let calendar = app.public().get("sessions.ics").await;
    assert!(calendar.text().contains("SEQUENCE:1") && calendar.text().contains(MARK));

    // The pack says that something was taken out; its checksum is that of what is left.
    let pack = app.as_role(Role::Board).get(&format!("{}/pack", written.meeting)).await.json();
    assert_eq!(pack["redacted_at"], receipt["redacted_at"]);
    assert_ne!(pack["sha256"], old_pack.json()["sha256"]);
    assert_eq!(old_pack.json()["redacted_at"], Value::Null);
    let sheets = cells(&app.as_role(Role::Board).get(&book).await);
    assert!(!is_in(sheets.as_bytes()) && sheets.contains(MARK) && sheets.contains("Tekst fjernet"));
    let page = app.as_role(Role::Board).get(&format!("{}/pack?format=html", written.meeting)).await;
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
    assert_eq!(client.get("redactions/019342f1-7c1e-7d5b-9a3e-0d6f5e2b8aff").await.problem(404), "not-found");
    // What is taken out is taken out; a repeat finds nothing.
    assert_eq!(client.post("redactions", &order(TEXT)).await.errors(422), ["/text nothing_found"]);
    assert!(receipt["is_purged"] == true);
}

#[actix_web::test]
async fn only_who_was_given_it_by_name_takes_texts_out() {
    let app = TestApp::start().await;
    assert_eq!(app.public().get("redactions").await.problem(401), "unauthenticated");
    for role in [Role::Municipality, Role::HousingOrganisation, Role::Board, Role::Fund, Role::Auditor] {
        let refused = app.as_role(role).post("redactions", &order("Prøvecafé")).await;
        assert_eq!(refused.problem(403), "forbidden", "{role}");
    }
    assert!(!Role::Secretariat.default_scope().contains("redactions:write"));
    let by_default = Role::Secretariat.default_scope();
    let token = app.token(Role::Secretariat, Some("omraadesekretariatet"), &[PLAN], Some(by_default.as_str()));
    let refused = app.with_token(&token).post("redactions", &order("Prøvecafé")).await;
    assert_eq!(refused.problem(403), "forbidden");
}

#[actix_web::test]
async fn what_cannot_be_taken_out_is_refused_with_every_reason() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    for (body, errors) in [
        (json!({}), vec!["/text required", "/reason required"]),
        (json!({"text": "ab", "reason": "", "x": 1}), vec!["/text length", "/reason length", "/x unknown_field"]),
        (json!({"text": 1, "reason": "Navn", "dry_run": "no"}), vec!["/text wrong_type", "/dry_run wrong_type"]),
        (json!({"text": "redigeret", "reason": "Navn"}), vec!["/text like_the_mark"]),
        (json!({"text": "Hansen", "reason": "Der står Hansen"}), vec!["/reason repeats_the_text"]),
        (json!({"text": "Hansen", "reason": "Er 010190-1234"}), vec!["/reason personal_number"]),
        (order("Står ingen steder"), vec!["/text nothing_found"]),
    ] {
        assert_eq!(client.post("redactions", &body).await.errors(422), errors, "{body}");
    }
    // Numbers of persons are what may have to go, and no answer repeats one.
    let refused = client.post("redactions", &order("010190-1234")).await;
    assert_eq!(refused.errors(422), ["/text nothing_found"]);
    assert!(!refused.text().contains("010190"));
    // Codes stay, so a text that is only in codes is not found; and what stands everywhere is no passage.
    assert_eq!(client.post("redactions", &order("din-uddannelsesvej")).await.errors(422), ["/text nothing_found"]);
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
    assert_eq!(json!([told["id"], told["hash"], told["nonce"], told["redacted_at"]]), json!([null, null, null, null]));
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
        let files = std::fs::read_dir(app.data_dir()).unwrap().map(|entry| entry.unwrap().path());
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
        command.args(["redact", "--reason", "Et CPR-nummer"]).args(more).env_clear();
        command.env("HELHEDSPLAN_DATABASE_URL", &url).env("HELHEDSPLAN_DATA_DIR", app.data_dir());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
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
    assert!(done && !receipt.contains("010190") && !logged.contains("010190"), "{receipt}{logged}");
    let note = &client.get("focus-areas/beskaeftigelse").await.json()["note"];
    assert_eq!(note, "Nummer [redigeret]");
    let (done, _, said) = run("010190 1234", &[]);
    assert!(!done && said.contains("stands nowhere"), "{said}");
}

/// Columns of text that hold none that people wrote, and why.
const NO_TEXTS: &[(&str, &[&str])] = &[
    // Codes, numbers and words of closed lists, by which things are known and counted.
    ("a code or a word of a closed list", &[
        "accounts.state", "activities.code", "activities.focus_area", "activities.mobility", "activities.status",
        "activity_actors.activity", "activity_actors.organisation", "activity_commitments.activity",
        "activity_commitments.code", "activity_commitments.organisation", "activity_commitments.per",
        "activity_placements.activity", "activity_placements.basis", "activity_placements.zone",
        "activity_target_groups.activity", "age_bands.code", "agenda_items.proposed_by", "agenda_items.proposed_by_role",
        "agenda_items.status", "agreement_versions.agreement", "agreement_versions.state", "agreements.code",
        "agreements.focus_area", "agreements.kind", "area_relations.area", "area_relations.relation",
        "area_relations.target", "areas.code", "areas.kind", "areas.organisation", "arrivals.indicator", "attendances.body",
        "attendances.presence", "attendances.seat", "bodies.area", "bodies.code", "bodies.focus_areas", "bodies.kind",
        "bodies.per", "body_orderings.before", "body_orderings.body", "body_orderings.per", "body_seats.body",
        "body_seats.code", "body_seats.organisation", "body_seats.vote_of", "calendar_feeds.body",
        "calendar_feeds.organisation", "calendar_feeds.role", "clients.organisation", "clients.role", "clients.scope",
        "contingency_actions.action", "contingency_actions.organisation", "contingency_actions.state",
        "contingency_activations.area", "contingency_activations.group_code", "contingency_activations.kind",
        "contingency_activations.raised_by", "contingency_activations.state", "contingency_versions.signatures",
        "criteria.code", "criteria.limit_unit", "criteria.operator", "criteria.part", "criteria.rule_set",
        "criterion_inputs.averaging", "criterion_inputs.criterion", "criterion_inputs.indicator",
        "criterion_inputs.reference_area", "criterion_inputs.rule_set", "decision_reservations.body",
        "decision_reservations.seat", "decision_votes.body", "decision_votes.choice", "decision_votes.party",
        "decision_votes.recorded_by", "decision_votes.seat", "decisions.concluded_by", "decisions.kind",
        "decisions.proposed_by", "decisions.proposed_by_role", "decisions.state", "focus_areas.code",
        "follow_ups.agreement", "follow_ups.focus_area", "follow_ups.follower", "follow_ups.goal", "follow_ups.level",
        "genders.code", "imports.mode", "imports.organisation", "imports.state", "indicators.categories",
        "indicators.code", "indicators.data_owner", "indicators.direction", "indicators.level", "indicators.rhythm",
        "indicators.unit", "measurements.area", "measurements.category", "measurements.indicator", "measurements.period",
        "measurements.status", "meetings.body", "meetings.status", "meetings.venue", "milestones.agreement",
        "milestones.code", "milestones.organisation", "organisations.code", "organisations.kind", "organisations.parent",
        "participation_counts.age_band", "participation_counts.area", "participation_counts.gender",
        "participation_counts.residence", "participation_delivered.commitment", "participation_delivered.place",
        "participation_delivered.zone", "participation_places.place", "participation_places.zone",
        "participation_reports.activity", "participation_reports.organisation", "participation_reports.period",
        "plan_parties.capacity", "plan_parties.organisation", "plans.code", "read_tokens.organisation",
        "read_tokens.role", "read_tokens.scope", "recommendations.given_by", "recommendations.stance",
        "releases.audience", "releases.organisation", "releases.organisation_key", "releases.period", "releases.rules",
        "releases.subject", "reservations.body", "reservations.seat", "rule_sets.code", "rule_sets.residents_indicator",
        "session_occurrences.status", "session_occurrences.venue", "sessions.activity", "sessions.rrule",
        "sessions.status", "sessions.venue", "target_group_subsets.code", "target_group_subsets.target_group",
        "target_groups.code", "venues.area", "venues.code", "venues.zone",
    ]),
    ("a hash, a key, or what begins a secret", &[
        "calendar_feeds.handle", "calendar_feeds.hash", "client_assertions.digest", "client_secrets.handle",
        "client_secrets.hash", "clients.jwks", "extracts.content_hash", "idempotency_keys.body_hash",
        "idempotency_keys.scope", "imports.idempotency_scope", "meeting_packs.sha256",
        "participation_reports.content_hash", "read_tokens.handle", "read_tokens.hash", "redactions.hash",
    ]),
    ("who wrote: the subject of a token, which the record needs", &[
        "accounts.subject", "agreement_versions.subject", "calendar_feeds.created_by", "changes.subject",
        "clients.created_by", "contingency_activations.subject", "contingency_versions.subject", "extracts.subject",
        "imports.subject", "participation_reports.subject", "read_tokens.created_by", "redactions.subject",
    ]),
    ("what was done to what, by codes and ids", &[
        "changes.operation", "changes.request_id", "changes.target", "idempotency_keys.headers", "redactions.places",
    ]),
    ("codes and counts of cells", &[
        "release_proofs.certificate", "release_proofs.counts", "release_proofs.known", "release_proofs.stands_on",
        "releases.definition", "releases.published",
    ]),
    ("made of the other texts again", &["activities.search"]),
];

/// Every column of the database that can hold text, as `table.column`.
async fn columns_of_text(app: &TestApp) -> BTreeSet<String> {
    let db = app.state.db.read();
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name AS owner, c.name AS name, lower(c.type) AS type FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT CAST(table_name AS TEXT) AS owner, CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS type \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    let mut columns = BTreeSet::new();
    for row in rows {
        let get = |name: &str| row.try_get::<String>("", name).unwrap();
        let is_text = ["char", "text", "json", "clob", "bytea", "blob"];
        // SQLite says what a text stands for: a date, a time, an id.
        let stands_for = ["date", "time", "uuid", "real", "int"];
        let kind = get("type");
        let is_text = is_text.iter().any(|text| kind.contains(text));
        if is_text && !stands_for.iter().any(|other| kind.contains(other)) && !get("owner").starts_with("seaql") {
            columns.insert(format!("{}.{}", get("owner"), get("name")));
        }
    }
    columns
}

#[actix_web::test]
async fn every_column_of_text_is_looked_through_or_holds_none_that_people_wrote() {
    let app = TestApp::start().await;
    let mut known = BTreeSet::new();
    for kept in TABLES {
        for column in kept.columns {
            assert!(known.insert(format!("{}.{}", kept.table, column.name)), "{column:?} twice");
        }
    }
    for (why, columns) in NO_TEXTS {
        for column in *columns {
            assert!(known.insert((*column).to_owned()), "{column} twice: {why}");
        }
    }
    let found = columns_of_text(&app).await;
    let forgotten: Vec<_> = found.difference(&known).collect();
    let no_more: Vec<_> = known.difference(&found).collect();
    assert!(forgotten.is_empty(), "columns of text that nobody decided on: {forgotten:?}");
    assert!(no_more.is_empty(), "columns that are not there: {no_more:?}");
}

/// Members of stored documents, and of answers, whose strings are codes, words, dates or ids.
const CODES: &[&str] = &[
    "accounts_status", "activities", "activity", "age_band", "agreement", "alg", "area", "area_kind", "areas", "before",
    "body", "budget_status", "category", "client_id", "code", "commitment", "contact_list_owner", "criterion", "crv",
    "data_owner", "department", "e", "extracted_on", "field", "focus_area", "focus_areas", "gender", "goal", "goals",
    "group", "handle", "header", "id", "indicator", "instance", "kid", "kind", "kty", "line", "list", "local_start",
    "measure", "n", "new_local_start", "new_venue", "next", "organisation", "owner", "parameter", "parent", "path",
    "period", "permissions", "plan", "pointer", "possible", "proposed_by", "raised_by", "record", "recurrence_id",
    "reference_area", "residence", "residents_indicator", "responsible", "row", "rrule", "rule_set", "scope", "scopes",
    "seat", "sha256", "state", "status", "subject", "subset", "table", "tables", "target", "target_group", "time_zone",
    "toward", "type", "undetermined_by", "units", "unreported", "use", "venue", "vote_of", "x", "y", "zone", "key",
    "zone_name", "hash", "nonce", "token", "client_secret", "client_assertion", "client_assertion_type", "grant_type",
    "access_token", "token_type", "error_description", "keys", "version", "places", "explanation", "updated",
    "label", "class", "index", "role", "license", "unit",
    // Of the feed, which is written anew at each request.
    "@context", "@id", "@type", "byDay", "duration", "endDate", "eventStatus", "exceptDate", "identifier", "inLanguage",
    "previousStartDate", "repeatFrequency", "scheduleTimezone", "startDate", "startTime",
];

/// The names of the members below a schema whose strings are bound by no list, format or pattern.
fn free_members(schemas: &Value) -> BTreeSet<String> {
    fn is_free(schema: &Value) -> bool {
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect::<Vec<_>>(),
        };
        let is_bound = ["enum", "const", "format", "pattern"].iter().any(|name| schema.get(name).is_some());
        (kinds.contains(&"string") && !is_bound) || (kinds.contains(&"array") && is_free(&schema["items"]))
    }
    fn walk(node: &Value, found: &mut BTreeSet<String>) {
        if let Some(properties) = node["properties"].as_object() {
            found.extend(properties.iter().filter(|(_, schema)| is_free(schema)).map(|(name, _)| name.clone()));
        }
        match node {
            Value::Object(members) => members.values().for_each(|member| walk(member, found)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(schemas, &mut found);
    found
}

/// The names of the members of a stored document that hold strings.
fn members(node: &Value, name: Option<&str>, found: &mut BTreeSet<String>) {
    match node {
        Value::String(_) => found.extend(name.map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        Value::Object(object) => object.iter().for_each(|(name, value)| members(value, Some(name), found)),
        _ => {}
    }
}

#[actix_web::test]
async fn every_member_of_documents_is_text_or_a_code_by_its_name() {
    let undecided = |names: &BTreeSet<String>| -> Vec<String> {
        let is_known = |name: &String| WRITTEN.contains(&name.as_str()) || CODES.contains(&name.as_str());
        names.iter().filter(|name| !is_known(name)).cloned().collect()
    };
    let described = undecided(&free_members(&DOCUMENT["components"]["schemas"]));
    assert!(described.is_empty(), "of answers: {described:?}");
    // And those that no answer has.
    let app = TestApp::start().await;
    write_everywhere(&app).await;
    let db = app.state.db.read();
    let mut stored = BTreeSet::new();
    for kept in TABLES {
        for column in kept.columns.iter().filter(|column| matches!(column.form, Form::Document | Form::Binary)) {
            let sql = format!(
                "SELECT CAST(\"{0}\" AS TEXT) AS document FROM \"{1}\" WHERE \"{0}\" IS NOT NULL",
                column.name, kept.table
            );
            let statement = Statement::from_string(db.get_database_backend(), sql);
            for row in db.query_all_raw(statement).await.unwrap() {
                let document: String = row.try_get("", "document").unwrap();
                members(&serde_json::from_str(&document).unwrap(), None, &mut stored);
            }
        }
    }
    for row in idempotency_key::Entity::find().all(db).await.unwrap() {
        members(&serde_json::from_slice(&row.body.unwrap()).unwrap(), None, &mut stored);
    }
    let stored = undecided(&stored);
    assert!(stored.is_empty(), "of stored documents: {stored:?}");
}
