//! Takes goals and sub-goals out of a draft. Everything that is wrong is noted with its place.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Aim, Baseline, ChangeUnit, Comparator, Goal, Measure, SubGoal, Target, TargetKind};
use crate::period::Period;
use crate::problem::{At, FieldError};
use crate::text::quoted;
use crate::web::json::{MAX_COUNT, Node, Reader, array, count, decimal, string};
use crate::web::values::{self, date, word};

/// The longest code.
const MAX_CODE: usize = 60;
/// The longest name.
const MAX_NAME: usize = 300;
/// The longest note, reading or source.
const MAX_TEXT: usize = 1000;
/// So many goals, sub-goals or measures are read: many times what an agreement has.
const MAX_ITEMS: usize = 100;
/// So many decimals a value has at most.
const MAX_DECIMALS: u32 = 6;
/// So many areas a measure has at most.
const MAX_AREAS: usize = 200;

/// What a plan has that terms can name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The areas.
    pub areas: BTreeSet<String>,
    /// The indicators.
    pub indicators: BTreeMap<String, IndicatorTerms>,
    /// The categories that target groups give.
    pub categories: BTreeSet<String>,
    /// The plan's first day.
    pub starts_on: NaiveDate,
    /// The plan's last day.
    pub ends_on: NaiveDate,
}

/// What terms need to know of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndicatorTerms {
    /// Whether its values are shares in percent.
    pub is_percent: bool,
    /// Whether less is better.
    pub is_down: bool,
    /// Whether its figures have target groups as categories.
    pub has_target_groups: bool,
}

/// Reads a strategic agreement's `goals`.
pub fn read_goals(node: &Node, at: &At, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Vec<Goal> {
    let mut codes = Codes::default();
    let items = array(node, at, MAX_ITEMS, errors).unwrap_or_default();
    let goals = items.iter().enumerate().filter_map(|(index, node)| {
        let mut item = Reader::new(node, at.field(index), errors);
        let code = codes.unique(&mut item, errors);
        let name = text(&mut item, "name", MAX_NAME, errors);
        let name_en = text(&mut item, "name_en", MAX_NAME, errors);
        let measures = measures(&mut item, catalogue, &mut codes, errors);
        let note = optional_text(&mut item, "note", errors);
        let source = text(&mut item, "source", MAX_TEXT, errors);
        item.finish(errors);
        Some(Goal {
            code: code?,
            name: name?,
            name_en: name_en?,
            measures,
            note,
            source: source?,
        })
    });
    goals.collect()
}

/// Reads a sub-agreement's `sub_goals`.
pub fn read_sub_goals(node: &Node, at: &At, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Vec<SubGoal> {
    let mut codes = Codes::default();
    let items = array(node, at, MAX_ITEMS, errors).unwrap_or_default();
    let sub_goals = items.iter().enumerate().filter_map(|(index, node)| {
        let mut item = Reader::new(node, at.field(index), errors);
        let code = codes.unique(&mut item, errors);
        let name = text(&mut item, "name", MAX_NAME, errors);
        let name_en = text(&mut item, "name_en", MAX_NAME, errors);
        let goals_at = item.at("goals");
        let listed = item
            .optional("goals")
            .and_then(|node| array(node, &goals_at, MAX_ITEMS, errors));
        let listed = listed.unwrap_or_default().iter().enumerate();
        let goals = listed
            .filter_map(|(index, node)| values::code(node, &goals_at.field(index), errors))
            .collect();
        let measures = measures(&mut item, catalogue, &mut codes, errors);
        let note = optional_text(&mut item, "note", errors);
        let source = text(&mut item, "source", MAX_TEXT, errors);
        item.finish(errors);
        Some(SubGoal {
            code: code?,
            name: name?,
            name_en: name_en?,
            goals,
            measures,
            note,
            source: source?,
        })
    });
    sub_goals.collect()
}

/// The codes that an agreement has used: goals, sub-goals and measures share one set, so that one name finds one thing.
#[derive(Debug, Default)]
struct Codes(BTreeSet<String>);

impl Codes {
    fn unique(&mut self, item: &mut Reader<'_>, errors: &mut Vec<FieldError>) -> Option<String> {
        let at = item.at("code");
        let code = item
            .required("code", errors)
            .and_then(|node| values::code(node, &at, errors))?;
        if !self.0.insert(code.clone()) {
            errors.push(FieldError::new(
                at,
                "duplicate",
                format!("The code {code} is used twice in this agreement."),
                format!("Koden {code} er brugt to gange i denne aftale."),
            ));
            return None;
        }
        Some(code)
    }
}

fn measures(
    item: &mut Reader<'_>,
    catalogue: &Catalogue,
    codes: &mut Codes,
    errors: &mut Vec<FieldError>,
) -> Vec<Measure> {
    let at = item.at("measures");
    let Some(node) = item.required("measures", errors) else {
        return Vec::new();
    };
    let Some(items) = some_items(node, &at, MAX_ITEMS, errors) else {
        return Vec::new();
    };
    let items = items.iter().enumerate();
    items
        .filter_map(|(index, node)| measure(node, at.field(index), catalogue, codes, errors))
        .collect()
}

fn measure(
    node: &Node,
    at: At,
    catalogue: &Catalogue,
    codes: &mut Codes,
    errors: &mut Vec<FieldError>,
) -> Option<Measure> {
    let mut item = Reader::new(node, at, errors);
    let code = codes.unique(&mut item, errors);
    let indicator = text(&mut item, "indicator", MAX_CODE, errors);
    let terms = indicator.as_deref().and_then(|code| {
        let found = catalogue.indicators.get(code);
        if found.is_none() {
            errors.push(unknown_indicator(item.at("indicator"), code));
        }
        found.copied()
    });
    let category = category(&mut item, terms, catalogue, errors);
    let at_baselines = item.at("baselines");
    let rows = item.required("baselines", errors);
    let rows = rows.and_then(|node| some_items(node, &at_baselines, MAX_AREAS, errors));
    let baselines = baselines(rows.unwrap_or_default(), &at_baselines, catalogue, errors);
    let at_comparisons = item.at("comparisons");
    let rows = item.optional("comparisons");
    let rows = rows.and_then(|node| array(node, &at_comparisons, MAX_AREAS, errors));
    let comparisons = self::baselines(rows.unwrap_or_default(), &at_comparisons, catalogue, errors);
    let rebase_on = rebase_on(&mut item, &baselines, catalogue, errors);
    let at_targets = item.at("targets");
    let rows = item.required("targets", errors);
    let rows = rows.and_then(|node| some_items(node, &at_targets, MAX_ITEMS, errors));
    let starts = baselines.iter().map(|baseline| baseline.period).chain(rebase_on);
    let starts_on = starts.map(Period::end).max();
    let mut targets = Vec::new();
    for (index, node) in rows.unwrap_or_default().iter().enumerate() {
        targets.extend(target(
            node,
            at_targets.field(index),
            terms,
            starts_on,
            catalogue,
            errors,
        ));
    }
    let note = optional_text(&mut item, "note", errors);
    item.finish(errors);
    Some(Measure {
        code: code?,
        indicator: indicator?,
        category,
        baselines,
        rebase_on,
        targets,
        comparisons,
        note,
    })
}

fn category(
    item: &mut Reader<'_>,
    terms: Option<IndicatorTerms>,
    catalogue: &Catalogue,
    errors: &mut Vec<FieldError>,
) -> Option<String> {
    let at = item.at("category");
    let node = item.optional("category")?;
    let category = string(node, &at, MAX_CODE, errors)?;
    let is_known = terms.is_none_or(|terms| terms.has_target_groups && catalogue.categories.contains(&category));
    if !is_known {
        let quoted = quoted(&category);
        errors.push(FieldError::new(
            at,
            "unknown_category",
            format!("The indicator has no category {quoted}."),
            format!("Indikatoren har ingen kategori {quoted}."),
        ));
    }
    Some(category)
}

fn baselines(rows: &[Node], at: &At, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Vec<Baseline> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for (index, node) in rows.iter().enumerate() {
        let mut item = Reader::new(node, at.field(index), errors);
        let area = area(&mut item, true, catalogue, errors);
        let period = period(&mut item, "period", true, errors);
        let at_value = item.at("value");
        let value = item
            .optional("value")
            .and_then(|node| self::value(node, &at_value, errors));
        let [numerator, denominator] = ["numerator", "denominator"].map(|name| {
            let at = item.at(name);
            item.optional(name).and_then(|node| count(node, &at, errors))
        });
        let note = optional_text(&mut item, "note", errors);
        let at_area = item.at("area");
        item.finish(errors);
        if let Some(area) = &area
            && !known.insert(area.clone())
        {
            errors.push(FieldError::new(
                at_area,
                "duplicate",
                format!("{area} is here twice."),
                format!("{area} står her to gange."),
            ));
        }
        if let (Some(area), Some(period)) = (area, period) {
            found.push(Baseline {
                area,
                period,
                value,
                numerator,
                denominator,
                note,
            });
        }
    }
    found
}

/// The period to be measured by: later than the printed baselines, else there would be nothing provisional about them.
fn rebase_on(
    item: &mut Reader<'_>,
    baselines: &[Baseline],
    catalogue: &Catalogue,
    errors: &mut Vec<FieldError>,
) -> Option<Period> {
    let period = period(item, "rebase_on", false, errors)?;
    let printed = baselines.iter().map(|baseline| baseline.period).max();
    if printed.is_some_and(|printed| period <= printed) || period.end() > catalogue.ends_on {
        errors.push(FieldError::new(
            item.at("rebase_on"),
            "out_of_range",
            "rebase_on comes after every baseline and not after the plan's end.",
            "rebase_on ligger efter alle baselines og ikke efter planens slutning.",
        ));
    }
    Some(period)
}

fn target(
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

fn area(
    item: &mut Reader<'_>,
    is_required: bool,
    catalogue: &Catalogue,
    errors: &mut Vec<FieldError>,
) -> Option<String> {
    let at = item.at("area");
    let node = if is_required {
        item.required("area", errors)
    } else {
        item.optional("area")
    };
    let code = string(node?, &at, MAX_CODE, errors)?;
    if !catalogue.areas.contains(&code) {
        let quoted = quoted(&code);
        errors.push(FieldError::new(
            at,
            "unknown_area",
            format!("The plan has no area {quoted}."),
            format!("Planen har intet område {quoted}."),
        ));
    }
    Some(code)
}

fn period(
    item: &mut Reader<'_>,
    name: &'static str,
    is_required: bool,
    errors: &mut Vec<FieldError>,
) -> Option<Period> {
    let at = item.at(name);
    let node = if is_required {
        item.required(name, errors)
    } else {
        item.optional(name)
    };
    let parsed = match node? {
        Node::String(text) => text.parse().ok(),
        _ => None,
    };
    if parsed.is_none() {
        errors.push(FieldError::new(
            at,
            "invalid_value",
            "A period is written as 2021, 2023-S1, 2023-Q1, 2023-01, 2022-06-01 or 2020/2021.",
            "En periode skrives som 2021, 2023-S1, 2023-Q1, 2023-01, 2022-06-01 eller 2020/2021.",
        ));
    }
    parsed
}

fn text(item: &mut Reader<'_>, name: &'static str, max: usize, errors: &mut Vec<FieldError>) -> Option<String> {
    let at = item.at(name);
    item.required(name, errors)
        .and_then(|node| string(node, &at, max, errors))
}

fn optional_text(item: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>) -> Option<String> {
    let at = item.at(name);
    item.optional(name).and_then(|node| string(node, &at, MAX_TEXT, errors))
}

/// A number that can be reckoned with: not so large, nor so fine, that a target worked out from it would lose digits.
fn value(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<Decimal> {
    let value = decimal(node, at, errors)?;
    if value.abs() > Decimal::from(MAX_COUNT) || value.scale() > MAX_DECIMALS {
        errors.push(FieldError::new(
            at.clone(),
            "out_of_range",
            format!("The number is at most {MAX_COUNT} and has at most {MAX_DECIMALS} decimals."),
            format!("Tallet er højst {MAX_COUNT} og har højst {MAX_DECIMALS} decimaler."),
        ));
        return None;
    }
    Some(value)
}

/// The items of an array that must have one.
fn some_items<'a>(node: &'a Node, at: &At, max: usize, errors: &mut Vec<FieldError>) -> Option<&'a [Node]> {
    let items = array(node, at, max, errors)?;
    if items.is_empty() {
        errors.push(FieldError::new(
            at.clone(),
            "required",
            "The list has at least one item.",
            "Listen har mindst ét element.",
        ));
    }
    Some(items)
}

fn unknown_indicator(at: At, code: &str) -> FieldError {
    let code = quoted(code);
    FieldError::new(
        at,
        "unknown_indicator",
        format!("The plan has no indicator {code}."),
        format!("Planen har ingen indikator {code}."),
    )
}
