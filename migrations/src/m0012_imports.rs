//! Imports that are carried out after their request was answered: how far each is, and what came of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, string, string_null, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use crate::tables::{drop_all, plan_table, to_plan};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(imports()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["imports"]).await
    }
}

/// `touched_at` is renewed while the import runs: where it is old, nobody carries it out any more.
fn imports() -> TableCreateStatement {
    plan_table("imports", &["id"])
        .col(uuid("id"))
        .col(string("state"))
        .col(string("mode"))
        .col(boolean("is_dry_run"))
        .col(string("subject"))
        .col(string_null("organisation"))
        .col(string_null("idempotency_scope"))
        .col(big_integer("judged"))
        .col(big_integer("staged"))
        .col(text_null("receipt"))
        .col(text_null("problem"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("touched_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut to_plan("imports"))
        .take()
}
