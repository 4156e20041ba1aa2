//! The parts of a pack that are figures: where the goals stand, series over time, kendskabsgrad and target groups.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::super::model::{PackChart, PackCount, PackFigure, PackGoal, PackLine, PackShare, PackTarget};
use super::super::rules::trend;
use super::gather::Moment;
use crate::areas;
use crate::entities::{indicator, plan};
use crate::goals;
use crate::goals::store::{FigureView, GoalStatusView};
use crate::indicators::rules::{Figure, UnknownWord, compare_categories, is_summable, sum};
use crate::indicators::store::{Selection, categories, figures};
use crate::period::Period;
use crate::problem::Problem;

/// The indicator of shares.
const SHARE: &str = "kendskabsgrad";
/// The indicator of counts.
const COUNT: &str = "kendskabsgrad-count";
/// More lines than this nobody tells apart.
const MAX_LINES: usize = 8;

/// What figures are read by, at a moment.
pub(super) struct Figures<'a> {
    plan: &'a plan::Model,
    moment: Moment,
    indicators: HashMap<String, indicator::Model>,
    names: BTreeMap<String, String>,
    order: HashMap<String, usize>,
    categories: HashMap<String, String>,
    zones: Vec<String>,
    whole: Option<String>,
}

impl<'a> Figures<'a> {
    pub(super) async fn new(
        db: &impl ConnectionTrait,
        plan: &'a plan::Model,
        moment: Moment,
    ) -> Result<Figures<'a>, Problem> {
        let rows = indicator::Entity::find()
            .filter(indicator::Column::PlanId.eq(plan.id))
            .all(db)
            .await?;
        let areas = areas::store::all_areas(db, plan.id).await?;
        let of_kind = |kind: &str| -> Vec<String> {
            let found = areas.iter().filter(|area| area.kind == kind);
            found.map(|area| area.code.clone()).collect()
        };
        Ok(Self {
            plan,
            moment,
            indicators: rows.into_iter().map(|row| (row.code.clone(), row)).collect(),
            zones: of_kind("zone"),
            whole: of_kind("plan").into_iter().next(),
            order: areas
                .iter()
                .enumerate()
                .map(|(place, area)| (area.code.clone(), place))
                .collect(),
            names: areas.into_iter().map(|area| (area.code, area.name)).collect(),
            categories: categories(db, plan.id).await?,
        })
    }

    /// The names of the areas, by code.
    pub(super) fn names(&self) -> &BTreeMap<String, String> {
        &self.names
    }

    fn area_name(&self, code: &str) -> String {
        self.names.get(code).map_or(code, String::as_str).to_owned()
    }

    /// An indicator's name, with the category's where there is one.
    fn measure_name(&self, code: &str, category: Option<&str>) -> String {
        let name = self.indicators.get(code).map_or(code, |row| row.name.as_str());
        match category {
            None => name.to_owned(),
            Some(category) => {
                let known = self.categories.get(category).map_or("", String::as_str);
                match category.split_once('/') {
                    // A part of a target group has no number of its own.
                    Some((group, _)) if !known.is_empty() => format!("{name}: {known} (delmængde af {group})"),
                    _ => format!("{name}: {category} {known}").trim_end().to_owned(),
                }
            }
        }
    }

    /// Where every area stands, with the trend since `seen`.
    pub(super) async fn goals(
        &self,
        db: &impl ConnectionTrait,
        seen: Option<Moment>,
    ) -> Result<Vec<PackGoal>, Problem> {
        let items = goals::store::statuses(db, self.plan, self.moment.seq, self.moment.on).await?;
        let before = match seen {
            Some(seen) => goals::store::statuses(db, self.plan, seen.seq, seen.on).await?,
            None => Vec::new(),
        };
        let key = |item: &GoalStatusView| (item.goal.code.clone(), item.code.clone(), item.area.clone());
        let mut before: HashMap<_, _> = before.into_iter().map(|item| (key(&item), item)).collect();
        let items = items.into_iter();
        Ok(items
            .map(|item| {
                let before = before.remove(&key(&item));
                self.goal(item, before)
            })
            .collect())
    }

    fn goal(&self, item: GoalStatusView, before: Option<GoalStatusView>) -> PackGoal {
        let figure = |figure: FigureView| PackFigure {
            period: figure.period,
            value: figure.value,
        };
        let latest = item.latest.map(figure);
        let before = before.and_then(|before| before.latest).map(figure);
        let start = item.baseline.value.map(|value| (item.baseline.period, value));
        let from = before.map(|before| (before.period, before.value)).or(start);
        PackGoal {
            indicator_name: self.measure_name(&item.indicator, item.category.as_deref()),
            area_name: self.area_name(&item.area),
            trend: from
                .zip(latest)
                .map(|(from, latest)| trend(item.direction, from, (latest.period, latest.value))),
            goal: item.goal.code,
            goal_name: item.goal.name,
            focus_area: item.goal.focus_area,
            measure: item.code,
            indicator: item.indicator,
            category: item.category,
            area: item.area,
            unit: item.unit,
            direction: item.direction,
            status: item.status,
            baseline_period: item.baseline.period,
            baseline: item.baseline.value,
            baseline_provisional: item.baseline.provisional,
            before,
            latest,
            targets: item
                .targets
                .into_iter()
                .map(|target| PackTarget {
                    kind: target.kind,
                    value: target.value,
                    due: target.due,
                    progress: target.progress,
                    status: target.status,
                })
                .collect(),
        }
    }

    /// A chart for every measure of which an area has a figure after its baseline.
    pub(super) async fn charts(
        &self,
        db: &impl ConnectionTrait,
        goals: &[PackGoal],
    ) -> Result<Vec<PackChart>, Problem> {
        let measured = || goals.iter().filter(|goal| goal.latest.is_some());
        let indicators: BTreeSet<&str> = measured().map(|goal| goal.indicator.as_str()).collect();
        let mut series: HashMap<&str, Vec<Figure>> = HashMap::new();
        for indicator in indicators {
            series.insert(indicator, self.series(db, indicator).await?);
        }
        let mut charts: Vec<PackChart> = Vec::new();
        for goal in measured() {
            let is_same = |chart: &PackChart| chart.goal == goal.goal && chart.measure == goal.measure;
            if charts.iter().any(is_same) {
                continue;
            }
            let found = series.get(goal.indicator.as_str()).map_or(&[][..], Vec::as_slice);
            let same = goals
                .iter()
                .filter(|other| other.goal == goal.goal && other.measure == goal.measure);
            charts.push(PackChart {
                goal: goal.goal.clone(),
                measure: goal.measure.clone(),
                goal_name: goal.goal_name.clone(),
                indicator_name: goal.indicator_name.clone(),
                unit: goal.unit,
                source: self.provenance(&goal.indicator),
                lines: same.take(MAX_LINES).map(|goal| line(goal, found)).collect(),
            });
        }
        Ok(charts)
    }

    fn provenance(&self, indicator: &str) -> String {
        let row = self.indicators.get(indicator);
        row.map(|row| row.provenance.clone()).unwrap_or_default()
    }

    /// An indicator's figures up to the day, as its series has them: all zones added up where nothing was measured for them.
    async fn series(&self, db: &impl ConnectionTrait, indicator: &str) -> Result<Vec<Figure>, Problem> {
        let Some(row) = self.indicators.get(indicator) else {
            return Ok(Vec::new());
        };
        let unit = row.unit.parse().map_err(|UnknownWord(word)| {
            tracing::error!(indicator, unit = word, "an indicator has an unknown unit");
            Problem::internal()
        })?;
        let mut found = figures(db, self.plan.id, indicator, self.moment.seq, &Selection::default()).await?;
        if let Some(whole) = self.whole.as_ref().filter(|_| is_summable(unit)) {
            let decimals = u32::try_from(row.decimals).unwrap_or(0);
            let summed = sum(unit, decimals, whole, &self.zones, &found);
            let is_measured = |summed: &Figure| {
                let same = |one: &Figure| one.period == summed.period && one.category == summed.category;
                found.iter().any(|one| one.area == *whole && same(one))
            };
            let summed: Vec<Figure> = summed.into_iter().filter(|one| !is_measured(one)).collect();
            found.extend(summed);
        }
        found.retain(|figure| figure.period.end() <= self.moment.on);
        found.sort_by(|a, b| {
            let place = |code: &str| self.order.get(code).copied();
            compare_categories(a.category.as_deref(), b.category.as_deref())
                .then_with(|| place(&a.area).cmp(&place(&b.area)))
                .then_with(|| a.period.cmp(&b.period))
        });
        Ok(found)
    }

    /// Kendskabsgrad by area: the last date drawn, and the one before.
    pub(super) async fn shares(&self, db: &impl ConnectionTrait) -> Result<Vec<PackShare>, Problem> {
        let found = self.series(db, SHARE).await?;
        let last = last_two(found.iter().filter(|figure| figure.category.is_none()));
        Ok(last
            .into_iter()
            .map(|(latest, before)| PackShare {
                area: latest.area.clone(),
                area_name: self.area_name(&latest.area),
                period: latest.period,
                value: latest.value,
                count: latest.numerator,
                before_period: before.map(|before| before.period),
                before: before.and_then(|before| before.value),
                before_count: before.and_then(|before| before.numerator),
                change: change(latest.value, before.and_then(|before| before.value)),
                change_count: before
                    .and_then(|before| before.numerator)
                    .zip(latest.numerator)
                    .and_then(|(before, latest)| latest.checked_sub(before)),
            })
            .collect())
    }

    /// Counts by target group and area: the last date drawn, and the one before.
    pub(super) async fn counts(&self, db: &impl ConnectionTrait) -> Result<Vec<PackCount>, Problem> {
        let found = self.series(db, COUNT).await?;
        let last = last_two(found.iter().filter(|figure| figure.category.is_some()));
        Ok(last
            .into_iter()
            .filter_map(|(latest, before)| {
                let target_group = latest.category.clone()?;
                Some(PackCount {
                    name: self.categories.get(&target_group).cloned().unwrap_or_default(),
                    target_group,
                    area: latest.area.clone(),
                    area_name: self.area_name(&latest.area),
                    period: latest.period,
                    value: latest.value,
                    before_period: before.map(|before| before.period),
                    before: before.and_then(|before| before.value),
                    change: change(latest.value, before.and_then(|before| before.value)),
                })
            })
            .collect())
    }
}

fn change(latest: Option<Decimal>, before: Option<Decimal>) -> Option<Decimal> {
    latest?.checked_sub(before?)
}

/// Of figures that are ordered by category, area and period: the last of each category and area, and the one before it.
fn last_two<'a>(figures: impl Iterator<Item = &'a Figure>) -> Vec<(&'a Figure, Option<&'a Figure>)> {
    let mut last: Vec<(&Figure, Option<&Figure>)> = Vec::new();
    for figure in figures {
        match last.last_mut() {
            Some(pair) if pair.0.area == figure.area && pair.0.category == figure.category => {
                *pair = (figure, Some(pair.0));
            }
            _ => last.push((figure, None)),
        }
    }
    last
}

/// The figures of an area: what was measured, and what the goal is judged by.
fn line(goal: &PackGoal, series: &[Figure]) -> PackLine {
    let own = series
        .iter()
        .filter(|figure| figure.area == goal.area && figure.category == goal.category);
    let mut values: BTreeMap<Period, Decimal> = BTreeMap::new();
    if let Some(value) = goal.baseline {
        values.insert(goal.baseline_period, value);
    }
    values.extend(own.filter_map(|figure| Some((figure.period, figure.value?))));
    values.extend(goal.latest.map(|latest| (latest.period, latest.value)));
    PackLine {
        area: goal.area.clone(),
        area_name: goal.area_name.clone(),
        figures: values
            .into_iter()
            .map(|(period, value)| PackFigure { period, value })
            .collect(),
    }
}
