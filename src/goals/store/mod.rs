//! Queries: the goals in force on a day, and the figures that they are judged by.

mod overlay;
mod status;

pub use overlay::{Overlay, OverlayTarget, overlays};
pub use status::statuses;

pub use crate::goals::model::{EvidenceView, FigureView, GoalStatusView};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;

use crate::areas;
use crate::entities::{agreement, agreement_version, indicator, measurement};
use crate::goals::rules::assess::{Facts, Figures, Needed};
use crate::goals::rules::observed::{Sums, Whole};
use crate::goals::terms::{Goal, SubGoal};
use crate::indicators;
use crate::indicators::rules::{Direction, Unit};
use crate::problem::Problem;

/// An agreement with the goals that it holds on a day.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The agreement.
    pub agreement: agreement::Model,
    /// The version.
    pub version: i32,
    /// The first day on which the version holds.
    pub effective_from: NaiveDate,
    /// The goals of a strategic agreement.
    pub goals: Vec<Goal>,
    /// The sub-goals of a sub-agreement.
    pub sub_goals: Vec<SubGoal>,
}

/// What happens once an agreement's period is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterItsEnd {
    /// It is not in force.
    Gone,
    /// Its last version is still what results are held against.
    Judged,
}

/// What this slice reads of a version's content.
#[derive(Deserialize)]
struct Content {
    period: Span,
    #[serde(default)]
    goals: Vec<Goal>,
    #[serde(default)]
    sub_goals: Vec<SubGoal>,
}

#[derive(Deserialize)]
struct Span {
    from: NaiveDate,
    to: NaiveDate,
}

/// The agreements in force on a day, as known at `seq`, in the plan's order: of each the version that took force last
/// among those that hold from that day or before.
///
/// This is the rule of the agreements' own `rules::force`, asked of the database: of versions, whose content is long, it reads
/// those alone that are in force.
pub async fn in_force(
    db: &impl ConnectionTrait,
    plan_id: i32,
    seq: i64,
    on: NaiveDate,
    after: AfterItsEnd,
) -> Result<Vec<InForce>, Problem> {
    use agreement_version::Column;
    // The content is long and most versions are history: so first which, then what.
    let taken: Vec<(String, i32)> = agreement_version::Entity::find()
        .select_only()
        .columns([Column::Agreement, Column::Version])
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::SeqInForce.lte(seq))
        .filter(Column::EffectiveFrom.lte(on))
        .order_by_asc(Column::SeqInForce)
        .into_tuple()
        .all(db)
        .await?;
    let last: HashMap<String, i32> = taken.into_iter().collect();
    let agreements = agreement::Entity::find()
        .filter(agreement::Column::PlanId.eq(plan_id))
        .order_by_asc(agreement::Column::Position)
        .all(db)
        .await?;
    let mut found = Vec::new();
    for agreement in agreements {
        let Some(version) = last.get(&agreement.code) else {
            continue;
        };
        let key = (plan_id, agreement.code.clone(), *version);
        let row = agreement_version::Entity::find_by_id(key).one(db).await?;
        let Some(row) = row else { continue };
        let content: Content = serde_json::from_str(&row.content).map_err(|error| {
            tracing::error!(%error, agreement = agreement.code, version, "the goals of a version cannot be read");
            Problem::internal()
        })?;
        let is_over = content.period.to < on;
        if on < content.period.from || (is_over && after == AfterItsEnd::Gone) {
            continue;
        }
        found.push(InForce {
            agreement,
            version: row.version,
            effective_from: row.effective_from.unwrap_or(content.period.from),
            goals: content.goals,
            sub_goals: content.sub_goals,
        });
    }
    Ok(found)
}

/// The plan as a whole and its zones.
async fn whole(db: &impl ConnectionTrait, plan_id: i32) -> Result<Whole, Problem> {
    let areas = areas::store::all_areas(db, plan_id).await?;
    let of_kind = |kind: &'static str| {
        // An archived zone still counts, as in a series: its figures are part of what was.
        let found = areas.iter().filter(move |area| area.kind == kind);
        found.map(|area| area.code.clone())
    };
    Ok(Whole {
        area: of_kind("plan").next().unwrap_or_default(),
        zones: of_kind("zone").collect(),
    })
}

/// What the indicators of some codes are, archived ones too.
async fn facts_of(
    db: &impl ConnectionTrait,
    plan_id: i32,
    codes: &BTreeSet<String>,
) -> Result<BTreeMap<String, Facts>, Problem> {
    let rows = indicator::Entity::find()
        .filter(indicator::Column::PlanId.eq(plan_id))
        .filter(indicator::Column::Code.is_in(codes))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), facts(&row)?)))
        .collect()
}

fn facts(row: &indicator::Model) -> Result<Facts, Problem> {
    let direction = match row.direction.as_str() {
        "up" => Some(Direction::Up),
        "down" => Some(Direction::Down),
        _ => None,
    };
    let unit: Option<Unit> = row.unit.parse().ok();
    match (unit, direction) {
        (Some(unit), Some(direction)) => Ok(Facts {
            sums: Sums {
                unit,
                decimals: u32::try_from(row.decimals).unwrap_or(0),
            },
            direction,
        }),
        _ => {
            tracing::error!(indicator = row.code, "an indicator has an unknown unit or direction");
            Err(Problem::internal())
        }
    }
}

/// The figures that some measures need, as they stood at `seq`, of periods that had ended by `on`.
async fn figures(
    db: &impl ConnectionTrait,
    plan_id: i32,
    seq: i64,
    on: NaiveDate,
    needed: &Needed,
    whole: &Whole,
) -> Result<Figures, Problem> {
    use measurement::Column;
    let indicators: BTreeSet<&String> = needed.series.iter().map(|(indicator, _)| indicator).collect();
    let categories: BTreeSet<&String> = needed.series.iter().map(|(_, category)| category).collect();
    let areas: BTreeSet<&String> = needed.areas.iter().chain(&whole.zones).chain([&whole.area]).collect();
    let rows = measurement::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Indicator.is_in(indicators))
        .filter(Column::Category.is_in(categories))
        .filter(Column::Area.is_in(areas))
        .filter(Column::PeriodEnd.lte(on))
        .filter(Column::SeqFrom.lte(seq))
        .filter(Condition::any().add(Column::SeqTo.is_null()).add(Column::SeqTo.gt(seq)))
        .order_by_asc(Column::PeriodStart)
        .all(db)
        .await?;
    let mut figures = Figures::new();
    for row in rows {
        let key = (row.indicator.clone(), row.category.clone());
        figures.entry(key).or_default().push(indicators::store::figure(row)?);
    }
    Ok(figures)
}
