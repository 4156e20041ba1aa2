//! Takes a target out of a draft: the members of its kind, and the indicator's good way.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::super::{Aim, ChangeUnit, Comparator, Target, TargetKind};
use super::values::{MAX_CODE, area, optional_text, unknown_indicator, value};
use super::{Catalogue, IndicatorTerms};
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, string};
use crate::web::values::{date, word};

/// Reads a target of a measure whose last baseline ends on `starts_on`.
pub(super) fn target(
    node: &Node,
    at: At,
    terms: Option<IndicatorTerms>,
    starts_on: Option<NaiveDate>,
    catalogue: &Catalogue,
    errors: &mut Vec<FieldError>,
) -> Option<Target> {
    let mut item = Reader::new(node, at.clone(), errors);
    let before = errors.len();
    let kind = kind(&mut item, errors);
    let change_unit = change_unit(&mut item, errors);
    let [change, value] = ["change", "value"].map(|name| {
        let at = item.at(name);
        item.optional(name).and_then(|node| self::value(node, &at, errors))
    });
    let comparator = comparator(&mut item, catalogue, errors);
    let due = due(&mut item, starts_on, catalogue, errors);
    let reading = optional_text(&mut item, "reading", errors);
    item.finish(errors);
    let kind = kind?;
    if errors.len() > before {
        // Which members belong together can only be judged of sound ones.
        return None;
    }
    if change.is_some() != change_unit.is_some() {
        errors.push(members_of(kind, at));
        return None;
    }
    let aim = match (kind, change.zip(change_unit), value, comparator) {
        (TargetKind::RelativeChange, Some((change, unit)), None, None) => {
            check_change(change, unit, &at, terms, errors);
            Aim::RelativeChange { change, unit }
        }
        (TargetKind::Absolute, None, Some(value), None) => Aim::Absolute { value },
        (TargetKind::BelowLimit, None, Some(limit), None) => {
            if terms.is_some_and(|terms| !terms.is_down) {
                errors.push(FieldError::new(
                    at.field("kind"),
                    "wrong_direction",
                    "More of this indicator is better: nothing is gained below a limit.",
                    "Mere er bedre for denne indikator; der vindes intet under en grænse.",
                ));
            }
            Aim::BelowLimit { limit }
        }
        (TargetKind::MatchComparator, None, None, Some(comparator)) => Aim::MatchComparator { comparator },
        (TargetKind::DirectionOnly, None, None, None) => Aim::DirectionOnly,
        _ => {
            errors.push(members_of(kind, at));
            return None;
        }
    };
    Some(Target { aim, due, reading })
}

fn check_change(
    change: Decimal,
    unit: ChangeUnit,
    at: &At,
    terms: Option<IndicatorTerms>,
    errors: &mut Vec<FieldError>,
) {
    let Some(terms) = terms else { return };
    if unit == ChangeUnit::PercentagePoints && !terms.is_percent {
        errors.push(FieldError::new(
            at.field("change_unit"),
            "not_a_share",
            "Only a share changes by percentage points.",
            "Kun en andel ændrer sig i procentpoint.",
        ));
    }
    let is_worse = if terms.is_down {
        change.is_sign_positive()
    } else {
        change.is_sign_negative()
    };
    if is_worse || change.is_zero() || change < -Decimal::ONE_HUNDRED {
        errors.push(FieldError::new(
            at.field("change"),
            "wrong_direction",
            "The change goes the indicator's good way, and a fall is at most 100.",
            "Ændringen går indikatorens gode vej, og et fald er højst 100.",
        ));
    }
}

/// What a kind of target consists of.
fn members_of(kind: TargetKind, at: At) -> FieldError {
    let (en, da) = match kind {
        TargetKind::RelativeChange => ("change and change_unit", "change og change_unit"),
        TargetKind::Absolute | TargetKind::BelowLimit => ("value", "value"),
        TargetKind::MatchComparator => ("comparator", "comparator"),
        TargetKind::DirectionOnly => ("nothing else", "intet andet"),
    };
    let code = kind.code();
    FieldError::new(
        at,
        "wrong_members",
        format!("A target of kind {code} has, of change, change_unit, value and comparator, {en}."),
        format!("Et mål af typen {code} har, af change, change_unit, value og comparator, {da}."),
    )
}

fn kind(item: &mut Reader<'_>, errors: &mut Vec<FieldError>) -> Option<TargetKind> {
    const KINDS: [(&str, TargetKind); 5] = [
        ("relative_change", TargetKind::RelativeChange),
        ("absolute", TargetKind::Absolute),
        ("below_limit", TargetKind::BelowLimit),
        ("match_comparator", TargetKind::MatchComparator),
        ("direction_only", TargetKind::DirectionOnly),
    ];
    let at = item.at("kind");
    let node = item.required("kind", errors)?;
    word(node, &at, &KINDS, errors)
}

fn change_unit(item: &mut Reader<'_>, errors: &mut Vec<FieldError>) -> Option<ChangeUnit> {
    const UNITS: [(&str, ChangeUnit); 2] = [
        ("percent", ChangeUnit::Percent),
        ("percentage_points", ChangeUnit::PercentagePoints),
    ];
    let at = item.at("change_unit");
    let node = item.optional("change_unit")?;
    word(node, &at, &UNITS, errors)
}

fn comparator(item: &mut Reader<'_>, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Option<Comparator> {
    let at = item.at("comparator");
    let node = item.optional("comparator")?;
    let mut reader = Reader::new(node, at.clone(), errors);
    let area = area(&mut reader, false, catalogue, errors);
    let at_indicator = reader.at("indicator");
    let indicator = reader
        .optional("indicator")
        .and_then(|node| string(node, &at_indicator, MAX_CODE, errors));
    if let Some(code) = &indicator
        && !catalogue.indicators.contains_key(code)
    {
        errors.push(unknown_indicator(at_indicator, code));
    }
    reader.finish(errors);
    if area.is_none() && indicator.is_none() {
        errors.push(FieldError::new(
            at,
            "required",
            "A comparator names an area, an indicator, or both.",
            "En sammenligning angiver et område, en indikator eller begge.",
        ));
        return None;
    }
    Some(Comparator { area, indicator })
}

fn due(
    item: &mut Reader<'_>,
    starts_on: Option<NaiveDate>,
    catalogue: &Catalogue,
    errors: &mut Vec<FieldError>,
) -> Option<NaiveDate> {
    let at = item.at("due");
    let node = item.optional("due")?;
    let date = date(node, &at, errors)?;
    let is_in_time = starts_on.is_none_or(|start| date > start) && date > catalogue.starts_on;
    if !is_in_time || date > catalogue.ends_on {
        errors.push(FieldError::new(
            at,
            "out_of_range",
            format!("due comes after the baseline and not after {}.", catalogue.ends_on),
            format!("due ligger efter baseline og ikke efter {}.", catalogue.ends_on),
        ));
    }
    Some(date)
}
