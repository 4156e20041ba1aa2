//! Queries for areas and organisations that other slices share.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{area, area_relation, indicator, measurement, organisation};
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

/// What each organisation that is in use is, by code.
pub async fn kinds_of_organisations(
    db: &impl ConnectionTrait,
    plan_id: i32,
) -> Result<HashMap<String, String>, Problem> {
    let kinds: Vec<(String, String)> = organisation::Entity::find()
        .select_only()
        .columns([organisation::Column::Code, organisation::Column::Kind])
        .filter(organisation::Column::PlanId.eq(plan_id))
        .filter(organisation::Column::ArchivedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(kinds.into_iter().collect())
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

/// All areas of a plan, archived ones too, in their order: a few dozen.
pub async fn all_areas(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<area::Model>, Problem> {
    Ok(area::Entity::find()
        .filter(area::Column::PlanId.eq(plan_id))
        .order_by_asc(area::Column::Position)
        .all(db)
        .await?)
}

/// Whether an area has figures today.
pub async fn has_figures(db: &impl ConnectionTrait, plan_id: i32, area: &str) -> Result<bool, Problem> {
    use measurement::Column;
    let indicators: Vec<String> = indicator::Entity::find()
        .select_only()
        .column(indicator::Column::Code)
        .filter(indicator::Column::PlanId.eq(plan_id))
        .into_tuple()
        .all(db)
        .await?;
    // The indicators are named because the index begins with them: without, every figure of the plan would be looked at.
    let figure = measurement::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Indicator.is_in(indicators))
        .filter(Column::Area.eq(area))
        .filter(Column::SeqTo.is_null())
        .one(db)
        .await?;
    Ok(figure.is_some())
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
