//! Where the plan works and on what: areas, how they lie to one another, and focus areas.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date_null, integer, json_binary, string, string_null, text, text_null, timestamp_with_time_zone_null,
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
        manager.create_table(areas()).await?;
        manager
            .create_index(unique("ux_areas_position", "areas", &["plan_id", "position"]))
            .await?;
        manager.create_table(area_relations()).await?;
        manager.create_table(focus_areas()).await?;
        manager
            .create_index(unique(
                "ux_focus_areas_position",
                "focus_areas",
                &["plan_id", "position"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["focus_areas", "area_relations", "areas"]).await
    }
}

/// From the country down to the single department; which lies in which is said by `area_relations`.
fn areas() -> TableCreateStatement {
    plan_table("areas", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("kind"))
        .col(string("name"))
        .col(string("name_en"))
        .col(string_null("number"))
        .col(string_null("organisation"))
        .col(json_binary("aliases"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("areas"))
        .foreign_key(&mut to_code("areas", "organisation", "organisations"))
        .take()
}

/// "`area` stands in `relation` to `target`", in a period that may be open at either end.
fn area_relations() -> TableCreateStatement {
    plan_table("area_relations", &["area", "relation", "target"])
        .col(string("area"))
        .col(string("relation"))
        .col(string("target"))
        .col(date_null("valid_from"))
        .col(date_null("valid_to"))
        .col(text("source"))
        .foreign_key(&mut to_code("area_relations", "area", "areas"))
        .foreign_key(&mut to_code("area_relations", "target", "areas"))
        .take()
}

/// The fields that the plan works in.
fn focus_areas() -> TableCreateStatement {
    plan_table("focus_areas", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("focus_areas"))
        .take()
}
