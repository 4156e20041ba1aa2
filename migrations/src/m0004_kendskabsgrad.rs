//! The extracts that the Jobcenter sends: each as it came, with the receipt that was given for it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, date, integer, string, text, text_null, timestamp_with_time_zone, uuid};

use crate::tables::{drop_all, plan_table, to_plan, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(extracts()).await?;
        manager
            .create_index(unique("ux_extracts_id", "extracts", &["plan_id", "id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["extracts"]).await
    }
}

/// One row a revision of the extract of a date; the current one is the highest revision.
fn extracts() -> TableCreateStatement {
    plan_table("extracts", &["extracted_on", "revision"])
        .col(date("extracted_on"))
        .col(integer("revision"))
        .col(uuid("id"))
        .col(text("content"))
        .col(string("content_hash"))
        .col(text("receipt"))
        .col(text_null("revision_reason"))
        .col(string("subject"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("received_at"))
        .foreign_key(&mut to_plan("extracts"))
        .take()
}
