//! The contracts that resources share, each run over every operation of the document that should keep it.

use std::collections::BTreeSet;

use helhedsplan::auth::role::Role;
use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::document::{Operation, operations};
use crate::support::{Answer, TestApp, extracts};

/// Every operation that reads, and what is needed so that each list has several items.
async fn reads(app: &TestApp) -> Vec<Operation> {
    for date in ["2023-01-01", "2024-01-01", "2025-01-01"] {
        let pushed = app
            .jobcenter()
            .post("kendskabsgrad/extracts", &extracts::extract(date))
            .await;
        assert_eq!(pushed.status, 201, "{}", pushed.text());
    }
    operations()
        .into_iter()
        .filter(|operation| operation.method == Method::GET)
        .collect()
}

fn items(answer: &Answer) -> Vec<Value> {
    answer.expect(200)["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn every_list_is_read_page_by_page_without_loss_or_repeat() {
    let app = TestApp::start().await;
    let mut lists = 0;
    for operation in reads(&app)
        .await
        .into_iter()
        .filter(|operation| operation.has_query("cursor"))
    {
        let client = app.as_role(operation.first_role());
        let path = app.path_of(&operation);
        let whole = items(&client.get(&format!("{path}?limit=1000")).await);
        let mut found = Vec::new();
        let mut target = format!("{path}?limit=3");
        loop {
            let answer = client.get(&target).await;
            let page = answer.expect(200);
            found.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else {
                assert_eq!(answer.header("link"), "", "{path}");
                break;
            };
            assert_eq!(page["items"].as_array().unwrap().len(), 3, "{path}");
            let link = answer.header("link").to_owned();
            assert!(link.contains("rel=\"next\"") && link.contains(next), "{path}: {link}");
            target = link.split(['<', '>']).nth(1).unwrap().to_owned();
        }
        assert_eq!(found, whole, "{path}");
        for wrong in [
            "limit=0",
            "limit=1001",
            "limit=-1",
            "limit=x",
            "limit=",
            "cursor=x",
            "cursor=MTp4",
        ] {
            let answer = client.get(&format!("{path}?{wrong}")).await;
            assert_eq!(answer.problem(400), "invalid-parameter", "{path}?{wrong}");
        }
        lists += 1;
    }
    assert!(lists >= 6, "only {lists} lists were found");
}

#[actix_web::test]
async fn what_is_read_carries_a_validator_and_is_not_sent_twice() {
    let app = TestApp::start().await;
    let mut conditional = 0;
    for operation in reads(&app).await {
        if operation.item["responses"].get("304").is_none() {
            continue;
        }
        let path = app.path_of(&operation);
        let client = app.as_role(operation.first_role());
        let first = client.get(&path).await;
        assert_eq!(first.status, 200, "{path}: {}", first.text());
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        assert_eq!(first.header("vary"), "Authorization, Accept, Accept-Language", "{path}");
        assert!(first.header("cache-control").contains("no-cache"), "{path}");
        for (condition, status) in [
            (tag.clone(), 304),
            (format!("W/{tag}"), 304),
            (format!("\"other\", {tag}"), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
        ] {
            let answer = client.clone().header("if-none-match", &condition).get(&path).await;
            assert_eq!(answer.status, status, "{path} with {condition}");
            assert_eq!(answer.header("etag"), tag, "{path}");
        }
        conditional += 1;
    }
    assert!(conditional >= 15, "only {conditional} operations were found");
}

#[actix_web::test]
async fn head_is_get_without_a_body() {
    let app = TestApp::start().await;
    for operation in reads(&app).await {
        let client = app.as_role(operation.first_role());
        let path = app.path_of(&operation);
        let get = client.get(&path).await;
        let head = client.send(Method::HEAD, &path, None, Vec::new()).await;
        assert_eq!(head.status, 200, "{path}");
        for header in ["content-length", "content-type", "etag", "cache-control"] {
            // A caller's description has the time in it.
            assert_eq!(head.header(header), get.header(header), "{path}: {header}");
        }
    }
    // What a client library would hide: after the headers there is nothing.
    let mut stream = TcpStream::connect(app.state.config.public_url.trim_start_matches("http://"))
        .await
        .unwrap();
    let request = "HEAD /problems HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[actix_web::test]
async fn an_unknown_query_parameter_is_an_error_everywhere() {
    let app = TestApp::start().await;
    for operation in operations() {
        // The last answers as RFC 6749 says; its own tests see to it.
        if ["/livez", "/readyz", "/oauth/token"].contains(&operation.path.as_str()) {
            continue;
        }
        let target = format!("{}?colour=red", app.path_of(&operation));
        let client = app.as_role(operation.first_role());
        let answer = client
            .send(
                operation.method.clone(),
                &target,
                Some("application/json"),
                b"{}".to_vec(),
            )
            .await;
        assert_eq!(
            answer.errors(400),
            ["colour unknown_parameter"],
            "{} {target}",
            operation.method
        );
    }
}

#[actix_web::test]
async fn a_wrong_method_says_which_are_right() {
    let app = TestApp::start().await;
    for operation in operations() {
        let has = |method: &Method| {
            operations()
                .iter()
                .any(|one| one.path == operation.path && one.method == *method)
        };
        let allowed: BTreeSet<String> = operations()
            .iter()
            .filter(|one| one.path == operation.path)
            .flat_map(|one| match one.method.as_str() {
                "GET" => vec!["GET".to_owned(), "HEAD".to_owned()],
                other => vec![other.to_owned()],
            })
            .collect();
        let others = [Method::DELETE, Method::PUT, Method::PATCH, Method::POST, Method::GET];
        // Also where the path is a word that another operation would take for an id or a code.
        for wrong in others.into_iter().filter(|method| !has(method)) {
            let what = format!("{wrong} {}", operation.path);
            let answer = app
                .as_role(Role::Board)
                .send(wrong, &app.path_of(&operation), None, Vec::new())
                .await;
            assert_eq!(answer.problem(405), "method-not-allowed", "{what}");
            let said: Vec<&str> = answer.header("allow").split(", ").collect();
            assert_eq!(said.len(), allowed.len(), "{what}");
            assert!(said.iter().all(|method| allowed.contains(*method)), "{what}: {said:?}");
        }
    }
}

#[actix_web::test]
async fn an_item_that_is_not_there_is_404() {
    let app = TestApp::start().await;
    for operation in reads(&app)
        .await
        .into_iter()
        .filter(|operation| operation.path.ends_with("{code}"))
    {
        let path = app.path_of(&operation);
        let (parent, _) = path.rsplit_once('/').unwrap();
        for code in [
            "no-such-code",
            "..%2f..%2fetc",
            "%27%20OR%201=1--",
            "%C3%A6%C3%B8%C3%A5",
        ] {
            let answer = app.as_role(Role::Board).get(&format!("{parent}/{code}")).await;
            assert_eq!(answer.problem(404), "not-found", "{parent}/{code}");
        }
    }
}
