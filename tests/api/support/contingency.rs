//! Activations of the contingency plan, all made up: the agreement tells of none.

use chrono::NaiveDate;
use helhedsplan::contingency::model::NewActivation;
use helhedsplan::contingency::rules::course::ActivationKind;
use helhedsplan::contingency::store;
use helhedsplan::db::{self, Db};
use helhedsplan::entities::plan;
use helhedsplan::record::{self, Stamp};
use sea_orm::EntityTrait;
use uuid::Uuid;

/// Stores an activation by the Jobcenter, so that there is something to list and to read.
pub(crate) async fn sample(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let day = NaiveDate::from_ymd_opt(2024, 6, 1).unwrap();
    let version = store::in_force(db.read(), plan.id, day).await.unwrap().unwrap();
    let group = version.content.group("group-1").unwrap().clone();
    let new = NewActivation {
        group: group.code.clone(),
        kind: ActivationKind::Prevention,
        area: "zone-1".into(),
        raised_by: "jobcenter-fredericia".into(),
        activated_at: Some(day.and_hms_opt(18, 0, 0).unwrap().and_utc()),
        summary: "Prøve".into(),
        follows: None,
    };
    let stamp = Stamp {
        seq: record::current_seq(db.read(), plan.id).await.unwrap(),
        at: db::now(),
    };
    let transaction = db.begin().await.unwrap();
    store::insert_activation(&transaction, &version, &group, Uuid::now_v7(), new, "test", stamp)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}
