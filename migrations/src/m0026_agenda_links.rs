//! Under which item of an agenda a decision is taken up; and when a follow-up was corrected.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{timestamp_with_time_zone_null, uuid};

use crate::tables::{drop_all, index, plan_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(decision_items()).await?;
        manager
            .create_index(index(
                "ix_decision_items_item",
                "decision_items",
                &["plan_id", "agenda_item", "decision"],
            ))
            .await?;
        let corrected_at = Table::alter()
            .table("follow_ups")
            .add_column(timestamp_with_time_zone_null("corrected_at"))
            .take();
        manager.alter_table(corrected_at).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let corrected_at = Table::alter().table("follow_ups").drop_column("corrected_at").take();
        manager.alter_table(corrected_at).await?;
        drop_all(manager, &["decision_items"]).await
    }
}

/// A decision is taken up under one item; under an item there may be several.
fn decision_items() -> TableCreateStatement {
    plan_table("decision_items", &["decision"])
        .col(uuid("decision"))
        .col(uuid("agenda_item"))
        .foreign_key(&mut to_record("decision", "decisions"))
        .foreign_key(&mut to_record("agenda_item", "agenda_items"))
        .take()
}

fn to_record(column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_decision_items_{column}"))
        .from("decision_items", ("plan_id", column))
        .to(target, ("plan_id", "id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}
