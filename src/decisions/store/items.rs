//! Under which item of its meeting's agenda a decision is taken up.
//!
//! What is stored is what was said. An item that is taken off the agenda takes nothing up, so neither end shows the other as long
//! as it is off; put back, it does again.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::Sight;
use crate::entities::{agenda_item, decision, decision_item};
use crate::problem::{At, FieldError, Problem};

/// The status of an item that is on the agenda.
const ON_THE_AGENDA: &str = "accepted";

/// What is wrong, at `at`, with an item that a decision of this meeting is to be taken up under.
pub(super) async fn refusal(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meeting: Uuid,
    item: Uuid,
    at: At,
) -> Result<Option<FieldError>, Problem> {
    let found = agenda_item::Entity::find_by_id((plan_id, item)).one(db).await?;
    let (code, en, da) = match found.filter(|row| row.meeting == meeting) {
        Some(row) if row.status == ON_THE_AGENDA => return Ok(None),
        Some(_) => (
            "not_on_the_agenda",
            "The item is not on the agenda: it awaits the secretariat, was declined, or was withdrawn.",
            "Punktet er ikke på dagsordenen: det afventer sekretariatet, er afvist eller trukket tilbage.",
        ),
        None => (
            "unknown_item",
            "The agenda of the meeting has no item of this id.",
            "Mødets dagsorden har intet punkt med dette id.",
        ),
    };
    Ok(Some(FieldError::new(at, code, en, da)))
}

/// Says under which item a decision is taken up; none: under no one.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    decision: Uuid,
    item: Option<Uuid>,
) -> Result<(), Problem> {
    decision_item::Entity::delete_by_id((plan_id, decision))
        .exec(transaction)
        .await?;
    if let Some(item) = item {
        let row = decision_item::ActiveModel {
            plan_id: Set(plan_id),
            decision: Set(decision),
            agenda_item: Set(item),
        };
        decision_item::Entity::insert(row)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

/// The items under which decisions are taken up, by decision.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    plan_id: i32,
    decisions: &[Uuid],
) -> Result<HashMap<Uuid, Uuid>, Problem> {
    let rows = decision_item::Entity::find()
        .filter(decision_item::Column::PlanId.eq(plan_id))
        .filter(decision_item::Column::Decision.is_in(decisions.iter().copied()))
        .all(db)
        .await?;
    let on: Vec<Uuid> = agenda_item::Entity::find()
        .select_only()
        .column(agenda_item::Column::Id)
        .filter(agenda_item::Column::PlanId.eq(plan_id))
        .filter(agenda_item::Column::Id.is_in(rows.iter().map(|row| row.agenda_item)))
        .filter(agenda_item::Column::Status.eq(ON_THE_AGENDA))
        .into_tuple()
        .all(db)
        .await?;
    let rows = rows.into_iter().filter(|row| on.contains(&row.agenda_item));
    Ok(rows.map(|row| (row.decision, row.agenda_item)).collect())
}

/// The decisions that are taken up under items that are on their agendas, as far as a caller sees them: by item, in the order in
/// which they were proposed.
pub async fn taken_up(
    db: &impl ConnectionTrait,
    plan_id: i32,
    items: &[Uuid],
    sight: Sight,
) -> Result<HashMap<Uuid, Vec<decision::Model>>, Problem> {
    let rows = decision_item::Entity::find()
        .filter(decision_item::Column::PlanId.eq(plan_id))
        .filter(decision_item::Column::AgendaItem.is_in(items.iter().copied()))
        .all(db)
        .await?;
    let item_of: HashMap<Uuid, Uuid> = rows.into_iter().map(|row| (row.decision, row.agenda_item)).collect();
    let mut found: HashMap<Uuid, Vec<decision::Model>> = HashMap::new();
    if item_of.is_empty() {
        return Ok(found);
    }
    let decisions = decision::Entity::find()
        .filter(decision::Column::PlanId.eq(plan_id))
        .filter(decision::Column::Id.is_in(item_of.keys().copied()))
        .filter(sight.condition())
        .order_by_asc(decision::Column::Id)
        .all(db)
        .await?;
    for row in decisions {
        if let Some(item) = item_of.get(&row.id) {
            found.entry(*item).or_default().push(row);
        }
    }
    Ok(found)
}
