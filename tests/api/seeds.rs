//! The Fredericia plan as it is loaded: sums, and loading twice.

use helhedsplan::auth::role::Role;
use helhedsplan::seed::{self, Source};
use serde_json::{Value, json};

use crate::support::extracts::{GROUPS, TABLE_9, ZONES, extract, printed, with_count};
use crate::support::{PLAN, TestApp};

#[actix_web::test]
async fn the_check_sums_of_the_agreement_hold() {
    let app = TestApp::start().await;
    let extract = app
        .as_role(Role::Auditor)
        .get("kendskabsgrad/extracts/2022-06-01")
        .await
        .expect(200);
    let counts = extract["counts"].as_array().unwrap();
    assert_eq!(counts.len(), 60);
    for (group, row) in GROUPS.iter().zip(TABLE_9) {
        for (zone, count) in ZONES.iter().zip(row) {
            let found = counts
                .iter()
                .find(|cell| cell["target_group"] == *group && cell["area"] == *zone)
                .unwrap();
            assert_eq!(found["count"], count, "{group} in {zone}");
        }
    }
    assert_eq!(
        extract["totals"]["by_area"],
        json!({"zone-1": 306, "zone-2": 296, "zone-3": 253, "zone-4": 282})
    );
    assert_eq!(extract["totals"]["all"], 1137);
    assert_eq!(
        extract["comparators"][0]["count"].as_i64().unwrap() - 1137,
        extract["comparators"][1]["count"]
    );
    let of = |subset: &str| -> i64 {
        let rows = extract["subsets"].as_array().unwrap().iter();
        rows.filter(|row| row["subset"] == subset)
            .map(|row| row["count"].as_i64().unwrap())
            .sum()
    };
    assert_eq!((of("unemployed"), of("long_term")), (37, 84));
    // 29 departments of one housing organisation and 12 of the other are 41.
    let note = |code: &'static str| {
        let client = app.public();
        async move {
            client.get(&format!("organisations/{code}")).await.expect(200)["note"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    };
    assert!(note("boligkontoret-fredericia").await.starts_with("29 af de 41"));
    assert!(note("boli-nu").await.starts_with("12 af de 41"));
}

#[actix_web::test]
async fn every_seeded_row_says_where_it_is_stated() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    for (list, at_least) in [
        ("organisations", 20),
        ("areas", 18),
        ("venues", 7),
        ("activities", 14),
        ("focus-areas", 4),
        ("target-groups", 15),
        ("indicators", 30),
        ("agreements", 5),
        ("milestones", 5),
    ] {
        let items = client.get(&format!("{list}?limit=1000")).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .clone();
        assert!(items.len() >= at_least, "{list} has {}", items.len());
        for item in items {
            assert!(
                item["source"].as_str().is_some_and(|source| !source.is_empty()),
                "{item}"
            );
        }
    }
}

#[actix_web::test]
async fn loading_again_changes_nothing_and_undoes_no_correction() {
    let app = TestApp::start().await;
    let mut body = with_count(extract("2022-06-01"), "6.1", "zone-1", 23);
    body["revision_reason"] = json!("counted twice");
    app.jobcenter().post("kendskabsgrad/extracts", &body).await.expect(201);
    let loaded = seed::load(&app.state.db, &Source::Fredericia).await.unwrap();
    assert_eq!((loaded.plan.as_str(), loaded.rows), (PLAN, 0));
    assert_eq!((loaded.extracts, loaded.measurements, loaded.agreements), (0, 0, 0));
    let stored = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2022-06-01")
        .await
        .expect(200);
    assert_eq!(
        (&stored["revision"], &stored["counts"][0]["count"]),
        (&json!(2), &json!(23))
    );
}

#[actix_web::test]
async fn the_printed_table_is_the_seeded_one() {
    let app = TestApp::start().await;
    let seeded = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2022-06-01")
        .await
        .expect(200);
    let path = "kendskabsgrad/extracts?extracted_on=2024-01-01&empty_cells=zero";
    app.jobcenter().post_csv(path, &printed()).await.expect(201);
    let pushed = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01")
        .await
        .expect(200);
    let bare = |rows: &Value| -> Vec<(Value, Value, Value)> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| (row["area"].clone(), row["target_group"].clone(), row["count"].clone()))
            .collect()
    };
    assert_eq!(bare(&seeded["counts"]), bare(&pushed["counts"]));
}

#[actix_web::test]
async fn a_second_plan_is_loaded_beside_the_first_and_neither_sees_the_other() {
    let app = TestApp::start().await;
    app.load_second_plan("successor").await;
    let first = app.jobcenter();
    let token = app.token(Role::Municipality, Some("jobcenter-fredericia"), &["successor"], None);
    let second = app.with_token(&token);
    for (client, own, other) in [(&first, PLAN, "successor"), (&second, "successor", PLAN)] {
        let plans = client.get("/v1/plans").await.expect(200);
        assert_eq!(plans["items"].as_array().unwrap().len(), 1);
        assert_eq!(plans["items"][0]["code"], own);
        assert_eq!(client.get(&format!("/v1/plans/{other}")).await.status, 404);
        assert_eq!(
            client
                .get(&format!("/v1/plans/{other}/indicators/kendskabsgrad/series"))
                .await
                .status,
            404
        );
    }
    let mut body = with_count(extract("2022-06-01"), "6.1", "zone-1", 23);
    body["revision_reason"] = json!("counted twice");
    second
        .post("/v1/plans/successor/kendskabsgrad/extracts", &body)
        .await
        .expect(201);
    let untouched = first.get("kendskabsgrad/extracts/2022-06-01").await.expect(200);
    assert_eq!(untouched["revision"], 1);
    // Not public: who has no token does not learn that it exists.
    assert_eq!(
        app.public().get("/v1/plans/successor/areas").await.problem(404),
        "not-found"
    );
    assert_eq!(
        app.public().get("/v1/plans").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// How many figures each place of the agreement gives; a figure that is printed twice names both.
const FIGURES: [(&str, usize); 25] = [
    ("Strategisk samarbejdsaftale, tabel 1", 7),
    ("Strategisk samarbejdsaftale, tabel 2", 14),
    ("Strategisk samarbejdsaftale, tabel 3", 14),
    ("Strategisk samarbejdsaftale, tabel 4", 21),
    ("Strategisk samarbejdsaftale, tabel 5", 14),
    ("Strategisk samarbejdsaftale, tabel 6", 14),
    ("Strategisk samarbejdsaftale, tabel 7", 14),
    ("Strategisk samarbejdsaftale, tabel 8", 7),
    ("Strategisk samarbejdsaftale, tabel 10", 14),
    ("Strategisk samarbejdsaftale, tabel 11", 16),
    ("Strategisk samarbejdsaftale, tabel 12", 7),
    (
        "Strategisk samarbejdsaftale, unummereret tabel (ikke-vestlige lande)",
        7,
    ),
    (
        "Strategisk samarbejdsaftale, unummereret tabel (parallelsamfundskriterieværdier)",
        6,
    ),
    ("Strategisk samarbejdsaftale, afsnit 1", 4),
    ("Strategisk samarbejdsaftale, afsnit 5 (faste indikatorer)", 18),
    ("Strategisk samarbejdsaftale, afsnit 6 (Ungeprofilundersøgelsen)", 2),
    ("Strategisk samarbejdsaftale, afsnit 6 (skolegang og fritid)", 2),
    ("Strategisk samarbejdsaftale, afsnit 6 (Helhedsplanen 2019-2022)", 2),
    ("Strategisk samarbejdsaftale, afsnit 6 (Kriminalitetsforebyggelse)", 2),
    ("Strategisk samarbejdsaftale, afsnit 6 (tryghedsundersøgelse)", 2),
    ("Strategisk samarbejdsaftale, afsnit 6 (sundhed)", 4),
    ("Delaftale Uddannelse og livschancer, delmål", 11),
    ("Delaftale Beskæftigelse, delmål", 1),
    ("Delaftale Kriminalitetsforebyggelse, delmål", 6),
    ("Delaftale Sammenhængskraft og medborgerskab, delmål", 5),
];

#[actix_web::test]
async fn every_figure_of_the_agreement_can_be_pulled_with_its_source() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Auditor);
    let list = client.get("measurements?limit=1000").await.expect(200);
    assert_eq!(list["next"], Value::Null);
    let rows = list["items"].as_array().unwrap();
    let mut found: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let extracts = ["kendskabsgrad", "kendskabsgrad-count"];
    let imported: Vec<&Value> = rows
        .iter()
        .filter(|row| !extracts.contains(&row["indicator"].as_str().unwrap()))
        .collect();
    for row in &imported {
        for source in row["source"].as_str().unwrap().split("; ") {
            *found.entry(source).or_default() += 1;
        }
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), {
        let mut expected = FIGURES.to_vec();
        expected.sort_unstable();
        expected
    });
    assert_eq!(imported.len(), 198);
    let figure = async |path: &str| -> String {
        let series = client.get(path).await.expect(200);
        let points = series["points"].as_array().unwrap();
        assert_eq!(points.len(), 1, "{path}: {points:?}");
        format!("{} {}", points[0]["value"], points[0]["status"].as_str().unwrap())
    };
    for (path, expected) in [
        (
            "indicators/basic-school-only-15-64/series?area=zone-1&from=2020&to=2020",
            "36.4 final",
        ),
        (
            "indicators/outside-labour-market-18-64/series?area=all-zones&from=2019&to=2019",
            "42.6 final",
        ),
        (
            "indicators/single-parents/series?area=all-zones&from=2021&to=2021",
            "36.5 final",
        ),
        (
            "indicators/unemployment-soenderkorskaer/series?from=2015&to=2015",
            "53.67 final",
        ),
        (
            "indicators/unemployment-soenderkorskaer/series?from=2021&to=2021",
            "37.72 final",
        ),
    ] {
        assert_eq!(figure(path).await, expected, "{path}");
    }
}
