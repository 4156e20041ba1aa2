//! The rules of a measurement; pure. A row is judged alone; what rows say of each other is judged in [`Seen`].

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::indicators::rules::{Status, Unit};
use crate::period::Period;
use crate::problem::{At, FieldError};

/// The most decimals of a value.
const MAX_DECIMALS: u32 = 6;
/// The largest value, either side of zero; the database keeps it with its decimals in 64 bits.
const MAX_VALUE: i64 = 999_999_999_999;

/// A row as it was sent; each field read as far as it can be.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The indicator's code.
    pub indicator: Option<String>,
    /// The area's code.
    pub area: Option<String>,
    /// The period.
    pub period: Option<Period>,
    /// The category.
    pub category: Option<String>,
    /// The value.
    pub value: Option<Decimal>,
    /// How many were counted.
    pub numerator: Option<i64>,
    /// Out of how many.
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Option<Status>,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
}

/// A row that was found good.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The indicator's code.
    pub indicator: String,
    /// The area's code.
    pub area: String,
    /// The period.
    pub period: Period,
    /// The category; empty for the figure as a whole.
    pub category: String,
    /// The value.
    pub value: Option<Decimal>,
    /// How many were counted.
    pub numerator: Option<i64>,
    /// Out of how many.
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Status,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it comes from.
    pub source: String,
}

/// What is known of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its unit.
    pub unit: Unit,
    /// Whether its categories are target groups; else it has none.
    pub by_target_group: bool,
    /// Whether the caller may write it; else the organisation that may.
    pub may_write: Result<(), String>,
    /// Whether extracts alone give its figures.
    pub is_fed_by_extracts: bool,
}

/// The codes that measurements of a plan may use, and what the caller may write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The indicators in use.
    pub indicators: HashMap<String, Facts>,
    /// The areas in use.
    pub areas: HashSet<String>,
    /// Categories with the first and last day on which they exist, where these are stated.
    pub categories: HashMap<String, (Option<NaiveDate>, Option<NaiveDate>)>,
}

/// Judges a row; `place` gives the place of a field.
pub fn check(
    draft: Draft,
    catalogue: &Catalogue,
    place: impl Fn(&'static str) -> At,
    errors: &mut Vec<FieldError>,
) -> Option<Row> {
    let before = errors.len();
    let facts = draft.indicator.as_ref().and_then(|code| {
        let facts = catalogue.indicators.get(code);
        match facts {
            None => errors.push(FieldError::new(
                place("indicator"),
                "unknown_indicator",
                "The plan has no indicator of this code.",
                "Planen har ingen indikator med denne kode.",
            )),
            Some(facts) if facts.is_fed_by_extracts => errors.push(FieldError::new(
                place("indicator"),
                "fed_by_extracts",
                "Figures of this indicator come from kendskabsgrad extracts alone.",
                "Tal for denne indikator kommer alene fra kendskabsgradsudtræk.",
            )),
            Some(facts) => {
                if let Err(owner) = &facts.may_write {
                    errors.push(FieldError::new(
                        place("indicator"),
                        "not_data_owner",
                        format!("Figures of this indicator are written by {owner}."),
                        format!("Tal for denne indikator skrives af {owner}."),
                    ));
                }
            }
        }
        facts
    });
    if draft.area.as_ref().is_some_and(|area| !catalogue.areas.contains(area)) {
        errors.push(FieldError::new(
            place("area"),
            "unknown_area",
            "The plan has no area of this code.",
            "Planen har intet område med denne kode.",
        ));
    }
    if let Some(facts) = facts {
        check_category(&draft, facts, catalogue, &place, errors);
        check_figure(&draft, facts, &place, errors);
    }
    let status = draft.status.unwrap_or(match draft.value {
        Some(_) => Status::Final,
        None => Status::Missing,
    });
    if (status == Status::Missing) != draft.value.is_none() {
        errors.push(FieldError::new(
            place("status"),
            "status_mismatch",
            "A value is absent where, and only where, the status is missing.",
            "En værdi mangler netop, når status er missing.",
        ));
    }
    if errors.len() > before {
        return None;
    }
    Some(Row {
        indicator: draft.indicator?,
        area: draft.area?,
        period: draft.period?,
        category: draft.category.unwrap_or_default(),
        value: draft.value,
        numerator: draft.numerator,
        denominator: draft.denominator,
        status,
        note: draft.note,
        source: draft.source?,
    })
}

fn check_category(
    draft: &Draft,
    facts: &Facts,
    catalogue: &Catalogue,
    place: &impl Fn(&'static str) -> At,
    errors: &mut Vec<FieldError>,
) {
    let Some(category) = &draft.category else { return };
    let known = catalogue.categories.get(category).filter(|_| facts.by_target_group);
    match (known, draft.period) {
        (None, _) => errors.push(FieldError::new(
            place("category"),
            "unknown_category",
            "The indicator has no such category.",
            "Indikatoren har ikke denne kategori.",
        )),
        (Some((from, to)), Some(period)) => {
            let begins = from.is_none_or(|from| from <= period.start());
            let ends = to.is_none_or(|to| period.end() <= to);
            if !begins || !ends {
                errors.push(FieldError::new(
                    place("category"),
                    "category_not_valid",
                    "The category does not exist throughout that period.",
                    "Kategorien findes ikke i hele den periode.",
                ));
            }
        }
        _ => {}
    }
}

fn check_figure(draft: &Draft, facts: &Facts, place: &impl Fn(&'static str) -> At, errors: &mut Vec<FieldError>) {
    if let Some(value) = draft.value {
        let is_kept = value.scale() <= MAX_DECIMALS && value.abs() <= Decimal::from(MAX_VALUE);
        let is_possible = match facts.unit {
            Unit::Percent => value >= Decimal::ZERO && value <= Decimal::ONE_HUNDRED,
            Unit::Count => value >= Decimal::ZERO && value.fract().is_zero(),
            Unit::Hours => value >= Decimal::ZERO,
            // The seven-point scale runs from -3 to 12.
            Unit::Grade => value >= Decimal::from(-3) && value <= Decimal::from(12),
            Unit::Dkk => true,
        };
        if !is_kept || !is_possible {
            errors.push(FieldError::new(
                place("value"),
                "out_of_range",
                "The value is not possible in the indicator's unit, or has more than 6 decimals.",
                "Værdien er ikke mulig i indikatorens enhed, eller den har mere end 6 decimaler.",
            ));
            // What such a value is the quotient of is no error of its own.
            return;
        }
    }
    if facts.unit != Unit::Percent {
        for (name, given) in [("numerator", draft.numerator), ("denominator", draft.denominator)] {
            if given.is_some() {
                errors.push(FieldError::new(
                    place(name),
                    "not_a_share",
                    "Only shares have a numerator and a denominator.",
                    "Kun andele har en tæller og en nævner.",
                ));
            }
        }
        return;
    }
    let (Some(numerator), Some(denominator)) = (draft.numerator, draft.denominator) else {
        return;
    };
    if numerator > denominator {
        errors.push(FieldError::new(
            place("numerator"),
            "exceeds_denominator",
            "The numerator is larger than the denominator.",
            "Tælleren er større end nævneren.",
        ));
    } else if let Some(value) = draft.value {
        if denominator == 0 {
            errors.push(FieldError::new(
                place("value"),
                "share_mismatch",
                "Of none there is no share; the status is missing.",
                "Af ingen er der ingen andel; status er missing.",
            ));
            return;
        }
        let exact = Decimal::from(numerator) * Decimal::ONE_HUNDRED / Decimal::from(denominator);
        if (value - exact).abs() > Decimal::new(5, value.scale() + 1) {
            errors.push(FieldError::new(
                place("value"),
                "share_mismatch",
                format!("{numerator} of {denominator} is not {value} %."),
                format!(
                    "{numerator} ud af {denominator} er ikke {} %.",
                    value.to_string().replace('.', ",")
                ),
            ));
        }
    }
}

/// The figures that an import has named so far: 16 bytes each.
#[derive(Debug, Default)]
pub struct Seen {
    keys: HashSet<[u8; 16]>,
}

impl Seen {
    /// Whether the row names a figure that no row before it named.
    pub fn is_new(&mut self, row: &Row) -> bool {
        let mut hash = Sha256::new();
        for part in [&row.indicator, &row.area, &row.category, &row.period.to_string()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        self.keys.insert(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn catalogue() -> Catalogue {
        let facts = |unit, by_target_group| Facts {
            unit,
            by_target_group,
            may_write: Ok(()),
            is_fed_by_extracts: false,
        };
        Catalogue {
            indicators: HashMap::from([
                ("share".to_owned(), facts(Unit::Percent, false)),
                ("count".to_owned(), facts(Unit::Count, true)),
            ]),
            areas: HashSet::from(["zone-1".to_owned()]),
            categories: HashMap::from([("6.12".to_owned(), (None, NaiveDate::from_ymd_opt(2026, 12, 31)))]),
        }
    }

    fn codes(draft: Draft) -> Vec<&'static str> {
        let mut errors = Vec::new();
        let row = check(draft, &catalogue(), |name| At::Parameter(name.into()), &mut errors);
        assert_eq!(row.is_some(), errors.is_empty());
        errors.into_iter().map(|error| error.code).collect()
    }

    fn draft(indicator: &str, value: &str) -> Draft {
        Draft {
            indicator: Some(indicator.into()),
            area: Some("zone-1".into()),
            period: "2021".parse().ok(),
            value: value.parse().ok(),
            source: Some("s".into()),
            ..Draft::default()
        }
    }

    #[test]
    fn a_figure_must_be_possible_in_its_unit() {
        assert!(codes(draft("share", "42.6")).is_empty());
        assert_eq!(codes(draft("share", "100.1")), ["out_of_range"]);
        assert_eq!(codes(draft("count", "1.5")), ["out_of_range"]);
        assert_eq!(codes(draft("nothing", "1")), ["unknown_indicator"]);
        assert_eq!(codes(draft("share", "")).len(), 0);
        let with = |numerator, denominator| Draft {
            numerator: Some(numerator),
            denominator: Some(denominator),
            ..draft("share", "21.9")
        };
        assert!(codes(with(306, 1400)).is_empty());
        assert_eq!(codes(with(307, 1390)), ["share_mismatch"]);
        assert_eq!(codes(with(2, 1)), ["exceeds_denominator"]);
        assert_eq!(codes(with(0, 0)), ["share_mismatch"]);
        let none_of_none = Draft {
            value: None,
            ..with(0, 0)
        };
        assert!(codes(none_of_none).is_empty());
    }

    #[test]
    fn a_category_must_exist_throughout_the_period() {
        let with = |period: &str| Draft {
            category: Some("6.12".into()),
            period: period.parse().ok(),
            ..draft("count", "7")
        };
        assert!(codes(with("2026")).is_empty());
        assert_eq!(codes(with("2026/2027")), ["category_not_valid"]);
        assert_eq!(codes(with("2027-01-01")), ["category_not_valid"]);
        let share = Draft {
            indicator: Some("share".into()),
            ..with("2026")
        };
        assert_eq!(codes(share), ["unknown_category"]);
    }

    #[test]
    fn missing_and_a_value_exclude_each_other() {
        let with = |value: &str, status| Draft {
            status: Some(status),
            ..draft("share", value)
        };
        assert_eq!(codes(with("1", Status::Missing)), ["status_mismatch"]);
        assert_eq!(codes(with("", Status::Final)), ["status_mismatch"]);
        assert!(codes(with("", Status::Missing)).is_empty());
    }

    proptest! {
        #[test]
        fn any_figures_are_judged_without_a_panic(mantissa in any::<i128>(), scale in 0_u32..=28, n in 0..i64::MAX, d in 0..i64::MAX) {
            let mut with = draft("share", "0");
            // As wide as a decimal can be: 96 bits, 28 decimals.
            with.value = Decimal::try_from_i128_with_scale(mantissa >> 31, scale).ok();
            with.numerator = Some(n);
            with.denominator = Some(d);
            let _ = codes(with);
        }
    }
}
