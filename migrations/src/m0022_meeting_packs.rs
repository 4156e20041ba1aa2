//! The packs that meetings were called with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text, timestamp_with_time_zone, uuid};

use crate::tables::{drop_all, plan_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(packs()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["meeting_packs"]).await
    }
}

/// One row a meeting that was called; never changed.
fn packs() -> TableCreateStatement {
    plan_table("meeting_packs", &["meeting"])
        .col(uuid("meeting"))
        .col(text("content"))
        .col(string("sha256"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("made_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_meeting_packs_meeting")
                .from("meeting_packs", ("plan_id", "meeting"))
                .to("meetings", ("plan_id", "id"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .take()
}
