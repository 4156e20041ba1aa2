//! Redactions of texts, and when something was taken out of a pack or a report.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use crate::tables::{drop_all, plan_table, to_plan};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns that say when content was taken out of a row that otherwise never changes.
const TAKEN_OUT: [(&str, &str); 2] = [("meeting_packs", "redacted_at"), ("participation_reports", "erased_at")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in TAKEN_OUT {
            let when = timestamp_with_time_zone_null(column);
            manager
                .alter_table(Table::alter().table(table).add_column(when).take())
                .await?;
        }
        manager.create_table(redactions()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["redactions"]).await?;
        for (table, column) in TAKEN_OUT {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).take())
                .await?;
        }
        Ok(())
    }
}

/// One row a redaction: where the text stood, never the text.
fn redactions() -> TableCreateStatement {
    plan_table("redactions", &["id"])
        .col(uuid("id"))
        .col(text("reason"))
        .col(string("hash"))
        .col(text("places"))
        .col(big_integer("records"))
        .col(big_integer("occurrences"))
        .col(string("subject"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("redacted_at"))
        .foreign_key(&mut to_plan("redactions"))
        .take()
}
