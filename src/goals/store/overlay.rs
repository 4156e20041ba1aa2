//! What a chart draws over an indicator's figures.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;

use super::statuses;
use crate::entities::plan;
use crate::goals::terms::TargetKind;
use crate::problem::Problem;

/// Where an area starts and where it is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The area.
    pub area: String,
    /// The category.
    pub category: Option<String>,
    /// The last day of the baseline's period, and its value.
    pub baseline: Option<(NaiveDate, Decimal)>,
    /// Whether the baseline is provisional.
    pub is_provisional: bool,
    /// The values to be reached, each with its day and whether it has to be passed.
    pub targets: Vec<OverlayTarget>,
    /// The areas beside it, by the same indicator: those to be matched, and those it is compared with.
    pub compared: Vec<String>,
}

/// A value to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayTarget {
    /// The day by which.
    pub due: NaiveDate,
    /// The value.
    pub value: Decimal,
    /// Whether reaching the value itself does not do.
    pub is_limit: bool,
}

/// What is drawn over an indicator's figures: by the goals of the last versions that are known at `seq`, whatever day it is.
pub async fn overlays(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    seq: i64,
    indicator: &str,
) -> Result<Vec<Overlay>, Problem> {
    let items = statuses(db, plan, seq, plan.ends_on).await?;
    let own = items.into_iter().filter(|item| item.indicator == indicator);
    Ok(own
        .map(|item| {
            let matched = item.targets.iter().filter_map(|target| target.comparator.as_ref());
            let matched = matched.filter(|comparator| comparator.indicator == indicator);
            let mut compared: Vec<String> = matched.map(|comparator| comparator.area.clone()).collect();
            for comparison in &item.comparisons {
                if !compared.contains(&comparison.area) {
                    compared.push(comparison.area.clone());
                }
            }
            let targets = item.targets.iter().filter_map(|target| {
                Some(OverlayTarget {
                    due: target.due,
                    value: target.value?,
                    is_limit: target.kind == TargetKind::BelowLimit,
                })
            });
            Overlay {
                targets: targets.collect(),
                baseline: item.baseline.value.map(|value| (item.baseline.period.end(), value)),
                is_provisional: item.baseline.provisional,
                area: item.area,
                category: item.category,
                compared,
            }
        })
        .collect())
}
