//! Area criteria: the rule sets as data, and how areas stand against them.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::{Client, PLAN, TestApp};

const ASSESS: &str = "criteria/assessments";
const PREVENTION: &str = "law-2021-prevention-area";
const VULNERABLE: &str = "law-2021-vulnerable-area";
const PARALLEL: &str = "law-2021-parallel-society";

/// A token of the board for these scopes.
fn with_scopes<'a>(app: &'a TestApp, scopes: &str) -> Client<'a> {
    app.with_token(&app.token(Role::Board, None, &[PLAN], Some(scopes)))
}

/// The only area of an answer.
async fn one(client: &Client<'_>, query: &str) -> Value {
    let found = client.get(&format!("{ASSESS}?{query}")).await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{query}");
    found["items"][0].clone()
}

/// The member of a list that has this code.
fn find<'a>(list: &'a Value, member: &str, code: &str) -> &'a Value {
    let mut items = list.as_array().unwrap().iter();
    items.find(|item| item[member] == code).unwrap_or(&Value::Null)
}

fn rule_set<'a>(area: &'a Value, code: &str) -> &'a Value {
    find(&area["rule_sets"], "rule_set", code)
}

fn criterion<'a>(area: &'a Value, rule_set_code: &str, code: &str) -> &'a Value {
    find(&rule_set(area, rule_set_code)["criteria"], "criterion", code)
}

/// Result, value, limit and distance of a criterion.
fn numbers(criterion: &Value) -> String {
    format!(
        "{} {} {} {}",
        criterion["result"].as_str().unwrap(),
        criterion["value"]["value"],
        criterion["limit"],
        criterion["distance"]
    )
}

/// The fund delivers figures: indicator, area, period, value.
async fn deliver(app: &TestApp, figures: &[(&str, &str, &str, f64)]) {
    let rows: Vec<Value> = figures
        .iter()
        .map(|(indicator, area, period, value)| {
            json!({"indicator": indicator, "area": area, "period": period, "value": value, "source": "Landsbyggefonden"})
        })
        .collect();
    let fund = app.as_role(Role::Fund);
    fund.post("measurements/imports", &json!(rows)).await.expect(201);
}

#[actix_web::test]
async fn the_rule_sets_are_the_laws_lists_and_the_agreements_table() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::HousingOrganisation);
    let codes = async |query: &str| -> Vec<String> {
        let list = client.get(&format!("criteria{query}")).await.expect(200);
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("").await, [PARALLEL, VULNERABLE, PREVENTION, "agreement-table"]);
    assert_eq!(codes("?on=2021-12-01").await.len(), 4);
    // The lists of the law as it is now are from 1 December 2021.
    assert_eq!(codes("?on=2021-11-30").await, ["agreement-table"]);
    let prevention = client.get(&format!("criteria/{PREVENTION}")).await.expect(200);
    let limits: Vec<String> = prevention["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .map(|criterion| {
            let text = |member: &str| criterion[member].as_str().unwrap().to_owned();
            let (code, part, operator, unit) = (text("code"), text("part"), text("operator"), text("limit_unit"));
            format!(
                "{code} {part} {operator} {} {unit} {}",
                criterion["limit"], criterion["window_years"]
            )
        })
        .collect();
    assert_eq!(
        limits,
        [
            "non-western required over 30 percent 1",
            "outside-work counted over 30 percent 2",
            "convicted counted at_least 2 times_reference 2",
            "basic-school-only counted over 60 percent 1",
            "income counted under 65 percent 1",
        ]
    );
    assert_eq!(
        (&prevention["needed"], &prevention["min_residents"]),
        (&json!(2), &json!(1000))
    );
    assert_eq!(prevention["citation"], "Almenboligloven § 61 b");
    let table = client.get("criteria/agreement-table").await.expect(200);
    let convicted = find(&table["criteria"], "code", "convicted");
    assert_eq!((&convicted["limit"], &table["rank"]), (&json!(2.35), &Value::Null));
}

#[actix_web::test]
async fn the_zones_together_meet_none_of_the_printed_limits_but_are_over_the_prevention_areas_30_percent() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Auditor);
    let zones = one(&client, "area=all-zones&on=2024-06-30").await;
    let printed = |code: &str| numbers(criterion(&zones, "agreement-table", code));
    assert_eq!(printed("outside-work"), "not_met 35 40 -5");
    assert_eq!(printed("convicted"), "not_met 1.8 2.35 -0.55");
    assert_eq!(printed("basic-school-only"), "not_met 52.6 60 -7.4");
    assert_eq!(printed("income"), "not_met 69.2 55 14.2");
    assert_eq!(printed("non-western"), "undetermined null 50 null");
    let table = rule_set(&zones, "agreement-table");
    assert_eq!(
        (&table["result"], &table["undetermined_by"]),
        (&json!("not_met"), &json!([]))
    );
    assert_eq!(
        table["counted"],
        json!({"needed": 2, "met": 0, "not_met": 4, "undetermined": 0})
    );

    let outside = criterion(&zones, PREVENTION, "outside-work");
    assert_eq!(numbers(outside), "met 35 30 5");
    assert_eq!(outside["indicator"], "criteria-outside-labour-market");
    assert_eq!(outside["value"]["periods"], json!(["2020"]));
    let evidence = &outside["value"]["evidence"][0];
    let path = format!("measurements/{}", evidence["id"].as_str().unwrap());
    let measured = client.get(&path).await.expect(200);
    assert_eq!(
        (&measured["current"]["value"], &evidence["revision"], &evidence["area"]),
        (&json!(35), &json!(1), &json!("all-zones"))
    );

    let prevention = rule_set(&zones, PREVENTION);
    assert_eq!(prevention["result"], "undetermined");
    assert_eq!(prevention["undetermined_by"], json!(["non-western", "convicted"]));
    assert_eq!(
        criterion(&zones, PREVENTION, "non-western")["missing"][0]["code"],
        "contested_off"
    );
    // The national share of convicted is not printed, and not worked out from the printed limit.
    let convicted = criterion(&zones, PREVENTION, "convicted");
    assert_eq!(numbers(convicted), "undetermined 1.8 null null");
    let missing = &convicted["missing"][0];
    assert_eq!(
        (
            &missing["code"],
            &missing["indicator"],
            &missing["area"],
            &missing["period"]
        ),
        (
            &json!("reference"),
            &json!("criteria-convicted"),
            &json!("denmark"),
            &json!("2020")
        )
    );
    assert_eq!(rule_set(&zones, VULNERABLE)["result"], "not_met");
    assert_eq!(rule_set(&zones, PARALLEL)["result"], "not_met");
    assert_eq!(
        zones["listing"],
        json!({"result": "undetermined", "list": null, "possible": [PREVENTION]})
    );
    // A zone is none of the law's areas, and the four together are not either.
    assert_eq!(zones["hypothetical"], true);
    assert_eq!(prevention["hypothetical"]["code"], "not_an_area_of_the_law");
    assert_eq!(prevention["residents"]["value"], json!(8282));
}

#[actix_web::test]
async fn the_contested_criterion_needs_the_setting_and_a_scope_given_by_name() {
    let off = TestApp::start().await;
    let both = "criteria:read criteria:contested";
    let query = format!("area=all-zones&on=2024-06-30&rule_set={PREVENTION}");
    let of = |area: &Value| criterion(area, PREVENTION, "non-western").clone();
    let closed = of(&one(&with_scopes(&off, both), &query).await);
    assert_eq!(
        (&closed["missing"][0]["code"], &closed["value"]),
        (&json!("contested_off"), &Value::Null)
    );

    let on = TestApp::start_with(|settings| settings.contested_criterion = Some("on".into())).await;
    let closed = of(&one(&with_scopes(&on, "criteria:read"), &query).await);
    assert_eq!(
        (&closed["missing"][0]["code"], &closed["value"]),
        (&json!("contested_not_permitted"), &Value::Null)
    );
    let danish = with_scopes(&on, "criteria:read").header("accept-language", "da");
    let closed = of(&one(&danish, &query).await);
    assert!(
        closed["missing"][0]["detail"]
            .as_str()
            .unwrap()
            .starts_with("Kriteriet er retligt omstridt")
    );

    // 22.1 % is not over 30 %: with the required criterion known not to be met, nothing else matters.
    let area = one(&with_scopes(&on, both), &query).await;
    assert_eq!(numbers(&of(&area)), "not_met 22.1 30 -7.9");
    assert_eq!(rule_set(&area, PREVENTION)["result"], "not_met");
    assert_eq!(
        area["listing"],
        json!({"result": "not_met", "list": null, "possible": []})
    );
    // The permission alone opens nothing.
    let alone = with_scopes(&on, "criteria:contested");
    assert_eq!(alone.get(ASSESS).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn shares_of_charged_are_not_taken_for_shares_of_convicted() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    for department in ["stendalsparken", "bulowsgaarden"] {
        let area = one(&client, &format!("area={department}&on=2024-06-30")).await;
        for rule_set_code in [PREVENTION, VULNERABLE, PARALLEL, "agreement-table"] {
            let convicted = criterion(&area, rule_set_code, "convicted");
            assert_eq!(
                (&convicted["result"], &convicted["value"], &convicted["found"]),
                (&json!("undetermined"), &Value::Null, &json!([])),
                "{department} {rule_set_code}"
            );
        }
        let reason = &rule_set(&area, VULNERABLE)["hypothetical"];
        assert_eq!(reason["code"], "residents_unknown");
    }
}

#[actix_web::test]
async fn an_average_of_two_years_needs_both() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let query = format!("area=zone-1&on=2024-06-30&rule_set={VULNERABLE}");
    let outside = async || criterion(&one(&client, &query).await, VULNERABLE, "outside-work").clone();
    let none = outside().await;
    let named: Vec<&Value> = none["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| &gap["indicator"])
        .collect();
    assert_eq!(named, ["law-outside-work-18-64", "criteria-outside-labour-market"]);

    deliver(&app, &[("law-outside-work-18-64", "zone-1", "2023", 41.0)]).await;
    let half = outside().await;
    assert_eq!(numbers(&half), "undetermined null 40 null");
    assert_eq!(
        (&half["missing"][0]["period"], &half["found"][0]["period"]),
        (&json!("2022"), &json!("2023"))
    );

    deliver(&app, &[("law-outside-work-18-64", "zone-1", "2022", 39.3)]).await;
    let whole = outside().await;
    // (41.0 + 39.3) / 2
    assert_eq!(numbers(&whole), "met 40.15 40 0.15");
    assert_eq!(whole["value"]["periods"], json!(["2022", "2023"]));
    assert_eq!(whole["value"]["evidence"].as_array().unwrap().len(), 2);
    // On the last day of 2022 the year after had not ended.
    let query = format!("area=zone-1&on=2022-12-31&rule_set={VULNERABLE}");
    let before = criterion(&one(&client, &query).await, VULNERABLE, "outside-work").clone();
    assert_eq!(before["missing"][0]["period"], "2021");
}

#[actix_web::test]
async fn convicted_are_held_against_the_national_mean_of_the_same_series_and_years() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let convicted = async |rule_set: &str| {
        let query = format!("area=zone-2&on=2024-06-30&rule_set={rule_set}");
        criterion(&one(&client, &query).await, rule_set, "convicted").clone()
    };
    deliver(
        &app,
        &[
            ("law-convicted", "zone-2", "2022", 1.9),
            ("law-convicted", "zone-2", "2023", 2.1),
            ("law-convicted", "denmark", "2023", 0.84),
            // Another series: it does not stand in for the year that is missing.
            ("criteria-convicted", "denmark", "2022", 0.8),
        ],
    )
    .await;
    let open = convicted(VULNERABLE).await;
    assert_eq!(
        (
            &open["result"],
            &open["missing"][0]["period"],
            &open["missing"][0]["indicator"]
        ),
        (&json!("undetermined"), &json!("2022"), &json!("law-convicted"))
    );
    deliver(&app, &[("law-convicted", "denmark", "2022", 0.76)]).await;
    // 2.0 against 0.80: two and a half times.
    let vulnerable = convicted(VULNERABLE).await;
    assert_eq!(numbers(&vulnerable), "not_met 2 2.4 -0.4");
    let prevention = convicted(PREVENTION).await;
    assert_eq!(numbers(&prevention), "met 2 1.6 0.4");
    assert_eq!(
        (&prevention["reference_area"], &prevention["reference"]["value"]),
        (&json!("denmark"), &json!(0.8))
    );
    assert_eq!(prevention["reference"]["evidence"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_department_of_a_thousand_is_an_area_of_the_law_and_on_the_strictest_list_it_meets() {
    let app = TestApp::start_with(|settings| settings.contested_criterion = Some("on".into())).await;
    let open = with_scopes(&app, "criteria:read criteria:contested");
    let closed = with_scopes(&app, "criteria:read");
    let query = "area=stendalsparken&on=2024-06-30";
    deliver(
        &app,
        &[
            ("criteria-residents", "stendalsparken", "2022", 999.0),
            ("criteria-outside-labour-market", "stendalsparken", "2022", 40.1),
            ("criteria-income", "stendalsparken", "2022", 54.9),
        ],
    )
    .await;
    let small = one(&open, query).await;
    assert_eq!(
        rule_set(&small, VULNERABLE)["hypothetical"]["code"],
        "too_few_residents"
    );
    deliver(&app, &[("criteria-residents", "stendalsparken", "2023", 1000.0)]).await;
    let area = one(&open, query).await;
    assert_eq!(
        (&area["hypothetical"], &rule_set(&area, VULNERABLE)["hypothetical"]),
        (&json!(false), &Value::Null)
    );
    // Two of four are met, so the others do not matter.
    assert_eq!(rule_set(&area, VULNERABLE)["result"], "met");
    // Whether it is a parallel society as well hangs on a figure that is not there.
    assert_eq!(
        area["listing"],
        json!({"result": "met", "list": null, "possible": [PARALLEL, VULNERABLE]})
    );
    assert_eq!(
        criterion(&area, PARALLEL, "non-western")["missing"][0]["code"],
        "figure"
    );
    deliver(&app, &[("criteria-non-western", "stendalsparken", "2024-01-01", 50.1)]).await;
    assert_eq!(one(&open, query).await["listing"]["list"], PARALLEL);
    assert_eq!(
        one(&closed, query).await["listing"],
        json!({"result": "met", "list": null, "possible": [PARALLEL, VULNERABLE]})
    );
    // The listing goes by every list in force, whichever rule sets are shown.
    let shown = one(&open, &format!("{query}&rule_set=agreement-table")).await;
    assert_eq!(
        (shown["rule_sets"].as_array().unwrap().len(), &shown["listing"]["list"]),
        (1, &json!(PARALLEL))
    );
    deliver(&app, &[("criteria-non-western", "stendalsparken", "2024-06-01", 50.0)]).await;
    assert_eq!(one(&open, query).await["listing"]["list"], VULNERABLE);
    // Before the law was in force there is no list whose rules are known.
    let before = one(&open, "area=stendalsparken&on=2021-11-30").await;
    assert_eq!(
        before["listing"],
        json!({"result": "undetermined", "list": null, "possible": []})
    );
}

#[actix_web::test]
async fn all_zones_are_divided_anew_from_the_zones_where_nothing_was_measured_for_them() {
    let app = TestApp::start().await;
    let counted = [(700, 2000), (300, 1000), (450, 1000), (400, 1000)];
    let rows: Vec<Value> = counted
        .iter()
        .zip(1..)
        .map(|((numerator, denominator), zone)| {
            json!({"indicator": "criteria-basic-school-only-30-59", "area": format!("zone-{zone}"),
                "period": "2023-01-01", "numerator": numerator, "denominator": denominator,
                "value": f64::from(*numerator) * 100.0 / f64::from(*denominator), "source": "Landsbyggefonden"})
        })
        .collect();
    let fund = app.as_role(Role::Fund);
    fund.post("measurements/imports", &json!(rows)).await.expect(201);
    let zones = one(&fund, "area=all-zones&on=2024-06-30").await;
    let criterion = criterion(&zones, VULNERABLE, "basic-school-only");
    // 1,850 of 5,000; the mean of the four shares would be 37.5.
    assert_eq!(numbers(criterion), "not_met 37.0 60 -23.0");
    let evidence = criterion["value"]["evidence"].as_array().unwrap();
    let areas: Vec<&Value> = evidence.iter().map(|used| &used["area"]).collect();
    assert_eq!(areas, ["zone-1", "zone-2", "zone-3", "zone-4"]);
    // What was measured for all zones stays what it was.
    let earlier = one(&fund, "area=all-zones&on=2022-06-30").await;
    let earlier = find(
        &rule_set(&earlier, VULNERABLE)["criteria"],
        "criterion",
        "basic-school-only",
    );
    assert_eq!(numbers(earlier), "not_met 52.6 60 -7.4");
}

#[actix_web::test]
async fn as_of_answers_with_what_was_known_before_a_correction() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let query = format!("area=all-zones&on=2024-06-30&rule_set={PREVENTION}");
    let outside = async |query: &str| {
        let area = one(&client, query).await;
        let found = criterion(&area, PREVENTION, "outside-work");
        format!("{} {}", numbers(found), found["value"]["evidence"][0]["revision"])
    };
    let known = client
        .get("measurements?indicator=criteria-outside-labour-market")
        .await
        .expect(200);
    let before = known["items"][0]["received_at"].as_str().unwrap().to_owned();
    assert_eq!(outside(&query).await, "met 35 30 5 1");
    deliver(&app, &[("criteria-outside-labour-market", "all-zones", "2020", 29.9)]).await;
    assert_eq!(outside(&query).await, "not_met 29.9 30 -0.1 2");
    assert_eq!(outside(&format!("{query}&as_of={before}")).await, "met 35 30 5 1");
    let future = client.get(&format!("{ASSESS}?as_of=2999-01-01T00:00:00Z")).await;
    assert_eq!(future.errors(422), ["as_of in_the_future"]);
}

#[actix_web::test]
async fn zones_departments_and_all_zones_are_assessed_and_nothing_else() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Fund);
    let list = client.get(&format!("{ASSESS}?on=2024-06-30")).await.expect(200);
    let areas: Vec<&Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["area"])
        .collect();
    assert_eq!(
        areas,
        [
            "all-zones",
            "zone-1",
            "zone-2",
            "zone-3",
            "zone-4",
            "stendalsparken",
            "bulowsgaarden"
        ]
    );
    let wrong = format!("{ASSESS}?on=2021-01-01&area=zone-9,fredericia,zone-1&rule_set=law-1999,{PREVENTION}");
    assert_eq!(
        client.get(&wrong).await.errors(422),
        [
            "area unknown_area",
            "area not_assessed",
            "rule_set unknown_rule_set",
            "rule_set not_in_force"
        ]
    );
    let unreadable = client.get(&format!("{ASSESS}?on=2024-6-30&as_of=now")).await;
    assert_eq!(unreadable.errors(400), ["as_of invalid_value", "on invalid_value"]);
}

#[actix_web::test]
async fn an_answer_depends_on_the_clock_only_by_the_date_that_it_shows() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let by_clock = client.get(ASSESS).await;
    let on = by_clock.json()["items"][0]["on"].as_str().unwrap().to_owned();
    let by_date = client.get(&format!("{ASSESS}?on={on}")).await;
    assert_eq!(by_clock.header("etag"), by_date.header("etag"));
}
