//! A year as the agreement prescribes it, played through: 24 meetings, with what the board decides at them.

use helhedsplan::auth::role::Role;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::governance::{adopt, called, draft, hold, post_nothing, proposed, recommended};

const BOARD: &str = "bestyrelsen";

/// The meetings of 2024 but those of the board and the steering groups, which decide and recommend.
const OTHERS: [(&str, &[&str]); 6] = [
    (
        "faellessekretariatet",
        &["2024-02-01", "2024-05-02", "2024-08-22", "2024-11-07"],
    ),
    (
        "koordineringsmoedet",
        &["2024-02-08", "2024-05-08", "2024-08-29", "2024-11-14"],
    ),
    ("beboerdemokratimoede-zone-1", &["2024-04-10", "2024-10-09"]),
    ("beboerdemokratimoede-zone-2", &["2024-04-11", "2024-10-10"]),
    ("beboerdemokratimoede-zone-3", &["2024-04-15", "2024-10-21"]),
    ("beboerdemokratimoede-zone-4", &["2024-04-16", "2024-10-22"]),
];

async fn meet(app: &TestApp, body: &str, day: &str) -> String {
    called(app, body, &format!("{day}T13:00")).await
}

async fn cadence(app: &TestApp) -> Value {
    app.as_role(Role::Board)
        .get("meetings/cadence?year=2024")
        .await
        .expect(200)
}

/// Every goal and sub-goal followed up at a meeting; the ids.
async fn follow_up(app: &TestApp, meeting: &str, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let secretariat = app.as_role(Role::Secretariat);
    let statement = secretariat.get("follow-ups/statement?year=2024").await.expect(200);
    let mut ids = Vec::new();
    for goal in statement["goals"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|goal| wanted(goal))
    {
        let follow_up =
            json!({"meeting": meeting, "level": goal["level"], "goal": goal["goal"], "conclusion": "Opdigtet"});
        let recorded = secretariat.post("follow-ups", &follow_up).await.expect(201);
        ids.push(recorded["id"].as_str().unwrap().to_owned());
    }
    ids
}

#[actix_web::test]
async fn a_year_of_meetings_and_decisions_as_the_agreement_prescribes_it() {
    let app = TestApp::start().await;
    let fund = app.as_role(Role::Fund);
    for (body, days) in OTHERS {
        for day in days {
            let id = meet(&app, body, day).await;
            hold(&app, &id).await;
        }
    }

    // The first board meeting: the homework café goes to zone 1, on both recommendations.
    let place = async |meeting: &str, steering: &str, zone: &str, from: &str| {
        let payload = json!({"activity": "lektiecafe", "zone": zone, "starts_on": from});
        let id = proposed(&app, "place_activity", meeting, payload).await;
        recommended(&app, &id, None).await;
        recommended(&app, &id, Some(steering)).await;
        assert_eq!(adopt(&app, &id).await.expect(200)["state"], "in_force");
    };
    let education = meet(&app, "styregruppe-uddannelse", "2024-02-20").await;
    hold(&app, &education).await;
    let first = meet(&app, BOARD, "2024-03-13").await;
    hold(&app, &first).await;
    place(&first, &education, "zone-1", "2024-04-01").await;

    // The half-yearly one, after the other steering group: a sub-agreement is revised, a strategic change is adopted.
    let employment = meet(&app, "styregruppe-beskaeftigelse", "2024-05-30").await;
    hold(&app, &employment).await;
    let june = meet(&app, BOARD, "2024-06-12").await;
    hold(&app, &june).await;
    let revision = draft(&app, "beskaeftigelse", json!({"staffing": []})).await;
    let payload = json!({"agreement": "beskaeftigelse", "version": revision, "effective_from": "2024-07-01"});
    let id = proposed(&app, "approve_sub_agreement", &june, payload).await;
    adopt(&app, &id).await.expect(200);
    let strategic = async |meeting: &str, note: &str| {
        let number = draft(&app, "strategisk", json!({"period": {"note": note}})).await;
        let payload = json!({"agreement": "strategisk", "version": number, "effective_from": "2025-01-01"});
        let id = proposed(&app, "change_strategic_agreement", meeting, payload).await;
        assert_eq!(adopt(&app, &id).await.expect(200)["state"], "awaiting_endorsement");
        (id, number)
    };
    let (declined, _) = strategic(&june, "Opdigtet ændring, som afslås").await;
    let path = format!("decisions/{declined}/decline");
    fund.post(&path, &json!({"note": "Opdigtet"})).await.expect(200);

    // Autumn: the café moves to zone 3, and the fund endorses the second try.
    let september = meet(&app, BOARD, "2024-09-18").await;
    hold(&app, &september).await;
    let autumn = meet(&app, "styregruppe-uddannelse", "2024-11-20").await;
    let also = meet(&app, "styregruppe-beskaeftigelse", "2024-11-21").await;
    for id in [&autumn, &also] {
        hold(&app, id).await;
    }
    let (endorsed, number) = strategic(&september, "Opdigtet ændring, som godkendes").await;
    fund.post(&format!("decisions/{endorsed}/endorse"), &json!({}))
        .await
        .expect(200);
    let incomplete = cadence(&app).await;
    assert_eq!(
        (&incomplete["is_complete"], &incomplete["missing"]),
        (&json!(false), &json!(1))
    );
    let december = meet(&app, BOARD, "2024-12-11").await;
    hold(&app, &december).await;
    place(&december, &autumn, "zone-3", "2025-01-01").await;

    // The board follows up every goal, the steering groups the sub-goals of their focus areas.
    let mut ids = follow_up(&app, &december, |_| true).await;
    let is_of = |goal: &Value, areas: [&str; 2]| areas.iter().any(|area| goal["focus_area"] == *area);
    follow_up(&app, &autumn, |goal| {
        is_of(goal, ["uddannelse-og-livschancer", "kriminalitetsforebyggelse"])
    })
    .await;
    follow_up(&app, &also, |goal| {
        is_of(goal, ["beskaeftigelse", "sammenhaengskraft-og-medborgerskab"])
    })
    .await;
    let last = ids.pop().unwrap();
    for part in [ids, vec![last]] {
        let statement = fund.get("follow-ups/statement?year=2024").await.expect(200);
        assert_eq!(statement["is_complete"], false);
        let id = proposed(&app, "adopt_follow_up", &december, json!({"follow_ups": part})).await;
        adopt(&app, &id).await.expect(200);
    }
    let statement = fund.get("follow-ups/statement?year=2024").await.expect(200);
    assert_eq!(
        (&statement["is_complete"], &statement["missing"]),
        (&json!(true), &json!(0))
    );

    // What the year came to.
    let complete = cadence(&app).await;
    assert_eq!(
        (&complete["required"], &complete["held"], &complete["missing"]),
        (&json!(24), &json!(24), &json!(0))
    );
    assert_eq!(complete["is_complete"], true);
    let cafe = app.public().get("activities/lektiecafe").await.expect(200);
    let zones: Vec<(&Value, &Value)> = cafe["placements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["zone"], &one["ends_on"]))
        .collect();
    assert_eq!(
        zones,
        [
            (&json!("zone-1"), &json!("2024-12-31")),
            (&json!("zone-3"), &Value::Null)
        ]
    );
    for (agreement, day, version) in [
        ("beskaeftigelse", "2024-06-30", 1),
        ("beskaeftigelse", "2024-07-01", revision),
        ("strategisk", "2024-12-31", 1),
        ("strategisk", "2025-01-01", number),
    ] {
        let found = fund.get(&format!("agreements/{agreement}?on={day}")).await.expect(200);
        assert_eq!(found["version"], version, "{agreement} on {day}");
    }
    let decisions = fund.get("decisions?limit=1000").await.expect(200);
    let states: Vec<&str> = decisions["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["meeting"] != Value::Null)
        .map(|item| item["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        [
            "in_force", "in_force", "declined", "in_force", "in_force", "in_force", "in_force"
        ]
    );
    // With its minutes approved a meeting decides nothing more.
    let secretariat = app.as_role(Role::Secretariat);
    post_nothing(&secretariat, &format!("meetings/{december}/approve"))
        .await
        .expect(200);
    let late = proposed(&app, "other", &june, Value::Null).await;
    let path = format!("decisions/{late}/adopt");
    let refused = app
        .as_role(Role::Board)
        .post(&path, &json!({"by": "consensus", "meeting": december}))
        .await;
    assert_eq!(refused.errors(422), ["/meeting minutes_approved"]);
}
