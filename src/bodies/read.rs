//! Reading the patch of a body: what is absent stays, null takes away.

use super::model::Deadlines;
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, count, string};
use crate::web::values::MAX_SOURCE;

/// The most days before a meeting.
const MAX_DAYS: i16 = 365;

/// What the patch makes of a body's deadlines.
pub fn deadlines(patch: &Node, before: Deadlines, errors: &mut Vec<FieldError>) -> Deadlines {
    let mut reader = Reader::of_body(patch, errors);
    let call_days = days(&mut reader, "call_days", before.call_days, errors);
    let agenda_days = days(&mut reader, "agenda_days", before.agenda_days, errors);
    let given = reader.given("deadlines_source");
    let source = match given {
        None => before.source,
        Some(None) => None,
        Some(Some(node)) => string(node, &reader.at("deadlines_source"), MAX_SOURCE, errors),
    };
    let has_days = call_days.is_some() || agenda_days.is_some();
    // One that cannot be read is an error already.
    let is_unreadable = source.is_none() && matches!(given, Some(Some(_)));
    if has_days && source.is_none() && !is_unreadable {
        errors.push(FieldError::new(
            reader.at("deadlines_source"),
            "required",
            "Days need a source: where the body laid them down.",
            "Dage kræver en kilde: hvor organet har fastsat dem.",
        ));
    }
    if call_days
        .zip(agenda_days)
        .is_some_and(|(call_days, agenda_days)| agenda_days < call_days)
    {
        errors.push(FieldError::new(
            reader.at("agenda_days"),
            "wrong_order",
            "Items are proposed before the call fixes the agenda: not fewer days before the meeting than the call.",
            "Punkter foreslås, før indkaldelsen fastlægger dagsordenen: ikke færre dage før mødet end indkaldelsen.",
        ));
    }
    reader.finish(errors);
    Deadlines {
        call_days,
        agenda_days,
        source,
    }
}

fn days(reader: &mut Reader<'_>, name: &'static str, before: Option<i16>, errors: &mut Vec<FieldError>) -> Option<i16> {
    let node = match reader.given(name) {
        None => return before,
        Some(node) => node?,
    };
    let at: At = reader.at(name);
    let found = count(node, &at, errors)?;
    let days = i16::try_from(found).ok().filter(|days| *days <= MAX_DAYS);
    if days.is_none() {
        errors.push(FieldError::new(
            at,
            "out_of_range",
            format!("The number is 0 to {MAX_DAYS}."),
            format!("Tallet er 0 til {MAX_DAYS}."),
        ));
    }
    days
}
