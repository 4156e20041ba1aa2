//! Correcting one figure.

use super::super::rules::Draft;
use super::read_status;
use crate::indicators::rules::Status;
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, count, decimal, string};
use crate::web::values::{MAX_CODE, MAX_NOTE, MAX_SOURCE};

/// What a correction makes of a figure, and why; every error with its pointer.
pub fn correction(node: &Node, before: &Draft, errors: &mut Vec<FieldError>) -> (Draft, Option<String>) {
    let mut draft = before.clone();
    let mut reader = Reader::of_body(node, errors);
    let at = |name: &str| At::Pointer(format!("/{name}"));
    if let Some(given) = reader.given("value") {
        draft.value = given.and_then(|node| decimal(node, &at("value"), errors));
        // A value that comes or goes takes its status along, unless that is named, too.
        draft.status = draft
            .status
            .filter(|status| (*status == Status::Missing) == draft.value.is_none());
    }
    for (name, field) in [
        ("numerator", &mut draft.numerator),
        ("denominator", &mut draft.denominator),
    ] {
        if let Some(given) = reader.given(name) {
            *field = given.and_then(|node| count(node, &at(name), errors));
        }
    }
    if let Some(given) = reader.given("status") {
        let text = given.and_then(|node| string(node, &at("status"), MAX_CODE, errors));
        draft.status = text.and_then(|text| read_status(&text, at("status"), errors));
    }
    if let Some(given) = reader.given("note") {
        draft.note = given.and_then(|node| string(node, &at("note"), MAX_NOTE, errors));
    }
    if let Some(given) = reader.given("source") {
        draft.source = match given {
            Some(node) => string(node, &at("source"), MAX_SOURCE, errors),
            None => {
                errors.push(FieldError::new(
                    at("source"),
                    "required",
                    "A figure has a source.",
                    "Et tal har en kilde.",
                ));
                None
            }
        };
    }
    let reason = reader
        .required("reason", errors)
        .and_then(|node| string(node, &at("reason"), MAX_NOTE, errors));
    reader.finish(errors);
    (draft, reason)
}
