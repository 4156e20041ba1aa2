//! Bodies with their seats, how often they meet and in which order; their meetings, what is on the agenda, who was there, what
//! was concluded; and the secret addresses under which calendars follow them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, boolean, date_null, date_time, integer, json_binary, small_integer_null, string, string_null,
    text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
        manager.create_table(bodies()).await?;
        manager
            .create_index(unique("ux_bodies_position", "bodies", &["plan_id", "position"]))
            .await?;
        manager.create_table(seats()).await?;
        manager.create_table(orderings()).await?;
        manager.create_table(meetings()).await?;
        manager
            .create_index(index(
                "ix_meetings_local_start",
                "meetings",
                &["plan_id", "local_start", "id"],
            ))
            .await?;
        manager
            .create_index(index(
                "ix_meetings_body",
                "meetings",
                &["plan_id", "body", "local_start", "id"],
            ))
            .await?;
        manager.create_table(agenda_items()).await?;
        manager
            .create_index(index(
                "ix_agenda_items_meeting",
                "agenda_items",
                &["plan_id", "meeting", "position"],
            ))
            .await?;
        manager.create_table(attendances()).await?;
        manager.create_table(conclusions()).await?;
        manager.create_table(reservations()).await?;
        manager
            .create_index(index(
                "ix_reservations_item",
                "reservations",
                &["plan_id", "agenda_item"],
            ))
            .await?;
        manager.create_table(calendar_feeds()).await?;
        manager
            .create_index(unique("ux_calendar_feeds_hash", "calendar_feeds", &["plan_id", "hash"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "calendar_feeds",
                "reservations",
                "conclusions",
                "attendances",
                "agenda_items",
                "meetings",
                "body_orderings",
                "body_seats",
                "bodies",
            ],
        )
        .await
    }
}

/// Those who meet: the board, the steering groups and so on. `times` meetings are required in every `per`, both null where
/// none are.
fn bodies() -> TableCreateStatement {
    plan_table("bodies", &["code"])
        .col(string("code"))
        .col(integer("position"))
        .col(string("kind"))
        .col(string("name"))
        .col(string("name_en"))
        .col(json_binary("aliases"))
        .col(string_null("area"))
        .col(json_binary("focus_areas"))
        .col(small_integer_null("times"))
        .col(string_null("per"))
        .col(small_integer_null("call_days"))
        .col(small_integer_null("agenda_days"))
        .col(text_null("deadlines_source"))
        .col(text_null("note"))
        .col(text("source"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .foreign_key(&mut to_plan("bodies"))
        .foreign_key(&mut to_code("bodies", "area", "areas"))
        .take()
}

/// Who sits in a body: an organisation and a title. `vote_of` is the organisation whose one vote the seat has a part in.
fn seats() -> TableCreateStatement {
    plan_table("body_seats", &["body", "code"])
        .col(string("body"))
        .col(string("code"))
        .col(integer("position"))
        .col(string_null("organisation"))
        .col(string("title"))
        .col(string("title_en"))
        .col(json_binary("aliases"))
        .col(boolean("is_member"))
        .col(string_null("vote_of"))
        .col(boolean("is_chair"))
        .col(boolean("is_minute_taker"))
        .col(text_null("note"))
        .col(text("source"))
        .foreign_key(&mut to_code("body_seats", "body", "bodies"))
        .foreign_key(&mut to_code("body_seats", "organisation", "organisations"))
        .foreign_key(&mut to_code("body_seats", "vote_of", "organisations"))
        .take()
}

/// Which body meets before which: in every `per`, before the last meeting that the other has in it.
fn orderings() -> TableCreateStatement {
    plan_table("body_orderings", &["body", "before"])
        .col(string("body"))
        .col(string("before"))
        .col(string("per"))
        .col(text("reading"))
        .col(text("reading_en"))
        .col(text("source"))
        .foreign_key(&mut to_code("body_orderings", "body", "bodies"))
        .foreign_key(&mut to_code("body_orderings", "before", "bodies"))
        .take()
}

/// The meetings, from planned to minutes approved. `local_start` is local time of the plan's clock, as a session's.
/// `figures_as_of`, `figures_seq` and `figures_on` are pinned when the meeting is called.
fn meetings() -> TableCreateStatement {
    plan_table("meetings", &["id"])
        .col(uuid("id"))
        .col(string("body"))
        .col(string("status"))
        .col(string_null("name"))
        .col(date_time("local_start"))
        .col(integer("duration_minutes"))
        .col(string_null("venue"))
        .col(string_null("place"))
        .col(json_binary("guests"))
        .col(date_null("call_by"))
        .col(date_null("agenda_by"))
        .col(timestamp_with_time_zone_null("called_at"))
        .col(timestamp_with_time_zone_null("figures_as_of"))
        .col(big_integer_null("figures_seq"))
        .col(date_null("figures_on"))
        .col(timestamp_with_time_zone_null("held_at"))
        .col(timestamp_with_time_zone_null("approved_at"))
        .col(timestamp_with_time_zone_null("cancelled_at"))
        .col(text_null("cancelled_because"))
        .col(integer("sequence"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .foreign_key(&mut to_code("meetings", "body", "bodies"))
        .foreign_key(&mut to_code("meetings", "venue", "venues"))
        .take()
}

/// What is on the agenda of a meeting, or was proposed for it. `documents` are links with the checksums of what they lead to.
fn agenda_items() -> TableCreateStatement {
    plan_table("agenda_items", &["id"])
        .col(uuid("id"))
        .col(uuid("meeting"))
        .col(integer("position"))
        .col(string("status"))
        .col(string("title"))
        .col(text_null("description"))
        .col(json_binary("documents"))
        .col(string("proposed_by_role"))
        .col(string_null("proposed_by"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to_meeting("agenda_items"))
        .foreign_key(&mut to_code("agenda_items", "proposed_by", "organisations"))
        .take()
}

/// Whether a seat was there.
fn attendances() -> TableCreateStatement {
    plan_table("attendances", &["meeting", "seat"])
        .col(uuid("meeting"))
        .col(string("body"))
        .col(string("seat"))
        .col(string("presence"))
        .foreign_key(&mut to_meeting("attendances"))
        .foreign_key(&mut to_seat("attendances"))
        .take()
}

/// What the chair concluded on an item of the agenda.
fn conclusions() -> TableCreateStatement {
    plan_table("conclusions", &["agenda_item"])
        .col(uuid("agenda_item"))
        .col(text("text"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut to_agenda_item("conclusions"))
        .take()
}

/// A dissent on an item that a seat asked to have in the minutes.
fn reservations() -> TableCreateStatement {
    plan_table("reservations", &["id"])
        .col(uuid("id"))
        .col(uuid("agenda_item"))
        .col(integer("position"))
        .col(string("body"))
        .col(string("seat"))
        .col(text("text"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut to_agenda_item("reservations"))
        .foreign_key(&mut to_seat("reservations"))
        .take()
}

/// The secret addresses under which calendars follow a body's meetings: of each the hash alone, and with whose eyes it looks.
fn calendar_feeds() -> TableCreateStatement {
    plan_table("calendar_feeds", &["id"])
        .col(uuid("id"))
        .col(string("body"))
        .col(string("name"))
        .col(string("role"))
        .col(string_null("organisation"))
        .col(string("handle"))
        .col(string("hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(string("created_by"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .foreign_key(&mut to_code("calendar_feeds", "body", "bodies"))
        .foreign_key(&mut to_code("calendar_feeds", "organisation", "organisations"))
        .take()
}

fn to_meeting(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_meeting"))
        .from(table, ("plan_id", "meeting"))
        .to("meetings", ("plan_id", "id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}

fn to_agenda_item(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_agenda_item"))
        .from(table, ("plan_id", "agenda_item"))
        .to("agenda_items", ("plan_id", "id"))
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
