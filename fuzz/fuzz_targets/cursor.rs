//! A cursor that a list gave out leads on from where it ended; any other is refused or leads somewhere that a list has.
//! The input is a cursor, and the numbers that its bytes are.
#![no_main]

use chrono::NaiveDate;
use helhedsplan::web::page::{Key, MAX_LIMIT, Page, window};
use helhedsplan_fuzz::{lines, refused};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read::<i32>(text);
        read::<NaiveDate>(text);
        read::<Uuid>(text);
    }
    if let Some(number) = bytes.first_chunk().map(|bytes| i32::from_be_bytes(*bytes)) {
        carried(number);
        carried(Uuid::from_u128(u128::from(number.unsigned_abs()) << 64));
        let date = NaiveDate::from_num_days_from_ce_opt(number).filter(|date| {
            let text = date.to_string();
            text.len() == 10
        });
        if let Some(date) = date {
            carried(date);
        }
    }
    if let Some(number) = bytes.first_chunk().map(|bytes| u64::from_be_bytes(*bytes)) {
        let window = window::<i32>(Some(number), None);
        assert_eq!(window.is_ok(), (1..=MAX_LIMIT).contains(&number));
    }
});

/// A cursor that is taken is that of the key that it is taken for.
fn read<K: Key + Clone + PartialEq + std::fmt::Debug>(cursor: &str) {
    match window::<K>(None, Some(cursor)) {
        Ok(window) => carried(window.after.expect("the key of the cursor")),
        Err(problem) => refused(&problem, lines(cursor.as_bytes())),
    }
}

fn carried<K: Key + Clone + PartialEq + std::fmt::Debug>(key: K) {
    let page: Page<()> = Page::new(vec![key.clone(), key.clone()], 1, K::clone, |_| ());
    let next = page.next.expect("there is more");
    assert!(next.len() <= 200);
    assert_eq!(window::<K>(None, Some(&next)).expect("its own cursor").after, Some(key));
}
