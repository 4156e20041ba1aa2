//! Whether an area meets a criterion; pure.
//!
//! A criterion is judged by figures of one series alone, the reference included; what is missing is named, never guessed.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::truth::{Part, Truth};
use super::values::{self, Known, Lack, Mean};
use crate::indicators::rules::{Figure, UnknownWord};
use crate::period::Period;

/// How a value is compared with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CriterionOperator)]
pub enum Operator {
    /// Met by more than the limit.
    Over,
    /// Met by the limit or more.
    AtLeast,
    /// Met by less than the limit.
    Under,
}

impl Operator {
    fn holds(self, value: Decimal, limit: Decimal) -> bool {
        match self {
            Operator::Over => value > limit,
            Operator::AtLeast => value >= limit,
            Operator::Under => value < limit,
        }
    }
}

impl FromStr for Operator {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "over" => Ok(Operator::Over),
            "at_least" => Ok(Operator::AtLeast),
            "under" => Ok(Operator::Under),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

/// What a limit is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CriterionLimitUnit)]
pub enum LimitUnit {
    /// Percent, as the figures are.
    Percent,
    /// Times the reference area's figure of the same series and years.
    TimesReference,
}

impl FromStr for LimitUnit {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "percent" => Ok(LimitUnit::Percent),
            "times_reference" => Ok(LimitUnit::TimesReference),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

/// Who averages the figures of a series over the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CriterionAveraging)]
pub enum Averaging {
    /// The figures are of single years and averaged here; if a year is missing, there is no average.
    Here,
    /// The source has averaged them.
    Source,
}

impl FromStr for Averaging {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "here" => Ok(Averaging::Here),
            "source" => Ok(Averaging::Source),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

/// A series that may answer a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The indicator whose figures are used.
    pub indicator: String,
    /// Who averages them.
    pub averaging: Averaging,
    /// The area whose figures of the same series are the reference.
    pub reference: Option<String>,
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// What it does in its rule set.
    pub part: Part,
    /// How it compares.
    pub operator: Operator,
    /// What it compares with.
    pub limit: Decimal,
    /// What the limit is a number of.
    pub limit_unit: LimitUnit,
    /// Over how many years figures are averaged; 1: not.
    pub window: u16,
    /// Whether it is the legally contested one.
    pub is_contested: bool,
    /// The series that may answer it, in order of preference.
    pub inputs: Vec<Input>,
}

/// Why the contested criterion is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The service is set up without it.
    Setting,
    /// The caller may not see it.
    Permission,
}

/// What is missing for a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The contested criterion is closed.
    Closed(Closed),
    /// A figure of the area itself, of this period where one is known to be the one.
    Figure {
        /// The indicator.
        indicator: String,
        /// The area.
        area: String,
        /// The period.
        period: Option<Period>,
    },
    /// A figure of the reference area.
    Reference {
        /// The indicator.
        indicator: String,
        /// The reference area.
        area: String,
        /// The period.
        period: Option<Period>,
    },
}

/// How a criterion stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Whether it is met.
    pub truth: Truth,
    /// The indicator whose figures were used, also where they do not suffice.
    pub indicator: Option<String>,
    /// The value that was compared.
    pub value: Option<Mean>,
    /// The reference area and its value.
    pub reference: Option<(String, Mean)>,
    /// The limit in the value's unit.
    pub limit: Option<Decimal>,
    /// The value less the limit.
    pub distance: Option<Decimal>,
    /// What is missing.
    pub gaps: Vec<Gap>,
    /// Figures that were found where the average lacks others.
    pub found: Vec<Figure>,
}

impl Judged {
    fn undetermined(gaps: Vec<Gap>) -> Self {
        Self {
            truth: Truth::Undetermined,
            indicator: None,
            value: None,
            reference: None,
            limit: None,
            distance: None,
            gaps,
            found: Vec::new(),
        }
    }

    /// The last day that the value is about; none where there is no value.
    fn end(&self) -> Option<NaiveDate> {
        self.value.as_ref().and_then(Mean::end)
    }
}

/// Judges a criterion for an area by what was known of it up to the day `on`.
///
/// `known` gives the figures of an indicator in an area. A value, its years and its reference come from one series; of
/// several that suffice the one that reaches furthest is used, else the preferred one.
pub fn judge<'a>(
    criterion: &Criterion,
    area: &str,
    on: NaiveDate,
    closed: Option<Closed>,
    known: &impl Fn(&str, &str) -> &'a [Known],
) -> Judged {
    if let (true, Some(closed)) = (criterion.is_contested, closed) {
        return Judged::undetermined(vec![Gap::Closed(closed)]);
    }
    let tried: Vec<Judged> = criterion
        .inputs
        .iter()
        .map(|input| by_series(criterion, input, area, on, known))
        .collect();
    // `max_by_key` takes the last of equals, the preferred series stands first.
    let best = |is_eligible: fn(&Judged) -> bool| {
        let eligible = tried.iter().rev().filter(|judged| is_eligible(judged));
        eligible.max_by_key(|judged| judged.end()).cloned()
    };
    best(|judged| judged.truth != Truth::Undetermined)
        .or_else(|| best(|judged| judged.value.is_some()))
        .or_else(|| best(|judged| !judged.found.is_empty()))
        .unwrap_or_else(|| Judged::undetermined(tried.into_iter().flat_map(|judged| judged.gaps).collect()))
}

fn by_series<'a>(
    criterion: &Criterion,
    input: &Input,
    area: &str,
    on: NaiveDate,
    known: &impl Fn(&str, &str) -> &'a [Known],
) -> Judged {
    let indicator = &input.indicator;
    let mut judged = Judged::undetermined(Vec::new());
    judged.indicator = Some(indicator.clone());
    let value = match values::latest_mean(known(indicator, area), input.averaging, criterion.window, on) {
        Ok(mean) => mean,
        Err(Lack { missing, found }) => {
            judged.gaps.extend(missing.into_iter().map(|period| Gap::Figure {
                indicator: indicator.clone(),
                area: area.to_owned(),
                period,
            }));
            judged.found = found;
            return judged;
        }
    };
    let times = match (criterion.limit_unit, &input.reference) {
        (LimitUnit::Percent, _) => Some(Decimal::ONE),
        (LimitUnit::TimesReference, None) => None,
        (LimitUnit::TimesReference, Some(reference)) => {
            match values::mean_of(known(indicator, reference), &value.periods) {
                Ok(mean) => {
                    let times = mean.value;
                    judged.reference = Some((reference.clone(), mean));
                    Some(times)
                }
                Err(Lack { missing, found }) => {
                    judged.gaps.extend(missing.into_iter().map(|period| Gap::Reference {
                        indicator: indicator.clone(),
                        area: reference.clone(),
                        period,
                    }));
                    judged.found = found;
                    None
                }
            }
        }
    };
    judged.limit = times.and_then(|times| times.checked_mul(criterion.limit));
    if let Some(limit) = judged.limit {
        judged.truth = criterion.operator.holds(value.value, limit).into();
        judged.distance = value.value.checked_sub(limit);
    }
    judged.value = Some(value);
    judged
}

/// Why an area is none in the law's sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hypothetical {
    /// It is a zone or all zones: departments that the plan has put together.
    Kind,
    /// It has too few residents.
    TooFewResidents,
    /// How many residents it has is not known.
    ResidentsUnknown,
}

/// Whether the question is only "what if": for a zone always, for a department unless it is known to be large enough.
pub fn hypothetical(kind: &str, residents: Option<Decimal>, least: Option<i64>) -> Option<Hypothetical> {
    match (kind, residents, least) {
        ("department", _, None) => None,
        ("department", None, Some(_)) => Some(Hypothetical::ResidentsUnknown),
        ("department", Some(residents), Some(least)) => {
            (residents < Decimal::from(least)).then_some(Hypothetical::TooFewResidents)
        }
        _ => Some(Hypothetical::Kind),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::criteria::values::Known;
    use crate::criteria::values::tests::figure;

    fn known(figures: &[(&str, &str, &str, &str)]) -> HashMap<(String, String), Vec<Known>> {
        let mut found: HashMap<(String, String), Vec<Known>> = HashMap::new();
        for (indicator, area, period, value) in figures {
            found
                .entry(((*indicator).to_owned(), (*area).to_owned()))
                .or_default()
                .push(Known {
                    period: period.parse().unwrap(),
                    value: value.parse().unwrap(),
                    parts: vec![figure(area, period, value)],
                });
        }
        found
    }

    fn judge_by(criterion: &Criterion, closed: Option<Closed>, figures: &[(&str, &str, &str, &str)]) -> Judged {
        let found = known(figures);
        let of = |indicator: &str, area: &str| {
            let key = (indicator.to_owned(), area.to_owned());
            found.get(&key).map_or(&[][..], Vec::as_slice)
        };
        judge(criterion, "zone-1", "2024-06-30".parse().unwrap(), closed, &of)
    }

    fn input(indicator: &str, averaging: Averaging) -> Input {
        Input {
            indicator: indicator.into(),
            averaging,
            reference: Some("denmark".into()),
        }
    }

    fn convicted() -> Criterion {
        Criterion {
            part: Part::Counted,
            operator: Operator::AtLeast,
            limit: Decimal::from(3),
            limit_unit: LimitUnit::TimesReference,
            window: 2,
            is_contested: false,
            inputs: vec![input("yearly", Averaging::Here), input("printed", Averaging::Source)],
        }
    }

    #[test]
    fn a_multiple_of_the_reference_is_met_by_just_that_multiple() {
        for (value, truth, distance) in [
            ("2.40", Truth::Met, "0.00"),
            ("2.39", Truth::NotMet, "-0.01"),
            ("2.5", Truth::Met, "0.10"),
        ] {
            let judged = judge_by(
                &convicted(),
                None,
                &[
                    ("printed", "zone-1", "2022", value),
                    ("printed", "denmark", "2022", "0.80"),
                ],
            );
            assert_eq!(
                (judged.truth, judged.distance),
                (truth, distance.parse().ok()),
                "{value}"
            );
            assert_eq!(judged.limit, "2.40".parse().ok());
        }
    }

    #[test]
    fn the_reference_comes_from_the_same_series_and_the_same_years() {
        let judged = judge_by(
            &convicted(),
            None,
            &[
                ("printed", "zone-1", "2022", "2.6"),
                ("printed", "denmark", "2021", "0.8"),
                ("yearly", "denmark", "2022", "0.8"),
            ],
        );
        assert_eq!(judged.truth, Truth::Undetermined);
        assert_eq!(judged.value.unwrap().value.to_string(), "2.6");
        let gap = Gap::Reference {
            indicator: "printed".into(),
            area: "denmark".into(),
            period: "2022".parse().ok(),
        };
        assert_eq!(judged.gaps, [gap]);
    }

    #[test]
    fn of_series_that_suffice_the_one_that_reaches_furthest_is_used_and_else_the_preferred() {
        let older = [("printed", "zone-1", "2021", "1"), ("printed", "denmark", "2021", "1")];
        let yearly = [
            ("yearly", "zone-1", "2020", "3"),
            ("yearly", "zone-1", "2021", "5"),
            ("yearly", "denmark", "2020", "1"),
            ("yearly", "denmark", "2021", "1"),
        ];
        let both: Vec<_> = older.iter().chain(&yearly).copied().collect();
        assert_eq!(judge_by(&convicted(), None, &both).indicator.as_deref(), Some("yearly"));
        let newer = [("printed", "zone-1", "2022", "1"), ("printed", "denmark", "2022", "1")];
        let both: Vec<_> = newer.iter().chain(&yearly).copied().collect();
        assert_eq!(
            judge_by(&convicted(), None, &both).indicator.as_deref(),
            Some("printed")
        );
        // A year without its neighbour does not suffice, so the older average stands.
        let half: Vec<_> = older
            .iter()
            .chain([&("yearly", "zone-1", "2022", "5")])
            .copied()
            .collect();
        assert_eq!(judge_by(&convicted(), None, &half).truth, Truth::NotMet);
    }

    #[test]
    fn what_is_missing_is_named() {
        let none = judge_by(&convicted(), None, &[]);
        let gap = |indicator: &str| Gap::Figure {
            indicator: indicator.into(),
            area: "zone-1".into(),
            period: None,
        };
        assert_eq!(none.gaps, [gap("yearly"), gap("printed")]);
        let half = judge_by(&convicted(), None, &[("yearly", "zone-1", "2022", "5")]);
        let year = Gap::Figure {
            indicator: "yearly".into(),
            area: "zone-1".into(),
            period: "2021".parse().ok(),
        };
        assert_eq!((half.truth, half.gaps), (Truth::Undetermined, vec![year]));
    }

    #[test]
    fn over_and_under_leave_out_the_limit_itself() {
        let limit = Decimal::from(40);
        assert!(!Operator::Over.holds(limit, limit) && Operator::Over.holds("40.1".parse().unwrap(), limit));
        assert!(!Operator::Under.holds(limit, limit) && Operator::Under.holds("39.9".parse().unwrap(), limit));
        assert!(Operator::AtLeast.holds(limit, limit));
    }

    #[test]
    fn a_closed_criterion_shows_no_value() {
        let criterion = Criterion {
            is_contested: true,
            limit_unit: LimitUnit::Percent,
            window: 1,
            ..convicted()
        };
        let figures = [("printed", "zone-1", "2022", "60")];
        let judged = judge_by(&criterion, Some(Closed::Permission), &figures);
        assert_eq!((judged.truth, judged.value), (Truth::Undetermined, None));
        assert_eq!(judge_by(&criterion, None, &figures).truth, Truth::Met);
        // The others are open to all.
        let other = Criterion {
            is_contested: false,
            ..criterion
        };
        assert_eq!(judge_by(&other, Some(Closed::Setting), &figures).truth, Truth::Met);
    }

    #[test]
    fn a_zone_and_a_department_that_is_too_small_are_hypothetical() {
        let count = |count: i64| Some(Decimal::from(count));
        assert_eq!(hypothetical("zone", count(5000), Some(1000)), Some(Hypothetical::Kind));
        assert_eq!(hypothetical("plan", None, None), Some(Hypothetical::Kind));
        assert_eq!(
            hypothetical("department", count(999), Some(1000)),
            Some(Hypothetical::TooFewResidents)
        );
        assert_eq!(
            hypothetical("department", None, Some(1000)),
            Some(Hypothetical::ResidentsUnknown)
        );
        assert_eq!(hypothetical("department", count(1000), Some(1000)), None);
    }
}
