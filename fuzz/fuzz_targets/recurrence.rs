//! A recurrence rule gives a list of starts that rise from the first one, or it is refused; and it costs little either way. The
//! input is a rule, or a first start and a rule on two lines.
#![no_main]

use helhedsplan::local_time::{instant, parse_local};
use helhedsplan::sessions::recurrence::{MAX_OCCURRENCES, Rule};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (first, rule) = text.split_once('\n').unwrap_or(("2024-01-02T16:00", text));
    // Sessions lie within the plan, so their first start has a year of four digits.
    let Some(first) = parse_local(first) else { return };
    let _ = instant(first);
    let Ok(rule) = Rule::parse(rule) else { return };
    let _ = rule.parts();
    let again = Rule::parse(rule.as_str()).expect("what was written");
    assert_eq!(again.parts(), rule.parts());
    let Ok(starts) = rule.starts(first) else { return };
    assert_eq!(starts.first(), Some(&first));
    assert!(starts.len() <= usize::from(MAX_OCCURRENCES));
    for pair in starts.windows(2) {
        assert!(pair[0] < pair[1] && pair[0].time() == pair[1].time());
    }
    assert_eq!(again.starts(first), Ok(starts));
});
