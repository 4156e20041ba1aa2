//! Everything that goes wrong is a problem document with the right status, in the caller's language.

use helhedsplan::auth::role::Role;
use helhedsplan::problem::ProblemKind;
use reqwest::Method;

use crate::support::TestApp;

#[actix_web::test]
async fn each_kind_of_mistake_has_its_own_status() {
    let app = TestApp::start().await;
    let series = "indicators/kendskabsgrad/series";
    assert_eq!(app.public().get(series).await.problem(401), "unauthenticated");
    assert_eq!(app.public().get("/v1/plan").await.problem(404), "not-found");
    assert_eq!(app.public().get("/").await.problem(404), "not-found");
    assert_eq!(
        app.public().get("/v1/plans/fredericia-2027-2030").await.problem(404),
        "not-found"
    );
    let put = app.public().send(Method::PUT, "/v1/plans", None, Vec::new()).await;
    assert_eq!(put.problem(405), "method-not-allowed");
    assert_eq!(put.header("allow"), "GET, HEAD");
    let board = app.as_role(Role::Board);
    assert_eq!(
        board.get(&format!("{series}?colour=red")).await.problem(400),
        "invalid-parameter"
    );
    let post = board.post("kendskabsgrad/extracts", &serde_json::json!({})).await;
    assert_eq!(post.problem(403), "forbidden");
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(
            app.public().post(path, &serde_json::json!({})).await.problem(405),
            "method-not-allowed"
        );
    }
    assert_eq!(
        app.public().get("/v1/plans/%00/areas").await.problem(400),
        "invalid-parameter"
    );
    let options = app.public().send(Method::OPTIONS, "/v1/plans", None, Vec::new()).await;
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD"));
}

#[actix_web::test]
async fn a_problem_is_told_in_the_callers_language() {
    let app = TestApp::start().await;
    for (accept, language, title) in [
        (None, "en", "Nothing was found here"),
        (Some("en"), "en", "Nothing was found here"),
        (Some("da"), "da", "Der er intet her"),
        (Some("da-DK, en;q=0.8"), "da", "Der er intet her"),
        (Some("de, da;q=0.3, en;q=0.7"), "en", "Nothing was found here"),
        (Some("de, fr"), "en", "Nothing was found here"),
        (Some(";;;"), "en", "Nothing was found here"),
    ] {
        let mut client = app.public();
        if let Some(accept) = accept {
            client = client.header("accept-language", accept);
        }
        let answer = client.get("/nowhere").await;
        assert_eq!(answer.expect(404)["title"], title, "{accept:?}");
        assert_eq!(answer.header("content-language"), language);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[actix_web::test]
async fn the_request_id_is_taken_over_echoed_and_repeated_in_problems() {
    let app = TestApp::start().await;
    let answer = app.public().header("x-request-id", "trace-1.A").get("/nowhere").await;
    assert_eq!(answer.header("x-request-id"), "trace-1.A");
    assert_eq!(answer.json()["instance"], "trace-1.A");
    let answer = app.public().header("x-request-id", "not usable!").get("/livez").await;
    assert_eq!(answer.header("x-request-id").len(), 36);
}

#[actix_web::test]
async fn every_problem_type_answers_with_an_explanation() {
    let app = TestApp::start().await;
    let list = app.public().get("/problems").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), ProblemKind::ALL.len());
    for item in list["items"].as_array().unwrap() {
        let answer = app.public().get(item["type"].as_str().unwrap()).await;
        assert_eq!(answer.expect(200), *item);
    }
    let danish = app
        .public()
        .header("accept-language", "da")
        .get("/problems/not-found")
        .await;
    assert_eq!(danish.expect(200)["title"], "Der er intet her");
    assert_eq!(app.public().get("/problems/no-such").await.problem(404), "not-found");
}

#[actix_web::test]
async fn control_characters_in_a_query_are_refused() {
    let app = TestApp::start().await;
    let answer = app
        .as_role(Role::Board)
        .get("indicators/kendskabsgrad/series?area=zone%00-1")
        .await;
    assert_eq!(answer.errors(400), ["area forbidden_character"]);
}
