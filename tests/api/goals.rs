//! Are we getting there? Goals and sub-goals against the figures, with evidence, on a day and as known at a time.

use helhedsplan::auth::role::Role;
use helhedsplan::entities::agreement_version;
use helhedsplan::record::{Actor, Clock, Deed};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::{Value, json};

use crate::support::extracts::{ZONES, extract, with_count};
use crate::support::{Client, TestApp};

/// The items of a list of goal status.
async fn items(client: &Client<'_>, query: &str) -> Vec<Value> {
    let page = client.get(&format!("goal-status?limit=1000&{query}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// One area's status by one measure.
async fn item(client: &Client<'_>, code: &str, area: &str, query: &str) -> Value {
    client
        .get(&format!("goal-status/{code}/{area}?{query}"))
        .await
        .expect(200)
}

/// Code, status, latest value, expected and progress of each item for all zones.
fn line(item: &Value) -> String {
    let target = &item["targets"][0];
    format!(
        "{} {} {} {} {}",
        item["code"].as_str().unwrap(),
        item["status"].as_str().unwrap(),
        item["latest"]["value"],
        target["expected"],
        target["progress"]
    )
}

/// An extract with both subsets of the sub-goals, as table 9 has them.
fn with_subsets(mut extract: Value, unemployed: [i64; 4], long_term: [i64; 4]) -> Value {
    let mut subsets = Vec::new();
    for (group, subset, counts) in [("6.9", "unemployed", unemployed), ("6.2", "long_term", long_term)] {
        for (zone, count) in ZONES.iter().zip(counts) {
            subsets.push(json!({"area": zone, "target_group": group, "subset": subset, "count": count}));
        }
    }
    extract["subsets"] = json!(subsets);
    extract
}

/// An extract that can also be divided: the population of every zone.
fn with_population(mut extract: Value) -> Value {
    extract["population"] = json!({"zone-1": 1400, "zone-2": 1300, "zone-3": 1130, "zone-4": 1290});
    extract
}

async fn push(app: &TestApp, extract: &Value) -> Value {
    let answer = app.jobcenter().post("kendskabsgrad/extracts", extract).await;
    assert!([200, 201].contains(&answer.status), "{}", answer.text());
    answer.json()
}

/// Figures of others, written by the secretariat on their behalf.
async fn import(app: &TestApp, rows: Value) {
    let client = app.as_role(Role::Secretariat);
    client.post("measurements/imports", &rows).await.expect(201);
}

fn figure(indicator: &str, area: &str, period: &str, value: f64) -> Value {
    json!({"indicator": indicator, "area": area, "period": period, "value": value, "source": "made up for a test"})
}

#[actix_web::test]
async fn all_goals_and_sub_goals_of_the_agreement_are_in_force() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let goals = client.get("goals?on=2023-01-01").await.expect(200);
    let goals = goals["items"].as_array().unwrap();
    let fixed: Vec<&str> = goals
        .iter()
        .flat_map(|goal| goal["measures"].as_array().unwrap())
        .map(|measure| measure["indicator"].as_str().unwrap())
        .collect();
    assert_eq!((goals.len(), fixed.len()), (4, 9));
    assert!(fixed.iter().all(|indicator| indicator.starts_with("fixed-")));
    for goal in goals {
        for measure in goal["measures"].as_array().unwrap() {
            let baselines = (&measure["baselines"][0]["value"], &measure["comparisons"][0]["value"]);
            assert!(baselines.0.is_number() && baselines.1.is_number(), "{measure}");
        }
    }
    let sub_goals = client.get("sub-goals?on=2023-01-01").await.expect(200);
    let found: Vec<String> = sub_goals["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|goal| {
            format!(
                "{} {}",
                goal["held_by"]["agreement"].as_str().unwrap(),
                goal["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "uddannelse-og-livschancer absence",
            "uddannelse-og-livschancer grades",
            "uddannelse-og-livschancer youth-on-education-benefit",
            "beskaeftigelse unemployment-level",
            "beskaeftigelse far-from-labour-market",
            "beskaeftigelse job-ready",
            "beskaeftigelse long-term-unemployed",
            "beskaeftigelse outside-labour-market",
            "kriminalitetsforebyggelse fewer-charged",
            "kriminalitetsforebyggelse ssp",
            "kriminalitetsforebyggelse safety",
            "sammenhaengskraft-og-medborgerskab physical-health",
            "sammenhaengskraft-og-medborgerskab mental-health",
            "sammenhaengskraft-og-medborgerskab turnout",
        ]
    );
    // Education ends a day before the plan; nothing was in force before it began.
    let education = |on: &'static str| client.get_status("sub-goals/absence", on);
    assert_eq!(education("2026-12-30").await, 200);
    assert_eq!(education("2026-12-31").await, 404);
    assert_eq!(education("2022-12-31").await, 404);
    let before = client.get("goals?on=2022-12-31").await.expect(200);
    assert_eq!(before["items"], json!([]));
}

impl Client<'_> {
    async fn get_status(&self, path: &str, on: &str) -> u16 {
        self.get(&format!("{path}?on={on}")).await.status
    }
}

#[actix_web::test]
async fn on_the_seeded_baselines_every_target_is_what_one_works_out_by_hand() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let all = items(&client, "on=2023-06-30").await;
    let targets: Vec<String> = all
        .iter()
        .filter(|item| item["goal"]["level"] == "sub_goal")
        .flat_map(|item| {
            let targets = item["targets"].as_array().unwrap().iter();
            targets.map(|target| {
                format!(
                    "{} {} {} -> {} {}",
                    item["code"].as_str().unwrap(),
                    item["area"].as_str().unwrap(),
                    item["baseline"]["value"],
                    target["value"],
                    target["due"].as_str().unwrap()
                )
            })
        })
        .collect();
    let expected = "\
school-absence kirstinebjergskolen-indre-ringvej 3.7 -> null 2026-12-31
school-absence kirstinebjergskolen-hoegevej 6.2 -> null 2026-12-31
school-absence kirstinebjergskolen-havepladsvej 6.4 -> null 2026-12-31
school-absence ullerup-baek-skolen-noerre-alle 6.5 -> null 2026-12-31
school-absence ullerup-baek-skolen-skjoldborgsvej 7.8 -> null 2026-12-31
school-grades-9 kirstinebjergskolen-indre-ringvej null -> null 2026-12-31
school-grades-9 kirstinebjergskolen-indre-ringvej null -> 7.8 2026-12-31
school-grades-9 kirstinebjergskolen-hoegevej null -> null 2026-12-31
school-grades-9 kirstinebjergskolen-hoegevej null -> 7.8 2026-12-31
school-grades-9 kirstinebjergskolen-havepladsvej 7.2 -> null 2026-12-31
school-grades-9 kirstinebjergskolen-havepladsvej 7.2 -> 7.8 2026-12-31
school-grades-9 ullerup-baek-skolen-noerre-alle 7.6 -> null 2026-12-31
school-grades-9 ullerup-baek-skolen-noerre-alle 7.6 -> 7.8 2026-12-31
school-grades-9 ullerup-baek-skolen-skjoldborgsvej null -> null 2026-12-31
school-grades-9 ullerup-baek-skolen-skjoldborgsvej null -> 7.8 2026-12-31
education-ready-youth all-zones 58 -> 40.6 2026-12-31
activity-ready-youth all-zones 70 -> 56 2026-12-31
kendskabsgrad all-zones null -> 13.0 2026-12-31
kendskabsgrad zone-1 22.1 -> 13.0 2026-12-31
kendskabsgrad zone-2 22.8 -> 13.0 2026-12-31
kendskabsgrad zone-3 22.4 -> 13.0 2026-12-31
kendskabsgrad zone-4 21.9 -> 13.0 2026-12-31
activity-ready-cash-benefit all-zones 201 -> 160.8 2026-12-31
activity-ready-cash-benefit zone-1 79 -> 63.2 2026-12-31
activity-ready-cash-benefit zone-2 49 -> 39.2 2026-12-31
activity-ready-cash-benefit zone-3 41 -> 32.8 2026-12-31
activity-ready-cash-benefit zone-4 32 -> 25.6 2026-12-31
rehabilitation all-zones 100 -> 80 2026-12-31
rehabilitation zone-1 25 -> 20 2026-12-31
rehabilitation zone-2 26 -> 20.8 2026-12-31
rehabilitation zone-3 24 -> 19.2 2026-12-31
rehabilitation zone-4 25 -> 20 2026-12-31
job-ready-cash-benefit all-zones 84 -> 67.2 2026-12-31
job-ready-cash-benefit zone-1 29 -> 23.2 2026-12-31
job-ready-cash-benefit zone-2 18 -> 14.4 2026-12-31
job-ready-cash-benefit zone-3 11 -> 8.8 2026-12-31
job-ready-cash-benefit zone-4 26 -> 20.8 2026-12-31
unemployed-flex-job all-zones 37 -> 29.6 2026-12-31
unemployed-flex-job zone-1 4 -> 3.2 2026-12-31
unemployed-flex-job zone-2 12 -> 9.6 2026-12-31
unemployed-flex-job zone-3 8 -> 6.4 2026-12-31
unemployed-flex-job zone-4 13 -> 10.4 2026-12-31
long-term-job-ready all-zones 84 -> 42 2026-12-31
long-term-job-ready zone-1 29 -> 14.5 2026-12-31
long-term-job-ready zone-2 18 -> 9 2026-12-31
long-term-job-ready zone-3 11 -> 5.5 2026-12-31
long-term-job-ready zone-4 26 -> 13 2026-12-31
outside-labour-market-18-64 all-zones 42.6 -> 30 2026-12-31
outside-labour-market-18-64 all-zones 42.6 -> 40.47 2026-12-31
charges-15plus all-zones 4.4 -> null 2026-12-31
ssp-relapse ullerup-baek 21 -> null 2026-12-31
ssp-relapse kirstinebjerg 27 -> null 2026-12-31
safety-neighbourhood fredericia 83.9 -> 87.7 2026-12-31
physical-activity fredericia 18.2 -> 27.7 2026-12-31
poor-mental-health fredericia 18.6 -> 9.3 2026-12-31
turnout-municipal-election all-zones 58.8 -> null 2026-12-31";
    assert_eq!(targets.join("\n"), expected);
    // Nothing was measured after the baselines; no data is never 0.
    assert_eq!(all.len(), 59);
    for item in &all {
        assert_eq!(item["status"], "no_data", "{item}");
        assert_eq!(item["latest"], Value::Null, "{item}");
        for target in item["targets"].as_array().unwrap() {
            assert_eq!((&target["progress"], &target["judged"]), (&Value::Null, &Value::Null));
        }
    }
}

#[actix_web::test]
async fn the_printed_baselines_are_those_that_were_measured() {
    let app = TestApp::start().await;
    for item in items(&app.as_role(Role::Auditor), "on=2023-06-30").await {
        let used = item["evidence"].as_array().unwrap().iter();
        let baseline: Vec<&Value> = used.filter(|one| one["role"] == "baseline").collect();
        let value = item["baseline"]["value"].as_f64();
        match (value, item["area"].as_str().unwrap()) {
            (None, _) => assert!(baseline.is_empty(), "{item}"),
            (Some(value), "all-zones") if baseline.len() > 1 => {
                let sum: f64 = baseline.iter().map(|one| one["value"].as_f64().unwrap()).sum();
                assert!((sum - value).abs() < 1e-9, "{item}");
            }
            (Some(value), _) => {
                assert_eq!(baseline.len(), 1, "{item}");
                assert_eq!(baseline[0]["value"].as_f64(), Some(value), "{item}");
            }
        }
    }
}

#[actix_web::test]
async fn after_a_later_extract_the_rules_give_these_statuses() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    // On 1 January 2024, 579 of the 1,674 days from 1 June 2022 to 31 December 2026 have passed.
    let mut body = extract("2024-01-01");
    for (group, zone, count) in [
        ("6.2", "zone-1", 12), // 84 -> 67
        ("6.3", "zone-1", 65), // 201 -> 187
        ("6.4", "zone-1", 0),  // 58 -> 44
        ("6.8", "zone-1", 26), // 100 -> 101
    ] {
        body = with_count(body, group, zone, count);
    }
    push(&app, &with_subsets(body, [4, 12, 8, 13], [12, 18, 11, 26])).await;
    let lines: Vec<String> = items(&client, "on=2024-06-30&area=all-zones&goal=employment")
        .await
        .iter()
        .filter(|item| item["indicator"] == "kendskabsgrad-count")
        .map(line)
        .collect();
    assert_eq!(
        lines,
        [
            // 58 - 17.4 × 579/1674 = 51.9817; 14 of 17.4
            "education-ready-youth on_track 44 51.9817 0.8046",
            // 70 - 14 × 579/1674 = 65.1577
            "activity-ready-youth behind 70 65.1577 0",
            // 201 - 40.2 × 579/1674 = 187.0957; 14 of 40.2
            "activity-ready-cash-benefit on_track 187 187.0957 0.3483",
            // 100 - 20 × 579/1674 = 93.0824; 1 of 20 the wrong way
            "rehabilitation worsening 101 93.0824 -0.05",
            // 84 - 16.8 × 579/1674 = 78.1892; 17 of 16.8
            "job-ready-cash-benefit achieved 67 78.1892 1.0119",
            // 37 - 7.4 × 579/1674 = 34.4405
            "unemployed-flex-job behind 37 34.4405 0",
            // 84 - 42 × 579/1674 = 69.4731; 17 of 42
            "long-term-job-ready on_track 67 69.4731 0.4048",
        ]
    );
    // The same measure in single zones.
    let zones: Vec<String> = items(&client, "on=2024-06-30&goal=job-ready-cash-benefit")
        .await
        .iter()
        .map(|item| {
            format!(
                "{} {}",
                item["area"].as_str().unwrap(),
                item["status"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        zones,
        [
            "all-zones achieved",
            "zone-1 achieved",
            "zone-2 behind",
            "zone-3 behind",
            "zone-4 behind"
        ]
    );
    // Before the extract's day there was nothing to judge.
    assert_eq!(
        item(&client, "rehabilitation", "all-zones", "on=2023-12-31").await["status"],
        "no_data"
    );
    let filtered = items(&client, "on=2024-06-30&area=all-zones&status=worsening").await;
    assert_eq!(
        filtered.iter().map(line).collect::<Vec<_>>(),
        ["rehabilitation worsening 101 93.0824 -0.05"]
    );
}

#[actix_web::test]
async fn all_zones_rest_on_the_figures_of_the_zones() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    push(&app, &extract("2024-01-01")).await;
    let found = item(&client, "activity-ready-cash-benefit", "all-zones", "on=2024-06-30").await;
    let evidence: Vec<String> = found["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {} {}",
                one["role"].as_str().unwrap(),
                one["area"].as_str().unwrap(),
                one["period"].as_str().unwrap(),
                one["value"],
                one["revision"]
            )
        })
        .collect();
    assert_eq!(
        evidence,
        [
            "baseline zone-1 2022-06-01 79 1",
            "baseline zone-2 2022-06-01 49 1",
            "baseline zone-3 2022-06-01 41 1",
            "baseline zone-4 2022-06-01 32 1",
            "judged zone-1 2024-01-01 79 1",
            "judged zone-2 2024-01-01 49 1",
            "judged zone-3 2024-01-01 41 1",
            "judged zone-4 2024-01-01 32 1",
        ]
    );
    // What is cited can be fetched.
    let id = found["evidence"][4]["id"].as_str().unwrap();
    let cited = client.get(&format!("measurements/{id}")).await.expect(200);
    assert_eq!(
        (&cited["current"]["area"], &cited["current"]["period"]),
        (&json!("zone-1"), &json!("2024-01-01"))
    );
}

#[actix_web::test]
async fn a_zone_that_is_missing_leaves_all_zones_without_a_figure() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let mut body = extract("2024-01-01");
    body["empty_cells"] = json!("missing");
    let counts = body["counts"].as_array_mut().unwrap();
    counts.retain(|cell| cell["target_group"] != "6.8" || cell["area"] != "zone-4");
    push(&app, &body).await;
    for (area, status) in [("zone-4", "no_data"), ("all-zones", "no_data"), ("zone-1", "behind")] {
        let found = item(&client, "rehabilitation", area, "on=2024-06-30").await;
        assert_eq!(found["status"], status, "{area}");
    }
}

#[actix_web::test]
async fn the_extract_of_1_january_2023_rebases_kendskabsgrad_and_groups_3_and_8_and_nothing_else() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let of = |items: &[Value], wanted: fn(&Value) -> bool| -> Vec<String> {
        let found = items.iter().filter(|item| wanted(&item["baseline"]));
        let mut codes: Vec<String> = found.map(|item| item["code"].as_str().unwrap().to_owned()).collect();
        codes.dedup();
        codes
    };
    let before = items(&client, "on=2023-06-30").await;
    let rebased = ["kendskabsgrad", "activity-ready-cash-benefit", "rehabilitation"];
    assert_eq!(of(&before, |baseline| baseline["provisional"] == true), rebased);
    assert_eq!(of(&before, |baseline| !baseline["printed"].is_null()), [""; 0]);
    let mut body = extract("2023-01-01");
    for (group, zone, count) in [("6.3", "zone-1", 83), ("6.8", "zone-2", 21), ("6.2", "zone-1", 40)] {
        body = with_count(body, group, zone, count);
    }
    push(
        &app,
        &with_population(with_subsets(body, [4, 12, 8, 13], [29, 18, 11, 26])),
    )
    .await;
    let after = items(&client, "on=2023-06-30").await;
    assert_eq!(of(&after, |baseline| baseline["provisional"] == true), [""; 0]);
    assert_eq!(of(&after, |baseline| !baseline["printed"].is_null()), rebased);
    for (before, after) in before.iter().zip(&after) {
        if !rebased.contains(&before["code"].as_str().unwrap()) {
            assert_eq!(before["baseline"], after["baseline"], "{}", before["code"]);
        }
    }
    let baseline = |code: &str, area: &str| {
        let found = after
            .iter()
            .find(|item| item["code"] == code && item["area"] == area)
            .unwrap();
        (found["baseline"].clone(), found["targets"][0]["value"].clone())
    };
    // 201 + 4 = 205, of which 80 % is 164; the printed one is still told.
    assert_eq!(
        baseline("activity-ready-cash-benefit", "all-zones"),
        (
            json!({"period": "2023-01-01", "value": 205, "provisional": false, "rebase_on": "2023-01-01",
                "printed": {"period": "2022-06-01", "value": 201}, "note": null}),
            json!(164)
        )
    );
    assert_eq!(baseline("rehabilitation", "all-zones").1, json!(76)); // 95 × 0.8
    // 321 of 1,400 is 22.9 %; all zones, which had no printed share, now have one: 1,147 of 5,120 is 22.4 %.
    assert_eq!(baseline("kendskabsgrad", "zone-1").0["value"].to_string(), "22.9");
    assert_eq!(baseline("kendskabsgrad", "all-zones").0["value"].to_string(), "22.4");
    assert_eq!(
        baseline("kendskabsgrad", "all-zones").0["printed"]["value"],
        Value::Null
    );
    // The agreement was not in force the day before.
    assert_eq!(
        client
            .get_status("goal-status/rehabilitation/all-zones", "2022-12-31")
            .await,
        404
    );
}

#[actix_web::test]
async fn progress_goes_on_from_the_new_baseline() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    push(&app, &with_count(extract("2023-01-01"), "6.3", "zone-1", 83)).await;
    push(&app, &with_count(extract("2024-01-01"), "6.3", "zone-1", 77)).await;
    // From 205 to 164 over 1,460 days: after 365 of them a quarter of 41 is expected.
    let found = item(&client, "activity-ready-cash-benefit", "all-zones", "on=2024-06-30").await;
    assert_eq!(line(&found), "activity-ready-cash-benefit behind 199 194.75 0.1463");
}

#[actix_web::test]
async fn a_comparator_that_moves_is_judged_at_the_same_date() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    for (date, share, count) in [("2024-01-01", 22.0, 7040), ("2025-01-01", 13.0, 4160)] {
        let mut body = with_population(extract(date));
        body["comparators"] = json!([{"area": "fredericia", "count": count, "share": share}]);
        push(&app, &body).await;
    }
    // 306 of 1,400 is 21.9 %: level with a municipality at 22.0 %, not with one at 13.0 %.
    let then = item(&client, "kendskabsgrad", "zone-1", "on=2024-06-30").await;
    assert_eq!(line(&then), "kendskabsgrad achieved 21.9 22.0654 2");
    assert_eq!(
        then["targets"][0]["comparator"]["latest"],
        json!({"period": "2024-01-01", "value": 22.0})
    );
    // 22.1 - 9.1 × 945/1674
    let now = item(&client, "kendskabsgrad", "zone-1", "on=2025-06-30").await;
    assert_eq!(line(&now), "kendskabsgrad behind 21.9 16.9629 0.022");
    let roles: Vec<&str> = now["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["baseline", "judged", "comparator", "comparison", "comparison"]);
}

#[actix_web::test]
async fn a_share_of_all_zones_is_divided_anew_and_lies_between_them() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    push(&app, &with_population(extract("2024-01-01"))).await;
    let found = items(&client, "on=2024-06-30&goal=kendskabsgrad").await;
    let values: Vec<f64> = found
        .iter()
        .map(|item| item["latest"]["value"].as_f64().unwrap())
        .collect();
    // 1,137 of 5,120; the zones have 21.9, 22.8, 22.4 and 21.9.
    assert_eq!(values, [22.2, 21.9, 22.8, 22.4, 21.9]);
}

#[actix_web::test]
async fn a_target_that_was_met_from_the_start_has_no_progress() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let school = "kirstinebjergskolen-indre-ringvej";
    import(
        &app,
        json!([
            figure("school-absence", "denmark", "2020/2021", 5.2),
            figure("school-absence", school, "2020/2021", 4.9),
            figure("school-absence", school, "2021/2022", 5.3),
        ]),
    )
    .await;
    // 3.7 at the baseline is below the national 5.2 already: no way to go, but it must stay so.
    let then = item(&client, "school-absence", school, "on=2023-01-01").await;
    assert_eq!(then["targets"][0]["value"], json!(5.2));
    assert_eq!(
        (&then["status"], &then["targets"][0]["progress"]),
        (&json!("worsening"), &Value::Null)
    );
    let mut corrected = figure("school-absence", school, "2021/2022", 4.9);
    corrected["source"] = json!("made up for a test, corrected");
    let client_of_ministry = app.as_role(Role::Secretariat);
    client_of_ministry
        .post("measurements/imports", &json!([corrected]))
        .await
        .expect(201);
    let now = item(&client, "school-absence", school, "on=2023-01-01").await;
    assert_eq!(
        (&now["status"], &now["targets"][0]["progress"]),
        (&json!("achieved"), &Value::Null)
    );
}

#[actix_web::test]
async fn after_the_due_date_the_last_figure_up_to_it_is_judged() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    import(
        &app,
        json!([
            figure("physical-activity", "fredericia", "2025", 27.0),
            figure("poor-mental-health", "fredericia", "2025", 9.3),
            figure("physical-activity", "fredericia", "2027", 30.0),
        ]),
    )
    .await;
    for (on, code, status, latest) in [
        ("2026-12-31", "physical-activity", "on_track", json!(27.0)),
        ("2027-01-01", "physical-activity", "missed", json!(27.0)),
        // What came after the due date is shown and does not count.
        ("2028-01-01", "physical-activity", "missed", json!(30.0)),
        ("2027-01-01", "poor-mental-health", "achieved", json!(9.3)),
    ] {
        let found = item(&client, code, "fredericia", &format!("on={on}")).await;
        assert_eq!(
            (&found["status"], &found["latest"]["value"]),
            (&json!(status), &latest),
            "{code} on {on}"
        );
    }
    let found = item(&client, "physical-activity", "fredericia", "on=2028-01-01").await;
    assert_eq!(found["targets"][0]["judged"], json!({"period": "2025", "value": 27.0}));
    // The education agreement's own period ended a day earlier: its goals are judged all the same.
    let ended = item(&client, "education-ready-youth", "all-zones", "on=2027-06-30").await;
    assert_eq!(ended["status"], "no_data");
}

#[actix_web::test]
async fn of_two_targets_the_worse_counts() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    import(
        &app,
        json!([figure("outside-labour-market-18-64", "all-zones", "2023", 39.0)]),
    )
    .await;
    let found = item(&client, "outside-labour-market-18-64", "all-zones", "on=2024-06-30").await;
    let targets: Vec<String> = found["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| {
            format!(
                "{} {} {}",
                target["kind"].as_str().unwrap(),
                target["status"].as_str().unwrap(),
                target["expected"]
            )
        })
        .collect();
    // 1,461 of the 2,557 days from the end of 2019 to that of 2026: 42.6 - 12.6 × 1461/2557, 42.6 - 2.13 × 1461/2557.
    assert_eq!(
        targets,
        ["below_limit behind 35.4007", "relative_change achieved 41.383"]
    );
    assert_eq!(found["status"], "behind");
    // How the agreement's unclear words are read is said.
    assert!(
        found["targets"][1]["reading"]
            .as_str()
            .unwrap()
            .contains("procentpoint")
    );
    assert_eq!(found["targets"][1]["change_unit"], "percent");
    // Grades: risen, but not yet at the national average.
    let school = "kirstinebjergskolen-havepladsvej";
    import(&app, json!([figure("school-grades-9", school, "2021/2022", 7.3)])).await;
    let grades = item(&client, "school-grades-9", school, "on=2023-01-01").await;
    let statuses: Vec<&Value> = grades["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| &target["status"])
        .collect();
    assert_eq!(statuses, [&json!("achieved"), &json!("behind")]);
    assert_eq!(grades["status"], "behind");
}

#[actix_web::test]
async fn two_sources_for_one_theme_never_mix() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    import(
        &app,
        json!([figure("fixed-outside-labour-market-18-64", "all-zones", "2023", 20.0)]),
    )
    .await;
    let fixed = item(
        &client,
        "fixed-outside-labour-market-18-64",
        "all-zones",
        "on=2024-06-30",
    )
    .await;
    assert_eq!(
        (&fixed["status"], &fixed["baseline"]["value"]),
        (&json!("achieved"), &json!(35.7))
    );
    let other = item(&client, "outside-labour-market-18-64", "all-zones", "on=2024-06-30").await;
    assert_eq!(
        (&other["status"], &other["baseline"]["value"]),
        (&json!("no_data"), &json!(42.6))
    );
}

#[actix_web::test]
async fn a_correction_changes_a_past_status_and_not_what_was_known_before() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let first = with_count(extract("2024-01-01"), "6.3", "zone-1", 65);
    let receipt = push(&app, &first).await;
    let mut second = with_count(extract("2024-01-01"), "6.3", "zone-1", 72);
    second["revision_reason"] = json!("seven were counted in zone 2");
    push(&app, &second).await;
    let path = "on=2024-06-30";
    let now = item(&client, "activity-ready-cash-benefit", "all-zones", path).await;
    assert_eq!(line(&now), "activity-ready-cash-benefit behind 194 187.0957 0.1741");
    let known = receipt["received_at"].as_str().unwrap();
    let then = item(
        &client,
        "activity-ready-cash-benefit",
        "all-zones",
        &format!("{path}&as_of={known}"),
    )
    .await;
    assert_eq!(line(&then), "activity-ready-cash-benefit on_track 187 187.0957 0.3483");
    let revision = |item: &Value| {
        let used = item["evidence"].as_array().unwrap().iter();
        let judged = used.filter(|one| one["role"] == "judged" && one["area"] == "zone-1");
        judged.map(|one| one["revision"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((revision(&then), revision(&now)), (vec![json!(1)], vec![json!(2)]));
    let future = client.get("goal-status?as_of=2199-01-01T00:00:00Z").await;
    assert_eq!(future.errors(422), ["as_of in_the_future"]);
}

/// Puts a second version of an agreement in force: the first with changed words in its content.
async fn put_in_force(app: &TestApp, agreement: &str, from: &str, change: (&str, &str)) {
    let transaction = app.state.db.begin().await.unwrap();
    let row = agreement_version::Entity::find()
        .filter(agreement_version::Column::Agreement.eq(agreement))
        .one(&transaction)
        .await
        .unwrap()
        .unwrap();
    assert!(row.content.contains(change.0), "{}", row.content);
    let clock = Clock::lock(&transaction, row.plan_id).await.unwrap();
    let deed = Deed {
        actor: Actor::operator(),
        operation: "test",
        target: "agreements".into(),
    };
    let stamp = clock.tick(&transaction, deed).await.unwrap();
    let content = row.content.replace(change.0, change.1);
    let mut version = row.into_active_model();
    version.version = Set(2);
    version.content = Set(content);
    version.effective_from = Set(Some(from.parse().unwrap()));
    version.seq_in_force = Set(Some(stamp.seq));
    version.in_force_at = Set(Some(stamp.at));
    agreement_version::Entity::insert(version)
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

#[actix_web::test]
async fn a_goal_changes_only_with_a_version_of_its_agreement_and_from_its_first_day() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::HousingOrganisation);
    let before = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    client
        .get(&format!("goals?on=2025-01-01&as_of={before}"))
        .await
        .expect(200);
    put_in_force(&app, "sammenhaengskraft-og-medborgerskab", "2025-01-01", ("27.7", "25")).await;
    for (query, version, target) in [
        ("on=2024-12-31", 1, json!(27.7)),
        ("on=2025-01-01", 2, json!(25)),
        (&format!("on=2025-01-01&as_of={before}"), 1, json!(27.7)),
    ] {
        let found = item(&client, "physical-activity", "fredericia", query).await;
        assert_eq!(found["goal"]["held_by"]["version"], version, "{query}");
        assert_eq!(found["targets"][0]["value"], target, "{query}");
        let goal = client
            .get(&format!("sub-goals/physical-health?{query}"))
            .await
            .expect(200);
        assert_eq!(goal["measures"][0]["targets"][0]["value"], target, "{query}");
    }
}

#[actix_web::test]
async fn goal_status_is_found_by_goal_sub_goal_measure_area_and_focus_area() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Fund);
    let count = async |query: &str| items(&client, &format!("on=2023-06-30&{query}")).await.len();
    assert_eq!(count("goal=cohesion").await, 5); // two fixed indicators, three sub-goals
    assert_eq!(count("goal=far-from-labour-market").await, 10);
    assert_eq!(count("goal=rehabilitation,fixed-turnout").await, 6);
    assert_eq!(count("goal=rehabilitation&area=zone-1,zone-2").await, 2);
    assert_eq!(count("focus_area=kriminalitetsforebyggelse").await, 4);
    assert_eq!(count("focus_area=beskaeftigelse&area=korskaerparken").await, 0);
    let wrong = client
        .get("goal-status?on=2023-06-30&goal=wealth&area=zone-9&focus_area=work")
        .await;
    assert_eq!(
        wrong.errors(422),
        [
            "area unknown_area",
            "goal unknown_goal",
            "focus_area unknown_focus_area"
        ]
    );
    for wrong in [
        "on=2023-6-30",
        "on=2023-02-30",
        "status=good",
        "format=xlsx",
        "colour=red",
    ] {
        let answer = client.get(&format!("goal-status?{wrong}")).await;
        assert_eq!(answer.problem(400), "invalid-parameter", "{wrong}");
    }
    for path in [
        "goal-status/rehabilitation/denmark",
        "goal-status/wealth/all-zones",
        "goals/wealth",
        "sub-goals/employment",
    ] {
        assert_eq!(client.get(&format!("{path}?on=2023-06-30")).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn csv_has_the_same_figures_a_line_a_target() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    push(&app, &with_count(extract("2024-01-01"), "6.3", "zone-1", 65)).await;
    let query = "goal-status?on=2024-06-30&goal=activity-ready-cash-benefit&area=all-zones";
    let csv = client.clone().header("accept", "text/csv").get(query).await;
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 2);
    let cells: Vec<(&str, &str)> = lines[0].split(',').zip(lines[1].split(',')).collect();
    for (column, cell) in [
        ("status", "on_track"),
        ("baseline_value", "201"),
        ("baseline_provisional", "true"),
        ("latest_value", "187"),
        ("target_change_unit", "percent"),
        ("target_value", "160.8"),
        ("expected", "187.0957"),
        ("progress", "0.3483"),
    ] {
        assert!(cells.contains(&(column, cell)), "{column}: {cells:?}");
    }
    let danish = client.get(&format!("{query}&format=csv&locale=da")).await;
    assert!(danish.text().contains(";160,8;"), "{}", danish.text());
    // Two targets are two lines; CSV has no pages.
    let two = client
        .get("goal-status?on=2024-06-30&goal=outside-labour-market&format=csv")
        .await;
    assert_eq!(two.text().lines().count(), 3);
    let paged = client.get("goal-status?format=csv&limit=5").await;
    assert_eq!(paged.errors(400), ["limit json_only"]);
}

#[actix_web::test]
async fn a_page_goes_on_in_the_list_that_it_began() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let whole = items(&client, "on=2024-06-30").await;
    let first = client.get("goal-status?on=2024-06-30&limit=40").await.expect(200);
    // What comes in between belongs to the next list.
    push(&app, &extract("2024-01-01")).await;
    let cursor = first["next"].as_str().unwrap();
    let second = client
        .get(&format!("goal-status?on=2024-06-30&limit=40&cursor={cursor}"))
        .await
        .expect(200);
    let mut found = first["items"].as_array().unwrap().clone();
    found.extend(second["items"].as_array().unwrap().clone());
    assert_eq!(found, whole);
    assert_ne!(items(&client, "on=2024-06-30").await, whole);
}
