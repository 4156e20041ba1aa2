//! Safe retries: a key makes a repeat harmless, whatever became of the first answer.

use helhedsplan::auth::role::Role;
use serde_json::json;

use crate::support::{PLAN, TestApp, extracts};

const PUSH: &str = "kendskabsgrad/extracts";

#[actix_web::test]
async fn the_same_key_and_body_get_the_first_answer_again() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "january-2024");
    let extract = extracts::extract("2024-01-01");
    let first = client.post(PUSH, &extract).await;
    let second = client.post(PUSH, &extract).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(first.header("idempotency-replayed"), "");
    assert_eq!(second.header("idempotency-replayed"), "true");
    let stored = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01")
        .await
        .expect(200);
    assert_eq!(stored["revision"], 1);
}

#[actix_web::test]
async fn another_body_under_the_same_key_is_refused() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "k");
    let extract = extracts::extract("2024-01-01");
    assert_eq!(client.post(PUSH, &extract).await.status, 201);
    let other = extracts::with_count(extract, "6.1", "zone-1", 25);
    assert_eq!(client.post(PUSH, &other).await.problem(422), "idempotency-key-reused");
}

#[actix_web::test]
async fn a_key_belongs_to_its_client_and_its_query() {
    let app = TestApp::start().await;
    let extract = extracts::extract("2024-01-01");
    let jobcenter = app.jobcenter().header("idempotency-key", "k");
    assert_eq!(jobcenter.post(PUSH, &extract).await.status, 201);
    let token = app.token(Role::Municipality, Some("fredericia-kommune"), &[PLAN], None);
    let municipality = app.with_token(&token).header("idempotency-key", "k");
    let answer = municipality.post(PUSH, &extract).await;
    assert_eq!(answer.expect(200)["outcome"], "unchanged");
    let answer = jobcenter.post(&format!("{PUSH}?dry_run=false"), &extract).await;
    assert_eq!(answer.expect(200)["outcome"], "unchanged");
}

#[actix_web::test]
async fn a_request_that_failed_leaves_its_key_free() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "k");
    let extract = extracts::extract("2024-01-01");
    let wrong = extracts::with_count(extract.clone(), "6.1", "zone-1", -1);
    assert_eq!(client.post(PUSH, &wrong).await.status, 422);
    assert_eq!(client.post(PUSH, &extract).await.status, 201);
}

#[actix_web::test]
async fn a_dry_run_neither_uses_nor_claims_a_key() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "k");
    let extract = extracts::extract("2024-01-01");
    let path = format!("{PUSH}?dry_run=true");
    assert_eq!(client.post(&path, &extract).await.expect(200)["outcome"], "dry_run");
    let other = extracts::with_count(extract, "6.1", "zone-1", 25);
    assert_eq!(client.post(&path, &other).await.expect(200)["outcome"], "dry_run");
}

#[actix_web::test]
async fn the_alias_is_as_good_as_the_header_unless_they_differ() {
    let app = TestApp::start().await;
    let extract = extracts::extract("2024-01-01");
    let first = app.jobcenter().header("x-requestId", "k").post(PUSH, &extract).await;
    let second = app
        .jobcenter()
        .header("idempotency-key", "k")
        .post(PUSH, &extract)
        .await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(second.header("idempotency-replayed"), "true");
    let both = app
        .jobcenter()
        .header("idempotency-key", "k")
        .header("x-requestId", "l");
    assert_eq!(
        both.post(PUSH, &extract).await.errors(400),
        ["Idempotency-Key invalid_header"]
    );
    let twice = app
        .jobcenter()
        .header("idempotency-key", "k")
        .header("idempotency-key", "l");
    assert_eq!(twice.post(PUSH, &extract).await.problem(400), "invalid-header");
    let long = app.jobcenter().header("idempotency-key", &"k".repeat(256));
    assert_eq!(long.post(PUSH, &extract).await.problem(400), "invalid-header");
}

#[actix_web::test]
async fn a_replay_is_only_for_those_who_still_may() {
    let app = TestApp::start().await;
    let extract = extracts::extract("2024-01-01");
    let client = app.jobcenter().header("idempotency-key", "k");
    assert_eq!(client.post(PUSH, &extract).await.status, 201);
    let token = app.token(
        Role::Municipality,
        Some("jobcenter-fredericia"),
        &[PLAN],
        Some("kendskabsgrad:read"),
    );
    let narrowed = app.with_token(&token).header("idempotency-key", "k");
    assert_eq!(narrowed.post(PUSH, &extract).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn many_repeats_at_once_store_one_extract() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "k");
    let extract = extracts::extract("2024-01-01");
    let answers = futures_util::future::join_all((0..8).map(|_| client.post(PUSH, &extract))).await;
    for answer in &answers {
        match answer.status {
            201 => assert_eq!(answer.json()["revision"], 1),
            409 => assert_eq!(answer.problem(409), "idempotency-in-progress"),
            _ => panic!("{}", answer.text()),
        }
    }
    assert!(answers.iter().any(|answer| answer.status == 201));
    let stored = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01")
        .await
        .expect(200);
    assert_eq!(stored["revision"], json!(1));
}

#[actix_web::test]
async fn a_claim_whose_request_died_can_be_taken_over_when_its_lease_ends() {
    use chrono::TimeDelta;
    use helhedsplan::entities::idempotency_key as keys;
    use helhedsplan::record::idempotency::LEASE;
    use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "k");
    let extract = extracts::extract("2024-01-01");
    assert_eq!(client.post(PUSH, &extract).await.status, 201);
    // As a process leaves it that dies between claim and effect.
    let row = keys::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let claimed_at = row.claimed_at;
    let mut died = row.into_active_model();
    died.status = Set(None);
    died.body = Set(None);
    let transaction = app.state.db.begin().await.unwrap();
    let died = died.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let answer = client.post(PUSH, &extract).await;
    assert_eq!(answer.problem(409), "idempotency-in-progress");
    assert_eq!(answer.header("retry-after"), "2");
    let mut ended = died.into_active_model();
    ended.claimed_at = Set(claimed_at - LEASE - TimeDelta::seconds(1));
    let transaction = app.state.db.begin().await.unwrap();
    ended.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(client.post(PUSH, &extract).await.expect(200)["outcome"], "unchanged");
}

#[actix_web::test]
async fn two_bodies_under_one_key_at_once_store_one_of_them() {
    let app = TestApp::start().await;
    let client = app.jobcenter().header("idempotency-key", "k");
    let one = extracts::extract("2024-01-01");
    let two = extracts::extract("2024-02-01");
    let (one, two) = futures_util::future::join(client.post(PUSH, &one), client.post(PUSH, &two)).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "{} {}", one.text(), two.text());
    let list = app.jobcenter().get(PUSH).await.expect(200);
    // The seeded extract, and one more.
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}
