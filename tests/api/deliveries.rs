//! Expected deliveries: which figures are due, late, received.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::extracts::extract;
use crate::support::{Client, PLAN, TestApp};

async fn items(client: &Client<'_>, query: &str) -> Vec<Value> {
    let list = client.get(&format!("deliveries?{query}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

async fn one(client: &Client<'_>, indicator: &str, query: &str) -> Value {
    let items = items(client, &format!("limit=1000&{query}")).await;
    items.into_iter().find(|item| item["indicator"] == indicator).unwrap()
}

/// Status, period expected, due day, last day, last period.
fn line(delivery: &Value) -> String {
    let text = |member: &str| delivery[member].as_str().unwrap_or("-").to_owned();
    ["status", "next_period", "due_on", "late_after", "last_period"]
        .map(text)
        .join(" ")
}

#[actix_web::test]
async fn an_extract_is_due_then_late_then_received() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let kendskabsgrad = async |on: &str| line(&one(&client, "kendskabsgrad-count", &format!("on={on}")).await);
    // Drawn on 1 June 2022, to be drawn on 1 January 2023.
    let expected = "2023-01-01 2023-01-01 2023-03-02 2022-06-01";
    assert_eq!(kendskabsgrad("2022-12-31").await, format!("received {expected}"));
    assert_eq!(kendskabsgrad("2023-01-15").await, format!("due {expected}"));
    assert_eq!(kendskabsgrad("2023-03-03").await, format!("late {expected}"));
    let seeded = one(&client, "kendskabsgrad-count", "on=2023-03-03").await;
    let before = seeded["last_received_at"].as_str().unwrap();

    app.jobcenter()
        .post("kendskabsgrad/extracts", &extract("2023-01-01"))
        .await
        .expect(201);
    let next = "received 2024-01-01 2024-01-01 2024-03-01 2023-01-01";
    assert_eq!(kendskabsgrad("2023-03-03").await, next);
    // Without the Jobcenter's base population there are counts but no shares.
    let shares = one(&client, "kendskabsgrad", "on=2023-03-03").await;
    assert_eq!(line(&shares), format!("late {expected}"));
    // On the day before it was drawn it was not there yet.
    assert_eq!(kendskabsgrad("2022-12-31").await, format!("received {expected}"));
    let then = one(&client, "kendskabsgrad-count", &format!("on=2023-03-03&as_of={before}")).await;
    assert_eq!(line(&then), format!("late {expected}"));
    assert_eq!(then["last_received_at"], before);
}

#[actix_web::test]
async fn a_series_and_the_deliveries_name_the_same_day() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Auditor);
    let deliveries = items(&client, "on=2026-12-31&limit=1000").await;
    let mut expected = 0;
    for delivery in deliveries {
        let path = format!("indicators/{}/series", delivery["indicator"].as_str().unwrap());
        let fresh = client.get(&path).await.expect(200)["fresh"].clone();
        assert_eq!(fresh["latest_period"], delivery["last_period"], "{path}");
        assert_eq!(fresh["next_due"], delivery["due_on"], "{path}");
        expected += usize::from(fresh["next_due"].is_string());
    }
    assert_eq!(expected, 13);
}

#[actix_web::test]
async fn a_figure_of_a_year_is_due_when_the_next_year_is_over() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let grades = one(&client, "school-grades-9", "on=2022-08-01").await;
    assert_eq!(line(&grades), "due 2021/2022 2022-08-01 2022-09-30 2020/2021");
    let labour = one(&client, "outside-labour-market-18-64", "on=2022-01-01").await;
    assert_eq!(line(&labour), "late 2020 2021-01-01 2021-03-02 2019");
    let safety = one(&client, "fixed-safety-18plus", "on=2026-01-01").await;
    assert_eq!(
        (&safety["status"], &safety["next_period"]),
        (&json!("not_expected"), &Value::Null)
    );
    assert_eq!(safety["rhythm"], Value::Null);
}

#[actix_web::test]
async fn after_the_plan_nothing_is_waited_for_but_the_count_that_closes_it() {
    let app = TestApp::start().await;
    app.jobcenter()
        .post("kendskabsgrad/extracts", &extract("2026-01-01"))
        .await
        .expect(201);
    let fund = app.as_role(Role::Fund);
    let last = json!([{"indicator": "charges-15plus", "area": "all-zones", "period": "2026", "value": 3.9,
        "source": "Landsbyggefonden"}]);
    fund.post("measurements/imports", &last).await.expect(201);
    let client = app.as_role(Role::Board);
    let count = one(&client, "kendskabsgrad-count", "on=2027-01-01").await;
    assert_eq!(line(&count), "due 2027-01-01 2027-01-01 2027-03-02 2026-01-01");
    let charges = one(&client, "charges-15plus", "on=2028-01-01").await;
    assert_eq!(line(&charges), "not_expected 2027 2028-01-01 2028-03-01 2026");
}

#[actix_web::test]
async fn data_owners_see_their_own_and_the_others_see_all() {
    let app = TestApp::start().await;
    let owners = async |client: Client<'_>| -> Vec<String> {
        let items = items(&client, "on=2024-01-01&limit=1000").await;
        let mut owners: Vec<String> = items
            .iter()
            .map(|item| item["owner"].as_str().unwrap_or("-").to_owned())
            .collect();
        owners.sort();
        owners.dedup();
        owners
    };
    assert_eq!(owners(app.jobcenter()).await, ["jobcenter-fredericia"]);
    assert_eq!(owners(app.as_role(Role::Fund)).await, ["landsbyggefonden"]);
    // The municipality answers for the units below it.
    let municipality = app.token(Role::Municipality, Some("fredericia-kommune"), &[PLAN], None);
    assert_eq!(
        owners(app.with_token(&municipality)).await,
        ["fredericia-kommune", "jobcenter-fredericia"]
    );
    let nobody = app.token(Role::Municipality, None, &[PLAN], None);
    assert!(owners(app.with_token(&nobody)).await.is_empty());
    for role in [Role::Secretariat, Role::HousingOrganisation, Role::Board, Role::Auditor] {
        assert_eq!(owners(app.as_role(role)).await.len(), 8, "{role}");
    }
    // What lies outside the caller's reach is not found by asking for it.
    let other = items(&app.jobcenter(), "owner=landsbyggefonden").await;
    assert!(other.is_empty());
}

#[actix_web::test]
async fn deliveries_are_found_by_owner_and_status() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let late = items(&client, "on=2023-03-03&owner=jobcenter-fredericia&status=late").await;
    let codes: Vec<&Value> = late.iter().map(|item| &item["indicator"]).collect();
    assert_eq!(codes, ["kendskabsgrad", "kendskabsgrad-count"]);
    assert!(
        items(&client, "on=2023-03-03&owner=jobcenter-fredericia&status=due")
            .await
            .is_empty()
    );
    assert_eq!(
        client.get("deliveries?owner=nobody").await.errors(422),
        ["owner unknown_organisation"]
    );
    let unreadable = client.get("deliveries?status=lost&on=01-01-2024").await;
    assert_eq!(unreadable.errors(400), ["on invalid_value", "status invalid_value"]);
}

#[actix_web::test]
async fn a_figure_that_is_said_to_be_missing_is_not_received() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let row = |value: Value| {
        json!([{"indicator": "charges-15plus", "area": "all-zones", "period": "2021", "value": value,
            "note": "not delivered", "source": "Landsbyggefonden"}])
    };
    fund.post("measurements/imports", &row(Value::Null)).await.expect(201);
    let charges = one(&fund, "charges-15plus", "on=2022-04-01").await;
    assert_eq!(line(&charges), "late 2021 2022-01-01 2022-03-02 2020");
    fund.post("measurements/imports", &row(json!(4.1))).await.expect(201);
    let charges = one(&fund, "charges-15plus", "on=2022-04-01").await;
    assert_eq!(line(&charges), "received 2022 2023-01-01 2023-03-02 2021");
}

#[actix_web::test]
async fn an_answer_depends_on_the_clock_only_by_the_date_that_it_shows() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let by_clock = client.get("deliveries").await;
    let on = by_clock.json()["items"][0]["on"].as_str().unwrap().to_owned();
    let by_date = client.get(&format!("deliveries?on={on}")).await;
    assert_eq!(by_clock.header("etag"), by_date.header("etag"));
}
