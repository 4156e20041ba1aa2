//! Storing an activity with what hangs on it.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::super::rules::{ActivityStatus, Content};
use super::super::search::folded;
use super::touch;
use crate::entities::{activity, activity_actor, activity_commitment, activity_target_group};
use crate::problem::Problem;
use crate::words::Word;

/// What an activity is beside its content.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The plan.
    pub plan_id: i32,
    /// The activity's code.
    pub code: String,
    /// The place in lists.
    pub position: i32,
    /// How far it is.
    pub status: ActivityStatus,
    /// Whether everybody sees it.
    pub is_published: bool,
    /// How it is presented to residents, in Danish.
    pub description: Option<String>,
    /// How it is presented to residents, in English.
    pub description_en: Option<String>,
    /// Counts its changes, from 1.
    pub version: i32,
    /// When it was archived.
    pub archived_at: Option<DateTime<Utc>>,
}

/// Stores an activity: a new one, or in place of the one that is there. Runs under the plan's lock.
pub async fn save(
    transaction: &DatabaseTransaction,
    standing: Standing,
    content: Content,
    is_new: bool,
) -> Result<(), Problem> {
    let (plan_id, code) = (standing.plan_id, standing.code.clone());
    let row = row(standing, &content);
    if is_new {
        activity::Entity::insert(row)
            .exec_without_returning(transaction)
            .await?;
    } else {
        activity::Entity::update(row).exec(transaction).await?;
        forget_parts(transaction, plan_id, &code).await?;
    }
    insert_parts(transaction, plan_id, &code, content).await?;
    touch::activity_changed(transaction, plan_id, &code).await
}

fn row(standing: Standing, content: &Content) -> activity::ActiveModel {
    let search = searchable(&standing, content);
    let content = content.clone();
    activity::ActiveModel {
        plan_id: Set(standing.plan_id),
        code: Set(standing.code),
        position: Set(standing.position),
        focus_area: Set(content.focus_area),
        status: Set(standing.status.code().to_owned()),
        mobility: Set(content.mobility.code().to_owned()),
        teams_apart: Set(content.teams_apart),
        is_published: Set(standing.is_published),
        name: Set(content.name),
        name_en: Set(content.name_en),
        aliases: Set(json!(content.aliases)),
        purpose: Set(content.purpose),
        purpose_en: Set(content.purpose_en),
        content: Set(content.content),
        content_en: Set(content.content_en),
        description: Set(standing.description),
        description_en: Set(standing.description_en),
        note: Set(content.note),
        source: Set(content.source),
        search: Set(search),
        version: Set(standing.version),
        archived_at: Set(standing.archived_at),
    }
}

/// Every text by which an activity is found.
fn searchable(standing: &Standing, content: &Content) -> String {
    let mut texts: Vec<&str> = vec![
        &content.name,
        &content.name_en,
        &content.purpose,
        &content.purpose_en,
        &content.content,
        &content.content_en,
    ];
    texts.extend(content.aliases.iter().map(String::as_str));
    texts.extend(standing.description.as_deref());
    texts.extend(standing.description_en.as_deref());
    for group in &content.target_groups {
        texts.extend([group.name.as_str(), group.name_en.as_str()]);
    }
    for actor in &content.actors {
        texts.extend([actor.name.as_str(), actor.name_en.as_str()]);
    }
    for commitment in &content.commitments {
        texts.extend([commitment.name.as_str(), commitment.name_en.as_str()]);
    }
    folded(&texts.join("\n"))
}

async fn forget_parts(transaction: &DatabaseTransaction, plan_id: i32, code: &str) -> Result<(), Problem> {
    activity_target_group::Entity::delete_many()
        .filter(activity_target_group::Column::PlanId.eq(plan_id))
        .filter(activity_target_group::Column::Activity.eq(code))
        .exec(transaction)
        .await?;
    activity_actor::Entity::delete_many()
        .filter(activity_actor::Column::PlanId.eq(plan_id))
        .filter(activity_actor::Column::Activity.eq(code))
        .exec(transaction)
        .await?;
    activity_commitment::Entity::delete_many()
        .filter(activity_commitment::Column::PlanId.eq(plan_id))
        .filter(activity_commitment::Column::Activity.eq(code))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn insert_parts(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    code: &str,
    content: Content,
) -> Result<(), Problem> {
    for (position, group) in (0..).zip(content.target_groups) {
        let row = activity_target_group::ActiveModel {
            plan_id: Set(plan_id),
            activity: Set(code.to_owned()),
            position: Set(position),
            name: Set(group.name),
            name_en: Set(group.name_en),
            age_from: Set(group.age_from),
            age_to: Set(group.age_to),
            note: Set(group.note),
        };
        activity_target_group::Entity::insert(row)
            .exec_without_returning(transaction)
            .await?;
    }
    for (position, actor) in (0..).zip(content.actors) {
        let row = activity_actor::ActiveModel {
            plan_id: Set(plan_id),
            activity: Set(code.to_owned()),
            position: Set(position),
            organisation: Set(actor.organisation),
            name: Set(actor.name),
            name_en: Set(actor.name_en),
            responsibility: Set(actor.responsibility),
            responsibility_en: Set(actor.responsibility_en),
        };
        activity_actor::Entity::insert(row)
            .exec_without_returning(transaction)
            .await?;
    }
    for (position, commitment) in (0..).zip(content.commitments) {
        let row = activity_commitment::ActiveModel {
            plan_id: Set(plan_id),
            activity: Set(code.to_owned()),
            code: Set(commitment.code),
            position: Set(position),
            organisation: Set(commitment.organisation),
            name: Set(commitment.name),
            name_en: Set(commitment.name_en),
            quantity: Set(commitment.quantity),
            unit: Set(commitment.unit),
            per: Set(commitment.per.map(|per| per.code().to_owned())),
            note: Set(commitment.note),
            source: Set(commitment.source),
        };
        activity_commitment::Entity::insert(row)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}
