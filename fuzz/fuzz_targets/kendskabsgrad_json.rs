//! An extract as JSON: content or errors, never both.
#![no_main]

use helhedsplan::kendskabsgrad::read_json::read;
use helhedsplan::web::json::parse;
use helhedsplan_fuzz::{extract_codes, judge, lines, refused, sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let codes = extract_codes();
    let node = match parse(bytes) {
        Ok(node) => node,
        Err(problem) => return refused(&problem, lines(bytes)),
    };
    let mut errors = Vec::new();
    let draft = read(&node, &codes, &mut errors);
    sound(&errors, lines(bytes));
    judge(&draft, &codes, errors);
});
