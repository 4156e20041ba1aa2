//! JSON Merge Patch (RFC 7396): what a `PATCH` makes of what is there.
//!
//! Our own, because what is patched is a [`Node`], which keeps the digits of numbers and is then read and judged as a body
//! that was sent whole.

use indexmap::IndexMap;
use serde::Serialize;

use super::etag::to_json;
use super::json::{self, Node};
use crate::problem::Problem;

/// What `patch` makes of `before`, as if it had been sent whole.
pub fn apply(before: &impl Serialize, patch: &Node) -> Result<Node, Problem> {
    Ok(merged(json::parse(&to_json(before)?)?, patch))
}

fn merged(target: Node, patch: &Node) -> Node {
    let Node::Object(changes) = patch else {
        return patch.clone();
    };
    let mut members = match target {
        Node::Object(members) => members,
        _ => IndexMap::new(),
    };
    for (name, change) in changes {
        if *change == Node::Null {
            members.shift_remove(name);
        } else {
            let before = members.get(name).cloned().unwrap_or(Node::Null);
            members.insert(name.clone(), merged(before, change));
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
            assert_eq!(merged(node(target), &node(patch)), node(result), "{target} {patch}");
        }
    }

    proptest! {
        #[test]
        fn done_twice_is_as_good_as_done_once(target in any_node(&["a", "b", "c"]), patch in any_node(&["a", "b", "c"])) {
            let once = merged(target.clone(), &patch);
            prop_assert_eq!(&merged(once.clone(), &patch), &once);
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
