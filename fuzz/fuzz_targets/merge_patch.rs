//! A merge patch (RFC 7396) done twice is as good as done once; what it names has its value, and what it takes away is gone.
//! The input is two documents with a line between them that holds a percent sign alone.
#![no_main]

use helhedsplan::web::json::{Node, parse};
use helhedsplan::web::merge_patch::apply;
use helhedsplan::web::values::value;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((target, patch)) = text.split_once("\n%\n") else {
        return;
    };
    let (Ok(target), Ok(patch)) = (parse(target.as_bytes()), parse(patch.as_bytes())) else {
        return;
    };
    let once = apply(&value(&target), &patch).expect("two sound documents");
    let twice = apply(&value(&once), &patch).expect("two sound documents");
    assert_eq!(once, twice);
    merged(&target, &patch, &once);
});

fn merged(target: &Node, patch: &Node, result: &Node) {
    let Node::Object(changes) = patch else {
        assert_eq!(result, patch);
        return;
    };
    let Node::Object(result) = result else {
        panic!("an object patched by an object is an object");
    };
    let none = Node::Null;
    for (name, change) in changes {
        if *change == Node::Null {
            assert!(!result.contains_key(name));
            continue;
        }
        let before = match target {
            Node::Object(members) => members.get(name).unwrap_or(&none),
            _ => &none,
        };
        merged(before, change, result.get(name).expect("what was named"));
    }
    let Node::Object(members) = target else { return };
    for (name, before) in members.iter().filter(|(name, _)| !changes.contains_key(*name)) {
        assert_eq!(result.get(name), Some(before));
    }
}
