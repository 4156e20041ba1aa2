//! The agendas of meetings.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::Value;
use uuid::Uuid;

use super::super::model::documents;
use super::super::rules::{ItemDraft, ItemStatus, MAX_POSITION};
use crate::auth::role::Role;
use crate::db::Window;
use crate::entities::agenda_item;
use crate::problem::Problem;
use crate::record::Stamp;
use crate::words::Word;

/// How far apart places are that nobody chose.
const STEP: i32 = 10;

/// Which items of an agenda a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All, proposals too.
    Every,
    /// Those that are on the agenda, and what this organisation proposed.
    OnTheAgenda(Option<String>),
}

/// The place of an item on an agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its position.
    pub position: i32,
    /// Its id.
    pub id: Uuid,
}

/// 404 for an item that is not there, or that the caller does not see.
fn missing() -> Problem {
    Problem::not_found(
        "There is no item with this id on the agenda.",
        "Der er intet punkt med dette id på dagsordenen.",
    )
}

fn seen(plan_id: i32, meeting: Uuid, seen: &Seen) -> Condition {
    use agenda_item::Column;
    let all = Condition::all()
        .add(Column::PlanId.eq(plan_id))
        .add(Column::Meeting.eq(meeting));
    match seen {
        Seen::Every => all,
        Seen::OnTheAgenda(organisation) => {
            let mut any = Condition::any().add(Column::Status.eq(ItemStatus::Accepted.code()));
            if let Some(organisation) = organisation {
                any = any.add(Column::ProposedBy.eq(organisation));
            }
            all.add(any)
        }
    }
}

/// The items of a meeting in their order, one more than the window holds.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meeting: Uuid,
    eye: &Seen,
    window: &Window<Place>,
) -> Result<Vec<agenda_item::Model>, Problem> {
    use agenda_item::Column;
    let mut select = agenda_item::Entity::find()
        .filter(seen(plan_id, meeting, eye))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        let same = Condition::all()
            .add(Column::Position.eq(after.position))
            .add(Column::Id.gt(after.id));
        select = select.filter(Condition::any().add(Column::Position.gt(after.position)).add(same));
    }
    Ok(select.all(db).await?)
}

/// The agenda of a meeting: the items that are on it, in their order.
pub async fn agenda(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meeting: Uuid,
) -> Result<Vec<agenda_item::Model>, Problem> {
    with_status(db, plan_id, meeting, ItemStatus::Accepted).await
}

/// The proposals for a meeting that nobody has decided on.
pub async fn undecided(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meeting: Uuid,
) -> Result<Vec<agenda_item::Model>, Problem> {
    with_status(db, plan_id, meeting, ItemStatus::Proposed).await
}

async fn with_status(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meeting: Uuid,
    status: ItemStatus,
) -> Result<Vec<agenda_item::Model>, Problem> {
    Ok(agenda_item::Entity::find()
        .filter(seen(plan_id, meeting, &Seen::Every))
        .filter(agenda_item::Column::Status.eq(status.code()))
        .order_by_asc(agenda_item::Column::Position)
        .order_by_asc(agenda_item::Column::Id)
        .all(db)
        .await?)
}

/// One item of a meeting, as far as the caller sees it.
pub async fn item(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meeting: Uuid,
    id: Uuid,
    eye: &Seen,
) -> Result<agenda_item::Model, Problem> {
    agenda_item::Entity::find()
        .filter(seen(plan_id, meeting, eye))
        .filter(agenda_item::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(missing)
}

/// How many items a meeting has, proposals included.
pub async fn count(db: &impl ConnectionTrait, plan_id: i32, meeting: Uuid) -> Result<u64, Problem> {
    let all = agenda_item::Entity::find().filter(seen(plan_id, meeting, &Seen::Every));
    Ok(all.count(db).await?)
}

/// What is said of an item now.
pub fn draft(row: &agenda_item::Model) -> Result<ItemDraft, Problem> {
    Ok(ItemDraft {
        title: row.title.clone(),
        description: row.description.clone(),
        documents: documents(row)?,
        position: Some(row.position),
        status: ItemStatus::find(&row.status).ok_or_else(Problem::internal)?,
    })
}

/// Who proposes an item.
#[derive(Clone, Debug)]
pub struct Proposer {
    /// The role.
    pub role: Role,
    /// Code of the organisation.
    pub organisation: Option<String>,
}

/// Stores a new item, last where it has no place.
pub async fn insert(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    meeting: Uuid,
    id: Uuid,
    new: ItemDraft,
    proposer: Proposer,
    stamp: Stamp,
) -> Result<agenda_item::Model, Problem> {
    let position = match new.position {
        Some(position) => position,
        None => {
            let last = agenda_item::Entity::find()
                .filter(seen(plan_id, meeting, &Seen::Every))
                .order_by_desc(agenda_item::Column::Position)
                .one(transaction)
                .await?;
            let last = last.map_or(0, |last| last.position);
            last.saturating_add(STEP).min(i32::from(MAX_POSITION))
        }
    };
    let row = agenda_item::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(id),
        meeting: Set(meeting),
        position: Set(position),
        status: Set(new.status.code().to_owned()),
        title: Set(new.title),
        description: Set(new.description),
        documents: Set(new.documents.iter().map(Value::from).collect()),
        proposed_by_role: Set(proposer.role.code().to_owned()),
        proposed_by: Set(proposer.organisation),
        created_at: Set(stamp.at),
    };
    Ok(agenda_item::Entity::insert(row)
        .exec_with_returning(transaction)
        .await?)
}

/// Stores what is said of an item now.
pub async fn update(
    transaction: &DatabaseTransaction,
    before: agenda_item::Model,
    draft: ItemDraft,
) -> Result<agenda_item::Model, Problem> {
    let position = draft.position.unwrap_or(before.position);
    let mut row = before.into_active_model();
    row.title = Set(draft.title);
    row.description = Set(draft.description);
    row.documents = Set(draft.documents.iter().map(Value::from).collect());
    row.position = Set(position);
    row.status = Set(draft.status.code().to_owned());
    Ok(row.update(transaction).await?)
}
