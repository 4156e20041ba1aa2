//! A table of counts, as a Jobcenter may send it: content or errors, never both, and every error at a line that is there.
#![no_main]

use helhedsplan::kendskabsgrad::draft::Draft;
use helhedsplan::kendskabsgrad::model::EmptyCells;
use helhedsplan::kendskabsgrad::read_csv::read;
use helhedsplan::problem::At;
use helhedsplan_fuzz::{extract_codes, judge, lines, refused, sound, today};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let codes = extract_codes();
    for empty_cells in [None, Some(EmptyCells::Zero), Some(EmptyCells::Missing)] {
        let at = || At::Parameter("extracted_on".into());
        let mut draft = Draft::new(at(), at(), at());
        draft.extracted_on = Some(today());
        draft.empty_cells = empty_cells;
        let mut errors = Vec::new();
        match read(bytes, &codes, &mut draft, &mut errors) {
            Ok(()) => {
                sound(&errors, lines(bytes));
                judge(&draft, &codes, errors);
            }
            Err(problem) => refused(&problem, lines(bytes)),
        }
    }
});
