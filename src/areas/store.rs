//! Queries for areas and organisations.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{area, area_relation, organisation};
use crate::problem::Problem;

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

/// An organisation and all units below it; empty where there is no such organisation.
pub async fn units_of(db: &impl ConnectionTrait, plan_id: i32, organisation: &str) -> Result<Vec<String>, Problem> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan_id))
        .order_by_asc(organisation::Column::Position)
        .all(db)
        .await?;
    let mut units: Vec<String> = Vec::new();
    // Level by level: every round finds a new unit or is the last, also where parents go round in a circle.
    loop {
        let known = units.len();
        for row in &rows {
            let is_below = row.parent.as_ref().is_some_and(|parent| units.contains(parent));
            if (row.code == organisation || is_below) && !units.contains(&row.code) {
                units.push(row.code.clone());
            }
        }
        if units.len() == known {
            return Ok(units);
        }
    }
}

/// The areas that a plan's area lies in, for each area: directly or through others.
pub async fn containers(db: &impl ConnectionTrait, plan_id: i32) -> Result<HashMap<String, HashSet<String>>, Problem> {
    let relations = area_relation::Entity::find()
        .filter(area_relation::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let mut containers: HashMap<String, HashSet<String>> = HashMap::new();
    for relation in &relations {
        let direct = containers.entry(relation.area.clone()).or_default();
        direct.insert(relation.target.clone());
    }
    // Every round adds what lies one step further, or is the last.
    loop {
        let mut is_done = true;
        for relation in &relations {
            let further = containers.get(&relation.target).cloned().unwrap_or_default();
            let known = containers.entry(relation.area.clone()).or_default();
            let before = known.len();
            known.extend(further);
            is_done &= known.len() == before;
        }
        if is_done {
            return Ok(containers);
        }
    }
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
