//! The milestone plan.

use helhedsplan::auth::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::document::DOCUMENT;
use crate::support::{Answer, Client, TestApp};

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
    let milestone = &DOCUMENT["components"]["schemas"]["WrittenMilestone"]["example"];
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
    let gone = tagged
        .send(Method::DELETE, "milestones/midtvejsevaluering", None, Vec::new())
        .await;
    assert_eq!(gone.status, 204);
    let read = client.get("milestones/midtvejsevaluering").await;
    assert!(read.expect(200)["archived_at"].is_string());
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
    let answer = client
        .send(
            Method::PUT,
            "milestones/Midtvejs",
            Some("application/json"),
            b"{}".to_vec(),
        )
        .await;
    assert_eq!(answer.errors(400), ["code invalid_code"]);
    let board = app.as_role(Role::Board).header("if-none-match", "*");
    assert_eq!(send(&board, Method::PUT, &body).await.problem(403), "forbidden");
}
