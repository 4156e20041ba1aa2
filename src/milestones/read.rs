//! Takes a milestone out of a body. Everything that is wrong is noted with its place.

use super::rules::{Catalogue, Draft, Parts, check};
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, string};
use crate::web::values::{code, date};

/// The longest name.
const MAX_NAME: usize = 200;
/// The longest note.
const MAX_NOTE: usize = 1000;
/// The longest source.
const MAX_SOURCE: usize = 300;

/// Reads a milestone.
pub fn milestone(node: &Node, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Option<Draft> {
    let before = errors.len();
    let mut reader = Reader::of_body(node, errors);
    let [name, name_en] = ["name", "name_en"].map(|name| {
        let at = reader.at(name);
        let node = reader.required(name, errors);
        node.and_then(|node| string(node, &at, MAX_NAME, errors))
    });
    let at = |name: &str| At::Pointer(format!("/{name}"));
    let due_on = reader.required("due_on", errors);
    let due_on = due_on.and_then(|node| date(node, &at("due_on"), errors));
    let reached_on = reader.optional("reached_on");
    let reached_on = reached_on.and_then(|node| date(node, &at("reached_on"), errors));
    let [agreement, organisation] = ["agreement", "organisation"].map(|name| {
        let node = reader.optional(name);
        node.and_then(|node| code(node, &at(name), errors))
    });
    let note = reader.optional("note");
    let note = note.and_then(|node| string(node, &at("note"), MAX_NOTE, errors));
    let source = reader.required("source", errors);
    let source = source.and_then(|node| string(node, &at("source"), MAX_SOURCE, errors));
    reader.finish(errors);
    let parts = Parts {
        due_on,
        reached_on,
        agreement: agreement.as_deref(),
        organisation: organisation.as_deref(),
    };
    check(parts, catalogue, errors);
    if errors.len() > before {
        return None;
    }
    Some(Draft {
        name: name?,
        name_en: name_en?,
        due_on: due_on?,
        reached_on,
        agreement,
        organisation,
        note,
        source: source?,
    })
}
