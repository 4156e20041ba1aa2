//! Values that bodies hold beside texts and numbers: codes, dates, words of a closed list, whole documents.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::json::{Node, string};
use super::query::parse_date;
use crate::problem::{At, FieldError};
use crate::text::{is_code, quoted};

/// The longest code, and word of a closed list.
pub const MAX_CODE: usize = 100;
/// The longest name.
pub const MAX_NAME: usize = 200;
/// The longest note.
pub const MAX_NOTE: usize = 1000;
/// The longest source.
pub const MAX_SOURCE: usize = 300;

/// A code: kebab-case ASCII.
pub fn code(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<String> {
    let code = string(node, at, MAX_CODE, errors)?;
    if is_code(&code) {
        return Some(code);
    }
    errors.push(FieldError::new(
        at.clone(),
        "invalid_code",
        "A code has small letters a to z, digits, and single hyphens between them.",
        "En kode har små bogstaver a til z, cifre og enkelte bindestreger imellem.",
    ));
    None
}

/// A date `2024-01-31`.
pub fn date(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<NaiveDate> {
    let date = match node {
        Node::String(text) => parse_date(text),
        _ => None,
    };
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

/// A word of a closed list, by the words as they are sent.
pub fn word<T: Copy>(node: &Node, at: &At, words: &[(&str, T)], errors: &mut Vec<FieldError>) -> Option<T> {
    let text = string(node, at, MAX_CODE, errors)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    if found.is_none() {
        let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let (text, list) = (quoted(&text), list.join(", "));
        errors.push(FieldError::new(
            at.clone(),
            "invalid_value",
            format!("'{text}' is none of {list}."),
            format!("'{text}' er ikke en af {list}."),
        ));
    }
    found
}

/// A document as it is kept: the digits of its numbers as they were sent.
pub fn value(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Number(digits) => serde_json::from_str(digits).unwrap_or(Value::Null),
        Node::String(text) => Value::String(text.clone()),
        Node::Array(items) => Value::Array(items.iter().map(value).collect()),
        Node::Object(members) => {
            let members: Map<String, Value> = members.iter().map(|(name, node)| (name.clone(), value(node))).collect();
            Value::Object(members)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::{boolean, parse};
    use super::*;

    #[test]
    fn a_document_keeps_the_digits_of_its_numbers() {
        let text = r#"{"a":[13.0,2.50,null,true],"b":{"c":"x"}}"#;
        assert_eq!(value(&parse(text.as_bytes()).unwrap()).to_string(), text);
    }

    #[test]
    fn every_wrong_value_is_an_error_and_none_is_guessed() {
        let mut errors = Vec::new();
        let at = At::Pointer("/x".into());
        let text = |text: &str| Node::String(text.into());
        assert_eq!(code(&text("Zone 1"), &at, &mut errors), None);
        assert_eq!(date(&text("2024-02-30"), &at, &mut errors), None);
        assert_eq!(date(&Node::Number("2024".into()), &at, &mut errors), None);
        assert_eq!(boolean(&text("true"), &at, &mut errors), None);
        assert_eq!(word(&text("c"), &at, &[("a", 1), ("b", 2)], &mut errors), None);
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(
            codes,
            [
                "invalid_code",
                "invalid_date",
                "invalid_date",
                "wrong_type",
                "invalid_value"
            ]
        );
        assert_eq!(word(&text("b"), &at, &[("a", 1), ("b", 2)], &mut errors), Some(2));
    }
}
