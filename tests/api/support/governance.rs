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
        corrected_at: None,
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

/// Plans and calls a meeting, and gives its id.
pub(crate) async fn called(app: &TestApp, body: &str, start: &str) -> String {
    let secretariat = app.as_role(Role::Secretariat);
    let meeting = json!({"body": body, "local_start": start, "duration_minutes": 120});
    let planned = secretariat.post("meetings", &meeting).await.expect(201);
    let id = planned["id"].as_str().unwrap().to_owned();
    post_nothing(&secretariat, &format!("meetings/{id}/call"))
        .await
        .expect(200);
    id
}

/// Plans, calls and holds a meeting, and gives its id.
pub(crate) async fn held(app: &TestApp, body: &str, start: &str) -> String {
    let id = called(app, body, start).await;
    hold(app, &id).await;
    id
}

/// Records that a meeting was held.
pub(crate) async fn hold(app: &TestApp, id: &str) {
    let secretariat = app.as_role(Role::Secretariat);
    post_nothing(&secretariat, &format!("meetings/{id}/hold"))
        .await
        .expect(200);
}

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
