//! What a receipt says: what became of the cells, what is different from before, what to look at; pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::draft::Codes;
use super::figures;
use super::model::{Change, Content, Count, Outcome, Receipt, Rows, Share, Warning};
use super::rules::{self, Checked};
use crate::problem::At;

/// A receipt for a dry run; what is stored fills in the rest.
///
/// `before` is the revision that it replaces, `previous` the extract of the date before.
pub fn draw_up(
    checked: &Checked,
    codes: &Codes,
    before: Option<&Content>,
    previous: Option<&Content>,
    received_at: DateTime<Utc>,
) -> Receipt {
    let after = figures::by_key(&checked.content);
    let old = before.map(figures::by_key).unwrap_or_default();
    let mut rows = Rows {
        received: checked.received,
        filled: checked.filled,
        ..Rows::default()
    };
    let mut changes = Vec::new();
    let mut warnings = Vec::new();
    let keys: BTreeSet<_> = after.keys().chain(old.keys()).collect();
    for key in keys {
        let (field, area, category) = key;
        let is_cell = *field == "count" && !category.is_empty();
        let outcome = match (old.get(key), after.get(key)) {
            (None, _) => &mut rows.created,
            (Some(_), None) => &mut rows.removed,
            (Some(old), Some(new)) if is_same(*old, *new) => &mut rows.unchanged,
            _ => &mut rows.updated,
        };
        *outcome += usize::from(is_cell);
        let (old, new) = (old.get(key), after.get(key));
        let is_same = old.zip(new).is_some_and(|(old, new)| is_same(*old, *new));
        if before.is_none() || is_same {
            continue;
        }
        let place = checked.places.get(key);
        changes.push(Change {
            pointer: pointer(place),
            line: cell(place).0,
            column: cell(place).1,
            field: (*field).to_owned(),
            area: Some(area.clone()),
            category: Some(category.clone()).filter(|category| !category.is_empty()),
            before: old.copied().flatten().map(Share),
            after: new.copied().flatten().map(Share),
        });
        if new.is_none() {
            let name = if category.is_empty() { field } else { category.as_str() };
            warnings.push(Warning {
                pointer: None,
                line: None,
                column: None,
                code: "dropped".to_owned(),
                detail: format!("The revision before had a figure for {name} in {area}; this one has none."),
                detail_da: format!(
                    "Den forrige revision havde {} i {area}; denne har intet.",
                    in_danish(field, category)
                ),
            });
        }
    }
    if let Some(before) = before {
        changes.extend(changed_words(before, &checked.content));
    }
    if let Some(previous) = previous {
        warnings.extend(jumps(checked, previous));
    }
    Receipt {
        id: None,
        extracted_on: checked.extracted_on,
        revision: 0,
        outcome: Outcome::DryRun,
        rows,
        totals: figures::totals(&checked.content),
        shares: figures::shares(&checked.content, codes),
        changes,
        warnings,
        received_at,
    }
}

fn in_danish(field: &str, category: &str) -> String {
    match field {
        "population" => "en befolkning".to_owned(),
        "share" => "en andel".to_owned(),
        _ if category.is_empty() => "et antal".to_owned(),
        _ => format!("et tal for {category}"),
    }
}

/// The same figure in the same digits: 21.9 is not 21.90.
fn is_same(old: Option<Decimal>, new: Option<Decimal>) -> bool {
    let scale = |figure: Option<Decimal>| figure.map(|figure| figure.scale());
    old == new && scale(old) == scale(new)
}

/// Differences in what is no figure: source, notes, stated totals.
fn changed_words(before: &Content, after: &Content) -> Vec<Change> {
    let change = |field: &str, area: Option<&String>, category: Option<String>| Change {
        pointer: None,
        line: None,
        column: None,
        field: field.to_owned(),
        area: area.cloned(),
        category,
        before: None,
        after: None,
    };
    let mut changes = Vec::new();
    for (field, is_same) in [
        ("source", before.source == after.source),
        ("note", before.note == after.note),
        ("totals", before.stated_totals == after.stated_totals),
    ] {
        if !is_same {
            changes.push(change(field, None, None));
        }
    }
    let notes = |content: &Content| -> BTreeSet<(String, String, Option<String>)> {
        let counts = content
            .counts
            .iter()
            .map(|row| (row.area.clone(), row.target_group.clone(), row.note.clone()));
        let subsets = content.subsets.iter().map(|row| {
            let category = format!("{}/{}", row.target_group, row.subset);
            (row.area.clone(), category, row.note.clone())
        });
        let comparators = content
            .comparators
            .iter()
            .map(|row| (row.area.clone(), String::new(), row.note.clone()));
        counts
            .chain(subsets)
            .chain(comparators)
            .filter(|(_, _, note)| note.is_some())
            .collect()
    };
    let (old, new) = (notes(before), notes(after));
    let places: BTreeSet<_> = old
        .symmetric_difference(&new)
        .map(|(area, category, _)| (area.clone(), category.clone()))
        .collect();
    for (area, category) in &places {
        let category = Some(category.clone()).filter(|category| !category.is_empty());
        changes.push(change("note", Some(area), category));
    }
    changes
}

/// Counts that are far from those of the extract before.
fn jumps(checked: &Checked, previous: &Content) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for row in &checked.content.counts {
        let same = |other: &&Count| other.area == row.area && other.target_group == row.target_group;
        let before = previous.counts.iter().find(same).and_then(|row| row.count);
        let (Some(before), Some(after)) = (before, row.count) else {
            continue;
        };
        if !rules::is_jump(before, after) {
            continue;
        }
        let place = checked
            .places
            .get(&("count", row.area.clone(), row.target_group.clone()));
        warnings.push(Warning {
            pointer: pointer(place),
            line: cell(place).0,
            column: cell(place).1,
            code: "jump".to_owned(),
            detail: format!(
                "{} in {}: {before} in the extract before, {after} now.",
                row.target_group, row.area
            ),
            detail_da: format!(
                "{} i {}: {before} i forrige udtræk, {after} nu.",
                row.target_group, row.area
            ),
        });
    }
    warnings
}

fn pointer(place: Option<&At>) -> Option<String> {
    match place {
        Some(At::Pointer(pointer)) => Some(pointer.clone()),
        _ => None,
    }
}

fn cell(place: Option<&At>) -> (Option<u64>, Option<usize>) {
    match place {
        Some(At::Cell { line, column }) => (Some(*line), *column),
        _ => (None, None),
    }
}
