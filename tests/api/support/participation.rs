//! Reports of participation, all made up: the agreement prints none.

use chrono::NaiveDate;
use helhedsplan::db::Db;
use helhedsplan::entities::plan;
use helhedsplan::participation::read_json;
use helhedsplan::participation::store::{self, Report};
use helhedsplan::record::Actor;
use helhedsplan::web::json::parse;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

/// What the Jobcenter reports of one of its activities.
pub(crate) fn report(period: &str) -> Value {
    json!({"activity": "din-uddannelsesvej", "period": period,
        "counts": [
            {"residence": "zone-1-unknown", "age_band": "18-29", "gender": "female", "participants": 9, "newcomers": 4,
             "outcomes": {"education": 2, "job": 1}},
            {"residence": "zone-2-unknown", "age_band": "18-29", "gender": "male", "participants": 6, "newcomers": 1},
            {"residence": "outside", "age_band": "15-17", "gender": "other-unknown", "participants": 1, "newcomers": 0}],
        "places": [{"zone": "zone-1", "sessions": 11, "volunteers": 2, "attendances": 70}]})
}

/// Stores one, so that there is something to list and to read.
pub(crate) async fn sample(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let codes = store::codes(db.read(), &plan, None).await.unwrap();
    let body = parse(report("2023-Q4").to_string().as_bytes()).unwrap();
    let mut errors = Vec::new();
    let draft = read_json::read(&body, Some("Jobcenter Fredericia".into()), &mut errors);
    let by_jobcenter = Report {
        plan,
        organisation: Some("jobcenter-fredericia".into()),
        units: None,
        actor: Actor::operator().clone(),
        today: NaiveDate::from_ymd_opt(2024, 1, 10).unwrap(),
        dry_run: false,
    };
    let transaction = db.begin().await.unwrap();
    store::report(&transaction, &by_jobcenter, &draft, &codes, errors)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}
