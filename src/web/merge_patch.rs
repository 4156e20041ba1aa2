//! JSON Merge Patch (RFC 7396): what a `PATCH` makes of what is there.
//!
//! Our own, because what is patched is a [`Node`], which keeps the digits of numbers and is then read and judged as a body
//! that was sent whole. To a reader null is as good as absent, so a null may also be left to stand, which shows it one for a
//! member that nobody knows: [`keeping_nulls`].

use indexmap::IndexMap;
use serde::Serialize;

use super::etag::to_json;
use super::json::{self, Node};
use crate::problem::Problem;

/// What `patch` makes of `before`, as if it had been sent whole.
pub fn apply(before: &impl Serialize, patch: &Node) -> Result<Node, Problem> {
    Ok(merged(json::parse(&to_json(before)?)?, patch, Null::Removes))
}

/// What `patch` makes of a document in which every member stands, those without a value as null: there a null of the patch
/// stands for itself, and one for a member that does not exist is found as such.
pub fn keeping_nulls(before: Node, patch: &Node) -> Node {
    merged(before, patch, Null::Stands)
}

/// What a null of a patch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Null {
    /// It removes the member, as the RFC has it.
    Removes,
    /// It becomes the member's value.
    Stands,
}

fn merged(target: Node, patch: &Node, null: Null) -> Node {
    let Node::Object(changes) = patch else {
        return patch.clone();
    };
    let mut members = match (target, null) {
        (Node::Object(members), _) => members,
        // Nothing is there of which a null could remove anything.
        (_, Null::Stands) => return patch.clone(),
        (_, Null::Removes) => IndexMap::new(),
    };
    for (name, change) in changes {
        if *change == Node::Null && null == Null::Removes {
            members.shift_remove(name);
        } else {
            let before = members.get(name).cloned().unwrap_or(Node::Null);
            members.insert(name.clone(), merged(before, change, null));
        }
    }
    Node::Object(members)
}

#[cfg(test)]
mod tests {
    use super::super::json::any_node;
    use super::*;
    use proptest::prelude::*;

    /// Appendix A of RFC 7396.
    #[test]
    fn the_examples_of_the_rfc_come_out() {
        for (target, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, r"{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (
                r#"{"a":{"b":"c"}}"#,
                r#"{"a":{"b":"d","c":null}}"#,
                r#"{"a":{"b":"d"}}"#,
            ),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, "null", "null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            (r"[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            (r"{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let node = |text: &str| json::parse(text.as_bytes()).unwrap();
            assert_eq!(
                merged(node(target), &node(patch), Null::Removes),
                node(result),
                "{target} {patch}"
            );
        }
    }

    #[test]
    fn a_null_that_stands_is_there_to_be_found() {
        let merge = |target: &str, patch: &str| {
            let parse = |text: &str| json::parse(text.as_bytes()).unwrap();
            keeping_nulls(parse(target), &parse(patch))
                == parse(r#"{"a": 1, "b": null, "c": [3], "d": {"e": 4, "f": 5}}"#)
        };
        assert!(merge(
            r#"{"a": 1, "b": 2, "c": [1, 2], "d": {"e": 4, "f": 0}}"#,
            r#"{"b": null, "c": [3], "d": {"f": 5}}"#
        ));
        assert!(merge(
            r#"[]"#,
            r#"{"a": 1, "b": null, "c": [3], "d": {"e": 4, "f": 5}}"#
        ));
    }

    proptest! {
        #[test]
        fn done_twice_is_as_good_as_done_once(target in any_node(&["a", "b", "c"]), patch in any_node(&["a", "b", "c"])) {
            let once = merged(target.clone(), &patch, Null::Removes);
            prop_assert_eq!(&merged(once.clone(), &patch, Null::Removes), &once);
            let (Node::Object(changes), Node::Object(result)) = (&patch, &once) else {
                prop_assert_eq!(once, patch);
                return Ok(());
            };
            for (name, change) in changes {
                prop_assert_eq!(result.contains_key(name), *change != Node::Null);
            }
            if let Node::Object(before) = target {
                for (name, value) in before.iter().filter(|(name, _)| !changes.contains_key(*name)) {
                    prop_assert_eq!(result.get(name), Some(value));
                }
            }
        }
    }
}
