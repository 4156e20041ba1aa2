//! A period is read from exactly the text that it is written as, and its days make sense.
#![no_main]

use helhedsplan::period::Period;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(period) = text.parse::<Period>() else { return };
    assert_eq!(period.to_string(), text);
    assert!(period.start() <= period.end());
    if let Some(next) = period.next() {
        assert_eq!(period.end().succ_opt(), Some(next.start()));
        assert!(period < next && !period.overlaps(&next));
        assert_eq!(next.to_string().parse(), Ok(next));
    }
});
