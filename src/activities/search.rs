//! Danish free-text search that finds the same on every database: texts are folded here, not by the database.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as it is searched: small letters without accents, words with one space between.
///
/// `æ`, `ø` and `å` become `ae`, `oe` and `aa`, so that `Bøger`, `BØGER` and `boeger` are the same, however `å` was typed.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Composed first: decomposed, å would lose its ring and become a.
    let danish = text.nfc().flat_map(char::to_lowercase).flat_map(|character| {
        let (first, second) = match character {
            'æ' | 'ä' => ('a', Some('e')),
            'ø' | 'ö' => ('o', Some('e')),
            'å' => ('a', Some('a')),
            other => (other, None),
        };
        std::iter::once(first).chain(second)
    });
    for character in danish.nfd().filter(|character| !is_combining_mark(*character)) {
        // What only now has lost its accent: ǣ is æ with one.
        let accented = match character {
            'æ' => Some("ae"),
            'ø' => Some("oe"),
            _ => None,
        };
        if let Some(letters) = accented {
            folded.push_str(letters);
        } else if character.is_alphanumeric() {
            folded.push(character);
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_are_the_same_however_they_are_written() {
        for text in [
            "Lektiecaféer på SKÆRBÆK",
            "lektiecafeer pa\u{30a} skaerbaek",
            "LEKTIECAFÉER, PÅ SKÆRBÆK!",
        ] {
            assert_eq!(folded(text), "lektiecafeer paa skaerbaek");
        }
        assert_eq!(folded("Økonomi"), folded("oekonomi"));
        assert_eq!(folded("Ǣǿ"), "aeoe");
        assert_eq!(folded("30+ %_\\"), "30");
        assert_eq!(folded(" – "), "");
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,60}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
