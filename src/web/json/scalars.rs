//! Texts, numbers and truth values: each read, or noted as an error with its place.

use rust_decimal::Decimal;

use super::Node;
use crate::problem::{At, FieldError};
use crate::text::has_personal_number;

/// A string of 1 to `max` characters, without spaces at its ends.
pub fn string(node: &Node, at: &At, max: usize, errors: &mut Vec<FieldError>) -> Option<String> {
    let Node::String(text) = node else {
        errors.push(wrong_type(at.clone(), "a string", "en tekst"));
        return None;
    };
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > max {
        errors.push(FieldError::new(
            at.clone(),
            "length",
            format!("The text has {length} characters; it must have 1 to {max}."),
            format!("Teksten har {length} tegn; den skal have 1 til {max}."),
        ));
        return None;
    }
    if has_personal_number(text) {
        errors.push(personal_number(at.clone()));
        return None;
    }
    Some(text.to_owned())
}

/// A text names a person by number; the error does not repeat it.
pub fn personal_number(at: At) -> FieldError {
    FieldError::new(
        at,
        "personal_number",
        "The text holds something shaped like a personal number (CPR). Persons are nowhere in this service.",
        "Teksten indeholder noget, der ligner et CPR-nummer. Personer hører ikke til i denne tjeneste.",
    )
}

/// `true` or `false`.
pub fn boolean(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<bool> {
    match node {
        Node::Bool(value) => Some(*value),
        _ => {
            errors.push(wrong_type(at.clone(), "true or false", "true eller false"));
            None
        }
    }
}

/// A number of heads: whole and not negative.
pub fn count(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<i64> {
    let number = decimal(node, at, errors)?;
    checked_count(number, at, errors)
}

/// A number as a count, or the error that says why it is none.
pub fn checked_count(number: Decimal, at: &At, errors: &mut Vec<FieldError>) -> Option<i64> {
    if number.is_sign_negative() && !number.is_zero() {
        errors.push(FieldError::new(
            at.clone(),
            "negative",
            format!("A count is 0 or more; this is {number}."),
            format!("Et antal er 0 eller derover; dette er {number}."),
        ));
        return None;
    }
    if !number.fract().is_zero() {
        errors.push(FieldError::new(
            at.clone(),
            "fractional",
            format!("A count is a whole number; this is {number}."),
            format!("Et antal er et helt tal; dette er {number}."),
        ));
        return None;
    }
    let whole = i64::try_from(number).ok().filter(|whole| *whole <= MAX_COUNT);
    if whole.is_none() {
        errors.push(too_large(at.clone()));
    }
    whole
}

/// The largest count: the largest whole number that every JSON client reads exactly is far above, the population of the
/// earth far below.
pub const MAX_COUNT: i64 = 999_999_999_999;

/// A number, exactly.
pub fn decimal(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<Decimal> {
    let Node::Number(digits) = node else {
        errors.push(wrong_type(at.clone(), "a number", "et tal"));
        return None;
    };
    let number = exact(digits);
    if number.is_none() {
        errors.push(too_large(at.clone()));
    }
    number
}

/// The number that the digits are, or none where it cannot be kept exactly.
fn exact(digits: &str) -> Option<Decimal> {
    let (base, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let mut number = Decimal::from_str_exact(base).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    if number.is_zero() || exponent == 0 {
        return Some(number);
    }
    if exponent > 0 {
        for _ in 0..exponent.min(29) {
            number = number.checked_mul(Decimal::TEN)?;
        }
        return Some(number.normalize());
    }
    let scale = number.scale().checked_add(exponent.unsigned_abs())?;
    number.set_scale(scale).ok()?;
    Some(number)
}

fn too_large(at: At) -> FieldError {
    FieldError::new(
        at,
        "out_of_range",
        "The number has more digits than can be kept.",
        "Tallet har flere cifre, end der kan gemmes.",
    )
}

/// A value has another type than it must have.
pub fn wrong_type(at: At, en: &str, da: &str) -> FieldError {
    FieldError::new(
        at,
        "wrong_type",
        format!("The value must be {en}."),
        format!("Værdien skal være {da}."),
    )
}
#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_numbers_are_errors_and_never_rounded() {
        let count_of = |text: &str| {
            let mut errors = Vec::new();
            let found = count(&Node::Number(text.into()), &At::Pointer(String::new()), &mut errors);
            (found, errors.first().map(|error| error.code))
        };
        assert_eq!(count_of("7"), (Some(7), None));
        assert_eq!(count_of("7.0"), (Some(7), None));
        assert_eq!(count_of("1e3"), (Some(1000), None));
        assert_eq!(count_of("-0"), (Some(0), None));
        assert_eq!(count_of("1.5"), (None, Some("fractional")));
        assert_eq!(count_of("1e309"), (None, Some("out_of_range")));
        assert_eq!(count_of("1e2147483648"), (None, Some("out_of_range")));
        assert_eq!(
            count_of("24.00000000000000000000000000000000001e0"),
            (None, Some("out_of_range"))
        );
        assert_eq!(count_of("0e999"), (Some(0), None));
        assert_eq!(count_of("2400e-2"), (Some(24), None));
        assert_eq!(count_of("9007199254740993"), (None, Some("out_of_range")));
    }

    proptest! {
        #[test]
        fn a_count_is_read_back_as_it_was_written(value in 0..=MAX_COUNT) {
            let mut errors = Vec::new();
            let node = parse(value.to_string().as_bytes()).unwrap();
            prop_assert_eq!(count(&node, &At::Pointer(String::new()), &mut errors), Some(value));
        }
    }
}
