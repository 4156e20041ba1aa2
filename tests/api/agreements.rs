//! Agreements in versions: what is in force when, drafts, differences, staff hours.

use helhedsplan::agreements::store;
use helhedsplan::auth::role::Role;
use helhedsplan::entities::plan;
use helhedsplan::problem::Problem;
use helhedsplan::record::{Actor, Clock, Deed, Stamp};
use reqwest::Method;
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde_json::{Value, json};

use crate::support::document::DOCUMENT;
use crate::support::{Answer, Client, TestApp};

const SUB_AGREEMENTS: [&str; 4] = [
    "uddannelse-og-livschancer",
    "beskaeftigelse",
    "kriminalitetsforebyggelse",
    "sammenhaengskraft-og-medborgerskab",
];

/// Puts a draft in force, as a decision will.
async fn put_in_force(app: &TestApp, code: &str, version: i32, from: &str) -> Result<bool, Problem> {
    let plan = plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let transaction = app.state.db.begin().await.unwrap();
    let stamp = tick(&transaction, plan.id).await;
    let done = store::put_in_force(&transaction, &plan, code, version, from.parse().unwrap(), stamp).await?;
    transaction.commit().await.unwrap();
    Ok(done)
}

/// The next number of the plan's sequence.
async fn tick(transaction: &DatabaseTransaction, plan_id: i32) -> Stamp {
    let clock = Clock::lock(transaction, plan_id).await.unwrap();
    let deed = Deed {
        actor: Actor::operator(),
        operation: "put_agreement_in_force",
        target: "agreements".to_owned(),
    };
    clock.tick(transaction, deed).await.unwrap()
}

/// Writes a draft of an agreement with a change to its content, as the secretariat.
async fn draft(app: &TestApp, code: &str, change: Value) -> Value {
    let secretariat = app.as_role(Role::Secretariat);
    let versions = format!("agreements/{code}/versions");
    let draft = secretariat.post(&versions, &json!({"source": "Opdigtet"})).await;
    let (draft, tag) = (
        draft.expect(201),
        draft_tag(app, code, &draft.expect(201)["version"]).await,
    );
    let number = &draft["version"];
    let patched = patch(
        &secretariat.header("if-match", &tag),
        &format!("{versions}/{number}"),
        &json!({"content": change}),
    )
    .await;
    patched.expect(200)
}

async fn draft_tag(app: &TestApp, code: &str, number: &Value) -> String {
    let path = format!("agreements/{code}/versions/{number}");
    let answer = app.as_role(Role::Secretariat).get(&path).await;
    answer.header("etag").to_owned()
}

async fn patch(client: &Client<'_>, path: &str, body: &Value) -> Answer {
    let body = body.to_string().into_bytes();
    client
        .send(Method::PATCH, path, Some("application/merge-patch+json"), body)
        .await
}

async fn put(client: &Client<'_>, path: &str, body: &Value) -> Answer {
    let body = body.to_string().into_bytes();
    client.send(Method::PUT, path, Some("application/json"), body).await
}

async fn delete(client: &Client<'_>, path: &str) -> Answer {
    client.send(Method::DELETE, path, None, Vec::new()).await
}

/// The codes and places of a refusal's reasons.
fn reasons(problem: &Problem) -> Vec<&'static str> {
    problem.errors().iter().map(|error| error.code).collect()
}

#[actix_web::test]
async fn the_five_agreements_are_in_force_as_they_were_signed() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let list = fund.get("agreements?on=2023-01-01").await.expect(200);
    let found: Vec<(&str, &str, &Value)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap();
            assert_eq!(item["version"], 1);
            assert_eq!(item["governs"]["from"], "2023-01-01");
            (text("code"), text("kind"), &item["governs"]["to"])
        })
        .collect();
    let until = json!("2026-12-31");
    let printed = json!("2026-12-30");
    assert_eq!(
        found,
        [
            ("strategisk", "strategic", &until),
            ("uddannelse-og-livschancer", "sub_agreement", &printed),
            ("beskaeftigelse", "sub_agreement", &until),
            ("kriminalitetsforebyggelse", "sub_agreement", &until),
            ("sammenhaengskraft-og-medborgerskab", "sub_agreement", &until),
        ]
    );
    let crime = fund
        .get("agreements/kriminalitetsforebyggelse?on=2023-01-01")
        .await
        .expect(200);
    let note = crime["content"]["period"]["note"].as_str().unwrap();
    assert!(note.contains("2023-2026 uden datoer"), "{note}");
    let strategic = fund.get("agreements/strategisk?on=2024-01-01").await.expect(200);
    let content = &strategic["content"];
    assert_eq!(content["goals"].as_array().unwrap().len(), 4);
    let present: Vec<(&str, bool)> = content["annexes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|annex| annex["kind"] != "sub_agreement")
        .map(|annex| (annex["kind"].as_str().unwrap(), annex["present"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        present,
        [
            ("budget", false),
            ("contingency_plan", true),
            ("milestone_plan", false),
            ("terms_of_reference", true),
            ("reporting_form", false)
        ]
    );
    assert_eq!(
        content["annexes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|annex| annex["kind"] == "sub_agreement" && annex["present"] == true)
            .count(),
        4
    );
    // Signed by three organisations; the printed agreement has no dates and no names here.
    let signatures = content["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 3);
    assert!(signatures.iter().all(|signature| signature["signed_on"].is_null()));
}

#[actix_web::test]
async fn the_staff_hours_add_up_as_printed() {
    let app = TestApp::start().await;
    let staffing = app
        .as_role(Role::Auditor)
        .get("staffing?on=2024-01-01")
        .await
        .expect(200);
    let hours: Vec<(&str, String)> = staffing["focus_areas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["focus_area"].as_str().unwrap(), one["weekly_hours"].to_string()))
        .collect();
    assert_eq!(
        hours,
        [
            (SUB_AGREEMENTS[0], "84.5".to_owned()),
            (SUB_AGREEMENTS[1], "266.5".to_owned()),
            (SUB_AGREEMENTS[2], "119".to_owned()),
            (SUB_AGREEMENTS[3], "47".to_owned()),
        ]
    );
    assert_eq!(staffing["weekly_hours"].to_string(), "517");
    let organisations = staffing["organisations"].as_array().unwrap();
    let jobcenter = organisations
        .iter()
        .find(|one| one["organisation"] == "jobcenter-fredericia")
        .unwrap();
    assert_eq!(
        jobcenter["by_focus_area"],
        json!([
            {"focus_area": "uddannelse-og-livschancer", "weekly_hours": 37},
            {"focus_area": "beskaeftigelse", "weekly_hours": 222}
        ])
    );
    assert_eq!(jobcenter["weekly_hours"], 259);
    // The crime agreement names three jobs without saying whose they are: 3 × 37 hours, listed last.
    let unnamed = organisations.last().unwrap();
    assert_eq!(
        (&unnamed["organisation"], &unnamed["weekly_hours"]),
        (&Value::Null, &json!(111))
    );
    let rows = staffing["focus_areas"][1]["rows"].as_array().unwrap();
    let unstated: Vec<&Value> = rows.iter().filter(|row| row["weekly_hours"].is_null()).collect();
    assert_eq!(unstated.len(), 4);
    assert!(unstated.iter().all(|row| row["status"] == "not_stated"));
    // Nothing is in force before the plan begins.
    let before = app.as_role(Role::Fund).get("staffing?on=2022-12-31").await.expect(200);
    assert_eq!(
        (&before["focus_areas"], &before["weekly_hours"]),
        (&json!([]), &json!(0))
    );
}

#[actix_web::test]
async fn the_fund_fetches_each_sub_agreement_of_a_date_after_two_later_revisions() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let mut signed = Vec::new();
    for code in SUB_AGREEMENTS {
        let path = format!("agreements/{code}?on=2024-01-01");
        signed.push(fund.get(&path).await.expect(200)["content"].clone());
        for (version, from, activity) in [(2, "2024-07-01", "lektiecafe"), (3, "2025-07-01", "gadeplansarbejde")] {
            draft(&app, code, json!({"activities": [activity]})).await;
            assert!(put_in_force(&app, code, version, from).await.unwrap());
        }
    }
    for (code, signed) in SUB_AGREEMENTS.iter().zip(signed) {
        for (day, version) in [
            ("2023-01-01", 1),
            ("2024-01-01", 1),
            ("2024-06-30", 1),
            ("2024-07-01", 2),
            ("2025-06-30", 2),
            ("2025-07-01", 3),
            ("2026-12-30", 3),
        ] {
            let found = fund.get(&format!("agreements/{code}?on={day}")).await.expect(200);
            assert_eq!(found["version"], version, "{code} on {day}");
            if version == 1 {
                assert_eq!(found["content"], signed, "{code} on {day}");
            }
        }
        let history = fund.get(&format!("agreements/{code}/versions")).await.expect(200);
        let governs: Vec<&Value> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| &version["governs"])
            .collect();
        let end = if *code == SUB_AGREEMENTS[0] {
            "2026-12-30"
        } else {
            "2026-12-31"
        };
        assert_eq!(
            governs,
            [
                &json!({"from": "2023-01-01", "to": "2024-06-30"}),
                &json!({"from": "2024-07-01", "to": "2025-06-30"}),
                &json!({"from": "2025-07-01", "to": end}),
            ]
        );
    }
}

#[actix_web::test]
async fn the_difference_names_exactly_what_changed() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let path = "agreements/beskaeftigelse/versions";
    let first = fund.get(&format!("{path}/1")).await.expect(200);
    let mut content = first["content"].clone();
    content["staffing"][0]["weekly_hours"] = json!(185);
    content["staffing"].as_array_mut().unwrap().remove(2);
    content["parties"].as_array_mut().unwrap().reverse();
    content["parties"]
        .as_array_mut()
        .unwrap()
        .push(json!({"organisation": "ungeenheden", "capacity": "Leder"}));
    content["activities"] = json!(["job-og-uddannelse-30-plus", "fremskudt-beskaeftigelsesindsats"]);
    let job_ready = content["sub_goals"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|sub_goal| sub_goal["code"] == "job-ready")
        .unwrap();
    job_ready["measures"][0]["targets"][0]["change"] = json!(-25);
    draft(&app, "beskaeftigelse", content).await;
    let diff = fund.get(&format!("{path}/1/diff/2")).await.expect(200);
    let changes: Vec<(&str, &str, &Value, &Value)> = diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let text = |name: &str| change[name].as_str().unwrap();
            (text("kind"), text("path"), &change["before"], &change["after"])
        })
        .collect();
    let party = json!({"organisation": "ungeenheden", "capacity": "Leder"});
    let row = json!({"organisation": "sundhedsomraadet", "role": "Medarbejder fra Sundhedsområdet", "weekly_hours": 5, "note": null});
    let (none, of_target) = (
        Value::Null,
        "/sub_goals/job-ready/measures/job-ready-cash-benefit/targets/relative_change/change",
    );
    assert_eq!(
        changes,
        [
            ("added", "/parties/ungeenheden", &none, &party),
            ("changed", of_target, &json!(-20), &json!(-25)),
            (
                "changed",
                "/staffing/jobcenter-fredericia:Fremskudt beskæftigelsesmedarbejder/weekly_hours",
                &json!(222),
                &json!(185)
            ),
            (
                "removed",
                "/staffing/sundhedsomraadet:Medarbejder fra Sundhedsområdet",
                &row,
                &none
            ),
        ]
    );
    assert_eq!(
        (&diff["changes"][2]["text"], &diff["changes"][2]["text_en"]),
        (
            &json!(
                "Bemanding (jobcenter-fredericia:Fremskudt beskæftigelsesmedarbejder), timer om ugen: ændret fra 222 til 185."
            ),
            &json!(
                "Staffing (jobcenter-fredericia:Fremskudt beskæftigelsesmedarbejder), weekly hours: changed from 222 to 185."
            )
        )
    );
    let same = fund.get(&format!("{path}/2/diff/2")).await.expect(200);
    assert_eq!(same["changes"], json!([]));
    assert_eq!(fund.get(&format!("{path}/1/diff/9")).await.problem(404), "not-found");
    assert_eq!(
        fund.get(&format!("{path}/1/diff/x")).await.problem(400),
        "invalid-parameter"
    );
}

#[actix_web::test]
async fn where_none_is_in_force_the_nearest_is_named() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    for (code, day, named) in [
        ("beskaeftigelse", "2022-12-31", "in force from 2023-01-01 to 2026-12-31"),
        ("beskaeftigelse", "2027-01-01", "in force from 2023-01-01 to 2026-12-31"),
        (
            "uddannelse-og-livschancer",
            "2026-12-31",
            "in force from 2023-01-01 to 2026-12-30",
        ),
    ] {
        let problem = fund.get(&format!("agreements/{code}?on={day}")).await.expect(404);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("version 1") && detail.contains(named), "{detail}");
    }
    let danish = fund.header("accept-language", "da");
    let problem = danish.get("agreements/beskaeftigelse?on=2027-01-01").await.expect(404);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Den nærmeste er version 1"), "{detail}");
    for query in ["on=2024-2-1", "on=2024-02-30", "on=x", "colour=red"] {
        let answer = danish.get(&format!("agreements/beskaeftigelse?{query}")).await;
        assert_eq!(answer.problem(400), "invalid-parameter", "{query}");
    }
}

#[actix_web::test]
async fn as_of_gives_what_was_known_to_be_in_force() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let draft = draft(&app, "beskaeftigelse", json!({"staffing": []})).await;
    let before = draft["changed_at"].as_str().unwrap();
    // Decided late, it holds from a day that has long begun.
    put_in_force(&app, "beskaeftigelse", 2, "2023-07-01").await.unwrap();
    let path = "agreements/beskaeftigelse?on=2024-01-01";
    assert_eq!(fund.get(path).await.expect(200)["version"], 2);
    let then = fund.get(&format!("{path}&as_of={before}")).await.expect(200);
    assert_eq!(then["version"], 1);
    assert_eq!(then["governs"], json!({"from": "2023-01-01", "to": "2026-12-31"}));
    let staffing = fund.get("staffing?on=2024-01-01").await.expect(200);
    assert_eq!(staffing["weekly_hours"].to_string(), "250.5");
    let then = fund
        .get(&format!("staffing?on=2024-01-01&as_of={before}"))
        .await
        .expect(200);
    assert_eq!(then["weekly_hours"], 517);
    let then = fund
        .get(&format!("agreements?on=2024-01-01&as_of={before}"))
        .await
        .expect(200);
    assert_eq!(then["items"][2]["version"], 1);
    let problem = fund
        .get(&format!("{path}&as_of=2000-01-01T00:00:00Z"))
        .await
        .expect(404);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("none was on any other day")
    );
    let future = fund.get(&format!("{path}&as_of=2999-01-01T00:00:00Z")).await;
    assert_eq!(future.errors(422), ["as_of in_the_future"]);
}

#[actix_web::test]
async fn two_who_edit_one_draft_do_not_overwrite_each_other() {
    let app = TestApp::start().await;
    let path = "agreements/beskaeftigelse/versions/2";
    draft(&app, "beskaeftigelse", json!({"activities": ["lektiecafe"]})).await;
    let (secretariat, housing) = (app.as_role(Role::Secretariat), app.as_role(Role::HousingOrganisation));
    let tag = secretariat.get(path).await.header("etag").to_owned();
    let change = json!({"note": "Først"});
    assert_eq!(
        patch(&secretariat, path, &change).await.problem(428),
        "precondition-required"
    );
    let first = patch(&secretariat.clone().header("if-match", &tag), path, &change).await;
    assert_eq!(first.expect(200)["note"], "Først");
    let second = patch(
        &housing.clone().header("if-match", &tag),
        path,
        &json!({"note": "Sidst"}),
    )
    .await;
    assert_eq!(second.problem(412), "precondition-failed");
    // The answer to a write carries the new validator.
    let mut whole = first.expect(200);
    whole["note"] = json!("Sidst");
    let body: Value = ["base", "effective_from", "note", "source", "content"]
        .into_iter()
        .map(|name| (name.to_owned(), whole[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let third = put(&housing.clone().header("if-match", first.header("etag")), path, &body).await;
    assert_eq!(third.expect(200)["note"], "Sidst");
    assert_eq!(
        delete(&secretariat.clone().header("if-match", &tag), path)
            .await
            .problem(412),
        "precondition-failed"
    );
    assert_eq!(delete(&secretariat, path).await.problem(428), "precondition-required");
    let gone = delete(&secretariat.clone().header("if-match", third.header("etag")), path).await;
    assert_eq!(gone.status, 204);
    assert_eq!(secretariat.get(path).await.problem(404), "not-found");
    // Its number is not given out again.
    let next = draft(&app, "beskaeftigelse", json!({"activities": ["familieindsatser"]})).await;
    assert_eq!(next["version"], 3);
}

#[actix_web::test]
async fn of_two_changes_at_the_same_moment_one_is_told_that_it_came_too_late() {
    let app = TestApp::start().await;
    let path = "agreements/beskaeftigelse/versions/2";
    draft(&app, "beskaeftigelse", json!({"activities": ["lektiecafe"]})).await;
    let client = app.as_role(Role::Secretariat);
    let client = client.clone().header("if-match", client.get(path).await.header("etag"));
    let (one, other) = (json!({"note": "Den ene"}), json!({"note": "Den anden"}));
    let (one, other) = tokio::join!(patch(&client, path, &one), patch(&client, path, &other));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let kept = if one.status == 200 { one } else { other };
    assert_eq!(client.get(path).await.expect(200), kept.expect(200));
}

#[actix_web::test]
async fn a_decision_that_is_not_carried_through_puts_nothing_in_force() {
    let app = TestApp::start().await;
    draft(&app, "beskaeftigelse", json!({"activities": ["lektiecafe"]})).await;
    let path = "agreements/beskaeftigelse/versions/2";
    let before = app.as_role(Role::Fund).get(path).await;
    let plan = plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let transaction = app.state.db.begin().await.unwrap();
    let stamp = tick(&transaction, plan.id).await;
    let from = "2024-07-01".parse().unwrap();
    let done = store::put_in_force(&transaction, &plan, "beskaeftigelse", 2, from, stamp).await;
    assert!(done.unwrap());
    transaction.rollback().await.unwrap();
    assert_eq!(app.as_role(Role::Fund).get(path).await.body, before.body);
}

#[actix_web::test]
async fn what_is_in_force_is_changed_by_nobody() {
    let app = TestApp::start().await;
    let path = "agreements/beskaeftigelse/versions/1";
    for role in [Role::Secretariat, Role::HousingOrganisation] {
        let client = app.as_role(role);
        let read = client.get(path).await;
        let client = client.header("if-match", read.header("etag"));
        assert_eq!(
            patch(&client, path, &json!({"note": "x"})).await.problem(409),
            "state-conflict"
        );
        assert_eq!(put(&client, path, &json!({})).await.problem(409), "state-conflict");
        assert_eq!(delete(&client, path).await.problem(409), "state-conflict");
        assert_eq!(client.get(path).await.body, read.body);
    }
}

#[actix_web::test]
async fn only_secretariat_and_housing_organisations_write_drafts() {
    let app = TestApp::start().await;
    let versions = "agreements/beskaeftigelse/versions";
    let body = json!({"source": "Opdigtet"});
    for role in [Role::Municipality, Role::Board, Role::Fund, Role::Auditor] {
        let client = app.as_role(role);
        assert_eq!(client.post(versions, &body).await.problem(403), "forbidden", "{role}");
        let path = format!("{versions}/1");
        assert_eq!(patch(&client, &path, &body).await.problem(403), "forbidden", "{role}");
        assert_eq!(put(&client, &path, &body).await.problem(403), "forbidden", "{role}");
        assert_eq!(delete(&client, &path).await.problem(403), "forbidden", "{role}");
    }
    assert_eq!(app.public().get("agreements").await.problem(401), "unauthenticated");
    for role in [Role::Secretariat, Role::HousingOrganisation] {
        let key = app.as_role(role).header("idempotency-key", "one");
        let first = key.post(versions, &body).await;
        let draft = first.expect(201);
        assert_eq!((&draft["state"], &draft["base"]), (&json!("draft"), &json!(1)));
        assert_eq!(draft["governs"], Value::Null);
        let location = first.header("location").to_owned();
        assert_eq!(app.as_role(role).get(&location).await.expect(200), draft);
        // A retry makes no second draft.
        let again = key.post(versions, &body).await;
        assert_eq!((again.status, &again.body), (201, &first.body));
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
    let list = app.as_role(Role::Board).get(versions).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    // A draft holds for nobody.
    let in_force = app
        .as_role(Role::Board)
        .get("agreements/beskaeftigelse?on=2024-01-01")
        .await;
    assert_eq!(in_force.expect(200)["version"], 1);
}

#[actix_web::test]
async fn every_error_of_a_draft_is_named_at_once() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let body = json!({
        "base": 9,
        "effective_from": "2024-02-30",
        "colour": "red",
        "content": {
            "period": {"from": "2022-01-01", "to": "2026-12-31"},
            "parties": [
                {"organisation": "nobody", "capacity": "x"},
                {"organisation": "boli-nu", "capacity": "x"},
                {"organisation": "boli-nu", "capacity": "y"},
                {"organisation": "boli-nu"}
            ],
            "sub_goals": [{"code": "x", "name": "x", "name_en": "x", "source": "x", "goals": ["no-such-goal"], "measures": []}],
            "activities": ["Lektiecafé", "a", "a"],
            "staffing": [
                {"role": "x", "weekly_hours": -1},
                {"role": "y", "weekly_hours": 1.125},
                {"role": "z", "weekly_hours": "37"},
                {"role": "010190-1234", "weekly_hours": 37}
            ],
            "annexes": [{"kind": "budget", "present": true}],
            "period_note": "x",
            "signatures": [{"organisation": "boli-nu", "signed_on": "yesterday"}]
        }
    });
    let mut errors = client
        .post("agreements/beskaeftigelse/versions", &body)
        .await
        .errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/colour unknown_field",
            "/content/activities/0 invalid_code",
            "/content/activities/1 unknown_activity",
            "/content/activities/2 duplicate",
            "/content/activities/2 unknown_activity",
            "/content/annexes not_in_this_agreement",
            "/content/parties/0/organisation unknown_organisation",
            "/content/parties/2 duplicate",
            "/content/parties/3/capacity required",
            "/content/period/from outside_plan",
            "/content/period_note unknown_field",
            "/content/signatures/0/signed_on invalid_date",
            "/content/staffing/0/weekly_hours out_of_range",
            "/content/staffing/1/weekly_hours out_of_range",
            "/content/staffing/2/weekly_hours wrong_type",
            "/content/staffing/3/role personal_number",
            "/content/sub_goals/0/measures required",
            "/effective_from invalid_date",
            "/source required",
        ]
    );
    let body = json!({"source": "x", "content": {"parties": []}});
    let answer = client.post("agreements/beskaeftigelse/versions", &body).await;
    assert_eq!(
        answer.errors(422),
        ["/content/period required", "/content/parties required"]
    );
    let body = json!({"source": "Opdigtet", "base": 9});
    let answer = client.post("agreements/beskaeftigelse/versions", &body).await;
    assert_eq!(answer.errors(422), ["/base unknown_version"]);
    let body = json!({"source": "x", "content": {
        "period": {"from": "2023-01-01", "to": "2022-12-31"},
        "parties": [{"organisation": "boli-nu", "capacity": "x"}],
        "staffing": [{"role": "x"}],
        "annexes": [
            {"kind": "sub_agreement", "present": true},
            {"kind": "budget", "focus_area": "beskaeftigelse", "present": true}
        ]
    }});
    let mut errors = client.post("agreements/strategisk/versions", &body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/content/annexes/0/focus_area required",
            "/content/annexes/1/focus_area unexpected",
            "/content/period/to invalid_period",
            "/content/staffing not_in_this_agreement",
        ]
    );
}

#[actix_web::test]
async fn a_sub_goal_serves_a_goal_that_the_strategic_agreement_has() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    let first = fund.get("agreements/beskaeftigelse/versions/1").await.expect(200);
    let mut content = first["content"].clone();
    content["sub_goals"][0]["goals"] = json!(["employment", "happiness"]);
    let body = json!({"source": "Opdigtet", "content": content});
    let answer = app
        .as_role(Role::Secretariat)
        .post("agreements/beskaeftigelse/versions", &body)
        .await;
    assert_eq!(answer.errors(422), ["/content/sub_goals/0/goals/1 unknown_goal"]);
}

#[actix_web::test]
async fn a_draft_takes_force_once_and_only_while_it_fits() {
    let app = TestApp::start().await;
    let code = "beskaeftigelse";
    draft(&app, code, json!({"activities": ["lektiecafe"]})).await;
    draft(&app, code, json!({"activities": ["familieindsatser"]})).await;
    let refused = put_in_force(&app, code, 2, "2022-06-01").await.unwrap_err();
    assert_eq!(reasons(&refused), ["outside_period", "before_predecessor"]);
    assert!(put_in_force(&app, code, 2, "2024-07-01").await.unwrap());
    assert!(!put_in_force(&app, code, 2, "2024-07-01").await.unwrap());
    assert!(put_in_force(&app, code, 2, "2025-01-01").await.is_err());
    // The other draft was written from version 1.
    let refused = put_in_force(&app, code, 3, "2024-06-30").await.unwrap_err();
    assert_eq!(reasons(&refused), ["stale_base", "before_predecessor"]);
    let path = "agreements/beskaeftigelse/versions/3";
    let client = app.as_role(Role::Secretariat);
    let tag = client.get(path).await.header("etag").to_owned();
    let client = client.header("if-match", &tag);
    let wrong = patch(&client, path, &json!({"base": 7})).await;
    assert_eq!(wrong.errors(422), ["/base unknown_version"]);
    patch(&client, path, &json!({"base": 2})).await.expect(200);
    assert!(put_in_force(&app, code, 3, "2025-01-01").await.unwrap());
    assert!(put_in_force(&app, code, 4, "2025-01-01").await.is_err());
    assert!(put_in_force(&app, "no-such-agreement", 1, "2025-01-01").await.is_err());
}

#[actix_web::test]
async fn a_draft_that_names_what_was_archived_since_does_not_take_force() {
    use helhedsplan::entities::organisation;
    use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
    let app = TestApp::start().await;
    draft(&app, "beskaeftigelse", json!({"activities": ["lektiecafe"]})).await;
    let transaction = app.state.db.begin().await.unwrap();
    let row = organisation::Entity::find_by_id((1, "business-fredericia".to_owned()))
        .one(&transaction)
        .await
        .unwrap()
        .unwrap();
    let mut row = row.into_active_model();
    row.archived_at = Set(Some(helhedsplan::db::now()));
    row.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let refused = put_in_force(&app, "beskaeftigelse", 2, "2024-07-01").await.unwrap_err();
    assert_eq!(reasons(&refused), ["unknown_organisation"]);
}

#[actix_web::test]
async fn a_draft_whose_activity_was_archived_since_does_not_take_force() {
    use helhedsplan::entities::activity;
    use sea_orm::{ActiveModelTrait, Set};
    let app = TestApp::start().await;
    draft(
        &app,
        "beskaeftigelse",
        json!({"activities": ["lektiecafe", "familieindsatser"]}),
    )
    .await;
    let transaction = app.state.db.begin().await.unwrap();
    let row = activity::ActiveModel {
        plan_id: Set(1),
        code: Set("familieindsatser".to_owned()),
        archived_at: Set(Some(helhedsplan::db::now())),
        ..Default::default()
    };
    row.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let refused = put_in_force(&app, "beskaeftigelse", 2, "2024-07-01").await.unwrap_err();
    assert_eq!(reasons(&refused), ["unknown_activity"]);
}

#[actix_web::test]
async fn the_examples_of_the_document_are_accepted() {
    let app = TestApp::start().await;
    let schemas = &DOCUMENT["components"]["schemas"];
    let client = app.as_role(Role::Secretariat);
    let path = "agreements/beskaeftigelse/versions";
    let made = client.post(path, &schemas["NewAgreementVersion"]["example"]).await;
    assert_eq!(made.expect(201)["effective_from"], "2024-07-01");
    let path = format!("{path}/2");
    let tagged = client
        .clone()
        .header("if-match", client.get(&path).await.header("etag"));
    let changed = patch(&tagged, &path, &schemas["AgreementVersionPatch"]["example"]).await;
    changed.expect(200);
}
