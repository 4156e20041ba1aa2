//! Activities: what they are, for whom, by whom, what was promised, in which zone they are when; and the sessions in which
//! residents meet them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, date, date_null, date_time, integer, integer_null, json_binary, small_integer_null, string,
    string_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
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
        manager.create_table(activities()).await?;
        manager
            .create_index(unique("ux_activities_position", "activities", &["plan_id", "position"]))
            .await?;
        manager.create_table(target_groups()).await?;
        manager.create_table(actors()).await?;
        manager.create_table(commitments()).await?;
        manager.create_table(placements()).await?;
        manager
            .create_index(index(
                "ix_activity_placements_activity",
                "activity_placements",
                &["plan_id", "activity", "starts_on"],
            ))
            .await?;
        manager.create_index(one_open_placement()).await?;
        manager.create_table(sessions()).await?;
        manager
            .create_index(unique(
                "ux_sessions_change_number",
                "sessions",
                &["plan_id", "change_number"],
            ))
            .await?;
        manager
            .create_index(index("ix_sessions_activity", "sessions", &["plan_id", "activity"]))
            .await?;
        manager.create_table(session_occurrences()).await?;
        manager
            .create_index(index(
                "ix_session_occurrences_local_start",
                "session_occurrences",
                &["plan_id", "local_start", "session", "recurrence_id"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "session_occurrences",
                "sessions",
                "activity_placements",
                "activity_commitments",
                "activity_actors",
                "activity_target_groups",
                "activities",
            ],
        )
        .await
    }
}

/// What the plan does. `search` is every text of the activity, folded by the service, so that both databases find alike.
fn activities() -> TableCreateStatement {
    plan_table("activities", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("focus_area"))
        .col(string("status"))
        .col(string("mobility"))
        .col(boolean("teams_apart"))
        .col(boolean("is_published"))
        .col(string("name"))
        .col(string("name_en"))
        .col(json_binary("aliases"))
        .col(text("purpose"))
        .col(text("purpose_en"))
        .col(text("content"))
        .col(text("content_en"))
        .col(text_null("description"))
        .col(text_null("description_en"))
        .col(text_null("note"))
        .col(text("source"))
        .col(text("search"))
        .col(integer("version"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("activities"))
        .foreign_key(&mut to_code("activities", "focus_area", "focus_areas"))
        .take()
}

/// For whom an activity is.
fn target_groups() -> TableCreateStatement {
    plan_table("activity_target_groups", &["activity", "position"])
        .col(string("activity"))
        .col(integer("position"))
        .col(string("name"))
        .col(string("name_en"))
        .col(small_integer_null("age_from"))
        .col(small_integer_null("age_to"))
        .col(text_null("note"))
        .foreign_key(&mut to_code("activity_target_groups", "activity", "activities"))
        .take()
}

/// Who takes part in an activity, and what for; an organisation of the plan where it is one.
fn actors() -> TableCreateStatement {
    plan_table("activity_actors", &["activity", "position"])
        .col(string("activity"))
        .col(integer("position"))
        .col(string_null("organisation"))
        .col(string("name"))
        .col(string("name_en"))
        .col(text("responsibility"))
        .col(text("responsibility_en"))
        .foreign_key(&mut to_code("activity_actors", "activity", "activities"))
        .foreign_key(&mut to_code("activity_actors", "organisation", "organisations"))
        .take()
}

/// What was promised, with a number where there is one.
fn commitments() -> TableCreateStatement {
    plan_table("activity_commitments", &["activity", "code"])
        .col(string("activity"))
        .col(string("code"))
        .col(integer("position"))
        .col(string_null("organisation"))
        .col(string("name"))
        .col(string("name_en"))
        .col(integer_null("quantity"))
        .col(string_null("unit"))
        .col(string_null("per"))
        .col(text_null("note"))
        .col(text("source"))
        .foreign_key(&mut to_code("activity_commitments", "activity", "activities"))
        .foreign_key(&mut to_code("activity_commitments", "organisation", "organisations"))
        .take()
}

/// Where an activity, or one of its teams, is from when to when. `team` is never null, because a unique index would count
/// nulls as different; a placement without a zone is one whose zone is not stated.
fn placements() -> TableCreateStatement {
    plan_table("activity_placements", &["id"])
        .col(uuid("id"))
        .col(string("activity"))
        .col(string("team"))
        .col(string_null("zone"))
        .col(date("starts_on"))
        .col(date_null("ends_on"))
        .col(string("basis"))
        .col(uuid_null("decision"))
        .col(text_null("note"))
        .col(text("source"))
        .foreign_key(&mut to_code("activity_placements", "activity", "activities"))
        .foreign_key(&mut to_code("activity_placements", "zone", "areas"))
        .take()
}

/// A team is in one place at a time: of its placements one at most has no end.
fn one_open_placement() -> IndexCreateStatement {
    unique(
        "ux_activity_placements_open",
        "activity_placements",
        &["plan_id", "activity", "team"],
    )
    .and_where(Expr::col("ends_on").is_null())
    .take()
}

/// What is offered: once, or again and again by a rule with exceptions. Times are local times of the plan's clock, because
/// ten o'clock stays ten o'clock when summer time ends. `change_number` orders the sessions by their last change, and rises
/// with the plan's sequence. A deleted session stays as a tombstone.
fn sessions() -> TableCreateStatement {
    plan_table("sessions", &["id"])
        .col(uuid("id"))
        .col(string("activity"))
        .col(string("venue"))
        .col(string_null("name"))
        .col(string_null("name_en"))
        .col(text_null("description"))
        .col(text_null("description_en"))
        .col(date_time("local_start"))
        .col(integer("duration_minutes"))
        .col(string_null("rrule"))
        .col(json_binary("exceptions"))
        .col(integer_null("capacity"))
        .col(small_integer_null("age_from"))
        .col(small_integer_null("age_to"))
        .col(string("status"))
        .col(boolean("is_published"))
        .col(boolean("was_public"))
        .col(integer("sequence"))
        .col(big_integer("change_number"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .foreign_key(&mut to_code("sessions", "activity", "activities"))
        .foreign_key(&mut to_code("sessions", "venue", "venues"))
        .take()
}

/// Every single time that a session takes place, as rule and exceptions make it. `recurrence_id` is the start that the rule
/// gives it; one that was moved starts at another time.
fn session_occurrences() -> TableCreateStatement {
    plan_table("session_occurrences", &["session", "recurrence_id"])
        .col(uuid("session"))
        .col(date_time("recurrence_id"))
        .col(date_time("local_start"))
        .col(integer("duration_minutes"))
        .col(string("venue"))
        .col(string("status"))
        .col(text_null("reason"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_session_occurrences_session")
                .from("session_occurrences", ("plan_id", "session"))
                .to("sessions", ("plan_id", "id"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .foreign_key(&mut to_code("session_occurrences", "venue", "venues"))
        .take()
}
