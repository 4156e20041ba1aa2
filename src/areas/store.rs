//! Queries for areas and organisations.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{area, area_relation, organisation};
use crate::problem::Problem;

/// A unit of a unit of a unit: deeper than any organisation, and an end to a circle.
const MAX_DEPTH: usize = 16;

/// A plan's organisations.
pub async fn organisations(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Result<Vec<organisation::Model>, Problem> {
    let columns = ReferenceColumns {
        plan_id: organisation::Column::PlanId,
        position: organisation::Column::Position,
        archived_at: organisation::Column::ArchivedAt,
    };
    Ok(
        reference_rows::<organisation::Entity>(columns, plan_id, window, archived)
            .all(db)
            .await?,
    )
}

/// One organisation, archived or not.
pub async fn organisation(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<organisation::Model, Problem> {
    organisation::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no organisation of this code.",
                "Der er ingen organisation med denne kode.",
            )
        })
}

/// Whether `unit` is `organisation` or one of the units below it.
pub async fn is_within(
    db: &impl ConnectionTrait,
    plan_id: i32,
    unit: &str,
    organisation: &str,
) -> Result<bool, Problem> {
    let mut current = Some(unit.to_owned());
    for _ in 0..MAX_DEPTH {
        let Some(code) = current else { return Ok(false) };
        if code == organisation {
            return Ok(true);
        }
        current = organisation::Entity::find_by_id((plan_id, code))
            .one(db)
            .await?
            .and_then(|row| row.parent);
    }
    Ok(false)
}

/// A plan's areas.
pub async fn areas(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Result<Vec<area::Model>, Problem> {
    let columns = ReferenceColumns {
        plan_id: area::Column::PlanId,
        position: area::Column::Position,
        archived_at: area::Column::ArchivedAt,
    };
    Ok(reference_rows::<area::Entity>(columns, plan_id, window, archived)
        .all(db)
        .await?)
}

/// All areas of a plan, archived ones too, in their order: a few dozen.
pub async fn all_areas(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<area::Model>, Problem> {
    Ok(area::Entity::find()
        .filter(area::Column::PlanId.eq(plan_id))
        .order_by_asc(area::Column::Position)
        .all(db)
        .await?)
}

/// One area, archived or not.
pub async fn area(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<area::Model, Problem> {
    area::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .ok_or_else(|| Problem::not_found("There is no area of this code.", "Der er intet område med denne kode."))
}

/// The relations of some areas.
pub async fn relations(
    db: &impl ConnectionTrait,
    plan_id: i32,
    areas: &[String],
) -> Result<Vec<area_relation::Model>, Problem> {
    let mut rows = area_relation::Entity::find()
        .filter(area_relation::Column::PlanId.eq(plan_id))
        .filter(area_relation::Column::Area.is_in(areas))
        .all(db)
        .await?;
    // Sorted here and not by the database, whose collations differ.
    rows.sort_by(|a, b| (&a.area, &a.relation, &a.target).cmp(&(&b.area, &b.relation, &b.target)));
    Ok(rows)
}
