//! The minutes of meetings.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, QueryOrder, Set,
};
use serde_json::json;
use uuid::Uuid;

use super::super::model::{
    AttendanceView, MinutesItemView, MinutesView, ReservationView, WrittenAttendance, WrittenItem, WrittenMinutes,
    WrittenReservation, guests,
};
use super::super::rules::{KnownToMinutes, Presence};
use super::agenda;
use crate::bodies;
use crate::entities::{attendance, conclusion, meeting, organisation, reservation};
use crate::problem::Problem;
use crate::record::Stamp;
use crate::words::Word;

/// The minutes of a meeting: every seat and every item of the agenda, whether something is said of it or not.
pub async fn minutes(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<MinutesView, Problem> {
    let plan_id = row.plan_id;
    let items = agenda::agenda(db, plan_id, row.id).await?;
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let presences = attendance::Entity::find()
        .filter(attendance::Column::PlanId.eq(plan_id))
        .filter(attendance::Column::Meeting.eq(row.id))
        .all(db)
        .await?;
    let presences: HashMap<&str, Option<Presence>> = presences
        .iter()
        .map(|one| (one.seat.as_str(), Presence::find(&one.presence)))
        .collect();
    let seats = bodies::store::seats(db, plan_id, &row.body).await?;
    let conclusions = conclusion::Entity::find()
        .filter(conclusion::Column::PlanId.eq(plan_id))
        .filter(conclusion::Column::AgendaItem.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut conclusions: HashMap<Uuid, String> =
        conclusions.into_iter().map(|one| (one.agenda_item, one.text)).collect();
    let mut reservations: HashMap<Uuid, Vec<ReservationView>> = HashMap::new();
    for one in reservations_of(db, plan_id, &ids).await? {
        reservations.entry(one.agenda_item).or_default().push(ReservationView {
            id: one.id,
            seat: one.seat,
            text: one.text,
        });
    }
    Ok(MinutesView {
        meeting: row.id,
        approved_at: row.approved_at,
        attendance: seats
            .into_iter()
            .map(|seat| AttendanceView {
                presence: presences.get(seat.code.as_str()).copied().flatten(),
                seat: seat.code,
            })
            .collect(),
        guests: guests(row)?,
        items: items
            .into_iter()
            .map(|item| MinutesItemView {
                conclusion: conclusions.remove(&item.id),
                reservations: reservations.remove(&item.id).unwrap_or_default(),
                item: item.id,
                title: item.title,
            })
            .collect(),
    })
}

async fn reservations_of(
    db: &impl ConnectionTrait,
    plan_id: i32,
    items: &[Uuid],
) -> Result<Vec<reservation::Model>, Problem> {
    Ok(reservation::Entity::find()
        .filter(reservation::Column::PlanId.eq(plan_id))
        .filter(reservation::Column::AgendaItem.is_in(items.iter().copied()))
        .order_by_asc(reservation::Column::Position)
        .order_by_asc(reservation::Column::Id)
        .all(db)
        .await?)
}

/// What the minutes of a meeting are judged by.
pub async fn known(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<KnownToMinutes, Problem> {
    let seats = bodies::store::seats(db, row.plan_id, &row.body).await?;
    let items = agenda::agenda(db, row.plan_id, row.id).await?;
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(row.plan_id))
        .all(db)
        .await?;
    let organisations = organisations
        .into_iter()
        .map(|one| (one.code, one.archived_at.is_none()));
    Ok(KnownToMinutes {
        seats: seats.into_iter().map(|seat| seat.code).collect(),
        items: items.into_iter().map(|item| item.id).collect(),
        organisations: organisations.collect(),
    })
}

/// What the minutes say, as it would be written: what nothing is said of is left out.
pub fn written(view: &MinutesView) -> WrittenMinutes {
    let attendance = view.attendance.iter().filter(|one| one.presence.is_some());
    let items = view.items.iter().map(|item| WrittenItem {
        item: item.item,
        conclusion: item.conclusion.clone(),
        reservations: item
            .reservations
            .iter()
            .map(|one| WrittenReservation {
                seat: one.seat.clone(),
                text: one.text.clone(),
            })
            .collect(),
    });
    WrittenMinutes {
        attendance: attendance
            .map(|one| WrittenAttendance {
                seat: one.seat.clone(),
                presence: one.presence,
            })
            .collect(),
        guests: view.guests.clone(),
        items: items.filter(says_something).collect(),
    }
}

fn says_something(item: &WrittenItem) -> bool {
    item.conclusion.is_some() || !item.reservations.is_empty()
}

/// Whether new minutes say the same as those that are there, in whatever order they name seats and items.
pub fn is_same(before: &MinutesView, new: &WrittenMinutes) -> bool {
    let in_order = |mut minutes: WrittenMinutes| {
        minutes.attendance.retain(|one| one.presence.is_some());
        minutes.attendance.sort_by(|a, b| a.seat.cmp(&b.seat));
        minutes.items.retain(says_something);
        minutes.items.sort_by_key(|one| one.item);
        minutes
    };
    in_order(written(before)) == in_order(new.clone())
}

/// Writes the minutes of a meeting as a whole. A reservation of the same seat on the same item keeps its id.
pub async fn write(
    transaction: &DatabaseTransaction,
    row: meeting::Model,
    new: WrittenMinutes,
    stamp: Stamp,
) -> Result<meeting::Model, Problem> {
    let plan_id = row.plan_id;
    attend(transaction, &row, new.attendance).await?;
    let agenda = agenda::agenda(transaction, plan_id, row.id).await?;
    let ids: Vec<Uuid> = agenda.iter().map(|item| item.id).collect();
    let before = conclusion::Entity::find()
        .filter(conclusion::Column::PlanId.eq(plan_id))
        .filter(conclusion::Column::AgendaItem.is_in(ids.iter().copied()))
        .all(transaction)
        .await?;
    let mut conclusions: HashMap<Uuid, conclusion::Model> =
        before.into_iter().map(|one| (one.agenda_item, one)).collect();
    let mut reservations = reservations_of(transaction, plan_id, &ids).await?;
    for item in new.items {
        conclude(transaction, plan_id, &item, conclusions.remove(&item.item), stamp).await?;
        for (position, one) in (1..).zip(item.reservations) {
            let known = reservations
                .iter()
                .position(|known| known.agenda_item == item.item && known.seat == one.seat);
            match known.map(|index| reservations.swap_remove(index)) {
                Some(known) if known.text == one.text && known.position == position => {}
                Some(known) => {
                    let mut changed = known.into_active_model();
                    changed.text = Set(one.text);
                    changed.position = Set(position);
                    changed.recorded_at = Set(stamp.at);
                    changed.update(transaction).await?;
                }
                None => {
                    let new = reservation::ActiveModel {
                        plan_id: Set(plan_id),
                        id: Set(Uuid::now_v7()),
                        agenda_item: Set(item.item),
                        position: Set(position),
                        body: Set(row.body.clone()),
                        seat: Set(one.seat),
                        text: Set(one.text),
                        recorded_at: Set(stamp.at),
                    };
                    reservation::Entity::insert(new)
                        .exec_without_returning(transaction)
                        .await?;
                }
            }
        }
    }
    for gone in conclusions.into_values() {
        gone.delete(transaction).await?;
    }
    for gone in reservations {
        gone.delete(transaction).await?;
    }
    let mut row = row.into_active_model();
    row.guests = Set(json!(new.guests));
    Ok(row.update(transaction).await?)
}

async fn attend(
    transaction: &DatabaseTransaction,
    row: &meeting::Model,
    seats: Vec<WrittenAttendance>,
) -> Result<(), Problem> {
    attendance::Entity::delete_many()
        .filter(attendance::Column::PlanId.eq(row.plan_id))
        .filter(attendance::Column::Meeting.eq(row.id))
        .exec(transaction)
        .await?;
    let rows: Vec<attendance::ActiveModel> = seats
        .into_iter()
        .filter_map(|one| {
            Some(attendance::ActiveModel {
                plan_id: Set(row.plan_id),
                meeting: Set(row.id),
                body: Set(row.body.clone()),
                seat: Set(one.seat),
                presence: Set(one.presence?.code().to_owned()),
            })
        })
        .collect();
    if !rows.is_empty() {
        attendance::Entity::insert_many(rows)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

async fn conclude(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    item: &WrittenItem,
    before: Option<conclusion::Model>,
    stamp: Stamp,
) -> Result<(), Problem> {
    match (before, &item.conclusion) {
        (Some(before), Some(text)) if before.text == *text => {}
        (Some(before), Some(text)) => {
            let mut changed = before.into_active_model();
            changed.text = Set(text.clone());
            changed.recorded_at = Set(stamp.at);
            changed.update(transaction).await?;
        }
        (Some(before), None) => {
            before.delete(transaction).await?;
        }
        (None, Some(text)) => {
            let new = conclusion::ActiveModel {
                plan_id: Set(plan_id),
                agenda_item: Set(item.item),
                text: Set(text.clone()),
                recorded_at: Set(stamp.at),
            };
            conclusion::Entity::insert(new)
                .exec_without_returning(transaction)
                .await?;
        }
        (None, None) => {}
    }
    Ok(())
}
