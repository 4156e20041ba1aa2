//! Extracts for everybody: table 9 in full, as it had been published, and others with small counts hidden.

use helhedsplan::auth::role::Role;
use serde_json::json;

use crate::support::{Answer, TestApp, extracts};

fn value(answer: &Answer, group: &str, area: &str) -> Option<u64> {
    let table = answer.expect(200);
    let rows = table["rows"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["target_group"] == group && row["area"] == area);
    row.unwrap()["value"].as_u64()
}

#[actix_web::test]
async fn everybody_reads_table_9_in_full_and_no_other_way_to_figures_is_open() {
    let app = TestApp::start().await;
    let table = app.public().get("kendskabsgrad/tables/2022-06-01").await;
    assert_eq!(value(&table, "6.10", "zone-1"), Some(1));
    assert_eq!(value(&table, "total", "zone-1"), Some(306));
    assert_eq!(value(&table, "total", "total"), Some(1137));
    assert!(table.json()["citation"].as_str().unwrap().contains("tabel 9"));
    assert_eq!(table.json()["release"]["threshold"], json!(null));
    for path in [
        "kendskabsgrad/extracts",
        "kendskabsgrad/extracts/2022-06-01",
        "kendskabsgrad/extracts/2022-06-01/receipt",
        "indicators/kendskabsgrad/series",
        "indicators/kendskabsgrad-count/series",
        "measurements?indicator=kendskabsgrad-count",
        "goal-status",
    ] {
        assert_eq!(app.public().get(path).await.problem(401), "unauthenticated", "{path}");
    }
    // What is printed stays as it is.
    let again = json!({"extracted_on": "2022-06-01"});
    let refused = app
        .as_role(Role::Secretariat)
        .post("kendskabsgrad/releases", &again)
        .await;
    assert_eq!(refused.errors(409), ["/extracted_on published_before"]);
}

#[actix_web::test]
async fn another_extract_is_shown_when_it_is_published_and_without_its_small_counts() {
    let app = TestApp::start().await;
    let office = app.as_role(Role::Secretariat);
    let order = json!({"extracted_on": "2024-01-01"});
    assert_eq!(
        office.post("kendskabsgrad/releases", &order).await.problem(404),
        "not-found"
    );
    // The figures of table 9 under a date on which nothing was printed.
    app.jobcenter()
        .post("kendskabsgrad/extracts", &extracts::extract("2024-01-01"))
        .await
        .expect(201);
    let path = "kendskabsgrad/tables/2024-01-01";
    assert_eq!(app.public().get(path).await.problem(404), "not-found");
    assert_eq!(
        app.as_role(Role::Board)
            .post("kendskabsgrad/releases", &order)
            .await
            .problem(403),
        "forbidden"
    );
    let made = office.post("kendskabsgrad/releases", &order).await;
    assert_eq!(made.expect(201)["audience"], "public");
    let table = app.public().get(made.header("location")).await;
    assert_eq!(value(&table, "total", "total"), Some(1137));
    assert_eq!(value(&table, "6.1", "zone-1"), Some(24));
    for (group, zone) in [
        ("6.10", "zone-1"),
        ("6.10", "zone-3"),
        ("6.12", "zone-2"),
        ("INT-SP", "zone-4"),
    ] {
        assert_eq!(value(&table, group, zone), None, "{group} {zone}");
    }
    for (row, group) in extracts::GROUPS.iter().enumerate() {
        for (column, zone) in extracts::ZONES.iter().enumerate() {
            let exact = extracts::TABLE_9[row][column] as u64;
            let shown = value(&table, group, zone);
            assert!(
                shown.is_none_or(|shown| shown == exact && !(1..5).contains(&exact)),
                "{group} {zone}"
            );
        }
    }
    let sorted = app
        .public()
        .get(&format!("{path}?sort=value&min_value=0"))
        .await
        .expect(200);
    assert!(
        sorted["rows"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["status"] == "final")
    );
    let csv = app
        .public()
        .get(&format!("{path}?format=csv&target_group=6.10&area=zone-1"))
        .await;
    assert_eq!(
        csv.text(),
        "period,zone,target_group,area,value,status\n2024-01-01,zone-1,6.10,zone-1,,suppressed\n"
    );
    let dataset = app
        .public()
        .get(&format!("{path}?format=jsonstat&target_group=6.10&area=zone-1"))
        .await
        .expect(200);
    assert_eq!(
        (&dataset["value"], &dataset["status"]),
        (&json!({"0": null}), &json!({"0": "suppressed"}))
    );
    assert_eq!(
        office.post("kendskabsgrad/releases", &order).await.expect(200),
        made.json()
    );
    let list = app.public().get("kendskabsgrad/releases").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}
