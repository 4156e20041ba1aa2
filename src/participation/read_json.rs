//! A JSON body as a draft. Every error is noted with its pointer; what is sound is read all the same.

use super::draft::{
    Draft, DraftCount, DraftDelivery, DraftPlace, MAX_CODE, MAX_COUNTS, MAX_DELIVERED, MAX_NOTE, MAX_PLACES,
    MAX_SOURCE, Said, no_source, within_reason,
};
use crate::problem::{At, FieldError};
use crate::web::json::{self, Node, Reader, array, string};

/// Reads a body. `source` stands where it names none.
pub fn read(node: &Node, source: Option<String>, errors: &mut Vec<FieldError>) -> Draft {
    let mut body = Reader::of_body(node, errors);
    let activity = code(&mut body, "activity", errors);
    let period = code(&mut body, "period", errors);
    let at = body.at("source");
    let source = match body.optional("source") {
        Some(node) => string(node, &at, MAX_SOURCE, errors),
        None => source.or_else(|| {
            errors.push(no_source(at.clone()));
            None
        }),
    };
    let source = Said::new(source, at);
    let at = body.at("note");
    let note = body
        .optional("note")
        .and_then(|node| string(node, &at, MAX_NOTE, errors));
    let at = body.at("counts");
    let rows = body
        .required("counts", errors)
        .and_then(|node| array(node, &at, MAX_COUNTS, errors));
    let counts = each(rows, &at, |row, at| count(row, at, errors));
    let at = body.at("places");
    let rows = body
        .optional("places")
        .and_then(|node| array(node, &at, MAX_PLACES, errors));
    let places = each(rows, &at, |row, at| place(row, at, errors));
    let at = body.at("delivered");
    let rows = body
        .optional("delivered")
        .and_then(|node| array(node, &at, MAX_DELIVERED, errors));
    let delivered = each(rows, &at, |row, at| delivery(row, at, errors));
    let at = body.at("revision_reason");
    let reason = body
        .optional("revision_reason")
        .and_then(|node| string(node, &at, MAX_NOTE, errors));
    let revision_reason = Said::new(reason, at);
    let at = body.at("replaces_revision");
    let replaces_revision = body
        .optional("replaces_revision")
        .and_then(|node| json::count(node, &at, errors))
        .map(|revision| i32::try_from(revision).unwrap_or(i32::MAX));
    body.finish(errors);
    Draft {
        activity,
        period,
        source,
        note,
        counts,
        places,
        delivered,
        revision_reason,
        replaces_revision,
    }
}

fn each<T>(rows: Option<&[Node]>, at: &At, mut read: impl FnMut(&Node, At) -> T) -> Vec<T> {
    let rows = rows.unwrap_or_default().iter().enumerate();
    rows.map(|(index, row)| read(row, at.field(index))).collect()
}

fn code(reader: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>) -> Said<String> {
    let at = reader.at(name);
    let node = reader.required(name, errors);
    Said::new(node.and_then(|node| string(node, &at, MAX_CODE, errors)), at)
}

fn number(reader: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>) -> Said<i64> {
    let at = reader.at(name);
    let node = reader.required(name, errors);
    let number = node.and_then(|node| json::count(node, &at, errors));
    Said::new(within_reason(number, &at, errors), at)
}

fn count(row: &Node, at: At, errors: &mut Vec<FieldError>) -> DraftCount {
    let mut reader = Reader::new(row, at.clone(), errors);
    let residence = code(&mut reader, "residence", errors);
    let age_band = code(&mut reader, "age_band", errors);
    let gender = code(&mut reader, "gender", errors);
    let participants = number(&mut reader, "participants", errors);
    let newcomers = number(&mut reader, "newcomers", errors);
    let at_outcomes = reader.at("outcomes");
    let names = ["education", "job", "leisure_job", "association"];
    let outcomes = match reader.optional("outcomes") {
        Some(node) => {
            let mut reader = Reader::new(node, at_outcomes, errors);
            let outcomes = names.map(|name| outcome(&mut reader, name, errors));
            reader.finish(errors);
            outcomes
        }
        None => names.map(|name| Said::new(Some(0), at_outcomes.field(name))),
    };
    reader.finish(errors);
    DraftCount {
        residence,
        age_band,
        gender,
        participants,
        newcomers,
        outcomes,
        at,
    }
}

/// An outcome that nobody names is one that nobody had.
fn outcome(reader: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>) -> Said<i64> {
    let at = reader.at(name);
    let number = match reader.optional(name) {
        Some(node) => json::count(node, &at, errors),
        None => Some(0),
    };
    Said::new(within_reason(number, &at, errors), at)
}

fn place(row: &Node, at: At, errors: &mut Vec<FieldError>) -> DraftPlace {
    let mut reader = Reader::new(row, at.clone(), errors);
    let zone = code(&mut reader, "zone", errors);
    let sessions = number(&mut reader, "sessions", errors);
    let volunteers = number(&mut reader, "volunteers", errors);
    let attendances = number(&mut reader, "attendances", errors);
    reader.finish(errors);
    DraftPlace {
        zone,
        sessions,
        volunteers,
        attendances,
        at,
    }
}

fn delivery(row: &Node, at: At, errors: &mut Vec<FieldError>) -> DraftDelivery {
    let mut reader = Reader::new(row, at.clone(), errors);
    let commitment = code(&mut reader, "commitment", errors);
    let zone = code(&mut reader, "zone", errors);
    let quantity = number(&mut reader, "quantity", errors);
    reader.finish(errors);
    DraftDelivery {
        commitment,
        zone,
        quantity,
        at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::json::any_node;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_document_is_read_and_every_error_has_its_pointer(node in any_node(&[
            "activity", "period", "source", "note", "counts", "places", "delivered", "residence", "age_band", "gender",
            "participants", "newcomers", "outcomes", "job", "zone", "sessions", "volunteers", "attendances", "commitment",
            "quantity", "revision_reason", "replaces_revision",
        ])) {
            let mut errors = Vec::new();
            let _ = read(&node, None, &mut errors);
            for error in errors {
                let At::Pointer(pointer) = &error.at else { return Err(TestCaseError::fail(format!("{error:?}"))) };
                prop_assert!(pointer.is_empty() || pointer.starts_with('/'), "{error:?}");
            }
        }
    }
}
