//! The contingency plan in dated versions, and the log of its activations with their checklists.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, date_null, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use crate::tables::{drop_all, index, plan_table, to_code, to_plan};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(versions()).await?;
        manager
            .create_index(index(
                "ix_contingency_versions_valid_from",
                "contingency_versions",
                &["plan_id", "valid_from"],
            ))
            .await?;
        manager.create_table(activations()).await?;
        manager.create_table(actions()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &["contingency_actions", "contingency_activations", "contingency_versions"],
        )
        .await
    }
}

/// One row a version. Its content is never changed; who has signed it, and that it was approved, is added.
fn versions() -> TableCreateStatement {
    plan_table("contingency_versions", &["version"])
        .col(integer("version"))
        .col(date("valid_from"))
        .col(text("content"))
        .col(text("signatures"))
        .col(date_null("fund_approved_on"))
        .col(date_null("contact_list_confirmed_on"))
        .col(text_null("note"))
        .col(text("source"))
        .col(string("subject"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .foreign_key(&mut to_plan("contingency_versions"))
        .take()
}

/// The log: one row an activation.
fn activations() -> TableCreateStatement {
    plan_table("contingency_activations", &["id"])
        .col(uuid("id"))
        .col(integer("version"))
        .col(string("group_code"))
        .col(string("state"))
        .col(string("kind"))
        .col(string("area"))
        .col(string("raised_by"))
        .col(timestamp_with_time_zone("activated_at"))
        .col(text("summary"))
        .col(uuid_null("follows"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(text_null("conclusion"))
        .col(string("subject"))
        .col(timestamp_with_time_zone("recorded_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .foreign_key(&mut to_code("contingency_activations", "area", "areas"))
        .foreign_key(&mut to_code("contingency_activations", "raised_by", "organisations"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_contingency_activations_version")
                .from("contingency_activations", ("plan_id", "version"))
                .to("contingency_versions", ("plan_id", "version"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_contingency_activations_follows")
                .from("contingency_activations", ("plan_id", "follows"))
                .to("contingency_activations", ("plan_id", "id"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .take()
}

/// The checklists: a row for each action that the version asks the group for.
fn actions() -> TableCreateStatement {
    plan_table("contingency_actions", &["activation", "action"])
        .col(uuid("activation"))
        .col(string("action"))
        .col(string("state"))
        .col(timestamp_with_time_zone_null("at"))
        .col(string_null("organisation"))
        .col(text_null("note"))
        .col(timestamp_with_time_zone_null("recorded_at"))
        .foreign_key(&mut to_code("contingency_actions", "organisation", "organisations"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_contingency_actions_activation")
                .from("contingency_actions", ("plan_id", "activation"))
                .to("contingency_activations", ("plan_id", "id"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .take()
}
