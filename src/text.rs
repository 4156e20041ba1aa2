//! What holds for every text that comes in: which characters, how long, and that it names no person by number.

use std::borrow::Cow;

use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// So much of a client's own text an error repeats.
const QUOTED: usize = 40;

/// Whether a text has a character that no name, note or code needs: a control character other than tab and line break,
/// or one that changes the direction of writing.
pub fn has_forbidden_character(text: &str) -> bool {
    text.chars().any(|character| {
        (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// The text in Unicode's composed form (NFC): `å` as one character, however it was typed.
pub fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The beginning of a client's text, for an error that repeats it; of a text with something shaped like a personal number, nothing.
pub fn quoted(text: &str) -> String {
    if has_personal_number(text) {
        return "…".to_owned();
    }
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether the text is a code: small letters a to z, digits, and single hyphens between them.
pub fn is_code(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('-').all(is_word)
}

/// Whether the text holds something shaped like a Danish personal number (CPR): a valid date `ddmmyy` and four digits,
/// with a hyphen, a space or nothing between. The digits of a UUID are none: one in some ten thousand looks so by chance.
pub fn has_personal_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).any(|start| {
        if start > 0 && is_digit(start - 1) {
            return false;
        }
        let serial = match bytes.get(start + 6) {
            Some(b'-' | b' ') => start + 7,
            _ => start + 6,
        };
        let has_digits = (start..start + 6).chain(serial..serial + 4).all(is_digit);
        has_digits && !is_digit(serial + 4) && is_date(&text[start..start + 6]) && !is_in_uuid(text, start)
    })
}

/// Whether the byte at `index` is part of a UUID, written with its hyphens.
fn is_in_uuid(text: &str, index: usize) -> bool {
    const LENGTH: usize = Hyphenated::LENGTH;
    let is_word = |index: usize| text.as_bytes().get(index).is_some_and(u8::is_ascii_alphanumeric);
    (index.saturating_sub(LENGTH - 1)..=index).any(|start| {
        text.get(start..start + LENGTH)
            .is_some_and(|part| Uuid::try_parse(part).is_ok())
            && !(start > 0 && is_word(start - 1))
            && !is_word(start + LENGTH)
    })
}

/// Whether six digits are a day of some year of a century.
fn is_date(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
    let (day, month, year) = (part(0..2), part(2..4), part(4..6));
    [1900, 2000]
        .into_iter()
        .filter_map(|century| i32::try_from(century + year).ok())
        .any(|year| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_personal_number_is_found_however_it_is_written() {
        for text in [
            "010190-1234",
            "se 010190 1234.",
            "0101901234",
            "x290200-0000",
            "æ010190-1234ø",
            "ab010190-1234-7d5b-9a3e-0d6f5e2b8a31 010190-1234",
            "ab010190-1234-7d5b-9a3e-0d6f5e2b8a31x",
            "xab010190-1234-7d5b-9a3e-0d6f5e2b8a31",
        ] {
            assert!(has_personal_number(text), "{text}");
        }
        for text in [
            "320190-1234",
            "011390-1234",
            "010190-123",
            "010190-12345",
            "1010190-1234",
            "010190--1234",
            "01.01.90 1234",
            "1137 af 5115",
            "ab010190-1234-7d5b-9a3e-0d6f5e2b8a31",
            "(01a209f1-0558-74d0-b21b-f0101901234a)",
            "",
        ] {
            assert!(!has_personal_number(text), "{text}");
        }
    }

    #[test]
    fn an_error_repeats_the_beginning_of_a_text_and_no_personal_number() {
        assert_eq!(quoted("zone-9"), "zone-9");
        assert_eq!(quoted(&"å".repeat(41)), format!("{}…", "å".repeat(40)));
        for text in ["010190-1234", "0101901234", &format!("{} 010190 1234", "x".repeat(60))] {
            assert_eq!(quoted(text), "…");
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same() {
        assert_eq!(composed("ma\u{30a}lgruppe"), "målgruppe");
        assert_eq!(composed("målgruppe"), "målgruppe");
    }

    proptest! {
        #[test]
        fn no_id_is_taken_for_a_person(id in "[0-9]{8}-[0-9]{4}-[47][0-9]{3}-[89ab][0-9]{3}-[0-9a-f]{12}", around in "[ \"(/.]?") {
            let text = format!("{around}{id}{around}");
            prop_assert!(!has_personal_number(&text), "{}", text);
        }

        #[test]
        fn any_text_is_looked_at_without_a_panic(text in "\\PC{0,60}") {
            let _ = has_personal_number(&text);
            prop_assert!(quoted(&text).chars().count() <= QUOTED + 1);
        }
    }
}
