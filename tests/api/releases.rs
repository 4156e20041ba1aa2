//! Releases of participants: what is shown to whom, and what an attacker from outside can make of it.

use std::collections::{BTreeMap, BTreeSet};

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::attacker::{Answers, Attacker, Cell, Stacked, TABLES, cell};
use crate::support::quarters::{self, People, people};
use crate::support::{Answer, Client, TestApp};

const QUARTER: &str = "2024-Q1";
const TABLE: &str = "participation/tables/zone-activity-age?period=2024-Q1";

async fn release(client: &Client<'_>, audience: &str) -> Answer {
    let body = json!({"period": QUARTER, "audience": audience});
    client.post("participation/releases", &body).await
}

/// Counts the exact figures as a cell does.
fn truth(quarter: &BTreeMap<&'static str, Vec<People>>, codes: &Cell) -> u64 {
    let fits = |wanted: &str, code: &str| wanted == "total" || wanted == code;
    let rows = quarter
        .iter()
        .flat_map(|(activity, rows)| rows.iter().map(move |row| (*activity, row)));
    let own = rows.filter(|(activity, (residence, age, gender, _))| {
        let zone = residence.trim_end_matches("-unknown");
        let lives = fits(&codes[0], residence) || codes[0] == zone;
        lives && fits(&codes[1], activity) && fits(&codes[2], age) && fits(&codes[3], gender)
    });
    own.map(|(_, row)| row.3 as u64).sum()
}

#[actix_web::test]
async fn a_release_shows_large_counts_and_hides_small_ones_with_what_would_give_them_away() {
    let app = TestApp::start().await;
    let quarter = quarters::report_synthetic(&app.state.db, QUARTER, 900, 1).await;
    let board = app.as_role(Role::Board);
    assert_eq!(board.get(TABLE).await.problem(404), "not-found");
    let answer = release(&app.as_role(Role::Secretariat), "parties").await;
    let made = answer.expect(201);
    assert_eq!((&made["number"], &made["audience"]), (&json!(1), &json!("parties")));
    assert_eq!(board.get(answer.header("location")).await.expect(200), made);
    let answers = Answers::collect(&board, "period=2024-Q1").await;
    let (mut small, mut hidden) = (0, 0);
    for (codes, value) in &answers.cells {
        let exact = truth(&quarter, codes);
        match value {
            Some(value) => assert_eq!(*value, exact, "{codes:?}"),
            None => hidden += 1,
        }
        if (1..5).contains(&exact) {
            small += 1;
            assert_eq!(*value, None, "{codes:?}");
        }
    }
    assert!(small > 20 && hidden > small, "{small} of {hidden}");
    assert_eq!(made["hidden"], hidden);
    assert_eq!(made["shown"], answers.cells.len() - hidden);
    let total = answers.cells[&cell(["total", "total", "total", "total"])];
    assert_eq!(total, Some(900));
}

#[actix_web::test]
async fn an_attacker_with_every_table_filter_format_and_order_finds_nobody() {
    let app = TestApp::start().await;
    let quarter = quarters::report_synthetic(&app.state.db, QUARTER, 700, 2).await;
    release(&app.as_role(Role::Secretariat), "parties").await.expect(201);
    let board = app.as_role(Role::Board);
    let mut answers = Answers::collect(&board, "period=2024-Q1&release=1").await;
    let collected = answers.cells.clone();
    for table in TABLES {
        let path = format!("participation/tables/{table}?period=2024-Q1");
        for order in ["value", "-value", "-area,value", "gender,-age_band"] {
            let rows = board.get(&format!("{path}&sort={order}")).await.expect(200)["rows"].clone();
            let values: Vec<Option<u64>> = rows
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["value"].as_u64())
                .collect();
            for row in rows.as_array().unwrap() {
                answers.note(row);
            }
            if order.contains("value") && !order.starts_with("-area") && !order.starts_with("gender") {
                // Where a hidden row stands says nothing: all are last.
                let first = values.iter().position(Option::is_none).unwrap_or(values.len());
                assert!(values[first..].iter().all(Option::is_none), "{table} {order}");
            }
        }
        for least in [0, 1, 2, 4, 5, 20] {
            let rows = board.get(&format!("{path}&min_value={least}")).await.expect(200)["rows"].clone();
            let shown = collected
                .iter()
                .filter(|(_, value)| value.is_some_and(|value| value >= least));
            let shown: BTreeSet<&Cell> = shown.map(|(codes, _)| codes).collect();
            for row in rows.as_array().unwrap() {
                assert!(row["value"].as_u64().is_some_and(|value| value >= least), "{row}");
                answers.note(row);
            }
            assert!(rows.as_array().unwrap().len() <= shown.len());
        }
        for filter in [
            "area=zone-1",
            "zone=zone-2,outside",
            "activity=lektiecafe,total",
            "age_band=10-14",
            "gender=male",
        ] {
            let rows = board.get(&format!("{path}&{filter}")).await.expect(200)["rows"].clone();
            for row in rows.as_array().unwrap() {
                answers.note(row);
            }
        }
        note_csv(&mut answers, board.get(&format!("{path}&format=csv")).await.text());
        same_as_jsonstat(
            &answers,
            &board.get(&format!("{path}&format=jsonstat")).await.expect(200),
        );
    }
    assert_eq!(answers.cells, collected, "no question says more than the tables do");
    let mut attacker = Attacker::new(&answers, &BTreeSet::new());
    assert_eq!(attacker.finds(|codes| truth(&quarter, codes), 5), Vec::<Cell>::new());
    // He would find somebody if only what is small were hidden.
    let mut naive = answers.clone();
    for (codes, value) in &mut naive.cells {
        let exact = truth(&quarter, codes);
        *value = Some(exact).filter(|exact| !(1..5).contains(exact));
    }
    let found = Attacker::new(&naive, &BTreeSet::new()).finds(|codes| truth(&quarter, codes), 5);
    assert!(found.len() > 10, "{}", found.len());
}

fn note_csv(answers: &mut Answers, text: &str) {
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("period,zone,area,activity,age_band,gender,value,status")
    );
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let [period, zone, area, activity, age_band, gender, value, status] = fields[..] else {
            panic!("{line}")
        };
        assert_eq!(period, QUARTER);
        let value: Option<u64> = value.parse().ok();
        answers.note(
            &json!({"zone": zone, "area": area, "activity": activity, "age_band": age_band, "gender": gender,
            "value": value, "status": status}),
        );
    }
}

fn same_as_jsonstat(answers: &Answers, dataset: &Value) {
    let ids: Vec<&str> = dataset["id"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(ids, ["area", "activity", "age_band", "gender", "period"]);
    let codes: Vec<Vec<&str>> = ids
        .iter()
        .map(|id| {
            let index = &dataset["dimension"][*id]["category"]["index"];
            index
                .as_array()
                .unwrap()
                .iter()
                .map(|code| code.as_str().unwrap())
                .collect()
        })
        .collect();
    let values = dataset["value"].as_object().unwrap();
    assert_eq!(values.len(), dataset["status"].as_object().unwrap().len());
    for (place, value) in values {
        let mut rest: usize = place.parse().unwrap();
        let mut found = Vec::new();
        for codes in codes.iter().rev() {
            found.push(codes[rest % codes.len()].to_owned());
            rest /= codes.len();
        }
        found.reverse();
        let codes: Cell = found[..4].to_vec().try_into().unwrap();
        assert_eq!(value.as_u64(), answers.cells[&codes], "{codes:?}");
        let status = if value.is_null() { "suppressed" } else { "final" };
        assert_eq!(dataset["status"][place], status);
    }
}

#[actix_web::test]
async fn everybody_reads_the_release_of_its_own_audience_under_the_same_address() {
    let app = TestApp::start().await;
    let quarter = quarters::report_synthetic(&app.state.db, QUARTER, 900, 3).await;
    let made = release(&app.as_role(Role::Secretariat), "public").await.expect(201);
    assert_eq!(made["audience"], "public");
    let own = app.as_role(Role::HousingOrganisation);
    let board = app.as_role(Role::Board);
    // One after the other at one address, with nothing written in between: what is remembered is of one audience.
    let path = "participation/tables/department-activity?period=2024-Q1";
    let [first, second, third] = [board.get(path).await, own.get(path).await, app.public().get(path).await];
    let audience = |answer: &Answer| answer.expect(200)["release"]["audience"].as_str().unwrap().to_owned();
    assert_eq!(
        [&first, &second, &third].map(audience),
        ["parties", "organisation", "public"]
    );
    assert_eq!(second.expect(200)["release"]["organisation"], "boli-nu");
    assert!(first.header("etag") != second.header("etag") && second.header("etag") != third.header("etag"));
    assert_eq!(board.get(path).await.body, first.body);
    let [widest, wide, narrow] = [
        Answers::collect(&own, "period=2024-Q1").await,
        Answers::collect(&board, "period=2024-Q1").await,
        Answers::collect(&app.public(), "period=2024-Q1").await,
    ];
    for (codes, value) in &narrow.cells {
        assert!(value.is_none() || *value == wide.cells[codes], "{codes:?}");
        assert!(
            wide.cells[codes].is_none() || wide.cells[codes] == widest.cells[codes],
            "{codes:?}"
        );
        // An organisation that reported knows its own activities, however small.
        if codes[1] == "lektiecafe" {
            assert_eq!(widest.cells[codes], Some(truth(&quarter, codes)), "{codes:?}");
        }
    }
    assert!(wide.hidden().any(|codes| codes[1] == "lektiecafe"));
    // It takes off what it knows, and finds nobody among the others.
    let mut others = widest.clone();
    others.cells.retain(|codes, _| codes[1] != "lektiecafe");
    for (codes, value) in &mut others.cells {
        let mut mine = codes.clone();
        if codes[1] == "total" {
            mine[1] = "lektiecafe".to_owned();
            *value = value.map(|value| value - truth(&quarter, &mine));
        }
    }
    let rest = |codes: &Cell| {
        let mut mine = codes.clone();
        mine[1] = "lektiecafe".to_owned();
        truth(&quarter, codes) - if codes[1] == "total" { truth(&quarter, &mine) } else { 0 }
    };
    assert_eq!(
        Attacker::new(&others, &BTreeSet::new()).finds(rest, 5),
        Vec::<Cell>::new()
    );
    // The municipality knows what its unit reported, and who knows nothing reads as one of the parties.
    let unit = app.with_token(&app.token(
        Role::Municipality,
        Some("fredericia-kommune"),
        &[crate::support::PLAN],
        None,
    ));
    assert_eq!(
        unit.get(path).await.expect(200)["release"]["organisation"],
        "fredericia-kommune"
    );
    assert_eq!(audience(&app.jobcenter().get(path).await), "parties");
    // Nobody reads as an audience that sees more, and everybody as the public.
    for wrong in ["&audience=parties", "&audience=organisation&organisation=boli-nu"] {
        assert_eq!(
            app.public().get(&format!("{path}{wrong}")).await.problem(404),
            "not-found"
        );
    }
    let as_other = format!("{path}&audience=organisation&organisation=ungeenheden");
    assert_eq!(own.get(&as_other).await.problem(404), "not-found");
    assert_eq!(own.get(&format!("{path}&audience=public")).await.body, third.body);
    assert_eq!(
        app.as_role(Role::Secretariat).get(&as_other).await.expect(200)["release"]["organisation"],
        "ungeenheden"
    );
}

/// One activity of which everything is shown, and one with a small cell and what protects it.
fn two_activities() -> BTreeMap<&'static str, Vec<People>> {
    let mut shown = Vec::new();
    for (age, female, male) in [("10-14", 12, 20), ("15-17", 30, 40)] {
        shown.push(people("zone-1-unknown", age, "female", female));
        shown.push(people("zone-1-unknown", age, "male", male));
    }
    let mut hidden = Vec::new();
    for (zone, small) in [("zone-2-unknown", 2), ("zone-3-unknown", 20)] {
        for (age, female, male) in [("18-29", small, 22), ("30-64", 24, 26), ("65-plus", 28, 30)] {
            hidden.push(people(zone, age, "female", female));
            hidden.push(people(zone, age, "male", male));
        }
    }
    BTreeMap::from([("lektiecafe", shown), ("baeredygtige-faellesskaber", hidden)])
}

async fn report_all(app: &TestApp, quarter: &BTreeMap<&'static str, Vec<People>>) {
    for (activity, people) in quarter {
        quarters::report(&app.state.db, activity, QUARTER, None, people).await;
    }
}

fn corrected(
    quarter: &BTreeMap<&'static str, Vec<People>>,
    activity: &'static str,
    [zone, age, gender]: [&str; 3],
    number: i32,
) -> BTreeMap<&'static str, Vec<People>> {
    let mut quarter = quarter.clone();
    let rows = quarter.get_mut(activity).unwrap();
    let row = rows
        .iter_mut()
        .find(|row| row.0 == zone && row.1 == age && row.2 == gender)
        .unwrap();
    row.3 = number;
    quarter
}

#[actix_web::test]
async fn corrections_do_what_the_rules_say_and_whoever_keeps_both_releases_learns_nothing_more() {
    let app = TestApp::start().await;
    let office = app.as_role(Role::Secretariat);
    let board = app.as_role(Role::Board);
    let first = two_activities();
    report_all(&app, &first).await;
    release(&office, "parties").await.expect(201);
    let before = Answers::collect(&board, "period=2024-Q1").await;
    let small = cell(["zone-2", "total", "18-29", "female"]);
    assert_eq!(before.cells[&small], None);
    assert_eq!(before.cells[&cell(["zone-1", "total", "10-14", "female"])], Some(12));
    // A shown cell goes from 12 to 13.
    let one_more = corrected(&first, "lektiecafe", ["zone-1-unknown", "10-14", "female"], 13);
    report_all(&app, &one_more).await;
    let made = release(&office, "parties").await.expect(201);
    assert_eq!(made["number"], 2);
    let after = Answers::collect(&board, "period=2024-Q1").await;
    assert_eq!(after.cells[&cell(["zone-1", "total", "10-14", "female"])], Some(13));
    assert_eq!(after.hidden().collect::<Vec<_>>(), before.hidden().collect::<Vec<_>>());
    assert_eq!(
        Answers::collect(&board, "period=2024-Q1&release=1").await.cells,
        before.cells
    );
    // Hidden cells change by one person: the difference of their margins would say so.
    let hidden = ["zone-2-unknown", "18-29", "female"];
    let by_one = corrected(&one_more, "baeredygtige-faellesskaber", hidden, 3);
    report_all(&app, &by_one).await;
    let refused = release(&office, "parties").await;
    assert_eq!(refused.problem(409), "state-conflict");
    let errors = refused.errors(409);
    assert!(
        errors.iter().all(|error| error == "/period small_correction"),
        "{errors:?}"
    );
    assert!(
        refused
            .text()
            .contains("area=zone-2, activity=total, age_band=18-29, gender=total"),
        "{}",
        refused.text()
    );
    // By as many as may be shown, they may.
    let by_six = corrected(&one_more, "baeredygtige-faellesskaber", hidden, 8);
    report_all(&app, &by_six).await;
    assert_eq!(release(&office, "parties").await.expect(201)["number"], 3);
    let third = Answers::collect(&board, "period=2024-Q1").await;
    assert_eq!(third.cells[&small], None, "what was hidden stays hidden when it grew");
    for (answers, quarter) in [(&before, &first), (&after, &one_more), (&third, &by_six)] {
        // He knows of every cell what any of the releases shows, up to the correction, and of none that it counts somebody.
        let was_hidden: BTreeSet<Cell> = before.hidden().cloned().collect();
        let hidden: BTreeSet<Cell> = answers.hidden().cloned().collect();
        assert!(was_hidden.is_subset(&hidden));
        let mut joint = answers.clone();
        for (codes, value) in &mut joint.cells {
            let is_hidden = [&before, &after, &third].iter().all(|one| one.cells[codes].is_none());
            *value = Some(truth(quarter, codes)).filter(|_| !is_hidden);
        }
        assert_eq!(
            Attacker::new(&joint, &was_hidden).finds(|codes| truth(quarter, codes), 5),
            Vec::<Cell>::new()
        );
    }
    // A cell that turns small after it was shown.
    let too_few = corrected(&by_six, "lektiecafe", ["zone-1-unknown", "10-14", "female"], 2);
    report_all(&app, &too_few).await;
    let refused = release(&office, "parties").await;
    let errors = refused.errors(409);
    assert!(errors.iter().all(|error| error == "/period shown_before"), "{errors:?}");
    assert!(
        refused
            .text()
            .contains("area=zone-1, activity=total, age_band=10-14, gender=female"),
        "{}",
        refused.text()
    );
    assert_eq!(board.get(TABLE).await.expect(200)["release"]["number"], 3);
}

#[actix_web::test]
async fn a_release_is_made_once_and_only_by_the_secretariat() {
    let app = TestApp::start().await;
    let office = app.as_role(Role::Secretariat);
    assert_eq!(
        release(&office, "parties").await.errors(409),
        ["/period nothing_reported"]
    );
    report_all(&app, &two_activities()).await;
    assert_eq!(
        release(&office, "organisation").await.errors(409),
        ["/period nobody_reported"]
    );
    for role in [
        Role::Municipality,
        Role::HousingOrganisation,
        Role::Board,
        Role::Fund,
        Role::Auditor,
    ] {
        assert_eq!(
            release(&app.as_role(role), "parties").await.problem(403),
            "forbidden",
            "{role}"
        );
    }
    assert_eq!(release(&app.public(), "parties").await.problem(401), "unauthenticated");
    let wrong = json!({"period": "2023", "audience": "all", "threshold": 2, "colour": "red"});
    assert_eq!(
        office.post("participation/releases", &wrong).await.errors(422),
        [
            "/period invalid_period",
            "/audience invalid_value",
            "/threshold out_of_range",
            "/colour unknown_field"
        ]
    );
    assert_eq!(
        office.post("participation/releases", &json!({})).await.errors(422),
        ["/period required", "/audience required"]
    );
    let keyed = office.clone().header("idempotency-key", "q1");
    let made = release(&keyed, "public").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let again = release(&keyed, "public").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(again.body, made.body);
    let unchanged = release(&office, "public").await;
    assert_eq!(unchanged.expect(200), made.json());
    assert_eq!(release(&office, "parties").await.expect(200)["number"], 1);
    // The wider audience was released to first, and others see what is for them.
    let list = office.get("participation/releases").await.expect(200);
    let audiences: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["audience"].as_str().unwrap())
        .collect();
    assert!(audiences.ends_with(&["parties", "public"]), "{audiences:?}");
    let public = app
        .public()
        .get("participation/releases?period=2024-Q1")
        .await
        .expect(200);
    assert_eq!(public["items"], json!([made.json()]));
    let parties = list["items"].as_array().unwrap().iter().rev().nth(1).unwrap()["id"]
        .as_str()
        .unwrap();
    assert_eq!(
        app.public()
            .get(&format!("participation/releases/{parties}"))
            .await
            .problem(404),
        "not-found"
    );
    app.as_role(Role::Board)
        .get(&format!("participation/releases/{parties}"))
        .await
        .expect(200);
}

#[actix_web::test]
async fn releases_that_are_asked_for_at_once_are_made_once() {
    let app = TestApp::start().await;
    report_all(&app, &two_activities()).await;
    let office = app.as_role(Role::Secretariat);
    let (one, other, third) = futures_util::join!(
        release(&office, "public"),
        release(&office, "parties"),
        release(&office, "public")
    );
    for answer in [&one, &other, &third] {
        assert!([200, 201].contains(&answer.status), "{}", answer.text());
        assert_eq!(answer.json()["number"], 1);
    }
    let list = office.get("participation/releases?period=2024-Q1").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn figures_that_come_in_while_a_release_is_computed_are_not_passed_over() {
    let app = TestApp::start().await;
    quarters::forget_sample(&app.state.db).await;
    let office = app.as_role(Role::Secretariat);
    let board = app.as_role(Role::Board);
    let mut quarter = two_activities();
    report_all(&app, &quarter).await;
    for round in 1..=3 {
        quarter = corrected(&quarter, "lektiecafe", ["zone-1-unknown", "15-17", "male"], 40 + round);
        let (answer, ()) = futures_util::join!(release(&office, "parties"), report_all(&app, &quarter));
        assert!([200, 201].contains(&answer.status), "{}", answer.text());
        // Whatever the release was of: the next one is of what there is.
        let next = release(&office, "parties").await;
        assert!([200, 201].contains(&next.status), "{}", next.text());
        let answers = Answers::collect(&board, "period=2024-Q1").await;
        let codes = cell(["zone-1", "total", "15-17", "male"]);
        assert_eq!(answers.cells[&codes], Some(truth(&quarter, &codes)));
        for (codes, value) in &answers.cells {
            assert!(value.is_none_or(|value| value == truth(&quarter, codes)), "{codes:?}");
        }
    }
    let wrong: Vec<_> = quarters::verdicts(&app.state.db).await;
    assert!(wrong.iter().all(|verdict| verdict.wrong.is_empty()), "{wrong:?}");
}

#[actix_web::test]
async fn a_table_says_what_it_does_not_have() {
    let app = TestApp::start().await;
    report_all(&app, &two_activities()).await;
    release(&app.as_role(Role::Secretariat), "parties").await.expect(201);
    let board = app.as_role(Role::Board);
    let get = async |query: &str| {
        board
            .get(&format!("participation/tables/zone-age-gender?{query}"))
            .await
    };
    assert_eq!(
        get("area=zone-9&gender=x&sort=colour").await.errors(422),
        ["area unknown_category", "gender unknown_category", "sort invalid_value"]
    );
    assert_eq!(
        get("organisation=boli-nu").await.errors(400),
        ["audience invalid_value"]
    );
    assert_eq!(
        get("audience=organisation").await.errors(400),
        ["organisation invalid_value"]
    );
    assert_eq!(get("release=2").await.problem(404), "not-found");
    assert_eq!(get("period=2023-Q2").await.problem(404), "not-found");
    assert_eq!(get("").await.expect(200)["period"], QUARTER);
    assert_eq!(
        board.get("participation/tables/everything").await.problem(404),
        "not-found"
    );
    let rows = get("area=total&age_band=total").await.expect(200)["rows"].clone();
    let genders: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["gender"].as_str().unwrap())
        .collect();
    assert_eq!(genders, ["total", "female", "male", "other-unknown"]);
}

#[actix_web::test]
async fn what_is_not_there_is_named_for_whom_it_is_not() {
    let app = TestApp::start().await;
    report_all(&app, &two_activities()).await;
    let office = app.as_role(Role::Secretariat);
    let detail = async |client: &Client<'_>, query: &str| {
        let answer = client
            .get(&format!("participation/tables/zone-age-gender?{query}"))
            .await;
        assert_eq!(answer.problem(404), "not-found");
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        detail(&office, "period=2024-Q1").await,
        "Nothing of 2024-Q1 has been released to the parties."
    );
    assert_eq!(
        detail(&office, "period=2024-Q1&audience=organisation&organisation=boli-nu").await,
        "Nothing of 2024-Q1 has been released to the organisation boli-nu."
    );
    release(&office, "parties").await.expect(201);
    assert_eq!(
        detail(&office, "period=2024-Q1&release=2").await,
        "There is no release 2 of 2024-Q1 to the parties."
    );
    assert_eq!(
        detail(
            &office.clone().header("accept-language", "da"),
            "period=2024-Q1&audience=public"
        )
        .await,
        "Der er ikke offentliggjort noget af 2024-Q1 til offentligheden."
    );
    // Whoever asks for what is not for him is told no more than that.
    let public = app.public();
    assert_eq!(
        detail(&public, "period=2024-Q1&audience=parties").await,
        "There is no such release."
    );
    // Rows are sorted by the dimensions that they have, and areas come zone by zone.
    let sorted = office
        .get("participation/tables/zone-age-gender?period=2024-Q1&sort=zone")
        .await;
    assert_eq!(sorted.errors(422), ["sort invalid_value"]);
    let rows = office
        .get("participation/tables/department-activity?period=2024-Q1&sort=-area")
        .await;
    let rows = rows.expect(200)["rows"].as_array().unwrap().clone();
    let mut zones: Vec<&str> = rows.iter().map(|row| row["zone"].as_str().unwrap()).collect();
    zones.dedup();
    assert_eq!(zones, ["outside", "zone-4", "zone-3", "zone-2", "zone-1", "total"]);
}

#[actix_web::test]
async fn an_attacker_who_keeps_three_releases_and_knows_every_correction_finds_nobody() {
    let app = TestApp::start().await;
    let office = app.as_role(Role::Secretariat);
    let board = app.as_role(Role::Board);
    let mut quarter = quarters::made_up(900, 11);
    let mut truths = Vec::new();
    let mut releases: Vec<Answers> = Vec::new();
    // What was published; then six more of a kind who had been overlooked; then six of a large group who had been counted twice.
    for (number, change) in [0, 6, -6].into_iter().enumerate() {
        let rows = quarter.get_mut("lektiecafe").unwrap();
        let row = match change {
            6 => rows.iter_mut().find(|row| row.3 < 5),
            _ => rows.iter_mut().max_by_key(|row| row.3),
        };
        row.unwrap().3 += change;
        report_all(&app, &quarter).await;
        let made = release(&office, "parties").await.expect(201);
        assert_eq!(made["number"], number + 1);
        truths.push(quarter.clone());
    }
    // Everything that he is answered, by the number of the release.
    for number in 1..=truths.len() {
        releases.push(Answers::collect(&board, &format!("period={QUARTER}&release={number}")).await);
    }
    // Each by itself, with what the ones before it hid: what he has who knows nothing of the corrections.
    for (number, quarter) in truths.iter().enumerate() {
        let was_hidden = releases[..number]
            .iter()
            .flat_map(|one| one.hidden().cloned())
            .collect();
        let mut attacker = Attacker::new(&releases[number], &was_hidden);
        let found = attacker.finds(|codes| truth(quarter, codes), 5);
        assert_eq!(found, Vec::<Cell>::new(), "release {}", number + 1);
    }
    // All together, told how much each leaf changed: the least and the most that each small cell can have been.
    let correction = |number: usize, codes: &Cell| {
        let [after, before] = [number, 0].map(|number| truth(&truths[number], codes) as i64);
        after - before
    };
    let attacker = Stacked::new(&releases, &correction);
    let (mut small, mut narrowest) = (0, f64::INFINITY);
    let is_small = |number: usize, codes: &Cell| (1..5).contains(&truth(&truths[number], codes));
    // Every sixth: of all 71 small ones none is narrower, which takes minutes.
    for codes in releases[2].hidden().step_by(6) {
        let of: Vec<usize> = (0..3).filter(|number| is_small(*number, codes)).collect();
        if of.is_empty() {
            continue;
        }
        let (low, high) = attacker.interval(codes);
        for number in of {
            let by = correction(number, codes) as f64;
            assert!(
                low + by <= 1.0 + 1e-6 && high + by >= 5.0 - 1e-6,
                "{number} {codes:?}: {low} to {high}"
            );
        }
        narrowest = narrowest.min(high - low);
        small += 1;
    }
    assert!(small > 5 && narrowest > 3.9, "{small} small cells, {narrowest}");
    // He would find somebody if each release hid what is small in itself alone.
    let mut naive = releases.clone();
    for (answers, quarter) in naive.iter_mut().zip(&truths) {
        for (codes, value) in &mut answers.cells {
            let exact = truth(quarter, codes);
            *value = Some(exact).filter(|exact| !(1..5).contains(exact));
        }
    }
    let attacker = Stacked::new(&naive, &correction);
    let small: Vec<&Cell> = naive[0].hidden().take(6).collect();
    let found = small.iter().filter(|codes| {
        let (low, high) = attacker.interval(codes);
        high - low < 0.5
    });
    let found = found.count();
    assert!(found > 3, "{found}");
}
