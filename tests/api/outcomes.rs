//! Newcomers and outcomes: what of them is shown to whom, and what an attacker from outside can make of it.

use std::collections::{BTreeMap, BTreeSet};

use helhedsplan::auth::role::Role;
use helhedsplan::entities::{release, release_proof};
use helhedsplan::releases::store::audit;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use serde_json::{Value, json};

use crate::support::attacker::{Answers, Attacker, Cell};
use crate::support::quarters::{self, Parts, People, parts_of, people};
use crate::support::{Answer, Client, TestApp};

const QUARTER: &str = "2024-Q1";
const TABLE: &str = "participation/tables/outcomes?period=2024-Q1";
const PARTS: [&str; 5] = [
    "newcomers",
    "to_education",
    "to_job",
    "to_leisure_job",
    "to_association",
];

/// The value of each activity and measure; none where it is hidden.
type Cells = BTreeMap<(String, String), Option<u64>>;

async fn release(client: &Client<'_>, audience: &str) -> Answer {
    let body = json!({"period": QUARTER, "audience": audience});
    client.post("participation/releases", &body).await
}

fn note(cells: &mut Cells, row: &Value) {
    let text = |name: &str| row[name].as_str().unwrap().to_owned();
    let value = row["value"].as_u64();
    assert_eq!(
        row["status"],
        if value.is_some() { "final" } else { "suppressed" },
        "{row}"
    );
    let known = cells.insert((text("activity"), text("measure")), value);
    assert!(known.is_none_or(|known| known == value), "{row}");
}

async fn collect(client: &Client<'_>, query: &str) -> Cells {
    let answer = client.get(&format!("{TABLE}{query}")).await.expect(200);
    let mut cells = Cells::new();
    for row in answer["rows"].as_array().unwrap() {
        note(&mut cells, row);
    }
    cells
}

fn of(cells: &Cells, activity: &str, measure: &str) -> Option<u64> {
    cells[&(activity.to_owned(), measure.to_owned())]
}

/// What is true, of the activities that anything was reported of.
fn truth(quarter: &BTreeMap<&'static str, Vec<People>>) -> BTreeMap<(String, String), u64> {
    let mut truth = BTreeMap::new();
    for (activity, people) in quarter {
        for (row, parts) in people.iter().zip(parts_of(people)) {
            let measures = [("participants", row.3)]
                .into_iter()
                .chain(PARTS.into_iter().zip(parts));
            for (measure, number) in measures {
                for activity in [*activity, "total"] {
                    *truth.entry((activity.to_owned(), measure.to_owned())).or_default() += number as u64;
                }
            }
        }
    }
    truth
}

/// What he makes of a hidden number who knows the rules: every value that would be hidden.
fn possible(whole: u64, least: u64) -> Vec<u64> {
    let is_hidden = |value: &u64| {
        let is_few = |people: u64| 0 < people && people < least;
        whole < 2 * least || is_few(*value) || is_few(whole - value)
    };
    (0..=whole).filter(is_hidden).collect()
}

/// Solves for every hidden number with all that one release answers, and says how many are hidden.
fn attack(cells: &Cells, truth: &BTreeMap<(String, String), u64>) -> usize {
    let activities: BTreeSet<&String> = cells.keys().map(|(activity, _)| activity).collect();
    let mut hidden = 0;
    for measure in PARTS {
        let each = activities.iter().filter(|activity| **activity != "total");
        let values: Vec<Option<u64>> = each.clone().map(|activity| of(cells, activity, measure)).collect();
        // A total beside a hidden number would give it away, and beside none it says nothing new.
        assert_eq!(of(cells, "total", measure), values.iter().copied().sum(), "{measure}");
        for activity in each {
            let exact = truth
                .get(&((*activity).clone(), measure.to_owned()))
                .copied()
                .unwrap_or(0);
            let whole = of(cells, activity, "participants");
            match (whole, of(cells, activity, measure)) {
                (_, Some(value)) => {
                    assert_eq!(value, exact, "{activity} {measure}");
                    let whole = whole.unwrap();
                    let are_enough = [value, whole - value].iter().all(|people| *people == 0 || *people >= 5);
                    assert!(are_enough && (whole == 0 || whole >= 10), "{activity} {measure}");
                }
                (None, None) => hidden += 1,
                (Some(whole), None) => {
                    hidden += 1;
                    let possible = possible(whole, 5);
                    assert!(possible.contains(&exact), "{activity} {measure}");
                    for values in [possible.clone(), possible.iter().map(|value| whole - value).collect()] {
                        assert!(values.iter().any(|value| *value <= 1), "{activity} {measure}");
                        assert!(values.iter().any(|value| *value >= 5), "{activity} {measure}");
                    }
                }
            }
        }
    }
    hidden
}

#[actix_web::test]
async fn an_attacker_with_every_format_filter_and_audience_finds_no_hidden_newcomer_or_outcome() {
    let app = TestApp::start().await;
    let quarter = quarters::report_synthetic(&app.state.db, QUARTER, 700, 2).await;
    let truth = truth(&quarter);
    let made = release(&app.as_role(Role::Secretariat), "public").await.expect(201);
    assert_eq!(made["tables"].as_array().unwrap().last().unwrap(), "outcomes");
    let board = app.as_role(Role::Board);
    let cells = collect(&board, "").await;
    // 14 activities and their total, participants and five parts.
    assert_eq!(cells.len(), 15 * 6);
    assert!(attack(&cells, &truth) >= 4);
    let shown = PARTS.map(|part| of(&cells, "lektiecafe", part).is_some());
    assert_eq!(shown, [true, false, false, true, true], "{cells:?}");
    assert_eq!(of(&cells, "lektiecafe", "to_leisure_job"), Some(0));
    assert_eq!(of(&cells, "total", "to_leisure_job"), Some(0));
    assert_eq!(of(&cells, "total", "to_education"), None);
    // Whatever he asks, and in whatever format, it is the same table.
    let mut again = cells.clone();
    for query in [
        "&activity=lektiecafe,total",
        "&measure=to_education",
        "&measure=newcomers,participants&activity=lektiecafe",
        "&release=1",
    ] {
        for row in board.get(&format!("{TABLE}{query}")).await.expect(200)["rows"]
            .as_array()
            .unwrap()
        {
            note(&mut again, row);
        }
    }
    let csv = board.get(&format!("{TABLE}&format=csv")).await;
    let mut lines = csv.text().lines();
    assert_eq!(lines.next(), Some("period,activity,measure,value,status,share"));
    for line in lines {
        let [period, activity, measure, value, status, share] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        assert!(period == QUARTER && (share.is_empty() || !value.is_empty()), "{line}");
        let value: Option<u64> = value.parse().ok();
        note(
            &mut again,
            &json!({"activity": activity, "measure": measure, "value": value, "status": status}),
        );
    }
    let dataset = board.get(&format!("{TABLE}&format=jsonstat")).await.expect(200);
    assert_eq!(dataset["id"], json!(["activity", "measure", "period"]));
    assert_eq!(dataset["role"], json!({"metric": ["measure"], "time": ["period"]}));
    assert_eq!(
        dataset["dimension"]["measure"]["category"]["label"]["to_job"],
        "Videre til job"
    );
    let codes = |name: &str| {
        dataset["dimension"][name]["category"]["index"]
            .as_array()
            .unwrap()
            .clone()
    };
    let (activities, measures) = (codes("activity"), codes("measure"));
    for (place, value) in dataset["value"].as_object().unwrap() {
        let place: usize = place.parse().unwrap();
        note(
            &mut again,
            &json!({"activity": activities[place / measures.len()], "measure": measures[place % measures.len()],
                "value": value, "status": dataset["status"][place.to_string()]}),
        );
    }
    assert_eq!(again, cells, "no question says more than the table does");
    // The participants beside the parts are those of the other tables, and shares are of what is shown.
    let margins = "participation/tables/department-activity?period=2024-Q1&area=total";
    for row in board.get(margins).await.expect(200)["rows"].as_array().unwrap() {
        let activity = row["activity"].as_str().unwrap();
        assert_eq!(of(&cells, activity, "participants"), row["value"].as_u64(), "{row}");
    }
    for row in board.get(TABLE).await.expect(200)["rows"].as_array().unwrap() {
        let whole = of(&cells, row["activity"].as_str().unwrap(), "participants");
        let expected = row["value"].as_u64().zip(whole).filter(|(_, whole)| *whole > 0);
        match expected.filter(|_| row["measure"] != "participants") {
            None => assert_eq!(row["share"], Value::Null, "{row}"),
            Some((value, whole)) => {
                let exact = value as f64 * 100.0 / whole as f64;
                assert!((row["share"].as_f64().unwrap() - exact).abs() <= 0.05 + 1e-9, "{row}");
            }
        }
    }
    // Nor do parts narrow a hidden count of participants: whoever knows the newcomers finds nobody either.
    let newcomers = cells
        .iter()
        .filter(|((activity, measure), _)| activity != "total" && measure == "newcomers");
    let newcomers: BTreeMap<String, u64> = newcomers
        .filter_map(|((activity, _), value)| Some((activity.clone(), value.filter(|value| *value > 0)?)))
        .collect();
    assert!(newcomers.len() >= 2);
    let answers = Answers::collect(&board, "period=2024-Q1").await;
    let mut attacker = Attacker::who_also_knows(&newcomers, &answers, &BTreeSet::new());
    let exact = |codes: &Cell| {
        let fits = |wanted: &str, code: &str| wanted == "total" || wanted == code;
        let rows = quarter
            .iter()
            .flat_map(|(activity, rows)| rows.iter().map(move |row| (*activity, row)));
        let own = rows.filter(|(activity, (residence, age, gender, _))| {
            let lives = fits(&codes[0], residence) || codes[0] == residence.trim_end_matches("-unknown");
            lives && fits(&codes[1], activity) && fits(&codes[2], age) && fits(&codes[3], gender)
        });
        own.map(|(_, row)| row.3 as u64).sum()
    };
    assert_eq!(attacker.finds(exact, 5), Vec::<Cell>::new());
    // What the public is shown is part of that; an organisation knows its own numbers, and the others' no better.
    let public = collect(&app.public(), "").await;
    attack(&public, &truth);
    let own = app.as_role(Role::HousingOrganisation);
    let widest = collect(&own, "").await;
    for (cell, value) in &cells {
        assert!(public[cell].is_none() || public[cell] == *value, "{cell:?}");
        assert!(value.is_none() || widest[cell] == *value, "{cell:?}");
        if cell.0 == "lektiecafe" {
            assert_eq!(widest[cell], truth.get(cell).copied(), "{cell:?}");
        }
    }
    let mut others = widest.clone();
    others.retain(|(activity, _), _| activity != "lektiecafe");
    for ((activity, measure), value) in &mut others {
        if activity == "total" {
            *value = value.map(|value| value - truth[&("lektiecafe".to_owned(), measure.clone())]);
        }
    }
    assert!(attack(&others, &truth) >= 2);
}

/// 102 people of one activity and 60 of another.
fn two_activities() -> BTreeMap<&'static str, Vec<People>> {
    let four = [12, 20, 30, 40];
    let ages = ["10-14", "15-17", "18-29", "30-64"];
    let first = ages
        .iter()
        .zip(four)
        .map(|(age, number)| people("zone-1-unknown", age, "female", number));
    let other = ages.iter().map(|age| people("zone-2-unknown", age, "male", 15));
    BTreeMap::from([
        ("lektiecafe", first.collect()),
        ("baeredygtige-faellesskaber", other.collect()),
    ])
}

async fn report(app: &TestApp, activity: &str, rows: &[People], newcomers: i32, to_job: i32) {
    let mut parts: Vec<Parts> = vec![[0; 5]; rows.len()];
    let (mut newcomers, mut to_job) = (newcomers, to_job);
    for (row, parts) in rows.iter().zip(&mut parts) {
        parts[0] = newcomers.min(row.3);
        parts[2] = to_job.min(row.3);
        newcomers -= parts[0];
        to_job -= parts[2];
    }
    quarters::report_with(&app.state.db, activity, QUARTER, None, rows, &parts).await;
}

#[actix_web::test]
async fn corrections_keep_hidden_parts_hidden_and_are_refused_where_a_shown_part_turns_small() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    let office = app.as_role(Role::Secretariat);
    let board = app.as_role(Role::Board);
    let quarter = two_activities();
    let (first, other) = (&quarter["lektiecafe"], &quarter["baeredygtige-faellesskaber"]);
    report(&app, "lektiecafe", first, 12, 3).await;
    report(&app, "baeredygtige-faellesskaber", other, 57, 20).await;
    release(&office, "parties").await.expect(201);
    let before = collect(&board, "").await;
    let said = |cells: &Cells| {
        let each = ["lektiecafe", "baeredygtige-faellesskaber"]
            .map(|activity| ["newcomers", "to_job", "to_association"].map(|measure| of(cells, activity, measure)));
        json!(each)
    };
    // 3 of 102 are few, and so are the 3 who are left of 60.
    assert_eq!(said(&before), json!([[12, null, 0], [null, 20, 0]]));
    assert_eq!(of(&before, "total", "to_job"), None);
    assert_eq!(of(&before, "total", "to_association"), Some(0));
    assert_eq!(release(&office, "parties").await.expect(200)["number"], 1);
    // The same participants with one newcomer more: that is another release.
    report(&app, "lektiecafe", first, 13, 30).await;
    assert_eq!(release(&office, "parties").await.expect(201)["number"], 2);
    let after = collect(&board, "").await;
    assert_eq!(
        said(&after),
        json!([[13, null, 0], [null, 20, 0]]),
        "what was hidden stays hidden"
    );
    assert_eq!(collect(&board, "&release=1").await, before);
    // One who turned out not to be new after all leaves too few.
    report(&app, "lektiecafe", first, 2, 30).await;
    let refused = release(&office, "parties").await;
    assert_eq!(refused.errors(409), ["/period shown_before"]);
    assert!(
        refused
            .text()
            .contains("To parties: activity=lektiecafe, measure=newcomers was shown"),
        "{}",
        refused.text()
    );
    report(&app, "lektiecafe", first, 100, 30).await;
    assert_eq!(release(&office, "parties").await.errors(409), ["/period shown_before"]);
    assert_eq!(collect(&board, "").await, after);
    // An activity that is reported late: nobody's zeros bind nobody.
    assert_eq!(of(&after, "lommepenge-og-fritidsjob", "to_job"), Some(0));
    report(&app, "lektiecafe", first, 13, 30).await;
    let late: Vec<People> = [40, 41, 42]
        .into_iter()
        .zip(["10-14", "15-17", "18-29"])
        .map(|(number, age)| people("outside", age, "male", number))
        .collect();
    report(&app, "lommepenge-og-fritidsjob", &late, 50, 1).await;
    assert_eq!(release(&office, "parties").await.expect(201)["number"], 3);
    let third = collect(&board, "").await;
    assert_eq!(of(&third, "lommepenge-og-fritidsjob", "newcomers"), Some(50));
    assert_eq!(of(&third, "lommepenge-og-fritidsjob", "to_job"), None);
    assert!(
        quarters::verdicts(&app.state.db)
            .await
            .iter()
            .all(|verdict| verdict.wrong.is_empty())
    );
}

async fn last(app: &TestApp, audience: &str) -> release::Model {
    release::Entity::find()
        .filter(release::Column::Audience.eq(audience))
        .filter(release::Column::Period.eq(QUARTER))
        .order_by_desc(release::Column::Id)
        .one(app.state.db.read())
        .await
        .unwrap()
        .unwrap()
}

/// Everything that is wrong but that the audit log says something else, which it does of whatever was changed by hand.
fn but_for_the_seal(found: Vec<audit::Verdict>) -> Vec<String> {
    let wrong = found.into_iter().flat_map(|verdict| verdict.wrong);
    wrong
        .filter(|wrong| !wrong.ends_with("is not what the audit log says was stored"))
        .collect()
}

#[actix_web::test]
async fn an_audit_finds_parts_that_were_shown_or_hidden_by_hand() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    quarters::report_synthetic(&app.state.db, QUARTER, 500, 4).await;
    release(&app.as_role(Role::Secretariat), "public").await.expect(201);
    assert!(
        quarters::verdicts(&app.state.db)
            .await
            .iter()
            .all(|verdict| verdict.wrong.is_empty())
    );
    let row = last(&app, "public").await;
    let kept = row.parts.clone();
    let mut parts: Value = serde_json::from_str(kept.as_deref().unwrap()).unwrap();
    let values = parts["values"].as_array_mut().unwrap();
    let hidden = values
        .iter_mut()
        .flat_map(|row| row.as_array_mut().unwrap())
        .find(|value| value.is_null());
    *hidden.unwrap() = json!(1);
    let mut row = row.into_active_model();
    row.parts = Set(Some(parts.to_string()));
    let row = row.update(app.state.db.read()).await.unwrap();
    let found = but_for_the_seal(quarters::verdicts(&app.state.db).await);
    assert!(
        found
            .iter()
            .any(|wrong| wrong.contains("from what is published: part 1 of activity")),
        "{found:?}"
    );
    assert!(
        found.contains(&"newcomers and outcomes are not shown as the rules say".to_owned()),
        "{found:?}"
    );
    // And where they are gone, or their proof is.
    let mut row = row.into_active_model();
    row.parts = Set(None);
    row.update(app.state.db.read()).await.unwrap();
    assert_eq!(
        but_for_the_seal(quarters::verdicts(&app.state.db).await),
        ["newcomers and outcomes have no proof, or the proof has no release"]
    );
}

#[actix_web::test]
async fn a_release_from_before_has_no_outcomes_until_the_quarter_is_released_once_more() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    let office = app.as_role(Role::Secretariat);
    let quarter = two_activities();
    report(&app, "lektiecafe", &quarter["lektiecafe"], 12, 3).await;
    let made = release(&office, "public").await.expect(201);
    // As it was stored before parts were released.
    for row in release::Entity::find()
        .filter(release::Column::Period.eq(QUARTER))
        .all(app.state.db.read())
        .await
        .unwrap()
    {
        let proof = release_proof::Entity::find_by_id((row.plan_id, row.id))
            .one(app.state.db.read())
            .await
            .unwrap();
        let mut row = row.into_active_model();
        row.parts = Set(None);
        row.update(app.state.db.read()).await.unwrap();
        let mut proof = proof.unwrap().into_active_model();
        proof.parts = Set(None);
        proof.update(app.state.db.read()).await.unwrap();
    }
    let board = app.as_role(Role::Board);
    let missing = board.get(TABLE).await;
    assert_eq!(missing.problem(404), "not-found");
    assert!(missing.text().contains("has no outcomes"), "{}", missing.text());
    let path = format!("participation/releases/{}", made["id"].as_str().unwrap());
    assert_eq!(
        app.public().get(&path).await.expect(200)["tables"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        but_for_the_seal(quarters::verdicts(&app.state.db).await),
        Vec::<String>::new()
    );
    let again = release(&office, "public").await.expect(201);
    assert_eq!((&again["number"], &again["shown"]), (&json!(2), &made["shown"]));
    for client in [&board, &app.public()] {
        let cells = collect(client, "").await;
        assert_eq!(of(&cells, "lektiecafe", "newcomers"), Some(12));
        assert_eq!(of(&cells, "lektiecafe", "to_job"), None);
        assert_eq!(
            client.get(&format!("{TABLE}&release=1")).await.problem(404),
            "not-found"
        );
    }
    assert_eq!(
        but_for_the_seal(quarters::verdicts(&app.state.db).await),
        Vec::<String>::new()
    );
}

#[actix_web::test]
async fn outcomes_say_what_they_do_not_have_and_are_as_private_as_the_other_tables() {
    let app = TestApp::start().await;
    let quarter = two_activities();
    report(&app, "lektiecafe", &quarter["lektiecafe"], 12, 3).await;
    let board = app.as_role(Role::Board);
    assert_eq!(board.get(TABLE).await.problem(404), "not-found");
    release(&app.as_role(Role::Secretariat), "parties").await.expect(201);
    let wrong = board.get(&format!("{TABLE}&activity=pottery&measure=persons")).await;
    assert_eq!(
        wrong.errors(422),
        ["activity unknown_category", "measure unknown_category"]
    );
    assert_eq!(
        board.get(&format!("{TABLE}&audience=organisation")).await.errors(400),
        ["organisation invalid_value"]
    );
    assert_eq!(app.public().get(TABLE).await.problem(404), "not-found");
    let parties = format!("{TABLE}&audience=parties");
    assert_eq!(app.public().get(&parties).await.problem(404), "not-found");
    let danish = board
        .get(&format!(
            "{TABLE}&format=csv&locale=da&activity=lektiecafe&measure=newcomers"
        ))
        .await;
    assert_eq!(
        danish.text().lines().nth(1),
        Some("2024-Q1;lektiecafe;newcomers;12;final;11,8")
    );
}
