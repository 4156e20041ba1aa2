//! The value that a criterion is judged by, picked from the figures of one series; pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::rules::Averaging;
use crate::indicators::rules::{self, Figure, Unit};
use crate::period::{Period, PeriodKind};

/// A figure that is known, and what it was added up from.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// What it is about in time.
    pub period: Period,
    /// Its value.
    pub value: Decimal,
    /// The measurements that it stands on: itself, or those of the zones that it is the sum of.
    pub parts: Vec<Figure>,
}

/// An average over one or more periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    /// The average; with one period its figure, as printed.
    pub value: Decimal,
    /// The periods, oldest first.
    pub periods: Vec<Period>,
    /// The measurements that it stands on.
    pub parts: Vec<Figure>,
}

impl Mean {
    /// The last day that it is about.
    pub fn end(&self) -> Option<NaiveDate> {
        self.periods.iter().map(|period| period.end()).max()
    }

    fn of(known: &[&Known]) -> Option<Self> {
        let sum = known
            .iter()
            .try_fold(Decimal::ZERO, |sum, known| sum.checked_add(known.value))?;
        let value = match known {
            [only] => only.value,
            several => sum.checked_div(Decimal::from(several.len()))?.normalize(),
        };
        Some(Self {
            value,
            periods: known.iter().map(|known| known.period).collect(),
            parts: known.iter().flat_map(|known| known.parts.clone()).collect(),
        })
    }
}

/// Why there is no average.
#[derive(Clone, Debug, PartialEq)]
pub struct Lack {
    /// The periods without a figure; `None` where there is no figure at all, so that no period is the one.
    pub missing: Vec<Option<Period>>,
    /// The figures that are there.
    pub found: Vec<Figure>,
}

impl Lack {
    fn of_everything() -> Self {
        Self {
            missing: vec![None],
            found: Vec::new(),
        }
    }
}

/// What is known of an indicator in an area, by period. The area's own figures come first; where it has none for a
/// period, those of its `members` are added up (shares divided anew). Figures of a part or without a value don't count.
pub fn known(unit: Unit, decimals: u32, area: &str, members: &[String], figures: &[Figure]) -> Vec<Known> {
    let whole: Vec<Figure> = figures
        .iter()
        .filter(|figure| figure.category.is_none())
        .cloned()
        .collect();
    let mut found: BTreeMap<Period, Known> = BTreeMap::new();
    let of_area = whole.iter().filter(|figure| figure.area == area);
    for figure in of_area {
        if let Some(value) = figure.value {
            let known = Known {
                period: figure.period,
                value,
                parts: vec![figure.clone()],
            };
            found.insert(figure.period, known);
        }
    }
    if !members.is_empty() && rules::is_summable(unit) {
        for sum in rules::sum(unit, decimals, area, members, &whole) {
            if let Some(value) = sum.value {
                let is_part = |figure: &&Figure| figure.period == sum.period && members.contains(&figure.area);
                found.entry(sum.period).or_insert_with(|| Known {
                    period: sum.period,
                    value,
                    parts: whole.iter().filter(is_part).cloned().collect(),
                });
            }
        }
    }
    found.into_values().collect()
}

/// The newest average over `window` years that had ended by `on`.
///
/// Where the source has averaged already, or nothing is to be averaged, that is the newest figure. Else it is the average
/// of the newest year and those before it, each of which must be there.
pub fn latest_mean(known: &[Known], averaging: Averaging, window: u16, on: NaiveDate) -> Result<Mean, Lack> {
    let is_averaged_here = averaging == Averaging::Here && window > 1;
    let newest = known
        .iter()
        .filter(|known| known.period.end() <= on)
        .filter(|known| !is_averaged_here || known.period.kind() == PeriodKind::Year)
        .max_by_key(|known| (known.period.end(), known.period.start()))
        .ok_or_else(Lack::of_everything)?;
    if !is_averaged_here {
        return mean_of(known, &[newest.period]);
    }
    let years = years_to(newest.period, window).ok_or_else(Lack::of_everything)?;
    mean_of(known, &years)
}

/// The average over just these periods.
pub fn mean_of(known: &[Known], periods: &[Period]) -> Result<Mean, Lack> {
    let find = |period: &Period| known.iter().find(|known| known.period == *period);
    let found: Vec<&Known> = periods.iter().filter_map(find).collect();
    let missing: Vec<Option<Period>> = periods
        .iter()
        .filter(|period| find(period).is_none())
        .map(|period| Some(*period))
        .collect();
    match Mean::of(&found) {
        Some(mean) if missing.is_empty() => Ok(mean),
        _ => Err(Lack {
            missing,
            found: found.iter().flat_map(|known| known.parts.clone()).collect(),
        }),
    }
}

/// So many years, of which `last` is the last, oldest first; none where they would begin before periods do.
fn years_to(last: Period, window: u16) -> Option<Vec<Period>> {
    let mut years = vec![last];
    for _ in 1..window {
        let before = years.last().and_then(|year| year_before(*year))?;
        years.push(before);
    }
    years.reverse();
    Some(years)
}

fn year_before(year: Period) -> Option<Period> {
    let day = year.start().pred_opt()?;
    day.format("%Y").to_string().parse().ok()
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::indicators::rules::Status;

    pub(in crate::criteria) fn figure(area: &str, period: &str, value: &str) -> Figure {
        Figure {
            id: Some(uuid::Uuid::nil()),
            area: area.into(),
            period: period.parse().unwrap(),
            category: None,
            value: value.parse().ok(),
            numerator: None,
            denominator: None,
            status: Status::Final,
            revision: Some(1),
            note: None,
            source: None,
            received_at: DateTime::UNIX_EPOCH,
        }
    }

    fn series(figures: &[(&str, &str)]) -> Vec<Known> {
        let figures: Vec<Figure> = figures
            .iter()
            .map(|(period, value)| figure("a", period, value))
            .collect();
        known(Unit::Percent, 1, "a", &[], &figures)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn texts(periods: &[Period]) -> Vec<String> {
        periods.iter().map(Period::to_string).collect()
    }

    #[test]
    fn two_years_are_averaged_and_each_is_evidence() {
        let known = series(&[("2019", "41.2"), ("2020", "38.9"), ("2018", "99")]);
        let mean = latest_mean(&known, Averaging::Here, 2, day("2021-06-30")).unwrap();
        assert_eq!(mean.value.to_string(), "40.05");
        assert_eq!(texts(&mean.periods), ["2019", "2020"]);
        assert_eq!(mean.parts.len(), 2);
    }

    #[test]
    fn a_year_that_is_missing_is_named_and_not_stepped_over() {
        let known = series(&[("2018", "41.2"), ("2020", "38.9")]);
        let lack = latest_mean(&known, Averaging::Here, 2, day("2021-06-30")).unwrap_err();
        assert_eq!(lack.missing, [Some("2019".parse().unwrap())]);
        assert_eq!(lack.found.len(), 1);
    }

    #[test]
    fn a_year_that_has_not_ended_is_not_used() {
        let known = series(&[("2019", "41"), ("2020", "39"), ("2021", "10")]);
        let mean = latest_mean(&known, Averaging::Here, 2, day("2021-12-30")).unwrap();
        assert_eq!(texts(&mean.periods), ["2019", "2020"]);
        let mean = latest_mean(&known, Averaging::Here, 2, day("2021-12-31")).unwrap();
        assert_eq!(
            (mean.value.to_string().as_str(), texts(&mean.periods)),
            ("24.5", vec!["2020".into(), "2021".into()])
        );
    }

    #[test]
    fn an_average_of_the_source_is_taken_as_it_is_printed() {
        let known = series(&[("2018", "36.0"), ("2020", "35.0")]);
        let mean = latest_mean(&known, Averaging::Source, 2, day("2024-01-01")).unwrap();
        assert_eq!(
            (mean.value.to_string().as_str(), texts(&mean.periods)),
            ("35.0", vec!["2020".into()])
        );
        assert_eq!(
            latest_mean(&known, Averaging::Source, 2, day("2017-01-01")),
            Err(Lack::of_everything())
        );
    }

    #[test]
    fn a_figure_without_a_value_or_of_a_part_does_not_count() {
        let mut part = figure("a", "2020", "35");
        part.category = Some("6.1".into());
        assert_eq!(
            known(Unit::Percent, 1, "a", &[], &[part, figure("a", "2019", "none")]),
            []
        );
    }

    #[test]
    fn all_zones_are_divided_anew_from_the_zones_where_nothing_was_measured_for_them() {
        let with = |area: &str, period: &str, value: &str, numerator, denominator| Figure {
            numerator: Some(numerator),
            denominator: Some(denominator),
            ..figure(area, period, value)
        };
        let figures = [
            with("z1", "2020", "10.0", 10, 100),
            with("z2", "2020", "40.0", 120, 300),
            with("z1", "2021", "20.0", 20, 100),
            with("z2", "2021", "40.0", 120, 300),
            figure("all", "2021", "33.3"),
        ];
        let members = ["z1".to_owned(), "z2".to_owned()];
        let known = known(Unit::Percent, 1, "all", &members, &figures);
        let values: Vec<String> = known
            .iter()
            .map(|known| format!("{} {}", known.value, known.parts.len()))
            .collect();
        assert_eq!(values, ["32.5 2", "33.3 1"]);
    }

    proptest! {
        #[test]
        fn an_average_lies_between_its_years(values in proptest::collection::vec(0_i64..10_000, 1..6), places in 0_u32..4) {
            let known: Vec<Known> = values
                .iter()
                .zip(2010..)
                .map(|(value, year)| Known {
                    period: year.to_string().parse().unwrap(),
                    value: Decimal::new(*value, places),
                    parts: Vec::new(),
                })
                .collect();
            let window = u16::try_from(values.len()).unwrap();
            let mean = latest_mean(&known, Averaging::Here, window, day("2024-01-01")).unwrap().value;
            let (lowest, highest) = (known.iter().map(|known| known.value).min(), known.iter().map(|known| known.value).max());
            prop_assert!(lowest.unwrap() <= mean && mean <= highest.unwrap());
        }
    }
}
