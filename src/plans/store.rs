//! Finding plans. Every query of plan data begins here: [`resolve`] is where a caller's reach is decided.

use chrono::{Datelike, NaiveDate};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::auth::allow::no_such_plan;
use crate::auth::{Plans, Scope};
use crate::db::Window;
use crate::entities::{focus_area, plan, plan_party};
use crate::problem::{At, FieldError, Problem};

/// The plan of this code, if it exists and the caller reaches it; else 404, the same for both.
pub async fn resolve(db: &impl ConnectionTrait, scope: &Scope, code: &str) -> Result<plan::Model, Problem> {
    let found = plan::Entity::find()
        .filter(within(scope))
        .filter(plan::Column::Code.eq(code))
        .one(db)
        .await?;
    found.ok_or_else(no_such_plan)
}

/// The plans that the caller reaches, oldest first.
pub async fn list(db: &impl ConnectionTrait, scope: &Scope, window: &Window<i32>) -> Result<Vec<plan::Model>, Problem> {
    let mut select = plan::Entity::find()
        .filter(within(scope))
        .order_by_asc(plan::Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(plan::Column::Id.gt(after));
    }
    Ok(select.all(db).await?)
}

/// The parties of some plans, in the agreements' order.
pub async fn parties(db: &impl ConnectionTrait, plans: &[i32]) -> Result<Vec<plan_party::Model>, Problem> {
    Ok(plan_party::Entity::find()
        .filter(plan_party::Column::PlanId.is_in(plans.iter().copied()))
        .order_by_asc(plan_party::Column::PlanId)
        .order_by_asc(plan_party::Column::Position)
        .all(db)
        .await?)
}

/// One focus area, archived or not.
pub async fn focus_area(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<focus_area::Model, Problem> {
    focus_area::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no focus area of this code.",
                "Der er intet indsatsområde med denne kode.",
            )
        })
}

/// Whether the plan has a focus area of this code, archived or not.
pub async fn has_focus_area(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<bool, Problem> {
    let found = focus_area::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// The day that is asked about; where none is, `today`, or the plan's first or last where today is outside it: agreements, goals
/// and the contingency plan hold for nobody on other days.
pub fn day(plan: &plan::Model, asked: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
    asked.unwrap_or_else(|| today.clamp(plan.starts_on, plan.ends_on))
}

/// The year that is asked about, one of the plan's, else 422; where none is, that of `today`, or the plan's first or last where
/// today is outside it.
pub fn year(plan: &plan::Model, asked: Option<i32>, today: NaiveDate) -> Result<i32, Problem> {
    let (first, last) = (plan.starts_on.year(), plan.ends_on.year());
    match asked {
        None => Ok(today.year().clamp(first, last)),
        Some(year) if (first..=last).contains(&year) => Ok(year),
        Some(_) => Err(Problem::invalid_content(vec![FieldError::new(
            At::Parameter("year".into()),
            "outside_plan",
            format!("The plan runs from {first} to {last}."),
            format!("Helhedsplanen løber fra {first} til {last}."),
        )])),
    }
}

fn within(scope: &Scope) -> sea_orm::sea_query::SimpleExpr {
    match &scope.plans {
        Plans::Public => plan::Column::IsPublic.eq(true),
        Plans::Named(codes) => plan::Column::Code.is_in(codes),
        Plans::Every => plan::Column::Id.is_not_null(),
    }
}
