//! The contingency plan as it is annexed, its versions, and the log of activations. Every activation is made up.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PLAN, TestApp};

const VERSION: &str = "contingency/versions/1";
const LOG: &str = "contingency/activations";

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

/// Somebody of an organisation.
fn of<'a>(app: &'a TestApp, role: Role, organisation: &str) -> Client<'a> {
    let token = app.token(role, Some(organisation), &[PLAN], None);
    app.with_token(&token).header("if-match", "*")
}

fn vandalism() -> Value {
    json!({"group": "group-1", "kind": "vandalism", "area": "zone-1", "raised_by": "boli-nu",
        "activated_at": "2024-06-01T20:15:00Z", "summary": "Hærværk ved en legeplads"})
}

fn police_case() -> Value {
    json!({"group": "group-2", "kind": "shooting", "area": "korskaerparken", "raised_by": "sydoestjyllands-politi",
        "activated_at": "2024-06-02T01:00:00+02:00", "summary": "Skud er hørt"})
}

fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn activate(client: &Client<'_>, body: &Value) -> (Value, String) {
    let answer = client.post(LOG, body).await;
    let activation = answer.expect(201);
    let path = format!("{LOG}/{}", activation["id"].as_str().unwrap());
    assert_eq!(answer.header("location"), format!("/v1/plans/{PLAN}/{path}"));
    (activation, path)
}

/// A version that a client sends, from the one that is there.
fn new_version(before: &Value, valid_from: &str) -> Value {
    let mut body = json!({"valid_from": valid_from, "source": "Områdesekretariatet"});
    for member in [
        "purposes",
        "situation",
        "situation_en",
        "groups",
        "communication",
        "contact_list_owner",
    ] {
        body[member] = before[member].clone();
    }
    body
}

async fn settle(client: &Client<'_>, activation: &str, action: &str, body: &Value) -> Answer {
    client.patch(&format!("{activation}/actions/{action}"), body).await
}

/// Does all that must be done, and judges the rest not to be needed.
async fn settle_all(app: &TestApp, path: &str) {
    let activation = secretariat(app).get(path).await.expect(200);
    for action in activation["actions"].as_array().unwrap() {
        let state = if action["need"] == "always" {
            "done"
        } else {
            "not_needed"
        };
        let body = json!({"state": state, "organisation": "omraadesekretariatet", "at": "2024-06-02T06:00:00Z"});
        settle(&secretariat(app), path, action["code"].as_str().unwrap(), &body)
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn the_plan_has_the_two_groups_of_the_annex_and_no_signature_that_it_does_not_print() {
    let app = TestApp::start().await;
    let plan = app.as_role(Role::Fund).get("contingency").await.expect(200);
    let groups = plan["groups"].as_array().unwrap();
    let seats = |index: usize| -> Vec<&str> {
        let seats = groups[index]["seats"].as_array().unwrap().iter();
        seats.map(|seat| seat["organisation"].as_str().unwrap()).collect()
    };
    assert_eq!(
        json!([groups[0]["code"], groups[0]["police_case"]]),
        json!(["group-1", false])
    );
    assert_eq!(
        seats(0),
        [
            "ssp-fredericia",
            "unge-og-uddannelse",
            "beskaeftigelse-og-borgerservice",
            "omraadesekretariatet"
        ]
    );
    assert_eq!(
        json!([groups[1]["code"], groups[1]["police_case"], groups[1]["activated_by"]]),
        json!(["group-2", true, ["police"]])
    );
    assert_eq!(seats(1).len(), 7);
    assert_eq!(seats(1)[0], "sydoestjyllands-politi");
    assert_eq!(
        groups[0]["activated_by"],
        json!(["municipality", "municipal_unit", "housing_organisation", "secretariat"])
    );
    let signatures = plan["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 7);
    assert!(signatures.iter().all(|one| one["signed_on"].is_null()));
    assert_eq!(
        json!([
            plan["is_signed_by_all"],
            plan["fund_approved_on"],
            plan["contact_list_confirmed_on"]
        ]),
        json!([false, null, null])
    );
    assert_eq!(
        app.as_role(Role::Fund).get("contingency?on=2022-12-31").await.status,
        404
    );
}

#[actix_web::test]
async fn parties_participants_and_the_fund_read_the_plan_and_others_do_not() {
    let app = TestApp::start().await;
    for (role, organisation, status) in [
        (Role::Municipality, "fredericia-kommune", 200),
        // A unit of a party.
        (Role::Municipality, "fredericia-bibliotek", 200),
        // The agreement does not say whose unit it is, but it has a seat.
        (Role::Municipality, "ssp-fredericia", 200),
        (Role::Municipality, "rusmiddelcentret", 404),
        (Role::Municipality, "no-such-organisation", 404),
        (Role::HousingOrganisation, "boligkontoret-fredericia", 200),
        (Role::Fund, "landsbyggefonden", 200),
        (Role::Board, "boli-nu", 403),
        (Role::Auditor, "boli-nu", 403),
    ] {
        let client = of(&app, role, organisation);
        assert_eq!(client.get("contingency").await.status, status, "{organisation}");
        assert_eq!(client.get(VERSION).await.status, status, "{organisation}");
        let list = client.get("contingency/versions").await;
        match status {
            403 => assert_eq!(list.status, 403),
            _ => assert_eq!(
                list.expect(200)["items"].as_array().unwrap().len(),
                usize::from(status == 200),
                "{organisation}"
            ),
        }
    }
    let token = app.token(Role::Municipality, None, &[PLAN], None);
    assert_eq!(app.with_token(&token).get("contingency").await.status, 404);
    // Who was given no scope by name has none.
    let usual = app.token(
        Role::Secretariat,
        None,
        &[PLAN],
        Some(&Role::Secretariat.default_scope()),
    );
    assert_eq!(app.with_token(&usual).get("contingency").await.status, 403);
    assert_eq!(app.with_token(&usual).get(LOG).await.status, 403);
}

#[actix_web::test]
async fn the_log_is_seen_by_the_board_and_by_those_who_have_a_seat() {
    let app = TestApp::start().await;
    let (_, path) = activate(&secretariat(&app), &police_case()).await;
    // Beside the one that the Jobcenter raised.
    for (role, organisation, seen) in [
        (Role::Board, "boli-nu", 2),
        (Role::Secretariat, "omraadesekretariatet", 2),
        (Role::Municipality, "fredericia-kommune", 2),
        (Role::Municipality, "unge-og-uddannelse", 2),
        (Role::Municipality, "jobcenter-fredericia", 1),
        (Role::Municipality, "fredericia-bibliotek", 0),
        (Role::HousingOrganisation, "boligkontoret-fredericia", 2),
    ] {
        let client = of(&app, role, organisation);
        let list = client.get(LOG).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), seen, "{organisation}");
        let status = if seen == 2 { 200 } else { 404 };
        assert_eq!(client.get(&path).await.status, status, "{organisation}");
        let item = client.get(&format!("{path}/actions/inform-board")).await;
        assert_eq!(item.status, status, "{organisation}");
    }
    assert_eq!(of(&app, Role::Fund, "landsbyggefonden").get(LOG).await.status, 403);
    let listed = |query: &'static str| {
        let client = secretariat(&app);
        async move {
            let list = client.get(&format!("{LOG}?{query}")).await.expect(200);
            list["items"].as_array().unwrap().len()
        }
    };
    assert_eq!(listed("group=group-2").await, 1);
    assert_eq!(listed("area=korskaerparken&state=active").await, 1);
    assert_eq!(listed("state=closed").await, 0);
}

#[actix_web::test]
async fn each_group_is_activated_by_those_who_may() {
    let app = TestApp::start().await;
    let boli = of(&app, Role::HousingOrganisation, "boli-nu");
    let (activation, _) = activate(&boli, &vandalism()).await;
    assert_eq!(
        json!([
            activation["state"],
            activation["police_case"],
            activation["version"],
            activation["activated_at"]
        ]),
        json!(["active", false, 1, "2024-06-01T20:15:00Z"])
    );
    for (client, change, errors) in [
        (
            &boli,
            json!({"raised_by": "boligkontoret-fredericia"}),
            vec!["/raised_by not_own"],
        ),
        (&boli, json!({"group": "group-2"}), vec!["/raised_by may_not_activate"]),
        (
            &boli,
            json!({"group": "group-2", "raised_by": "sydoestjyllands-politi"}),
            vec!["/raised_by not_own"],
        ),
        (
            &secretariat(&app),
            json!({"raised_by": "sydoestjyllands-politi"}),
            vec!["/raised_by may_not_activate"],
        ),
        (
            &secretariat(&app),
            json!({"raised_by": "landsbyggefonden"}),
            vec!["/raised_by may_not_activate"],
        ),
    ] {
        assert_eq!(
            client.post(LOG, &with(vandalism(), &change)).await.errors(422),
            errors,
            "{change}"
        );
    }
    // The secretariat records for others, and for the police.
    activate(&secretariat(&app), &vandalism()).await;
    let (after, _) = activate(
        &secretariat(&app),
        &with(police_case(), &json!({"follows": activation["id"]})),
    )
    .await;
    assert_eq!(
        json!([after["police_case"], after["follows"]]),
        json!([true, activation["id"]])
    );
    // A unit acts for itself, the municipality for its units.
    let municipality = of(&app, Role::Municipality, "fredericia-kommune");
    activate(
        &municipality,
        &with(vandalism(), &json!({"raised_by": "unge-og-uddannelse"})),
    )
    .await;
}

#[actix_web::test]
async fn all_that_is_wrong_with_an_activation_is_said_at_once() {
    let app = TestApp::start().await;
    let wrong = json!({"group": "group-3", "kind": "noise", "area": "nowhere", "raised_by": "nobody",
        "activated_at": "2024-06-01T20:15:00", "summary": "Set af 010190-1234", "follows": "x", "names": []});
    let mut errors = secretariat(&app).post(LOG, &wrong).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/activated_at invalid_instant",
            "/area unknown_area",
            "/follows invalid_id",
            "/group unknown_group",
            "/kind unknown_word",
            "/names unknown_field",
            "/raised_by unknown_organisation",
            "/summary personal_number"
        ]
    );
    let unknown = json!({"follows": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a00"});
    let answer = secretariat(&app).post(LOG, &with(vandalism(), &unknown)).await;
    assert_eq!(answer.errors(422), ["/follows unknown_activation"]);
    // The Jobcenter has no seat, and does not learn that the other is there.
    let (police, _) = activate(&secretariat(&app), &police_case()).await;
    let jobcenter = of(&app, Role::Municipality, "jobcenter-fredericia");
    let unseen = json!({"raised_by": "jobcenter-fredericia", "follows": police["id"]});
    assert_eq!(
        jobcenter.post(LOG, &with(vandalism(), &unseen)).await.errors(422),
        ["/follows unknown_activation"]
    );
    let early = json!({"activated_at": "2022-12-31T22:59:59Z"});
    assert_eq!(
        secretariat(&app)
            .post(LOG, &with(vandalism(), &early))
            .await
            .problem(409),
        "state-conflict"
    );
    // In Copenhagen the plan has begun.
    let first = json!({"activated_at": "2022-12-31T23:00:00Z"});
    activate(&secretariat(&app), &with(vandalism(), &first)).await;
}

#[actix_web::test]
async fn a_checklist_says_what_was_done_when_and_by_whom() {
    let app = TestApp::start().await;
    let (activation, path) = activate(&of(&app, Role::HousingOrganisation, "boli-nu"), &vandalism()).await;
    let actions: Vec<&str> = activation["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "inform-board",
            "situation-picture",
            "local-meetings",
            "civil-networks",
            "inform-public",
            "outreach"
        ]
    );
    let informed = json!({"state": "done", "organisation": "omraadesekretariatet", "at": "2024-06-01T21:00:00Z",
        "note": "Pr. telefon"});
    let item = settle(&secretariat(&app), &path, "inform-board", &informed)
        .await
        .expect(200);
    assert_eq!(json!([item["state"], item["note"]]), json!(["done", "Pr. telefon"]));
    let read = of(&app, Role::Board, "boli-nu").get(&path).await.expect(200);
    assert_eq!(read["board_informed_at"], "2024-06-01T21:00:00Z");
    assert_eq!(read["actions"][0], item);
    // What is not said stays, what is null goes.
    let item = settle(&secretariat(&app), &path, "inform-board", &json!({"note": null}))
        .await
        .expect(200);
    assert_eq!(json!([item["at"], item["note"]]), json!(["2024-06-01T21:00:00Z", null]));
    let open = json!({"state": "open", "organisation": null, "at": null});
    settle(&secretariat(&app), &path, "inform-board", &open)
        .await
        .expect(200);
    assert!(secretariat(&app).get(&path).await.expect(200)["board_informed_at"].is_null());
    // Where no time is said it is now.
    let boli = of(&app, Role::HousingOrganisation, "boli-nu");
    let now = json!({"state": "done", "organisation": "boli-nu"});
    let item = settle(&boli, &path, "inform-public", &now).await.expect(200);
    assert_eq!(item["at"], item["recorded_at"]);
    for (action, change, errors) in [
        (
            "inform-board",
            json!({"state": "not_needed", "organisation": "boli-nu"}),
            vec!["/state always_needed"],
        ),
        ("inform-board", json!({"state": "done"}), vec!["/organisation required"]),
        (
            "inform-board",
            json!({"state": "done", "organisation": "omraadesekretariatet"}),
            vec!["/organisation not_own"],
        ),
        (
            "inform-board",
            json!({"state": "done", "organisation": "boli-nu", "at": "2024-06-01T20:14:59Z"}),
            vec!["/at before_activation"],
        ),
        (
            "inform-board",
            json!({"state": "done", "organisation": "boli-nu", "at": "2999-01-01T00:00:00Z"}),
            vec!["/at in_the_future"],
        ),
        (
            "inform-public",
            json!({"state": "open"}),
            vec!["/at still_open", "/organisation still_open"],
        ),
        (
            "outreach",
            json!({"note": "Spørg 010190-1234", "who": "x"}),
            vec!["/note personal_number", "/who unknown_field"],
        ),
    ] {
        assert_eq!(
            settle(&boli, &path, action, &change).await.errors(422),
            errors,
            "{action} {change}"
        );
    }
    assert_eq!(settle(&boli, &path, "no-such-action", &now).await.status, 404);
}

#[actix_web::test]
async fn who_did_not_see_the_last_change_changes_nothing() {
    let app = TestApp::start().await;
    let (_, path) = activate(&secretariat(&app), &vandalism()).await;
    let client = app.as_role(Role::Secretariat);
    let item = format!("{path}/actions/outreach");
    let done = json!({"state": "done", "organisation": "omraadesekretariatet", "at": "2024-06-02T08:00:00Z"});
    for (target, patch) in [
        (item.as_str(), &done),
        (path.as_str(), &json!({"kind": "arson"})),
        (VERSION, &json!({"note": "Ny note"})),
    ] {
        assert_eq!(
            client.patch(target, patch).await.problem(428),
            "precondition-required",
            "{target}"
        );
        let tag = client.get(target).await.header("etag").to_owned();
        let once = client.clone().header("if-match", &tag);
        let changed = once.patch(target, patch).await;
        assert_eq!(changed.status, 200, "{target}: {}", changed.text());
        assert_eq!(
            client.get(target).await.header("etag"),
            changed.header("etag"),
            "{target}"
        );
        assert_eq!(
            once.patch(target, patch).await.problem(412),
            "precondition-failed",
            "{target}"
        );
        // The same again is no change.
        let again = client
            .clone()
            .header("if-match", changed.header("etag"))
            .patch(target, patch)
            .await;
        assert_eq!(again.header("etag"), changed.header("etag"), "{target}");
    }
}

#[actix_web::test]
async fn an_activation_is_closed_when_all_is_settled_and_then_never_changed() {
    let app = TestApp::start().await;
    let (_, path) = activate(&secretariat(&app), &vandalism()).await;
    let close = format!("{path}/close");
    let over = json!({"closed_at": "2024-06-03T08:00:00Z", "conclusion": "Der er roligt igen"});
    let answer = secretariat(&app).post(&close, &over).await;
    assert_eq!(answer.problem(409), "state-conflict");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("inform-board, situation-picture"), "{detail}");
    settle_all(&app, &path).await;
    for (change, errors) in [
        (
            json!({"closed_at": "2024-06-02T05:59:59Z"}),
            vec!["/closed_at wrong_order"],
        ),
        (
            json!({"closed_at": "2999-01-01T00:00:00Z"}),
            vec!["/closed_at in_the_future"],
        ),
        (
            json!({"conclusion": null, "extra": 1}),
            vec!["/conclusion required", "/extra unknown_field"],
        ),
    ] {
        let answer = secretariat(&app).post(&close, &with(over.clone(), &change)).await;
        assert_eq!(answer.errors(422), errors, "{change}");
    }
    let keyed = secretariat(&app).header("idempotency-key", "over");
    let closed = keyed.post(&close, &over).await;
    assert_eq!(
        json!([
            closed.expect(200)["state"],
            closed.json()["closed_at"],
            closed.json()["board_informed_at"]
        ]),
        json!(["closed", "2024-06-03T08:00:00Z", "2024-06-02T06:00:00Z"])
    );
    assert_eq!(keyed.post(&close, &over).await.body, closed.body);
    assert_eq!(
        secretariat(&app).post(&close, &over).await.problem(409),
        "state-conflict"
    );
    assert_eq!(
        secretariat(&app)
            .patch(&path, &json!({"kind": "arson"}))
            .await
            .problem(409),
        "state-conflict"
    );
    let note = json!({"note": "Senere"});
    assert_eq!(
        settle(&secretariat(&app), &path, "outreach", &note).await.problem(409),
        "state-conflict"
    );
    assert_eq!(secretariat(&app).get(&path).await.expect(200), closed.json());
}

#[actix_web::test]
async fn one_key_activates_once() {
    let app = TestApp::start().await;
    let client = of(&app, Role::HousingOrganisation, "boli-nu").header("idempotency-key", "night");
    let first = client.post(LOG, &vandalism()).await;
    let again = client.post(LOG, &vandalism()).await;
    assert_eq!((first.status, &first.body), (201, &again.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let list = client.get(LOG).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn an_activation_is_corrected_while_it_lasts() {
    let app = TestApp::start().await;
    let (_, path) = activate(&secretariat(&app), &vandalism()).await;
    let corrected = secretariat(&app)
        .patch(
            &path,
            &json!({"kind": "arson", "area": "korskaerparken", "summary": "Brand i en container"}),
        )
        .await
        .expect(200);
    assert_eq!(
        json!([
            corrected["kind"],
            corrected["area"],
            corrected["summary"],
            corrected["raised_by"]
        ]),
        json!(["arson", "korskaerparken", "Brand i en container", "boli-nu"])
    );
    let answer = secretariat(&app)
        .patch(&path, &json!({"raised_by": "boligkontoret-fredericia", "kind": "x"}))
        .await;
    assert_eq!(answer.errors(422), ["/kind unknown_word", "/raised_by unknown_field"]);
    let boli = of(&app, Role::HousingOrganisation, "boli-nu");
    assert_eq!(boli.patch(&path, &json!({"kind": "arson"})).await.status, 403);
}

#[actix_web::test]
async fn signatures_approval_and_confirmation_are_recorded_as_they_come() {
    let app = TestApp::start().await;
    let some = json!({"signatures": [{"organisation": "boli-nu", "signed_on": "2023-01-10"}],
        "fund_approved_on": "2023-02-01", "contact_list_confirmed_on": "2024-01-02"});
    let plan = secretariat(&app).patch(VERSION, &some).await.expect(200);
    let signed: Vec<&Value> = plan["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| !one["signed_on"].is_null())
        .collect();
    assert_eq!(signed, [&json!({"organisation": "boli-nu", "signed_on": "2023-01-10"})]);
    assert_eq!(
        json!([
            plan["is_signed_by_all"],
            plan["fund_approved_on"],
            plan["contact_list_confirmed_on"]
        ]),
        json!([false, "2023-02-01", "2024-01-02"])
    );
    // What was read, with days filled in, is sent back whole.
    let mut all = plan["signatures"].clone();
    for one in all.as_array_mut().unwrap() {
        one["signed_on"] = json!("2023-01-10");
    }
    let plan = secretariat(&app)
        .patch(VERSION, &json!({"signatures": all}))
        .await
        .expect(200);
    assert_eq!(
        json!([plan["is_signed_by_all"], plan["fund_approved_on"]]),
        json!([true, "2023-02-01"])
    );
    let wrong = json!({"signatures": [{"organisation": "boli-nu", "signed_on": "2999-01-01"},
        {"organisation": "vive", "signed_on": "2023-01-10"}, {"organisation": "boli-nu"}],
        "contact_list_confirmed_on": "2999-01-01", "groups": []});
    assert_eq!(
        secretariat(&app).patch(VERSION, &wrong).await.errors(422),
        [
            "/signatures/0/signed_on in_the_future",
            "/signatures/1/organisation has_no_seat",
            "/signatures/2 duplicate",
            "/contact_list_confirmed_on in_the_future",
            "/groups unknown_field"
        ]
    );
}

#[actix_web::test]
async fn a_new_version_holds_from_its_day_and_past_activations_keep_their_checklist() {
    let app = TestApp::start().await;
    let (before, path) = activate(&secretariat(&app), &vandalism()).await;
    let first = secretariat(&app)
        .patch(
            VERSION,
            &json!({"fund_approved_on": "2023-02-01", "contact_list_confirmed_on": "2024-01-02"}),
        )
        .await
        .expect(200);
    let mut body = new_version(&first, "2025-01-01");
    let actions = body["groups"][0]["actions"].as_array_mut().unwrap();
    actions.retain(|action| action["code"] != "outreach");
    let client = secretariat(&app).header("idempotency-key", "second");
    let made = client.post("contingency/versions", &body).await;
    assert_eq!(
        made.header("location"),
        format!("/v1/plans/{PLAN}/contingency/versions/2")
    );
    assert_eq!(client.post("contingency/versions", &body).await.body, made.body);
    let second = made.expect(201);
    assert_eq!(
        json!([
            second["version"],
            second["fund_approved_on"],
            second["contact_list_confirmed_on"]
        ]),
        json!([2, null, "2024-01-02"])
    );
    for (day, version) in [
        ("2023-01-01", 1),
        ("2024-12-31", 1),
        ("2025-01-01", 2),
        ("2026-12-31", 2),
    ] {
        let plan = app
            .as_role(Role::Fund)
            .get(&format!("contingency?on={day}"))
            .await
            .expect(200);
        assert_eq!(plan["version"], version, "{day}");
    }
    assert_eq!(secretariat(&app).get(&path).await.expect(200), before);
    let later = json!({"activated_at": "2025-03-01T12:00:00Z"});
    let (activation, _) = activate(&secretariat(&app), &with(vandalism(), &later)).await;
    assert_eq!(
        (&activation["version"], activation["actions"].as_array().unwrap().len()),
        (&json!(2), 5)
    );
    // Of two that begin on the same day the later one holds; none begins before the one written last.
    let third = secretariat(&app).post("contingency/versions", &body).await.expect(201);
    let plan = app
        .as_role(Role::Fund)
        .get("contingency?on=2025-06-01")
        .await
        .expect(200);
    assert_eq!((&plan["version"], &plan), (&json!(3), &third));
    let early = secretariat(&app)
        .post(
            "contingency/versions",
            &with(body, &json!({"valid_from": "2024-12-31"})),
        )
        .await;
    assert_eq!(early.errors(422), ["/valid_from out_of_range"]);
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_version_is_said_at_once() {
    let app = TestApp::start().await;
    let first = secretariat(&app).get(VERSION).await.expect(200);
    let mut body = new_version(&first, "2027-01-01");
    body["purposes"] = json!([]);
    body["groups"][1]["police_case"] = json!(false);
    body["groups"][1]["code"] = json!("group-1");
    body["groups"][0]["actions"][0]["informs_board"] = json!(false);
    let seat = body["groups"][0]["seats"][0].clone();
    body["groups"][0]["seats"].as_array_mut().unwrap().push(seat);
    body["contact_list_owner"] = json!("nobody");
    body["signatures"] = json!([]);
    let mut errors = secretariat(&app).post("contingency/versions", &body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/contact_list_owner unknown_organisation",
            "/groups groups",
            "/groups/0/actions informs_board",
            "/groups/0/seats/4 duplicate",
            "/groups/1 duplicate",
            "/purposes required",
            "/signatures unknown_field",
            "/valid_from out_of_range"
        ]
    );
    let mut body = new_version(&first, "2026-01-01");
    body["groups"][0]["seats"][0]["organisation"] = json!("nobody");
    body["groups"][0]["actions"][1]["need"] = json!("perhaps");
    body["situation"] = json!("Ring til 010190-1234");
    let mut errors = secretariat(&app).post("contingency/versions", &body).await.errors(422);
    errors.sort();
    assert_eq!(
        errors,
        [
            "/groups/0/actions/1/need unknown_word",
            "/groups/0/seats/0/organisation unknown_organisation",
            "/situation personal_number"
        ]
    );
    let boli = of(&app, Role::HousingOrganisation, "boli-nu");
    assert_eq!(boli.post("contingency/versions", &body).await.status, 403);
}
