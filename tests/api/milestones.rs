//! The milestone plan.

use helhedsplan::auth::role::Role;
use helhedsplan::seed::{self, Source};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::document::DOCUMENT;
use crate::support::{Answer, Client, TestApp, copy_all};

async fn send(client: &Client<'_>, method: Method, body: &Value) -> Answer {
    let body = body.to_string().into_bytes();
    client
        .send(method, "milestones/midtvejsevaluering", Some("application/json"), body)
        .await
}

#[actix_web::test]
async fn the_dates_that_the_agreement_sets_are_milestones() {
    let app = TestApp::start().await;
    let list = app.as_role(Role::Board).get("milestones").await.expect(200);
    let found: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["code"].as_str().unwrap(), item["due_on"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("planens-start", "2023-01-01"),
            ("maaling-2023", "2023-01-01"),
            ("delaftale-uddannelse-slutter", "2026-12-30"),
            ("uden-for-arbejdsmarkedet-2026", "2026-12-31"),
            ("planens-slutning", "2026-12-31"),
        ]
    );
}

#[actix_web::test]
async fn the_secretariat_keeps_the_milestone_plan() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let milestone = &DOCUMENT["components"]["schemas"]["NewMilestone"]["example"];
    assert_eq!(
        send(&client, Method::PUT, milestone).await.problem(428),
        "precondition-required"
    );
    let tagged = client.clone().header("if-match", "\"x\"");
    assert_eq!(
        send(&tagged, Method::PUT, milestone).await.problem(412),
        "precondition-failed"
    );
    let creating = client.clone().header("if-none-match", "*");
    let made = send(&creating, Method::PUT, milestone).await;
    assert_eq!(made.expect(201)["due_on"], "2024-12-31");
    assert!(made.header("location").ends_with("/milestones/midtvejsevaluering"));
    assert_eq!(
        send(&creating, Method::PUT, milestone).await.problem(412),
        "precondition-failed"
    );
    let tagged = client.clone().header("if-match", made.header("etag"));
    let reached = send(&tagged, Method::PATCH, &json!({"reached_on": "2024-11-05"})).await;
    assert_eq!(reached.expect(200)["reached_on"], "2024-11-05");
    assert_eq!(
        send(&tagged, Method::PATCH, &json!({"reached_on": null}))
            .await
            .problem(412),
        "precondition-failed"
    );
    let tagged = client.clone().header("if-match", reached.header("etag"));
    let gone = tagged.delete("milestones/midtvejsevaluering").await;
    assert!(gone.expect(200)["archived_at"].is_string());
    let read = client.get("milestones/midtvejsevaluering").await;
    assert_eq!(
        (read.expect(200), read.header("etag")),
        (gone.expect(200), gone.header("etag"))
    );
    let tagged = client.clone().header("if-match", gone.header("etag"));
    let again = tagged.delete("milestones/midtvejsevaluering").await;
    assert_eq!(again.expect(200), gone.expect(200));
    let list = client.get("milestones").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 5);
    let tagged = client.clone().header("if-match", read.header("etag"));
    let back = send(&tagged, Method::PUT, milestone).await.expect(200);
    assert_eq!(
        (&back["archived_at"], &back["reached_on"]),
        (&Value::Null, &Value::Null)
    );
}

#[actix_web::test]
async fn a_wrong_milestone_is_refused_with_every_reason() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat).header("if-none-match", "*");
    let body = json!({"name": "", "due_on": "2027-01-01", "reached_on": "2999-01-01", "agreement": "x", "organisation": "y",
        "source": "z", "colour": "red"});
    let mut errors = send(&client, Method::PUT, &body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/agreement unknown_agreement",
            "/colour unknown_field",
            "/due_on outside_plan",
            "/name length",
            "/name_en required",
            "/organisation unknown_organisation",
            "/reached_on in_the_future",
        ]
    );
    let mut errors = client.put("milestones/Midtvejs", &json!({})).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/due_on required",
            "/name required",
            "/name_en required",
            "/source required",
            "code invalid_code",
        ]
    );
    let dates = json!({"due_on": "2024-02-30", "reached_on": 2024});
    let tagged = app.as_role(Role::Secretariat).header("if-match", "*");
    assert_eq!(
        tagged.patch("milestones/planens-start", &dates).await.errors(422),
        ["/due_on invalid_date", "/reached_on wrong_type"]
    );
    let board = app.as_role(Role::Board).header("if-none-match", "*");
    assert_eq!(send(&board, Method::PUT, &body).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn an_archived_organisation_still_answers_for_what_named_it_and_for_nothing_new() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat).header("if-match", "*");
    client.delete("organisations/jobcenter-fredericia").await.expect(200);
    let kept = client.get("milestones/maaling-2023").await.expect(200);
    assert_eq!(kept["organisation"], "jobcenter-fredericia");
    assert_eq!(client.put("milestones/maaling-2023", &kept).await.expect(200), kept);
    let patch = json!({"organisation": "jobcenter-fredericia"});
    assert_eq!(
        client.patch("milestones/planens-start", &patch).await.errors(422),
        ["/organisation archived"]
    );
}

#[actix_web::test]
async fn milestones_added_to_the_file_find_their_place_and_what_was_written_stays() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let any = client.clone().header("if-match", "*");
    any.patch("milestones/planens-start", &json!({"reached_on": "2023-01-01"}))
        .await
        .expect(200);
    any.delete("milestones/maaling-2023").await.expect(200);
    let example = &DOCUMENT["components"]["schemas"]["NewMilestone"]["example"];
    let new = client.clone().header("if-none-match", "*");
    send(&new, Method::PUT, example).await.expect(201);
    let folder = tempfile::tempdir().unwrap();
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/fredericia-2023-2026");
    copy_all(std::path::Path::new(seeds), folder.path());
    let path = folder.path().join("milestones.csv");
    let file = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = file.lines().collect();
    lines.insert(2, "second,Nyt,New,2023-06-01,,,,made up");
    std::fs::write(&path, lines.join("\n")).unwrap();
    for added in [1, 0] {
        let loaded = seed::load(&app.state.db, &Source::Folder(folder.path().into()))
            .await
            .unwrap();
        assert_eq!((loaded.rows, loaded.agreements), (0, added));
    }
    let list = client.get("milestones?archived=true").await.expect(200);
    let items = list["items"].as_array().unwrap();
    let codes: Vec<&str> = items.iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert_eq!(
        codes,
        [
            "planens-start",
            "second",
            "maaling-2023",
            "delaftale-uddannelse-slutter",
            "uden-for-arbejdsmarkedet-2026",
            "planens-slutning",
            "midtvejsevaluering",
        ]
    );
    assert_eq!(items[0]["reached_on"], "2023-01-01");
    assert!(items[2]["archived_at"].is_string());
}
