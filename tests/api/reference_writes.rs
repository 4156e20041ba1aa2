//! Organisations, areas, venues, focus areas, target groups and indicators as they are written: what each of them refuses.

use helhedsplan::auth::role::Role;
use helhedsplan::seed::{self, Source};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, PLAN, TestApp, copy_all, extracts};

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

/// The secretariat, making something new.
fn maker(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-none-match", "*")
}

/// A housing organisation, whatever it read before.
fn housing<'a>(app: &'a TestApp, organisation: &str) -> Client<'a> {
    let token = app.token(Role::HousingOrganisation, Some(organisation), &[PLAN], None);
    app.with_token(&token).header("if-match", "*")
}

fn organisation() -> Value {
    json!({"name": "Prøveenheden", "name_en": "Sample unit", "kind": "municipal_unit", "parent": "fredericia-kommune",
        "source": "made up"})
}

fn department() -> Value {
    json!({"name": "Prøveparken", "name_en": "Prøveparken", "kind": "department", "number": "07", "organisation": "boli-nu",
        "relations": [{"relation": "parent", "target": "zone-1", "valid_from": "2023-01-01", "source": "made up"}],
        "source": "made up"})
}

fn venue() -> Value {
    json!({"name": "Prøvehuset", "name_en": "Sample house", "source": "made up"})
}

fn indicator() -> Value {
    json!({"name": "Prøve", "name_en": "Sample", "unit": "percent", "direction": "up", "decimals": 1, "level": "zone",
        "provenance": "made up", "categories": "none", "source": "made up"})
}

fn group() -> Value {
    json!({"name": "Prøvegruppe", "name_en": "Sample group", "source": "made up"})
}

#[actix_web::test]
async fn the_secretariat_adds_a_department_with_its_relations() {
    let app = TestApp::start().await;
    let made = maker(&app).put("areas/proeveparken", &department()).await;
    assert_eq!(made.header("location"), format!("/v1/plans/{PLAN}/areas/proeveparken"));
    let area = made.expect(201);
    assert_eq!(area["parent"], "zone-1");
    assert_eq!(area["number"], "07");
    assert_eq!(area["relations"][0]["valid_to"], Value::Null);
    assert_eq!(area["archived_at"], Value::Null);
    assert_eq!(app.public().get("areas/proeveparken").await.expect(200), area);
    // It moves on a day: the parent of today is the one without an end.
    let moved = json!({"relations": [
        {"relation": "parent", "target": "zone-1", "valid_from": "2023-01-01", "valid_to": "2024-06-30", "source": "made up"},
        {"relation": "parent", "target": "zone-2", "valid_from": "2024-07-01", "source": "made up"},
    ]});
    let area = secretariat(&app).patch("areas/proeveparken", &moved).await.expect(200);
    assert_eq!(area["parent"], "zone-2");
    assert_eq!(area["name"], "Prøveparken");
    // A housing organisation reaches it from now on.
    let token = app.token(Role::HousingOrganisation, Some("boli-nu"), &[PLAN], None);
    let me = app.with_token(&token).get("/v1/me").await.expect(200);
    assert!(me.to_string().contains("proeveparken"), "{me}");
}

#[actix_web::test]
async fn every_error_of_a_body_is_found_at_once_with_its_place() {
    let app = TestApp::start().await;
    let body = json!({"name": "", "name_en": 5, "kind": "castle", "parent": "nobody", "aliases": ["a", "a", 7],
        "colour": "red", "archived_at": "2024-01-01T00:00:00Z", "code": "another"});
    let answer = maker(&app).put("organisations/Not_Kebab", &body).await;
    let mut errors = answer.errors(422);
    errors.sort_unstable();
    assert_eq!(
        errors,
        [
            "/aliases/1 duplicate",
            "/aliases/2 wrong_type",
            "/archived_at read_only",
            "/code read_only",
            "/colour unknown_field",
            "/kind unknown_word",
            "/name length",
            "/name_en wrong_type",
            "/parent unknown_organisation",
            "/source required",
            "code invalid_code",
        ]
    );
    let danish = maker(&app).header("accept-language", "da");
    let problem = danish.put("organisations/ny", &json!([])).await.expect(422);
    assert_eq!(problem["errors"][0]["detail"], "Værdien skal være et objekt.");
    let with_number = json!({"name": "010190-1234", "name_en": "x", "source": "x"});
    assert_eq!(
        maker(&app).put("focus-areas/ny", &with_number).await.errors(422),
        ["/name personal_number"]
    );
    assert_eq!(app.public().get("organisations/ny").await.status, 404);
}

#[actix_web::test]
async fn a_patch_names_only_members_that_exist_and_takes_away_only_what_may_be_absent() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let wrong = json!({"colour": null, "source": null, "name": null});
    let answer = client.patch("focus-areas/beskaeftigelse", &wrong).await;
    assert_eq!(
        answer.errors(422),
        ["/name required", "/source required", "/colour unknown_field"]
    );
    for patch in [json!([]), json!("x"), json!(null)] {
        let answer = client.patch("focus-areas/beskaeftigelse", &patch).await;
        assert_eq!(answer.errors(422)[0], " wrong_type", "{patch}");
    }
    let answer = client
        .send(
            Method::PATCH,
            "focus-areas/beskaeftigelse",
            Some("text/plain"),
            b"{}".to_vec(),
        )
        .await;
    assert_eq!(answer.problem(415), "unsupported-media-type");
    let answer = client
        .send(
            Method::PUT,
            "focus-areas/beskaeftigelse",
            Some("application/merge-patch+json"),
            b"{}".to_vec(),
        )
        .await;
    assert_eq!(answer.problem(415), "unsupported-media-type");
    let with_body = client
        .send(
            Method::DELETE,
            "focus-areas/beskaeftigelse",
            Some("application/json"),
            b"{}".to_vec(),
        )
        .await;
    assert_eq!(with_body.problem(400), "malformed-body");
}

#[actix_web::test]
async fn parents_of_organisations_never_go_round_in_a_circle() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    maker(&app).put("organisations/unit", &organisation()).await.expect(201);
    let below = json!({"parent": "unit"});
    client
        .patch("organisations/jobcenter-fredericia", &below)
        .await
        .expect(200);
    for organisation in ["fredericia-kommune", "unit"] {
        for parent in ["unit", "jobcenter-fredericia"] {
            let answer = client
                .patch(&format!("organisations/{organisation}"), &json!({"parent": parent}))
                .await;
            assert_eq!(
                answer.errors(422),
                ["/parent circular"],
                "{organisation} below {parent}"
            );
        }
    }
}

#[actix_web::test]
async fn relations_of_areas_lead_to_the_right_kinds_and_never_in_a_circle() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let relation = |relation: &str, target: &str| json!({"relation": relation, "target": target, "source": "made up"});
    let answer = client
        .patch(
            "areas/korskaerparken",
            &json!({"relations": [
                relation("parent", "zone-1"),
                relation("parent", "zone-2"),
                relation("in_estate", "zone-1"),
                relation("in_estate", "korskaerparken"),
                relation("parent", "zone-1"),
                relation("beside", "nowhere"),
                {"relation": "in_zone_stated", "target": "zone-3", "valid_from": "2024-02-30", "colour": 1},
                {"relation": "in_region", "target": "region-syddanmark", "valid_from": "2024-02-02", "valid_to": "2024-02-01",
                    "source": "x"},
            ]}),
        )
        .await;
    assert_eq!(
        answer.errors(422),
        [
            "/relations/5/relation unknown_word",
            "/relations/5/target unknown_area",
            "/relations/6/valid_from invalid_date",
            "/relations/6/source required",
            "/relations/6/colour unknown_field",
            "/relations/7/valid_to wrong_order",
            "/relations/1/target second_parent",
            "/relations/2/target wrong_kind",
            "/relations/3/target circular",
            "/relations/4 duplicate",
        ]
    );
    // Through others: Sønderkorskær holds Korskærparken.
    let round = json!({"relations": [relation("in_estate", "korskaerparken")]});
    assert_eq!(
        client.patch("areas/soenderkorskaer", &round).await.errors(422),
        ["/relations/0/target circular"]
    );
    // The parent follows from the relations.
    let answer = client.patch("areas/korskaerparken", &json!({"parent": "zone-1"})).await;
    assert_eq!(answer.errors(422), ["/parent read_only"]);
    let both = json!({"parent": "zone-1", "relations": [relation("parent", "zone-1")]});
    let area = client.patch("areas/korskaerparken", &both).await.expect(200);
    assert_eq!(area["parent"], "zone-1");
}

#[actix_web::test]
async fn what_others_name_keeps_its_kind() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    // Figures, relations, a venue.
    for area in ["zone-1", "kirstinebjerg", "skanseparken"] {
        let answer = client.patch(&format!("areas/{area}"), &json!({"kind": "school"})).await;
        assert_eq!(answer.errors(422), ["/kind in_use"], "{area}");
    }
    maker(&app).put("areas/proeveparken", &department()).await.expect(201);
    let changed = client.patch("areas/proeveparken", &json!({"kind": "estate"})).await;
    assert_eq!(changed.expect(200)["kind"], "estate");
}

#[actix_web::test]
async fn a_housing_organisation_keeps_the_facts_of_its_own_departments() {
    let app = TestApp::start().await;
    maker(&app).put("areas/proeveparken", &department()).await.expect(201);
    let own = housing(&app, "boli-nu");
    let facts = json!({"note": "renovated", "number": "8", "aliases": ["Parken"], "relations": [
        {"relation": "in_municipality", "target": "fredericia", "source": "made up"}]});
    let area = own.patch("areas/proeveparken", &facts).await.expect(200);
    assert_eq!(
        (&area["note"], &area["number"], &area["parent"]),
        (&json!("renovated"), &json!("8"), &Value::Null)
    );
    let more = json!({"kind": "estate", "organisation": "boligkontoret-fredericia"});
    assert_eq!(
        own.patch("areas/proeveparken", &more).await.errors(422),
        ["/kind secretariat_only", "/organisation secretariat_only"]
    );
    // Others' areas are there to be read, and not found for writing.
    let other = housing(&app, "boligkontoret-fredericia");
    assert_eq!(other.get("areas/proeveparken").await.status, 200);
    for (client, area) in [
        (&other, "proeveparken"),
        (&own, "zone-1"),
        (&own, "stendalsparken"),
        (&own, "nowhere"),
    ] {
        let answer = client.patch(&format!("areas/{area}"), &json!({"note": "x"})).await;
        assert_eq!(answer.problem(404), "not-found", "{area}");
    }
    // Out of scope comes before the precondition.
    let token = app.token(Role::HousingOrganisation, Some("boli-nu"), &[PLAN], None);
    assert_eq!(
        app.with_token(&token).patch("areas/zone-1", &json!({})).await.status,
        404
    );
    let token = app.token(Role::HousingOrganisation, None, &[PLAN], None);
    let nobody = app.with_token(&token).header("if-match", "*");
    assert_eq!(nobody.patch("areas/proeveparken", &json!({})).await.status, 404);
    // Making, replacing and archiving are the secretariat's.
    assert_eq!(
        own.put("areas/proeveparken", &department()).await.problem(403),
        "forbidden"
    );
    assert_eq!(own.delete("areas/proeveparken").await.problem(403), "forbidden");
    // An archived one stays archived until the secretariat takes it back.
    secretariat(&app).delete("areas/proeveparken").await.expect(200);
    own.patch("areas/proeveparken", &json!({"note": "closed"}))
        .await
        .expect(200);
    assert_eq!(
        own.patch("areas/proeveparken", &json!({"archived_at": null}))
            .await
            .errors(422),
        ["/archived_at secretariat_only"]
    );
}

#[actix_web::test]
async fn a_zone_has_one_permanent_base() {
    let app = TestApp::start().await;
    let list = app.public().get("venues").await.expect(200);
    let items = list["items"].as_array().unwrap();
    let bases: Vec<&Value> = items
        .iter()
        .filter(|venue| venue["is_base"] == true)
        .map(|venue| &venue["zone"])
        .collect();
    assert_eq!(bases, ["zone-1", "zone-2", "zone-3", "zone-4"]);
    // The agreement names houses but not where they are.
    assert!(
        items
            .iter()
            .all(|venue| venue["address"].is_null() && venue["note"].is_string())
    );
    let client = maker(&app);
    let with = |more: Value| {
        let mut body = venue();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, errors) in [
        (json!({"is_base": true}), vec!["/is_base base_without_zone"]),
        (
            json!({"is_base": true, "zone": "zone-1"}),
            vec!["/is_base zone_has_base"],
        ),
        (
            json!({"zone": "denmark", "area": "zone-1"}),
            vec!["/zone wrong_kind", "/area wrong_kind"],
        ),
        (
            json!({"zone": "nowhere", "is_base": "yes"}),
            vec!["/zone unknown_area", "/is_base wrong_type"],
        ),
    ] {
        assert_eq!(client.put("venues/proevehuset", &with(more)).await.errors(422), errors);
    }
    secretariat(&app).delete("venues/base-zone-1").await.expect(200);
    let new = with(json!({"is_base": true, "zone": "zone-1", "address": "Prøvevej 1"}));
    client.put("venues/proevehuset", &new).await.expect(201);
    let old = secretariat(&app);
    old.patch("venues/base-zone-1", &json!({"note": "the old one"}))
        .await
        .expect(200);
    let back = old.patch("venues/base-zone-1", &json!({"archived_at": null})).await;
    assert_eq!(back.errors(422), ["/is_base zone_has_base"]);
}

#[actix_web::test]
async fn what_is_archived_can_be_named_by_nothing_new() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    client.delete("areas/zone-4").await.expect(200);
    let mut new = venue();
    new["zone"] = json!("zone-4");
    assert_eq!(
        maker(&app).put("venues/proevehuset", &new).await.errors(422),
        ["/zone archived"]
    );
    // What named it before may stay as it is.
    client
        .patch("venues/base-zone-4", &json!({"note": "closed"}))
        .await
        .expect(200);
    let old = client
        .get("indicators/non-western/series?area=zone-4")
        .await
        .expect(200);
    assert!(!old["points"].as_array().unwrap().is_empty());
    // New figures are refused, old ones stay.
    let row = json!([{"indicator": "non-western", "area": "zone-4", "period": "2024", "value": 20.1, "source": "x"}]);
    let answer = app.as_role(Role::Fund).post("measurements/imports", &row).await;
    assert!(
        answer.errors(422).iter().any(|error| error.ends_with("unknown_area")),
        "{}",
        answer.text()
    );
}

#[actix_web::test]
async fn an_indicator_keeps_what_its_figures_rely_on() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    let answer = client
        .patch(
            "indicators/basic-school-only-15-64",
            &json!({"unit": "count", "age_from": 18, "age_to": null}),
        )
        .await;
    assert_eq!(
        answer.errors(422),
        ["/unit in_use", "/age_from in_use", "/age_to in_use"]
    );
    // An age that the source did not state may be stated later; decimals belong to each figure.
    let turned = json!({"direction": "up"});
    assert_eq!(
        client.patch("indicators/non-western", &turned).await.errors(422),
        ["/direction in_use"]
    );
    let more = json!({"age_from": 15, "decimals": 2});
    client.patch("indicators/non-western", &more).await.expect(200);
    let series = client
        .get("indicators/non-western/series?area=zone-1")
        .await
        .expect(200);
    let text = series.to_string();
    client
        .patch("indicators/non-western", &json!({"decimals": 0}))
        .await
        .expect(200);
    let series = client
        .get("indicators/non-western/series?area=zone-1")
        .await
        .expect(200);
    assert_eq!(series.to_string(), text);
    // Extracts give figures of two indicators, and rely on how they are.
    let answer = client
        .patch(
            "indicators/kendskabsgrad-count",
            &json!({"unit": "percent", "categories": "none"}),
        )
        .await;
    assert_eq!(
        answer.errors(422),
        [
            "/unit in_use",
            "/categories in_use",
            "/unit fed_by_extracts",
            "/categories fed_by_extracts"
        ]
    );
    // Without figures everything may change.
    maker(&app).put("indicators/proeve", &indicator()).await.expect(201);
    let changed =
        json!({"unit": "count", "categories": "target_group", "age_from": 1, "age_to": 5, "rhythm": "monthly"});
    client.patch("indicators/proeve", &changed).await.expect(200);
    let wrong = json!({"decimals": 7, "age_from": 9, "age_to": 5, "rhythm": "daily", "level": "street", "data_owner": "x",
        "direction": "left", "unit": "bushels", "categories": "all", "is_fixed": 1});
    let answer = client.patch("indicators/proeve", &wrong).await;
    assert_eq!(
        answer.errors(422),
        [
            "/unit unknown_word",
            "/direction unknown_word",
            "/decimals out_of_range",
            "/age_to wrong_order",
            "/level unknown_word",
            "/data_owner unknown_organisation",
            "/rhythm unknown_word",
            "/categories unknown_word",
            "/is_fixed wrong_type",
        ]
    );
}

#[actix_web::test]
async fn a_new_indicator_takes_figures_until_it_is_archived() {
    let app = TestApp::start().await;
    let mut body = indicator();
    body["data_owner"] = json!("landsbyggefonden");
    maker(&app).put("indicators/proeve", &body).await.expect(201);
    let row = |period: &str| json!([{"indicator": "proeve", "area": "zone-1", "period": period, "value": 1.5, "source": "x"}]);
    let fund = app.as_role(Role::Fund);
    fund.post("measurements/imports", &row("2024")).await.expect(201);
    secretariat(&app).delete("indicators/proeve").await.expect(200);
    let answer = fund.post("measurements/imports", &row("2025")).await;
    assert!(
        answer
            .errors(422)
            .iter()
            .any(|error| error.ends_with("unknown_indicator")),
        "{}",
        answer.text()
    );
    let series = fund.get("indicators/proeve/series?area=zone-1").await.expect(200);
    assert_eq!(series["points"].as_array().unwrap().len(), 1);
    // A new owner may write from now on; the old one no more.
    let client = secretariat(&app);
    let given = json!({"archived_at": null, "data_owner": "jobcenter-fredericia"});
    client.patch("indicators/proeve", &given).await.expect(200);
    assert_eq!(fund.post("measurements/imports", &row("2025")).await.status, 422);
    app.jobcenter()
        .post("measurements/imports", &row("2025"))
        .await
        .expect(201);
}

#[actix_web::test]
async fn the_days_of_a_target_group_hold_all_its_figures() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    // Its figures are of 1 June 2022.
    for (days, errors) in [
        (json!({"valid_from": "2022-06-02"}), vec!["/valid_from in_use"]),
        (json!({"valid_to": "2022-05-31"}), vec!["/valid_to in_use"]),
        (
            json!({"valid_from": "2022-06-02", "valid_to": "2022-05-31"}),
            vec!["/valid_to wrong_order", "/valid_from in_use", "/valid_to in_use"],
        ),
    ] {
        assert_eq!(client.patch("target-groups/6.12", &days).await.errors(422), errors);
    }
    client
        .patch(
            "target-groups/6.12",
            &json!({"valid_from": "2022-06-01", "valid_to": "2026-12-31"}),
        )
        .await
        .expect(200);
    // From then on it is neither asked for nor taken.
    let mut body = extracts::extract("2023-07-01");
    app.jobcenter().post("kendskabsgrad/extracts", &body).await.expect(201);
    client
        .patch("target-groups/6.11", &json!({"valid_to": "2023-12-31"}))
        .await
        .expect(200);
    body["extracted_on"] = json!("2024-01-01");
    let answer = app.jobcenter().post("kendskabsgrad/extracts", &body).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    let counts = body["counts"].as_array_mut().unwrap();
    counts.retain(|count| count["target_group"] != "6.11");
    app.jobcenter().post("kendskabsgrad/extracts", &body).await.expect(201);
}

#[actix_web::test]
async fn a_part_of_a_target_group_that_has_figures_stays() {
    let app = TestApp::start().await;
    let client = secretariat(&app);
    assert_eq!(
        client
            .patch("target-groups/6.9", &json!({"subsets": []}))
            .await
            .errors(422),
        ["/subsets in_use"]
    );
    // Parts without figures come and go.
    client
        .patch("target-groups/6.1", &json!({"subsets": []}))
        .await
        .expect(200);
    let part = |code: &str, keyword: &str| json!({"code": code, "name": "Del", "name_en": "Part", "keyword": keyword, "source": "made up"});
    let parts = json!({"subsets": [part("young", "unge"), part("old", "ældre")]});
    let group = client.patch("target-groups/6.1", &parts).await.expect(200);
    assert_eq!(
        (&group["subsets"][0]["code"], &group["subsets"][1]["code"]),
        (&json!("young"), &json!("old"))
    );
    let wrong =
        json!({"subsets": [part("a/b", "x"), part("young", "unge"), part("young", "x"), part("other", "Unge"), 5]});
    assert_eq!(
        client.patch("target-groups/6.1", &wrong).await.errors(422),
        [
            "/subsets/0/code invalid_code",
            "/subsets/4 wrong_type",
            "/subsets/2 duplicate",
            "/subsets/3 duplicate"
        ]
    );
}

#[actix_web::test]
async fn codes_of_target_groups_are_written_as_the_law_numbers_them() {
    let app = TestApp::start().await;
    for code in ["6.13", "INT-NY"] {
        let made = maker(&app).put(&format!("target-groups/{code}"), &group()).await;
        assert_eq!(made.expect(201)["code"], code);
    }
    for code in ["_T", "6..1", "6.1%2Flong"] {
        let answer = maker(&app).put(&format!("target-groups/{code}"), &group()).await;
        assert_eq!(answer.errors(422), ["code invalid_code"], "{code}");
    }
}

#[actix_web::test]
async fn every_write_is_recorded_and_an_older_read_is_not_answered_from_a_cache() {
    use helhedsplan::entities::change;
    use sea_orm::{EntityTrait, QueryOrder};
    let app = TestApp::start().await;
    let client = secretariat(&app).header("x-request-id", "my-request");
    let series = client.get("indicators/non-western/series?area=zone-1").await;
    client
        .patch("indicators/non-western", &json!({"name": "Nyt navn"}))
        .await
        .expect(200);
    client.delete("areas/skanseparken").await.expect(200);
    let changes = change::Entity::find()
        .order_by_desc(change::Column::Seq)
        .all(app.state.db.read())
        .await
        .unwrap();
    let last: Vec<_> = changes
        .iter()
        .take(2)
        .map(|change| {
            (
                change.operation.as_str(),
                change.target.as_str(),
                change.subject.as_str(),
            )
        })
        .collect();
    assert_eq!(
        last,
        [
            ("archive_area", "areas/skanseparken", "omraadesekretariatet"),
            ("patch_indicator", "indicators/non-western", "omraadesekretariatet")
        ]
    );
    assert_eq!(changes[0].request_id.as_deref(), Some("my-request"));
    let renamed = client.get("indicators/non-western/series?area=zone-1").await;
    assert_eq!(renamed.expect(200)["indicator"]["name"], "Nyt navn");
    assert_ne!(renamed.header("etag"), series.header("etag"));
}

#[actix_web::test]
async fn codes_of_one_plan_are_unknown_in_the_other() {
    let app = TestApp::start().await;
    app.load_second_plan("successor").await;
    maker(&app).put("organisations/unit", &organisation()).await.expect(201);
    maker(&app).put("areas/proeveparken", &department()).await.expect(201);
    let token = app.token(Role::Secretariat, Some("omraadesekretariatet"), &["successor"], None);
    let second = app.with_token(&token).header("if-match", "*");
    let there = |path: &str| format!("/v1/plans/successor/{path}");
    for (path, patch, error) in [
        (
            "indicators/kendskabsgrad",
            json!({"data_owner": "unit"}),
            "/data_owner unknown_organisation",
        ),
        (
            "organisations/jobcenter-fredericia",
            json!({"parent": "unit"}),
            "/parent unknown_organisation",
        ),
        (
            "venues/base-zone-1",
            json!({"area": "proeveparken"}),
            "/area unknown_area",
        ),
        (
            "areas/skanseparken",
            json!({"organisation": "unit"}),
            "/organisation unknown_organisation",
        ),
        (
            "areas/skanseparken",
            json!({"relations": [{"relation": "in_estate", "target": "proeveparken", "source": "x"}]}),
            "/relations/0/target unknown_area",
        ),
    ] {
        assert_eq!(second.patch(&there(path), &patch).await.errors(422), [error]);
    }
    // Figures of the first plan do not bind the second's definitions.
    let row = json!([{"indicator": "proeve", "area": "zone-1", "period": "2024", "value": 1.5, "source": "x"}]);
    maker(&app).put("indicators/proeve", &indicator()).await.expect(201);
    app.as_role(Role::Secretariat)
        .post("measurements/imports", &row)
        .await
        .expect(201);
    let new = app.with_token(&token).header("if-none-match", "*");
    new.put(&there("indicators/proeve"), &indicator()).await.expect(201);
    second
        .patch(&there("indicators/proeve"), &json!({"unit": "count"}))
        .await
        .expect(200);
    assert_eq!(
        secretariat(&app)
            .patch("indicators/proeve", &json!({"unit": "count"}))
            .await
            .errors(422),
        ["/unit in_use"]
    );
    // A housing organisation of the second plan reaches nothing of the first.
    let token = app.token(Role::HousingOrganisation, Some("boli-nu"), &["successor"], None);
    let housing = app.with_token(&token).header("if-match", "*");
    assert_eq!(
        housing.patch("areas/proeveparken", &json!({"note": "x"})).await.status,
        404
    );
    assert_eq!(
        housing
            .patch(&there("areas/proeveparken"), &json!({"note": "x"}))
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn rows_added_to_the_files_find_their_place_and_what_was_written_stays() {
    let app = TestApp::start().await;
    maker(&app).put("venues/proevehuset", &venue()).await.expect(201);
    secretariat(&app)
        .patch("venues/base-zone-1", &json!({"name": "Min base"}))
        .await
        .expect(200);
    secretariat(&app).delete("venues/base-zone-2").await.expect(200);
    let folder = tempfile::tempdir().unwrap();
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/fredericia-2023-2026");
    copy_all(std::path::Path::new(seeds), folder.path());
    let path = folder.path().join("venues.csv");
    let mut lines: Vec<String> = std::fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let row = |code: &str| format!("{code},Nyt,New,,,,false,,,made up");
    lines.insert(2, row("second"));
    lines.insert(1, row("first"));
    lines.push(row("last"));
    std::fs::write(&path, lines.join("\n")).unwrap();
    let loaded = seed::load(&app.state.db, &Source::Folder(folder.path().into()))
        .await
        .unwrap();
    assert_eq!(loaded.rows, 3);
    let list = app.public().get("venues?archived=true").await.expect(200);
    let codes: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "first",
            "base-zone-1",
            "second",
            "base-zone-2",
            "base-zone-3",
            "base-zone-4",
            "medborgerhuset-korskaerparken",
            "aktivitetshuset-soenderparken",
            "beboerhuset-skanseparken",
            "last",
            "proevehuset",
        ]
    );
    assert_eq!(list["items"][1]["name"], "Min base");
    assert!(list["items"][3]["archived_at"].is_string());
    let again = seed::load(&app.state.db, &Source::Folder(folder.path().into()))
        .await
        .unwrap();
    assert_eq!(again.rows, 0);
}
