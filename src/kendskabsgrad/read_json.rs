//! A JSON body as a draft. Every error is noted with its pointer; what is sound is read all the same.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::draft::{Cell, Codes, Draft, DraftComparator, Entry, Total, TotalOf, Unsound};
use super::model::EmptyCells;
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, array, count, decimal, map, string};
use crate::web::query::parse_date;
use crate::web::values::{MAX_CODE, MAX_NOTE, MAX_SOURCE};

/// So many counts are read: many times what an extract has.
const MAX_ITEMS: usize = 10_000;
/// So many areas or totals are named.
const MAX_AREAS: usize = 200;

/// Reads a body.
pub fn read(node: &Node, codes: &Codes, errors: &mut Vec<FieldError>) -> Draft {
    let mut body = Reader::of_body(node, errors);
    let mut draft = Draft::new(body.at("extracted_on"), body.at("counts"), body.at("revision_reason"));
    draft.extracted_on = body
        .required("extracted_on", errors)
        .and_then(|node| date(node, &draft.at_date, errors));
    let at = body.at("source");
    draft.source = body
        .optional("source")
        .and_then(|node| string(node, &at, MAX_SOURCE, errors));
    let at = body.at("note");
    draft.note = body
        .optional("note")
        .and_then(|node| string(node, &at, MAX_NOTE, errors));
    let at = draft.at_counts.clone();
    let counts = body.required("counts", errors);
    match counts.and_then(|node| array(node, &at, MAX_ITEMS, errors)) {
        Some(rows) => {
            for (index, row) in rows.iter().enumerate() {
                cell(row, at.field(index), false, codes, &mut draft, errors);
            }
        }
        None => draft.has_counts = false,
    }
    let at = body.at("subsets");
    let subsets = body
        .optional("subsets")
        .and_then(|node| array(node, &at, MAX_ITEMS, errors));
    for (index, row) in subsets.into_iter().flatten().enumerate() {
        cell(row, at.field(index), true, codes, &mut draft, errors);
    }
    let at = body.at("population");
    let population = body
        .optional("population")
        .and_then(|node| map(node, &at, MAX_AREAS, errors));
    for (area, node) in population.into_iter().flatten() {
        let at = at.field(area);
        if let Some(value) = count(node, &at, errors) {
            draft.population.push(Entry {
                area: area.clone(),
                value,
                at,
            });
        }
    }
    let at = body.at("comparators");
    let comparators = body
        .optional("comparators")
        .and_then(|node| array(node, &at, MAX_AREAS, errors));
    for (index, row) in comparators.into_iter().flatten().enumerate() {
        draft.comparators.extend(comparator(row, at.field(index), errors));
    }
    let at = body.at("shares");
    let shares = body
        .optional("shares")
        .and_then(|node| map(node, &at, MAX_AREAS, errors));
    for (area, node) in shares.into_iter().flatten() {
        let at = at.field(area);
        if let Some(value) = percent(node, &at, errors) {
            draft.shares.push(Entry {
                area: area.clone(),
                value,
                at,
            });
        }
    }
    let at = body.at("totals");
    if let Some(node) = body.optional("totals") {
        totals(node, at, &mut draft, errors);
    }
    let at = body.at("empty_cells");
    if let Some(node) = body.optional("empty_cells") {
        draft.empty_cells = match node {
            Node::String(text) if text == "zero" => Some(EmptyCells::Zero),
            Node::String(text) if text == "missing" => Some(EmptyCells::Missing),
            _ => {
                errors.push(FieldError::new(
                    at,
                    "invalid_value",
                    "empty_cells is \"zero\" or \"missing\".",
                    "empty_cells er \"zero\" eller \"missing\".",
                ));
                // Gaps would only be errors because this one is.
                Some(EmptyCells::Missing)
            }
        };
    }
    let at = draft.at_reason.clone();
    draft.revision_reason = body
        .optional("revision_reason")
        .and_then(|node| string(node, &at, MAX_NOTE, errors));
    let at = body.at("replaces_revision");
    draft.replaces_revision = body
        .optional("replaces_revision")
        .and_then(|node| count(node, &at, errors))
        .map(|revision| i32::try_from(revision).unwrap_or(i32::MAX));
    body.finish(errors);
    draft
}

fn date(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<NaiveDate> {
    let text = string(node, at, MAX_CODE, errors)?;
    let date = parse_date(&text);
    if date.is_none() {
        errors.push(FieldError::new(
            at.clone(),
            "invalid_date",
            "A date is written as 2024-01-31.",
            "En dato skrives som 2024-01-31.",
        ));
    }
    date
}

fn percent(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<Decimal> {
    let value = decimal(node, at, errors)?;
    if value < Decimal::ZERO || value > Decimal::ONE_HUNDRED || value.scale() > 6 {
        errors.push(FieldError::new(
            at.clone(),
            "out_of_range",
            "A share is 0 to 100 percent, with at most 6 decimals.",
            "En andel er 0 til 100 procent med højst 6 decimaler.",
        ));
        return None;
    }
    Some(value)
}

fn cell(row: &Node, at: At, is_subset: bool, codes: &Codes, draft: &mut Draft, errors: &mut Vec<FieldError>) {
    let mut reader = Reader::new(row, at.clone(), errors);
    let mut code = |name: &'static str, errors: &mut Vec<FieldError>| {
        let at = reader.at(name);
        let text = reader
            .required(name, errors)
            .and_then(|node| string(node, &at, MAX_CODE, errors));
        (text, at)
    };
    let (area, at_area) = code("area", errors);
    let (group, at_group) = code("target_group", errors);
    let (subset, at_subset) = if is_subset {
        code("subset", errors)
    } else {
        (None, at.clone())
    };
    let at_count = reader.at("count");
    let found = reader
        .required("count", errors)
        .and_then(|node| count(node, &at_count, errors));
    let at_note = reader.at("note");
    let note = reader
        .optional("note")
        .and_then(|node| string(node, &at_note, MAX_NOTE, errors));
    reader.finish(errors);

    let mut good = |result: Result<(), FieldError>| result.map_err(|error| errors.push(error)).is_ok();
    let (written_area, written_group) = (area.clone(), group.clone());
    let area = area.filter(|area| good(codes.zone(area, at_area)));
    let group = group.filter(|group| good(codes.group(group, draft.extracted_on, at_group)));
    let subset = match (&group, subset) {
        (Some(group), Some(subset)) => Some(subset).filter(|subset| good(codes.subset(group, subset, at_subset))),
        _ => None,
    };
    if !is_subset {
        draft.zones.extend(area.clone());
        draft.groups.extend(group.clone());
        if area.is_none() {
            *draft.not_zones.entry(written_area.unwrap_or_default()).or_default() += 1;
        }
        if group.is_none() && !written_group.as_ref().is_some_and(|group| codes.has_group(group)) {
            *draft.not_groups.entry(written_group.unwrap_or_default()).or_default() += 1;
        }
    }
    match (area, group) {
        (Some(area), Some(group)) => {
            if is_subset && subset.is_none() {
                return;
            }
            let cell = Cell {
                area,
                group,
                subset,
                count: found,
                note,
                at,
            };
            if is_subset {
                draft.subsets.push(cell);
            } else {
                draft.counts.push(cell);
            }
        }
        (area, group) if !is_subset => draft.unsound.push(Unsound { area, group }),
        _ => {}
    }
}

fn comparator(row: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<DraftComparator> {
    let mut reader = Reader::new(row, at.clone(), errors);
    let at_area = reader.at("area");
    let area = reader
        .required("area", errors)
        .and_then(|node| string(node, &at_area, MAX_CODE, errors));
    let at_count = reader.at("count");
    let found = reader
        .required("count", errors)
        .and_then(|node| count(node, &at_count, errors));
    let at_share = reader.at("share");
    let share = reader
        .optional("share")
        .and_then(|node| percent(node, &at_share, errors));
    let at_note = reader.at("note");
    let note = reader
        .optional("note")
        .and_then(|node| string(node, &at_note, MAX_NOTE, errors));
    reader.finish(errors);
    Some(DraftComparator {
        area: area?,
        count: found,
        share,
        note,
        at,
    })
}

fn totals(node: &Node, at: At, draft: &mut Draft, errors: &mut Vec<FieldError>) {
    let mut reader = Reader::new(node, at, errors);
    let mut by = |name: &'static str, of: fn(String) -> TotalOf, errors: &mut Vec<FieldError>| {
        let at = reader.at(name);
        let Some(node) = reader.optional(name) else { return };
        for (code, node) in map(node, &at, MAX_AREAS, errors).into_iter().flatten() {
            let at = at.field(code);
            if let Some(count) = count(node, &at, errors) {
                draft.totals.push(Total {
                    of: of(code.clone()),
                    count,
                    at,
                });
            }
        }
    };
    by("by_area", TotalOf::Area, errors);
    by("by_target_group", TotalOf::Group, errors);
    let at = reader.at("all");
    if let Some(count) = reader.optional("all").and_then(|node| count(node, &at, errors)) {
        draft.totals.push(Total {
            of: TotalOf::All,
            count,
            at,
        });
    }
    reader.finish(errors);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::json::any_node;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_document_is_read_and_every_error_has_its_pointer(node in any_node(&[
            "extracted_on", "source", "note", "counts", "subsets", "population", "comparators", "shares", "totals",
            "empty_cells", "revision_reason", "replaces_revision", "area", "target_group", "subset", "count",
        ])) {
            let codes = Codes {
                zones: vec!["zone-1".into()],
                whole: None,
                municipality: None,
                rest: None,
                groups: vec![super::super::draft::Group { code: "6.1".into(), valid_from: None, valid_to: None }],
                subsets: Vec::new(),
            };
            let mut errors = Vec::new();
            let draft = read(&node, &codes, &mut errors);
            let _ = super::super::rules::check(&draft, &codes, NaiveDate::MAX, "x", &mut errors);
            for error in errors {
                let At::Pointer(pointer) = &error.at else { return Err(TestCaseError::fail(format!("{error:?}"))) };
                prop_assert!(pointer.is_empty() || pointer.starts_with('/'), "{error:?}");
            }
        }
    }
}
