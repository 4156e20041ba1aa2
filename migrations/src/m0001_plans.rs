//! Plans, the clock and the record of changes that each of them has, and the organisations that take part.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, date, integer, json_binary, pk_auto, string, string_null, string_uniq, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

use crate::tables::{drop_all, index, plan_table, to_code, to_plan, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(plans()).await?;
        manager.create_table(plan_clocks()).await?;
        manager.create_table(changes()).await?;
        manager
            .create_index(index("ix_changes_at", "changes", &["plan_id", "at"]))
            .await?;
        manager.create_table(organisations()).await?;
        manager
            .create_index(unique(
                "ux_organisations_position",
                "organisations",
                &["plan_id", "position"],
            ))
            .await?;
        manager.create_table(plan_parties()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.exec_stmt(forget_parents()).await?;
        drop_all(
            manager,
            &["plan_parties", "organisations", "changes", "plan_clocks", "plans"],
        )
        .await
    }
}

/// SQLite empties a table before it drops it, and refuses while a row is still the parent of another.
fn forget_parents() -> UpdateStatement {
    Query::update()
        .table("organisations")
        .value("parent", Option::<String>::None)
        .take()
}

/// The only table whose key the database gives out.
fn plans() -> TableCreateStatement {
    Table::create()
        .table("plans")
        .col(pk_auto("id"))
        .col(string_uniq("code"))
        .col(string("name"))
        .col(string("name_en"))
        .col(date("starts_on"))
        .col(date("ends_on"))
        .col(boolean("is_public"))
        .col(text_null("predecessor"))
        .col(text_null("note"))
        .col(text("source"))
        .take()
}

/// One row a plan: the row that every write locks until it commits.
fn plan_clocks() -> TableCreateStatement {
    plan_table("plan_clocks", &[])
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("at"))
        .foreign_key(&mut to_plan("plan_clocks"))
        .take()
}

/// One row a write, under the sequence number that the plan's clock gave it.
fn changes() -> TableCreateStatement {
    plan_table("changes", &["seq"])
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("at"))
        .col(string("subject"))
        .col(string("operation"))
        .col(string("target"))
        .col(string_null("request_id"))
        .foreign_key(&mut to_plan("changes"))
        .take()
}

/// A unit refers to the organisation above it in the same table.
fn organisations() -> TableCreateStatement {
    plan_table("organisations", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(string("kind"))
        .col(string_null("parent"))
        .col(json_binary("aliases"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("organisations"))
        .foreign_key(&mut to_code("organisations", "parent", "organisations"))
        .take()
}

/// Which organisations are parties to the plan, and as what.
fn plan_parties() -> TableCreateStatement {
    plan_table("plan_parties", &["organisation"])
        .col(string("organisation"))
        .col(integer("position"))
        .col(string("capacity"))
        .foreign_key(&mut to_code("plan_parties", "organisation", "organisations"))
        .take()
}
