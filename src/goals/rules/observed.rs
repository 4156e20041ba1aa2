//! One series of figures for an area, each with the measurements that it stands on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::indicators::rules::{Figure, Unit, is_summable, sum};
use crate::period::Period;

/// The areas that are added up: the plan as a whole, and its zones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// The area that stands for all zones.
    pub area: String,
    /// The zones.
    pub zones: Vec<String>,
}

/// How an indicator's figures add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// The unit.
    pub unit: Unit,
    /// The decimals of a new share.
    pub decimals: u32,
}

/// A figure of an area that has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The period.
    pub period: Period,
    /// The value.
    pub value: Decimal,
    /// The revisions of the measurements that it was read from or added up from.
    pub stands_on: Vec<Revision>,
}

/// One revision of a measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The measurement.
    pub id: Uuid,
    /// Its revision.
    pub revision: i32,
    /// Its area.
    pub area: String,
    /// Its period.
    pub period: Period,
    /// Its value; none where only its counts were added up.
    pub value: Option<Decimal>,
}

/// The figures of an area whose period had ended by `on`, by period; those without a value are left out.
///
/// `figures` are one indicator's and one category's. Where nothing was measured for all zones together, they are added
/// up: counts as counts, shares divided anew.
pub fn series(figures: &[Figure], sums: Sums, whole: &Whole, area: &str, on: NaiveDate) -> Vec<Observed> {
    let ended = || figures.iter().filter(|figure| figure.period.end() <= on);
    let own: Vec<&Figure> = ended().filter(|figure| figure.area == area).collect();
    let mut observed: Vec<Observed> = own
        .iter()
        .filter_map(|figure| of(figure, vec![revision(figure)?]))
        .collect();
    if area == whole.area && is_summable(sums.unit) {
        let zones: Vec<Figure> = ended()
            .filter(|figure| whole.zones.contains(&figure.area))
            .cloned()
            .collect();
        let mut places: BTreeMap<(Period, &str), &Figure> = BTreeMap::new();
        for part in &zones {
            places.entry((part.period, &part.area)).or_insert(part);
        }
        let measured: BTreeSet<Period> = own.iter().map(|figure| figure.period).collect();
        for figure in sum(sums.unit, sums.decimals, area, &whole.zones, &zones) {
            if measured.contains(&figure.period) {
                continue;
            }
            // In the zones' order, whatever the order in which they were found.
            let parts = whole
                .zones
                .iter()
                .filter_map(|zone| revision(places.get(&(figure.period, zone.as_str()))?))
                .collect();
            observed.extend(of(&figure, parts));
        }
    }
    observed.sort_by_key(|one| (one.period.end(), one.period));
    observed
}

fn of(figure: &Figure, stands_on: Vec<Revision>) -> Option<Observed> {
    Some(Observed {
        period: figure.period,
        value: figure.value?,
        stands_on,
    })
}

fn revision(figure: &Figure) -> Option<Revision> {
    Some(Revision {
        id: figure.id?,
        revision: figure.revision?,
        area: figure.area.clone(),
        period: figure.period,
        value: figure.value,
    })
}

/// The last figure whose period had ended by `on`.
pub fn latest(series: &[Observed], on: NaiveDate) -> Option<&Observed> {
    series.iter().rev().find(|one| one.period.end() <= on)
}
