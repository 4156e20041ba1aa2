//! Area criteria: dated rule sets, their criteria, and the series that may answer each criterion.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, date_null, integer, small_integer, small_integer_null, string, string_null,
    text, text_null,
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
        manager.create_table(rule_sets()).await?;
        manager
            .create_index(unique("ux_rule_sets_position", "rule_sets", &["plan_id", "position"]))
            .await?;
        manager.create_table(criteria()).await?;
        manager.create_table(criterion_inputs()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["criterion_inputs", "criteria", "rule_sets"]).await
    }
}

/// What makes an area one of a list: so many of the criteria that count, and all that are required. Dated, because the law
/// changes.
fn rule_sets() -> TableCreateStatement {
    plan_table("rule_sets", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(small_integer_null("rank"))
        .col(small_integer("needed"))
        .col(big_integer_null("min_residents"))
        .col(string_null("residents_indicator"))
        .col(date_null("valid_from"))
        .col(date_null("valid_to"))
        .col(text("citation"))
        .col(text_null("note"))
        .col(text("source"))
        .foreign_key(&mut to_plan("rule_sets"))
        .foreign_key(&mut to_code("rule_sets", "residents_indicator", "indicators"))
        .take()
}

/// One limit of a rule set, as a whole number and its decimals.
fn criteria() -> TableCreateStatement {
    plan_table("criteria", &["rule_set", "code"])
        .col(string("rule_set"))
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(string("part"))
        .col(string("operator"))
        .col(big_integer("limit_value"))
        .col(small_integer("limit_decimals"))
        .col(string("limit_unit"))
        .col(small_integer("window_years"))
        .col(boolean("is_contested"))
        .col(text("citation"))
        .col(text_null("note"))
        .col(text("source"))
        .foreign_key(&mut to_code("criteria", "rule_set", "rule_sets"))
        .take()
}

/// The series that may answer a criterion, in order of preference.
fn criterion_inputs() -> TableCreateStatement {
    let mut to_criterion = ForeignKey::create()
        .name("fk_criterion_inputs_criterion")
        .from("criterion_inputs", ("plan_id", "rule_set", "criterion"))
        .to("criteria", ("plan_id", "rule_set", "code"))
        .on_delete(ForeignKeyAction::Restrict)
        .take();
    plan_table("criterion_inputs", &["rule_set", "criterion", "indicator"])
        .col(string("rule_set"))
        .col(string("criterion"))
        .col(string("indicator"))
        .col(integer("position"))
        .col(string("averaging"))
        .col(string_null("reference_area"))
        .foreign_key(&mut to_criterion)
        .foreign_key(&mut to_code("criterion_inputs", "indicator", "indicators"))
        .foreign_key(&mut to_code("criterion_inputs", "reference_area", "areas"))
        .take()
}
