//! Health, keys, who am I.

use helhedsplan::auth::role::Role;
use serde_json::json;

use crate::support::{PLAN, TestApp};

#[actix_web::test]
async fn the_service_is_alive_and_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.public().get("/livez").await.expect(200), json!({"status": "ok"}));
    assert_eq!(app.public().get("/readyz").await.expect(200), json!({"status": "ok"}));
}

#[actix_web::test]
async fn without_its_database_it_is_alive_but_not_ready() {
    let app = TestApp::start().await;
    app.state.db.clone().close().await.unwrap();
    assert_eq!(app.public().get("/livez").await.status, 200);
    let answer = app.public().get("/readyz").await;
    assert_eq!(answer.problem(503), "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    let answer = app.public().get("areas").await;
    assert_eq!(answer.problem(503), "unavailable");
}

#[actix_web::test]
async fn whether_it_is_ready_is_looked_up_once_a_second_at_most() {
    let app = TestApp::start().await;
    assert_eq!(app.public().get("/readyz").await.status, 200);
    let (looked_at, is_ready) = app.state.readiness.lock().await.unwrap();
    assert!(is_ready);
    for _ in 0..20 {
        assert_eq!(app.public().get("/readyz").await.status, 200);
    }
    let (later, _) = app.state.readiness.lock().await.unwrap();
    // The same look, or one a second later on a busy machine.
    assert!(later == looked_at || later.duration_since(looked_at) >= std::time::Duration::from_secs(1));
}

#[actix_web::test]
async fn the_public_keys_verify_the_services_own_tokens() {
    let app = TestApp::start().await;
    let keys = app.public().get("/.well-known/jwks.json").await.expect(200);
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys["keys"][0].clone()).unwrap();
    let token = app.token(Role::Fund, Some("landsbyggefonden"), &[PLAN], None);
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(header.kid.as_deref(), keys["keys"][0]["kid"].as_str());
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["helhedsplan"]);
    let decoded = jsonwebtoken::decode::<serde_json::Value>(
        &token,
        &jsonwebtoken::DecodingKey::from_jwk(&key).unwrap(),
        &validation,
    );
    let claims = decoded.unwrap().claims;
    assert_eq!(
        (&claims["role"], &claims["org"]),
        (&json!("fund"), &json!("landsbyggefonden"))
    );
    assert!(keys.to_string().find("\"d\"").is_none());
}

#[actix_web::test]
async fn me_says_who_the_caller_is_and_what_the_token_allows() {
    let app = TestApp::start().await;
    let token = app.token(
        Role::Municipality,
        Some("fredericia-kommune"),
        &[PLAN],
        Some("plan:read kendskabsgrad:write"),
    );
    let me = app.with_token(&token).get("/v1/me").await.expect(200);
    assert_eq!(me["role"], "municipality");
    assert_eq!(me["permissions"], json!(["plan:read", "kendskabsgrad:write"]));
    let because = |scope: &str| {
        let hidden = me["hidden"].as_array().unwrap().iter();
        let found = hidden
            .filter(|hidden| hidden["scope"] == scope)
            .map(|hidden| &hidden["because"]);
        found.collect::<Vec<_>>()
    };
    assert_eq!(because("indicators:read"), ["token"]);
    assert_eq!(because("plan:write"), ["role"]);
    let units = me["plans"][0]["units"].as_array().unwrap();
    assert_eq!(me["plans"][0]["plan"], PLAN);
    assert!(units.contains(&json!("fredericia-kommune")) && units.contains(&json!("jobcenter-fredericia")));
    assert!(!units.contains(&json!("boli-nu")));
}

#[actix_web::test]
async fn me_tells_the_public_what_is_hidden_and_why() {
    let app = TestApp::start().await;
    let me = app
        .public()
        .header("accept-language", "da")
        .get("/v1/me")
        .await
        .expect(200);
    assert_eq!((&me["role"], &me["expires_at"]), (&json!("public"), &json!(null)));
    assert_eq!(
        me["permissions"],
        json!(["plan:read", "activities:read", "participation:read"])
    );
    assert_eq!(me["hidden"][0]["detail"], "Det kræver et token; der var intet.");
}

#[actix_web::test]
async fn the_documentation_works_from_inside_the_binary() {
    let app = TestApp::start().await;
    assert_eq!(app.public().get("/docs").await.header("location"), "/docs/");
    let page = app.public().get("/docs/").await;
    assert_eq!(page.status, 200);
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        let answer = app.public().get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
    }
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
    assert!(
        app.public()
            .get("/docs/swagger-initializer.js")
            .await
            .text()
            .contains("/openapi.json")
    );
}
