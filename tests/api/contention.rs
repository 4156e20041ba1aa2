//! A long write holds the plan's clock, as a large import does: others wait for it, and whoever only reads does not.

use futures_util::future::{join, join_all};
use helhedsplan::auth::role::Role;
use helhedsplan::db::{self, Write};
use helhedsplan::entities::plan;
use helhedsplan::record::Clock;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::support::TestApp;

const SERIES: &str = "indicators/kendskabsgrad/series";

/// A transaction that holds the plan's clock until it is dropped.
async fn holder(app: &TestApp) -> Write {
    let plan = plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let transaction = app.state.db.begin().await.unwrap();
    Clock::lock(&transaction, plan.id).await.unwrap();
    transaction
}

#[actix_web::test]
async fn reads_are_answered_while_many_writes_wait_for_a_long_one() {
    let app = TestApp::start().await;
    let holder = holder(&app).await;
    let reader = app.as_role(Role::Board);
    let writes = (0..20).map(|count| {
        let writer = app.as_role(Role::Secretariat).header("if-match", "*");
        async move {
            let patch = json!({"name": format!("Prøve {count}")});
            writer.patch("focus-areas/beskaeftigelse", &patch).await.status
        }
    });
    let now = db::now().format("%Y-%m-%dT%H:%M:%S%.6fZ");
    let path = format!("{SERIES}?as_of={now}");
    let as_of = (0..20).map(|_| async { reader.get(&path).await.status });
    let reads = async {
        for area in ["zone-1", "zone-2", "zone-3", "zone-4"].repeat(10) {
            reader.get(&format!("{SERIES}?area={area}")).await.expect(200);
        }
        holder.rollback().await.unwrap();
    };
    let ((writes, as_of), ()) = join(join(join_all(writes), join_all(as_of)), reads).await;
    assert_eq!(writes, [200; 20]);
    assert_eq!(as_of, [200; 20]);
}

#[actix_web::test]
async fn a_write_that_waits_too_long_is_told_when_to_come_again() {
    let app = TestApp::start().await;
    let holder = holder(&app).await;
    let writer = app.as_role(Role::Secretariat).header("if-match", "*");
    let patch = json!({"name": "Prøve"});
    let answer = writer.patch("focus-areas/beskaeftigelse", &patch).await;
    assert_eq!(answer.problem(503), "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    holder.rollback().await.unwrap();
    writer.patch("focus-areas/beskaeftigelse", &patch).await.expect(200);
}
