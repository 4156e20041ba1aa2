//! A body that is accepted comes out as it went in: written and read again it is the same. One that is refused is the client's
//! fault.
#![no_main]

use helhedsplan::text::{composed, has_forbidden_character};
use helhedsplan::web::json::{Node, parse};
use helhedsplan::web::values::value;
use helhedsplan_fuzz::{lines, refused};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Ok(node) => {
            clean(&node);
            let written = value(&node).to_string();
            assert_eq!(parse(written.as_bytes()).expect("what was written"), node, "{written}");
            // What this reader takes, every reader takes.
            assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok());
        }
        Err(problem) => refused(&problem, lines(bytes)),
    }
});

/// No text has a character that is refused, and each is composed.
fn clean(node: &Node) {
    let text = |text: &str| {
        assert!(!has_forbidden_character(text));
        assert_eq!(composed(text), text);
    };
    match node {
        Node::String(string) => text(string),
        Node::Array(items) => items.iter().for_each(clean),
        Node::Object(members) => members.iter().for_each(|(name, member)| {
            text(name);
            clean(member);
        }),
        Node::Null | Node::Bool(_) | Node::Number(_) => {}
    }
}
