//! What an area starts from.
//!
//! The printed baseline stands, whatever is corrected later: it is what was agreed. Where the agreement says that the
//! measure is to be measured by the figures of another period, the printed one is provisional, and the figure of that
//! period takes its place once it is known.

use rust_decimal::Decimal;

use super::observed::{Observed, Revision, Whole};
use crate::goals::terms::{Baseline, Measure};
use crate::indicators::rules::{Unit, is_summable, share};
use crate::period::Period;

use super::observed::Sums;

/// What an area starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The period.
    pub period: Period,
    /// The value; none where the agreement has none.
    pub value: Option<Decimal>,
    /// Whether a figure that is to take its place has not arrived.
    pub provisional: bool,
    /// What the agreement prints, where another figure has taken its place.
    pub printed: Option<Printed>,
    /// The measurements that it stands on, or that the printed figure came from.
    pub stands_on: Vec<Revision>,
}

/// A printed baseline that another has replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The period.
    pub period: Period,
    /// The value.
    pub value: Option<Decimal>,
}

/// The areas that a measure applies to, with their printed baselines: all zones together, too, where each of them has
/// one of the same period and they can be added up.
pub fn printed(measure: &Measure, sums: Sums, whole: &Whole) -> Vec<Baseline> {
    let mut baselines = Vec::new();
    let is_whole_named = measure.baselines.iter().any(|baseline| baseline.area == whole.area);
    let zones: Option<Vec<&Baseline>> = whole
        .zones
        .iter()
        .map(|zone| measure.baselines.iter().find(|baseline| baseline.area == *zone))
        .collect();
    if let Some(zones) = zones.filter(|zones| !zones.is_empty() && !is_whole_named && is_summable(sums.unit)) {
        baselines.extend(together(&zones, sums, &whole.area));
    }
    baselines.extend(measure.baselines.iter().cloned());
    baselines
}

fn together(zones: &[&Baseline], sums: Sums, area: &str) -> Option<Baseline> {
    let period = zones.first()?.period;
    if zones.iter().any(|zone| zone.period != period) {
        return None;
    }
    let count = |of: fn(&Baseline) -> Option<i64>| zones.iter().try_fold(0_i64, |sum, zone| sum.checked_add(of(zone)?));
    let (numerator, denominator) = (count(|zone| zone.numerator), count(|zone| zone.denominator));
    let value = if sums.unit == Unit::Percent {
        let counts = numerator.zip(denominator);
        counts.and_then(|(numerator, denominator)| share(numerator, denominator, sums.decimals))
    } else {
        zones
            .iter()
            .try_fold(Decimal::ZERO, |sum, zone| sum.checked_add(zone.value?))
    };
    Some(Baseline {
        area: area.to_owned(),
        period,
        value,
        numerator,
        denominator,
        note: None,
    })
}

/// What an area starts from, by the figures that are known.
pub fn choose(printed: &Baseline, rebase_on: Option<Period>, series: &[Observed]) -> Start {
    let figure_of = |period: Period| series.iter().find(|one| one.period == period);
    match rebase_on.and_then(figure_of) {
        Some(figure) => Start {
            period: figure.period,
            value: Some(figure.value),
            provisional: false,
            printed: Some(Printed {
                period: printed.period,
                value: printed.value,
            }),
            stands_on: figure.stands_on.clone(),
        },
        None => Start {
            period: printed.period,
            value: printed.value,
            provisional: rebase_on.is_some(),
            printed: None,
            stands_on: figure_of(printed.period).map_or_else(Vec::new, |figure| figure.stands_on.clone()),
        },
    }
}
