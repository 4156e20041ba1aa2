//! Follow-up on goals and sub-goals with the figures that were seen, and the statement that the auditor reads.

use futures_util::future::join_all;
use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::governance::{adopt, called, held, of, post_nothing, propose, proposed};
use crate::support::{TestApp, extracts};

const BOARD: &str = "bestyrelsen";

fn new(meeting: &str, level: &str, goal: &str) -> Value {
    json!({"meeting": meeting, "level": level, "goal": goal, "conclusion": "Opdigtet konklusion"})
}

async fn recorded(app: &TestApp, follow_up: &Value) -> String {
    let answer = app.as_role(Role::Secretariat).post("follow-ups", follow_up).await;
    answer.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn statement(app: &TestApp, year: i32) -> Value {
    let auditor = app.as_role(Role::Auditor);
    auditor
        .get(&format!("follow-ups/statement?year={year}"))
        .await
        .expect(200)
}

/// What a statement says of those who have to follow a goal.
fn followers<'a>(statement: &'a Value, level: &str, goal: &str) -> Vec<(&'a str, bool, usize, usize)> {
    let goals = statement["goals"].as_array().unwrap();
    let goal = goals
        .iter()
        .find(|one| one["level"] == level && one["goal"] == goal)
        .unwrap();
    let followers = goal["followers"].as_array().unwrap().iter();
    followers
        .map(|one| {
            let count = |name: &str| one[name].as_array().unwrap().len();
            (
                one["follower"].as_str().unwrap(),
                one["is_done"].as_bool().unwrap(),
                count("follow_ups"),
                count("not_adopted"),
            )
        })
        .collect()
}

#[actix_web::test]
async fn a_follow_up_keeps_the_figures_that_its_meeting_saw() {
    let app = TestApp::start().await;
    let push = async |date: &str| {
        let pushed = app
            .jobcenter()
            .post("kendskabsgrad/extracts", &extracts::extract(date))
            .await;
        assert_eq!(pushed.status, 201, "{}", pushed.text());
    };
    push("2024-01-01").await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let goals = app
        .as_role(Role::Board)
        .get("sub-goals?on=2024-06-12")
        .await
        .expect(200);
    let rehabilitation = goals["items"].as_array().unwrap().iter().find(|goal| {
        goal["measures"]
            .as_array()
            .unwrap()
            .iter()
            .any(|measure| measure["code"] == "rehabilitation")
    });
    let goal = rehabilitation.unwrap()["code"].as_str().unwrap();
    // What comes after the call is not what the meeting saw.
    push("2024-06-01").await;
    let id = recorded(&app, &new(&meeting, "sub_goal", goal)).await;
    let follow_up = app
        .as_role(Role::Auditor)
        .get(&format!("follow-ups/{id}"))
        .await
        .expect(200);
    let figures = follow_up["figures"].as_array().unwrap();
    let seen = figures
        .iter()
        .find(|seen| seen["measure"] == "rehabilitation" && seen["area"] == "all-zones")
        .unwrap();
    assert_eq!(seen["period"], "2024-01-01");
    assert!(!seen["evidence"].as_array().unwrap().is_empty());
    // With the instant that it names, goal status answers the same.
    let as_of = follow_up["figures_as_of"].as_str().unwrap();
    let met = app
        .as_role(Role::Board)
        .get(&format!("meetings/{meeting}"))
        .await
        .expect(200);
    assert_eq!(met["figures_as_of"], as_of);
    let on = met["figures_on"].as_str().unwrap();
    let path = format!("goal-status/rehabilitation/all-zones?on={on}&as_of={as_of}");
    let status = app.as_role(Role::Board).get(&path).await.expect(200);
    assert_eq!(
        (&seen["status"], &seen["value"]),
        (&status["status"], &status["latest"]["value"])
    );
    let revisions = |evidence: &Value| -> Vec<(String, i64)> {
        let all = evidence.as_array().unwrap().iter();
        all.map(|one| (one["id"].to_string(), one["revision"].as_i64().unwrap()))
            .collect()
    };
    assert_eq!(revisions(&seen["evidence"]), revisions(&status["evidence"]));
    assert_eq!(
        (&follow_up["follower"], &follow_up["followed_on"]),
        (&json!("board"), &json!("2024-06-12"))
    );
}

#[actix_web::test]
async fn the_statement_says_what_was_followed_up_and_what_was_not() {
    let app = TestApp::start().await;
    let board = held(&app, BOARD, "2024-06-12T13:00").await;
    let steering = held(&app, "styregruppe-beskaeftigelse", "2024-05-30T13:00").await;
    let empty = statement(&app, 2024).await;
    let goals = empty["goals"].as_array().unwrap();
    assert_eq!(goals.iter().filter(|goal| goal["level"] == "goal").count(), 4);
    assert_eq!(
        (&empty["is_complete"], &empty["missing"]),
        (&json!(false), &json!(goals.len()))
    );
    let sub_goal = goals
        .iter()
        .find(|goal| goal["focus_area"] == "beskaeftigelse")
        .unwrap()["goal"]
        .as_str()
        .unwrap();
    let goal = recorded(&app, &new(&board, "goal", "employment")).await;
    let of_board = recorded(&app, &new(&board, "sub_goal", sub_goal)).await;
    recorded(&app, &new(&steering, "sub_goal", sub_goal)).await;
    let before = statement(&app, 2024).await;
    assert_eq!(followers(&before, "goal", "employment"), [("board", false, 0, 1)]);
    assert_eq!(
        followers(&before, "sub_goal", sub_goal),
        [("board", false, 0, 1), ("parties", true, 1, 0)]
    );
    let payload = json!({"follow_ups": [goal, of_board]});
    let decision = proposed(&app, "adopt_follow_up", &board, payload.clone()).await;
    let adopted = adopt(&app, &decision).await.expect(200);
    assert_eq!(
        (&adopted["state"], &adopted["effect"]["follow_ups"]),
        (&json!("in_force"), &payload["follow_ups"])
    );
    let after = statement(&app, 2024).await;
    assert_eq!(followers(&after, "goal", "employment"), [("board", true, 1, 0)]);
    assert_eq!(
        followers(&after, "sub_goal", sub_goal),
        [("board", true, 1, 0), ("parties", true, 1, 0)]
    );
    assert_eq!(after["missing"], goals.len() - 2);
    // Once, and only by the board's decision.
    let again = propose(&app, "adopt_follow_up", &board, payload).await;
    let errors = [
        "/payload/follow_ups/0 adopted_before",
        "/payload/follow_ups/1 adopted_before",
    ];
    assert_eq!(again.errors(422), errors);
    // Housing organisations read it, too; other years know nothing of it.
    let housing = of(&app, Role::HousingOrganisation, "boligkontoret-fredericia");
    assert_eq!(housing.get("follow-ups/statement?year=2024").await.expect(200), after);
    assert_eq!(statement(&app, 2025).await["missing"], goals.len());
    // The plan runs from 2023 to 2026.
    for year in ["1899", "2022", "2027", "-1", "2147483647"] {
        for path in ["follow-ups", "follow-ups/statement", "meetings/cadence"] {
            let other = app.as_role(Role::Auditor).get(&format!("{path}?year={year}")).await;
            assert_eq!(other.errors(422), ["year outside_plan"], "{path} {year}");
        }
    }
    for year in ["soon", "2147483648", "2024.5"] {
        for path in ["follow-ups", "follow-ups/statement", "meetings/cadence"] {
            let other = app.as_role(Role::Auditor).get(&format!("{path}?year={year}")).await;
            assert_eq!(other.errors(400), ["year invalid_value"], "{path} {year}");
        }
    }
    let listed = housing
        .get(&format!("follow-ups?year=2024&level=goal&meeting={board}"))
        .await
        .expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_meeting_follows_a_goal_up_once_also_where_two_say_so_at_once() {
    let app = TestApp::start().await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let secretariat = app.as_role(Role::Secretariat);
    let body = new(&meeting, "goal", "employment");
    let both = join_all((0..2).map(|_| secretariat.post("follow-ups", &body))).await;
    let mut statuses: Vec<u16> = both.iter().map(|one| one.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let done = both.iter().find(|one| one.status == 201).unwrap().json();
    let other = both.iter().find(|one| one.status == 409).unwrap();
    assert_eq!(other.errors(409), ["/goal followed_up_before"]);
    assert!(other.text().contains(done["id"].as_str().unwrap()));
    let listed = secretariat
        .get(&format!("follow-ups?meeting={meeting}"))
        .await
        .expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    // Another goal, and the same at another meeting, are other follow-ups; the same request with its key is no other.
    recorded(&app, &new(&meeting, "goal", "education")).await;
    let next = called(&app, BOARD, "2024-09-18T13:00").await;
    let keyed = secretariat.clone().header("idempotency-key", "once");
    let body = new(&next, "goal", "employment");
    let (first, again) = (
        keyed.post("follow-ups", &body).await,
        keyed.post("follow-ups", &body).await,
    );
    assert_eq!(first.expect(201), again.expect(201));
}

#[actix_web::test]
async fn a_follow_up_is_corrected_until_the_board_is_asked_to_adopt_it() {
    let app = TestApp::start().await;
    let meeting = held(&app, BOARD, "2024-06-12T13:00").await;
    let secretariat = app.as_role(Role::Secretariat);
    let id = recorded(&app, &new(&meeting, "goal", "employment")).await;
    let other = recorded(&app, &new(&meeting, "goal", "education")).await;
    let path = format!("follow-ups/{id}");
    let before = secretariat.get(&path).await;
    let etag = before.header("etag").to_owned();
    let before = before.expect(200);
    assert_eq!(before["corrected_at"], Value::Null);
    let words = json!({"conclusion": "Rettet (opdigtet)"});
    assert_eq!(
        secretariat.patch(&path, &words).await.problem(428),
        "precondition-required"
    );
    let held_to = secretariat.clone().header("if-match", &etag);
    let corrected = held_to.patch(&path, &words).await.expect(200);
    assert_eq!(corrected["conclusion"], "Rettet (opdigtet)");
    assert_eq!(
        (&corrected["figures"], &corrected["goal"]),
        (&before["figures"], &before["goal"])
    );
    assert!(corrected["corrected_at"].is_string());
    assert_eq!(held_to.patch(&path, &words).await.problem(412), "precondition-failed");
    let any = secretariat.clone().header("if-match", "*");
    let wrong = json!({"level": "dream", "goal": null, "meeting": meeting});
    let mut errors = any.patch(&path, &wrong).await.errors(422);
    errors.sort_unstable();
    assert_eq!(
        errors,
        ["/goal required", "/level unknown_word", "/meeting unknown_field"]
    );
    assert_eq!(
        any.patch(&path, &json!({"goal": "no-such"})).await.errors(422),
        ["/goal unknown_goal"]
    );
    assert_eq!(
        any.patch(&path, &json!({"goal": "education"})).await.errors(409),
        ["/goal followed_up_before"]
    );
    // With another goal come the figures that the meeting saw of that one.
    let moved = any.patch(&path, &json!({"goal": "crime-and-safety"})).await.expect(200);
    assert_ne!(moved["figures"], before["figures"]);
    let back = any.patch(&path, &json!({"goal": "employment"})).await.expect(200);
    assert_eq!(back["figures"], before["figures"]);
    assert_eq!(
        of(&app, Role::HousingOrganisation, "boli-nu")
            .header("if-match", "*")
            .patch(&path, &words)
            .await
            .problem(403),
        "forbidden"
    );

    // What the board is asked to adopt stays as it is; a proposal that is taken back asks nothing.
    let payload = json!({"follow_ups": [id]});
    let asked = proposed(&app, "adopt_follow_up", &meeting, payload.clone()).await;
    let stored = secretariat.get(&format!("decisions/{asked}")).await.expect(200);
    assert_eq!(stored["payload"], payload);
    let again = json!({"conclusion": "Rettet igen (opdigtet)"});
    assert_eq!(any.patch(&path, &again).await.problem(409), "state-conflict");
    secretariat
        .post(&format!("decisions/{asked}/withdraw"), &json!({}))
        .await
        .expect(200);
    any.patch(&path, &again).await.expect(200);
    // Who proposes may say which wording was read: `back` is not what it says now, nor is what another clock says.
    let now = secretariat.get(&path).await.expect(200);
    let beside = secretariat.get(&format!("follow-ups/{other}")).await.expect(200);
    let read = |ids: &[&str], when: &Value| json!({"follow_ups": ids, "last_changed_at": when});
    let stale = ["/payload/last_changed_at stale_version"];
    for when in [
        &back["corrected_at"],
        &now["recorded_at"],
        &json!("2100-01-01T00:00:00Z"),
    ] {
        let refused = propose(&app, "adopt_follow_up", &meeting, read(&[&id], when)).await;
        assert_eq!(refused.errors(422), stale, "{when}");
    }
    let odd = propose(&app, "adopt_follow_up", &meeting, read(&[&id], &json!("today"))).await;
    assert_eq!(odd.errors(422), ["/payload/last_changed_at invalid_instant"]);
    // Of several it is the latest; of one that was never corrected, when it was recorded.
    let refused = propose(
        &app,
        "adopt_follow_up",
        &meeting,
        read(&[&id, &other], &beside["recorded_at"]),
    )
    .await;
    assert_eq!(refused.errors(422), stale);
    for (ids, when) in [
        (&[id.as_str(), other.as_str()][..], &now["corrected_at"]),
        (&[other.as_str()][..], &beside["recorded_at"]),
    ] {
        let asked = proposed(&app, "adopt_follow_up", &meeting, read(ids, when)).await;
        let stored = secretariat.get(&format!("decisions/{asked}")).await.expect(200);
        assert_eq!(stored["payload"], json!({"follow_ups": ids}));
        secretariat
            .post(&format!("decisions/{asked}/withdraw"), &json!({}))
            .await
            .expect(200);
    }
    let asked = proposed(&app, "adopt_follow_up", &meeting, payload).await;
    adopt(&app, &asked).await.expect(200);
    let last = json!({"conclusion": "For sent (opdigtet)"});
    assert_eq!(any.patch(&path, &last).await.problem(409), "state-conflict");
    // Nor is anything changed once the minutes are approved.
    let other = format!("follow-ups/{other}");
    any.patch(&other, &words).await.expect(200);
    post_nothing(&secretariat, &format!("meetings/{meeting}/approve"))
        .await
        .expect(200);
    assert_eq!(any.patch(&other, &last).await.problem(409), "state-conflict");
}

#[actix_web::test]
async fn the_statement_as_csv_has_a_line_a_figure_that_was_seen() {
    let app = TestApp::start().await;
    let meeting = called(&app, BOARD, "2024-06-12T13:00").await;
    let mut follow_up = new(&meeting, "goal", "employment");
    follow_up["conclusion"] = json!("=1+1; \"opdigtet\"");
    let id = recorded(&app, &follow_up).await;
    let auditor = app.as_role(Role::Auditor);
    let csv = async |query: &str| {
        let answer = auditor.get(&format!("follow-ups/statement?year=2024&{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
        answer.text().to_owned()
    };
    // Of every goal a line, and of every sub-goal one for the board and one for the parties, where nothing was done.
    let json = statement(&app, 2024).await;
    let goals = json["goals"].as_array().unwrap();
    let duties: usize = goals
        .iter()
        .map(|goal| goal["followers"].as_array().unwrap().len())
        .sum();
    let before = csv("format=csv").await;
    assert_eq!(before.lines().count(), 1 + duties);
    let line = |text: &str| text.lines().find(|line| line.contains(&id)).unwrap().to_owned();
    let open = line(&before);
    assert!(
        open.starts_with("2024,goal,employment,") && open.contains(&format!(",board,false,{id},false,,")),
        "{open}"
    );

    let decision = proposed(&app, "adopt_follow_up", &meeting, json!({"follow_ups": [id]})).await;
    adopt(&app, &decision).await.expect(200);
    let after = csv("format=csv&locale=da").await;
    let seen = app
        .as_role(Role::Board)
        .get(&format!("follow-ups/{id}"))
        .await
        .expect(200);
    let figures = seen["figures"].as_array().unwrap();
    let lines: Vec<&str> = after.lines().filter(|line| line.contains(&id)).collect();
    assert_eq!(lines.len(), figures.len());
    for (line, figure) in lines.iter().zip(figures) {
        let text = |name: &str| figure[name].as_str().unwrap();
        let found = format!(";{};{};{};", text("measure"), text("area"), text("status"));
        assert!(
            line.contains(&found) && line.contains(&format!(";true;{id};true;2024-06-12;{meeting};")),
            "{line}"
        );
        // What a spreadsheet would take for a formula is text.
        assert!(line.contains("\"'=1+1; \"\"opdigtet\"\"\""), "{line}");
        assert!(line.contains(&decision));
    }
    let accepted = auditor
        .clone()
        .header("accept", "text/csv")
        .get("follow-ups/statement?year=2024")
        .await;
    assert_eq!(
        accepted.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
}

#[actix_web::test]
async fn a_follow_up_needs_a_meeting_of_those_who_follow_the_goal() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let post = async |body: &Value| secretariat.post("follow-ups", body).await.errors(422);
    let steering = called(&app, "styregruppe-uddannelse", "2024-05-29T13:00").await;
    let joint = called(&app, "faellessekretariatet", "2024-02-01T13:00").await;
    let planned = json!({"body": BOARD, "local_start": "2024-06-12T13:00", "duration_minutes": 120});
    let planned = secretariat.post("meetings", &planned).await.expect(201);
    let planned = planned["id"].as_str().unwrap();
    assert_eq!(post(&new(planned, "goal", "employment")).await, ["/meeting not_open"]);
    assert_eq!(post(&new(&joint, "goal", "employment")).await, ["/meeting wrong_body"]);
    assert_eq!(
        post(&new(&steering, "goal", "employment")).await,
        ["/goal not_of_this_body"]
    );
    let sub_goals = secretariat.get("sub-goals?on=2024-06-12").await.expect(200);
    let of_area = |area: &str| {
        let goals = sub_goals["items"].as_array().unwrap().iter();
        goals.clone().find(|goal| goal["focus_area"] == area).unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let elsewhere = of_area("beskaeftigelse");
    assert_eq!(
        post(&new(&steering, "sub_goal", &elsewhere)).await,
        ["/goal not_of_this_body"]
    );
    let own = of_area("kriminalitetsforebyggelse");
    assert_eq!(post(&new(&steering, "goal", &own)).await, ["/goal unknown_goal"]);
    let id = recorded(&app, &new(&steering, "sub_goal", &own)).await;
    let board = called(&app, BOARD, "2024-06-12T13:00").await;
    let refused = propose(&app, "adopt_follow_up", &board, json!({"follow_ups": [id]})).await;
    assert_eq!(refused.errors(422), ["/payload/follow_ups/0 not_of_the_board"]);
    let bad = json!({"meeting": "x", "level": "dream", "colour": "red"});
    let mut errors = post(&bad).await;
    errors.sort_unstable();
    assert_eq!(
        errors,
        [
            "/colour unknown_field",
            "/conclusion required",
            "/goal required",
            "/level unknown_word",
            "/meeting invalid_id"
        ]
    );
}
