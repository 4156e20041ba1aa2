//! What is agreed: the strategic agreement and the sub-agreements in versions, the milestone plan, and the accounts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, date, date_null, integer, integer_null, small_integer, string, string_null, text,
    text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
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
        manager.create_table(agreements()).await?;
        manager
            .create_index(unique("ux_agreements_position", "agreements", &["plan_id", "position"]))
            .await?;
        manager.create_table(agreement_versions()).await?;
        manager
            .create_index(index(
                "ix_agreement_versions_seq_in_force",
                "agreement_versions",
                &["plan_id", "agreement", "seq_in_force"],
            ))
            .await?;
        manager.create_table(milestones()).await?;
        manager
            .create_index(unique("ux_milestones_position", "milestones", &["plan_id", "position"]))
            .await?;
        manager.create_table(accounts()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["accounts", "milestones", "agreement_versions", "agreements"]).await
    }
}

/// The strategic agreement, and one sub-agreement a focus area.
fn agreements() -> TableCreateStatement {
    plan_table("agreements", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("kind"))
        .col(string_null("focus_area"))
        .col(string("name"))
        .col(string("name_en"))
        .col(integer("last_version"))
        .col(text_null("note"))
        .col(text("source"))
        .foreign_key(&mut to_plan("agreements"))
        .foreign_key(&mut to_code("agreements", "focus_area", "focus_areas"))
        .take()
}

/// One row a version. A draft changes until it takes force, or goes; its number is not given out again.
fn agreement_versions() -> TableCreateStatement {
    plan_table("agreement_versions", &["agreement", "version"])
        .col(string("agreement"))
        .col(integer("version"))
        .col(string("state"))
        .col(integer_null("base"))
        .col(date_null("effective_from"))
        .col(text("content"))
        .col(text_null("note"))
        .col(text("source"))
        .col(string("subject"))
        .col(big_integer("seq_created"))
        .col(timestamp_with_time_zone("created_at"))
        .col(big_integer("seq_changed"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(big_integer_null("seq_in_force"))
        .col(timestamp_with_time_zone_null("in_force_at"))
        .foreign_key(&mut to_code("agreement_versions", "agreement", "agreements"))
        .take()
}

/// The milestone plan.
fn milestones() -> TableCreateStatement {
    plan_table("milestones", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(date("due_on"))
        .col(date_null("reached_on"))
        .col(string_null("agreement"))
        .col(string_null("organisation"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("milestones"))
        .foreign_key(&mut to_code("milestones", "agreement", "agreements"))
        .foreign_key(&mut to_code("milestones", "organisation", "organisations"))
        .take()
}

/// The accounts of a year, every revision of them; the current one has no `seq_to`.
fn accounts() -> TableCreateStatement {
    plan_table("accounts", &["year", "revision"])
        .col(small_integer("year"))
        .col(integer("revision"))
        .col(string("state"))
        .col(text("content"))
        .col(text_null("note"))
        .col(text("source"))
        .col(string("subject"))
        .col(big_integer("seq_from"))
        .col(big_integer_null("seq_to"))
        .col(timestamp_with_time_zone("received_at"))
        .foreign_key(&mut to_plan("accounts"))
        .take()
}
