//! Reading JSON bodies without losing anything: every error at once, each with its pointer, and numbers as they were
//! sent.
//!
//! [`Node`] is a parsed document that refuses what readers disagree about: a member given twice, a control or
//! direction-changing character. [`Reader`] takes typed values out of it; where a value has the wrong type it notes the
//! error and goes on. It is our own because receipts need what general deserializers throw away: the digits of a number
//! (13.0 is not 13), the place of every error, and the sound part of a body that also has unsound parts.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::problem::{At, FieldError, Problem, ProblemKind};

/// The member name under which `serde_json` hands over a number's digits (its `arbitrary_precision`).
const NUMBER: &str = "$serde_json::private::Number";

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, in the digits that were sent.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in the order in which they were sent.
    Object(Vec<(String, Node)>),
}

/// Parses a body; 400 with line and column where it is not well-formed.
pub fn parse(bytes: &[u8]) -> Result<Node, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::new(
            ProblemKind::MalformedBody,
            format!("The body is not well-formed JSON: {error}."),
            format!("Indholdet er ikke velformet JSON: {error}."),
        )
    })
}

/// Whether a text has a character that no name, note or code needs: a control character other than tab and line break,
/// or one that changes the direction of writing.
pub fn has_forbidden_character(text: &str) -> bool {
    text.chars().any(|character| {
        (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        checked(value.to_owned()).map(Node::String)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Node, E> {
        checked(value).map(Node::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Node::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object: Vec<(String, Node)> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && object.is_empty() {
                return members.next_value().map(Node::Number);
            }
            let name = checked(name)?;
            if object.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format!("the member \"{name}\" is given twice")));
            }
            object.push((name, members.next_value()?));
        }
        Ok(Node::Object(object))
    }
}

fn checked<E: Error>(text: String) -> Result<String, E> {
    if has_forbidden_character(&text) {
        return Err(E::custom("a string has a control or direction-changing character"));
    }
    Ok(text)
}

/// Takes values out of an object and collects what is wrong.
#[derive(Debug)]
pub struct Reader<'a> {
    node: &'a Node,
    at: At,
    taken: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Reads the object at `at`; notes an error and reads nothing where it is none.
    pub fn new(node: &'a Node, at: At, errors: &mut Vec<FieldError>) -> Self {
        if !matches!(node, Node::Object(_)) {
            errors.push(wrong_type(at.clone(), "an object", "et objekt"));
        }
        Self {
            node,
            at,
            taken: Vec::new(),
        }
    }

    /// Reads a whole body.
    pub fn of_body(node: &'a Node, errors: &mut Vec<FieldError>) -> Self {
        Self::new(node, At::Pointer(String::new()), errors)
    }

    /// The place of a member.
    pub fn at(&self, name: &str) -> At {
        self.at.field(name)
    }

    /// A member; `null` is as good as absent.
    pub fn optional(&mut self, name: &'static str) -> Option<&'a Node> {
        self.taken.push(name);
        let Node::Object(members) = self.node else { return None };
        members
            .iter()
            .find(|(known, node)| known == name && *node != Node::Null)
            .map(|(_, node)| node)
    }

    /// A member that must be there.
    pub fn required(&mut self, name: &'static str, errors: &mut Vec<FieldError>) -> Option<&'a Node> {
        let node = self.optional(name);
        if node.is_none() && matches!(self.node, Node::Object(_)) {
            errors.push(FieldError::new(
                self.at(name),
                "required",
                format!("{name} is required."),
                format!("{name} skal angives."),
            ));
        }
        node
    }

    /// Notes every member that nobody asked for.
    pub fn finish(self, errors: &mut Vec<FieldError>) {
        let Node::Object(members) = self.node else { return };
        for (name, _) in members {
            if !self.taken.contains(&name.as_str()) {
                let known = self.taken.join(", ");
                errors.push(FieldError::new(
                    self.at.field(name),
                    "unknown_field",
                    format!("There is no such field here; the fields are {known}."),
                    format!("Feltet findes ikke her; felterne er {known}."),
                ));
            }
        }
    }
}

/// The items of an array.
pub fn array<'a>(node: &'a Node, at: &At, errors: &mut Vec<FieldError>) -> &'a [Node] {
    match node {
        Node::Array(items) => items,
        _ => {
            errors.push(wrong_type(at.clone(), "an array", "en liste"));
            &[]
        }
    }
}

/// The members of an object whose names are data.
pub fn map<'a>(node: &'a Node, at: &At, errors: &mut Vec<FieldError>) -> &'a [(String, Node)] {
    match node {
        Node::Object(members) => members,
        _ => {
            errors.push(wrong_type(at.clone(), "an object", "et objekt"));
            &[]
        }
    }
}

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
    Some(text.to_owned())
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
    let number = Decimal::from_str_exact(digits)
        .or_else(|_| Decimal::from_scientific(digits))
        .ok();
    if number.is_none() {
        errors.push(too_large(at.clone()));
    }
    number
}

fn too_large(at: At) -> FieldError {
    FieldError::new(
        at,
        "out_of_range",
        "The number has more digits than can be kept.",
        "Tallet har flere cifre, end der kan gemmes.",
    )
}

fn wrong_type(at: At, en: &str, da: &str) -> FieldError {
    FieldError::new(
        at,
        "wrong_type",
        format!("The value must be {en}."),
        format!("Værdien skal være {da}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(parse(b"13.0").unwrap(), Node::Number("13.0".into()));
        assert_eq!(
            parse(b"[13, 0.50]").unwrap(),
            Node::Array(vec![Node::Number("13".into()), Node::Number("0.50".into())])
        );
    }

    #[test]
    fn what_readers_disagree_about_is_refused() {
        for body in [
            &br#"{"a":1,"a":2}"#[..],
            br#"{"a":"\u0000"}"#,
            br#"{"a":"\u202e"}"#,
            br#"{"a":"\ud800"}"#,
            br#"{"a":1"#,
            b"\xff",
            b"",
        ] {
            assert_eq!(parse(body).unwrap_err().kind(), ProblemKind::MalformedBody);
        }
        let deep = "[".repeat(10_000);
        assert_eq!(parse(deep.as_bytes()).unwrap_err().kind(), ProblemKind::MalformedBody);
    }

    #[test]
    fn every_error_is_collected() {
        let node = parse(br#"{"count": -1, "colour": "red", "name": 5}"#).unwrap();
        let mut errors = Vec::new();
        let mut reader = Reader::of_body(&node, &mut errors);
        let at = reader.at("count");
        let found = reader.optional("count").unwrap();
        assert_eq!(count(found, &at, &mut errors), None);
        let at = reader.at("name");
        let found = reader.optional("name").unwrap();
        assert_eq!(string(found, &at, 10, &mut errors), None);
        assert!(reader.required("date", &mut errors).is_none());
        reader.finish(&mut errors);
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["negative", "wrong_type", "required", "unknown_field"]);
    }

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
        assert_eq!(count_of("9007199254740993"), (None, Some("out_of_range")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn a_count_is_read_back_as_it_was_written(value in 0..=MAX_COUNT) {
            let mut errors = Vec::new();
            let node = parse(value.to_string().as_bytes()).unwrap();
            prop_assert_eq!(count(&node, &At::Pointer(String::new()), &mut errors), Some(value));
        }
    }
}
