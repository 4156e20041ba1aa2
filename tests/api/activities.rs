//! Activities: what is loaded, how they are found, what the secretariat may write, and what only a decision changes.

use helhedsplan::activities::rules::{ActivityStatus, NewPlacement};
use helhedsplan::activities::store::{self, Change, Decided};
use helhedsplan::auth::role::Role;
use helhedsplan::entities::plan;
use helhedsplan::problem::{At, Problem};
use helhedsplan::record::Clock;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, PLAN, TestApp};

fn codes(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["code"].as_str().unwrap()).collect()
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let list = app.public().get(&format!("activities?{query}")).await.expect(200);
    codes(&list).into_iter().map(str::to_owned).collect()
}

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

/// The secretariat, making something new.
fn maker(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-none-match", "*")
}

fn draft() -> Value {
    json!({"name": "Cykelværksted", "name_en": "Bicycle workshop", "focus_area": "kriminalitetsforebyggelse",
        "mobility": "mobile", "purpose": "Unge lærer at reparere cykler.", "purpose_en": "Young people mend bicycles.",
        "content": "Et værksted.", "content_en": "A workshop.",
        "target_groups": [{"name": "Unge", "name_en": "Youth", "age_from": 10, "age_to": 17}],
        "actors": [{"organisation": "ungdommens-hus", "name": "Ungdommens Hus", "name_en": "Youth House",
            "responsibility": "Lokale", "responsibility_en": "Premises"}],
        "commitments": [{"code": "evenings", "name": "Aftener", "name_en": "Evenings", "quantity": 1, "unit": "evenings",
            "per": "week", "source": "made up"}],
        "source": "made up"})
}

#[actix_web::test]
async fn the_fourteen_activities_of_the_agreement_are_there_in_its_order() {
    let app = TestApp::start().await;
    let list = app.public().get("activities").await.expect(200);
    assert_eq!(
        codes(&list),
        [
            "lektiecafe",
            "mind-your-own-business",
            "din-uddannelsesvej",
            "lommepenge-og-fritidsjob",
            "fremskudt-beskaeftigelsesindsats",
            "job-og-uddannelse-30-plus",
            "gadeplansarbejde",
            "bemandede-klubber-og-faellesskaber",
            "brobyggende-fritidsaktiviteter",
            "en-platform-til-mere",
            "baeredygtige-faellesskaber",
            "familieindsatser",
            "vejledningsbutikken",
            "oekonomisk-vejledning"
        ]
    );
    for activity in list["items"].as_array().unwrap() {
        let is_cohesion = activity["focus_area"] == "sammenhaengskraft-og-medborgerskab";
        let mobility = if is_cohesion { "all_zones" } else { "mobile" };
        assert_eq!(
            (&activity["mobility"], &activity["status"]),
            (&json!(mobility), &json!("active"))
        );
        let zones: Vec<&Value> = activity["placements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|placement| &placement["zone"])
            .collect();
        // The agreement names no zone for any other activity, so none is invented.
        if is_cohesion {
            assert_eq!(zones, [&json!("all-zones")]);
        } else {
            assert!(zones.iter().all(|zone| zone.is_null()), "{activity}");
        }
        for part in ["target_groups", "actors"] {
            assert!(!activity[part].as_array().unwrap().is_empty(), "{activity}");
        }
        assert!(!activity["source"].as_str().unwrap().is_empty());
    }
}

#[actix_web::test]
async fn the_commitments_carry_the_numbers_of_the_agreement() {
    let app = TestApp::start().await;
    for (activity, code, number) in [
        (
            "brobyggende-fritidsaktiviteter",
            "youth-school-classes",
            json!([20, "classes", "year"]),
        ),
        (
            "brobyggende-fritidsaktiviteter",
            "reserved-summer-places",
            json!([30, "places", "year"]),
        ),
        ("vejledningsbutikken", "weekly-opening", json!([1, "days", "week"])),
        ("oekonomisk-vejledning", "weekly-guidance", json!([1, "days", "week"])),
        (
            "lommepenge-og-fritidsjob",
            "training-job-months",
            json!([3, "months", null]),
        ),
        (
            "mind-your-own-business",
            "simultaneous-teams",
            json!([2, "teams", null]),
        ),
        ("mind-your-own-business", "programme-months", json!([8, "months", null])),
        ("din-uddannelsesvej", "aftercare", json!([null, null, null])),
    ] {
        let activity = app.public().get(&format!("activities/{activity}")).await.expect(200);
        let commitments = activity["commitments"].as_array().unwrap();
        let found = commitments
            .iter()
            .find(|commitment| commitment["code"] == code)
            .unwrap();
        assert_eq!(
            json!([found["quantity"], found["unit"], found["per"]]),
            number,
            "{code}"
        );
    }
}

#[actix_web::test]
async fn mind_your_own_business_has_two_teams_whose_zones_are_not_stated() {
    let app = TestApp::start().await;
    let activity = app.public().get("activities/mind-your-own-business").await.expect(200);
    assert_eq!(activity["teams_apart"], true);
    let list = app
        .public()
        .get("activities/mind-your-own-business/placements")
        .await
        .expect(200);
    let mut teams: Vec<(&Value, &Value, &Value)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|placement| (&placement["team"], &placement["zone"], &placement["basis"]))
        .collect();
    teams.sort_by_key(|(team, ..)| team.as_str());
    let (academy, program, agreement) = (json!("academy"), json!("program"), json!("agreement"));
    assert_eq!(
        teams,
        [
            (&academy, &Value::Null, &agreement),
            (&program, &Value::Null, &agreement)
        ]
    );
}

#[actix_web::test]
async fn activities_are_filtered_by_focus_area_zone_age_and_status() {
    let app = TestApp::start().await;
    let cohesion = [
        "baeredygtige-faellesskaber",
        "familieindsatser",
        "vejledningsbutikken",
        "oekonomisk-vejledning",
    ];
    assert_eq!(
        found(&app, "focus_area=sammenhaengskraft-og-medborgerskab").await,
        cohesion
    );
    assert_eq!(found(&app, "zone=zone-3").await, cohesion);
    assert_eq!(found(&app, "zone=zone-3&on=2024-05-01").await, cohesion);
    assert_eq!(found(&app, "zone=zone-3&on=2022-12-31").await, Vec::<String>::new());
    assert_eq!(found(&app, "status=active").await.len(), 14);
    assert_eq!(found(&app, "status=ended").await.len(), 0);
    // Nine-year-olds: clubs for ages 8 to 14, and whatever states no age.
    let nine = found(&app, "age=9&focus_area=kriminalitetsforebyggelse").await;
    assert_eq!(
        nine,
        [
            "bemandede-klubber-og-faellesskaber",
            "brobyggende-fritidsaktiviteter",
            "en-platform-til-mere"
        ]
    );
    assert_eq!(
        found(&app, "age=40&focus_area=beskaeftigelse").await,
        ["fremskudt-beskaeftigelsesindsats", "job-og-uddannelse-30-plus"]
    );
    // An open offer that states no age admits everybody.
    assert_eq!(
        found(&app, "age=29&focus_area=beskaeftigelse").await,
        ["job-og-uddannelse-30-plus"]
    );
    let both = app.public().get("activities?zone=zone-9&focus_area=x&age=121").await;
    assert_eq!(
        both.errors(422),
        ["focus_area unknown_focus_area", "zone unknown_zone", "age out_of_range"]
    );
    assert_eq!(
        app.public().get("activities?on=today").await.errors(400),
        ["on invalid_value"]
    );
    assert_eq!(
        app.public().get("activities?status=over").await.errors(400),
        ["status invalid_value"]
    );
}

#[actix_web::test]
async fn danish_is_found_whatever_the_case_the_accents_and_the_keyboard() {
    let app = TestApp::start().await;
    let homework = ["lektiecafe"];
    for query in [
        "lektiecaf%C3%A9er",
        "LEKTIECAF%C3%89ER",
        "lektiecafeer",
        // é as e and a combining accent.
        "lektiecafe%CC%81er",
        "homework%20CAF",
    ] {
        assert_eq!(found(&app, &format!("q={query}")).await, homework, "{query}");
    }
    // ø and å as their own letters, as a keyboard without them writes them, in capitals, and with a combining ring.
    for query in [
        "%C3%98konomisk%20vejledning",
        "oekonomisk%20vejledning",
        "%C3%B8KONOMISK%20Vejledning",
    ] {
        let found = found(&app, &format!("q={query}")).await;
        assert!(
            found.contains(&"oekonomisk-vejledning".to_owned()),
            "{query}: {found:?}"
        );
    }
    for query in ["p%C3%A5%20gaden", "P%C3%85%20GADEN", "paa%20gaden", "pa%CC%8A%20gaden"] {
        let found = found(&app, &format!("q={query}")).await;
        assert!(found.contains(&"gadeplansarbejde".to_owned()), "{query}: {found:?}");
    }
    assert_eq!(
        found(&app, "q=retshj%C3%A6lpen").await,
        ["vejledningsbutikken", "oekonomisk-vejledning"]
    );
    let long = app.public().get(&format!("activities?q={}", "a+".repeat(101))).await;
    assert_eq!(long.errors(422), ["q length"]);
    // Nothing is a wildcard, and words that stand nowhere together find nothing.
    assert_eq!(found(&app, "q=lektie%20og%20boldklub%20xyz").await.len(), 0);
    // `%`, `_`, `\`, `*` and `?` alone, inside a word, and where a pattern would have them.
    for query in [
        "%25",
        "_",
        "%5C",
        "*",
        "%3F",
        "%25%25",
        "%5C%25",
        "_%20%25",
        "%E2%80%93",
    ] {
        assert_eq!(found(&app, &format!("q={query}")).await.len(), 0, "{query}");
    }
    // They part words, of which each must occur: as a pattern the second would find nothing.
    assert_eq!(found(&app, "q=lek%25xyz%25caf").await.len(), 0);
    assert_eq!(found(&app, "q=CAF%C3%89%25lektie").await, homework);
    for query in [
        "lektiecaf%C3%A9%25",
        "%25LEKTIECAF%C3%89%25",
        "_lektiecafe_",
        "%5Clektiecaf%C3%A9",
    ] {
        assert_eq!(found(&app, &format!("q={query}")).await, homework, "{query}");
    }
    // Spaces ask for nothing.
    assert_eq!(found(&app, "q=%20").await.len(), 14);
}

#[actix_web::test]
async fn a_draft_is_seen_by_who_drafts_it_and_by_nobody_else() {
    let app = TestApp::start().await;
    let made = maker(&app).put("activities/cykelvaerksted", &draft()).await;
    assert_eq!(
        made.header("location"),
        format!("/v1/plans/{PLAN}/activities/cykelvaerksted")
    );
    let activity = made.expect(201);
    assert_eq!(
        json!([
            activity["status"],
            activity["is_published"],
            activity["version"],
            activity["placements"]
        ]),
        json!(["draft", false, 1, []])
    );
    let own = app.as_role(Role::Secretariat);
    assert_eq!(
        codes(&own.get("activities?status=draft").await.expect(200)),
        ["cykelvaerksted"]
    );
    assert_eq!(own.get("activities/cykelvaerksted").await.expect(200), activity);
    for role in [Role::Public, Role::Board, Role::Municipality] {
        let other = app.as_role(role);
        for path in ["activities/cykelvaerksted", "activities/cykelvaerksted/placements"] {
            assert_eq!(other.get(path).await.problem(404), "not-found", "{role}");
        }
        assert!(codes(&other.get("activities?q=cykelv%C3%A6rksted").await.expect(200)).is_empty());
    }
    let published = secretariat(&app)
        .patch("activities/cykelvaerksted", &json!({"is_published": true}))
        .await;
    assert_eq!(published.errors(422), ["/is_published not_in_force"]);
    let changed = secretariat(&app)
        .patch("activities/cykelvaerksted", &json!({"name": "Værkstedet"}))
        .await;
    assert_eq!(
        json!([changed.expect(200)["name"], changed.json()["version"]]),
        json!(["Værkstedet", 2])
    );
    let same = secretariat(&app)
        .patch("activities/cykelvaerksted", &json!({"name": "Værkstedet"}))
        .await;
    assert_eq!(same.expect(200)["version"], 2);
    assert!(secretariat(&app).delete("activities/cykelvaerksted").await.expect(200)["archived_at"].is_string());
    assert!(codes(&own.get("activities?status=draft").await.expect(200)).is_empty());
}

#[actix_web::test]
async fn what_is_in_force_changes_by_decision_only() {
    let app = TestApp::start().await;
    let path = "activities/lektiecafe";
    let patch = json!({"name": "Noget andet", "target_groups": [], "mobility": "all_zones", "status": "ended"});
    assert_eq!(
        secretariat(&app).patch(path, &patch).await.errors(422),
        [
            "/status read_only",
            "/mobility in_force",
            "/name in_force",
            "/target_groups in_force"
        ]
    );
    assert_eq!(secretariat(&app).delete(path).await.problem(409), "state-conflict");
    let presented = secretariat(&app)
        .patch(path, &json!({"description": "Prøvetekst", "is_published": false}))
        .await;
    assert_eq!(presented.expect(200)["version"], 2);
    assert_eq!(app.public().get(path).await.problem(404), "not-found");
    assert_eq!(found(&app, "q=pr%C3%B8vetekst").await.len(), 0);
    secretariat(&app)
        .patch(path, &json!({"is_published": true}))
        .await
        .expect(200);
    assert_eq!(found(&app, "q=pr%C3%B8vetekst").await, ["lektiecafe"]);
}

#[actix_web::test]
async fn a_draft_is_judged_whole_and_every_error_has_its_place() {
    let app = TestApp::start().await;
    let mut body = draft();
    body["focus_area"] = json!("x");
    body["mobility"] = json!("sometimes");
    body["target_groups"][0]["age_to"] = json!(9);
    body["actors"][0]["organisation"] = json!("x");
    body["commitments"][0]["unit"] = Value::Null;
    body["colour"] = json!("red");
    let codes = maker(&app).put("activities/Cykel_værksted", &body).await.errors(422);
    assert_eq!(
        codes,
        [
            "code invalid_code",
            "/focus_area unknown_focus_area",
            "/mobility unknown_word",
            "/actors/0/organisation unknown_organisation",
            "/target_groups/0/age_to wrong_order",
            "/commitments/0/unit quantity_and_unit",
            "/colour unknown_field"
        ]
    );
    body = draft();
    body["target_groups"][0]["age_to"] = json!(9);
    body["commitments"] = json!([body["commitments"][0], body["commitments"][0]]);
    body["commitments"][1]["unit"] = Value::Null;
    assert_eq!(
        maker(&app).put("activities/cykelvaerksted", &body).await.errors(422),
        [
            "/target_groups/0/age_to wrong_order",
            "/commitments/1/code duplicate",
            "/commitments/1/unit quantity_and_unit"
        ]
    );
    body = draft();
    body["purpose"] = json!("Ring til 010190-1234");
    assert_eq!(
        maker(&app).put("activities/cykelvaerksted", &body).await.errors(422),
        ["/purpose personal_number"]
    );
}

#[actix_web::test]
async fn a_write_of_an_activity_names_what_it_changes() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat);
    let path = "activities/lektiecafe";
    let read = client.get(path).await;
    let body = read.expect(200);
    let patch = json!({"description": "x"});
    assert_eq!(client.patch(path, &patch).await.problem(428), "precondition-required");
    assert_eq!(client.put(path, &body).await.problem(428), "precondition-required");
    let current = client.clone().header("if-match", read.header("etag"));
    // What a GET answered may be sent back, and changes nothing.
    let same = current.put(path, &body).await;
    assert_eq!(
        (same.expect(200), same.header("etag")),
        (body.clone(), read.header("etag"))
    );
    let changed = current.patch(path, &patch).await;
    changed.expect(200);
    assert_eq!(client.get(path).await.header("etag"), changed.header("etag"));
    assert_eq!(current.patch(path, &patch).await.problem(412), "precondition-failed");
    assert_eq!(maker(&app).put(path, &body).await.problem(412), "precondition-failed");
}

/// What a decision does, in a transaction as the decision's own.
async fn decide<T>(
    app: &TestApp,
    effect: impl AsyncFnOnce(&sea_orm::DatabaseTransaction, &plan::Model) -> Result<T, Problem>,
) -> Result<T, Vec<String>> {
    let plan = plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let transaction = app.state.db.begin().await.unwrap();
    let _clock = Clock::lock(&transaction, plan.id).await.unwrap();
    match effect(&transaction, &plan).await {
        Ok(done) => {
            transaction.commit().await.unwrap();
            Ok(done)
        }
        Err(problem) => {
            let errors = problem.errors().iter();
            Err(errors
                .map(|error| match &error.at {
                    At::Pointer(pointer) => format!("{pointer} {}", error.code),
                    other => format!("{other:?} {}", error.code),
                })
                .collect())
        }
    }
}

fn effect() -> At {
    At::Pointer("/effect".into())
}

async fn place(app: &TestApp, activity: &str, team: &str, zone: &str, from: &str) -> Result<Uuid, Vec<String>> {
    let new = NewPlacement {
        activity: activity.into(),
        team: team.into(),
        zone: zone.into(),
        starts_on: from.parse().unwrap(),
        ends_on: None,
    };
    let decided = Decided {
        decision: Uuid::now_v7(),
        note: None,
        source: "made up".into(),
    };
    decide(app, async move |transaction, plan| {
        store::place(transaction, plan, new, decided, &effect()).await
    })
    .await
}

#[actix_web::test]
async fn a_decision_places_and_moves_an_activity_and_history_stays() {
    let app = TestApp::start().await;
    place(&app, "lektiecafe", "", "zone-1", "2024-02-01").await.unwrap();
    place(&app, "lektiecafe", "", "zone-4", "2024-09-01").await.unwrap();
    let history = |answer: Answer| -> Vec<Value> {
        let items = answer.expect(200)["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| json!([item["zone"], item["starts_on"], item["ends_on"], item["basis"]]))
            .collect()
    };
    let path = "activities/lektiecafe/placements";
    assert_eq!(
        history(app.public().get(path).await),
        [
            json!(["zone-1", "2024-02-01", "2024-08-31", "decision"]),
            json!(["zone-4", "2024-09-01", null, "decision"])
        ]
    );
    for (on, zone) in [
        ("2024-08-31", json!(["zone-1"])),
        ("2024-09-01", json!(["zone-4"])),
        ("2024-01-31", json!([])),
    ] {
        let list = app.public().get(&format!("{path}?on={on}")).await.expect(200);
        let zones: Vec<&Value> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["zone"])
            .collect();
        assert_eq!(json!(zones), zone, "{on}");
    }
    assert!(found(&app, "zone=zone-4").await.contains(&"lektiecafe".to_owned()));
    assert!(!found(&app, "zone=zone-1").await.contains(&"lektiecafe".to_owned()));
    assert!(
        found(&app, "zone=zone-1&on=2024-05-01")
            .await
            .contains(&"lektiecafe".to_owned())
    );
}

#[actix_web::test]
async fn a_placement_that_cannot_be_is_refused_with_its_reason_and_leaves_nothing() {
    let app = TestApp::start().await;
    let myob = "mind-your-own-business";
    place(&app, myob, "program", "zone-1", "2024-02-01").await.unwrap();
    for (activity, team, zone, from, errors) in [
        (myob, "academy", "zone-1", "2024-03-01", vec!["/effect/zone zone_taken"]),
        (
            myob,
            "program",
            "zone-2",
            "2024-02-01",
            vec!["/effect/starts_on overlapping_placement"],
        ),
        (
            myob,
            "program",
            "zone-2",
            "2023-06-01",
            vec!["/effect/starts_on overlapping_placement"; 2],
        ),
        (
            "vejledningsbutikken",
            "",
            "zone-2",
            "2024-02-01",
            vec!["/effect/zone in_all_zones"],
        ),
        (
            "lektiecafe",
            "",
            "all-zones",
            "2022-02-01",
            vec!["/effect/zone unknown_zone", "/effect/starts_on outside_plan"],
        ),
        (
            "x",
            "",
            "zone-1",
            "2024-02-01",
            vec!["/effect/activity unknown_activity"],
        ),
    ] {
        let refused = place(&app, activity, team, zone, from).await.unwrap_err();
        assert_eq!(refused, errors, "{activity} {team} {zone} {from}");
    }
    place(&app, myob, "academy", "zone-2", "2024-03-01").await.unwrap();
    let list = app
        .public()
        .get(&format!("activities/{myob}/placements"))
        .await
        .expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 4);
}

#[actix_web::test]
async fn a_decision_changes_the_version_it_was_made_on_and_no_other() {
    let app = TestApp::start().await;
    maker(&app).put("activities/cykelvaerksted", &draft()).await.expect(201);
    let to = |status: ActivityStatus, version: i32| Change {
        activity: "cykelvaerksted".into(),
        version,
        status: Some(status),
        content: None,
    };
    let change = async |change: Change| {
        decide(&app, async move |transaction, plan| {
            store::change(transaction, plan.id, change, &effect()).await
        })
        .await
    };
    assert_eq!(change(to(ActivityStatus::Active, 1)).await, Ok(2));
    assert_eq!(
        change(to(ActivityStatus::Paused, 1)).await,
        Err(vec!["/effect/version stale_version".to_owned()])
    );
    assert_eq!(
        change(to(ActivityStatus::Draft, 2)).await,
        Err(vec!["/effect/status back_to_draft".to_owned()])
    );
    let row = app
        .as_role(Role::Secretariat)
        .get("activities/cykelvaerksted")
        .await
        .expect(200);
    let mut content = serde_json::from_value::<helhedsplan::activities::rules::Content>(row.clone()).unwrap();
    content.name = "Værkstedet".into();
    let with_content = Change {
        content: Some(content),
        ..to(ActivityStatus::Active, 2)
    };
    assert_eq!(change(with_content).await, Ok(3));
    secretariat(&app)
        .patch("activities/cykelvaerksted", &json!({"is_published": true}))
        .await
        .expect(200);
    let seen = app.public().get("activities/cykelvaerksted").await.expect(200);
    assert_eq!(
        json!([seen["name"], seen["status"], seen["version"]]),
        json!(["Værkstedet", "active", 4])
    );
    assert_eq!(found(&app, "q=v%C3%A6rkstedet").await, ["cykelvaerksted"]);
}
