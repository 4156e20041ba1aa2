//! Budget and accounts. The agreement prints no amounts: those here are made up and added by hand.

use helhedsplan::auth::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::governance::{adopt, called, proposed};
use crate::support::{Answer, Client, TestApp};

async fn put_accounts(client: &Client<'_>, year: i32, body: &str) -> Answer {
    let path = format!("budget/accounts/{year}");
    let tag = client.get(&path).await.header("etag").to_owned();
    client
        .clone()
        .header("if-match", &tag)
        .send(Method::PUT, &path, Some("application/json"), body.as_bytes().to_vec())
        .await
}

#[actix_web::test]
async fn the_budget_has_lines_and_no_amounts() {
    let app = TestApp::start().await;
    let budget = app.as_role(Role::Auditor).get("budget?on=2024-01-01").await.expect(200);
    let lines = budget["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 8);
    for line in lines {
        assert_eq!(line["years"].as_array().unwrap().len(), 4);
        let total = &line["total"];
        assert_eq!(
            (&total["budget"], &total["budget_status"]),
            (&Value::Null, &json!("not_stated"))
        );
    }
    assert_eq!(budget["years"][0]["accounts_state"], "none");
    let none = app.as_role(Role::Auditor).get("budget/accounts/2023").await.expect(200);
    assert_eq!((&none["state"], &none["revision"]), (&json!("none"), &json!(0)));
    for (path, status) in [
        ("budget/accounts/2022", 404),
        ("budget/accounts/x", 400),
        ("budget?on=2022-01-01", 404),
    ] {
        assert_eq!(app.as_role(Role::Auditor).get(path).await.status, status, "{path}");
    }
}

/// A budget of two lines in force, as a version of the strategic agreement.
async fn budget_in_force(app: &TestApp) {
    let client = app.as_role(Role::HousingOrganisation);
    let first = client.get("agreements/strategisk/versions/1").await.expect(200);
    let mut content = first["content"].clone();
    let amounts: Value =
        serde_json::from_str(r#"[{"year": 2023, "amount": 1000000.10}, {"year": 2024, "amount": 2000000.2}]"#).unwrap();
    content["budget"][0]["amounts"] = amounts;
    content["budget"][5]["amounts"] = json!([{"year": 2023, "amount": 500000}]);
    let body = json!({"source": "Opdigtet", "content": content});
    client.post("agreements/strategisk/versions", &body).await.expect(201);
    let meeting = called(app, "bestyrelsen", "2023-03-15T13:00").await;
    let payload = json!({"agreement": "strategisk", "version": 2, "effective_from": "2023-01-01"});
    let id = proposed(app, "change_budget", &meeting, payload).await;
    adopt(app, &id).await.expect(200);
    let path = format!("decisions/{id}/endorse");
    app.as_role(Role::Fund).post(&path, &json!({})).await.expect(200);
}

#[actix_web::test]
async fn accounts_stand_beside_the_budget_to_the_last_oere() {
    let app = TestApp::start().await;
    budget_in_force(&app).await;
    let secretariat = app.as_role(Role::Secretariat);
    let body = r#"{"state": "draft", "source": "Opdigtet", "amounts": [
        {"line": "uddannelse-og-livschancer", "amount": 999999.99}]}"#;
    let first = put_accounts(&secretariat, 2023, body).await.expect(200);
    assert_eq!((&first["revision"], &first["state"]), (&json!(1), &json!("draft")));
    let budget = secretariat.get("budget?on=2024-01-01").await.expect(200);
    let line = &budget["lines"][0];
    let year = &line["years"][0]["amount"];
    assert_eq!(year["budget"].to_string(), "1000000.10");
    assert_eq!(year["accounts"].to_string(), "999999.99");
    assert_eq!(year["difference"].to_string(), "-0.11");
    // 1,000,000.10 + 2,000,000.2; two years of the line have no budget.
    assert_eq!(line["total"]["budget"].to_string(), "3000000.30");
    assert_eq!(line["total"]["budget_status"], "partly_stated");
    assert_eq!(line["total"]["difference"], Value::Null);
    assert_eq!(budget["years"][0]["financing"]["budget"], 500_000);
    assert_eq!(budget["years"][0]["financing"]["budget_status"], "partly_stated");
    assert_eq!(budget["years"][0]["accounts_state"], "draft");
    assert_eq!(budget["cost"]["accounts"].to_string(), "999999.99");

    let then = first["received_at"].as_str().unwrap();
    let body = r#"{"state": "final", "source": "Opdigtet", "amounts": [
        {"line": "uddannelse-og-livschancer", "amount": 1000000.1, "note": "Rettet"}]}"#;
    let second = put_accounts(&secretariat, 2023, body).await.expect(200);
    assert_eq!((&second["revision"], &second["state"]), (&json!(2), &json!("final")));
    let path = format!("budget/accounts/2023?as_of={then}");
    assert_eq!(secretariat.get(&path).await.expect(200), first);
    let path = format!("budget?on=2024-01-01&as_of={then}");
    assert_eq!(secretariat.get(&path).await.expect(200), budget);
    let budget = secretariat.get("budget?on=2024-01-01").await.expect(200);
    assert_eq!(
        budget["lines"][0]["years"][0]["amount"]["difference"].to_string(),
        "0.00"
    );
}

#[actix_web::test]
async fn wrong_accounts_are_refused_with_every_reason() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let body = r#"{"state": "none", "colour": "red", "amounts": [
        {"line": "no-such-line", "amount": 1},
        {"line": "beskaeftigelse", "amount": 0.001},
        {"line": "beskaeftigelse", "amount": -1},
        {"line": "omraadesekretariatet", "amount": "1"},
        {"line": "lokaler", "amount": 1000000000000}]}"#;
    let mut errors = put_accounts(&secretariat, 2023, body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/amounts/0/line unknown_line",
            "/amounts/1/amount out_of_range",
            "/amounts/2/amount out_of_range",
            "/amounts/2/line duplicate",
            "/amounts/3/amount wrong_type",
            "/amounts/4/amount out_of_range",
            "/colour unknown_field",
            "/source required",
            "/state invalid_value",
        ]
    );
    let good = json!({"state": "draft", "source": "x", "amounts": []}).to_string();
    let path = "budget/accounts/2023";
    let bare = secretariat
        .send(Method::PUT, path, Some("application/json"), good.clone().into())
        .await;
    assert_eq!(bare.problem(428), "precondition-required");
    let tag = secretariat.get(path).await.header("etag").to_owned();
    put_accounts(&secretariat, 2023, &good).await.expect(200);
    let stale = secretariat
        .clone()
        .header("if-match", &tag)
        .send(Method::PUT, path, Some("application/json"), good.clone().into())
        .await;
    assert_eq!(stale.problem(412), "precondition-failed");
    for role in [Role::HousingOrganisation, Role::Board, Role::Fund] {
        assert_eq!(
            put_accounts(&app.as_role(role), 2023, &good).await.problem(403),
            "forbidden"
        );
    }
}
