//! Meetings, proposals and what is done with them, as the tests of governance need them.

use helhedsplan::auth::role::Role;
use helhedsplan::db::{self, Db};
use helhedsplan::entities::{decision, follow_up, meeting, plan, recommendation};
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{Answer, Client, PLAN, TestApp};

/// A decision, a recommendation and a follow-up that are there before every test: concluded, and of no year of the plan.
pub(crate) async fn sample(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let meeting = meeting::Entity::find().one(db.read()).await.unwrap().unwrap().id;
    let (now, id) = (db::now(), uuid::Uuid::now_v7());
    let transaction = db.begin().await.unwrap();
    let row = decision::Model {
        plan_id: plan.id,
        id,
        kind: "other".into(),
        title: "Orientering (opdigtet)".into(),
        text: None,
        payload: None,
        state: "adopted".into(),
        meeting: None,
        proposed_by_role: "secretariat".into(),
        proposed_by: Some("omraadesekretariatet".into()),
        created_at: now,
        changed_at: now,
        seq_changed: 0,
        concluded_by: Some("consensus".into()),
        conclusion: None,
        concluded_at: Some(now),
        fund_note: None,
        fund_answered_at: None,
        effect: None,
        seq_effect: None,
        effect_at: None,
    };
    decision::Entity::insert(decision::ActiveModel::from(row))
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    let row = recommendation::Model {
        plan_id: plan.id,
        id: uuid::Uuid::now_v7(),
        decision: id,
        given_by: "secretariat".into(),
        meeting: None,
        stance: "adopt".into(),
        text: "Tages til efterretning (opdigtet).".into(),
        given_at: now,
    };
    recommendation::Entity::insert(recommendation::ActiveModel::from(row))
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    let row = follow_up::Model {
        plan_id: plan.id,
        id: uuid::Uuid::now_v7(),
        meeting,
        follower: "board".into(),
        followed_on: "2022-12-01".parse().unwrap(),
        level: "goal".into(),
        goal: "employment".into(),
        agreement: "strategisk".into(),
        version: 1,
        focus_area: None,
        figures_as_of: now,
        figures: "[]".into(),
        conclusion: "Tages til efterretning (opdigtet).".into(),
        created_at: now,
        decision: None,
        adopted_at: None,
    };
    follow_up::Entity::insert(follow_up::ActiveModel::from(row))
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

/// A client of an organisation in a role.
pub(crate) fn of<'a>(app: &'a TestApp, role: Role, organisation: &str) -> Client<'a> {
    app.with_token(&app.token(role, Some(organisation), &[PLAN], None))
}

/// `POST` without a body.
pub(crate) async fn post_nothing(client: &Client<'_>, path: &str) -> Answer {
    client.send(Method::POST, path, None, Vec::new()).await
}

/// TEMPORARY
pub(crate) async fn bootstrap(db: &Db) {
    use helhedsplan::entities::{body, body_seat};
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let tx = db.begin().await.unwrap();
    for (position, (code, kind, areas)) in [
        ("bestyrelsen", "board", json!([])),
        ("styregruppe-beskaeftigelse", "steering_group", json!(["beskaeftigelse", "sammenhaengskraft-og-medborgerskab"])),
        ("styregruppe-uddannelse", "steering_group", json!(["uddannelse-og-livschancer", "kriminalitetsforebyggelse"])),
        ("faellessekretariatet", "joint_secretariat", json!([])),
    ].into_iter().enumerate() {
        let row = body::Model {
            plan_id: plan.id, code: code.into(), position: position as i32, kind: kind.into(), name: code.into(), name_en: code.into(),
            aliases: json!([]), area: None, focus_areas: areas, times: None, per: None, call_days: None, agenda_days: None,
            deadlines_source: None, note: None, source: "x".into(), archived_at: None,
        };
        body::Entity::insert(body::ActiveModel::from(row)).exec_without_returning(&tx).await.unwrap();
    }
    for (position, (code, org, member, vote)) in [
        ("direktoer-boligkontoret-fredericia", "boligkontoret-fredericia", true, Some("boligkontoret-fredericia")),
        ("direktoer-boli-nu", "boli-nu", true, Some("boli-nu")),
        ("direktion-fredericia-kommune", "fredericia-kommune", true, Some("fredericia-kommune")),
        ("fagchef-beskaeftigelse", "fredericia-kommune", true, Some("fredericia-kommune")),
        ("erhvervsdirektoer-business-fredericia", "business-fredericia", true, None),
        ("projektchef", "omraadesekretariatet", false, None),
        ("souschef", "omraadesekretariatet", false, None),
    ].into_iter().enumerate() {
        let row = body_seat::Model {
            plan_id: plan.id, body: "bestyrelsen".into(), code: code.into(), position: position as i32, organisation: Some(org.into()),
            title: "x".into(), title_en: "x".into(), aliases: json!([]), is_member: member, vote_of: vote.map(Into::into),
            is_chair: false, is_minute_taker: false, note: None, source: "x".into(),
        };
        body_seat::Entity::insert(body_seat::ActiveModel::from(row)).exec_without_returning(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    row(db, "bestyrelsen", "2022-12-01T13:00", "held").await;
}

async fn row(db: &Db, body: &str, start: &str, status: &str) -> String {
    use helhedsplan::entities::plan_clock;
    let clock = plan_clock::Entity::find().one(db.read()).await.unwrap().unwrap();
    let start = chrono::NaiveDateTime::parse_from_str(start, "%Y-%m-%dT%H:%M").unwrap();
    let id = uuid::Uuid::now_v7();
    let now = db::now();
    let called = status != "planned";
    let row = meeting::Model {
        plan_id: clock.plan_id, id, body: body.into(), status: status.into(), name: None, local_start: start, duration_minutes: 120,
        venue: None, place: None, guests: json!([]), call_by: None, agenda_by: None, called_at: called.then_some(now),
        figures_as_of: called.then_some(clock.at), figures_seq: called.then_some(clock.seq), figures_on: called.then_some(start.date()),
        held_at: None, approved_at: None, cancelled_at: None, cancelled_because: None, sequence: 0, created_at: now, changed_at: now,
    };
    let tx = db.begin().await.unwrap();
    meeting::Entity::insert(meeting::ActiveModel::from(row)).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}

/// Plans and calls a meeting, and gives its id.
pub(crate) async fn called(app: &TestApp, body: &str, start: &str) -> String {
    row(&app.state.db, body, start, "called").await
}

/// Plans, calls and holds a meeting, and gives its id.
pub(crate) async fn held(app: &TestApp, body: &str, start: &str) -> String {
    row(&app.state.db, body, start, "held").await
}

/// Records that a meeting was held.
pub(crate) async fn hold(_app: &TestApp, _id: &str) {}

/// The secretariat's proposal, by its id.
pub(crate) async fn proposed(app: &TestApp, kind: &str, meeting: &str, payload: Value) -> String {
    let answer = propose(app, kind, meeting, payload).await;
    answer.expect(201)["id"].as_str().unwrap().to_owned()
}

/// The answer to a proposal of the secretariat.
pub(crate) async fn propose(app: &TestApp, kind: &str, meeting: &str, payload: Value) -> Answer {
    let mut proposal = json!({"kind": kind, "title": "Opdigtet forslag", "meeting": meeting});
    if !payload.is_null() {
        proposal["payload"] = payload;
    }
    app.as_role(Role::Secretariat).post("decisions", &proposal).await
}

/// The secretariat's recommendation of a proposal.
pub(crate) async fn recommended(app: &TestApp, decision: &str, steering_group: Option<&str>) {
    let mut recommendation =
        json!({"decision": decision, "given_by": "secretariat", "stance": "adopt", "text": "Opdigtet"});
    if let Some(meeting) = steering_group {
        recommendation["given_by"] = "steering_group".into();
        recommendation["meeting"] = meeting.into();
    }
    let secretariat = app.as_role(Role::Secretariat);
    secretariat.post("recommendations", &recommendation).await.expect(201);
}

/// The board adopts by consensus.
pub(crate) async fn adopt(app: &TestApp, decision: &str) -> Answer {
    let path = format!("decisions/{decision}/adopt");
    app.as_role(Role::Board).post(&path, &json!({"by": "consensus"})).await
}

/// A draft of an agreement with a change to its content, by its number.
pub(crate) async fn draft(app: &TestApp, agreement: &str, change: Value) -> i64 {
    let housing = app.as_role(Role::HousingOrganisation);
    let versions = format!("agreements/{agreement}/versions");
    let draft = housing
        .post(&versions, &json!({"source": "Opdigtet"}))
        .await
        .expect(201);
    let number = draft["version"].as_i64().unwrap();
    redraft(app, agreement, number, change).await;
    number
}

/// Changes the content of a draft.
pub(crate) async fn redraft(app: &TestApp, agreement: &str, number: i64, change: Value) {
    let housing = app.as_role(Role::HousingOrganisation).header("if-match", "*");
    let path = format!("agreements/{agreement}/versions/{number}");
    housing.patch(&path, &json!({"content": change})).await.expect(200);
}
