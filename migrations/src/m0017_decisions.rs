//! Decisions of the board, with votes and reservations; what secretariat and steering groups recommend on them; and
//! follow-ups on goals and sub-goals.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, date, integer, string, string_null, text, text_null, timestamp_with_time_zone,
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
        manager.create_table(decisions()).await?;
        manager
            .create_index(index(
                "ix_decisions_meeting",
                "decisions",
                &["plan_id", "meeting", "id"],
            ))
            .await?;
        manager.create_table(votes()).await?;
        manager.create_table(reservations()).await?;
        manager.create_table(recommendations()).await?;
        manager
            .create_index(index(
                "ix_recommendations_decision",
                "recommendations",
                &["plan_id", "decision", "id"],
            ))
            .await?;
        manager.create_table(follow_ups()).await?;
        manager
            .create_index(index(
                "ix_follow_ups_followed_on",
                "follow_ups",
                &["plan_id", "followed_on", "id"],
            ))
            .await?;
        manager
            .create_index(index(
                "ix_follow_ups_meeting",
                "follow_ups",
                &["plan_id", "meeting", "id"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "follow_ups",
                "recommendations",
                "decision_reservations",
                "decision_votes",
                "decisions",
            ],
        )
        .await
    }
}

/// What was proposed, what became of it, and what it did. `payload` and `effect` are JSON; a payload never changes.
fn decisions() -> TableCreateStatement {
    plan_table("decisions", &["id"])
        .col(uuid("id"))
        .col(string("kind"))
        .col(string("title"))
        .col(text_null("text"))
        .col(text_null("payload"))
        .col(string("state"))
        .col(uuid_null("meeting"))
        .col(string("proposed_by_role"))
        .col(string_null("proposed_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(big_integer("seq_changed"))
        .col(string_null("concluded_by"))
        .col(text_null("conclusion"))
        .col(timestamp_with_time_zone_null("concluded_at"))
        .col(text_null("fund_note"))
        .col(timestamp_with_time_zone_null("fund_answered_at"))
        .col(text_null("effect"))
        .col(big_integer_null("seq_effect"))
        .col(timestamp_with_time_zone_null("effect_at"))
        .foreign_key(&mut to_plan("decisions"))
        .foreign_key(&mut to_code("decisions", "proposed_by", "organisations"))
        .foreign_key(&mut to_record("decisions", "meeting", "meetings"))
        .take()
}

/// What a seat says of a proposal; the last word counts. `party` is the organisation whose one vote it has a part in.
fn votes() -> TableCreateStatement {
    plan_table("decision_votes", &["decision", "seat"])
        .col(uuid("decision"))
        .col(string("body"))
        .col(string("seat"))
        .col(string("party"))
        .col(string("choice"))
        .col(string("recorded_by"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut to_record("decision_votes", "decision", "decisions"))
        .foreign_key(&mut to_seat("decision_votes"))
        .foreign_key(&mut to_code("decision_votes", "party", "organisations"))
        .take()
}

/// Dissents that seats asked to have written down with the conclusion.
fn reservations() -> TableCreateStatement {
    plan_table("decision_reservations", &["decision", "position"])
        .col(uuid("decision"))
        .col(integer("position"))
        .col(string("body"))
        .col(string("seat"))
        .col(text("text"))
        .foreign_key(&mut to_record("decision_reservations", "decision", "decisions"))
        .foreign_key(&mut to_seat("decision_reservations"))
        .take()
}

/// What is recommended to the board, by whom, and at which meeting.
fn recommendations() -> TableCreateStatement {
    plan_table("recommendations", &["id"])
        .col(uuid("id"))
        .col(uuid("decision"))
        .col(string("given_by"))
        .col(uuid_null("meeting"))
        .col(string("stance"))
        .col(text("text"))
        .col(timestamp_with_time_zone("given_at"))
        .foreign_key(&mut to_record("recommendations", "decision", "decisions"))
        .foreign_key(&mut to_record("recommendations", "meeting", "meetings"))
        .take()
}

/// How a goal or sub-goal was followed up at a meeting, on which figures. `figures` is JSON: what was seen.
fn follow_ups() -> TableCreateStatement {
    plan_table("follow_ups", &["id"])
        .col(uuid("id"))
        .col(uuid("meeting"))
        .col(string("follower"))
        .col(date("followed_on"))
        .col(string("level"))
        .col(string("goal"))
        .col(string("agreement"))
        .col(integer("version"))
        .col(string_null("focus_area"))
        .col(timestamp_with_time_zone("figures_as_of"))
        .col(text("figures"))
        .col(text("conclusion"))
        .col(timestamp_with_time_zone("created_at"))
        .col(uuid_null("decision"))
        .col(timestamp_with_time_zone_null("adopted_at"))
        .foreign_key(&mut to_record("follow_ups", "meeting", "meetings"))
        .foreign_key(&mut to_code("follow_ups", "agreement", "agreements"))
        .foreign_key(&mut to_record("follow_ups", "decision", "decisions"))
        .take()
}

/// The foreign key `(plan_id, column)` → `target (plan_id, id)`.
fn to_record(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, ("plan_id", column))
        .to(target, ("plan_id", "id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}

fn to_seat(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_seat"))
        .from(table, ("plan_id", "body", "seat"))
        .to("body_seats", ("plan_id", "body", "code"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}
