//! The committed document is the code's.

use crate::support::TestApp;
use crate::support::document::{DOCUMENT, operations};

#[test]
fn the_committed_document_is_the_codes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == helhedsplan::openapi::json(),
        "openapi/openapi.json is not what the code says; to accept the code's version run: cargo xtask openapi"
    );
}

#[actix_web::test]
async fn the_served_document_is_the_committed_one() {
    let app = TestApp::start().await;
    assert_eq!(
        app.public().get("/openapi.json").await.text(),
        helhedsplan::openapi::json()
    );
}

#[test]
fn every_operation_says_what_a_client_needs() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for operation in operations() {
        let what = format!("{} {}", operation.method, operation.path);
        let item = &operation.item;
        assert!(
            ids.insert(item["operationId"].as_str().unwrap().to_owned()),
            "{what}: operationId"
        );
        assert!(item["summary"].is_string(), "{what}: summary");
        assert!(item["tags"][0].is_string(), "{what}: tag");
        assert!(item["security"].is_array(), "{what}: security");
        for (status, response) in item["responses"].as_object().unwrap() {
            assert!(
                response["description"].is_string() || response["$ref"].is_string(),
                "{what}: {status}"
            );
        }
        for parameter in item["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{what}: {}", parameter["name"]);
        }
    }
}

#[actix_web::test]
async fn the_examples_of_requests_are_accepted() {
    let app = TestApp::start().await;
    let path = "kendskabsgrad/extracts?dry_run=true";
    let json = &DOCUMENT["components"]["schemas"]["NewExtract"]["example"];
    let receipt = app.jobcenter().post(path, json).await.expect(200);
    assert_eq!(receipt["totals"]["all"], 1137);
    let operation = &DOCUMENT["paths"]["/v1/plans/{plan}/kendskabsgrad/extracts"]["post"];
    let csv = operation["requestBody"]["content"]["text/csv"]["example"]
        .as_str()
        .unwrap();
    let path = format!("{path}&extracted_on=2024-01-01&empty_cells=zero");
    assert_eq!(
        app.jobcenter().post_csv(&path, csv).await.expect(200)["totals"]["all"],
        1137
    );
}
