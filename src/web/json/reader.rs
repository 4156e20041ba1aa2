//! Takes members out of objects, and collects what is wrong.

use indexmap::IndexMap;

use super::{Node, wrong_type};
use crate::problem::{At, FieldError};
use crate::text::quoted;

/// So many unknown members of one object are reported.
const MAX_UNKNOWN_FIELDS: usize = 100;

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

#[cfg(test)]
mod tests {
    use super::super::{count, parse, string};
    use super::*;
    use crate::problem::Language;

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
}
