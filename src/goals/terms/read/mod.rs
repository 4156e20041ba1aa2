//! Takes goals and sub-goals out of a draft. Everything that is wrong is noted with its place.

mod target;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use self::target::target;
use self::values::{MAX_CODE, MAX_TEXT, area, optional_text, period, some_items, text, unknown_indicator, value};
use super::{Baseline, Goal, Measure, SubGoal};
use crate::period::Period;
use crate::problem::{At, FieldError};
use crate::text::quoted;
use crate::web::json::{Node, Reader, array, count, string};
use crate::web::values::code as code_of;

/// The longest name.
const MAX_NAME: usize = 300;
/// So many goals, sub-goals or measures are read: many times what an agreement has.
const MAX_ITEMS: usize = 100;
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
            .filter_map(|(index, node)| code_of(node, &goals_at.field(index), errors))
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
            .and_then(|node| code_of(node, &at, errors))?;
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
        let value = item.optional("value").and_then(|node| value(node, &at_value, errors));
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
