//! Meetings, all made up: the agreement names none.

use helhedsplan::auth::Caller;
use helhedsplan::auth::role::Role;
use helhedsplan::auth::secret::digest;
use helhedsplan::bodies;
use helhedsplan::db::Db;
use helhedsplan::entities::{calendar_feed, plan};
use helhedsplan::local_time::parse_local;
use helhedsplan::meetings::rules::{Draft, ItemDraft, ItemStatus, Step};
use helhedsplan::meetings::store;
use helhedsplan::meetings::store::agenda::{self, Proposer};
use helhedsplan::meetings::store::feeds::{self, NewFeed};
use helhedsplan::record::{Actor, Clock, Deed, Stamp};
use sea_orm::{DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::document::DOCUMENT;

async fn stamp(transaction: &DatabaseTransaction, plan_id: i32) -> Stamp {
    let deed = Deed {
        actor: Actor::operator(),
        operation: "test",
        target: "test".into(),
    };
    let clock = Clock::lock(transaction, plan_id).await.unwrap();
    clock.tick(transaction, deed).await.unwrap()
}

/// Stores a meeting of the board and one of a working group, both held in 2023 with an item on the agenda, and a calendar
/// subscription whose secret is the document's example: so that there is something to list and to read for everybody.
pub(crate) async fn sample(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let transaction = db.begin().await.unwrap();
    for (body, start) in [
        ("bestyrelsen", "2023-03-14T14:00"),
        ("arbejdsgruppe-beskaeftigelse", "2023-03-15T09:00"),
    ] {
        let id = Uuid::now_v7();
        let draft = Draft {
            body: body.into(),
            name: None,
            local_start: parse_local(start).unwrap(),
            duration_minutes: 120,
            venue: None,
            place: None,
        };
        let at = stamp(&transaction, plan.id).await;
        let mut row = store::insert(&transaction, plan.id, id, draft, at).await.unwrap();
        let item = ItemDraft {
            title: "Status".into(),
            description: None,
            documents: vec![],
            position: None,
            status: ItemStatus::Accepted,
        };
        let proposer = Proposer {
            role: Role::Secretariat,
            organisation: Some("omraadesekretariatet".into()),
        };
        agenda::insert(&transaction, plan.id, id, Uuid::now_v7(), item, proposer, at)
            .await
            .unwrap();
        let body = bodies::store::body(&transaction, plan.id, body).await.unwrap();
        for step in [Step::Call, Step::Hold] {
            let at = stamp(&transaction, plan.id).await;
            row = store::step(&transaction, row, &body, step, None, at).await.unwrap();
        }
    }
    let secret = DOCUMENT["paths"]["/v1/plans/{plan}/calendars/{secret}.ics"]["get"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .find(|parameter| parameter["name"] == "secret")
        .and_then(|parameter| parameter["example"].as_str())
        .unwrap();
    let new = NewFeed {
        id: Uuid::now_v7(),
        body: "bestyrelsen".into(),
        name: "Prøvekalender".into(),
        handle: secret[..13].into(),
        hash: base64(digest(secret)),
    };
    let caller = Caller {
        role: Some(Role::Secretariat),
        ..(*Caller::public()).clone()
    };
    let at = stamp(&transaction, plan.id).await;
    let _: calendar_feed::Model = feeds::add(&transaction, plan.id, new, &caller, at).await.unwrap();
    transaction.commit().await.unwrap();
}

fn base64(digest: [u8; 32]) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    URL_SAFE_NO_PAD.encode(digest)
}
