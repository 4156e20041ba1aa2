//! What the content of an agreement may name: the plan as it is now.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::rules::check::{Catalogue, Kind};
use super::{content, latest_in_force, strategic};
use crate::areas;
use crate::entities::{activity, agreement, focus_area, indicator, organisation, plan};
use crate::goals::terms::{self, IndicatorTerms};
use crate::indicators;
use crate::problem::Problem;

/// What the content of an agreement may name.
pub async fn catalogue(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    agreement: &agreement::Model,
) -> Result<Catalogue, Problem> {
    let kind = Kind::of(&agreement.kind).ok_or_else(|| {
        tracing::error!(
            agreement = agreement.code,
            kind = agreement.kind,
            "an agreement has an unknown kind"
        );
        Problem::internal()
    })?;
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan.id))
        .filter(organisation::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    let focus_areas = focus_area::Entity::find()
        .filter(focus_area::Column::PlanId.eq(plan.id))
        .filter(focus_area::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    let activities = activity::Entity::find()
        .select_only()
        .column(activity::Column::Code)
        .filter(activity::Column::PlanId.eq(plan.id))
        .filter(activity::Column::ArchivedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(Catalogue {
        kind,
        organisations: organisations.into_iter().map(|row| row.code).collect(),
        focus_areas: focus_areas.into_iter().map(|row| row.code).collect(),
        activities: activities.into_iter().collect(),
        goals: strategic_goals(db, plan.id).await?,
        terms: terms(db, plan).await?,
    })
}

async fn strategic_goals(db: &impl ConnectionTrait, plan_id: i32) -> Result<Option<HashSet<String>>, Problem> {
    let Some(strategic) = strategic(db, plan_id).await? else {
        return Ok(None);
    };
    let Some(row) = latest_in_force(db, plan_id, &strategic.code).await? else {
        return Ok(None);
    };
    let goals = content(&row)?.goals;
    Ok(Some(goals.into_iter().map(|goal| goal.code).collect()))
}

async fn terms(db: &impl ConnectionTrait, plan: &plan::Model) -> Result<terms::Catalogue, Problem> {
    let areas = areas::store::all_areas(db, plan.id).await?;
    let indicators = indicator::Entity::find()
        .filter(indicator::Column::PlanId.eq(plan.id))
        .filter(indicator::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    let categories = indicators::store::categories(db, plan.id).await?;
    Ok(terms::Catalogue {
        areas: areas
            .into_iter()
            .filter(|area| area.archived_at.is_none())
            .map(|area| area.code)
            .collect(),
        indicators: indicators
            .into_iter()
            .map(|row| {
                let terms = IndicatorTerms {
                    is_percent: row.unit == "percent",
                    is_down: row.direction == "down",
                    has_target_groups: row.categories == "target_group",
                };
                (row.code, terms)
            })
            .collect(),
        categories: categories.into_keys().collect(),
        starts_on: plan.starts_on,
        ends_on: plan.ends_on,
    })
}
