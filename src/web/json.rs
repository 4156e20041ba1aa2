//! Reading JSON bodies without losing anything: every error at once, each with its pointer, and numbers as they were
//! sent.
//!
//! [`Node`] is a parsed document that refuses what readers disagree about: a member given twice, a control or
//! direction-changing character. [`Reader`] takes typed values out of it; where a value has the wrong type it notes the
//! error and goes on. It is our own because receipts need what general deserializers throw away: the digits of a number
//! (13.0 is not 13), the place of every error, and the sound part of a body that also has unsound parts.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::text::{composed, has_forbidden_character, has_personal_number, quoted};

/// So many unknown members of one object are reported.
const MAX_UNKNOWN_FIELDS: usize = 100;

/// The member name under which `serde_json` hands over a number's digits (its `arbitrary_precision`).
const NUMBER: &str = "$serde_json::private::Number";

/// So many values a body may have, those in arrays and objects counted, too: several times what the largest report needs. A few
/// bytes of a body can else become fifty times as many in memory.
pub const MAX_VALUES: usize = 200_000;

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
    Object(IndexMap<String, Node>),
}

/// Parses a body; 400 with line and column where it is not well-formed, 413 where it has more than [`MAX_VALUES`] values.
pub fn parse(bytes: &[u8]) -> Result<Node, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let said = error.to_string();
        if error.classify() == Category::Data && said.starts_with(MANY) {
            return Problem::new(
                ProblemKind::PayloadTooLarge,
                format!("The body may have at most {MAX_VALUES} values."),
                format!("Indholdet må højst have {MAX_VALUES} værdier."),
            );
        }
        let (en, da) = match error.classify() {
            Category::Eof => ("ends too early", "slutter for tidligt"),
            Category::Data if said.starts_with(TWICE) => ("has a member twice", "har samme felt to gange"),
            Category::Data if said.starts_with(FORBIDDEN) => (
                "has a control or direction-changing character",
                "har et styretegn eller et tegn, der ændrer skriveretning",
            ),
            Category::Data | Category::Syntax | Category::Io => ("is not well-formed JSON", "er ikke velformet JSON"),
        };
        let (line, column) = (error.line(), error.column());
        Problem::new(
            ProblemKind::MalformedBody,
            format!("The body {en} (line {line}, column {column})."),
            format!("Indholdet {da} (linje {line}, kolonne {column})."),
        )
    })
}

/// How the parser says that a member is given twice.
const TWICE: &str = "a member is given twice";
/// How it says that there are more values than [`MAX_VALUES`].
const MANY: &str = "there are too many values";
/// How it says that a text has a character that no text needs.
const FORBIDDEN: &str = "a string has a forbidden character";

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Nodes(&Cell::new(MAX_VALUES)).deserialize(deserializer)
    }
}

/// Reads a value, and counts down how many more there may be.
#[derive(Clone, Copy)]
struct Nodes<'left>(&'left Cell<usize>);

impl<'de> DeserializeSeed<'de> for Nodes<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        match self.0.get().checked_sub(1) {
            Some(left) => self.0.set(left),
            None => return Err(D::Error::custom(MANY)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nodes<'_> {
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
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Node::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = IndexMap::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && object.is_empty() {
                let digits: String = members.next_value()?;
                // A client may write that name itself, and any text behind it.
                return match digits.parse::<serde_json::Number>() {
                    Ok(_) => Ok(Node::Number(digits)),
                    Err(_) => Err(A::Error::custom("a number has no digits")),
                };
            }
            let value = members.next_value_seed(self)?;
            if object.insert(checked(name)?, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Node::Object(object))
    }
}

fn checked<E: Error>(text: String) -> Result<String, E> {
    if has_forbidden_character(&text) {
        return Err(E::custom(FORBIDDEN));
    }
    Ok(match composed(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text,
    })
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

    /// Notes that a member is known; one that is looked at twice is named once.
    fn take(&mut self, name: &'static str) {
        if !self.taken.contains(&name) {
            self.taken.push(name);
        }
    }

    /// A member; `null` is as good as absent.
    pub fn optional(&mut self, name: &'static str) -> Option<&'a Node> {
        self.take(name);
        let Node::Object(members) = self.node else { return None };
        members.get(name).filter(|node| **node != Node::Null)
    }

    /// A member of a merge patch (RFC 7396): none where it is absent, `Some(None)` where it is `null`.
    pub fn given(&mut self, name: &'static str) -> Option<Option<&'a Node>> {
        self.take(name);
        let Node::Object(members) = self.node else { return None };
        members
            .get(name)
            .map(|node| Some(node).filter(|node| **node != Node::Null))
    }

    /// A member that must be there.
    pub fn required(&mut self, name: &'static str, errors: &mut Vec<FieldError>) -> Option<&'a Node> {
        let node = self.optional(name);
        if node.is_none() && matches!(self.node, Node::Object(_)) {
            errors.push(required(self.at(name), name));
        }
        node
    }

    /// Notes every member that nobody asked for.
    pub fn finish(self, errors: &mut Vec<FieldError>) {
        let Node::Object(members) = self.node else { return };
        let mut known: Vec<&str> = Vec::new();
        for name in &self.taken {
            if !known.contains(name) {
                known.push(name);
            }
        }
        let known = known.join(", ");
        let unknown = members.keys().filter(|name| !self.taken.contains(&name.as_str()));
        for name in unknown.take(MAX_UNKNOWN_FIELDS) {
            {
                errors.push(FieldError::new(
                    self.at.field(quoted(name)),
                    "unknown_field",
                    format!("There is no such field here; the fields are {known}."),
                    format!("Feltet findes ikke her; felterne er {known}."),
                ));
            }
        }
    }
}

/// Something must be said that is not.
pub fn required(at: At, name: &str) -> FieldError {
    FieldError::new(
        at,
        "required",
        format!("{name} is required."),
        format!("{name} skal angives."),
    )
}

/// The items of an array of at most `max`.
pub fn array<'a>(node: &'a Node, at: &At, max: usize, errors: &mut Vec<FieldError>) -> Option<&'a [Node]> {
    match node {
        Node::Array(items) if items.len() <= max => Some(items),
        Node::Array(items) => {
            errors.push(too_many(at.clone(), items.len(), max));
            None
        }
        _ => {
            errors.push(wrong_type(at.clone(), "an array", "en liste"));
            None
        }
    }
}

/// The members, at most `max`, of an object whose names are data.
pub fn map<'a>(
    node: &'a Node,
    at: &At,
    max: usize,
    errors: &mut Vec<FieldError>,
) -> Option<&'a IndexMap<String, Node>> {
    match node {
        Node::Object(members) if members.len() <= max => Some(members),
        Node::Object(members) => {
            errors.push(too_many(at.clone(), members.len(), max));
            None
        }
        _ => {
            errors.push(wrong_type(at.clone(), "an object", "et objekt"));
            None
        }
    }
}

/// More than anyone needs, so that a body costs no more than it is worth.
pub fn too_many(at: At, found: usize, max: usize) -> FieldError {
    FieldError::new(
        at,
        "too_many",
        format!("There are {found}; at most {max} are read."),
        format!("Der er {found}; der læses højst {max}."),
    )
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

/// Documents of every shape, for tests: with members that readers know, and values that they do not expect.
#[cfg(test)]
pub(crate) fn any_node(names: &'static [&'static str]) -> impl proptest::strategy::Strategy<Value = Node> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        // Powers of ten as `serde_json` writes them.
        "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,3})?(e[+-][0-9]{1,3})?".prop_map(Node::Number),
        "[a-zæøå0-9 ./~-]{0,12}".prop_map(Node::String),
        prop::sample::select(vec!["zone-1", "6.1", "2024-01-01", "2024-Q1", "zero", ""])
            .prop_map(|text| Node::String(text.to_owned())),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        let name = prop_oneof![4 => prop::sample::select(names).prop_map(str::to_owned), 1 => "[a-z/~]{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Node::Array),
            prop::collection::vec((name, inner), 0..8).prop_map(|members| Node::Object(members.into_iter().collect())),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Language;
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
            // The name by which the parser hands over digits is no way around what holds for texts.
            br#"{"$serde_json::private::Number":"x"}"#,
            br#"{"a":{"$serde_json::private::Number":"{\"b\":1}"}}"#,
            br#"{"$serde_json::private::Number":7}"#,
            b"\xff",
            b"",
        ] {
            assert_eq!(parse(body).unwrap_err().kind(), ProblemKind::MalformedBody);
        }
        let deep = "[".repeat(10_000);
        assert_eq!(parse(deep.as_bytes()).unwrap_err().kind(), ProblemKind::MalformedBody);
    }

    #[test]
    fn a_body_has_no_more_values_than_are_worth_their_memory() {
        let of = |values: usize| format!("[{}]", vec!["0"; values - 1].join(","));
        assert!(parse(of(MAX_VALUES).as_bytes()).is_ok());
        let problem = parse(of(MAX_VALUES + 1).as_bytes()).unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::PayloadTooLarge);
        let members: Vec<String> = (0..MAX_VALUES).map(|number| format!("\"{number}\":{{}}")).collect();
        let problem = parse(format!("{{{}}}", members.join(",")).as_bytes()).unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::PayloadTooLarge);
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
        // Looked at twice, named once.
        reader.optional("name");
        reader.finish(&mut errors);
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["negative", "wrong_type", "required", "unknown_field"]);
        assert_eq!(
            errors[3].detail.in_language(Language::English),
            "There is no such field here; the fields are count, name, date."
        );
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
        fn any_bytes_are_answered_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn a_document_comes_out_as_it_went_in(node in any_node(&["a", "b"])) {
            let written = crate::web::values::value(&node).to_string();
            prop_assert_eq!(parse(written.as_bytes()).unwrap(), node);
        }

        #[test]
        fn a_count_is_read_back_as_it_was_written(value in 0..=MAX_COUNT) {
            let mut errors = Vec::new();
            let node = parse(value.to_string().as_bytes()).unwrap();
            prop_assert_eq!(count(&node, &At::Pointer(String::new()), &mut errors), Some(value));
        }
    }
}
