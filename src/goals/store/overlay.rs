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
///
/// One for each area and category, whatever the number of goals that measure it.
pub async fn overlays(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    seq: i64,
    indicator: &str,
) -> Result<Vec<Overlay>, Problem> {
    let items = statuses(db, plan, seq, plan.ends_on).await?;
    let own = items.into_iter().filter(|item| item.indicator == indicator);
    let each = own.map(|item| {
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
    });
    Ok(merged(each))
}

/// One overlay for each area and category: all targets in the order of their days, all areas beside it, and the first
/// baseline.
fn merged(each: impl Iterator<Item = Overlay>) -> Vec<Overlay> {
    let mut merged: Vec<Overlay> = Vec::new();
    for one in each {
        let mut known = merged.iter_mut();
        let Some(overlay) = known.find(|known| known.area == one.area && known.category == one.category) else {
            merged.push(one);
            continue;
        };
        if overlay.baseline.is_none() {
            overlay.baseline = one.baseline;
            overlay.is_provisional = one.is_provisional;
        }
        for target in one.targets {
            if !overlay.targets.contains(&target) {
                overlay.targets.push(target);
            }
        }
        overlay.targets.sort_by_key(|target| target.due);
        for area in one.compared {
            if !overlay.compared.contains(&area) {
                overlay.compared.push(area);
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(area: &str, baseline: Option<i64>, targets: &[(&str, i64)], compared: &[&str]) -> Overlay {
        let target = |(due, value): &(&str, i64)| OverlayTarget {
            due: due.parse().unwrap(),
            value: Decimal::from(*value),
            is_limit: false,
        };
        Overlay {
            area: area.to_owned(),
            category: None,
            baseline: baseline.map(|value| ("2022-12-31".parse().unwrap(), Decimal::from(value))),
            is_provisional: baseline.is_none(),
            targets: targets.iter().map(target).collect(),
            compared: compared.iter().map(|area| (*area).to_owned()).collect(),
        }
    }

    #[test]
    fn two_goals_of_one_series_are_drawn_as_one() {
        let each = [
            overlay("zone-1", None, &[("2026-12-31", 10)], &["kommune"]),
            overlay("zone-2", None, &[("2026-12-31", 9)], &[]),
            overlay(
                "zone-1",
                Some(22),
                &[("2024-12-31", 15), ("2026-12-31", 10)],
                &["kommune", "landet"],
            ),
            overlay("zone-1", Some(21), &[("2026-12-31", 8)], &[]),
        ];
        assert_eq!(
            merged(each.into_iter()),
            [
                overlay(
                    "zone-1",
                    Some(22),
                    &[("2024-12-31", 15), ("2026-12-31", 10), ("2026-12-31", 8)],
                    &["kommune", "landet"]
                ),
                overlay("zone-2", None, &[("2026-12-31", 9)], &[]),
            ]
        );
    }
}
