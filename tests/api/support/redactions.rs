//! Redactions, all made up.

use helhedsplan::db::{self, Db};
use helhedsplan::entities::{plan, redaction};
use helhedsplan::record;
use sea_orm::EntityTrait;
use uuid::Uuid;

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
