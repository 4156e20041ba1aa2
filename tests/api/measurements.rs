//! Figures as rows: imports, the flat list, one figure with its history.

use helhedsplan::auth::role::Role;
use helhedsplan::underway::Underway;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PLAN, TestApp};

const IMPORT: &str = "measurements/imports";
const TABLE: &str = "\
indicator,area,period,value,note,source
outside-labour-market-18-64,zone-1,2030,40.10,,Landsbyggefonden
outside-labour-market-18-64,zone-2,2030,,not delivered,Landsbyggefonden
school-grades-9,ullerup-baek,2029/2030,7.0,,Ministeriet
";

async fn ndjson(client: &Client<'_>, lines: &[Value]) -> Answer {
    let body: Vec<String> = lines.iter().map(Value::to_string).collect();
    let path = format!("/v1/plans/{PLAN}/{IMPORT}");
    client
        .send(
            Method::POST,
            &path,
            Some("application/x-ndjson"),
            body.join("\n").into_bytes(),
        )
        .await
}

fn row(area: &str, value: &str) -> Value {
    json!({"indicator": "outside-labour-market-18-64", "area": area, "period": "2030",
        "value": serde_json::from_str::<Value>(value).unwrap(), "source": "Landsbyggefonden"})
}

#[actix_web::test]
async fn an_import_is_stored_with_its_digits_and_can_be_repeated() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let receipt = client.post_csv(IMPORT, TABLE).await.expect(201);
    assert_eq!(
        receipt["rows"],
        json!({"received": 3, "created": 3, "updated": 0, "unchanged": 0})
    );
    let again = client.post_csv(IMPORT, TABLE).await.expect(200);
    assert_eq!(again["outcome"], "unchanged");
    assert_eq!(again["rows"]["unchanged"], 3);
    let series = client
        .get("indicators/outside-labour-market-18-64/series?area=zone-1,zone-2&from=2030")
        .await;
    assert!(series.text().contains("\"value\":40.10,"));
    let points = series.json()["points"].clone();
    assert_eq!(
        (&points[1]["value"], &points[1]["status"]),
        (&Value::Null, &json!("missing"))
    );
    assert_eq!(points[1]["note"], "not delivered");
}

#[actix_web::test]
async fn json_ndjson_and_csv_are_the_same_import() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let rows = [row("zone-1", "40.1"), row("zone-2", "39")];
    assert_eq!(ndjson(&client, &rows).await.expect(201)["rows"]["created"], 2);
    assert_eq!(
        client.post(IMPORT, &json!(rows)).await.expect(200)["outcome"],
        "unchanged"
    );
    let csv = "source;value;period;area;indicator\nLandsbyggefonden;40,1;2030;zone-1;outside-labour-market-18-64\n";
    assert_eq!(client.post_csv(IMPORT, csv).await.expect(200)["outcome"], "unchanged");
}

#[actix_web::test]
async fn a_wrong_row_is_reported_with_its_line_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let mut table = String::from("indicator,area,period,value,source\n");
    for day in 0..5000 {
        let date = chrono::NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(day);
        let value = if day == 2500 { "many" } else { "40.1" };
        table.push_str(&format!("outside-labour-market-18-64,zone-1,{date},{value},test\n"));
    }
    assert_eq!(client.post_csv(IMPORT, &table[..60_000]).await.status, 422);
    let big = table.replace("many", "40.2");
    let wrong = client.post_csv(IMPORT, &table).await;
    assert_eq!(wrong.errors(422), ["2502:4 wrong_type"]);
    let found = client
        .get("measurements?indicator=outside-labour-market-18-64&to=2003")
        .await
        .expect(200);
    assert_eq!(found["items"], json!([]));
    assert_eq!(client.post_csv(IMPORT, &big).await.expect(201)["rows"]["created"], 5000);
}

#[actix_web::test]
async fn every_rule_that_a_row_breaks_is_named_at_its_place() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let table = "\
indicator,area,period,category,value,numerator,denominator,status,note,source
nothing,zone-9,2030,,1,,,,,s
outside-labour-market-18-64,zone-1,20-30,,x,1,,sure,,
outside-labour-market-18-64,zone-1,2030,6.1,101,,,,,s
outside-labour-market-18-64,zone-1,2030,,21.9,307,1390,,,s
outside-labour-market-18-64,zone-2,2030,,1,,,missing,,s
outside-labour-market-18-64,zone-3,2030,,1,,,,om 010190-1234,s
kendskabsgrad-count,zone-1,2030-01-01,6.1,24,,,,,s
outside-labour-market-18-64,zone-4,2030,,1,,,,,s
outside-labour-market-18-64,zone-4,2030,,1,,,,,s
";
    let answer = client.post_csv(IMPORT, table).await;
    assert_eq!(
        answer.errors(422),
        [
            "2:1 unknown_indicator",
            "2:2 unknown_area",
            "3:10 required",
            "3:5 wrong_type",
            "3:3 invalid_period",
            "3:8 invalid_value",
            "4:4 unknown_category",
            "4:5 out_of_range",
            "5:5 share_mismatch",
            "6:8 status_mismatch",
            "7:9 personal_number",
            "8:1 fed_by_extracts",
            "8:1 not_data_owner",
            "10:null duplicate",
        ]
        .into_iter()
        .filter(|error| *error != "8:1 not_data_owner")
        .collect::<Vec<_>>()
    );
    assert!(!answer.text().contains("1234"));
    let header = client.post_csv(IMPORT, "indicator,area,colour\na,b,c\n").await;
    assert_eq!(
        header.errors(422),
        ["1:3 unknown_column", "1:null missing_column", "1:null missing_column"]
    );
    let lines = [row("zone-1", "1"), json!({"area": 5, "x": 1})];
    let mut errors = ndjson(&client, &lines).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/area wrong_type",
            "/indicator required",
            "/period required",
            "/source required",
            "/x unknown_field"
        ]
    );
    assert_eq!(client.post(IMPORT, &json!({})).await.problem(400), "malformed-body");
    let xml = client
        .send(
            Method::POST,
            &format!("/v1/plans/{PLAN}/{IMPORT}"),
            Some("text/xml"),
            Vec::new(),
        )
        .await;
    assert_eq!(xml.problem(415), "unsupported-media-type");
}

#[actix_web::test]
async fn insert_refuses_what_is_there_and_upsert_revises_it() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client
        .post(IMPORT, &json!([row("zone-1", "40.1"), row("zone-2", "39")]))
        .await
        .expect(201);
    let rows = json!([row("zone-3", "38"), row("zone-1", "40.2")]);
    let refused = client.post(&format!("{IMPORT}?mode=insert"), &rows).await;
    assert_eq!(refused.errors(422), ["/1 exists"]);
    let receipt = client.post(IMPORT, &rows).await.expect(201);
    assert_eq!(
        receipt["rows"],
        json!({"received": 2, "created": 1, "updated": 1, "unchanged": 0})
    );
    let list = client
        .get("measurements?indicator=outside-labour-market-18-64&from=2030&area=zone-1")
        .await
        .expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let current = &list["items"][0];
    assert_eq!((&current["value"], &current["revision"]), (&json!(40.2), &json!(2)));
    let one = client
        .get(&format!("measurements/{}", current["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(one["current"], *current);
    let values: Vec<&Value> = one["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["value"])
        .collect();
    assert_eq!(values, [&json!(40.2), &json!(40.1)]);
    assert_eq!(one["history"][1]["superseded"], true);
}

#[actix_web::test]
async fn a_dry_run_judges_and_stores_nothing() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let receipt = client
        .post_csv(&format!("{IMPORT}?dry_run=true"), TABLE)
        .await
        .expect(200);
    assert_eq!(
        (&receipt["outcome"], &receipt["rows"]["created"]),
        (&json!("dry_run"), &json!(3))
    );
    assert_eq!(client.post_csv(IMPORT, TABLE).await.expect(201)["rows"]["created"], 3);
}

#[actix_web::test]
async fn who_owns_an_indicator_writes_it_and_the_secretariat_for_those_who_do_not_report() {
    let app = TestApp::start().await;
    let of = |indicator: &str, area: &str| json!([{"indicator": indicator, "area": area, "period": "2030", "value": 1, "source": "test"}]);
    // The fund's figures: the fund itself, and the secretariat on its behalf; not a Jobcenter.
    let funds = of("outside-labour-market-18-64", "zone-1");
    assert_eq!(
        app.jobcenter().post(IMPORT, &funds).await.errors(422),
        ["/0/indicator not_data_owner"]
    );
    assert_eq!(app.as_role(Role::Fund).post(IMPORT, &funds).await.status, 201);
    assert_eq!(app.as_role(Role::Secretariat).post(IMPORT, &funds).await.status, 200);
    // What the secretariat sends needs its source like everything else.
    let mut without = funds.clone();
    without[0].as_object_mut().unwrap().shift_remove("source");
    assert_eq!(
        app.as_role(Role::Secretariat).post(IMPORT, &without).await.errors(422),
        ["/0/source required"]
    );
    assert_eq!(
        app.as_role(Role::Board).post(IMPORT, &funds).await.problem(403),
        "forbidden"
    );
    let token = app.token(
        Role::Municipality,
        Some("jobcenter-fredericia"),
        &[PLAN],
        Some("measurements:read"),
    );
    assert_eq!(
        app.with_token(&token).post(IMPORT, &funds).await.problem(403),
        "forbidden"
    );
}

#[actix_web::test]
async fn an_import_is_safe_to_retry() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat).header("idempotency-key", "k");
    let first = client.post_csv(IMPORT, TABLE).await;
    let second = client.post_csv(IMPORT, TABLE).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text(), second.text());
    assert_eq!(second.header("idempotency-replayed"), "true");
    let other = client.post_csv(IMPORT, &TABLE.replace("40.10", "40.2")).await;
    assert_eq!(other.problem(422), "idempotency-key-reused");
}

#[actix_web::test]
async fn every_format_lists_the_same_rows() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let json = client.get("measurements?limit=1000").await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone();
    let lines = client.get("measurements?format=ndjson").await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let ndjson: Vec<Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(json, ndjson);
    let csv = client.get("measurements?format=csv&locale=da").await;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(csv.text().as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json.len());
    for (row, item) in rows.iter().zip(&json) {
        let value = if item["value"].is_null() {
            String::new()
        } else {
            item["value"].to_string().replace('.', ",")
        };
        assert_eq!(
            (&row[0], &row[4], &row[11]),
            (
                item["indicator"].as_str().unwrap(),
                value.as_str(),
                item["id"].as_str().unwrap()
            )
        );
    }
    let none = client.get("measurements?format=csv&from=2190").await;
    assert_eq!(none.text().lines().count(), 1);
}

#[actix_web::test]
async fn a_stream_is_longer_than_a_page() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let mut table = String::from("indicator,area,period,value,source\n");
    for day in 0..2500 {
        let date = chrono::NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(day);
        table.push_str(&format!(
            "outside-labour-market-18-64,zone-1,{date},{}.{},t\n",
            day / 100,
            day % 100
        ));
    }
    client.post_csv(IMPORT, &table).await.expect(201);
    let found = client.get("measurements?area=zone-1&to=1999&format=csv").await;
    assert_eq!(found.text().lines().count(), 2501);
    assert_eq!(
        found
            .text()
            .lines()
            .filter(|line| line.starts_with("indicator,"))
            .count(),
        1
    );
}

#[actix_web::test]
async fn what_changed_since_an_instant_has_tombstones_and_says_where_to_go_on() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client
        .post(IMPORT, &json!([row("zone-1", "40.1"), row("zone-2", "39")]))
        .await
        .expect(201);
    let first = client.get("measurements?limit=1").await;
    let instant = first.header("x-data-as-of").to_owned();
    let changed = format!("measurements?changed_since={instant}");
    assert_eq!(client.get(&changed).await.expect(200)["items"], json!([]));
    client
        .post(IMPORT, &json!([row("zone-1", "40.2"), row("zone-3", "38")]))
        .await
        .expect(201);
    let items = client.get(&changed).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone();
    let mut rows: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "{} r{} {} {}",
                item["area"].as_str().unwrap(),
                item["revision"],
                item["value"],
                item["superseded"]
            )
        })
        .collect();
    rows.sort();
    assert_eq!(
        rows,
        ["zone-1 r1 40.1 true", "zone-1 r2 40.2 false", "zone-3 r1 38 false"]
    );
    let before = client
        .get(&format!("measurements?from=2030&as_of={instant}"))
        .await
        .expect(200);
    let values: Vec<&Value> = before["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["value"])
        .collect();
    assert_eq!(values, [&json!(40.1), &json!(39)]);
}

#[actix_web::test]
async fn what_is_wrong_with_a_list_is_told() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    assert_eq!(
        client.get("measurements/not-an-id").await.errors(400),
        ["id invalid_value"]
    );
    let unknown = "measurements/019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11";
    assert_eq!(client.get(unknown).await.problem(404), "not-found");
    assert_eq!(
        client.get("measurements?as_of=2199-01-01T00:00:00Z").await.errors(422),
        ["as_of in_the_future"]
    );
    assert_eq!(
        client
            .clone()
            .header("accept", "image/png")
            .get("measurements")
            .await
            .problem(406),
        "not-acceptable"
    );
}

async fn patch(client: &Client<'_>, id: &str, body: &Value) -> Answer {
    let path = format!("/v1/plans/{PLAN}/measurements/{id}");
    client
        .send(
            Method::PATCH,
            &path,
            Some("application/merge-patch+json"),
            body.to_string().into_bytes(),
        )
        .await
}

#[actix_web::test]
async fn a_correction_needs_a_reason_and_what_it_corrects() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client.post(IMPORT, &json!([row("zone-1", "40.1")])).await.expect(201);
    let list = client.get("measurements?from=2030&area=zone-1").await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    let read = client.get(&format!("measurements/{id}")).await;
    let tag = read.header("etag").to_owned();
    let body = json!({"value": 40.25, "note": "corrected", "reason": "typed wrong"});
    assert_eq!(patch(&client, id, &body).await.problem(428), "precondition-required");
    let stale = client.clone().header("if-match", "\"other\"");
    assert_eq!(patch(&stale, id, &body).await.problem(412), "precondition-failed");
    let current = client.clone().header("if-match", &tag);
    assert_eq!(
        patch(&current, id, &json!({"value": 101})).await.errors(422),
        ["/reason required", "/value out_of_range"]
    );
    let answer = patch(&current, id, &body).await;
    let corrected = answer.expect(200);
    assert_eq!(
        (&corrected["current"]["value"], &corrected["current"]["revision"]),
        (&json!(40.25), &json!(2))
    );
    assert_eq!(corrected["current"]["reason"], "typed wrong");
    assert_eq!(corrected["history"][1]["value"], json!(40.1));
    assert_eq!(corrected["history"][1]["superseded"], true);
    assert_eq!(
        answer.header("etag"),
        client.get(&format!("measurements/{id}")).await.header("etag")
    );
    // The same ETag again: somebody, here ourselves, was faster.
    assert_eq!(patch(&current, id, &body).await.problem(412), "precondition-failed");
    let current = client.clone().header("if-match", answer.header("etag"));
    let gone = patch(
        &current,
        id,
        &json!({"value": null, "note": null, "reason": "withdrawn"}),
    )
    .await
    .expect(200);
    assert_eq!(
        (&gone["current"]["value"], &gone["current"]["status"]),
        (&Value::Null, &json!("missing"))
    );
    assert_eq!(gone["current"]["note"], Value::Null);
}

#[actix_web::test]
async fn a_figure_of_what_is_archived_is_corrected_and_none_comes() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client.post(IMPORT, &json!([row("zone-1", "40.1")])).await.expect(201);
    let with_any = client.clone().header("if-match", "*");
    with_any
        .delete("indicators/outside-labour-market-18-64")
        .await
        .expect(200);
    let list = client.get("measurements?from=2030&area=zone-1").await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    let corrected = patch(&with_any, id, &json!({"value": 40.2, "reason": "typed wrong"})).await;
    assert_eq!(corrected.expect(200)["current"]["value"], json!(40.2));
    assert_eq!(
        client.post(IMPORT, &json!([row("zone-2", "40.1")])).await.errors(422),
        ["/0/indicator unknown_indicator"]
    );
}

#[actix_web::test]
async fn an_import_without_rows_does_not_pass_for_one_that_says_nothing_new() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    assert_eq!(client.post(IMPORT, &json!([])).await.errors(422), [" empty"]);
    assert_eq!(ndjson(&client, &[]).await.errors(422), [" empty"]);
    let header = TABLE.lines().next().unwrap();
    assert_eq!(client.post_csv(IMPORT, header).await.errors(422), [" empty"]);
}

#[actix_web::test]
async fn a_correction_is_for_those_who_may_write_the_figure() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client.post(IMPORT, &json!([row("zone-1", "40.1")])).await.expect(201);
    let list = client.get("measurements?from=2030&area=zone-1").await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    let body = json!({"value": 40.2, "reason": "typed wrong"});
    let jobcenter = app.jobcenter().header("if-match", "*");
    assert_eq!(
        patch(&jobcenter, id, &body).await.errors(422),
        ["/indicator not_data_owner"]
    );
    let list = client
        .get("measurements?indicator=kendskabsgrad&area=zone-1")
        .await
        .expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    assert_eq!(
        patch(&jobcenter, id, &body).await.errors(422),
        ["/indicator fed_by_extracts"]
    );
}

#[actix_web::test]
async fn of_two_corrections_at_once_one_wins() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client.post(IMPORT, &json!([row("zone-1", "40.1")])).await.expect(201);
    let list = client.get("measurements?from=2030&area=zone-1").await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    let tag = client
        .get(&format!("measurements/{id}"))
        .await
        .header("etag")
        .to_owned();
    let client = client.header("if-match", &tag);
    let (one, two) = (
        json!({"value": 1, "reason": "one"}),
        json!({"value": 2, "reason": "two"}),
    );
    let (one, two) = futures_util::future::join(patch(&client, id, &one), patch(&client, id, &two)).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

#[actix_web::test]
async fn lines_are_counted_as_people_count_them() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let rows = [
        "indicator,area,period,value,source",
        "",
        "outside-labour-market-18-64,zone-1,2030,1,s",
        ",,,,",
        "outside-labour-market-18-64,zone-1,2031,x,s",
    ];
    for end in ["\n", "\r\n"] {
        let errors = client.post_csv(IMPORT, &rows.join(end)).await.errors(422);
        assert_eq!(errors, ["5:4 wrong_type"], "{end:?}");
    }
    let open = format!(
        "{}\noutside-labour-market-18-64,zone-1,2030,1,\"{}",
        rows[0],
        "s".repeat(63_000)
    );
    assert_eq!(client.post_csv(IMPORT, &open).await.errors(422), ["2:5 length"]);
    let swallowed = format!("{open}{}", "s\n".repeat(200_000));
    assert_eq!(client.post_csv(IMPORT, &swallowed).await.problem(400), "malformed-body");
    let thousands = "indicator;area;period;value;source\nhouseholds;zone-1;2030;1.137;s\n";
    assert_eq!(client.post_csv(IMPORT, thousands).await.errors(422), ["2:4 wrong_type"]);
}

#[actix_web::test]
async fn pages_are_of_one_moment_and_miss_nothing() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    client
        .post(
            IMPORT,
            &json!([row("zone-1", "1"), row("zone-2", "2"), row("zone-3", "3")]),
        )
        .await
        .expect(201);
    let first = client.get("measurements?from=2030&limit=1").await;
    let instant = first.header("x-data-as-of").to_owned();
    client
        .post(IMPORT, &json!([row("zone-1", "10"), row("zone-4", "4")]))
        .await
        .expect(201);
    let mut areas = vec![first.json()["items"][0]["area"].clone()];
    let mut next = first.json()["next"].as_str().map(str::to_owned);
    while let Some(cursor) = next {
        let page = client
            .get(&format!("measurements?from=2030&limit=1&cursor={cursor}"))
            .await;
        assert_eq!(page.header("x-data-as-of"), instant);
        areas.extend(
            page.json()["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["area"].clone()),
        );
        next = page.json()["next"].as_str().map(str::to_owned);
    }
    assert_eq!(areas, ["zone-1", "zone-2", "zone-3"]);
    let changed = client
        .get(&format!("measurements?changed_since={instant}"))
        .await
        .expect(200);
    assert_eq!(changed["items"].as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn one_measurement_can_be_read_as_it_was_known() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let first = client.post(IMPORT, &json!([row("zone-1", "1")])).await.expect(201);
    client.post(IMPORT, &json!([row("zone-1", "2")])).await.expect(201);
    let list = client.get("measurements?from=2030").await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    let path = format!("measurements/{id}?as_of={}", first["received_at"].as_str().unwrap());
    let known = client.get(&path).await.expect(200);
    assert_eq!(
        (&known["current"]["value"], &known["current"]["superseded"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(known["history"].as_array().unwrap().len(), 1);
}

/// Asks for an import until it has come to an end.
async fn outcome(client: &Client<'_>, location: &str) -> Value {
    loop {
        let answer = client.get(location).await;
        let import = answer.expect(200);
        if import["state"] != "running" {
            assert_eq!(answer.header("retry-after"), "");
            return import;
        }
        assert_eq!(answer.header("retry-after"), "2");
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_client_that_does_not_wait_asks_later_and_gets_the_same_receipt() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat).header("prefer", "respond-async");
    let started = client.post_csv(IMPORT, TABLE).await;
    let view = started.expect(202);
    assert_eq!((&view["state"], &view["receipt"]), (&json!("running"), &Value::Null));
    let location = started.header("location").to_owned();
    assert!(location.ends_with(view["id"].as_str().unwrap()));
    let done = outcome(&app.as_role(Role::Secretariat), &location).await;
    assert_eq!(done["state"], "succeeded");
    assert_eq!(done["rows"], json!({"judged": 3, "staged": 3}));
    assert_eq!(done["receipt"]["rows"]["created"], 3);
    let figure = client
        .get("measurements?indicator=school-grades-9&from=2029")
        .await
        .expect(200);
    assert_eq!(figure["items"][0]["received_at"], done["receipt"]["received_at"]);
}

#[actix_web::test]
async fn a_background_import_that_fails_says_why_in_the_senders_language_and_stores_nothing() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let started = client
        .clone()
        .header("prefer", "respond-async, wait=1")
        .header("accept-language", "da")
        .post_csv(IMPORT, &TABLE.replace("40.10", "mange"))
        .await;
    started.expect(202);
    let done = outcome(&client, started.header("location")).await;
    assert_eq!((&done["state"], &done["receipt"]), (&json!("failed"), &Value::Null));
    assert_eq!(done["problem"]["status"], 422);
    assert_eq!(done["problem"]["title"], "Indholdet bryder en regel");
    assert_eq!(done["problem"]["errors"][0]["line"], 2);
    assert_eq!(done["problem"]["instance"], started.header("x-request-id"));
    let found = client
        .get("measurements?indicator=school-grades-9&from=2029")
        .await
        .expect(200);
    assert_eq!(found["items"], json!([]));
}

#[actix_web::test]
async fn a_background_import_is_carried_out_once_whatever_is_repeated() {
    let app = TestApp::start().await;
    let client = app
        .as_role(Role::Secretariat)
        .header("prefer", "respond-async")
        .header("idempotency-key", "k");
    let first = client.post_csv(IMPORT, TABLE).await;
    let again = client.post_csv(IMPORT, TABLE).await;
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(outcome(&client, first.header("location")).await["state"], "succeeded");
}

#[actix_web::test]
async fn a_large_body_is_not_waited_for() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    // Empty lines count for nothing but their bytes.
    let rows = [row("zone-1", "40.1"), row("zone-2", "39"), row("zone-3", "38")].map(|row| row.to_string());
    let body = rows.join(&"\n".repeat(4 << 20));
    let path = format!("/v1/plans/{PLAN}/{IMPORT}");
    let started = client
        .send(Method::POST, &path, Some("application/x-ndjson"), body.into_bytes())
        .await;
    started.expect(202);
    assert_eq!(
        outcome(&client, started.header("location")).await["receipt"]["rows"]["created"],
        3
    );
}

#[actix_web::test]
async fn an_organisation_sees_its_own_imports_and_the_secretariat_all() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let started = fund
        .clone()
        .header("prefer", "respond-async")
        .post_csv(IMPORT, "indicator,area,period,value,source\n")
        .await;
    let location = started.header("location");
    assert_eq!(fund.get(location).await.status, 200);
    assert_eq!(app.as_role(Role::Secretariat).get(location).await.status, 200);
    assert_eq!(app.jobcenter().get(location).await.problem(404), "not-found");
    assert_eq!(
        fund.get(&format!("{IMPORT}/nonsense")).await.errors(400),
        ["id invalid_value"]
    );
}

#[actix_web::test]
async fn an_import_whose_process_is_gone_is_interrupted_and_can_no_longer_write() {
    use helhedsplan::entities::import;
    use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let started = client
        .clone()
        .header("prefer", "respond-async")
        .post_csv(IMPORT, TABLE)
        .await;
    outcome(&client, started.header("location")).await;
    // As a process leaves it that was killed a minute ago.
    let id: uuid::Uuid = started.json()["id"].as_str().unwrap().parse().unwrap();
    let row = import::Entity::find()
        .filter(import::Column::Id.eq(id))
        .one(app.state.db.read())
        .await
        .unwrap()
        .unwrap();
    let mut left = row.into_active_model();
    left.state = Set("running".into());
    left.receipt = Set(None);
    left.finished_at = Set(None);
    left.touched_at = Set(helhedsplan::db::now() - chrono::TimeDelta::seconds(61));
    let transaction = app.state.db.begin().await.unwrap();
    left.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let import = client.get(started.header("location")).await.expect(200);
    assert_eq!(
        (&import["state"], &import["receipt"]),
        (&json!("interrupted"), &Value::Null)
    );
    assert!(import["finished_at"].is_string());
}

#[actix_web::test]
async fn an_import_that_gives_no_sign_any_more_ends_though_nobody_asks_and_one_that_gives_them_goes_on() {
    use helhedsplan::entities::import;
    use helhedsplan::measurements::jobs;
    use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let keyed = client
        .clone()
        .header("prefer", "respond-async")
        .header("idempotency-key", "a-while");
    let started = keyed.post_csv(IMPORT, TABLE).await;
    outcome(&client, started.header("location")).await;
    let id: uuid::Uuid = started.json()["id"].as_str().unwrap().parse().unwrap();
    let row = async || {
        let found = import::Entity::find().filter(import::Column::Id.eq(id));
        found.one(app.state.db.read()).await.unwrap().unwrap()
    };
    for (silent_for, state) in [(50, "running"), (61, "interrupted")] {
        // As a process leaves it that was killed so many seconds ago.
        let mut left = row().await.into_active_model();
        left.state = Set("running".into());
        left.receipt = Set(None);
        left.finished_at = Set(None);
        left.touched_at = Set(helhedsplan::db::now() - chrono::TimeDelta::seconds(silent_for));
        let transaction = app.state.db.begin().await.unwrap();
        left.update(&transaction).await.unwrap();
        transaction.commit().await.unwrap();
        // The process that carries it out knows that it is not gone.
        let its_own = Underway::default();
        its_own.begin(row().await.plan_id, id);
        jobs::end_silent(&app.state.db, &its_own).await.unwrap();
        assert_eq!(row().await.state, "running", "{silent_for}");
        jobs::end_silent(&app.state.db, &Underway::default()).await.unwrap();
        assert_eq!(row().await.state, state, "{silent_for}");
    }
    // Its key is free: the same request is another import.
    let another = keyed.post_csv(IMPORT, TABLE).await;
    assert_eq!(another.status, 202);
    assert_ne!(another.header("location"), started.header("location"));
}

#[actix_web::test]
async fn an_open_quotation_mark_loses_no_row() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let table = "indicator,area,period,value,source\n\
        outside-labour-market-18-64,zone-3,2031,1,LBF\n\
        outside-labour-market-18-64,zone-3,2032,1,\"LBF\n\
        outside-labour-market-18-64,zone-3,2033,1,LBF\n";
    assert_eq!(client.post_csv(IMPORT, table).await.errors(422), ["3:5 line_break"]);
    let found = client
        .get("measurements?indicator=outside-labour-market-18-64&from=2031")
        .await
        .expect(200);
    assert_eq!(found["items"], json!([]));
}

#[actix_web::test]
async fn the_key_of_a_background_import_that_failed_is_free_again() {
    let app = TestApp::start().await;
    let client = app
        .as_role(Role::Secretariat)
        .header("prefer", "respond-async")
        .header("idempotency-key", "k");
    let failed = client.post_csv(IMPORT, &TABLE.replace("40.10", "many")).await;
    assert_eq!(outcome(&client, failed.header("location")).await["state"], "failed");
    let mended = client.post_csv(IMPORT, TABLE).await;
    mended.expect(202);
    assert_eq!(mended.header("idempotency-replayed"), "");
    assert_eq!(outcome(&client, mended.header("location")).await["state"], "succeeded");
}

#[actix_web::test]
async fn archiving_a_zone_changes_no_sum_of_the_past() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let sum = "indicators/kendskabsgrad-count/series?area=all-zones&category=_T,6.3";
    let before = client.get(sum).await.expect(200)["points"].clone();
    assert_eq!((&before[0]["value"], &before[1]["value"]), (&json!(1137), &json!(201)));
    let tag = client.get("areas/zone-1").await.header("etag").to_owned();
    let archived = client.clone().header("if-match", &tag).delete("areas/zone-1").await;
    assert_eq!(archived.status, 200);
    assert_eq!(client.get(sum).await.expect(200)["points"], before);
    let status = client
        .get("goal-status/activity-ready-cash-benefit/all-zones?on=2024-06-30")
        .await;
    assert_eq!(status.expect(200)["targets"][0]["value"], json!(160.8));
}
