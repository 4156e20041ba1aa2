//! Plans, organisations, areas, focus areas, target groups and indicators as they are read.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::{PLAN, TestApp};

fn codes(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn the_plan_has_its_period_and_parties() {
    let app = TestApp::start().await;
    let plan = app.public().get(&format!("/v1/plans/{PLAN}")).await.expect(200);
    assert_eq!(
        (&plan["starts_on"], &plan["ends_on"]),
        (&json!("2023-01-01"), &json!("2026-12-31"))
    );
    let parties: Vec<&str> = plan["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| party["organisation"].as_str().unwrap())
        .collect();
    assert_eq!(
        parties,
        [
            "boli-nu",
            "boligkontoret-fredericia",
            "fredericia-kommune",
            "landsbyggefonden"
        ]
    );
}

#[actix_web::test]
async fn the_codes_that_clients_rely_on_are_there() {
    let app = TestApp::start().await;
    let list = app.public().get("areas?limit=1000").await.expect(200);
    let areas = codes(&list);
    for code in [
        "zone-1",
        "zone-2",
        "zone-3",
        "zone-4",
        "all-zones",
        "fredericia",
        "fredericia-rest",
        "denmark",
        "region-syddanmark",
        "sydoestjyllands-politikreds",
    ] {
        assert!(areas.contains(&code), "{code}");
    }
    let zone = app.public().get("areas/zone-3").await.expect(200);
    assert_eq!((&zone["kind"], &zone["parent"]), (&json!("zone"), &json!("all-zones")));
    // The agreement names the department but not its zone or organisation.
    let department = app.public().get("areas/stendalsparken").await.expect(200);
    assert_eq!(
        (&department["kind"], &department["number"]),
        (&json!("department"), &json!("11"))
    );
    assert_eq!(
        (&department["parent"], &department["organisation"]),
        (&Value::Null, &Value::Null)
    );
    let estate = app.public().get("areas/korskaerparken").await.expect(200);
    assert!(estate["aliases"].as_array().unwrap().contains(&json!("Korsværparken")));
}

#[actix_web::test]
async fn the_jobcenter_is_a_unit_of_the_municipality() {
    let app = TestApp::start().await;
    let jobcenter = app.public().get("organisations/jobcenter-fredericia").await.expect(200);
    assert_eq!(jobcenter["parent"], "fredericia-kommune");
}

#[actix_web::test]
async fn the_focus_areas_are_the_four_of_the_agreement() {
    let app = TestApp::start().await;
    let list = app.public().get("focus-areas").await.expect(200);
    assert_eq!(
        codes(&list),
        [
            "uddannelse-og-livschancer",
            "beskaeftigelse",
            "kriminalitetsforebyggelse",
            "sammenhaengskraft-og-medborgerskab"
        ]
    );
}

#[actix_web::test]
async fn the_target_groups_are_in_the_order_of_the_law() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Fund);
    let list = client.get("target-groups").await.expect(200);
    assert_eq!(codes(&list), crate::support::extracts::GROUPS);
    let group = client.get("target-groups/6.9").await.expect(200);
    let subsets: Vec<&Value> = group["subsets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|subset| &subset["code"])
        .collect();
    assert_eq!(subsets, ["unemployed", "long_term"]);
}

#[actix_web::test]
async fn nine_indicators_are_fixed_by_the_fund() {
    let app = TestApp::start().await;
    let list = app.as_role(Role::Fund).get("indicators?limit=1000").await.expect(200);
    let fixed = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["is_fixed"] == true);
    assert_eq!(fixed.count(), 9);
}

#[actix_web::test]
async fn archived_items_are_listed_only_on_request_and_stay_readable() {
    use helhedsplan::entities::area;
    use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
    let app = TestApp::start().await;
    let transaction = app.state.db.begin().await.unwrap();
    let row = area::Entity::find_by_id((1, "skanseparken".to_owned()))
        .one(&transaction)
        .await
        .unwrap()
        .unwrap();
    let mut row = row.into_active_model();
    row.archived_at = Set(Some(helhedsplan::db::now()));
    row.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let list = app.public().get("areas?limit=1000").await.expect(200);
    assert!(!codes(&list).contains(&"skanseparken"));
    let list = app.public().get("areas?limit=1000&archived=true").await.expect(200);
    assert!(codes(&list).contains(&"skanseparken"));
    assert!(app.public().get("areas/skanseparken").await.expect(200)["archived_at"].is_string());
}
