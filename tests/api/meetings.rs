//! Bodies and their meetings: a year as the agreement prescribes it, agendas, the figures that were seen, minutes, calendars.
//! The meetings are made up; who meets how often is the agreement's.

use helhedsplan::auth::role::Role;
use icalendar::{Calendar, CalendarComponent, Component, Event, EventStatus};
use serde_json::{Value, json};

use crate::support::extracts::{extract, with_count};
use crate::support::{Answer, Client, PLAN, TestApp};

/// The year of 2024: each steering group before the last meeting of the board in each half-year.
const YEAR: [(&str, &str); 24] = [
    ("bestyrelsen", "2024-03-12T14:00"),
    ("bestyrelsen", "2024-06-11T14:00"),
    ("bestyrelsen", "2024-09-10T14:00"),
    ("bestyrelsen", "2024-12-10T14:00"),
    ("styregruppe-beskaeftigelse", "2024-05-28T10:00"),
    ("styregruppe-beskaeftigelse", "2024-11-26T10:00"),
    ("styregruppe-uddannelse", "2024-05-29T10:00"),
    ("styregruppe-uddannelse", "2024-11-27T10:00"),
    ("faellessekretariatet", "2024-02-06T09:00"),
    ("faellessekretariatet", "2024-05-07T09:00"),
    ("faellessekretariatet", "2024-08-20T09:00"),
    ("faellessekretariatet", "2024-11-05T09:00"),
    ("koordineringsmoedet", "2024-01-23T13:00"),
    ("koordineringsmoedet", "2024-04-23T13:00"),
    ("koordineringsmoedet", "2024-08-27T13:00"),
    ("koordineringsmoedet", "2024-10-29T13:00"),
    ("beboerdemokratimoede-zone-1", "2024-04-09T18:00"),
    ("beboerdemokratimoede-zone-1", "2024-10-08T18:00"),
    ("beboerdemokratimoede-zone-2", "2024-04-10T18:00"),
    ("beboerdemokratimoede-zone-2", "2024-10-09T18:00"),
    ("beboerdemokratimoede-zone-3", "2024-04-11T18:00"),
    ("beboerdemokratimoede-zone-3", "2024-10-10T18:00"),
    ("beboerdemokratimoede-zone-4", "2024-04-16T18:00"),
    ("beboerdemokratimoede-zone-4", "2024-10-15T18:00"),
];

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

fn of_organisation<'a>(app: &'a TestApp, role: Role, organisation: &str) -> Client<'a> {
    app.with_token(&app.token(role, Some(organisation), &[PLAN], None))
}

fn id_of(answer: &Answer, status: u16) -> String {
    answer.expect(status)["id"].as_str().unwrap().to_owned()
}

/// Plans a meeting; gives its id.
async fn planned(app: &TestApp, body: &str, local_start: &str) -> String {
    let meeting = json!({"body": body, "local_start": local_start, "duration_minutes": 120});
    id_of(&secretariat(app).post("meetings", &meeting).await, 201)
}

/// A step of a meeting that has no body.
async fn step(client: &Client<'_>, meeting: &str, step: &str) -> Answer {
    let path = format!("meetings/{meeting}/{step}");
    client.send(reqwest::Method::POST, &path, None, Vec::new()).await
}

async fn held(app: &TestApp, body: &str, local_start: &str) -> String {
    let id = planned(app, body, local_start).await;
    step(&secretariat(app), &id, "call").await.expect(200);
    step(&secretariat(app), &id, "hold").await.expect(200);
    id
}

async fn call_off(app: &TestApp, meeting: &str) {
    let reason = json!({"reason": "Sygdom"});
    let answer = secretariat(app)
        .post(&format!("meetings/{meeting}/cancel"), &reason)
        .await;
    assert_eq!(answer.expect(200)["status"], "cancelled");
}

async fn cadence(client: &Client<'_>, year: i32) -> Value {
    client.get(&format!("meetings/cadence?year={year}")).await.expect(200)
}

/// What a body's cadence lacks: its periods with something missing.
fn missing(cadence: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    for body in cadence["bodies"].as_array().unwrap() {
        for period in body["periods"].as_array().unwrap() {
            if period["missing"] != 0 {
                missing.push(format!("{} {} {}", body["body"], period["period"], period["missing"]).replace('"', ""));
            }
        }
    }
    missing
}

/// The rules of order that are not kept.
fn out_of_order(cadence: &Value) -> Vec<String> {
    let orderings = cadence["orderings"].as_array().unwrap().iter();
    orderings
        .filter(|one| one["verdict"] != "kept")
        .map(|one| format!("{} {} {}", one["body"], one["period"], one["verdict"]).replace('"', ""))
        .collect()
}

#[actix_web::test]
async fn the_bodies_are_those_of_the_agreement() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::HousingOrganisation);
    let bodies = client.get("bodies").await.expect(200);
    assert_eq!(bodies["items"].as_array().unwrap().len(), 16);
    let board = client.get("bodies/bestyrelsen").await.expect(200);
    assert_eq!(board["cadence"], json!({"times": 4, "per": "year"}));
    let seats = board["seats"].as_array().unwrap();
    let members = seats.iter().filter(|seat| seat["is_member"] == true).count();
    assert_eq!((seats.len(), members), (7, 5));
    let votes: Vec<&str> = seats.iter().filter_map(|seat| seat["vote_of"].as_str()).collect();
    assert_eq!(
        votes,
        [
            "boligkontoret-fredericia",
            "boli-nu",
            "fredericia-kommune",
            "fredericia-kommune"
        ]
    );
    let chairs: Vec<&Value> = seats.iter().filter(|seat| seat["is_chair"] == true).collect();
    assert_eq!(chairs[0]["organisation"], "boligkontoret-fredericia");
    let minutes: Vec<&Value> = seats.iter().filter(|seat| seat["is_minute_taker"] == true).collect();
    assert_eq!(
        (chairs.len(), minutes.len(), &minutes[0]["title"]),
        (1, 1, &json!("Souschef"))
    );
    assert_eq!(board["orderings"].as_array().unwrap().len(), 2);
    // The agreement lays down no days.
    assert_eq!(
        (&board["call_days"], &board["agenda_days"]),
        (&Value::Null, &Value::Null)
    );
    let year = cadence(&app.as_role(Role::Secretariat), 2025).await;
    assert_eq!((&year["required"], &year["missing"]), (&json!(24), &json!(24)));
}

#[actix_web::test]
async fn a_year_of_24_meetings_is_complete_and_one_less_is_named() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let mut ids = Vec::new();
    for (body, start) in YEAR {
        ids.push(planned(&app, body, start).await);
    }
    let year = cadence(&client, 2024).await;
    let sums = |year: &Value| (year["required"].clone(), year["planned"].clone(), year["held"].clone());
    assert_eq!(sums(&year), (json!(24), json!(24), json!(0)));
    assert_eq!((&year["missing"], &year["is_complete"]), (&json!(0), &json!(false)));
    for (id, (_, start)) in ids.iter().zip(YEAR) {
        step(&client, id, "call").await.expect(200);
        // The autumn meeting of the joint secretariat waits.
        if start != "2024-08-20T09:00" {
            step(&client, id, "hold").await.expect(200);
        }
    }
    call_off(&app, &ids[10]).await;
    let year = cadence(&client, 2024).await;
    assert_eq!(missing(&year), ["faellessekretariatet 2024-Q3 1"]);
    assert_eq!((&year["held"], &year["is_complete"]), (&json!(23), &json!(false)));
    assert!(out_of_order(&year).is_empty());
    held(&app, "faellessekretariatet", "2024-09-24T09:00").await;
    let year = cadence(&client, 2024).await;
    assert_eq!(sums(&year), (json!(24), json!(0), json!(24)));
    assert_eq!(year["is_complete"], true);
    assert!(missing(&year).is_empty() && out_of_order(&year).is_empty());
    // Each sees the bodies in which it has a seat: the board and the coordination meeting.
    let own = cadence(&app.as_role(Role::HousingOrganisation), 2024).await;
    let bodies: Vec<&Value> = own["bodies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["body"])
        .collect();
    assert_eq!(bodies, ["bestyrelsen", "koordineringsmoedet"]);
    assert_eq!((&own["required"], &own["is_complete"]), (&json!(8), &json!(true)));
    assert_eq!(own["orderings"], json!([]));
    let answer = client.get("meetings/cadence?year=2027").await;
    assert_eq!(answer.errors(422), ["year outside_plan"]);
}

#[actix_web::test]
async fn what_a_year_requires_and_what_is_beyond_that_add_up_to_what_was_held_is_planned_and_is_missing() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    for (body, start) in [
        // One is required in each quarter: two in the first are no meeting in the second.
        ("faellessekretariatet", "2024-01-10T09:00"),
        ("faellessekretariatet", "2024-02-14T09:00"),
        ("faellessekretariatet", "2024-08-21T09:00"),
        // Four are required in the year.
        ("bestyrelsen", "2024-03-12T14:00"),
        ("bestyrelsen", "2024-06-11T14:00"),
        ("bestyrelsen", "2024-09-10T14:00"),
        ("bestyrelsen", "2024-10-08T14:00"),
        ("bestyrelsen", "2024-12-10T14:00"),
        // None are.
        ("arbejdsgruppe-beskaeftigelse", "2024-04-09T09:00"),
        ("arbejdsgruppe-beskaeftigelse", "2024-05-14T09:00"),
    ] {
        held(&app, body, start).await;
    }
    planned(&app, "faellessekretariatet", "2024-11-13T09:00").await;
    let off = planned(&app, "arbejdsgruppe-beskaeftigelse", "2024-06-18T09:00").await;
    call_off(&app, &off).await;
    let year = cadence(&client, 2024).await;
    let figures = |one: &Value| -> Vec<u64> {
        ["required", "extra", "held", "planned", "missing"]
            .iter()
            .map(|name| one[name].as_u64().unwrap())
            .collect()
    };
    let body = |code: &str| {
        let bodies = year["bodies"].as_array().unwrap();
        bodies.iter().find(|one| one["body"] == code).unwrap().clone()
    };
    let joint = body("faellessekretariatet");
    assert_eq!(figures(&joint), [4, 1, 3, 1, 1]);
    let quarters: Vec<Vec<u64>> = joint["periods"].as_array().unwrap().iter().map(figures).collect();
    assert_eq!(
        quarters,
        [[1, 1, 2, 0, 0], [1, 0, 0, 0, 1], [1, 0, 1, 0, 0], [1, 0, 0, 1, 0]]
    );
    assert_eq!(figures(&body("bestyrelsen")), [4, 1, 5, 0, 0]);
    assert_eq!(figures(&body("arbejdsgruppe-beskaeftigelse")), [0, 2, 2, 0, 0]);
    assert_eq!(body("arbejdsgruppe-beskaeftigelse")["cancelled"], 1);
    // The coordination meeting lacks four, each steering group two, each zone two: with the one above 17 of the 24.
    assert_eq!(figures(&year), [24, 4, 10, 1, 17]);
    for one in year["bodies"].as_array().unwrap().iter().chain([&year]) {
        let [required, extra, held, planned, missing] = figures(one)[..] else {
            unreachable!()
        };
        assert_eq!(required + extra, held + planned + missing, "{one}");
    }
    // Eleven meetings of 24 would not do, were they the right ones.
    assert_eq!(year["is_complete"], false);
}

#[actix_web::test]
async fn a_steering_group_that_meets_too_late_or_not_at_all_is_named() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    for (body, start) in [
        ("bestyrelsen", "2025-03-11T14:00"),
        ("bestyrelsen", "2025-06-10T14:00"),
        ("bestyrelsen", "2025-12-09T14:00"),
        ("styregruppe-uddannelse", "2025-05-27T10:00"),
        // After the board's last meeting of the half-year.
        ("styregruppe-uddannelse", "2025-12-10T10:00"),
        // Between the two meetings of the board in the half-year: before the one that counts.
        ("styregruppe-beskaeftigelse", "2025-04-01T10:00"),
    ] {
        planned(&app, body, start).await;
    }
    let year = cadence(&client, 2025).await;
    assert_eq!(
        out_of_order(&year),
        [
            "styregruppe-beskaeftigelse 2025-S2 missing",
            "styregruppe-uddannelse 2025-S2 too_late"
        ]
    );
    let late = &year["orderings"][3];
    let meeting = client
        .get(&format!("meetings/{}", late["meeting"].as_str().unwrap()))
        .await;
    assert_eq!(meeting.expect(200)["local_start"], "2025-12-10T10:00:00");
    let year = cadence(&client, 2026).await;
    assert!(
        out_of_order(&year)
            .iter()
            .all(|one| one.ends_with("nothing_to_precede"))
    );
}

#[actix_web::test]
async fn what_a_meeting_saw_stays_and_a_correction_since_is_named() {
    let app = TestApp::start().await;
    let push = app
        .jobcenter()
        .post("kendskabsgrad/extracts", &extract("2024-01-01"))
        .await;
    assert_eq!(push.status, 201);
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let path = format!("meetings/{id}/figures");
    let board = app.as_role(Role::Board);
    assert_eq!(board.get(&path).await.problem(404), "not-found");
    let called = step(&secretariat(&app), &id, "call").await.expect(200);
    let first = board.get(&path).await.expect(200);
    assert_eq!(first["restated"], json!([]));
    assert_eq!(
        (&first["as_of"], &first["on"]),
        (&called["figures_as_of"], &json!("2024-03-12"))
    );
    let status = format!(
        "goal-status?on=2024-03-12&limit=1000&as_of={}",
        first["as_of"].as_str().unwrap()
    );
    assert_eq!(board.get(&status).await.expect(200)["items"], first["items"]);

    let mut corrected = with_count(extract("2024-01-01"), "6.8", "zone-1", 20);
    corrected["revision_reason"] = json!("Talt to gange");
    let push = app.jobcenter().post("kendskabsgrad/extracts", &corrected).await;
    assert_eq!(push.expect(201)["outcome"], "revised");
    let after = board.get(&path).await.expect(200);
    assert_eq!(after["items"], first["items"]);
    let restated = after["restated"].as_array().unwrap();
    let of = |area: &str| {
        let found = restated
            .iter()
            .find(|one| one["code"] == "rehabilitation" && one["area"] == area);
        found.unwrap_or_else(|| panic!("rehabilitation in {area} is restated: {restated:?}"))
    };
    // Table 9 has 25, 26, 24 and 25 in group 6.8: 100 together.
    let zone = of("zone-1");
    assert_eq!(
        (&zone["before"]["latest"]["value"], &zone["after"]["latest"]["value"]),
        (&json!(25), &json!(20))
    );
    let together = of("all-zones");
    assert_eq!(
        (
            &together["before"]["latest"]["value"],
            &together["after"]["latest"]["value"]
        ),
        (&json!(100), &json!(95))
    );
    let figure = &zone["figures"][0];
    assert_eq!(figure["before"], json!({"revision": 1, "value": 25}));
    assert_eq!(figure["after"], json!({"revision": 2, "value": 20}));
    assert_eq!(
        (&figure["area"], &figure["period"]),
        (&json!("zone-1"), &json!("2024-01-01"))
    );
    assert!(
        restated.iter().all(|one| one["area"] != "zone-2"),
        "nothing changed there"
    );

    // Who may not see the goals does not see them here.
    let token = app.token(Role::Board, None, &[PLAN], Some("meetings:read"));
    assert_eq!(app.with_token(&token).get(&path).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn a_meeting_takes_one_step_after_the_other() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let conflict =
        async |name: &str| assert_eq!(step(&client, &id, name).await.problem(409), "state-conflict", "{name}");
    conflict("hold").await;
    conflict("approve").await;
    let called = step(&client, &id, "call").await.expect(200);
    assert_eq!((&called["status"], &called["sequence"]), (&json!("called"), &json!(1)));
    conflict("call").await;
    step(&client, &id, "hold").await.expect(200);
    conflict("call").await;
    let reason = json!({"reason": "Sygdom"});
    let cancel = format!("meetings/{id}/cancel");
    assert_eq!(client.post(&cancel, &reason).await.problem(409), "state-conflict");
    let moved = json!({"local_start": "2024-03-13T14:00"});
    assert_eq!(
        client.patch(&format!("meetings/{id}"), &moved).await.problem(409),
        "state-conflict"
    );
    let approved = step(&client, &id, "approve").await.expect(200);
    assert_eq!(approved["status"], "minutes_approved");
    conflict("approve").await;

    let other = planned(&app, "bestyrelsen", "2024-06-11T14:00").await;
    let no_reason = client
        .post(&format!("meetings/{other}/cancel"), &json!({"why": "x"}))
        .await;
    assert_eq!(no_reason.errors(422), ["/reason required", "/why unknown_field"]);
    call_off(&app, &other).await;
    assert_eq!(step(&client, &other, "call").await.problem(409), "state-conflict");
}

#[actix_web::test]
async fn a_step_without_a_body_takes_an_empty_object_for_none() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let send = async |name: &str, body: &[u8]| {
        let path = format!("meetings/{id}/{name}");
        client
            .send(reqwest::Method::POST, &path, Some("application/json"), body.to_vec())
            .await
    };
    let long = format!("{{{}}}", " ".repeat(100));
    for body in [r#"{"agenda": []}"#, "[]", "null", "{", "{}{}", long.as_str()] {
        assert_eq!(
            send("call", body.as_bytes()).await.problem(400),
            "malformed-body",
            "{body}"
        );
    }
    assert_eq!(send("call", b"{}").await.expect(200)["status"], "called");
    assert_eq!(send("hold", b" { }\n").await.expect(200)["status"], "held");
}

#[actix_web::test]
async fn a_field_that_is_not_there_is_answered_with_each_of_those_that_are_once() {
    let app = TestApp::start().await;
    let meeting =
        json!({"body": "bestyrelsen", "local_start": "2024-03-12T14:00", "duration_minutes": 120, "colour": "red"});
    let refused = secretariat(&app).post("meetings", &meeting).await;
    assert_eq!(refused.errors(422), ["/colour unknown_field"]);
    let known = "the fields are body, name, local_start, duration_minutes, venue, place.";
    assert!(refused.text().contains(known), "{}", refused.text());
}

#[actix_web::test]
async fn a_retry_with_the_same_key_does_nothing_twice() {
    let app = TestApp::start().await;
    let client = secretariat(&app).header("idempotency-key", "k");
    let meeting = json!({"body": "bestyrelsen", "local_start": "2024-03-12T14:00", "duration_minutes": 120});
    let first = client.post("meetings", &meeting).await;
    let again = client.post("meetings", &meeting).await;
    assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body));
    let id = id_of(&first, 201);
    let called = step(&client, &id, "call").await;
    let again = step(&client, &id, "call").await;
    assert_eq!((called.status, again.status, &called.body), (200, 200, &again.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let item = json!({"title": "Status"});
    let id = planned(&app, "bestyrelsen", "2024-06-11T14:00").await;
    let items = format!("meetings/{id}/agenda-items");
    assert_eq!(
        id_of(&client.post(&items, &item).await, 201),
        id_of(&client.post(&items, &item).await, 201)
    );
    assert_eq!(
        client.get(&items).await.expect(200)["items"].as_array().unwrap().len(),
        1
    );
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_meeting_is_said_at_once() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let wrong = json!({"body": "byraadet", "local_start": "2027-01-05T10:00", "duration_minutes": 0, "venue": "raadhuset",
        "place": "x 010190-1234", "chair": "x"});
    assert_eq!(
        client.post("meetings", &wrong).await.errors(422),
        [
            "/body unknown_body",
            "/local_start outside_plan",
            "/duration_minutes out_of_range",
            "/venue unknown_venue",
            "/place personal_number",
            "/chair unknown_field"
        ]
    );
    for (start, code) in [
        ("2024-03-31T02:30", "no_such_time"),
        ("2024-03-31", "invalid_local_time"),
        ("2024-03-12T14:00+01:00", "invalid_local_time"),
    ] {
        let meeting = json!({"body": "bestyrelsen", "local_start": start, "duration_minutes": 60});
        let answer = client.post("meetings", &meeting).await;
        assert_eq!(answer.errors(422), [format!("/local_start {code}")], "{start}");
    }
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let path = format!("meetings/{id}");
    let wrong = json!({"status": "held", "body": "styregruppe-uddannelse", "local_start": null});
    assert_eq!(
        client.patch(&path, &wrong).await.errors(422),
        ["/body read_only", "/status read_only", "/local_start required"]
    );
    let read = client.get(&path).await;
    let without = app.as_role(Role::Secretariat);
    let patch = json!({"place": "Rådhuset"});
    assert_eq!(without.patch(&path, &patch).await.problem(428), "precondition-required");
    let stale = without.clone().header("if-match", "\"stale\"");
    assert_eq!(stale.patch(&path, &patch).await.problem(412), "precondition-failed");
    let fresh = without.header("if-match", read.header("etag"));
    let moved = fresh.patch(&path, &patch).await;
    assert_eq!(moved.header("etag"), client.get(&path).await.header("etag"));
    assert_eq!(moved.expect(200)["sequence"], 1);
    // The same again changes nothing.
    assert_eq!(client.patch(&path, &patch).await.expect(200)["sequence"], 1);
    assert_eq!(
        client
            .get("meetings?body=byraadet&from=2024-02-01&to=2024-01-01")
            .await
            .errors(422),
        ["body unknown_body", "to before_from"]
    );
}

#[actix_web::test]
async fn each_sees_the_meetings_of_the_bodies_where_its_organisation_has_a_seat() {
    let app = TestApp::start().await;
    let board = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let steering = planned(&app, "styregruppe-uddannelse", "2024-03-05T10:00").await;
    let working = planned(&app, "arbejdsgruppe-beskaeftigelse", "2024-03-06T10:00").await;
    let residents = planned(&app, "beboerdemokratimoede-zone-1", "2024-03-07T18:00").await;
    for (client, seen) in [
        (app.as_role(Role::Secretariat), [true, true, true, true]),
        (app.as_role(Role::Board), [true, true, true, true]),
        (app.as_role(Role::Fund), [true, false, false, false]),
        (app.as_role(Role::Auditor), [true, false, false, false]),
        (app.as_role(Role::HousingOrganisation), [true, false, false, false]),
        // The municipality has seats itself, and its units have.
        (
            of_organisation(&app, Role::Municipality, "fredericia-kommune"),
            [true, true, true, false],
        ),
        (
            of_organisation(&app, Role::Municipality, "fredericia-bibliotek"),
            [false, true, false, false],
        ),
        (app.jobcenter(), [false, false, true, false]),
    ] {
        let list = client.get("meetings?from=2024-01-01&to=2024-12-31").await.expect(200);
        let whole = client.get("meetings?from=0001-01-01&to=9999-12-31").await.expect(200);
        assert_eq!(whole["items"], client.get("meetings").await.expect(200)["items"]);
        let list: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["id"].as_str())
            .collect();
        for (id, is_seen) in [&board, &steering, &working, &residents].into_iter().zip(seen) {
            let status = if is_seen { 200 } else { 404 };
            assert_eq!(client.get(&format!("meetings/{id}")).await.status, status);
            assert_eq!(client.get(&format!("meetings/{id}/agenda-items")).await.status, status);
            assert_eq!(list.contains(&id.as_str()), is_seen);
        }
    }
    let new = json!({"body": "bestyrelsen", "local_start": "2024-03-12T14:00", "duration_minutes": 120});
    for role in [
        Role::Board,
        Role::HousingOrganisation,
        Role::Municipality,
        Role::Fund,
        Role::Auditor,
    ] {
        assert_eq!(
            app.as_role(role).post("meetings", &new).await.problem(403),
            "forbidden",
            "{role}"
        );
        assert_eq!(
            step(&app.as_role(role), &board, "call").await.problem(403),
            "forbidden",
            "{role}"
        );
    }
    let minutes = format!("meetings/{board}/minutes");
    assert_eq!(app.as_role(Role::Fund).get(&minutes).await.problem(403), "forbidden");
    assert_eq!(app.as_role(Role::Auditor).get(&minutes).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn an_agenda_is_proposed_decided_ordered_and_fixed_by_the_call() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let path = format!("meetings/{id}/agenda-items");
    let document = json!({"name": "Indstilling", "url": "https://example.org/a.pdf", "sha256": "0a".repeat(32)});
    let own = json!({"title": "Status", "documents": [document]});
    let own = client.post(&path, &own).await.expect(201);
    assert_eq!(
        (&own["status"], &own["proposed_by_role"]),
        (&json!("accepted"), &json!("secretariat"))
    );
    let boli = app.as_role(Role::HousingOrganisation).header("if-match", "*");
    let proposal = id_of(
        &boli.post(&path, &json!({"title": "Familieindsatser i zone 3"})).await,
        201,
    );
    let declined = id_of(&boli.post(&path, &json!({"title": "Eventuelt"})).await, 201);
    let withdrawn = id_of(&boli.post(&path, &json!({"title": "Parkering"})).await, 201);
    let at = |item: &str| format!("{path}/{item}");

    // The municipality sees no proposal of others, the fund none at all; nobody who has no seat proposes.
    let municipality = of_organisation(&app, Role::Municipality, "fredericia-kommune").header("if-match", "*");
    assert_eq!(
        municipality.get(&path).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(municipality.get(&at(&proposal)).await.problem(404), "not-found");
    assert_eq!(boli.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 4);
    assert_eq!(
        app.jobcenter().post(&path, &json!({"title": "X"})).await.problem(404),
        "not-found"
    );
    assert_eq!(
        app.as_role(Role::Fund)
            .post(&path, &json!({"title": "X"}))
            .await
            .problem(403),
        "forbidden"
    );

    let wrong = json!({"title": "", "position": 3, "status": "accepted", "documents": [
        {"name": "a", "url": "http://example.org/a", "sha256": "ABC"}, {"name": "b", "url": "https://u:p@example.org/", "sha256": "0a".repeat(32)}]});
    assert_eq!(
        boli.post(&path, &wrong).await.errors(422),
        [
            "/title length",
            "/documents/0/url invalid_link",
            "/documents/0/sha256 invalid_checksum",
            "/documents/1/url invalid_link",
            "/position read_only",
            "/status unknown_field"
        ]
    );
    assert_eq!(
        boli.patch(&at(&proposal), &json!({"status": "accepted"}))
            .await
            .errors(422),
        ["/status not_allowed"]
    );
    assert_eq!(
        boli.patch(&at(&withdrawn), &json!({"status": "withdrawn"}))
            .await
            .expect(200)["status"],
        "withdrawn"
    );
    assert_eq!(
        boli.patch(&at(&withdrawn), &json!({"title": "X"})).await.problem(409),
        "state-conflict"
    );
    let own = own["id"].as_str().unwrap();
    assert_eq!(
        boli.patch(&at(own), &json!({"title": "X"})).await.problem(403),
        "forbidden"
    );

    // What is undecided is in the way of the call.
    let errors = step(&client, &id, "call").await;
    assert_eq!(errors.errors(409), [" undecided_proposal", " undecided_proposal"]);
    client
        .patch(&at(&declined), &json!({"status": "declined"}))
        .await
        .expect(200);
    client
        .patch(&at(&proposal), &json!({"status": "accepted", "position": 1}))
        .await
        .expect(200);
    let agenda = municipality.get(&path).await.expect(200);
    let titles: Vec<&Value> = agenda["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["title"])
        .collect();
    assert_eq!(titles, ["Familieindsatser i zone 3", "Status"]);
    step(&client, &id, "call").await.expect(200);
    assert_eq!(
        client
            .patch(&at(&proposal), &json!({"position": 99}))
            .await
            .problem(409),
        "state-conflict"
    );
    assert_eq!(
        client.post(&path, &json!({"title": "For sent"})).await.problem(409),
        "state-conflict"
    );
}

#[actix_web::test]
async fn a_body_lays_down_its_deadlines_and_a_call_keeps_those_it_had() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let body = "bodies/bestyrelsen";
    let wrong = json!({"call_days": 14, "agenda_days": 7, "times": 5});
    assert_eq!(
        client.patch(body, &wrong).await.errors(422),
        [
            "/deadlines_source required",
            "/agenda_days wrong_order",
            "/times unknown_field"
        ]
    );
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let meeting = format!("meetings/{id}");
    let none = json!({"call_by": null, "agenda_by": null, "called_in_time": null});
    assert_eq!(client.get(&meeting).await.expect(200)["deadlines"], none);
    let days = json!({"call_days": 14, "agenda_days": 21, "deadlines_source": "Forretningsorden, § 3"});
    assert_eq!(client.patch(body, &days).await.expect(200)["call_days"], 14);
    let deadlines = client.get(&meeting).await.expect(200)["deadlines"].clone();
    assert_eq!(
        deadlines,
        json!({"call_by": "2024-02-27", "agenda_by": "2024-02-20", "called_in_time": null})
    );
    // The day for proposals is over; the secretariat still makes the agenda.
    let item = json!({"title": "Status"});
    let items = format!("{meeting}/agenda-items");
    assert_eq!(
        app.as_role(Role::HousingOrganisation)
            .post(&items, &item)
            .await
            .problem(409),
        "state-conflict"
    );
    client.post(&items, &item).await.expect(201);
    let called = step(&client, &id, "call").await.expect(200);
    assert_eq!(called["deadlines"]["called_in_time"], false);
    let none = json!({"call_days": null, "agenda_days": null, "deadlines_source": null});
    client.patch(body, &none).await.expect(200);
    assert_eq!(client.get(&meeting).await.expect(200)["deadlines"], called["deadlines"]);
}

#[actix_web::test]
async fn minutes_are_written_approved_and_then_fixed() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let id = planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let items = format!("meetings/{id}/agenda-items");
    let one = id_of(&client.post(&items, &json!({"title": "Status"})).await, 201);
    let two = id_of(&client.post(&items, &json!({"title": "Budget"})).await, 201);
    let path = format!("meetings/{id}/minutes");
    let board = app.as_role(Role::Board);
    assert_eq!(board.get(&path).await.problem(404), "not-found");
    step(&client, &id, "call").await.expect(200);
    step(&client, &id, "hold").await.expect(200);
    let empty = board.get(&path).await;
    let minutes = empty.expect(200);
    assert_eq!(minutes["attendance"].as_array().unwrap().len(), 7);
    assert_eq!(
        minutes["items"][1],
        json!({"item": two, "title": "Budget", "conclusion": null, "reservations": []})
    );

    assert_eq!(board.put(&path, &json!({})).await.problem(428), "precondition-required");
    let stale = board.clone().header("if-match", "\"stale\"");
    assert_eq!(stale.put(&path, &json!({})).await.problem(412), "precondition-failed");
    let board = board.header("if-match", empty.header("etag"));
    let seat = "direktoer-boli-nu";
    let wrong = json!({"attendance": [{"seat": "borgmesteren", "presence": "asleep"}, {"seat": seat, "presence": "present"},
        {"seat": seat, "presence": "absent"}], "guests": [{"organisation": "tivoli", "title": "Gæst 010190-1234"}],
        "items": [{"item": id, "conclusion": "X"}, {"item": one, "reservations": [{"seat": "ingen", "text": "X"}]}]});
    assert_eq!(
        board.put(&path, &wrong).await.errors(422),
        [
            "/attendance/0/seat unknown_seat",
            "/attendance/0/presence unknown_word",
            "/attendance/2 duplicate",
            "/guests/0/organisation unknown_organisation",
            "/guests/0/title personal_number",
            "/items/0/item unknown_item",
            "/items/1/reservations/0/seat unknown_seat"
        ]
    );
    let draft = json!({"attendance": [{"seat": seat, "presence": "present"}, {"seat": "projektchef", "presence": "substitute"}],
        "guests": [{"organisation": "fredericia-kommune", "title": "Nøglemedarbejder"}],
        "items": [{"item": one, "conclusion": "Taget til efterretning",
            "reservations": [{"seat": seat, "text": "Ønsker en ny drøftelse"}]}]});
    let written = board.put(&path, &draft).await;
    let minutes = written.expect(200);
    assert_eq!(minutes["items"][0]["conclusion"], "Taget til efterretning");
    assert_eq!(minutes["items"][0]["reservations"][0]["seat"], seat);
    assert_eq!(written.header("etag"), client.get(&path).await.header("etag"));
    // Members read them, and what was read may be sent back.
    assert_eq!(
        app.as_role(Role::HousingOrganisation).get(&path).await.expect(200),
        minutes
    );
    assert_eq!(client.put(&path, &minutes).await.expect(200), minutes);

    let approve = step(&client, &id, "approve").await;
    assert_eq!(approve.errors(409), [" no_conclusion"]);
    let mut whole = minutes.clone();
    whole["items"][1]["conclusion"] = json!("Godkendt");
    whole["items"][0]["reservations"][0]["text"] = json!("Ønsker en ny drøftelse i efteråret");
    let after = client.put(&path, &whole).await.expect(200);
    assert_eq!(
        after["items"][0]["reservations"][0]["id"],
        minutes["items"][0]["reservations"][0]["id"]
    );
    step(&app.as_role(Role::Board), &id, "approve").await.expect(200);
    let fixed = client.get(&path).await.expect(200);
    assert!(fixed["approved_at"].is_string());
    assert_eq!(client.put(&path, &minutes).await.problem(409), "state-conflict");
    assert_eq!(client.get(&path).await.expect(200), fixed);

    // The board's client takes the minutes of the board and of no other body.
    let other = held(&app, "styregruppe-uddannelse", "2024-03-05T10:00").await;
    let board = app.as_role(Role::Board).header("if-match", "*");
    assert_eq!(
        board
            .put(&format!("meetings/{other}/minutes"), &json!({}))
            .await
            .problem(403),
        "forbidden"
    );
    assert_eq!(step(&board, &other, "approve").await.problem(403), "forbidden");
}

fn events(answer: &Answer) -> Vec<Event> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let calendar: Calendar = answer.text().parse().unwrap();
    let components = calendar.components.into_iter();
    components
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect()
}

#[actix_web::test]
async fn a_calendar_follows_a_body_until_its_address_is_revoked() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let boli = app.as_role(Role::HousingOrganisation).header("if-match", "*");
    let feeds = "bodies/koordineringsmoedet/calendar-feeds";
    let made = boli.post(feeds, &json!({"name": "Direktørens kalender"})).await;
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.expect(201);
    let url = made["url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(app.state.config.public_url.as_str()).unwrap();
    let secret = path.rsplit('/').next().unwrap().trim_end_matches(".ics");
    assert!(secret.len() >= 43 && secret.starts_with(made["feed"]["handle"].as_str().unwrap()));
    // Nobody learns the secret again, and nobody else sees the subscription.
    let list = boli.get(feeds).await;
    assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), 1);
    assert!(!list.text().contains(secret));
    let other = of_organisation(&app, Role::HousingOrganisation, "boligkontoret-fredericia");
    assert_eq!(other.get(feeds).await.expect(200)["items"], json!([]));
    assert_eq!(
        client.get(feeds).await.expect(200)["items"].as_array().unwrap().len(),
        1
    );
    let steering = "bodies/styregruppe-uddannelse/calendar-feeds";
    assert_eq!(
        boli.post(steering, &json!({"name": "X"})).await.problem(404),
        "not-found"
    );

    let meeting = json!({"body": "koordineringsmoedet", "name": "Fortroligt navn", "local_start": "2024-01-23T13:00",
        "duration_minutes": 90, "venue": "base-zone-1", "place": "Lokale 4"});
    let id = id_of(&client.post("meetings", &meeting).await, 201);
    client
        .post(
            &format!("meetings/{id}/agenda-items"),
            &json!({"title": "Fortroligt punkt"}),
        )
        .await
        .expect(201);
    planned(&app, "bestyrelsen", "2024-03-12T14:00").await;
    let public = app.public();
    let first = public.get(path).await;
    let text = first.text();
    assert!(!text.contains("Fortroligt") && !text.contains("Lokale 4"), "{text}");
    assert_eq!(text.matches("BEGIN:VTIMEZONE\r\nTZID:Europe/Copenhagen\r\n").count(), 1);
    let all = events(&first);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].get_uid(), all[0].get_sequence()), (Some(id.as_str()), Some(0)));
    assert_eq!(all[0].get_status(), Some(EventStatus::Tentative));
    assert_eq!(all[0].get_summary(), Some("Koordineringsmødet"));
    assert_eq!(all[0].properties()["DTSTART"].value(), "20240123T130000");
    let again = public
        .clone()
        .header("if-none-match", first.header("etag"))
        .get(path)
        .await;
    assert_eq!(again.status, 304);

    client
        .patch(&format!("meetings/{id}"), &json!({"local_start": "2024-01-24T13:00"}))
        .await
        .expect(200);
    step(&client, &id, "call").await.expect(200);
    let event = events(&public.get(path).await).swap_remove(0);
    assert_eq!((event.get_uid(), event.get_sequence()), (Some(id.as_str()), Some(2)));
    assert_eq!(event.get_status(), Some(EventStatus::Confirmed));
    call_off(&app, &id).await;
    let answer = public.get(path).await;
    assert!(!answer.text().contains("Sygdom"));
    assert_eq!(events(&answer)[0].get_status(), Some(EventStatus::Cancelled));

    let feed = format!("{feeds}/{}", made["feed"]["id"].as_str().unwrap());
    let careless = app.as_role(Role::HousingOrganisation);
    assert_eq!(careless.delete(&feed).await.problem(428), "precondition-required");
    let revoked = boli.delete(&feed).await.expect(200);
    assert!(revoked["revoked_at"].is_string());
    assert_eq!(boli.delete(&feed).await.expect(200), revoked);
    assert_eq!(public.get(path).await.problem(404), "not-found");
    assert_eq!(boli.get(feeds).await.expect(200)["items"], json!([]));
    assert_eq!(
        public.get(&path.replace("hpcf_", "hpcf-")).await.problem(404),
        "not-found"
    );
    let elsewhere = path.replace(PLAN, "no-such-plan");
    assert_eq!(public.get(&elsewhere).await.problem(404), "not-found");
}
