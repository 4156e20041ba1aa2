//! Where activities are held, and the permanent base that each zone has.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, integer, json_binary, string, string_null, text, text_null, timestamp_with_time_zone_null,
};

use crate::tables::{drop_all, plan_table, to_code, to_plan, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(venues()).await?;
        manager
            .create_index(unique("ux_venues_position", "venues", &["plan_id", "position"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["venues"]).await
    }
}

/// A place with a name. Its zone and the estate that it stands in are known or not, independently of each other.
fn venues() -> TableCreateStatement {
    plan_table("venues", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(text_null("address"))
        .col(string_null("zone"))
        .col(string_null("area"))
        .col(boolean("is_base"))
        .col(json_binary("aliases"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("venues"))
        .foreign_key(&mut to_code("venues", "zone", "areas"))
        .foreign_key(&mut to_code("venues", "area", "areas"))
        .take()
}
