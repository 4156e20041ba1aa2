//! What is measured: target groups with their subsets, indicators, and the measurements themselves.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, date, date_null, integer, small_integer, small_integer_null, string,
    string_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
        manager.create_table(target_groups()).await?;
        manager
            .create_index(unique(
                "ux_target_groups_position",
                "target_groups",
                &["plan_id", "position"],
            ))
            .await?;
        manager.create_table(target_group_subsets()).await?;
        manager.create_table(indicators()).await?;
        manager
            .create_index(unique("ux_indicators_position", "indicators", &["plan_id", "position"]))
            .await?;
        manager.create_table(measurements()).await?;
        manager.create_index(one_current_measurement()).await?;
        manager
            .create_index(index(
                "ix_measurements_period",
                "measurements",
                &["plan_id", "indicator", "period_start"],
            ))
            .await?;
        // The order in which measurements are listed.
        manager
            .create_index(index(
                "ix_measurements_arrival",
                "measurements",
                &["plan_id", "seq_from", "id"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &["measurements", "indicators", "target_group_subsets", "target_groups"],
        )
        .await
    }
}

/// The groups of the employment law and of the integration law, dated, because the law changes them.
fn target_groups() -> TableCreateStatement {
    plan_table("target_groups", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(text_null("law"))
        .col(date_null("valid_from"))
        .col(date_null("valid_to"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("target_groups"))
        .take()
}

/// Parts of a target group that are counted on their own.
fn target_group_subsets() -> TableCreateStatement {
    plan_table("target_group_subsets", &["target_group", "code"])
        .col(string("target_group"))
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(string("keyword"))
        .col(text("source"))
        .foreign_key(&mut to_code("target_group_subsets", "target_group", "target_groups"))
        .take()
}

/// The variables: in which unit, which way is good, and who owns the figures.
fn indicators() -> TableCreateStatement {
    plan_table("indicators", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(string("unit"))
        .col(string("direction"))
        .col(small_integer("decimals"))
        .col(small_integer_null("age_from"))
        .col(small_integer_null("age_to"))
        .col(string("level"))
        .col(string_null("data_owner"))
        .col(text("provenance"))
        .col(string_null("rhythm"))
        .col(string("categories"))
        .col(boolean("is_fixed"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("indicators"))
        .foreign_key(&mut to_code("indicators", "data_owner", "organisations"))
        .take()
}

/// One row a revision. `category` is never null, because a unique index would count nulls as different.
fn measurements() -> TableCreateStatement {
    plan_table("measurements", &["id", "revision"])
        .col(uuid("id"))
        .col(integer("revision"))
        .col(string("indicator"))
        .col(string("area"))
        .col(string("category"))
        .col(string("period"))
        .col(date("period_start"))
        .col(date("period_end"))
        .col(big_integer_null("value"))
        .col(small_integer("decimals"))
        .col(big_integer_null("numerator"))
        .col(big_integer_null("denominator"))
        .col(string("status"))
        .col(text_null("note"))
        .col(text("source"))
        .col(text_null("reason"))
        .col(big_integer("seq_from"))
        .col(big_integer_null("seq_to"))
        .col(timestamp_with_time_zone("received_at"))
        .foreign_key(&mut to_code("measurements", "indicator", "indicators"))
        .foreign_key(&mut to_code("measurements", "area", "areas"))
        .take()
}

/// Of the revisions of a figure one at most is current; older ones don't count, so the index is partial.
fn one_current_measurement() -> IndexCreateStatement {
    unique(
        "ux_measurements_current",
        "measurements",
        &["plan_id", "indicator", "area", "category", "period"],
    )
    .and_where(Expr::col("seq_to").is_null())
    .take()
}
