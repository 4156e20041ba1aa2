//! Figures and how they add up; pure.
//!
//! A share over several areas is divided anew from the summed numerators and denominators, never averaged. If one of
//! them is unknown, the share is null and `missing`; what can be counted is still counted.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::period::{Period, PeriodKind};
use crate::words::{Word, word_list, words};

/// What a figure is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, 0 to 100.
    Percent,
    /// A number of heads or things.
    Count,
    /// A mark on the Danish seven-point scale.
    Grade,
    /// Danish kroner.
    Dkk,
    /// Hours.
    Hours,
}

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

word_list!(Unit { Percent = "percent", Count = "count", Grade = "grade", Dkk = "dkk", Hours = "hours", });
word_list!(Direction { Up = "up", Down = "down", });

words! {
    /// What an indicator's categories are.
    pub Categories {
        /// It has none.
        None = "none",
        /// Target groups and their parts.
        TargetGroup = "target_group",
    }
}

/// How sure a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As the owner stands by it.
    Final,
    /// To be replaced by a final one.
    Provisional,
    /// Not measured but reckoned.
    Estimated,
    /// There is none; the value is null.
    Missing,
}

impl Status {
    /// The status as it is stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            Status::Final => "final",
            Status::Provisional => "provisional",
            Status::Estimated => "estimated",
            Status::Missing => "missing",
        }
    }
}

/// A word in the database that this program does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord(pub String);

impl FromStr for Unit {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Unit::find(text).ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "final" => Ok(Status::Final),
            "provisional" => Ok(Status::Provisional),
            "estimated" => Ok(Status::Estimated),
            "missing" => Ok(Status::Missing),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

/// One figure of an indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The measurement's id; none where it was added up here.
    pub id: Option<Uuid>,
    /// The area's code.
    pub area: String,
    /// What it is about in time.
    pub period: Period,
    /// The category; none for the figure as a whole.
    pub category: Option<String>,
    /// The value in the indicator's unit, with its printed decimals.
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Status,
    /// Its revision; none where it was added up here.
    pub revision: Option<i32>,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// When its revision arrived.
    pub received_at: DateTime<Utc>,
}

/// A figure to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFigure {
    /// The indicator's code.
    pub indicator: &'static str,
    /// The area's code.
    pub area: String,
    /// The category; empty for the figure as a whole.
    pub category: String,
    /// The value, with its decimals.
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Status,
    /// What a reader should know.
    pub note: Option<String>,
}

/// The share in percent, rounded half away from zero; none if the denominator is 0.
pub fn share(numerator: i64, denominator: i64, decimals: u32) -> Option<Decimal> {
    if denominator == 0 {
        return None;
    }
    let exact = Decimal::from(numerator).checked_mul(Decimal::ONE_HUNDRED)? / Decimal::from(denominator);
    let mut rounded = exact.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(decimals);
    Some(rounded)
}

/// Whether figures in this unit can be added up over areas.
pub fn is_summable(unit: Unit) -> bool {
    unit != Unit::Grade
}

/// Adds up the figures of `members`, one for each period and category in which any of them has one.
///
/// `decimals` are those that a new share is rounded to.
pub fn sum(unit: Unit, decimals: u32, area: &str, members: &[String], figures: &[Figure]) -> Vec<Figure> {
    let mut groups: BTreeMap<(Period, Option<&str>), Vec<&Figure>> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| members.contains(&figure.area)) {
        groups
            .entry((figure.period, figure.category.as_deref()))
            .or_default()
            .push(figure);
    }
    groups
        .into_iter()
        .map(|((period, category), parts)| {
            let is_whole = members
                .iter()
                .all(|member| parts.iter().any(|part| part.area == *member));
            let count = |of: fn(&Figure) -> Option<i64>| -> Option<i64> {
                let known = parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(of(part)?));
                known.filter(|_| is_whole)
            };
            let numerator = count(|part| part.numerator);
            let denominator = count(|part| part.denominator);
            let value = match unit {
                Unit::Percent => numerator
                    .zip(denominator)
                    .and_then(|(numerator, denominator)| share(numerator, denominator, decimals)),
                _ => total_value(&parts).filter(|_| is_whole),
            };
            // A part may be missing as a share and still have its counts: 0 out of 0.
            let known = parts
                .iter()
                .map(|part| part.status)
                .filter(|status| *status != Status::Missing);
            let status = known.max().unwrap_or(Status::Final);
            Figure {
                id: None,
                area: area.to_owned(),
                period,
                category: category.map(str::to_owned),
                value,
                numerator,
                denominator,
                status: if value.is_some() { status } else { Status::Missing },
                revision: None,
                note: None,
                source: None,
                received_at: parts.iter().map(|part| part.received_at).max().unwrap_or_default(),
            }
        })
        .collect()
}

fn total_value(parts: &[&Figure]) -> Option<Decimal> {
    parts
        .iter()
        .try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.value?))
}

/// The code of the figure as a whole where a category must have a code, as in SDMX.
pub const TOTAL: &str = "_T";

/// The indicators that extracts feed, and what extracts take for given of them.
pub const FED_BY_EXTRACTS: [(&str, Unit, Categories); 2] = [
    ("kendskabsgrad", Unit::Percent, Categories::None),
    ("kendskabsgrad-count", Unit::Count, Categories::TargetGroup),
];

/// Orders categories as people do: 6.2 before 6.10.
pub fn compare_categories(a: Option<&str>, b: Option<&str>) -> Ordering {
    fn key(category: Option<&str>) -> Vec<(u64, &str)> {
        category
            .unwrap_or_default()
            .split(['.', '/', '-'])
            .map(|part| (part.parse().unwrap_or(u64::MAX), part))
            .collect()
    }
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        _ => key(a).cmp(&key(b)),
    }
}

/// How often figures are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Once a year.
    Yearly,
    /// Twice a year.
    HalfYearly,
    /// Four times a year.
    Quarterly,
    /// Every month.
    Monthly,
}

word_list!(Rhythm { Yearly = "yearly", HalfYearly = "half_yearly", Quarterly = "quarterly", Monthly = "monthly", });

impl FromStr for Rhythm {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Rhythm::find(text).ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

impl Rhythm {
    /// How many months lie between two figures.
    fn months(self) -> u32 {
        match self {
            Rhythm::Yearly => 12,
            Rhythm::HalfYearly => 6,
            Rhythm::Quarterly => 3,
            Rhythm::Monthly => 1,
        }
    }

    /// How many days after the day on which it was due a figure is not yet late.
    ///
    /// The agreement names rhythms but no days of grace; these are the service's own.
    pub fn grace(self) -> chrono::Days {
        chrono::Days::new(match self {
            Rhythm::Yearly => 60,
            Rhythm::HalfYearly | Rhythm::Quarterly => 30,
            Rhythm::Monthly => 14,
        })
    }

    /// The first period of this rhythm that has a figure: the one in which `starts_on` lies.
    pub fn first_period(self, starts_on: NaiveDate) -> Option<Period> {
        let month0 = starts_on.month0();
        let year = starts_on.year();
        let text = match self {
            Rhythm::Yearly => format!("{year}"),
            Rhythm::HalfYearly => format!("{year}-S{}", month0 / 6 + 1),
            Rhythm::Quarterly => format!("{year}-Q{}", month0 / 3 + 1),
            Rhythm::Monthly => format!("{year}-{:02}", month0 + 1),
        };
        text.parse().ok()
    }
}

/// The period of the figure after the latest one.
///
/// Figures of a day are drawn on the first day of each year, half-year, quarter or month: it is the next such day. After a
/// figure of a longer period it is the following period of the same length.
pub fn next_expected(latest: Period, rhythm: Rhythm) -> Option<Period> {
    if latest.kind() != PeriodKind::Day {
        return latest.next();
    }
    let months = rhythm.months();
    let day = latest.start();
    let first_of_step = day.month0() / months * months;
    let next = NaiveDate::from_ymd_opt(day.year(), first_of_step + 1, 1)?;
    Period::day(next.checked_add_months(chrono::Months::new(months))?).ok()
}

/// When the figure of a period is due: that of a day on that day, that of a longer period on the day after its end.
pub fn due_on(period: Period) -> Option<NaiveDate> {
    match period.kind() {
        PeriodKind::Day => Some(period.start()),
        _ => period.end().succ_opt(),
    }
}

/// When the figure after the latest one is due.
pub fn next_due(latest: Period, rhythm: Rhythm) -> Option<NaiveDate> {
    due_on(next_expected(latest, rhythm)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn figure(area: &str, value: Option<&str>, numerator: Option<i64>, denominator: Option<i64>) -> Figure {
        Figure {
            id: None,
            area: area.into(),
            period: "2022-06-01".parse().unwrap(),
            category: None,
            value: value.map(|value| value.parse().unwrap()),
            numerator,
            denominator,
            status: if value.is_some() {
                Status::Final
            } else {
                Status::Missing
            },
            revision: Some(1),
            note: None,
            source: None,
            received_at: DateTime::UNIX_EPOCH,
        }
    }

    fn members(areas: &[&str]) -> Vec<String> {
        areas.iter().map(|area| (*area).to_owned()).collect()
    }

    #[test]
    fn words_are_sent_as_they_are_stored() {
        crate::words::check::<Unit>();
        crate::words::check::<Direction>();
        crate::words::check::<Rhythm>();
        crate::words::check::<Categories>();
    }

    #[test]
    fn a_share_is_divided_anew_and_not_averaged() {
        // 306 of 1,400 and 10 of 100: 316 of 1,500 is 21.1 %, the average of 21.9 and 10.0 would be 15.9.
        let figures = [
            figure("a", Some("21.9"), Some(306), Some(1400)),
            figure("b", Some("10.0"), Some(10), Some(100)),
        ];
        let summed = sum(Unit::Percent, 1, "a+b", &members(&["a", "b"]), &figures);
        assert_eq!(summed[0].value.unwrap().to_string(), "21.1");
        assert_eq!((summed[0].numerator, summed[0].denominator), (Some(316), Some(1500)));
    }

    #[test]
    fn without_a_denominator_the_share_is_missing_and_the_count_is_kept() {
        let figures = [
            figure("a", Some("22.1"), Some(306), None),
            figure("b", Some("22.8"), Some(296), None),
        ];
        let summed = sum(Unit::Percent, 1, "a+b", &members(&["a", "b"]), &figures);
        assert_eq!(summed[0].value, None);
        assert_eq!(summed[0].status, Status::Missing);
        assert_eq!(summed[0].numerator, Some(602));
    }

    #[test]
    fn an_area_without_a_figure_makes_the_sum_missing() {
        let figures = [figure("a", Some("306"), None, None)];
        let summed = sum(Unit::Count, 0, "a+b", &members(&["a", "b"]), &figures);
        assert_eq!((summed[0].value, summed[0].status), (None, Status::Missing));
    }

    #[test]
    fn nobody_out_of_nobody_does_not_make_the_sum_missing() {
        let figures = [
            figure("a", Some("21.9"), Some(306), Some(1400)),
            figure("b", None, Some(0), Some(0)),
        ];
        let summed = sum(Unit::Percent, 1, "a+b", &members(&["a", "b"]), &figures);
        assert_eq!(
            (summed[0].value.unwrap().to_string().as_str(), summed[0].status),
            ("21.9", Status::Final)
        );
    }

    #[test]
    fn a_share_is_rounded_half_up_and_keeps_its_decimals() {
        assert_eq!(share(306, 1400, 1).unwrap().to_string(), "21.9"); // 21.857…
        assert_eq!(share(13, 100, 1).unwrap().to_string(), "13.0");
        assert_eq!(share(1, 800, 2).unwrap().to_string(), "0.13"); // 0.125
        assert_eq!(share(1, 0, 1), None);
    }

    #[test]
    fn categories_are_in_the_order_of_people() {
        let mut categories = ["6.10", "INT-SP", "6.9/unemployed", "6.2", "6.9", "INT-II"];
        categories.sort_by(|a, b| compare_categories(Some(a), Some(b)));
        assert_eq!(categories, ["6.2", "6.9", "6.9/unemployed", "6.10", "INT-II", "INT-SP"]);
        assert_eq!(compare_categories(None, Some("6.1")), Ordering::Less);
    }

    #[test]
    fn the_next_figure_is_due_after_the_latest() {
        let due = |period: &str, rhythm| next_due(period.parse().unwrap(), rhythm).unwrap().to_string();
        // The agreement: measured on 1 June 2022, to be measured on 1 January 2023.
        assert_eq!(due("2022-06-01", Rhythm::Yearly), "2023-01-01");
        assert_eq!(due("2023-01-01", Rhythm::HalfYearly), "2023-07-01");
        assert_eq!(due("2023-05-15", Rhythm::Quarterly), "2023-07-01");
        assert_eq!(due("2021", Rhythm::Yearly), "2023-01-01");
        assert_eq!(due("2020/2021", Rhythm::Yearly), "2022-08-01");
    }

    proptest! {
        #[test]
        fn an_aggregated_share_lies_between_its_areas(
            parts in proptest::collection::vec((0_i64..5000).prop_flat_map(|n| (Just(n), n.max(1)..10_000)), 1..6)
        ) {
            let names: Vec<String> = (0..parts.len()).map(|n| format!("area-{n}")).collect();
            let figures: Vec<Figure> = parts
                .iter()
                .zip(&names)
                .map(|((numerator, denominator), name)| {
                    let value = share(*numerator, *denominator, 6).map(|share| share.to_string());
                    figure(name, value.as_deref(), Some(*numerator), Some(*denominator))
                })
                .collect();
            let summed = sum(Unit::Percent, 6, "all", &names, &figures);
            let lowest = figures.iter().filter_map(|figure| figure.value).min().unwrap();
            let highest = figures.iter().filter_map(|figure| figure.value).max().unwrap();
            let value = summed[0].value.unwrap();
            prop_assert!(lowest <= value && value <= highest);
        }

        #[test]
        fn a_summed_count_is_the_sum(counts in proptest::collection::vec(0_i64..100_000, 1..8)) {
            let names: Vec<String> = (0..counts.len()).map(|n| format!("area-{n}")).collect();
            let figures: Vec<Figure> = counts
                .iter()
                .zip(&names)
                .map(|(count, name)| figure(name, Some(&count.to_string()), None, None))
                .collect();
            let summed = sum(Unit::Count, 0, "all", &names, &figures);
            prop_assert_eq!(summed[0].value, Some(Decimal::from(counts.iter().sum::<i64>())));
        }
    }
}
