//! Participation: the age bands and genders that people are counted by, and the reports of one activity and one quarter.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, date, integer, small_integer, small_integer_null, string, string_null, text,
    text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
        manager.create_table(age_bands()).await?;
        manager
            .create_index(unique("ux_age_bands_position", "age_bands", &["plan_id", "position"]))
            .await?;
        manager.create_table(genders()).await?;
        manager
            .create_index(unique("ux_genders_position", "genders", &["plan_id", "position"]))
            .await?;
        manager.create_table(reports()).await?;
        manager
            .create_index(unique(
                "ux_participation_reports_revision",
                "participation_reports",
                &["plan_id", "activity", "period_start", "revision"],
            ))
            .await?;
        manager.create_index(one_current_report()).await?;
        // The order in which reports are listed, and how a quarter is found.
        manager
            .create_index(index(
                "ix_participation_reports_period",
                "participation_reports",
                &["plan_id", "period_start", "activity"],
            ))
            .await?;
        manager.create_table(counts()).await?;
        manager.create_table(places()).await?;
        manager.create_table(delivered()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "participation_delivered",
                "participation_places",
                "participation_counts",
                "participation_reports",
                "genders",
                "age_bands",
            ],
        )
        .await
    }
}

/// The age bands that participants are counted by. Reference data, because a plan may merge rare ones.
fn age_bands() -> TableCreateStatement {
    plan_table("age_bands", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(small_integer("age_from"))
        .col(small_integer_null("age_to"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("age_bands"))
        .take()
}

/// The genders that participants are counted by.
fn genders() -> TableCreateStatement {
    plan_table("genders", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("genders"))
        .take()
}

/// One row a revision of what is said of an activity in a quarter. A report is a whole statement: what was known at sequence
/// `s` are the rows of the reports with `seq_from <= s` and (`seq_to` null or `seq_to > s`), and of no others.
fn reports() -> TableCreateStatement {
    plan_table("participation_reports", &["id"])
        .col(uuid("id"))
        .col(string("activity"))
        .col(string("period"))
        .col(date("period_start"))
        .col(integer("revision"))
        .col(string_null("organisation"))
        .col(string("source"))
        .col(text_null("note"))
        .col(string("content_hash"))
        .col(text("receipt"))
        .col(text_null("revision_reason"))
        .col(string("subject"))
        .col(big_integer("seq_from"))
        .col(big_integer_null("seq_to"))
        .col(timestamp_with_time_zone("received_at"))
        .foreign_key(&mut to_code("participation_reports", "activity", "activities"))
        .foreign_key(&mut to_code("participation_reports", "organisation", "organisations"))
        .take()
}

/// Of the revisions of a report one at most is current; older ones don't count, so the index is partial.
fn one_current_report() -> IndexCreateStatement {
    unique(
        "ux_participation_reports_current",
        "participation_reports",
        &["plan_id", "activity", "period_start"],
    )
    .and_where(Expr::col("seq_to").is_null())
    .take()
}

/// How many people of one residence, age band and gender took part. `residence` is what was said: a department, `unknown` in a
/// zone, or outside; `area` is the department or zone itself, null for outside.
fn counts() -> TableCreateStatement {
    plan_table("participation_counts", &["report", "residence", "age_band", "gender"])
        .col(uuid("report"))
        .col(string("residence"))
        .col(string("age_band"))
        .col(string("gender"))
        .col(string_null("area"))
        .col(integer("participants"))
        .col(integer("newcomers"))
        .col(integer("to_education"))
        .col(integer("to_job"))
        .col(integer("to_leisure_job"))
        .col(integer("to_association"))
        .foreign_key(&mut to_report("participation_counts"))
        .foreign_key(&mut to_code("participation_counts", "age_band", "age_bands"))
        .foreign_key(&mut to_code("participation_counts", "gender", "genders"))
        .foreign_key(&mut to_code("participation_counts", "area", "areas"))
        .take()
}

/// What was held where. `place` is what was said: a zone, outside of all, or not stated; `zone` is the zone itself, else null.
fn places() -> TableCreateStatement {
    plan_table("participation_places", &["report", "place"])
        .col(uuid("report"))
        .col(string("place"))
        .col(string_null("zone"))
        .col(integer("sessions"))
        .col(integer("volunteers"))
        .col(integer("attendances"))
        .foreign_key(&mut to_report("participation_places"))
        .foreign_key(&mut to_code("participation_places", "zone", "areas"))
        .take()
}

/// How much of a commitment was delivered where. No foreign key to the commitment: a decision may take it out of an activity, and
/// what was delivered stays.
fn delivered() -> TableCreateStatement {
    plan_table("participation_delivered", &["report", "commitment", "place"])
        .col(uuid("report"))
        .col(string("commitment"))
        .col(string("place"))
        .col(string_null("zone"))
        .col(integer("quantity"))
        .foreign_key(&mut to_report("participation_delivered"))
        .foreign_key(&mut to_code("participation_delivered", "zone", "areas"))
        .take()
}

fn to_report(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_report"))
        .from(table, ("plan_id", "report"))
        .to("participation_reports", ("plan_id", "id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}
