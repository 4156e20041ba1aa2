//! The values that goals are made of.

use rust_decimal::Decimal;

use super::Catalogue;
use crate::period::Period;
use crate::problem::{At, FieldError};
use crate::text::quoted;
use crate::web::json::{MAX_COUNT, Node, Reader, array, decimal, string};

/// The longest code.
pub(super) const MAX_CODE: usize = 60;
/// The longest note, reading or source.
pub(super) const MAX_TEXT: usize = 1000;
/// So many decimals a value has at most.
pub(super) const MAX_DECIMALS: u32 = 6;

/// A code of an area of the plan.
pub(super) fn area(
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

/// A period.
pub(super) fn period(
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

/// A text that must be there.
pub(super) fn text(
    item: &mut Reader<'_>,
    name: &'static str,
    max: usize,
    errors: &mut Vec<FieldError>,
) -> Option<String> {
    let at = item.at(name);
    item.required(name, errors)
        .and_then(|node| string(node, &at, max, errors))
}

/// A text that may be there.
pub(super) fn optional_text(item: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>) -> Option<String> {
    let at = item.at(name);
    item.optional(name).and_then(|node| string(node, &at, MAX_TEXT, errors))
}

/// A number that can be reckoned with: not so large, nor so fine, that a target worked out from it would lose digits.
pub(super) fn value(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<Decimal> {
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
pub(super) fn some_items<'a>(node: &'a Node, at: &At, max: usize, errors: &mut Vec<FieldError>) -> Option<&'a [Node]> {
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

/// The plan has no such indicator.
pub(super) fn unknown_indicator(at: At, code: &str) -> FieldError {
    let code = quoted(code);
    FieldError::new(
        at,
        "unknown_indicator",
        format!("The plan has no indicator {code}."),
        format!("Planen har ingen indikator {code}."),
    )
}
