//! The pack of a meeting: what it says is what the API says, in every format, and it never changes. Meetings are made up.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use helhedsplan::auth::role::{Permission, Role};
use helhedsplan::entities::meeting_pack;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::extracts::{extract, with_count};
use crate::support::governance::{adopt, called, held, of, post_nothing, proposed};
use crate::support::{Answer, Client, PLAN, TestApp, quarters};

const BOARD: &str = "bestyrelsen";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn push(app: &TestApp, date: &str, zone_1: i64) {
    let pushed = with_count(extract(date), "6.1", "zone-1", zone_1);
    app.jobcenter()
        .post("kendskabsgrad/extracts", &pushed)
        .await
        .expect(201);
}

async fn pack(client: &Client<'_>, meeting: &str) -> Answer {
    client.get(&format!("meetings/{meeting}/pack")).await
}

async fn page(client: &Client<'_>, meeting: &str) -> Answer {
    client.get(&format!("meetings/{meeting}/pack?format=html")).await
}

/// A workbook, read by a library that did not write it.
async fn workbook(client: &Client<'_>, meeting: &str) -> Xlsx<Cursor<Vec<u8>>> {
    let answer = client.get(&format!("meetings/{meeting}/pack?format=xlsx")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, XLSX));
    calamine::open_workbook_from_rs(Cursor::new(answer.body)).unwrap()
}

/// The cells of a sheet below its header.
fn rows(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<Data>> {
    let range = workbook.worksheet_range(sheet).unwrap();
    range.rows().skip(1).map(<[Data]>::to_vec).collect()
}

/// A number of the workbook beside one of the JSON; null is an empty cell.
fn is_same(cell: Option<&Data>, value: &Value) -> bool {
    match (cell, value.as_f64()) {
        (None | Some(Data::Empty), None) => value.is_null(),
        (Some(Data::Float(cell)), Some(value)) => (cell - value).abs() < 1e-9,
        (Some(Data::Int(cell)), Some(value)) => (*cell as f64 - value).abs() < 1e-9,
        _ => false,
    }
}

/// Two extracts, a board meeting that saw the first, and one that is called after the second.
async fn second_meeting(app: &TestApp) -> (String, String) {
    push(app, "2023-01-01", 24).await;
    let first = held(app, BOARD, "2023-03-14T14:00").await;
    push(app, "2024-01-01", 20).await;
    let second = called(app, BOARD, "2024-03-12T14:00").await;
    (first, second)
}

#[actix_web::test]
async fn the_numbers_of_the_pack_are_those_of_the_api() {
    let app = TestApp::start().await;
    let (first, second) = second_meeting(&app).await;
    let board = app.as_role(Role::Board);
    let view = pack(&board, &second).await.expect(200);
    let pack = &view["pack"];
    assert_eq!(json!([view["is_final"], view["withheld"]]), json!([true, []]));
    assert_eq!(pack["previous"]["id"], json!(first));
    let (as_of, on) = (
        pack["figures_as_of"].as_str().unwrap(),
        pack["figures_on"].as_str().unwrap(),
    );
    assert_eq!(on, "2024-03-12");
    let status = board
        .get(&format!("goal-status?on={on}&as_of={as_of}&limit=1000"))
        .await
        .expect(200);
    let status = status["items"].as_array().unwrap();
    let goals = pack["goals"].as_array().unwrap();
    assert_eq!(goals.len(), status.len());
    for (goal, item) in goals.iter().zip(status) {
        let of_pack = json!([
            goal["goal"],
            goal["measure"],
            goal["area"],
            goal["status"],
            goal["baseline"],
            goal["latest"]
        ]);
        let of_api = json!([
            item["goal"]["code"],
            item["code"],
            item["area"],
            item["status"],
            item["baseline"]["value"],
            item["latest"]
        ]);
        assert_eq!(of_pack, of_api);
    }
    for (indicator, rows, category) in [
        ("kendskabsgrad", "kendskabsgrad", None),
        ("kendskabsgrad-count", "target_groups", Some("target_group")),
    ] {
        let rows = pack[rows].as_array().unwrap();
        let series = board
            .get(&format!("indicators/{indicator}/series?to={on}&as_of={as_of}"))
            .await
            .expect(200);
        let points = series["points"].as_array().unwrap();
        assert!(rows.len() >= 4, "{indicator}");
        for row in rows {
            let point = |period: &Value| {
                points.iter().find(|point| {
                    let own = category.map_or(Value::Null, |category| row[category].clone());
                    point["area"] == row["area"] && point["category"] == own && point["period"] == *period
                })
            };
            let latest = point(&row["period"]).unwrap();
            assert_eq!(row["value"], latest["value"], "{row}");
            // The comparators came once only.
            let before = point(&row["before_period"]).map_or(&Value::Null, |point| &point["value"]);
            assert_eq!(&row["before"], before, "{row}");
        }
    }
    let moved = pack["target_groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["target_group"] == "6.1" && row["area"] == "zone-1")
        .unwrap();
    assert_eq!(
        json!([moved["value"], moved["before"], moved["change"], moved["before_period"]]),
        json!([20, 24, -4, "2023-01-01"])
    );
    let late = board
        .get(&format!("deliveries?on={on}&as_of={as_of}&status=late&limit=1000"))
        .await
        .expect(200);
    let codes = |rows: &Value| -> Vec<Value> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["indicator"].clone()).collect()
    };
    assert_eq!(codes(&pack["late_deliveries"]), codes(&late["items"]));
}

#[actix_web::test]
async fn a_trend_is_since_the_figure_that_the_meeting_before_saw() {
    let app = TestApp::start().await;
    push(&app, "2023-01-01", 24).await;
    held(&app, BOARD, "2023-03-14T14:00").await;
    let rehabilitation = with_count(extract("2024-01-01"), "6.8", "zone-1", 20);
    app.jobcenter()
        .post("kendskabsgrad/extracts", &rehabilitation)
        .await
        .expect(201);
    held(&app, BOARD, "2024-03-12T14:00").await;
    let worse = with_count(extract("2025-01-01"), "6.8", "zone-1", 22);
    app.jobcenter().post("kendskabsgrad/extracts", &worse).await.expect(201);
    let third = called(&app, BOARD, "2025-03-11T14:00").await;
    let view = pack(&app.as_role(Role::Board), &third).await.expect(200);
    let goal = view["pack"]["goals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|goal| goal["measure"] == "rehabilitation" && goal["area"] == "all-zones")
        .unwrap();
    // Table 9 has 25, 26, 24 and 25: 100 in all; fewer are better.
    assert_eq!(
        json!([
            goal["before"]["value"],
            goal["latest"]["value"],
            goal["trend"],
            goal["direction"]
        ]),
        json!([95, 97, "worse", "down"])
    );
}

#[actix_web::test]
async fn the_spreadsheet_has_the_same_numbers_a_sheet_a_subject() {
    let app = TestApp::start().await;
    let (_, second) = second_meeting(&app).await;
    let board = app.as_role(Role::Board);
    let pack = pack(&board, &second).await.expect(200)["pack"].clone();
    let mut workbook = workbook(&board, &second).await;
    let sheets = workbook.sheet_names();
    let sheets: Vec<&String> = sheets
        .iter()
        .filter(|name| !["Deltagelse", "Resultater"].contains(&name.as_str()))
        .collect();
    assert_eq!(
        sheets,
        [
            "Møde",
            "Dagsorden",
            "Målstatus",
            "Udvikling",
            "Kendskabsgrad",
            "Målgrupper",
            "Placeringer",
            "Milepæle",
            "Forsinkede tal",
            "Beslutninger"
        ]
    );
    let goals = rows(&mut workbook, "Målstatus");
    let expected = pack["goals"].as_array().unwrap();
    assert_eq!(goals.len(), expected.len());
    for (row, goal) in goals.iter().zip(expected) {
        assert_eq!(row[2], Data::String(goal["area_name"].as_str().unwrap().into()));
        assert!(is_same(row.get(5), &goal["baseline"]), "{row:?} {goal}");
        assert!(is_same(row.get(7), &goal["before"]["value"]), "{row:?} {goal}");
        assert!(is_same(row.get(9), &goal["latest"]["value"]), "{row:?} {goal}");
    }
    for (sheet, part, columns) in [
        (
            "Kendskabsgrad",
            "kendskabsgrad",
            vec![(2, "value"), (3, "count"), (5, "before"), (7, "change")],
        ),
        (
            "Målgrupper",
            "target_groups",
            vec![(3, "value"), (5, "before"), (6, "change")],
        ),
    ] {
        let rows = rows(&mut workbook, sheet);
        let expected = pack[part].as_array().unwrap();
        assert_eq!(rows.len(), expected.len(), "{sheet}");
        for (row, expected) in rows.iter().zip(expected) {
            for (column, member) in &columns {
                assert!(
                    is_same(row.get(*column), &expected[member]),
                    "{sheet} {member}: {row:?} {expected}"
                );
            }
        }
    }
    for (sheet, part) in [
        ("Placeringer", "placements"),
        ("Milepæle", "milestones"),
        ("Forsinkede tal", "late_deliveries"),
    ] {
        assert_eq!(
            rows(&mut workbook, sheet).len(),
            pack[part].as_array().unwrap().len(),
            "{sheet}"
        );
    }
}

#[actix_web::test]
async fn the_pack_of_a_called_meeting_never_changes() {
    let app = TestApp::start().await;
    let (_, second) = second_meeting(&app).await;
    let board = app.as_role(Role::Board);
    let before = pack(&board, &second).await;
    let page_before = page(&board, &second).await;
    let xlsx = format!("meetings/{second}/pack?format=xlsx");
    let xlsx_before = board.get(&xlsx).await;
    let mut corrected = with_count(extract("2024-01-01"), "6.1", "zone-1", 11);
    corrected["revision_reason"] = json!("Talt forkert (opdigtet)");
    app.jobcenter()
        .post("kendskabsgrad/extracts", &corrected)
        .await
        .expect(201);
    let secretariat = app.as_role(Role::Secretariat).header("if-match", "*");
    for (path, change) in [
        ("areas/zone-1", json!({"name": "Omdøbt zone"})),
        ("milestones/planens-start", json!({"reached_on": "2023-01-01"})),
        ("indicators/kendskabsgrad", json!({"name": "Omdøbt"})),
    ] {
        secretariat.patch(path, &change).await.expect(200);
    }
    post_nothing(&secretariat, &format!("meetings/{second}/hold"))
        .await
        .expect(200);
    let after = pack(&board, &second).await;
    assert_eq!((after.status, &after.body), (200, &before.body));
    assert_eq!(after.header("etag"), before.header("etag"));
    assert_eq!(page(&board, &second).await.body, page_before.body);
    assert_eq!(board.get(&xlsx).await.body, xlsx_before.body);
    // The next meeting is told of the correction.
    let next = called(&app, BOARD, "2024-06-11T14:00").await;
    let next = pack(&board, &next).await.expect(200);
    let zone = |view: &Value| -> Value {
        let rows = view["pack"]["target_groups"].as_array().unwrap();
        let found = rows
            .iter()
            .find(|row| row["target_group"] == "6.1" && row["area"] == "zone-1");
        json!([found.unwrap()["value"], found.unwrap()["area_name"]])
    };
    assert_eq!(zone(&before.json())[0], 20);
    assert_eq!(zone(&next), json!([11, "Omdøbt zone"]));
}

#[actix_web::test]
async fn what_somebody_wrote_is_text_wherever_it_goes() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let meeting = json!({"body": BOARD, "local_start": "2024-03-12T14:00", "duration_minutes": 120,
        "name": "<script>alert(1)</script>"});
    let id = secretariat.post("meetings", &meeting).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let item = json!({"title": "=cmd|'/c calc'!A1", "description": "<img src=x onerror=alert(2)> \"&' @SUM(A1)",
        "documents": [{"name": "+1-1", "url": "https://example.org/a?b=%22%3E&c=d",
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]});
    secretariat
        .post(&format!("meetings/{id}/agenda-items"), &item)
        .await
        .expect(201);
    let renamed = json!({"name": "Zone </text><script>alert(3)</script>"});
    secretariat
        .clone()
        .header("if-match", "*")
        .patch("areas/zone-1", &renamed)
        .await
        .expect(200);
    push(&app, "2024-01-01", 20).await;
    post_nothing(&secretariat, &format!("meetings/{id}/call"))
        .await
        .expect(200);
    let board = app.as_role(Role::Board);
    let page = page(&board, &id).await;
    let text = page.text();
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(text.contains("&lt;script&gt;alert(3)&lt;/script&gt;"));
    assert!(text.contains("&lt;img src=x onerror=alert(2)&gt;"));
    for forbidden in ["<script", "<img", "<link", "<iframe", "javascript:", "@import", "url("] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    let mut workbook = workbook(&board, &id).await;
    let agenda = rows(&mut workbook, "Dagsorden");
    assert_eq!(agenda[0][1], Data::String("=cmd|'/c calc'!A1".into()));
    assert_eq!(
        agenda[0][2],
        Data::String("<img src=x onerror=alert(2)> \"&' @SUM(A1)".into())
    );
    for sheet in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&sheet).unwrap();
        assert!(formulas.is_empty(), "{sheet}");
    }
}

#[actix_web::test]
async fn the_page_stands_by_itself_and_says_what_it_is() {
    let app = TestApp::start().await;
    let (_, second) = second_meeting(&app).await;
    let board = app.as_role(Role::Board);
    let json = pack(&board, &second).await.expect(200);
    let page = board
        .clone()
        .header("accept", "text/html")
        .get(&format!("meetings/{second}/pack"))
        .await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let text = page.text();
    assert!(text.starts_with("<!DOCTYPE html><html lang=\"da\">"));
    assert!(text.contains(json["sha256"].as_str().unwrap()));
    assert_eq!(text.matches("<h1>").count(), 1);
    assert_eq!(text.matches("<table>").count(), text.matches("<caption>").count());
    assert_eq!(
        text.matches("<svg ").count(),
        json["pack"]["charts"].as_array().unwrap().len()
    );
    assert!(text.matches("<svg ").count() > 0);
    // A part of a target group is called by its name, as the agreement prints it, and by no code.
    let part = "Langtidsledige (over 1 år) (delmængde af 6.2)";
    assert!(text.contains(&format!("<th scope=\"row\">{part}</th>")));
    assert!(text.contains(&format!(": {part}</th>")));
    assert!(!text.contains("long_term") && !text.contains("unemployed"));
    // Every id is one of its own.
    let ids: Vec<&str> = text
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    assert!(!text.contains(" style="));
}

#[actix_web::test]
async fn decisions_since_the_last_meeting_are_told_with_what_they_did() {
    let app = TestApp::start().await;
    let board = app.as_role(Role::Board);
    let first = held(&app, BOARD, "2023-03-14T14:00").await;
    let decision = proposed(&app, "other", &first, Value::Null).await;
    adopt(&app, &decision).await.expect(200);
    proposed(&app, "other", &first, Value::Null).await;
    let second = held(&app, BOARD, "2024-03-12T14:00").await;
    let third = called(&app, BOARD, "2024-06-11T14:00").await;
    let told = |view: Value| -> Vec<Value> {
        let decisions = view["pack"]["decisions"].as_array().unwrap().iter();
        decisions.map(|one| json!([one["id"], one["state"]])).collect()
    };
    // It changes nothing that is in force, and never will.
    let text = page(&board, &second).await;
    assert!(text.text().contains("Ingen virkning i planen") && !text.text().contains("Ingen virkning endnu"));
    let all = told(pack(&board, &second).await.expect(200));
    assert_eq!(all, [json!([decision, "adopted"])]);
    assert!(told(pack(&board, &third).await.expect(200)).is_empty());
}

#[actix_web::test]
async fn how_the_board_came_to_a_decision_is_told_as_the_decision_tells_it() {
    let app = TestApp::start().await;
    let board = app.as_role(Role::Board);
    let first = held(&app, BOARD, "2023-03-14T14:00").await;
    let voted = proposed(&app, "other", &first, Value::Null).await;
    for (seat, choice) in [
        ("direktoer-boligkontoret-fredericia", "for"),
        ("direktoer-boli-nu", "against"),
        ("direktion-fredericia-kommune", "for"),
    ] {
        let vote = json!({"seat": seat, "choice": choice});
        board.post(&format!("decisions/{voted}/votes"), &vote).await.expect(200);
    }
    let dissent = "Boli.nu ønsker <en> anden rækkefølge (opdigtet)";
    let conclusion = json!({"by": "vote", "conclusion": "Vedtaget (opdigtet)",
        "reservations": [{"seat": "direktoer-boli-nu", "text": dissent}]});
    board
        .post(&format!("decisions/{voted}/adopt"), &conclusion)
        .await
        .expect(200);
    let agreed = proposed(&app, "other", &first, Value::Null).await;
    adopt(&app, &agreed).await.expect(200);
    let second = called(&app, BOARD, "2024-03-12T14:00").await;

    let view = pack(&board, &second).await.expect(200);
    for (told, id) in view["pack"]["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .zip([&voted, &agreed])
    {
        let decision = board.get(&format!("decisions/{id}")).await.expect(200);
        let outcome = &told["outcome"];
        assert_eq!(told["id"], *id);
        assert_eq!(outcome["by"], decision["conclusion"]["by"]);
        for member in ["in_favour", "against"] {
            assert_eq!(outcome[member], decision["tally"][member]);
        }
        let bare = |rows: &Value, members: [&str; 2]| -> Vec<Value> {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| json!([row[members[0]], row[members[1]]])).collect()
        };
        let votes = ["organisation", "vote"];
        assert_eq!(
            bare(&outcome["votes"], votes),
            bare(&decision["tally"]["organisations"], votes)
        );
        let reservations = ["seat", "text"];
        assert_eq!(
            bare(&outcome["reservations"], reservations),
            bare(&decision["conclusion"]["reservations"], reservations)
        );
    }
    let text = page(&board, &second).await;
    let text = text.text();
    for said in [
        "Afstemning: 2 for, 1 imod",
        "boli.nu: imod",
        "<div>Konsensus</div>",
        "Boli.nu ønsker &lt;en&gt; anden rækkefølge (opdigtet)",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let mut workbook = workbook(&board, &second).await;
    let rows = rows(&mut workbook, "Beslutninger");
    let cell = |row: usize, column: usize| rows[row][column].to_string();
    assert!(cell(0, 4).starts_with("Afstemning: 2 for, 1 imod\n"), "{:?}", rows[0]);
    assert_eq!((cell(0, 5), cell(0, 6)), ("2".to_owned(), "1".to_owned()));
    assert!(cell(0, 7).ends_with(dissent), "{:?}", rows[0]);
    assert_eq!((cell(1, 4), cell(1, 7)), ("Konsensus".to_owned(), String::new()));
    // A target group is called by its name.
    let mut groups = workbook.worksheet_range("Målgrupper").unwrap();
    let heads = groups.rows().next().unwrap().to_vec();
    assert_eq!(heads[0], Data::String("Målgruppe".into()));
    groups = workbook.worksheet_range("Målstatus").unwrap();
    let heads: Vec<String> = groups.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert!(heads.contains(&"Udgangspunkt".to_owned()) && !text.to_lowercase().contains("baseline"));
}

#[actix_web::test]
async fn a_pack_that_was_made_before_votes_were_told_is_read_as_it_is() {
    let app = TestApp::start().await;
    let board = app.as_role(Role::Board);
    let first = held(&app, BOARD, "2023-03-14T14:00").await;
    let decision = proposed(&app, "other", &first, Value::Null).await;
    adopt(&app, &decision).await.expect(200);
    let secretariat = app.as_role(Role::Secretariat);
    let meeting = json!({"body": BOARD, "local_start": "2024-03-12T14:00", "duration_minutes": 120});
    let meeting = secretariat.post("meetings", &meeting).await.expect(201);
    let second = meeting["id"].as_str().unwrap();
    let item = json!({"title": "Orientering (opdigtet)"});
    secretariat
        .post(&format!("meetings/{second}/agenda-items"), &item)
        .await
        .expect(201);
    post_nothing(&secretariat, &format!("meetings/{second}/call"))
        .await
        .expect(200);
    // As it was stored then.
    let db = &app.state.db;
    let stored = meeting_pack::Entity::find().all(db.read()).await.unwrap();
    let row = stored
        .into_iter()
        .find(|row| row.meeting.to_string() == second)
        .unwrap();
    let mut content: Value = serde_json::from_str(&row.content).unwrap();
    content["decisions"][0]
        .as_object_mut()
        .unwrap()
        .remove("outcome")
        .unwrap();
    content["agenda"][0]
        .as_object_mut()
        .unwrap()
        .remove("decisions")
        .unwrap();
    let content = content.to_string();
    let mut row = row.into_active_model();
    row.sha256 = Set(format!("{:x}", Sha256::digest(&content)));
    row.content = Set(content);
    let transaction = db.begin().await.unwrap();
    row.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();

    let view = pack(&board, second).await.expect(200);
    assert_eq!(view["pack"]["decisions"][0]["id"], decision);
    assert_eq!(view["pack"]["decisions"][0]["outcome"], Value::Null);
    assert_eq!(view["pack"]["agenda"][0]["decisions"], json!([]));
    assert!(page(&board, second).await.text().contains("Ikke oplyst"));
    let mut workbook = workbook(&board, second).await;
    assert_eq!(
        rows(&mut workbook, "Beslutninger")[0][4],
        Data::String("Ikke oplyst".into())
    );
}

#[actix_web::test]
async fn participation_is_told_from_the_released_table_alone() {
    let app = TestApp::start().await;
    let quarter = "2024-Q1";
    quarters::report_synthetic(&app.state.db, quarter, 900, 1).await;
    let board = app.as_role(Role::Board);
    let participation = |view: &Value| view["pack"]["participation"].clone();
    // What was reported and not released is in no pack.
    let first = called(&app, BOARD, "2024-06-11T14:00").await;
    let before = pack(&board, &first).await.expect(200);
    assert_ne!(participation(&before)["period"], quarter);
    let release = json!({"period": quarter, "audience": "parties"});
    let secretariat = app.as_role(Role::Secretariat);
    secretariat.post("participation/releases", &release).await.expect(201);
    assert_eq!(pack(&board, &first).await.expect(200), before);
    let second = called(&app, BOARD, "2024-09-10T14:00").await;
    let told = participation(&pack(&board, &second).await.expect(200));
    assert_eq!(told["period"], quarter);
    let path = format!("participation/tables/zone-activity-age?period={quarter}&age_band=total&gender=total");
    let table = board.get(&path).await.expect(200);
    let bare = |rows: &Value| -> Vec<Value> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| json!([row["area"], row["activity"], row["value"], row["status"]]))
            .collect()
    };
    assert_eq!(bare(&told["rows"]), bare(&table["rows"]));
    assert!(
        told["rows"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["value"].is_null())
    );
    let mut workbook = workbook(&board, &second).await;
    let sheet = rows(&mut workbook, "Deltagelse");
    for (row, told) in sheet.iter().zip(told["rows"].as_array().unwrap()) {
        assert!(is_same(row.get(3), &told["value"]), "{row:?} {told}");
        let status = if told["value"].is_null() { "suppressed" } else { "final" };
        assert_eq!(told["status"], status);
    }
    assert_eq!(sheet.len(), told["rows"].as_array().unwrap().len());
    // So are newcomers and outcomes.
    let path = format!("participation/tables/outcomes?period={quarter}");
    let table = board.get(&path).await.expect(200);
    let sheet = rows(&mut workbook, "Resultater");
    let mut cells = 0;
    for row in table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["measure"] != "participants")
    {
        let own = told["outcomes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|own| own["activity"] == row["activity"]);
        let own = own.unwrap();
        assert_eq!(own[row["measure"].as_str().unwrap()], row["value"], "{row}");
        let is_named = own["suppressed"].as_array().unwrap().contains(&row["measure"]);
        assert_eq!(is_named, row["status"] == "suppressed", "{row} {own}");
        assert!(is_same(sheet[cells].get(3), &row["value"]), "{row}");
        cells += 1;
    }
    assert_eq!((sheet.len(), cells), (75, 75));
    assert!(
        page(&board, &second)
            .await
            .text()
            .contains("Nye deltagere, og hvad deltagerne gik videre til")
    );
}

#[actix_web::test]
async fn before_the_call_there_is_a_preview_and_after_calling_off_nothing() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let meeting = json!({"body": BOARD, "local_start": "2024-03-12T14:00", "duration_minutes": 120});
    let id = secretariat.post("meetings", &meeting).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let preview = pack(&secretariat, &id).await.expect(200);
    assert_eq!(json!([preview["is_final"], preview["sha256"]]), json!([false, null]));
    assert!(page(&secretariat, &id).await.text().contains("Foreløbig"));
    let cancelled = format!("meetings/{id}/cancel");
    secretariat
        .post(&cancelled, &json!({"reason": "Opdigtet"}))
        .await
        .expect(200);
    assert_eq!(pack(&secretariat, &id).await.status, 404);
    let second = called(&app, BOARD, "2024-03-13T14:00").await;
    let before = pack(&secretariat, &second).await;
    let cancelled = format!("meetings/{second}/cancel");
    secretariat
        .post(&cancelled, &json!({"reason": "Opdigtet"}))
        .await
        .expect(200);
    assert_eq!(pack(&secretariat, &second).await.body, before.body);
}

#[actix_web::test]
async fn a_caller_sees_the_packs_of_its_bodies_and_of_them_what_its_scopes_show() {
    let app = TestApp::start().await;
    let id = called(&app, BOARD, "2024-03-12T14:00").await;
    assert_eq!(
        pack(&of(&app, Role::HousingOrganisation, "boli-nu"), &id).await.status,
        200
    );
    assert_eq!(
        pack(&of(&app, Role::Municipality, "fredericia-bibliotek"), &id)
            .await
            .status,
        404
    );
    let scopes = [Permission::ReadMeetings, Permission::ReadGoals]
        .map(Permission::scope)
        .join(" ");
    let token = app.token(Role::Board, None, &[PLAN], Some(&scopes));
    let view = pack(&app.with_token(&token), &id).await.expect(200);
    assert_eq!(
        view["withheld"],
        json!([
            "kendskabsgrad",
            "participation",
            "placements",
            "milestones",
            "late_deliveries",
            "decisions"
        ])
    );
    assert!(view["pack"]["goals"].is_array() && view["pack"]["decisions"].is_null());
    let all = pack(&app.as_role(Role::Board), &id).await.expect(200);
    let late = |view: &Value| view["pack"]["late_deliveries"].as_array().unwrap().clone();
    assert!(!late(&all).is_empty());
    let municipality = pack(&of(&app, Role::Municipality, "fredericia-kommune"), &id)
        .await
        .expect(200);
    let own = late(&municipality);
    assert!(own.len() < late(&all).len());
    assert!(
        own.iter()
            .all(|row| row["owner"] != "landsbyggefonden" && !row["owner"].is_null())
    );
}

#[actix_web::test]
async fn a_pack_from_before_rows_had_a_status_is_read_with_one_and_keeps_its_checksum() {
    let app = TestApp::start().await;
    quarters::report_synthetic(&app.state.db, "2024-Q1", 900, 1).await;
    let release = json!({"period": "2024-Q1", "audience": "parties"});
    let secretariat = app.as_role(Role::Secretariat);
    secretariat.post("participation/releases", &release).await.expect(201);
    let board = app.as_role(Role::Board);
    let meeting = called(&app, BOARD, "2024-09-10T14:00").await;
    let now = pack(&board, &meeting).await.expect(200);
    // As it was stored then.
    let row = meeting_pack::Entity::find_by_id((1, meeting.parse::<uuid::Uuid>().unwrap()));
    let row = row.one(app.state.db.read()).await.unwrap().unwrap();
    let mut stored: Value = serde_json::from_str(&row.content).unwrap();
    for row in stored["participation"]["rows"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("status").unwrap();
    }
    for row in stored["participation"]["outcomes"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("suppressed").unwrap();
    }
    let content = stored.to_string();
    let sha256 = format!("{:x}", Sha256::digest(&content));
    let mut before = row.into_active_model();
    before.content = Set(content);
    before.sha256 = Set(sha256.clone());
    before.update(app.state.db.read()).await.unwrap();
    let read = pack(&board, &meeting).await.expect(200);
    assert_eq!(read["sha256"], sha256);
    assert_eq!(read["pack"]["participation"], now["pack"]["participation"]);
    assert!(page(&board, &meeting).await.text().contains("skjult"));
    let mut workbook = workbook(&board, &meeting).await;
    let sheet = rows(&mut workbook, "Deltagelse");
    let told = now["pack"]["participation"]["rows"].as_array().unwrap();
    assert_eq!(sheet.len(), told.len());
    for (row, told) in sheet.iter().zip(told) {
        let status = if told["status"] == "final" { "vist" } else { "skjult" };
        assert!(
            matches!(row.get(4), Some(Data::String(text)) if text == status),
            "{row:?} {told}"
        );
    }
}
