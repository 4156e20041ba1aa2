//! The Jobcenter pushes an extract: table 9 of the agreement, right and wrong.

use futures_util::future::join;
use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::extracts::{counts, extract, index, printed, with_count};
use crate::support::{Answer, TestApp};

const PUSH: &str = "kendskabsgrad/extracts";
const CSV: &str = "kendskabsgrad/extracts?extracted_on=2024-01-01&empty_cells=zero";

async fn push(app: &TestApp, extract: &Value) -> Answer {
    app.jobcenter().post(PUSH, extract).await
}

fn pointer(group: &str, zone: &str) -> String {
    format!("/counts/{}", index(group, zone))
}

#[actix_web::test]
async fn table_9_as_printed_gives_the_agreements_sums() {
    let app = TestApp::start().await;
    let answer = app.jobcenter().post_csv(CSV, &printed()).await;
    let receipt = answer.expect(201);
    assert_eq!(
        answer.header("location"),
        "/v1/plans/fredericia-2023-2026/kendskabsgrad/extracts/2024-01-01?revision=1"
    );
    assert_eq!(
        receipt["totals"]["by_area"],
        json!({"zone-1": 306, "zone-2": 296, "zone-3": 253, "zone-4": 282})
    );
    assert_eq!(receipt["totals"]["all"], 1137);
    assert_eq!(receipt["totals"]["by_target_group"]["6.3"], 201);
    // 60 cells less 4 blank ones, and 4 of the subset row.
    assert_eq!(
        receipt["rows"],
        json!({"received": 60, "filled": 4, "created": 64, "updated": 0, "unchanged": 0, "removed": 0})
    );
    let stored = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01")
        .await
        .expect(200);
    assert_eq!(
        stored["subsets"][0],
        json!({"area": "zone-1", "target_group": "6.9", "subset": "unemployed", "count": 4, "status": "final", "note": null})
    );
    assert_eq!(stored["source"], "Jobcenter Fredericia");
}

#[actix_web::test]
async fn json_and_csv_of_the_same_table_are_the_same_extract() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    let unemployed = [("zone-1", 4), ("zone-2", 12), ("zone-3", 8), ("zone-4", 13)];
    body["subsets"] = unemployed
        .iter()
        .map(|(zone, count)| json!({"area": zone, "target_group": "6.9", "subset": "unemployed", "count": count}))
        .collect();
    assert_eq!(push(&app, &body).await.status, 201);
    let answer = app.jobcenter().post_csv(CSV, &printed()).await;
    assert_eq!(answer.expect(200)["outcome"], "unchanged");
}

#[actix_web::test]
async fn commas_tabs_and_plain_headers_are_understood() {
    let app = TestApp::start().await;
    for (delimiter, date) in [(",", "2024-01-01"), ("\t", "2024-02-01")] {
        let table = printed()
            .replace(';', delimiter)
            .replace("Ledige (zone 1)", "zone-1")
            .replace("Ledige (zone 2)", "Zone 2")
            .replace("Ledige (alle)", "I alt");
        let path = format!("{PUSH}?extracted_on={date}&empty_cells=zero&source=Test");
        let answer = app.jobcenter().post_csv(&path, &format!("\u{feff}{table}")).await;
        assert_eq!(answer.expect(201)["totals"]["all"], 1137);
    }
}

#[actix_web::test]
async fn one_count_changed_is_an_error_on_each_total_that_no_longer_adds_up() {
    let app = TestApp::start().await;
    let table = printed().replace("6.1 - Dagpengemodtager;24;", "6.1 - Dagpengemodtager;25;");
    let answer = app.jobcenter().post_csv(CSV, &table).await;
    // Row 6.1 stands in line 2, the row of sums in line 17; zone 1 is column 2, the sums column 6.
    assert_eq!(
        answer.errors(422),
        ["2:6 total_mismatch", "17:2 total_mismatch", "17:6 total_mismatch"]
    );
    let mut body = with_count(extract("2024-01-01"), "6.1", "zone-1", 25);
    body["totals"] = json!({"by_area": {"zone-1": 306, "zone-2": 296}, "by_target_group": {"6.1": 119}, "all": 1137});
    assert_eq!(
        push(&app, &body).await.errors(422),
        [
            "/totals/by_area/zone-1 total_mismatch",
            "/totals/by_target_group/6.1 total_mismatch",
            "/totals/all total_mismatch"
        ]
    );
}

#[actix_web::test]
async fn a_wrong_group_a_negative_a_missing_zone_and_a_duplicate_are_four_errors() {
    let app = TestApp::start().await;
    let mut rows = counts();
    rows[index("6.1", "zone-1")]["target_group"] = json!("6.99");
    rows[index("6.2", "zone-2")]["count"] = json!(-3);
    rows.push(rows[index("6.5", "zone-3")].clone());
    rows.retain(|row| row["area"] != "zone-4");
    let body = json!({"extracted_on": "2024-01-01", "counts": rows});
    let answer = app.jobcenter().header("accept-language", "da").post(PUSH, &body).await;
    assert_eq!(
        answer.errors(422),
        [
            "/counts/0/target_group unknown_target_group",
            "/counts/4/count negative",
            "/counts/45 duplicate",
            "/counts missing_area"
        ]
    );
    let problem = answer.json();
    assert_eq!(problem["title"], "Indholdet bryder en regel");
    assert_eq!(problem["detail"], "Der er 4 fejl.");
    assert_eq!(
        problem["errors"][1]["detail"],
        "Et antal er 0 eller derover; dette er -3."
    );
    assert_eq!(answer.header("content-language"), "da");
    assert_eq!(
        app.jobcenter().get("kendskabsgrad/extracts/2024-01-01").await.status,
        404
    );
}

#[actix_web::test]
async fn the_same_four_errors_in_csv_have_line_and_column() {
    let app = TestApp::start().await;
    let table = "\
group,zone-1,zone-2,zone-3
6.99,24,33,38
6.2,29,-3,11
6.3,79,49,41
6.3,79,49,41
";
    let answer = app.jobcenter().post_csv(CSV, table).await;
    let errors = answer.errors(422);
    assert_eq!(
        &errors[..4],
        [
            "2:1 unknown_target_group",
            "3:3 negative",
            "5:1 duplicate",
            "1:null missing_area"
        ]
    );
    // Then the groups that the table does not have at all: 13, less two that 6.99 and the second 6.3 may be meant for.
    assert_eq!(errors.len(), 4 + 11);
    assert!(errors[4..].iter().all(|error| error == "1:null missing_target_group"));
}

#[actix_web::test]
async fn every_field_that_is_wrong_is_reported_at_once() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["extracted_on"] = json!("1.1.2024");
    body["colour"] = json!("red");
    body["empty_cells"] = json!("nothing");
    body["counts"][0]["count"] = json!(1.5);
    body["counts"][1]["count"] = json!("33");
    body["counts"][2]["size"] = json!(1);
    body["counts"][3] = json!(24);
    body["population"] = json!({"zone-9": 100});
    body["shares"] = json!({"zone-1": 101});
    let mut errors = push(&app, &body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/colour unknown_field",
            "/counts/0/count fractional",
            "/counts/1/count wrong_type",
            "/counts/2/size unknown_field",
            "/counts/3 wrong_type",
            "/empty_cells invalid_value",
            "/extracted_on invalid_date",
            "/population/zone-9 unknown_area",
            "/shares/zone-1 out_of_range",
        ]
    );
}

#[actix_web::test]
async fn gaps_are_errors_unless_the_sender_says_what_they_mean() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    let rows = body["counts"].as_array_mut().unwrap();
    rows.retain(|row| !(row["target_group"] == "6.10" && row["area"] == "zone-2"));
    assert_eq!(push(&app, &body).await.errors(422), ["/counts missing_cell"]);
    body["empty_cells"] = json!("missing");
    let receipt = push(&app, &body).await.expect(201);
    assert_eq!(receipt["rows"]["filled"], 1);
    assert_eq!(receipt["totals"]["by_area"]["zone-2"], Value::Null);
    assert_eq!(receipt["totals"]["all"], Value::Null);
    let series = app
        .jobcenter()
        .get("indicators/kendskabsgrad-count/series?area=zone-2&category=6.10&from=2024&to=2024")
        .await
        .expect(200);
    assert_eq!(series["points"][0]["status"], "missing");
    assert_eq!(series["points"][0]["value"], Value::Null);
    // A zone's stated total is kept where a count is missing.
    body["extracted_on"] = json!("2024-02-01");
    body["totals"] = json!({"by_area": {"zone-2": 296}});
    assert_eq!(push(&app, &body).await.expect(201)["totals"]["by_area"]["zone-2"], 296);
    body["extracted_on"] = json!("2024-03-01");
    body["totals"] = json!({"by_area": {"zone-2": 295}});
    assert_eq!(
        push(&app, &body).await.errors(422),
        ["/totals/by_area/zone-2 total_mismatch"]
    );
}

#[actix_web::test]
async fn an_absent_zone_or_group_is_one_error_even_where_gaps_are_zero() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["empty_cells"] = json!("zero");
    body["counts"]
        .as_array_mut()
        .unwrap()
        .retain(|row| row["area"] != "zone-4" && row["target_group"] != "6.8");
    assert_eq!(
        push(&app, &body).await.errors(422),
        ["/counts missing_area", "/counts missing_target_group"]
    );
    assert_eq!(
        push(&app, &json!({"extracted_on": "2024-01-01"})).await.errors(422),
        ["/counts required"]
    );
}

#[actix_web::test]
async fn subsets_shares_populations_and_comparators_are_checked() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["subsets"] = json!([
        {"area": "zone-1", "target_group": "6.9", "subset": "unemployed", "count": 53},
        {"area": "zone-1", "target_group": "6.1", "subset": "unemployed", "count": 1},
        {"area": "zone-2", "target_group": "6.2", "subset": "long_term", "count": 18},
        {"area": "zone-2", "target_group": "6.2", "subset": "long_term", "count": 17},
    ]);
    body["population"] = json!({"zone-1": 305, "zone-2": 1298, "fredericia": 32000, "fredericia-rest": 26867});
    body["shares"] = json!({"zone-2": 22.9, "denmark": 1});
    body["comparators"] = json!([
        {"area": "fredericia", "count": 4158, "share": 13.0},
        {"area": "fredericia-rest", "count": 3020, "share": 11.2},
        {"area": "denmark", "count": 1},
    ]);
    let mut errors = push(&app, &body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/comparators/1/count rest_mismatch",
            "/comparators/2/area unknown_area",
            "/population/zone-1 exceeds_population",
            "/shares/denmark unknown_area",
            "/shares/zone-2 share_mismatch",
            "/subsets/0 subset_exceeds_group",
            "/subsets/1/subset unknown_subset",
            "/subsets/3 duplicate",
        ]
    );
}

#[actix_web::test]
async fn a_share_agrees_with_its_quotient_to_its_rounding() {
    let app = TestApp::start().await;
    // 306 of 1,400 is 21.857…; 296 of 1,298 is 22.804…
    for (share, status) in [
        ("21.9", 200),
        ("21.86", 200),
        ("22", 200),
        ("22.0", 422),
        ("21.8", 422),
        ("21.90", 422),
    ] {
        let body = extract("2024-01-01").to_string();
        let extra = format!(",\"population\":{{\"zone-1\":1400}},\"shares\":{{\"zone-1\":{share}}}}}");
        let body = body.trim_end_matches('}').to_owned() + &extra;
        let answer = app
            .jobcenter()
            .send(
                reqwest::Method::POST,
                "/v1/plans/fredericia-2023-2026/kendskabsgrad/extracts?dry_run=true",
                Some("application/json"),
                body.into_bytes(),
            )
            .await;
        assert_eq!(answer.status, status, "{share}: {}", answer.text());
    }
}

#[actix_web::test]
async fn a_population_gives_shares_and_they_are_re_divided_over_all_zones() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["population"] = json!({"zone-1": 1400, "zone-2": 1298, "zone-3": 1129, "zone-4": 1288,
        "all-zones": 5115, "fredericia": 32000, "fredericia-rest": 26885});
    body["comparators"] = json!([{"area": "fredericia", "count": 4158}, {"area": "fredericia-rest", "count": 3021}]);
    let receipt = push(&app, &body).await.expect(201);
    // 306/1400, 296/1298, 253/1129, 282/1288, 1137/5115, 4158/32000, 3021/26885.
    let shares: Vec<String> = receipt["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", row["area"].as_str().unwrap(), row["share"]))
        .collect();
    assert_eq!(
        shares,
        [
            "zone-1 21.9",
            "zone-2 22.8",
            "zone-3 22.4",
            "zone-4 21.9",
            "all-zones 22.2",
            "fredericia 13.0",
            "fredericia-rest 11.2"
        ]
    );
    body["population"]["all-zones"] = json!(5114);
    body["population"]["fredericia-rest"] = json!(26884);
    let answer = app.jobcenter().post(&format!("{PUSH}?dry_run=true"), &body).await;
    assert_eq!(
        answer.errors(422),
        [
            "/population/all-zones total_mismatch",
            "/population/fredericia-rest rest_mismatch"
        ]
    );
}

#[actix_web::test]
async fn a_dry_run_judges_and_stores_nothing() {
    let app = TestApp::start().await;
    let receipt = app
        .jobcenter()
        .post_csv(&format!("{CSV}&dry_run=true"), &printed())
        .await
        .expect(200);
    assert_eq!(receipt["outcome"], "dry_run");
    assert_eq!(receipt["id"], Value::Null);
    assert_eq!(receipt["totals"]["all"], 1137);
    assert_eq!(
        app.jobcenter().get("kendskabsgrad/extracts/2024-01-01").await.status,
        404
    );
    let wrong = app
        .jobcenter()
        .post_csv(&format!("{CSV}&dry_run=true"), "x;zone 1\n")
        .await;
    assert_eq!(wrong.status, 422);
}

#[actix_web::test]
async fn the_same_content_again_changes_nothing() {
    let app = TestApp::start().await;
    let first = push(&app, &extract("2024-01-01")).await.expect(201);
    let mut shuffled = extract("2024-01-01");
    shuffled["counts"].as_array_mut().unwrap().reverse();
    shuffled["source"] = json!("Jobcenter Fredericia");
    let second = push(&app, &shuffled).await.expect(200);
    assert_eq!(second["outcome"], "unchanged");
    assert_eq!(second["id"], first["id"]);
    assert_eq!(second["rows"]["unchanged"], 60);
    assert_eq!(second["changes"], json!([]));
}

#[actix_web::test]
async fn a_correction_needs_a_reason_and_says_what_changed() {
    let app = TestApp::start().await;
    let first = extract("2024-01-01");
    assert_eq!(push(&app, &first).await.status, 201);
    let mut second = with_count(first, "6.2", "zone-1", 28);
    assert_eq!(
        push(&app, &second).await.errors(422),
        ["/revision_reason revision_reason_required"]
    );
    second["revision_reason"] = json!("One person was counted twice");
    let receipt = push(&app, &second).await.expect(201);
    assert_eq!(receipt["outcome"], "revised");
    assert_eq!(receipt["revision"], 2);
    assert_eq!(
        receipt["changes"],
        json!([{"pointer": pointer("6.2", "zone-1"), "field": "count", "area": "zone-1", "category": "6.2", "before": 29, "after": 28}])
    );
    assert_eq!(receipt["rows"]["updated"], 1);
    assert_eq!(receipt["rows"]["unchanged"], 59);
    let stored = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01")
        .await
        .expect(200);
    assert_eq!(stored["revision_reason"], "One person was counted twice");
    let before = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01?revision=1")
        .await
        .expect(200);
    assert_eq!(before["totals"]["by_area"]["zone-1"], 306);
    assert_eq!(stored["totals"]["by_area"]["zone-1"], 305);
}

#[actix_web::test]
async fn a_correction_by_csv_takes_its_reason_from_the_query() {
    let app = TestApp::start().await;
    assert_eq!(app.jobcenter().post_csv(CSV, &printed()).await.status, 201);
    let table = "group;zone 1;zone 2;zone 3;zone 4\n".to_owned()
        + &printed()
            .lines()
            .skip(1)
            .filter(|line| line.starts_with("6.") || line.starts_with("INT"))
            .map(|line| line.rsplit_once(';').unwrap().0.to_owned() + "\n")
            .collect::<String>()
            .replace("Dagpengemodtager;24", "Dagpengemodtager;23");
    assert_eq!(
        app.jobcenter().post_csv(CSV, &table).await.errors(422),
        ["revision_reason revision_reason_required"]
    );
    let path = format!("{CSV}&revision_reason=counted%20twice&replaces_revision=1");
    let receipt = app.jobcenter().post_csv(&path, &table).await.expect(201);
    let change = &receipt["changes"][0];
    assert_eq!((&change["line"], &change["column"]), (&json!(2), &json!(2)));
    assert_eq!((&change["before"], &change["after"]), (&json!(24), &json!(23)));
    // The subset row is not sent again: it is not part of the revision, and the receipt says so.
    assert_eq!(receipt["rows"]["removed"], 4);
    let dropped = receipt["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|warning| warning["code"] == "dropped");
    assert_eq!(dropped.count(), 4);
}

#[actix_web::test]
async fn of_two_corrections_that_replace_the_same_revision_one_wins() {
    let app = TestApp::start().await;
    let first = extract("2024-01-01");
    assert_eq!(push(&app, &first).await.status, 201);
    let correction = |count: i64| {
        let mut body = with_count(first.clone(), "6.2", "zone-1", count);
        body["revision_reason"] = json!("correction");
        body["replaces_revision"] = json!(1);
        body
    };
    let (one, two) = (correction(28), correction(27));
    let (one, two) = join(push(&app, &one), push(&app, &two)).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", one.text(), two.text());
    let loser = if one.status == 409 { one } else { two };
    assert_eq!(loser.problem(409), "revision-conflict");
    let stored = app
        .jobcenter()
        .get("kendskabsgrad/extracts/2024-01-01")
        .await
        .expect(200);
    assert_eq!(stored["revision"], 2);
}

#[actix_web::test]
async fn replacing_what_is_not_there_is_a_conflict() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["replaces_revision"] = json!(1);
    assert_eq!(push(&app, &body).await.problem(409), "revision-conflict");
}

#[actix_web::test]
async fn a_retry_of_a_correction_whose_answer_was_lost_is_unchanged() {
    let app = TestApp::start().await;
    let first = extract("2024-01-01");
    assert_eq!(push(&app, &first).await.status, 201);
    let mut second = with_count(first, "6.2", "zone-1", 28);
    second["revision_reason"] = json!("correction");
    second["replaces_revision"] = json!(1);
    assert_eq!(push(&app, &second).await.status, 201);
    assert_eq!(push(&app, &second).await.expect(200)["outcome"], "unchanged");
}

#[actix_web::test]
async fn a_receipt_can_be_fetched_later_as_it_was_given() {
    let app = TestApp::start().await;
    let first = push(&app, &extract("2024-01-01")).await;
    let mut body = with_count(extract("2024-01-01"), "6.2", "zone-1", 28);
    body["revision_reason"] = json!("correction");
    let second = push(&app, &body).await;
    let client = app.as_role(Role::Auditor);
    let current = client.get("kendskabsgrad/extracts/2024-01-01/receipt").await;
    assert_eq!((current.status, current.text()), (200, second.text()));
    let before = client.get("kendskabsgrad/extracts/2024-01-01/receipt?revision=1").await;
    assert_eq!((before.status, before.text()), (200, first.text()));
    assert_eq!(
        client
            .get("kendskabsgrad/extracts/2024-01-01/receipt?revision=3")
            .await
            .status,
        404
    );
    assert_eq!(
        client.get("kendskabsgrad/extracts/2024-1-1").await.errors(400),
        ["date invalid_date"]
    );
}

#[actix_web::test]
async fn an_extract_can_be_read_as_it_was_known_at_an_instant() {
    let app = TestApp::start().await;
    let first = push(&app, &extract("2024-01-01")).await.expect(201);
    let mut body = with_count(extract("2024-01-01"), "6.2", "zone-1", 28);
    body["revision_reason"] = json!("correction");
    push(&app, &body).await.expect(201);
    let as_of = first["received_at"].as_str().unwrap();
    let client = app.jobcenter();
    let path = format!("kendskabsgrad/extracts/2024-01-01?as_of={as_of}");
    assert_eq!(client.get(&path).await.expect(200)["revision"], 1);
    let path = "kendskabsgrad/extracts/2024-01-01?as_of=2020-01-01T00:00:00Z";
    assert_eq!(client.get(path).await.status, 404);
    let path = format!("kendskabsgrad/extracts/2024-01-01?revision=1&as_of={as_of}");
    assert_eq!(client.get(&path).await.errors(400), ["as_of conflicting_parameters"]);
}

#[actix_web::test]
async fn a_jump_is_a_warning_and_not_an_error() {
    let app = TestApp::start().await;
    assert_eq!(push(&app, &extract("2024-01-01")).await.status, 201);
    // 6.3 in zone 1: 79, so 119 is a jump (+51 %) and 118 is none (+49 %); 6.10: 1, so 12 is one and 11 is none.
    let next = with_count(extract("2025-01-01"), "6.3", "zone-1", 119);
    let next = with_count(next, "6.3", "zone-2", 73);
    let next = with_count(next, "6.10", "zone-1", 12);
    let next = with_count(next, "6.10", "zone-3", 11);
    let receipt = push(&app, &next).await.expect(201);
    let warnings: Vec<&str> = receipt["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| {
            assert_eq!(warning["code"], "jump");
            warning["pointer"].as_str().unwrap()
        })
        .collect();
    assert_eq!(warnings, [pointer("6.3", "zone-1"), pointer("6.10", "zone-1")]);
}

#[actix_web::test]
async fn counts_of_a_day_to_come_are_refused() {
    let app = TestApp::start().await;
    assert_eq!(
        push(&app, &extract("2199-01-01")).await.errors(422),
        ["/extracted_on in_the_future"]
    );
    assert_eq!(
        push(&app, &extract("1815-01-01")).await.errors(422),
        ["/extracted_on out_of_range"]
    );
}

#[actix_web::test]
async fn a_target_group_that_does_not_exist_on_the_date_is_refused() {
    use helhedsplan::entities::target_group;
    use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
    let app = TestApp::start().await;
    let transaction = app.state.db.begin().await.unwrap();
    let group = target_group::Entity::find_by_id((1, "6.12".to_owned()))
        .one(&transaction)
        .await
        .unwrap()
        .unwrap();
    let mut group = group.into_active_model();
    group.valid_to = Set("2023-12-31".parse().ok());
    group.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(push(&app, &extract("2023-12-31")).await.status, 201);
    let errors = push(&app, &extract("2024-01-01")).await.errors(422);
    assert_eq!(errors.len(), 4);
    assert!(
        errors
            .iter()
            .all(|error| error.ends_with("/target_group target_group_not_valid"))
    );
    let mut without = extract("2024-01-01");
    without["counts"]
        .as_array_mut()
        .unwrap()
        .retain(|row| row["target_group"] != "6.12");
    assert_eq!(push(&app, &without).await.status, 201);
}

#[actix_web::test]
async fn a_body_that_cannot_be_read_is_told_so() {
    let app = TestApp::start().await;
    let path = "/v1/plans/fredericia-2023-2026/kendskabsgrad/extracts";
    let send = |target: &'static str, content_type: Option<&'static str>, body: Vec<u8>| {
        let client = app.jobcenter();
        async move { client.send(reqwest::Method::POST, target, content_type, body).await }
    };
    let json = Some("application/json");
    assert_eq!(
        send(path, json, b"{\"a\":".to_vec()).await.problem(400),
        "malformed-body"
    );
    assert_eq!(
        send(path, json, b"{\"a\":1,\"a\":2}".to_vec()).await.problem(400),
        "malformed-body"
    );
    assert_eq!(send(path, json, vec![0xff, 0xfe]).await.problem(400), "malformed-body");
    assert_eq!(send(path, json, b"[]".to_vec()).await.errors(422), [" wrong_type"]);
    assert_eq!(
        send(path, None, b"{}".to_vec()).await.problem(415),
        "unsupported-media-type"
    );
    assert_eq!(
        send(path, Some("text/xml"), b"<a/>".to_vec()).await.problem(415),
        "unsupported-media-type"
    );
    let latin = Some("text/csv; charset=iso-8859-1");
    assert_eq!(
        send(path, latin, b"a".to_vec()).await.problem(415),
        "unsupported-media-type"
    );
    let csv = Some("text/csv");
    assert_eq!(
        send(path, csv, b"x;zone 1\nM\xe5l;1".to_vec()).await.problem(400),
        "malformed-body"
    );
    assert_eq!(send(path, csv, Vec::new()).await.problem(400), "malformed-body");
    // The limit is exact to the byte.
    let fits = vec![b' '; 65536];
    assert_eq!(send(path, json, fits).await.problem(400), "malformed-body");
    let large = vec![b' '; 65537];
    let answer = send(path, json, large).await;
    assert_eq!(answer.problem(413), "payload-too-large");
    assert!(answer.text().contains("65536"));
}

#[actix_web::test]
async fn csv_says_what_is_missing_in_the_query() {
    let app = TestApp::start().await;
    let answer = app
        .jobcenter()
        .post_csv(&format!("{PUSH}?empty_cells=zero"), &printed())
        .await;
    assert_eq!(answer.errors(422), ["extracted_on required"]);
    let answer = app
        .jobcenter()
        .post_csv(&format!("{PUSH}?extracted_on=1.1.2024&empty_cells=zero"), &printed())
        .await;
    assert_eq!(answer.errors(422), ["extracted_on invalid_date"]);
    let answer = app.jobcenter().post(CSV, &extract("2024-01-01")).await;
    assert_eq!(answer.errors(400), ["extracted_on csv_only", "empty_cells csv_only"]);
}

#[actix_web::test]
async fn a_table_with_odd_columns_and_rows_is_told_where() {
    let app = TestApp::start().await;
    let table = printed()
        .replace("Ledige (zone 2);", "Ledige (zone 7);")
        .replace("6.6 - Sygedagpengemodtager;26;", "6.6 - Sygedagpengemodtager;mange;");
    let errors = app.jobcenter().post_csv(CSV, &table).await.errors(422);
    assert_eq!(errors, ["1:3 unknown_column", "7:2 wrong_type"]);
}

#[actix_web::test]
async fn the_list_shows_the_current_revision_of_each_date() {
    let app = TestApp::start().await;
    push(&app, &extract("2024-01-01")).await.expect(201);
    let mut body = with_count(extract("2024-01-01"), "6.2", "zone-1", 28);
    body["revision_reason"] = json!("correction");
    push(&app, &body).await.expect(201);
    let list = app.as_role(Role::Fund).get(PUSH).await.expect(200);
    let rows: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| format!("{} r{}", item["extracted_on"].as_str().unwrap(), item["revision"]))
        .collect();
    assert_eq!(rows, ["2022-06-01 r1", "2024-01-01 r2"]);
}

#[actix_web::test]
async fn counts_that_cannot_be_read_are_one_error() {
    let app = TestApp::start().await;
    for counts in [json!(5), json!({}), json!(vec![0; 10_001])] {
        let body = json!({"extracted_on": "2024-01-01", "counts": counts, "empty_cells": "zero",
            "totals": {"all": 1137}, "comparators": [{"area": "fredericia", "count": 1}]});
        let errors = push(&app, &body).await.errors(422);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with("/counts "), "{errors:?}");
    }
}

#[actix_web::test]
async fn one_stray_code_does_not_hide_that_a_whole_zone_or_group_is_absent() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    let rows = body["counts"].as_array_mut().unwrap();
    rows.retain(|row| row["area"] != "zone-4" && row["target_group"] != "6.7");
    rows.push(json!({"area": "zone-9", "target_group": "6.1", "count": 1}));
    rows.push(json!({"area": "zone-1", "target_group": "9.9", "count": 1}));
    assert_eq!(
        push(&app, &body).await.errors(422),
        [
            "/counts/42/area unknown_area",
            "/counts/43/target_group unknown_target_group",
            "/counts missing_area",
            "/counts missing_target_group"
        ]
    );
    // A zone that is misspelt throughout is not said to be absent as well.
    let mut body = extract("2024-01-01");
    for row in body["counts"].as_array_mut().unwrap() {
        if row["area"] == "zone-4" {
            row["area"] = json!("zone4");
        }
    }
    let errors = push(&app, &body).await.errors(422);
    assert_eq!(errors.len(), 15);
    assert!(errors.iter().all(|error| error.ends_with("/area unknown_area")));
}

#[actix_web::test]
async fn stated_totals_are_kept_and_agree_with_each_other_where_a_count_is_missing() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["counts"].as_array_mut().unwrap().remove(0);
    body["empty_cells"] = json!("missing");
    body["totals"] = json!({"by_area": {"zone-1": 400}, "by_target_group": {"6.1": 119}, "all": 1137});
    assert_eq!(push(&app, &body).await.errors(422), ["/totals/all total_mismatch"]);
    body["totals"]["by_area"]["zone-1"] = json!(306);
    let receipt = push(&app, &body).await.expect(201);
    assert_eq!(receipt["totals"]["all"], 1137);
    assert_eq!(receipt["totals"]["by_area"]["zone-1"], 306);
    assert_eq!(receipt["totals"]["by_target_group"]["6.1"], 119);
}

#[actix_web::test]
async fn letters_are_the_same_however_they_were_typed() {
    let app = TestApp::start().await;
    let decomposed = printed().replace('å', "a\u{30a}");
    assert_ne!(decomposed, printed());
    let path = format!("{CSV}&source=Kilde%20p%C3%A5%20dansk");
    assert_eq!(
        app.jobcenter().post_csv(&path, &decomposed).await.expect(201)["totals"]["all"],
        1137
    );
    let path = format!("{CSV}&source=Kilde%20pa%CC%8A%20dansk");
    assert_eq!(
        app.jobcenter().post_csv(&path, &printed()).await.expect(200)["outcome"],
        "unchanged"
    );
}

#[actix_web::test]
async fn a_personal_number_is_refused_and_not_repeated() {
    let app = TestApp::start().await;
    for place in ["source", "note", "revision_reason"] {
        let mut body = extract("2024-01-01");
        body[place] = json!("om 010190-1234");
        let answer = push(&app, &body).await;
        assert_eq!(answer.errors(422), [format!("/{place} personal_number")]);
        assert!(!answer.text().contains("1234"));
    }
    let mut body = extract("2024-01-01");
    body["counts"][0]["note"] = json!("0101901234");
    assert_eq!(push(&app, &body).await.errors(422), ["/counts/0/note personal_number"]);
    let answer = app
        .jobcenter()
        .post_csv(&format!("{CSV}&source=010190%201234"), &printed())
        .await;
    assert_eq!(answer.errors(422), ["source personal_number"]);
}

#[actix_web::test]
async fn an_empty_reason_is_no_reason() {
    let app = TestApp::start().await;
    assert_eq!(app.jobcenter().post_csv(CSV, &printed()).await.status, 201);
    let path = format!("{CSV}&revision_reason=%20");
    assert_eq!(
        app.jobcenter().post_csv(&path, &printed()).await.errors(422),
        ["revision_reason length"]
    );
    let path = format!("{CSV}&replaces_revision=-1");
    assert_eq!(
        app.jobcenter().post_csv(&path, &printed()).await.errors(422),
        ["replaces_revision negative"]
    );
}

#[actix_web::test]
async fn tables_as_people_make_them_are_understood() {
    let app = TestApp::start().await;
    let path = format!("{CSV}&dry_run=true");
    for (old, new) in [
        ("\n;Ledige (zone 1);", "\nDelmængde;Ledige (zone 1);"),
        ("Ledige (alle)\nLedige fleks", "Ledige (alle);;\nLedige fleks"),
        ("Ledige (alle)", "Alle (zone 1-4)"),
        ("I alt;", "I alt (alle målgrupper);"),
        ("I alt;", "Sum:;"),
        ("6.1 - Dagpengemodtager", "6.1-Dagpenge"),
        ("6.1 - Dagpengemodtager", "6.1. Dagpenge"),
        ("INT-SP - Selvforsørgende i program", "int-sp"),
    ] {
        let table = printed();
        assert!(table.contains(old), "{old}");
        let answer = app.jobcenter().post_csv(&path, &table.replace(old, new)).await;
        assert_eq!(answer.status, 200, "{new}: {}", answer.text());
        assert_eq!(answer.json()["totals"]["all"], 1137);
    }
}

#[actix_web::test]
async fn tables_that_say_two_things_are_refused() {
    let app = TestApp::start().await;
    let path = format!("{CSV}&dry_run=true");
    let line = "6.1 - Dagpengemodtager;24;33;38;24;119\n";
    let again = |row: &str| printed().replace(line, &format!("{line}{row}\n"));
    let post = async |table: &str| app.jobcenter().post_csv(&path, table).await;
    // Nobody knows which of two rows is right: sums are not judged.
    assert_eq!(
        post(&again("6.1 - Dagpenge;25;33;38;24;120")).await.errors(422),
        ["3:1 duplicate"]
    );
    assert_eq!(
        post(&again("I alt;306;296;253;282;1.137")).await.errors(422),
        ["18:1 duplicate"]
    );
    let subset = "Ledige fleksjobberettigede (delmængde af målgruppe 6.9);4;12;8;13;37";
    assert_eq!(
        post(&format!("{}{subset}\n", printed())).await.errors(422),
        ["20:1 duplicate"]
    );
    let columns = printed().replace("Ledige (zone 2)", "Ledige (zone 1)");
    assert_eq!(post(&columns).await.errors(422), ["1:3 duplicate"]);
    let untitled = printed().replace("Ledige (zone 2);", ";");
    assert_eq!(post(&untitled).await.errors(422), ["1:3 unknown_column"]);
    let number = printed().replace("Dagpengemodtager;24;", "Dagpengemodtager;0.024;");
    assert_eq!(post(&number).await.errors(422), ["2:2 fractional"]);
    let quote = printed().replace("6.1 -", "\"6.1 -");
    assert_eq!(post(&quote).await.problem(400), "malformed-body");
    let wide = format!("group{}\n6.1;1\n", ";x".repeat(101));
    assert_eq!(post(&wide).await.errors(422), ["1:null too_many"]);
}

#[actix_web::test]
async fn a_population_that_does_not_hold_the_zones_is_refused() {
    let app = TestApp::start().await;
    let mut body = extract("2024-01-01");
    body["population"] = json!({"all-zones": 5200, "fredericia": 5000});
    assert_eq!(
        push(&app, &body).await.errors(422),
        ["/population/fredericia less_than_zones"]
    );
}

#[actix_web::test]
async fn a_share_in_other_digits_is_a_change_and_is_listed() {
    let app = TestApp::start().await;
    let body = |share: &str| {
        let text = extract("2024-01-01").to_string();
        format!(
            "{},\"shares\":{{\"zone-1\":{share}}},\"revision_reason\":\"digits\"}}",
            text.trim_end_matches('}')
        )
        .into_bytes()
    };
    let path = "/v1/plans/fredericia-2023-2026/kendskabsgrad/extracts";
    let client = app.jobcenter();
    let send = async |share: &str| {
        client
            .send(reqwest::Method::POST, path, Some("application/json"), body(share))
            .await
    };
    assert_eq!(send("21.9").await.status, 201);
    let receipt = send("21.90").await.expect(201);
    assert_eq!(receipt["changes"][0]["pointer"], "/shares/zone-1");
    assert!(send("21.90").await.text().contains("\"share\":21.90"));
}

#[actix_web::test]
async fn the_fields_that_are_read_are_those_that_are_documented() {
    let app = TestApp::start().await;
    let schemas = &crate::support::document::DOCUMENT["components"]["schemas"];
    let mut body = extract("2024-01-01");
    body["x"] = json!(1);
    body["counts"][0]["x"] = json!(1);
    body["subsets"] = json!([{"area": "zone-1", "target_group": "6.9", "subset": "unemployed", "count": 1, "x": 1}]);
    body["comparators"] = json!([{"area": "fredericia", "count": 4158, "x": 1}]);
    body["totals"] = json!({"x": 1});
    let problem = push(&app, &body).await.expect(422);
    for (schema, pointer) in [
        ("NewExtract", "/x"),
        ("NewCount", "/counts/0/x"),
        ("NewSubset", "/subsets/0/x"),
        ("NewComparator", "/comparators/0/x"),
        ("NewTotals", "/totals/x"),
    ] {
        let errors = problem["errors"].as_array().unwrap();
        let error = errors.iter().find(|error| error["pointer"] == pointer).unwrap();
        let detail = error["detail"].as_str().unwrap();
        let list = detail.rsplit("the fields are ").next().unwrap().trim_end_matches('.');
        let mut read: Vec<&str> = list.split(", ").collect();
        let mut documented: Vec<&str> = schemas[schema]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        read.sort_unstable();
        documented.sort_unstable();
        assert_eq!(read, documented, "{schema}");
    }
}
