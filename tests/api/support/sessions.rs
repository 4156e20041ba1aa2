//! Sessions, all made up: the agreement names none.

use helhedsplan::db::{self, Db};
use helhedsplan::entities::plan;
use helhedsplan::local_time::parse_local;
use helhedsplan::problem::At;
use helhedsplan::record::{self, Stamp};
use helhedsplan::sessions::rules::{self, Definition, SessionStatus};
use helhedsplan::sessions::store;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use uuid::Uuid;

/// A homework café on seven Tuesdays, across the end of summer time.
pub(crate) fn weekly() -> Value {
    json!({"activity": "lektiecafe", "venue": "base-zone-1", "local_start": "2024-10-15T16:00", "duration_minutes": 90,
        "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=7", "is_published": true})
}

/// An afternoon at the guidance shop, once.
pub(crate) fn once() -> Value {
    json!({"activity": "vejledningsbutikken", "venue": "base-zone-2", "local_start": "2025-01-08T10:00",
        "duration_minutes": 120, "is_published": true})
}

/// The same with other members.
pub(crate) fn with(mut session: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        session[name] = value.clone();
    }
    session
}

/// Stores a published series, so that there is something to list and to read; gives its id.
pub(crate) async fn sample(db: &Db) -> Uuid {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let definition = Definition {
        activity: "lektiecafe".into(),
        venue: "base-zone-1".into(),
        name: Some("Prøvecafé".into()),
        name_en: Some("Sample café".into()),
        description: None,
        description_en: None,
        local_start: parse_local("2023-03-07T16:00").unwrap(),
        duration_minutes: 90,
        rrule: Some("FREQ=WEEKLY;BYDAY=TU;COUNT=7".into()),
        exceptions: vec![],
        capacity: None,
        age_from: None,
        age_to: None,
        status: SessionStatus::Scheduled,
        is_published: true,
    };
    let period = (plan.starts_on, plan.ends_on);
    let occurrences = rules::occurrences(&definition, period, &At::Pointer(String::new())).unwrap();
    let id = Uuid::now_v7();
    let stamp = Stamp {
        seq: record::current_seq(db.read(), plan.id).await.unwrap(),
        at: db::now(),
    };
    let transaction = db.begin().await.unwrap();
    store::insert(&transaction, plan.id, id, definition, occurrences, stamp)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    id
}
