//! The rows of an import. What is judged good is written, all of it and no more: as many rows come out as were judged. The first
//! byte chooses how they are written.
#![no_main]

use std::io::Cursor;

use helhedsplan::measurements::read::{Syntax, chunks, judge};
use helhedsplan_fuzz::{catalogue, lines, refused, sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else {
        return;
    };
    let syntax = match first {
        b'[' => Syntax::Json,
        b'{' => Syntax::Ndjson,
        _ => Syntax::Csv,
    };
    // What chooses JSON is its own first byte.
    let body = if *first == b'[' || *first == b'{' { bytes } else { body };
    let catalogue = catalogue();
    let mut last = 0;
    let judged = judge(&mut Cursor::new(body), syntax, &catalogue, |rows| {
        assert_eq!(rows, last + 1);
        last = rows;
    });
    let judged = match judged {
        Ok(judged) => judged,
        Err(problem) => return refused(&problem, lines(body)),
    };
    assert_eq!(judged.rows, last);
    assert!(judged.errors.len() <= judged.found);
    assert_eq!(judged.errors.is_empty(), judged.found == 0);
    sound(&judged.errors, lines(body));
    if judged.found > 0 {
        return;
    }
    let (mut rows, mut place) = (0, i64::MIN);
    let written = chunks(Cursor::new(body), syntax, &catalogue, 3, |chunk| {
        assert!((1..=3).contains(&chunk.len()));
        for (at, row) in &chunk {
            assert!(*at > place, "places rise");
            place = *at;
            assert!(catalogue.indicators.contains_key(&row.indicator) && catalogue.areas.contains(&row.area));
            assert!(!row.source.is_empty() && row.category != "_T");
        }
        rows += chunk.len() as u64;
        true
    });
    assert!(written.is_ok());
    assert_eq!(rows, judged.rows);
});
