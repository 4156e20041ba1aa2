//! A document, parsed.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::problem::{Problem, ProblemKind};
use crate::text::{composed, has_forbidden_character};

/// The member name under which `serde_json` hands over a number's digits (its `arbitrary_precision`).
const NUMBER: &str = "$serde_json::private::Number";

/// So many values a body may have, those in arrays and objects counted, too: several times what the largest report needs. A few
/// bytes of a body can else become fifty times as many in memory.
const MAX_VALUES: usize = 200_000;

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
    }
}
