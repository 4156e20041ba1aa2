//! A BI tool pulls series: the same figures in every format, now and as they were known.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::extracts::{extract, with_count};
use crate::support::{Client, PLAN, TestApp};

const SHARE: &str = "indicators/kendskabsgrad/series";
const COUNT: &str = "indicators/kendskabsgrad-count/series";

async fn points(client: &Client<'_>, path: &str) -> Vec<Value> {
    client.get(path).await.expect(200)["points"].as_array().unwrap().clone()
}

/// Area, period, category and value of each point.
async fn lines(client: &Client<'_>, path: &str) -> Vec<String> {
    let lines = points(client, path).await.into_iter().map(|point| {
        format!(
            "{} {} {} {}",
            point["area"].as_str().unwrap(),
            point["period"].as_str().unwrap(),
            point["category"].as_str().unwrap_or("-"),
            point["value"]
        )
    });
    lines.collect()
}

#[actix_web::test]
async fn the_baselines_of_the_employment_agreement_are_there() {
    let app = TestApp::start().await;
    let series = app.as_role(Role::Board).get(SHARE).await.expect(200);
    let rows: Vec<String> = series["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            format!(
                "{} {} {} {}",
                point["area"].as_str().unwrap(),
                point["value"],
                point["numerator"],
                point["status"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "fredericia 13.0 4158 final",
            "fredericia-rest 11.3 3021 final",
            // The zones' denominators are not stated: the share of all is missing, the count is kept.
            "all-zones null 1137 missing",
            "zone-1 22.1 306 final",
            "zone-2 22.8 296 final",
            "zone-3 22.4 253 final",
            "zone-4 21.9 282 final",
        ]
    );
    assert_eq!(series["indicator"]["unit"], "percent");
    assert_eq!(series["indicator"]["direction"], "down");
    assert_eq!(series["fresh"]["latest_period"], "2022-06-01");
    assert_eq!(series["fresh"]["next_due"], "2023-01-01");
    for point in series["points"].as_array().unwrap() {
        let is_measured = point["area"] != "all-zones";
        assert_eq!(point["source"].is_string(), is_measured);
        assert_eq!(point["revision"], if is_measured { json!(1) } else { Value::Null });
    }
}

#[actix_web::test]
async fn counts_come_by_target_group_and_subset() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Auditor);
    assert_eq!(
        lines(
            &client,
            &format!("{COUNT}?area=all-zones&category=6.2,6.2/long_term,6.9/unemployed,6.10,_T")
        )
        .await,
        [
            "all-zones 2022-06-01 - 1137",
            "all-zones 2022-06-01 6.2 84",
            "all-zones 2022-06-01 6.2/long_term 84",
            "all-zones 2022-06-01 6.9/unemployed 37",
            "all-zones 2022-06-01 6.10 4",
        ]
    );
    assert_eq!(
        lines(&client, &format!("{COUNT}?area=fredericia-rest")).await,
        ["fredericia-rest 2022-06-01 - 3021"]
    );
}

#[actix_web::test]
async fn a_sum_over_named_areas_is_one_more_area() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    assert_eq!(
        lines(
            &client,
            &format!("{COUNT}?area=zone-2,zone-1&category=6.1&aggregate=sum")
        )
        .await,
        [
            "zone-1 2022-06-01 6.1 24",
            "zone-2 2022-06-01 6.1 33",
            "zone-1+zone-2 2022-06-01 6.1 57"
        ]
    );
    let mut body = extract("2024-01-01");
    body["population"] = json!({"zone-1": 1400, "zone-2": 1298});
    app.jobcenter().post("kendskabsgrad/extracts", &body).await.expect(201);
    // (306 + 296) of (1,400 + 1,298) is 22.3; the mean of 21.9 and 22.8 would be 22.35.
    let sum = points(&client, &format!("{SHARE}?area=zone-1,zone-2&from=2024&aggregate=sum")).await;
    assert_eq!(sum[2]["value"], json!(22.3));
    assert_eq!(
        (&sum[2]["numerator"], &sum[2]["denominator"]),
        (&json!(602), &json!(2698))
    );
    // The other two populations are unknown: all zones together are missing, the count is kept.
    let all = points(&client, &format!("{SHARE}?area=all-zones&from=2024")).await;
    assert_eq!((&all[0]["value"], &all[0]["numerator"]), (&Value::Null, &json!(1137)));
    assert_eq!(all[0]["status"], "missing");
}

#[actix_web::test]
async fn from_and_to_take_every_period_that_touches_them() {
    let app = TestApp::start().await;
    for date in ["2023-01-01", "2024-01-01"] {
        app.jobcenter()
            .post("kendskabsgrad/extracts", &extract(date))
            .await
            .expect(201);
    }
    let client = app.as_role(Role::Board);
    let periods = async |query: &str| -> Vec<String> {
        let points = points(&client, &format!("{COUNT}?area=zone-1&category=_T&{query}")).await;
        points
            .iter()
            .map(|point| point["period"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(periods("").await, ["2022-06-01", "2023-01-01", "2024-01-01"]);
    assert_eq!(periods("from=2022-Q2&to=2023").await, ["2022-06-01", "2023-01-01"]);
    assert_eq!(periods("from=2022-07-01").await, ["2023-01-01", "2024-01-01"]);
    assert_eq!(periods("to=2021/2022").await, ["2022-06-01"]);
    assert_eq!(periods("from=2030").await, Vec::<String>::new());
}

#[actix_web::test]
async fn as_of_between_two_revisions_gives_the_first() {
    let app = TestApp::start().await;
    let first = app
        .jobcenter()
        .post("kendskabsgrad/extracts", &extract("2024-01-01"))
        .await
        .expect(201);
    let mut body = with_count(extract("2024-01-01"), "6.1", "zone-1", 20);
    body["revision_reason"] = json!("counted twice");
    let second = app.jobcenter().post("kendskabsgrad/extracts", &body).await.expect(201);
    let client = app.as_role(Role::Board);
    let known = async |as_of: &str| -> Vec<String> {
        lines(
            &client,
            &format!("{COUNT}?area=zone-1&category=6.1,_T&from=2024&as_of={as_of}"),
        )
        .await
    };
    let (first, second) = (
        first["received_at"].as_str().unwrap(),
        second["received_at"].as_str().unwrap(),
    );
    assert_eq!(
        known(first).await,
        ["zone-1 2024-01-01 - 306", "zone-1 2024-01-01 6.1 24"]
    );
    assert_eq!(
        known(second).await,
        ["zone-1 2024-01-01 - 302", "zone-1 2024-01-01 6.1 20"]
    );
    assert_eq!(known("2020-01-01T00:00:00Z").await, Vec::<String>::new());
    let now = points(&client, &format!("{COUNT}?area=zone-1&category=6.1,6.2&from=2024")).await;
    assert_eq!((&now[0]["revision"], &now[1]["revision"]), (&json!(2), &json!(1)));
    let later = client.get(&format!("{COUNT}?as_of=2199-01-01T00:00:00Z")).await;
    assert_eq!(later.errors(422), ["as_of in_the_future"]);
}

#[actix_web::test]
async fn a_read_as_of_an_instant_waits_for_the_write_that_has_it() {
    use helhedsplan::record::{self, Actor, Clock, Deed};
    let app = TestApp::start().await;
    let db = app.state.db.clone();
    let transaction = db.begin().await.unwrap();
    let clock = Clock::lock(&transaction, 1).await.unwrap();
    let deed = Deed {
        actor: Actor::operator(),
        operation: "test",
        target: String::new(),
    };
    let stamp = clock.tick(&transaction, deed).await.unwrap();
    let read = tokio::spawn({
        let db = db.clone();
        async move {
            record::seq_at(&db, 1, Some(stamp.at))
                .await
                .map_err(|problem| problem.to_string())
        }
    });
    // Long enough for a read that does not wait: each of these is as long as it.
    for _ in 0..50 {
        record::current_seq(db.read(), 1).await.unwrap();
    }
    assert!(!read.is_finished());
    transaction.commit().await.unwrap();
    assert_eq!(read.await.unwrap().unwrap(), stamp.seq);
}

#[actix_web::test]
async fn what_is_known_at_an_instant_never_changes_afterwards() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    // An instant after the last write: from now on every write is later, however fast it comes.
    let instant = helhedsplan::db::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let path = format!("{COUNT}?as_of={instant}");
    let before = client.get(&path).await;
    app.jobcenter()
        .post("kendskabsgrad/extracts", &extract("2024-01-01"))
        .await
        .expect(201);
    let after = client.get(&path).await;
    assert_eq!(before.text(), after.text());
    assert_eq!(before.header("etag"), after.header("etag"));
}

#[actix_web::test]
async fn a_dropped_figure_ends_and_may_come_back() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let path = format!("{COUNT}?area=zone-1&category=6.2/long_term&from=2024");
    let mut body = extract("2024-01-01");
    let subsets = json!([{"area": "zone-1", "target_group": "6.2", "subset": "long_term", "count": 14}]);
    for (with_subset, revision) in [(true, 1), (false, 2), (true, 3)] {
        body["subsets"] = if with_subset { subsets.clone() } else { json!([]) };
        body["revision_reason"] = json!("again");
        app.jobcenter().post("kendskabsgrad/extracts", &body).await.expect(201);
        let found = points(&client, &path).await;
        assert_eq!(found.len(), usize::from(with_subset));
        if with_subset {
            assert_eq!(found[0]["value"], json!(14));
            assert_eq!(found[0]["revision"], if revision == 1 { json!(1) } else { json!(2) });
        }
    }
}

#[actix_web::test]
async fn csv_has_the_same_figures_in_both_locales() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let english = client.get(&format!("{SHARE}?area=zone-1,fredericia&format=csv")).await;
    assert_eq!(
        english.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let rows: Vec<&str> = english.text().lines().collect();
    assert!(rows[0].starts_with("indicator,area,period,category,value,numerator,denominator,unit,status,revision"));
    assert!(rows[1].starts_with("kendskabsgrad,fredericia,2022-06-01,,13.0,4158,,percent,final,1,"));
    assert!(rows[2].starts_with("kendskabsgrad,zone-1,2022-06-01,,22.1,306,,percent,final,1,"));
    assert_eq!(rows.len(), 3);
    let danish = client
        .get(&format!("{SHARE}?area=zone-1,fredericia&format=csv&locale=da"))
        .await;
    let rows: Vec<&str> = danish.text().lines().collect();
    assert!(rows[1].starts_with("kendskabsgrad;fredericia;2022-06-01;;13,0;4158;;percent;final;1;"));
    let missing = client.get(&format!("{SHARE}?area=all-zones&format=csv")).await;
    assert!(
        missing
            .text()
            .contains("\nkendskabsgrad,all-zones,2022-06-01,,,1137,,percent,missing,,")
    );
}

#[actix_web::test]
async fn json_stat_has_the_same_figures() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let answer = client
        .get(&format!("{SHARE}?area=zone-1,fredericia,all-zones&format=jsonstat"))
        .await;
    let dataset = answer.expect(200);
    assert_eq!(answer.header("content-type"), "application/vnd.json-stat+json");
    assert_eq!(
        (&dataset["version"], &dataset["class"]),
        (&json!("2.0"), &json!("dataset"))
    );
    assert_eq!(dataset["id"], json!(["measure", "area", "category", "period"]));
    assert_eq!(dataset["size"], json!([3, 3, 1, 1]));
    assert_eq!(
        dataset["role"],
        json!({"geo": ["area"], "metric": ["measure"], "time": ["period"]})
    );
    assert_eq!(
        dataset["dimension"]["area"]["category"]["index"],
        json!(["fredericia", "all-zones", "zone-1"])
    );
    assert_eq!(dataset["dimension"]["area"]["category"]["label"]["zone-1"], "Zone 1");
    assert_eq!(
        dataset["dimension"]["measure"]["category"]["unit"]["value"],
        json!({"label": "percent", "decimals": 1})
    );
    // Shares first, then numerators; no denominator is known.
    assert_eq!(
        dataset["value"].to_string(),
        r#"{"0":13.0,"1":null,"2":22.1,"3":4158,"4":1137,"5":306}"#
    );
    assert_eq!(
        (&dataset["status"]["0"], &dataset["status"]["1"]),
        (&json!("final"), &json!("missing"))
    );
    assert_eq!(dataset["extension"]["revision"], json!({"0": 1, "2": 1}));
    assert!(dataset["updated"].is_string() && dataset["source"].is_string());
}

#[actix_web::test]
async fn the_format_is_chosen_by_name_or_by_accept() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    for (accept, media_type) in [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.5, application/json;q=0.1", "text/csv"),
        (
            "image/png, application/vnd.json-stat+json",
            "application/vnd.json-stat+json",
        ),
        ("application/json;q=0, */*", "text/csv"),
        ("text/csv, application/json", "text/csv"),
        (
            "*/*;q=0.1, application/vnd.json-stat+json;q=0.2",
            "application/vnd.json-stat+json",
        ),
        (" ", "application/json"),
    ] {
        let answer = client.clone().header("accept", accept).get(SHARE).await;
        assert!(answer.header("content-type").starts_with(media_type), "{accept}");
    }
    assert_eq!(
        client
            .clone()
            .header("accept", "image/png")
            .get(SHARE)
            .await
            .problem(406),
        "not-acceptable"
    );
    let refused = client
        .clone()
        .header("accept", "image/png, application/json;q=0")
        .get(SHARE)
        .await;
    assert_eq!(refused.problem(406), "not-acceptable");
    let named = client
        .clone()
        .header("accept", "text/csv")
        .get(&format!("{SHARE}?format=json"))
        .await;
    assert_eq!(named.header("content-type"), "application/json");
    assert_eq!(
        client.get(&format!("{SHARE}?format=xml")).await.errors(400),
        ["format invalid_value"]
    );
}

#[actix_web::test]
async fn a_series_is_not_sent_twice_and_changes_its_validator_with_its_figures() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let first = client.get(COUNT).await;
    let known = client.clone().header("if-none-match", first.header("etag"));
    assert_eq!(known.get(COUNT).await.status, 304);
    app.jobcenter()
        .post("kendskabsgrad/extracts", &extract("2024-01-01"))
        .await
        .expect(201);
    let second = known.get(COUNT).await;
    assert_eq!(second.status, 200);
    assert_ne!(first.header("etag"), second.header("etag"));
}

#[actix_web::test]
async fn what_a_query_gets_wrong_is_told_at_once() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let answer = client
        .get(&format!("{SHARE}?area=zone-9,denmark,x&from=2024&to=2023"))
        .await;
    assert_eq!(
        answer.errors(422),
        ["area unknown_area", "area unknown_area", "to before_from"]
    );
    let answer = client
        .get(&format!("{SHARE}?from=last-year&to=x&as_of=now&colour=red&area="))
        .await;
    let mut errors = answer.errors(400);
    errors.sort();
    assert_eq!(
        errors,
        [
            "area invalid_value",
            "as_of invalid_value",
            "colour unknown_parameter",
            "from invalid_value",
            "to invalid_value"
        ]
    );
    assert_eq!(
        client.get(&format!("{SHARE}?aggregate=sum")).await.errors(422),
        ["area required"]
    );
    for one in ["zone-1", "zone-1,zone-1"] {
        let answer = client.get(&format!("{SHARE}?area={one}&aggregate=sum")).await;
        assert_eq!(answer.errors(422), ["area required"]);
    }
    for two in ["zone-1,all-zones", "fredericia,zone-1", "denmark,fredericia"] {
        let answer = client.get(&format!("{SHARE}?area={two}&aggregate=sum")).await;
        assert_eq!(answer.errors(422), ["area overlapping_areas"], "{two}");
    }
    assert_eq!(
        client.get(&format!("{COUNT}?category=6.2,nope")).await.errors(422),
        ["category unknown_category"]
    );
    assert_eq!(
        client.get(&format!("{SHARE}?category=6.2")).await.errors(422),
        ["category unknown_category"]
    );
    let answer = client
        .get("indicators/school-grades-9/series?area=ullerup-baek,kirstinebjerg&aggregate=sum")
        .await;
    assert_eq!(answer.errors(422), ["aggregate not_summable"]);
}

#[actix_web::test]
async fn an_indicator_without_figures_has_an_empty_series() {
    use helhedsplan::entities::indicator;
    use sea_orm::{EntityTrait, IntoActiveModel, Set};
    let app = TestApp::start().await;
    let transaction = app.state.db.begin().await.unwrap();
    let row = indicator::Entity::find_by_id((1, "kendskabsgrad".to_owned()))
        .one(&transaction)
        .await
        .unwrap()
        .unwrap();
    let mut row = row.into_active_model();
    row.code = Set("new".to_owned());
    row.position = Set(100_000);
    indicator::Entity::insert(row)
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let series = app.as_role(Role::Board).get("indicators/new/series").await.expect(200);
    assert_eq!(series["points"], json!([]));
    assert_eq!(
        series["fresh"],
        json!({"latest_period": null, "received_at": null, "next_due": null})
    );
    let empty = app
        .as_role(Role::Board)
        .get(&format!("{SHARE}?from=2100"))
        .await
        .expect(200);
    // How fresh an indicator is does not depend on what is asked of it.
    assert_eq!(
        (&empty["points"], &empty["fresh"]["latest_period"]),
        (&json!([]), &json!("2022-06-01"))
    );
}

#[actix_web::test]
async fn a_remembered_series_is_gone_as_soon_as_a_write_is_acknowledged() {
    let app = TestApp::start().await;
    let series = "indicators/school-grades-9/series?from=2029";
    let board = app.as_role(Role::Board);
    let row =
        |value: &str| format!("indicator,area,period,value,source\nschool-grades-9,ullerup-baek,2029/2030,{value},s\n");
    let secretariat = app.as_role(Role::Secretariat);
    for value in ["7.0", "7.1", "7.2", "7.3"] {
        // An instant may have the same digits.
        let shown = format!("\"value\":{value},");
        assert!(!board.get(series).await.text().contains(&shown));
        secretariat
            .post_csv("measurements/imports", &row(value))
            .await
            .expect(201);
        for _ in 0..2 {
            assert!(board.get(series).await.text().contains(&shown));
        }
    }
    let tag = board.get(series).await.header("etag").to_owned();
    assert_eq!(
        board.clone().header("if-none-match", &tag).get(series).await.status,
        304
    );
    assert_ne!(board.get(&format!("{series}&format=csv")).await.header("etag"), tag);
}

#[actix_web::test]
async fn another_process_s_write_is_noticed() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let series = "indicators/school-grades-9/series?from=2029";
    let board = other.as_role(Role::Board);
    helhedsplan::record::notice(&other.state.db).await.unwrap();
    assert_eq!(board.get(series).await.expect(200)["points"], json!([]));
    let row = "indicator,area,period,value,source\nschool-grades-9,ullerup-baek,2029/2030,7.0,s\n";
    app.as_role(Role::Secretariat)
        .post_csv("measurements/imports", row)
        .await
        .expect(201);
    helhedsplan::record::notice(&other.state.db).await.unwrap();
    assert_eq!(board.get(series).await.expect(200)["points"][0]["value"], 7.0);
}

#[actix_web::test]
async fn a_series_is_drawn_with_baseline_target_and_comparators() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Board);
    let chart = client
        .clone()
        .header("accept", "image/svg+xml")
        .get(&format!("{SHARE}?area=zone-1"))
        .await;
    assert_eq!((chart.status, chart.header("content-type")), (200, "image/svg+xml"));
    let svg = chart.text();
    for text in [
        "role=\"img\"",
        "<title id=\"title\">Kendskabsgrad</title>",
        "Zone 1: 22,1 (1. juni 2022).",
        "Foreløbigt udgangspunkt 22,1 (1. juni 2022).",
        "Mål 13,0 senest 31. december 2026.",
        "Fredericia Kommune: 13,0 (1. juni 2022).",
        "Øvrige Fredericia: 11,3 (1. juni 2022).",
    ] {
        assert!(svg.contains(text), "{text}: {svg}");
    }
    // Once the extract that the agreement measures by has arrived, the way starts there.
    app.jobcenter()
        .post(
            "kendskabsgrad/extracts",
            &with_count(extract("2023-01-01"), "6.3", "zone-1", 83),
        )
        .await
        .expect(201);
    let path = format!("{COUNT}?area=zone-1&category=6.3&format=svg");
    let rebased = client.get(&path).await;
    assert!(
        rebased
            .text()
            .contains("Zone 1: 79 (1. juni 2022); 83 (1. januar 2023). Udgangspunkt 83 (1. januar 2023). Mål 66,4")
    );
    assert!(rebased.text().contains("6.3 Aktivitetsparat"));
    let known = client
        .clone()
        .header("if-none-match", rebased.header("etag"))
        .get(&path)
        .await;
    assert_eq!(known.status, 304);
    // Goals have a scope of their own: without it the chart is of the figures alone.
    let narrow = app.token(Role::Board, None, &[PLAN], Some("measurements:read"));
    let figures = app.with_token(&narrow).get(&path).await;
    assert!(figures.text().contains("83 (1. januar 2023)") && !figures.text().contains("Mål"));
    // More lines than anybody can tell apart are not drawn; no figures are said to be none.
    let too_many = client.get(&format!("{COUNT}?format=svg")).await;
    assert_eq!(too_many.errors(422), ["area too_many_lines"]);
    let empty = client.get(&format!("{SHARE}?format=svg&from=2100")).await;
    assert!(empty.text().contains("Ingen tal"));
}
