//! Redactions and texts that should not have been written, all made up.

use helhedsplan::auth::role::Role;
use helhedsplan::db::{self, Db};
use helhedsplan::entities::{plan, redaction};
use helhedsplan::record;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::extracts::extract;
use super::governance::post_nothing;
use super::sessions::{weekly, with};
use super::{Answer, TestApp};

/// What should not have been written: with letters that JSON and HTML write in their own ways.
pub(crate) const TEXT: &str = "familien \"Øst\" & søn på 3. sal";
const BOARD: &str = "bestyrelsen";

/// Stores one of a text that nobody knows, so that there is something to list and to read.
pub(crate) async fn sample(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let row = redaction::Model {
        plan_id: plan.id,
        id: Uuid::now_v7(),
        reason: "Opdigtet".into(),
        hash: "0".repeat(64),
        places: r#"[{"record":"agenda-items","key":"x","pointer":"/title","occurrences":1}]"#.into(),
        records: 1,
        occurrences: 1,
        subject: "omraadesekretariatet".into(),
        seq: record::current_seq(db.read(), plan.id).await.unwrap(),
        redacted_at: db::now(),
    };
    let transaction = db.begin().await.unwrap();
    redaction::Entity::insert(redaction::ActiveModel::from(row))
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

/// The paths of what [`write_everywhere`] has written.
pub(crate) struct Written {
    pub(crate) session: String,
    pub(crate) meeting: String,
    pub(crate) draft: String,
    pub(crate) activation: String,
    pub(crate) measurement: String,
    /// An instant at which the text stood there.
    pub(crate) before: String,
    /// A request that wrote it under a key, and its answer.
    pub(crate) keyed: (Value, Answer),
}

/// Writes the text wherever somebody may write one.
pub(crate) async fn write_everywhere(app: &TestApp) -> Written {
    let client = app.as_role(Role::Secretariat).header("if-match", "*");
    let id = |answer: &Answer| answer.json()["id"].as_str().unwrap().to_owned();
    let session = with(
        weekly(),
        &json!({"description": format!("Spørg {TEXT}."), "name": TEXT}),
    );
    let keyed = client.clone().header("idempotency-key", "session");
    let first = keyed.post("sessions", &session).await;
    first.expect(201);
    let patch = json!({"description": format!("Læg billet hos {TEXT}")});
    client.patch("activities/lektiecafe", &patch).await.expect(200);
    client
        .patch("venues/base-zone-2", &json!({"address": TEXT}))
        .await
        .expect(200);

    let meeting = json!({"body": BOARD, "local_start": "2024-03-12T14:00", "duration_minutes": 120, "place": TEXT});
    let meeting = format!("meetings/{}", id(&client.post("meetings", &meeting).await));
    let item = json!({"title": format!("Klage fra {TEXT}"), "description": format!("{TEXT} og {TEXT}"),
        "documents": [{"name": TEXT, "url": "https://example.org/a", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]});
    let item = id(&client.post(&format!("{meeting}/agenda-items"), &item).await);
    post_nothing(&client, &format!("{meeting}/call")).await.expect(200);
    post_nothing(&client, &format!("{meeting}/hold")).await.expect(200);
    let minutes = json!({"items": [{"item": item, "conclusion": format!("{TEXT} flytter."),
        "reservations": [{"seat": "direktoer-boli-nu", "text": TEXT}]}]});
    app.as_role(Role::Board)
        .header("if-match", "*")
        .put(&format!("{meeting}/minutes"), &minutes)
        .await
        .expect(200);

    let versions = "agreements/beskaeftigelse/versions";
    let draft = json!({"source": format!("Efter møde med {TEXT}"), "note": TEXT});
    let draft = client.post(versions, &draft).await.expect(201);
    let number = draft["version"].as_i64().unwrap();
    let draft = format!("{versions}/{number}");
    let mut staffing = client.get(&draft).await.json()["content"]["staffing"].clone();
    staffing[0]["role"] = TEXT.into();
    let content = json!({"content": {"staffing": staffing}});
    client.patch(&draft, &content).await.expect(200);

    let activation = json!({"group": "group-1", "kind": "vandalism", "area": "zone-1", "raised_by": "boli-nu",
        "activated_at": "2024-06-01T20:15:00Z", "summary": format!("Hos {TEXT}")});
    let activation = client.post("contingency/activations", &activation).await;
    let activation = format!("contingency/activations/{}", id(&activation));

    let decision = json!({"kind": "other", "title": TEXT, "text": TEXT});
    let decision = id(&client.post("decisions", &decision).await);
    let recommendation = json!({"decision": decision, "given_by": "secretariat", "stance": "adopt", "text": TEXT});
    client.post("recommendations", &recommendation).await.expect(201);
    let name = json!({"name": TEXT, "scopes": ["measurements:read"], "valid_days": 10});
    client.post("read-tokens", &name).await.expect(201);
    let patch = json!({"note": TEXT});
    client.patch("focus-areas/beskaeftigelse", &patch).await.expect(200);

    let row = json!({"indicator": "outside-labour-market-18-64", "area": "zone-1", "period": "2030", "value": 40.1,
        "source": "Landsbyggefonden"});
    client.post("measurements/imports", &json!([row])).await.expect(201);
    let listed = client.get("measurements?from=2030&area=zone-1").await;
    let measurement = format!("measurements/{}", listed.json()["items"][0]["id"].as_str().unwrap());
    let patch = json!({"note": TEXT, "reason": format!("Rettet af {TEXT}")});
    client.patch(&measurement, &patch).await.expect(200);
    let patch = json!({"note": "Uden navne", "reason": "Navn fjernet"});
    let corrected = client.patch(&measurement, &patch).await.expect(200);
    let before = corrected["history"].as_array().unwrap();
    let before = before.iter().find(|one| one["revision"] == 2).unwrap()["received_at"].clone();
    let mut pushed = extract("2024-01-01");
    pushed["source"] = TEXT.into();
    app.jobcenter()
        .post("kendskabsgrad/extracts", &pushed)
        .await
        .expect(201);
    Written {
        session: format!("sessions/{}", id(&first)),
        meeting,
        draft,
        activation,
        measurement,
        before: before.as_str().unwrap().to_owned(),
        keyed: (session, first),
    }
}
