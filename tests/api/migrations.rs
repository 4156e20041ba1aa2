//! The schema goes up, down and up again, on both databases.

use helhedsplan::db::Db;
use helhedsplan::seed::{self, Source};

use crate::support::{new_postgres_database, postgres};

#[actix_web::test]
async fn the_schema_goes_up_and_down_and_up_also_with_data() {
    let directory = tempfile::tempdir().unwrap();
    let url = match postgres() {
        Some(server) => new_postgres_database(&server, None).await,
        None => format!("sqlite://{}?mode=rwc", directory.path().join("m.db").display()),
    };
    let db = Db::connect(&url, 2).await.unwrap();
    assert!(db.pending_migrations().await.unwrap() > 0);
    db.migrate().await.unwrap();
    assert_eq!(db.pending_migrations().await.unwrap(), 0);
    let loaded = seed::load(&db, &Source::Fredericia).await.unwrap();
    assert_eq!(loaded.extracts, 1);
    db.unmigrate().await.unwrap();
    assert!(db.pending_migrations().await.unwrap() > 0);
    db.migrate().await.unwrap();
    assert_eq!(seed::load(&db, &Source::Fredericia).await.unwrap(), loaded);
    db.close().await.unwrap();
}
