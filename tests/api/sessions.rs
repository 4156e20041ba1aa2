//! Sessions: series across the changes of the clock, exceptions, cancelling and moving, and who sees what.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::sessions::{once, weekly, with};
use crate::support::{Client, PLAN, TestApp};

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

async fn create(app: &TestApp, session: &Value) -> Value {
    let made = app.as_role(Role::Secretariat).post("sessions", session).await;
    let body = made.expect(201);
    let id = body["id"].as_str().unwrap();
    assert_eq!(made.header("location"), format!("/v1/plans/{PLAN}/sessions/{id}"));
    body
}

fn path(session: &Value) -> String {
    format!("sessions/{}", session["id"].as_str().unwrap())
}

/// When things begin, in UTC, with their status.
fn times(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            format!(
                "{} {}",
                item["starts_at"].as_str().unwrap(),
                item["status"].as_str().unwrap()
            )
        })
        .collect()
}

async fn listed(client: &Client<'_>, query: &str) -> Vec<String> {
    times(&client.get(&format!("sessions?{query}")).await.expect(200))
}

#[actix_web::test]
async fn a_series_keeps_its_time_of_day_when_summer_time_ends() {
    let app = TestApp::start().await;
    let session = create(&app, &weekly()).await;
    assert_eq!(
        json!([
            session["local_start"],
            session["time_zone"],
            session["sequence"],
            session["status"]
        ]),
        json!(["2024-10-15T16:00:00", "Europe/Copenhagen", 0, "scheduled"])
    );
    assert_eq!(
        listed(&app.public(), "from=2024-10-16&to=2024-11-05").await,
        [
            "2024-10-22T14:00:00Z scheduled",
            "2024-10-29T15:00:00Z scheduled",
            "2024-11-05T15:00:00Z scheduled"
        ]
    );
    for whole in ["to=9999-12-31", "from=0001-01-01&to=9999-12-31"] {
        assert_eq!(
            listed(&app.public(), whole).await,
            listed(&app.public(), "limit=100").await,
            "{whole}"
        );
    }
    let list = app
        .public()
        .get("sessions?from=2024-10-29&to=2024-10-29")
        .await
        .expect(200);
    let item = &list["items"][0];
    assert_eq!(
        json!([
            item["ends_at"],
            item["local_start"],
            item["name"],
            item["venue"]["zone"]
        ]),
        json!(["2024-10-29T16:30:00Z", "2024-10-29T16:00:00", "Lektiecaféer", "zone-1"])
    );
}

#[actix_web::test]
async fn exceptions_take_out_call_off_and_move_single_times() {
    let app = TestApp::start().await;
    let exceptions = json!({"exceptions": [
        {"local_start": "2024-10-15T16:00", "kind": "excluded", "reason": "Efterårsferie"},
        {"local_start": "2024-10-22T16:00", "kind": "cancelled", "reason": "Sygdom"},
        {"local_start": "2024-10-29T16:00", "kind": "rescheduled", "new_local_start": "2024-10-30T10:00",
            "new_duration_minutes": 60, "new_venue": "base-zone-3"}]});
    let session = create(&app, &with(weekly(), &exceptions)).await;
    assert_eq!(session["exceptions"].as_array().unwrap().len(), 3);
    assert_eq!(
        listed(&app.public(), "from=2024-10-01&to=2024-11-05").await,
        [
            "2024-10-22T14:00:00Z cancelled",
            "2024-10-30T09:00:00Z rescheduled",
            "2024-11-05T15:00:00Z scheduled"
        ]
    );
    let moved = app.public().get("sessions?zone=zone-3").await.expect(200);
    let item = &moved["items"][0];
    assert_eq!(
        json!([item["recurrence_id"], item["ends_at"], item["venue"]["code"]]),
        json!(["2024-10-29T16:00:00", "2024-10-30T10:00:00Z", "base-zone-3"])
    );
}

#[actix_web::test]
async fn a_change_counts_in_sequence_and_one_that_says_the_same_does_not() {
    let app = TestApp::start().await;
    let session = create(&app, &weekly()).await;
    let path = path(&session);
    let cancel = json!({"exceptions": [{"local_start": "2024-10-22T16:00", "kind": "cancelled"}]});
    let once_changed = secretariat(&app).patch(&path, &cancel).await.expect(200);
    assert_eq!(once_changed["sequence"], 1);
    assert_eq!(secretariat(&app).patch(&path, &cancel).await.expect(200), once_changed);
    let off = secretariat(&app)
        .patch(&path, &json!({"status": "cancelled"}))
        .await
        .expect(200);
    assert_eq!(json!([off["sequence"], off["status"]]), json!([2, "cancelled"]));
    let all = listed(&app.public(), "from=2024-10-01&activity=lektiecafe").await;
    assert_eq!(all.len(), 7);
    assert!(all.iter().all(|time| time.ends_with("cancelled")), "{all:?}");
    let read = app.public().get(&path).await;
    assert_eq!(read.expect(200), off);
    let put = app.as_role(Role::Secretariat).header("if-match", read.header("etag"));
    let same = put.put(&path, &off).await;
    assert_eq!(
        (same.expect(200), same.header("etag")),
        (off.clone(), read.header("etag"))
    );
    let replaced = put.put(&path, &weekly()).await;
    assert_eq!(
        json!([replaced.expect(200)["sequence"], replaced.json()["status"]]),
        json!([3, "scheduled"])
    );
    assert_eq!(put.put(&path, &weekly()).await.problem(412), "precondition-failed");
    assert_eq!(app.public().get(&path).await.header("etag"), replaced.header("etag"));
}

#[actix_web::test]
async fn a_change_without_a_precondition_is_refused() {
    let app = TestApp::start().await;
    let session = create(&app, &once()).await;
    let path = path(&session);
    let client = app.as_role(Role::Secretariat);
    assert_eq!(
        client.patch(&path, &json!({"capacity": 5})).await.problem(428),
        "precondition-required"
    );
    assert_eq!(client.put(&path, &once()).await.problem(428), "precondition-required");
    assert_eq!(client.delete(&path).await.problem(428), "precondition-required");
    let stale = client.clone().header("if-match", "\"other\"");
    assert_eq!(stale.delete(&path).await.problem(412), "precondition-failed");
    let new = client.clone().header("if-none-match", "*");
    assert_eq!(new.put(&path, &once()).await.problem(412), "precondition-failed");
    assert_eq!(app.public().get(&path).await.expect(200), session);
    let nobody = "sessions/01934300-0000-7000-8000-000000000000";
    assert_eq!(
        secretariat(&app)
            .patch(nobody, &json!({"capacity": 5}))
            .await
            .problem(404),
        "not-found"
    );
    assert_eq!(app.public().get("sessions/x").await.errors(400), ["id invalid_value"]);
}

#[actix_web::test]
async fn a_deleted_session_is_gone() {
    let app = TestApp::start().await;
    let session = create(&app, &once()).await;
    let deleted = secretariat(&app).delete(&path(&session)).await;
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    for client in [app.public(), app.as_role(Role::Secretariat)] {
        assert_eq!(client.get(&path(&session)).await.problem(404), "not-found");
        assert!(listed(&client, "from=2025-01-01").await.is_empty());
    }
    assert_eq!(
        secretariat(&app).delete(&path(&session)).await.problem(404),
        "not-found"
    );
}

#[actix_web::test]
async fn a_repeat_with_the_same_key_makes_one_session() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat).header("idempotency-key", "k");
    let first = client.post("sessions", &once()).await;
    let second = client.post("sessions", &once()).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(
        (&first.body, first.header("location")),
        (&second.body, second.header("location"))
    );
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(
        client.post("sessions", &weekly()).await.problem(422),
        "idempotency-key-reused"
    );
    assert_eq!(listed(&app.public(), "from=2025-01-01").await.len(), 1);
}

#[actix_web::test]
async fn what_is_not_published_is_seen_only_by_who_writes_it() {
    let app = TestApp::start().await;
    let session = create(&app, &with(once(), &json!({"is_published": false}))).await;
    let own = app.as_role(Role::Secretariat);
    assert_eq!(
        listed(&own, "from=2025-01-01").await,
        ["2025-01-08T09:00:00Z scheduled"]
    );
    assert_eq!(own.get(&path(&session)).await.expect(200), session);
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Secretariat) {
        let other = app.as_role(role);
        assert_eq!(other.get(&path(&session)).await.problem(404), "not-found", "{role}");
        assert!(listed(&other, "from=2025-01-01").await.is_empty(), "{role}");
        assert!(!other.get("sessions.ics").await.text().contains("20250108"), "{role}");
    }
    // Nor is it seen in what everybody gets, though the secretariat asks.
    assert!(!own.get("sessions.ics").await.text().contains("20250108"));
    let without = app.token(Role::Secretariat, None, &[PLAN], Some("activities:read"));
    assert_eq!(
        app.with_token(&without).get(&path(&session)).await.problem(404),
        "not-found"
    );
    // What is published is public only as far as its activity is.
    secretariat(&app)
        .patch(&path(&session), &json!({"is_published": true}))
        .await
        .expect(200);
    app.public().get(&path(&session)).await.expect(200);
    let hide = json!({"is_published": false});
    secretariat(&app)
        .patch("activities/vejledningsbutikken", &hide)
        .await
        .expect(200);
    assert_eq!(app.public().get(&path(&session)).await.problem(404), "not-found");
    assert!(listed(&app.public(), "from=2025-01-01").await.is_empty());
}

#[actix_web::test]
async fn occurrences_are_filtered_by_day_zone_activity_and_age() {
    let app = TestApp::start().await;
    create(&app, &with(weekly(), &json!({"age_from": 10, "age_to": 16}))).await;
    create(&app, &once()).await;
    let public = app.public();
    assert_eq!(listed(&public, "from=2024-10-01").await.len(), 8);
    assert_eq!(
        listed(&public, "from=2024-10-01&zone=zone-2").await,
        ["2025-01-08T09:00:00Z scheduled"]
    );
    assert_eq!(listed(&public, "from=2024-10-01&activity=lektiecafe").await.len(), 7);
    assert_eq!(listed(&public, "from=2024-10-01&age=12").await.len(), 8);
    assert_eq!(
        listed(&public, "from=2024-10-01&age=17").await,
        ["2025-01-08T09:00:00Z scheduled"]
    );
    // The activity's own ages count too: Your Way to Education is for 17 to 29.
    create(&app, &with(once(), &json!({"activity": "din-uddannelsesvej"}))).await;
    assert_eq!(listed(&public, "from=2025-01-01&age=40").await.len(), 1);
    assert_eq!(listed(&public, "from=2025-01-01&age=20").await.len(), 2);
    // A day is a day in Copenhagen.
    let late = json!({"local_start": "2025-06-10T00:30", "duration_minutes": 30});
    create(&app, &with(once(), &late)).await;
    assert_eq!(
        listed(&public, "from=2025-06-10&to=2025-06-10").await,
        ["2025-06-09T22:30:00Z scheduled"]
    );
    for (query, errors) in [
        (
            "zone=zone-9&age=200",
            ["zone unknown_zone", "age out_of_range"].as_slice(),
        ),
        ("from=2025-01-02&to=2025-01-01", &["to before_from"]),
    ] {
        assert_eq!(public.get(&format!("sessions?{query}")).await.errors(422), errors);
    }
    assert_eq!(
        public.get("sessions?from=1&to=x").await.errors(400),
        ["from invalid_value", "to invalid_value"]
    );
}

#[actix_web::test]
async fn every_error_of_a_session_is_told_at_once_with_its_place() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let errors = async |members: Value| client.post("sessions", &with(weekly(), &members)).await.errors(422);
    assert_eq!(
        errors(
            json!({"activity": "x", "venue": "x", "duration_minutes": 0, "age_from": 9, "age_to": 8, "colour": "red",
            "capacity": 1.5, "local_start": "2024-10-15T16:00:00+02:00", "status": "over",
            "description": "Spørg 010190-1234"})
        )
        .await,
        [
            "/activity unknown_activity",
            "/venue unknown_venue",
            "/description personal_number",
            "/local_start invalid_local_time",
            "/duration_minutes out_of_range",
            "/capacity fractional",
            "/age_to wrong_order",
            "/status unknown_word",
            "/colour unknown_field"
        ]
    );
    for (members, code) in [
        (json!({"rrule": "FREQ=WEEKLY;BYDAY=TU"}), "/rrule endless_rule"),
        (json!({"rrule": "FREQ=HOURLY;COUNT=2"}), "/rrule unsupported_frequency"),
        (json!({"rrule": "FREQ=WEEKLY;UNTIL=20241201"}), "/rrule until_not_utc"),
        (
            json!({"rrule": "FREQ=WEEKLY;BYDAY=WE;COUNT=2"}),
            "/rrule start_outside_rule",
        ),
        (
            json!({"rrule": "FREQ=WEEKLY;BYHOUR=3;COUNT=2"}),
            "/rrule unsupported_part",
        ),
        (json!({"rrule": "FREQ=SOMETIMES;COUNT=2"}), "/rrule invalid_rule"),
        (json!({"rrule": "FREQ=WEEKLY;COUNT=500"}), "/rrule outside_plan"),
        (
            json!({"rrule": "FREQ=DAILY;COUNT=5000"}),
            "/rrule number_of_occurrences",
        ),
        (
            json!({"rrule": null, "local_start": "2024-03-31T02:30"}),
            "/local_start no_such_time",
        ),
        (
            json!({"rrule": null, "local_start": "2027-01-05T16:00"}),
            "/local_start outside_plan",
        ),
        (
            json!({"exceptions": [{"local_start": "2024-10-16T16:00", "kind": "cancelled"}]}),
            "/exceptions/0/local_start not_an_occurrence",
        ),
        (
            json!({"exceptions": [{"local_start": "2024-10-22T16:00", "kind": "rescheduled"}]}),
            "/exceptions/0 nothing_changed",
        ),
        (
            json!({"exceptions": [{"local_start": "2024-10-22T16:00", "kind": "cancelled", "new_venue": "base-zone-2"}]}),
            "/exceptions/0/new_venue only_rescheduled",
        ),
    ] {
        assert_eq!(errors(members).await, [code]);
    }
    assert!(
        listed(&app.as_role(Role::Secretariat), "from=2024-01-01")
            .await
            .is_empty()
    );
}

#[actix_web::test]
async fn a_draft_has_no_sessions() {
    let app = TestApp::start().await;
    let body = json!({"name": "Udkast", "name_en": "Draft", "focus_area": "beskaeftigelse", "mobility": "mobile",
        "purpose": "x", "purpose_en": "x", "content": "x", "content_en": "x", "source": "made up"});
    let maker = app.as_role(Role::Secretariat).header("if-none-match", "*");
    maker.put("activities/udkast", &body).await.expect(201);
    let session = with(once(), &json!({"activity": "udkast"}));
    let answer = app.as_role(Role::Secretariat).post("sessions", &session).await;
    assert_eq!(answer.errors(422), ["/activity not_in_force"]);
}

#[actix_web::test]
async fn the_examples_of_requests_are_accepted() {
    let app = TestApp::start().await;
    let schemas = &crate::support::document::DOCUMENT["components"]["schemas"];
    let session = create(&app, &schemas["NewSession"]["example"]).await;
    let patch = json!({"exceptions": schemas["SessionPatch"]["example"]["exceptions"]});
    secretariat(&app).patch(&path(&session), &patch).await.expect(200);
    let maker = app.as_role(Role::Secretariat).header("if-none-match", "*");
    maker
        .put("activities/example", &schemas["NewActivity"]["example"])
        .await
        .expect(201);
}
