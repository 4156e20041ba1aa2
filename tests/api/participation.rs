//! Participation: reports, who may make and read them, and commitments against what was delivered.

use helhedsplan::auth::role::Role;
use helhedsplan::db;
use serde_json::{Value, json};

use crate::support::participation::report;
use crate::support::{Client, PLAN, TestApp, sessions};

const REPORTS: &str = "participation/reports";

fn of(app: &TestApp, role: Role, organisation: &str) -> String {
    app.token(role, Some(organisation), &[PLAN], None)
}

fn with(mut report: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        report[name] = value.clone();
    }
    report
}

#[actix_web::test]
async fn a_report_is_a_whole_statement_that_is_revised_and_never_overwritten() {
    let app = TestApp::start().await;
    let jobcenter = app.jobcenter();
    let first = jobcenter.post(REPORTS, &report("2024-Q1")).await;
    let receipt = first.expect(201);
    assert_eq!(
        first.header("location"),
        format!("/v1/plans/{PLAN}/participation/reports/din-uddannelsesvej/2024-Q1?revision=1")
    );
    assert_eq!(receipt["outcome"], "created");
    assert_eq!(
        receipt["rows"],
        json!({"received": 4, "empty": 0, "created": 4, "updated": 0, "unchanged": 0, "removed": 0})
    );
    assert_eq!(
        receipt["totals"],
        json!({"participants": 16, "newcomers": 5, "to_education": 2, "to_job": 1, "to_leisure_job": 0, "to_association": 0,
            "sessions": 11, "volunteers": 2, "attendances": 70})
    );
    let again = jobcenter.post(REPORTS, &report("2024-Q1")).await.expect(200);
    assert_eq!((&again["outcome"], &again["id"]), (&json!("unchanged"), &receipt["id"]));
    let between = db::now();

    let mut changed = report("2024-Q1");
    changed["counts"][0]["participants"] = json!(10);
    changed["counts"][1]["participants"] = json!(0);
    changed["counts"][1]["newcomers"] = json!(0);
    let answer = jobcenter.post(REPORTS, &changed).await;
    assert_eq!(answer.errors(422), ["/revision_reason revision_reason_required"]);
    let changed = with(
        changed,
        &json!({"revision_reason": "talt forkert", "replaces_revision": 2}),
    );
    assert_eq!(
        jobcenter.post(REPORTS, &changed).await.problem(409),
        "revision-conflict"
    );
    let changed = with(changed, &json!({"replaces_revision": 1}));
    let dry = jobcenter
        .post(&format!("{REPORTS}?dry_run=true"), &changed)
        .await
        .expect(200);
    assert_eq!((&dry["outcome"], &dry["id"]), (&json!("dry_run"), &Value::Null));
    let revised = jobcenter.post(REPORTS, &changed).await.expect(201);
    assert_eq!(
        revised["rows"],
        json!({"received": 4, "empty": 1, "created": 0, "updated": 1, "unchanged": 2, "removed": 1})
    );
    assert_eq!(dry["rows"], revised["rows"]);
    assert_eq!(revised["warnings"][0]["code"], "removed");
    assert_eq!(
        revised["changes"][0],
        json!({"pointer": "/counts/0", "row": "counts/zone-1-unknown/18-29/female", "field": "participants", "before": 9,
            "after": 10})
    );

    let path = format!("{REPORTS}/din-uddannelsesvej/2024-Q1");
    let current = jobcenter.get(&path).await.expect(200);
    assert_eq!(current["revision"], 2);
    assert_eq!(current["organisation"], "jobcenter-fredericia");
    assert_eq!(current["source"], "Jobcenter Fredericia");
    assert_eq!(current["counts"].as_array().unwrap().len(), 2);
    let before = jobcenter.get(&format!("{path}?revision=1")).await.expect(200);
    assert_eq!(before["counts"].as_array().unwrap().len(), 3);
    let as_of = between.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    assert_eq!(
        jobcenter.get(&format!("{path}?as_of={as_of}")).await.expect(200),
        before
    );
    let kept = jobcenter.get(&format!("{path}/receipt?revision=1")).await.expect(200);
    assert_eq!(kept, receipt);
    let list = jobcenter.get(&format!("{REPORTS}?period=2024-Q1")).await.expect(200);
    assert_eq!(list["items"][0]["id"], revised["id"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn every_error_of_a_report_is_told_at_once_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let wrong = json!({"activity": "lektiecafe", "period": "2024-02", "colour": "red", "note": "ring til 010190-1234",
        "counts": [
            {"residence": "stendalsparken", "age_band": "10-14", "gender": "female", "participants": 3, "newcomers": 4},
            {"residence": "zone-1", "age_band": "teen", "gender": "x", "participants": -1, "newcomers": 0.5},
            {"residence": "outside", "age_band": "10-14", "gender": "male", "participants": 2000000, "newcomers": 0}],
        "places": [{"zone": "zone-7", "sessions": 0, "volunteers": 1, "attendances": 0}],
        "delivered": [{"commitment": "youth-school-classes", "zone": "zone-1", "quantity": 5}]});
    let mut errors = client.post(REPORTS, &wrong).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/colour unknown_field",
            "/counts/0/newcomers part_exceeds_whole",
            "/counts/1/age_band unknown_age_band",
            "/counts/1/gender unknown_gender",
            "/counts/1/newcomers fractional",
            "/counts/1/participants negative",
            "/counts/1/residence not_a_department",
            "/counts/2/participants too_large",
            "/delivered/0/commitment unknown_commitment",
            "/note personal_number",
            "/period invalid_period",
            "/places/0/sessions no_sessions",
            "/places/0/zone unknown_area",
        ]
    );
    // In a sound quarter the department of which nobody has said where it lies is told, too.
    let wrong = with(wrong, &json!({"period": "2024-Q1"}));
    let errors = client.post(REPORTS, &wrong).await.errors(422);
    assert!(errors.contains(&"/counts/0/residence no_zone".to_owned()), "{errors:?}");
    let listed = client.get(&format!("{REPORTS}?activity=lektiecafe")).await.expect(200);
    assert_eq!(listed["items"], json!([]));
}

#[actix_web::test]
async fn a_table_says_the_same_as_json() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let json = std::fs::read_to_string("openapi/examples/participation-report.json").unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    client.post(REPORTS, &json).await.expect(201);
    let table = std::fs::read_to_string("openapi/examples/participation-report.csv").unwrap();
    let query = "activity=brobyggende-fritidsaktiviteter&period=2024-Q1&source=Ungdomsskolen\
        &note=Made-up%20figures%20(opdigtede%20tal)";
    for table in [table.clone(), table.replace(';', ","), table.replace('\n', "\r\n")] {
        let answer = client.post_csv(&format!("{REPORTS}?{query}"), &table).await;
        assert_eq!(answer.expect(200)["outcome"], "unchanged");
    }
    let answer = client
        .post_csv(REPORTS, "residence;age_band\noutside;010190-1234\n")
        .await;
    assert_eq!(
        answer.errors(422),
        [
            "activity required",
            "period required",
            "2:2 personal_number",
            "2:null required",
            "2:null required",
            "2:null required",
        ]
    );
    assert!(!answer.text().contains("010190"));
    let answer = client.post(&format!("{REPORTS}?period=2024-Q1"), &json).await;
    assert_eq!(answer.errors(400), ["period csv_only"]);
}

#[actix_web::test]
async fn exact_counts_are_for_the_secretariat_and_those_who_reported_them() {
    let app = TestApp::start().await;
    let path = format!("{REPORTS}/din-uddannelsesvej/2023-Q4");
    let sees = async |client: Client<'_>| {
        let status = client.get(&path).await.status;
        let receipt = client.get(&format!("{path}/receipt")).await.status;
        assert_eq!(status, receipt);
        if status == 403 {
            return (status, 0);
        }
        let list = client.get(REPORTS).await.expect(200);
        (status, list["items"].as_array().unwrap().len())
    };
    for (role, organisation, seen) in [
        (Role::Secretariat, "omraadesekretariatet", (200, 1)),
        (Role::Municipality, "jobcenter-fredericia", (200, 1)),
        // The municipality is above its Jobcenter.
        (Role::Municipality, "fredericia-kommune", (200, 1)),
        // Another actor of the same activity.
        (Role::Municipality, "idraet-i-dagtimerne", (404, 0)),
        (Role::Municipality, "no-such-organisation", (404, 0)),
        (Role::HousingOrganisation, "boli-nu", (404, 0)),
        (Role::Board, "boli-nu", (403, 0)),
        (Role::Fund, "landsbyggefonden", (403, 0)),
        (Role::Auditor, "boli-nu", (403, 0)),
    ] {
        assert_eq!(
            sees(app.with_token(&of(&app, role, organisation))).await,
            seen,
            "{role} {organisation}"
        );
    }
    let nobody = app.token(Role::Municipality, None, &[PLAN], None);
    assert_eq!(sees(app.with_token(&nobody)).await, (404, 0));
}

#[actix_web::test]
async fn an_actor_reports_its_activities_and_corrects_only_what_it_said() {
    let app = TestApp::start().await;
    let report_as = async |role: Role, organisation: &str, query: &str, report: Value| {
        let token = of(&app, role, organisation);
        app.with_token(&token).post(&format!("{REPORTS}{query}"), &report).await
    };
    let library = |activity: &str| with(report("2024-Q1"), &json!({"activity": activity}));
    let answer = report_as(
        Role::Municipality,
        "fredericia-bibliotek",
        "",
        library("din-uddannelsesvej"),
    )
    .await;
    assert_eq!(answer.errors(422), ["/activity not_an_actor"]);
    let answer = report_as(
        Role::Municipality,
        "fredericia-bibliotek",
        "",
        library("no-such-activity"),
    )
    .await;
    assert_eq!(answer.errors(422), ["/activity unknown_activity"]);
    let answer = report_as(Role::HousingOrganisation, "boli-nu", "", library("lektiecafe")).await;
    assert_eq!(answer.errors(422), ["/activity not_an_actor"]);
    let answer = report_as(Role::Municipality, "fredericia-bibliotek", "", library("lektiecafe")).await;
    assert_eq!(answer.expect(201)["outcome"], "created");

    // The other actor learns nothing, neither by a correction nor by a dry run of one.
    let other = with(report("2023-Q4"), &json!({"counts": [], "revision_reason": "x"}));
    for query in ["", "?dry_run=true"] {
        let answer = report_as(Role::Municipality, "idraet-i-dagtimerne", query, other.clone()).await;
        assert_eq!(answer.errors(422), ["/activity reported_by_others"]);
    }
    // The secretariat and whoever is above corrects; the first reporter reads what it became.
    let corrected = with(
        report("2023-Q4"),
        &json!({"source": "Sekretariatet", "revision_reason": "x"}),
    );
    let answer = report_as(Role::Secretariat, "omraadesekretariatet", "", corrected).await;
    assert_eq!(answer.expect(201)["revision"], 2);
    let path = format!("{REPORTS}/din-uddannelsesvej/2023-Q4");
    assert_eq!(app.jobcenter().get(&path).await.expect(200)["revision"], 2);
}

#[actix_web::test]
async fn a_retry_of_a_report_gets_the_first_answer_again() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "q1");
    let first = client.post(REPORTS, &report("2024-Q1")).await;
    let second = client.post(REPORTS, &report("2024-Q1")).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.body, second.body);
    assert_eq!(second.header("idempotency-replayed"), "true");
    let other = client.post(REPORTS, &report("2024-Q2")).await;
    assert_eq!(other.problem(422), "idempotency-key-reused");
}

#[actix_web::test]
async fn what_a_report_may_say_follows_the_reference_data() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let categories = client.get("participation/categories?period=2024-Q1").await.expect(200);
    let codes = |list: &Value| -> Vec<String> {
        let items = list.as_array().unwrap().iter();
        items.map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    // The agreement does not say in which zone its departments lie.
    let zones = [
        "zone-1-unknown",
        "zone-2-unknown",
        "zone-3-unknown",
        "zone-4-unknown",
        "outside",
    ];
    assert_eq!(codes(&categories["residences"]), zones);
    assert_eq!(
        codes(&categories["age_bands"]),
        ["0-9", "10-14", "15-17", "18-29", "30-64", "65-plus"]
    );
    assert_eq!(codes(&categories["genders"]), ["female", "male", "other-unknown"]);
    assert_eq!(
        categories["places"],
        json!(["zone-1", "zone-2", "zone-3", "zone-4", "outside", "unknown"])
    );
    assert_eq!(
        client.get("participation/categories?period=2024").await.errors(400),
        ["period invalid_period"]
    );
}

#[actix_web::test]
async fn commitments_stand_against_what_the_year_delivered() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let deliver = async |quarter: u32, classes: Option<i32>, places: Option<i32>| {
        let row = |commitment: &str, zone: &str, quantity: Option<i32>| {
            quantity.map(|quantity| json!({"commitment": commitment, "zone": zone, "quantity": quantity}))
        };
        let rows = [
            row("youth-school-classes", "zone-1", classes),
            row("youth-school-classes", "unknown", classes.map(|_| 1)),
            row("reserved-summer-places", "outside", places),
        ];
        let delivered: Vec<Value> = rows.into_iter().flatten().collect();
        let body = json!({"activity": "brobyggende-fritidsaktiviteter", "period": format!("2024-Q{quarter}"),
            "counts": [], "delivered": delivered});
        client.post(REPORTS, &body).await.expect(201)
    };
    let board = app.as_role(Role::Board);
    let standing = async |code: &str| {
        let list = board
            .get("participation/commitments?year=2024&activity=brobyggende-fritidsaktiviteter")
            .await
            .expect(200);
        let items = list["items"].as_array().unwrap().clone();
        let found = items.into_iter().find(|item| item["code"] == code).unwrap();
        (
            found["promised"].clone(),
            found["delivered"].clone(),
            found["status"].clone(),
            found["unreported"].clone(),
        )
    };
    let stands = |promised: Value, delivered: Value, status: &str, unreported: Value| {
        (promised, delivered, json!(status), unreported)
    };
    let quarters = json!(["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]);
    let nothing = stands(json!(20), Value::Null, "not_reported", quarters.clone());
    assert_eq!(standing("youth-school-classes").await, nothing);
    deliver(1, Some(4), None).await;
    deliver(2, Some(4), None).await;
    deliver(3, Some(4), Some(30)).await;
    let after_three = stands(json!(20), json!(15), "not_yet", json!(["2024-Q4"]));
    assert_eq!(standing("youth-school-classes").await, after_three);
    deliver(4, Some(3), None).await;
    assert_eq!(
        standing("youth-school-classes").await,
        stands(json!(20), json!(19), "short", json!([]))
    );
    let places = stands(json!(30), json!(30), "met", json!(["2024-Q1", "2024-Q2", "2024-Q4"]));
    assert_eq!(standing("reserved-summer-places").await, places);
    // No number was promised of the events.
    let events = stands(Value::Null, Value::Null, "unnumbered", quarters);
    assert_eq!(standing("youth-house-events").await, events);

    // All 12 of the agreement; a weekly opening counts for the year's 52 whole weeks.
    let all = board.get("participation/commitments?year=2024").await.expect(200);
    let all = all["items"].as_array().unwrap();
    assert_eq!(all.len(), 12);
    let weekly = all.iter().find(|item| item["code"] == "weekly-opening").unwrap();
    assert_eq!((&weekly["promised"], &weekly["per"]), (&json!(52), &json!("week")));
    // What is not published is the secretariat's alone.
    let path = "activities/vejledningsbutikken";
    let etag = client.get(path).await.header("etag").to_owned();
    let hide = client.header("if-match", &etag);
    hide.patch(path, &json!({"is_published": false})).await.expect(200);
    let count = async |client: &Client<'_>| {
        let list = client.get("participation/commitments?year=2024").await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (count(&board).await, count(&app.as_role(Role::Secretariat)).await),
        (11, 12)
    );
    // The plan runs from 2023 to 2026.
    for year in ["2022", "2027", "-1"] {
        let answer = board.get(&format!("participation/commitments?year={year}")).await;
        assert_eq!(answer.errors(422), ["year outside_plan"], "{year}");
    }
    let answer = board.get("participation/commitments?year=soon").await;
    assert_eq!(answer.errors(400), ["year invalid_value"]);
}

#[actix_web::test]
async fn a_report_says_who_counted_and_a_token_without_an_organisation_has_to() {
    let app = TestApp::start().await;
    let office = app.with_token(&app.token(Role::Secretariat, None, &[PLAN], None));
    let without = office.post(REPORTS, &report("2024-Q1")).await;
    assert_eq!(without.errors(422), ["/source required"]);
    assert!(
        without.text().contains("your token names no organisation of the plan"),
        "{}",
        without.text()
    );
    let csv = "residence;age_band;gender;participants;newcomers\noutside;10-14;female;3;0\n";
    let by_csv = format!("{REPORTS}?activity=din-uddannelsesvej&period=2024-Q1");
    assert_eq!(office.post_csv(&by_csv, csv).await.errors(422), ["source required"]);
    let named = with(report("2024-Q1"), &json!({"source": "Ungeenheden"}));
    assert_eq!(office.post(REPORTS, &named).await.expect(201)["outcome"], "created");
    // An organisation of another plan is none of this one's.
    let stranger = app.with_token(&app.token(Role::Secretariat, Some("no-such-organisation"), &[PLAN], None));
    assert_eq!(
        stranger.post(REPORTS, &report("2024-Q2")).await.errors(422),
        ["/source required"]
    );
    // The secretariat's own clients have its organisation: its name stands where nobody else is named.
    let own = app.as_role(Role::Secretariat);
    own.post(REPORTS, &report("2024-Q2")).await.expect(201);
    let stored = own
        .get(&format!("{REPORTS}/din-uddannelsesvej/2024-Q2"))
        .await
        .expect(200);
    let organisations = own.get("organisations/omraadesekretariatet").await.expect(200);
    assert_eq!(stored["source"], organisations["name"]);
}

#[actix_web::test]
async fn a_report_as_csv_is_stored_as_the_same_one_in_json_is() {
    let app = TestApp::start().await;
    let jobcenter = app.jobcenter();
    // A spreadsheet's file: byte order mark, semicolons, columns in its own order, quoted, blank where nothing is.
    let csv = "\u{feff}gender;residence;age_band;participants;newcomers;to_education;to_job;to_leisure_job;to_association;zone;sessions;\
        volunteers;attendances\r\n\
        female;zone-1-unknown;18-29;9;4;2;1;;;;;;\r\n\
        \"male\";zone-2-unknown;18-29;6;1;;;;;;;;\r\n\
        other-unknown;outside;15-17;1;0;0;0;0;0;;;;\r\n\
        ;;;;;;;;;zone-1;11;2;70\r\n";
    let path = format!("{REPORTS}?activity=din-uddannelsesvej&period=2024-Q1");
    let dry = jobcenter
        .post_csv(&format!("{path}&dry_run=true"), csv)
        .await
        .expect(200);
    assert_eq!((&dry["outcome"], &dry["id"]), (&json!("dry_run"), &Value::Null));
    let stored = format!("{REPORTS}/din-uddannelsesvej/2024-Q1");
    assert_eq!(jobcenter.get(&stored).await.status, 404, "a dry run stores nothing");
    let answer = jobcenter.post_csv(&path, csv).await;
    let receipt = answer.expect(201);
    assert_eq!(
        answer.header("location"),
        format!("/v1/plans/{PLAN}/{stored}?revision=1")
    );
    assert_eq!(
        (&receipt["outcome"], &receipt["rows"], &receipt["totals"]),
        (
            &json!("created"),
            &json!({"received": 4, "empty": 0, "created": 4, "updated": 0, "unchanged": 0, "removed": 0}),
            &json!({"participants": 16, "newcomers": 5, "to_education": 2, "to_job": 1, "to_leisure_job": 0,
                "to_association": 0, "sessions": 11, "volunteers": 2, "attendances": 70})
        )
    );
    let by_csv = jobcenter.get(&stored).await.expect(200);
    assert_eq!(
        (&by_csv["source"], &by_csv["organisation"]),
        (&json!("Jobcenter Fredericia"), &json!("jobcenter-fredericia"))
    );
    // The same content in JSON is the same report, and the other way round.
    let again = jobcenter.post(REPORTS, &report("2024-Q1")).await.expect(200);
    assert_eq!((&again["outcome"], &again["id"]), (&json!("unchanged"), &receipt["id"]));
    jobcenter.post(REPORTS, &report("2024-Q2")).await.expect(201);
    let by_json = jobcenter
        .get(&format!("{REPORTS}/din-uddannelsesvej/2024-Q2"))
        .await
        .expect(200);
    for part in ["counts", "places", "delivered"] {
        assert_eq!(by_csv[part], by_json[part], "{part}");
    }
    // A correction by CSV is a revision.
    let corrected = csv.replace("18-29;9;4", "18-29;10;4");
    assert_eq!(
        jobcenter.post_csv(&path, &corrected).await.errors(422),
        ["revision_reason revision_reason_required"]
    );
    let revision = format!("{path}&revision_reason=talt%20forkert&replaces_revision=1");
    assert_eq!(
        jobcenter.post_csv(&revision, &corrected).await.expect(201)["revision"],
        2
    );
}

#[actix_web::test]
async fn a_personal_number_comes_in_by_no_patch_and_by_no_csv() {
    let app = TestApp::start().await;
    let office = app.as_role(Role::Secretariat);
    // By a merge patch, in Danish and English, written in every way; the number is made up.
    let path = "activities/lektiecafe";
    let before = office.get(path).await;
    let patching = office.clone().header("if-match", before.header("etag"));
    for number in ["010190-1234", "0101901234", "010190 1234"] {
        for member in ["purpose", "purpose_en", "content", "name"] {
            let refused = patching
                .patch(path, &json!({member: format!("Ring til {number} i dag")}))
                .await;
            assert_eq!(refused.errors(422), [format!("/{member} personal_number")], "{number}");
        }
    }
    assert_eq!(office.get(path).await.body, before.body, "nothing of it is stored");
    let created = office.post("sessions", &sessions::once()).await;
    let session = created.header("location").to_owned();
    // The validator of the 201 is good for the change.
    let patching = office.clone().header("if-match", created.header("etag"));
    let refused = patching
        .patch(&session, &json!({"description": "Mor: 010190-1234"}))
        .await;
    assert_eq!(refused.errors(422), ["/description personal_number"]);
    patching
        .patch(&session, &json!({"description": "Tag en ven med"}))
        .await
        .expect(200);
    // By CSV: in what the query says, in a cell, and in a name of a column.
    let jobcenter = app.jobcenter();
    let csv = "residence;age_band;gender;participants;newcomers\noutside;10-14;female;3;0\n";
    let path = format!("{REPORTS}?activity=din-uddannelsesvej&period=2024-Q1");
    for name in ["note", "source", "revision_reason"] {
        let refused = jobcenter
            .post_csv(&format!("{path}&{name}=se%20010190-1234"), csv)
            .await;
        assert_eq!(refused.errors(422), [format!("{name} personal_number")]);
    }
    for wrong in [
        csv.replace("outside", "010190-1234"),
        csv.replace("10-14", "0101901234"),
        csv.replace(";0\n", ";0;010190-1234\n"),
        csv.replace("newcomers", "newcomers;010190-1234"),
    ] {
        let refused = jobcenter.post_csv(&path, &wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(
            !refused.text().contains("010190"),
            "it is not said again: {}",
            refused.text()
        );
    }
    assert_eq!(
        jobcenter
            .get(&format!("{REPORTS}/din-uddannelsesvej/2024-Q1"))
            .await
            .status,
        404
    );
}
