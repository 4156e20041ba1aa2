//! Rows as JSON objects: the items of an array, or one a line.

use std::io::{BufRead, BufReader, Read};

use super::super::rules::{Catalogue, Draft, Row};
use super::{MAX_LINE, judge_row, malformed, read_period, read_status, unreadable};
use crate::indicators::rules::TOTAL;
use crate::problem::{At, FieldError, Problem};
use crate::web::json::{Node, Reader, count, decimal, parse, string};
use crate::web::values::{MAX_CODE, MAX_NOTE, MAX_SOURCE};

/// The rows of a JSON array.
pub(super) fn array(
    file: &mut impl Read,
    catalogue: &Catalogue,
    mut visit: impl FnMut(At, Option<Row>, Vec<FieldError>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    let Node::Array(items) = parse(&bytes)? else {
        return Err(malformed(
            "The body must be a JSON array of measurements.",
            "Indholdet skal være en JSON-liste af målinger.",
        ));
    };
    for (index, item) in items.iter().enumerate() {
        let at = At::Pointer(format!("/{index}"));
        let (row, errors) = row(item, at.clone(), catalogue);
        visit(at, row, errors)?;
    }
    Ok(())
}

/// The rows of NDJSON; a line that is no JSON is an error of its own, an empty one is passed over.
pub(super) fn lines(
    file: &mut impl Read,
    catalogue: &Catalogue,
    mut visit: impl FnMut(At, Option<Row>, Vec<FieldError>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let read = (&mut reader)
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        let at = At::Member {
            line: number,
            pointer: String::new(),
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        if read == MAX_LINE {
            return Err(malformed(
                format!("Line {number} is longer than {MAX_LINE} bytes."),
                format!("Linje {number} er længere end {MAX_LINE} byte."),
            ));
        }
        let (row, errors) = match parse(&line) {
            Ok(node) => row(&node, at.clone(), catalogue),
            Err(_) => {
                let error = FieldError::new(
                    at.clone(),
                    "malformed",
                    "The line is not a JSON object.",
                    "Linjen er ikke et JSON-objekt.",
                );
                (None, vec![error])
            }
        };
        visit(at, row, errors)?;
    }
}

fn row(node: &Node, at: At, catalogue: &Catalogue) -> (Option<Row>, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut reader = Reader::new(node, at.clone(), &mut errors);
    let mut text = |name: &'static str, max: usize, is_required: bool, errors: &mut Vec<FieldError>| {
        let at = reader.at(name);
        let node = if is_required {
            reader.required(name, errors)
        } else {
            reader.optional(name)
        };
        node.and_then(|node| string(node, &at, max, errors))
    };
    let indicator = text("indicator", MAX_CODE, true, &mut errors);
    let area = text("area", MAX_CODE, true, &mut errors);
    let period = text("period", MAX_CODE, true, &mut errors);
    let category = text("category", MAX_CODE, false, &mut errors).filter(|category| category != TOTAL);
    let status = text("status", MAX_CODE, false, &mut errors);
    let note = text("note", MAX_NOTE, false, &mut errors);
    let source = text("source", MAX_SOURCE, true, &mut errors);
    let value = reader
        .optional("value")
        .and_then(|node| decimal(node, &at.field("value"), &mut errors));
    let mut whole = |name: &'static str, errors: &mut Vec<FieldError>| {
        reader
            .optional(name)
            .and_then(|node| count(node, &at.field(name), errors))
    };
    let numerator = whole("numerator", &mut errors);
    let denominator = whole("denominator", &mut errors);
    reader.finish(&mut errors);
    let place = |name: &'static str| at.field(name);
    let draft = Draft {
        indicator,
        area,
        period: period.and_then(|text| read_period(&text, place("period"), &mut errors)),
        category,
        value,
        numerator,
        denominator,
        status: status.and_then(|text| read_status(&text, place("status"), &mut errors)),
        note,
        source,
    };
    judge_row(draft, catalogue, place, errors)
}
