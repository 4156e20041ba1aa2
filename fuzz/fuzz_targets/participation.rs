//! Who took part, as JSON or as a table: content or errors, never both. Content counts nobody twice.
#![no_main]

use helhedsplan::participation::draft::{Draft, Said};
use helhedsplan::participation::{read_csv, read_json, rules};
use helhedsplan::problem::At;
use helhedsplan::web::json::parse;
use helhedsplan_fuzz::{lines, participation_codes, refused, sound, today};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let codes = participation_codes();
    let mut errors = Vec::new();
    let draft = if bytes.starts_with(b"{") {
        match parse(bytes) {
            Ok(node) => read_json::read(&node, Some("Ungdomsskolen".into()), &mut errors),
            Err(problem) => return refused(&problem, lines(bytes)),
        }
    } else {
        let mut draft = empty();
        if let Err(problem) = read_csv::read(bytes, &mut draft, &mut errors) {
            return refused(&problem, lines(bytes));
        }
        draft
    };
    sound(&errors, lines(bytes));
    let checked = rules::check(&draft, &codes, today(), &mut errors);
    assert_eq!(checked.is_some(), errors.is_empty(), "content beside {errors:?}");
    sound(&errors, lines(bytes));
});

/// What the query of a table says.
fn empty() -> Draft {
    let said = |text: &str| Said::new(Some(text.to_owned()), At::Parameter("x".into()));
    Draft {
        activity: said("brobyggende-fritidsaktiviteter"),
        period: said("2024-Q1"),
        source: said("Ungdomsskolen"),
        note: None,
        counts: Vec::new(),
        places: Vec::new(),
        delivered: Vec::new(),
        revision_reason: Said::new(None, At::Parameter("revision_reason".into())),
        replaces_revision: None,
    }
}
