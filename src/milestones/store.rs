//! Queries for milestones.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};

use super::rules::{Catalogue, Draft};
use crate::agreements;
use crate::areas;
use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{milestone, plan};
use crate::problem::Problem;

/// Positions are this far apart, so that there is room between two.
const STEP: i32 = 10;

/// A plan's milestones.
pub async fn milestones(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Result<Vec<milestone::Model>, Problem> {
    let columns = ReferenceColumns {
        plan_id: milestone::Column::PlanId,
        position: milestone::Column::Position,
        archived_at: milestone::Column::ArchivedAt,
    };
    Ok(reference_rows::<milestone::Entity>(columns, plan_id, window, archived)
        .all(db)
        .await?)
}

/// One milestone, archived or not; none where there is none of this code.
pub async fn find(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<Option<milestone::Model>, Problem> {
    Ok(milestone::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?)
}

/// One milestone, archived or not; 404 where there is none of this code.
pub async fn milestone(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<milestone::Model, Problem> {
    find(db, plan_id, code).await?.ok_or_else(|| {
        Problem::not_found(
            "There is no milestone of this code.",
            "Der er ingen milepæl med denne kode.",
        )
    })
}

/// What milestones of a plan may name.
pub async fn catalogue(db: &impl ConnectionTrait, plan: &plan::Model, today: NaiveDate) -> Result<Catalogue, Problem> {
    let every = Window {
        limit: 10_000,
        after: None,
    };
    let agreements = agreements::store::agreements(db, plan.id, &every).await?;
    let organisations = areas::store::organisations(db, plan.id, &every, false).await?;
    Ok(Catalogue {
        agreements: agreements.into_iter().map(|row| row.code).collect(),
        organisations: organisations.into_iter().map(|row| row.code).collect(),
        starts_on: plan.starts_on,
        ends_on: plan.ends_on,
        today,
    })
}

/// Writes a new milestone, after all others.
pub async fn insert(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    code: &str,
    draft: Draft,
) -> Result<milestone::Model, Problem> {
    let last = milestone::Entity::find()
        .filter(milestone::Column::PlanId.eq(plan_id))
        .order_by_desc(milestone::Column::Position)
        .one(transaction)
        .await?;
    let row = milestone::ActiveModel {
        plan_id: Set(plan_id),
        code: Set(code.to_owned()),
        position: Set(last.map_or(0, |last| last.position) + STEP),
        name: Set(draft.name),
        name_en: Set(draft.name_en),
        due_on: Set(draft.due_on),
        reached_on: Set(draft.reached_on),
        agreement: Set(draft.agreement),
        organisation: Set(draft.organisation),
        note: Set(draft.note),
        source: Set(draft.source),
        archived_at: Set(None),
    };
    Ok(row.insert(transaction).await?)
}

/// Writes a milestone anew; archived or not stays what it is.
pub async fn update(
    transaction: &DatabaseTransaction,
    row: milestone::Model,
    draft: Draft,
) -> Result<milestone::Model, Problem> {
    let mut row = row.into_active_model();
    row.name = Set(draft.name);
    row.name_en = Set(draft.name_en);
    row.due_on = Set(draft.due_on);
    row.reached_on = Set(draft.reached_on);
    row.agreement = Set(draft.agreement);
    row.organisation = Set(draft.organisation);
    row.note = Set(draft.note);
    row.source = Set(draft.source);
    Ok(row.update(transaction).await?)
}

/// Takes a milestone out of use, or, with none, back into use.
pub async fn archive(
    transaction: &DatabaseTransaction,
    row: milestone::Model,
    at: Option<DateTime<Utc>>,
) -> Result<milestone::Model, Problem> {
    let mut row = row.into_active_model();
    row.archived_at = Set(at);
    Ok(row.update(transaction).await?)
}
