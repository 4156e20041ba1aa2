//! The demonstration: everything that is made up in it says so, and none of it is anywhere else.

use helhedsplan::db::Db;
use helhedsplan::entities::{area, participation_report, plan, release};
use helhedsplan::seed;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::cli::helhedsplan;
use crate::support::TestApp;

#[actix_web::test]
async fn the_demonstration_says_wherever_it_is_looked_at_that_it_is_made_up() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("demo.db").display());
    let db = Db::connect(&url, 2).await.unwrap();
    db.migrate().await.unwrap();
    seed::load_demo(&db).await.unwrap();
    let read = db.read();
    let plan = plan::Entity::find().one(read).await.unwrap().unwrap();
    assert!(
        plan.name.starts_with("DEMO (Syntetisk): ") && plan.name_en.starts_with("DEMO"),
        "{}",
        plan.name
    );
    let made_up = area::Entity::find().filter(area::Column::Code.starts_with("syntetisk-"));
    let made_up = made_up.all(read).await.unwrap();
    assert_eq!(made_up.len(), 41);
    assert!(
        made_up
            .iter()
            .all(|area| area.name.starts_with("Syntetisk") && area.source == "Syntetisk")
    );
    let reports = participation_report::Entity::find().all(read).await.unwrap();
    assert!(reports.len() > 30 && reports.iter().all(|report| report.source == "Syntetiske tal"));
    let released = release::Entity::find()
        .filter(release::Column::Subject.eq("participation"))
        .all(read)
        .await
        .unwrap();
    let audiences: Vec<&str> = released.iter().map(|row| row.audience.as_str()).collect();
    assert_eq!(audiences.len(), 4, "{audiences:?}");
    assert!(released.iter().all(|row| row.published.contains("null")));
    db.close().await.unwrap();
}

#[actix_web::test]
async fn the_ordinary_plan_has_nothing_made_up_and_the_demonstration_takes_no_other_database() {
    let app = TestApp::start().await;
    let areas = app.public().get("areas?limit=1000").await;
    assert!(!areas.text().contains("yntetisk"));
    let url = app.database_url();
    let refused = helhedsplan(&["serve", "--demo"], &[("HELHEDSPLAN_DATABASE_URL", url.as_str())]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("HELHEDSPLAN_DATABASE_URL"),
        "{said}"
    );
}
