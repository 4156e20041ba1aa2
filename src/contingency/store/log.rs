//! The log: activations and their checklists.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::super::model::{ActivationView, Correction, NewActivation};
use super::super::rules::content::Group;
use super::super::rules::course::{ActionState, ActivationState, Settled};
use super::Audience;
use super::plan::{Whole, numbers, of_numbers};
use crate::db::Window;
use crate::entities::{contingency_action, contingency_activation};
use crate::problem::Problem;
use crate::record::Stamp;
use crate::words::Word;

/// Which activations.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those that are so far.
    pub state: Option<ActivationState>,
    /// Those of this group.
    pub group: Option<String>,
    /// Those in this area.
    pub area: Option<String>,
}

fn missing() -> Problem {
    Problem::not_found(
        "There is no activation with this id that you may read.",
        "Der er ingen aktivering med dette id, som du må læse.",
    )
}

fn inconsistent(row: &contingency_activation::Model) -> Problem {
    tracing::error!(activation = %row.id, "an activation's version does not have its group");
    Problem::internal()
}

/// Those that concern the caller: of a version in which its organisation has a seat, or raised by it.
async fn visible(db: &impl ConnectionTrait, plan_id: i32, audience: &Audience) -> Result<Condition, Problem> {
    use contingency_activation::Column;
    let of_plan = Condition::all().add(Column::PlanId.eq(plan_id));
    let Audience::Of { units, .. } = audience else {
        return Ok(of_plan);
    };
    let seated = numbers(db, plan_id, |content| audience.has_seat(content)).await?;
    let own = Condition::any()
        .add(Column::Version.is_in(seated))
        .add(Column::RaisedBy.is_in(units));
    Ok(of_plan.add(own))
}

/// Activations that the caller sees, in the order in which they were recorded.
pub async fn activations(
    db: &impl ConnectionTrait,
    plan_id: i32,
    audience: &Audience,
    selection: &Selection,
    window: &Window<Uuid>,
) -> Result<Vec<ActivationView>, Problem> {
    use contingency_activation::Column;
    let mut select = contingency_activation::Entity::find()
        .filter(visible(db, plan_id, audience).await?)
        .order_by_asc(Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(Column::Id.gt(after));
    }
    if let Some(state) = selection.state {
        select = select.filter(Column::State.eq(state.code()));
    }
    if let Some(group) = &selection.group {
        select = select.filter(Column::GroupCode.eq(group));
    }
    if let Some(area) = &selection.area {
        select = select.filter(Column::Area.eq(area));
    }
    let rows = select.all(db).await?;
    views(db, plan_id, rows).await
}

async fn views(
    db: &impl ConnectionTrait,
    plan_id: i32,
    rows: Vec<contingency_activation::Model>,
) -> Result<Vec<ActivationView>, Problem> {
    let used: HashSet<i32> = rows.iter().map(|row| row.version).collect();
    let versions = of_numbers(db, plan_id, used).await?;
    let versions: HashMap<i32, Whole> = versions.into_iter().map(|one| (one.row.version, one)).collect();
    let items = contingency_action::Entity::find()
        .filter(contingency_action::Column::PlanId.eq(plan_id))
        .filter(contingency_action::Column::Activation.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?;
    let mut items_of: HashMap<Uuid, Vec<contingency_action::Model>> = HashMap::new();
    for item in items {
        items_of.entry(item.activation).or_default().push(item);
    }
    rows.into_iter()
        .map(|row| {
            let group = versions
                .get(&row.version)
                .and_then(|one| one.content.group(&row.group_code));
            let group = group.cloned().ok_or_else(|| inconsistent(&row))?;
            let items = items_of.remove(&row.id).unwrap_or_default();
            Ok(ActivationView::new(row, group, items))
        })
        .collect()
}

/// One activation that the caller sees: its row, and how it looks.
pub async fn activation(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    audience: &Audience,
) -> Result<(contingency_activation::Model, ActivationView), Problem> {
    let row = contingency_activation::Entity::find()
        .filter(visible(db, plan_id, audience).await?)
        .filter(contingency_activation::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(missing)?;
    let view = views(db, plan_id, vec![row.clone()]).await?.pop();
    Ok((row, view.ok_or_else(Problem::internal)?))
}

/// An item of an activation's checklist.
pub async fn item(
    db: &impl ConnectionTrait,
    plan_id: i32,
    activation: Uuid,
    action: &str,
) -> Result<contingency_action::Model, Problem> {
    contingency_action::Entity::find_by_id((plan_id, activation, action.to_owned()))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "The activation's checklist has no action of this code.",
                "Aktiveringens tjekliste har ingen handling med denne kode.",
            )
        })
}

/// Stores an activation with its checklist, which is that of the version's group.
pub async fn insert_activation(
    transaction: &DatabaseTransaction,
    version: &Whole,
    group: &Group,
    id: Uuid,
    new: NewActivation,
    subject: &str,
    stamp: Stamp,
) -> Result<ActivationView, Problem> {
    let plan_id = version.row.plan_id;
    let row = contingency_activation::Model {
        plan_id,
        id,
        version: version.row.version,
        group_code: new.group,
        state: ActivationState::Active.code().to_owned(),
        kind: new.kind.code().to_owned(),
        area: new.area,
        raised_by: new.raised_by,
        activated_at: new.activated_at.unwrap_or(stamp.at),
        summary: new.summary,
        follows: new.follows,
        closed_at: None,
        conclusion: None,
        subject: subject.to_owned(),
        recorded_at: stamp.at,
        changed_at: stamp.at,
    };
    contingency_activation::Entity::insert(contingency_activation::ActiveModel::from(row.clone()))
        .exec_without_returning(transaction)
        .await?;
    let items = group.actions.iter().map(|action| contingency_action::ActiveModel {
        plan_id: Set(plan_id),
        activation: Set(id),
        action: Set(action.code.clone()),
        state: Set(ActionState::Open.code().to_owned()),
        at: Set(None),
        organisation: Set(None),
        note: Set(None),
        recorded_at: Set(None),
    });
    contingency_action::Entity::insert_many(items)
        .exec_without_returning(transaction)
        .await?;
    Ok(ActivationView::new(row, group.clone(), Vec::new()))
}

/// Stores what is known of an activation now.
pub async fn correct(
    transaction: &DatabaseTransaction,
    row: contingency_activation::Model,
    correction: Correction,
    stamp: Stamp,
) -> Result<(), Problem> {
    let mut row = row.into_active_model();
    row.kind = Set(correction.kind.code().to_owned());
    row.area = Set(correction.area);
    row.summary = Set(correction.summary);
    row.changed_at = Set(stamp.at);
    row.update(transaction).await?;
    Ok(())
}

/// Stores what is said of an item of the checklist; where no time is said, it is done now.
pub async fn set_item(
    transaction: &DatabaseTransaction,
    activation: contingency_activation::Model,
    item: contingency_action::Model,
    said: Settled,
    stamp: Stamp,
) -> Result<contingency_action::Model, Problem> {
    let mut item = item.into_active_model();
    item.state = Set(said.state.code().to_owned());
    item.at = Set(match said.state {
        ActionState::Open => None,
        ActionState::Done | ActionState::NotNeeded => said.at.or(Some(stamp.at)),
    });
    item.organisation = Set(said.organisation);
    item.note = Set(said.note);
    item.recorded_at = Set(Some(stamp.at));
    let item = item.update(transaction).await?;
    let mut activation = activation.into_active_model();
    activation.changed_at = Set(stamp.at);
    activation.update(transaction).await?;
    Ok(item)
}

/// Closes an activation.
pub async fn close(
    transaction: &DatabaseTransaction,
    row: contingency_activation::Model,
    closed_at: Option<DateTime<Utc>>,
    conclusion: String,
    stamp: Stamp,
) -> Result<(), Problem> {
    let mut row = row.into_active_model();
    row.state = Set(ActivationState::Closed.code().to_owned());
    row.closed_at = Set(Some(closed_at.unwrap_or(stamp.at)));
    row.conclusion = Set(Some(conclusion));
    row.changed_at = Set(stamp.at);
    row.update(transaction).await?;
    Ok(())
}
