//! Where every area of a measure stands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::baseline::{self, Start};
use super::observed::{self, Observed, Sums, Whole, latest};
use super::path::{Judged, Question, judge};
use super::standing::Standing;
use crate::goals::terms::{Aim, Baseline, Comparator, Measure, Target};
use crate::indicators::rules::{Direction, Figure};

/// What an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How its figures add up.
    pub sums: Sums,
    /// Which way is good.
    pub direction: Direction,
}

/// Figures by indicator and category; the category is empty for the figure as a whole.
pub type Figures = BTreeMap<(String, String), Vec<Figure>>;

/// All that a judgement goes by.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The day judged.
    pub on: NaiveDate,
    /// The plan's last day, by which targets are due that name no day.
    pub plan_ends_on: NaiveDate,
    /// What is added up.
    pub whole: &'a Whole,
    /// The indicators.
    pub indicators: &'a BTreeMap<String, Facts>,
    /// The figures.
    pub figures: &'a Figures,
}

/// Where one area stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The area.
    pub area: String,
    /// What it starts from.
    pub start: Start,
    /// What a reader should know of the printed baseline.
    pub note: Option<String>,
    /// The last figure after the baseline.
    pub latest: Option<Observed>,
    /// Each target, and where the area stands against it.
    pub targets: Vec<(Target, NaiveDate, Judged)>,
    /// The other areas beside it.
    pub comparisons: Vec<Comparison>,
    /// The worst of the targets.
    pub standing: Standing,
}

/// Another area beside the one that is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Where it stood, as printed.
    pub printed: Baseline,
    /// Its last figure at the date of the area's own.
    pub latest: Option<Observed>,
}

/// Which figures a measure needs: the areas and, by indicator and category, the series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Indicator and category.
    pub series: BTreeSet<(String, String)>,
    /// Areas.
    pub areas: BTreeSet<String>,
}

impl Needed {
    /// Adds what a measure needs.
    pub fn add(&mut self, measure: &Measure) {
        self.series.insert(key_of(measure));
        let areas = measure.baselines.iter().chain(&measure.comparisons);
        self.areas.extend(areas.map(|baseline| baseline.area.clone()));
        for target in &measure.targets {
            if let Aim::MatchComparator { comparator } = &target.aim {
                self.series.insert(key_of_comparator(measure, comparator));
                self.areas.extend(comparator.area.clone());
            }
        }
    }
}

fn key_of(measure: &Measure) -> (String, String) {
    (measure.indicator.clone(), measure.category.clone().unwrap_or_default())
}

/// Another indicator's categories need not be this one's, so its figure as a whole is meant.
fn key_of_comparator(measure: &Measure, comparator: &Comparator) -> (String, String) {
    match &comparator.indicator {
        Some(indicator) => (indicator.clone(), String::new()),
        None => key_of(measure),
    }
}

/// Where each area of a measure stands, all zones together first; none where the plan does not have the indicator.
pub fn assess(measure: &Measure, world: World<'_>) -> Vec<Assessment> {
    let Some(facts) = world.indicators.get(&measure.indicator) else {
        return Vec::new();
    };
    let printed = baseline::printed(measure, facts.sums, world.whole);
    printed
        .into_iter()
        .map(|printed| assess_area(measure, *facts, &printed, world))
        .collect()
}

fn assess_area(measure: &Measure, facts: Facts, printed: &Baseline, world: World<'_>) -> Assessment {
    let own = key_of(measure);
    let series = series(&own, &printed.area, world);
    let start = baseline::choose(printed, measure.rebase_on, &series);
    let targets: Vec<_> = measure
        .targets
        .iter()
        .map(|target| {
            let due = target.due.unwrap_or(world.plan_ends_on);
            let comparator = match &target.aim {
                Aim::MatchComparator { comparator } => {
                    let area = comparator.area.as_ref().unwrap_or(&printed.area);
                    self::series(&key_of_comparator(measure, comparator), area, world)
                }
                _ => Vec::new(),
            };
            let judged = judge(Question {
                aim: &target.aim,
                due,
                direction: facts.direction,
                start: &start,
                series: &series,
                comparator: &comparator,
                on: world.on,
            });
            (target.clone(), due, judged)
        })
        .collect();
    let latest_own = latest(&series, world.on).filter(|figure| figure.period.end() > start.period.end());
    let same_date = latest_own.map_or(world.on, |figure| figure.period.end());
    let comparisons = measure.comparisons.iter().map(|comparison| Comparison {
        latest: latest(&self::series(&own, &comparison.area, world), same_date).cloned(),
        printed: comparison.clone(),
    });
    Assessment {
        area: printed.area.clone(),
        note: printed.note.clone(),
        latest: latest_own.cloned(),
        standing: Standing::worst(targets.iter().map(|(_, _, judged)| judged.standing)),
        comparisons: comparisons.collect(),
        start,
        targets,
    }
}

fn series(key: &(String, String), area: &str, world: World<'_>) -> Vec<Observed> {
    let (Some(figures), Some(facts)) = (world.figures.get(key), world.indicators.get(&key.0)) else {
        return Vec::new();
    };
    observed::series(figures, facts.sums, world.whole, area, world.on)
}
