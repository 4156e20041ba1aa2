//! The passage that is taken out, and the mark that is left in its place.

use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::problem::{At, FieldError};

/// What stands where something was taken out: letters and brackets, which mean nothing in any format.
pub const MARK: &str = "[redigeret]";
/// The shortest passage, in characters: a shorter one stands everywhere.
pub const SHORTEST: usize = 3;
/// The longest passage, in characters.
pub const LONGEST: usize = 4000;
/// In so many records a passage may stand at most; one that stands in more is a common word.
pub const MOST_RECORDS: usize = 1000;

/// The members of stored documents whose strings people write. All others are codes, words of closed lists, dates, numbers
/// and ids: they stay as they are.
pub const WRITTEN: [&str; 57] = [
    "activity_name",
    "address",
    "agreement_name",
    "aliases",
    "area_name",
    "body_name",
    "cancelled_because",
    "capacity",
    "citation",
    "conclusion",
    "conduct",
    "conduct_en",
    "content",
    "content_en",
    "deadlines_source",
    "description",
    "description_en",
    "detail",
    "detail_da",
    "fund_note",
    "goal_name",
    "indicator_name",
    "keyword",
    "law",
    "name",
    "name_en",
    "note",
    "number",
    "organisation_name",
    "owner_name",
    "place",
    "plan_name",
    "predecessor",
    "provenance",
    "purpose",
    "purpose_en",
    "reading",
    "reading_en",
    "reason",
    "responsibility",
    "responsibility_en",
    "revision_reason",
    "role",
    "rule",
    "rule_en",
    "seat_title",
    "situation",
    "situation_en",
    "source",
    "summary",
    "team",
    "text",
    "text_en",
    "title",
    "title_en",
    "unit",
    "url",
];

/// A member `unit` holds a text in agreements, and elsewhere one of these words, by which documents are read back.
const UNITS: [&str; 5] = ["percent", "count", "grade", "dkk", "hours"];

/// A text that is to be taken out. It is in no log: its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Passage(String);

impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passage(…)")
    }
}

/// Where in a document a passage was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// JSON pointer (RFC 6901).
    pub pointer: String,
    /// How often it stood there.
    pub occurrences: usize,
}

impl Passage {
    /// The passage that a text is; notes why it can be none, without repeating it.
    pub fn new(text: &str, at: &At, errors: &mut Vec<FieldError>) -> Option<Self> {
        let text = text.trim();
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            errors.push(FieldError::new(
                at.clone(),
                "length",
                format!("The passage has {length} characters; it must have {SHORTEST} to {LONGEST}."),
                format!("Passagen har {length} tegn; den skal have {SHORTEST} til {LONGEST}."),
            ));
            return None;
        }
        if overlaps_mark(text) {
            errors.push(FieldError::new(
                at.clone(),
                "like_the_mark",
                format!("The passage is a part of {MARK}, holds it, or would run together with it."),
                format!("Passagen er en del af {MARK}, indeholder det eller ville løbe sammen med det."),
            ));
            return None;
        }
        Some(Self(text.to_owned()))
    }

    /// The text itself, for the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as it stands inside a JSON string, for the database.
    pub fn in_json(&self) -> String {
        let quoted = Value::from(self.0.as_str()).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    }

    /// Whether a text holds it.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.0)
    }

    /// SHA-256 of a random number and the text, in hexadecimal: who has both can show what was taken out. Without the number
    /// the hash of a text as short as a personal number could be found out by trying all there are.
    pub fn hash(&self, nonce: &[u8]) -> String {
        let mut hash = Sha256::new();
        hash.update(nonce);
        hash.update(&self.0);
        format!("{:x}", hash.finalize())
    }

    /// A text without it, and how often it stood there; none where it did not.
    pub fn out_of_text(&self, text: &str) -> Option<(String, usize)> {
        let occurrences = text.matches(&self.0).count();
        (occurrences > 0).then(|| (text.replace(&self.0, MARK), occurrences))
    }

    /// A stored document without it, and where it stood; none where it did not. Nothing but strings that people wrote changes.
    ///
    /// # Errors
    /// The text is no JSON document.
    pub fn out_of_document(&self, document: &str) -> Result<Option<(String, Vec<Found>)>, serde_json::Error> {
        let mut value: Value = serde_json::from_str(document)?;
        let mut found = Vec::new();
        self.walk(&mut value, None, String::new(), &mut found);
        // Numbers keep their digits and members their order, so that all else is as it was to the byte.
        Ok((!found.is_empty()).then(|| (value.to_string(), found)))
    }

    fn walk(&self, value: &mut Value, member: Option<&str>, pointer: String, found: &mut Vec<Found>) {
        match value {
            Value::String(text) => {
                if member.is_none_or(|member| is_written(member, text))
                    && let Some((without, occurrences)) = self.out_of_text(text)
                {
                    *text = without;
                    found.push(Found { pointer, occurrences });
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.walk(item, member, format!("{pointer}/{index}"), found);
                }
            }
            Value::Object(members) => {
                for (name, item) in members.iter_mut() {
                    let escaped = name.replace('~', "~0").replace('/', "~1");
                    self.walk(item, Some(name), format!("{pointer}/{escaped}"), found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Whether a member's string is one that somebody wrote. A document that is a list of strings has no members: they were written.
fn is_written(member: &str, text: &str) -> bool {
    match member {
        "unit" => !UNITS.contains(&text),
        member => WRITTEN.contains(&member),
    }
}

/// Whether taking the text out could leave it standing across the edge of a mark, or take out a part of an earlier mark.
fn overlaps_mark(text: &str) -> bool {
    text.contains(MARK)
        || MARK.contains(text)
        || (1..MARK.len()).any(|length| text.starts_with(&MARK[length..]) || text.ends_with(&MARK[..length]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn passage(text: &str) -> Option<Passage> {
        Passage::new(text, &At::Pointer("/text".into()), &mut Vec::new())
    }

    #[test]
    fn a_passage_is_neither_too_short_nor_like_the_mark() {
        for text in [
            "",
            "ab",
            "  ab ",
            "redigeret",
            "[red",
            "]abc",
            "x[redigeret] y",
            "et] abc",
            "abc [re",
            "abc [",
        ] {
            assert!(passage(text).is_none(), "{text}");
        }
        for text in ["Ali", " 010190-1234\n", "[red.] Hansen"] {
            assert!(passage(text).is_some(), "{text}");
        }
        assert_eq!(passage(" 010190-1234\n").unwrap().as_str(), "010190-1234");
        assert_eq!(format!("{:?}", passage("010190-1234").unwrap()), "Passage(…)");
    }

    #[test]
    fn a_document_loses_what_was_written_and_keeps_codes_numbers_and_order() {
        let document = r#"{"code":"lektiecafe","z":13.0,"a":1e3,"note":"se lektiecafe \"A\"","items":[{"area":"zone-1","name":"B/lektiecafe lektiecafe"}],"unit":"count"}"#;
        let (without, found) = passage("lektiecafe")
            .unwrap()
            .out_of_document(document)
            .unwrap()
            .unwrap();
        let expected = r#"{"code":"lektiecafe","z":13.0,"a":1e3,"note":"se [redigeret] \"A\"","items":[{"area":"zone-1","name":"B/[redigeret] [redigeret]"}],"unit":"count"}"#;
        assert_eq!(without.replace("1e+3", "1e3"), expected);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.pointer.as_str(), one.occurrences))
            .collect();
        assert_eq!(found, [("/note", 1), ("/items/0/name", 2)]);
        assert_eq!(passage("count").unwrap().out_of_document(document).unwrap(), None);
        assert_eq!(
            passage("count")
                .unwrap()
                .out_of_document(r#"{"unit":"count of x"}"#)
                .unwrap()
                .unwrap()
                .0,
            r#"{"unit":"[redigeret] of x"}"#
        );
        assert_eq!(
            passage("one")
                .unwrap()
                .out_of_document(r#"["one","two"]"#)
                .unwrap()
                .unwrap()
                .0,
            r#"["[redigeret]","two"]"#
        );
    }

    #[test]
    fn the_hash_is_of_the_random_number_and_the_text() {
        // printf '\001\002abc' | sha256sum
        let expected = "bf0e4665c55d7d245e3678ba4ac7c8692ab26a4e6ccf854425757a4893351544";
        assert_eq!(passage("abc").unwrap().hash(&[1, 2]), expected);
    }

    proptest! {
        #[test]
        fn what_was_taken_out_is_nowhere_and_a_repeat_finds_nothing(
            text in "[a-c\\[\\]redigt ]{0,60}", wanted in "[a-c\\[\\]redigt ]{1,6}",
        ) {
            if let Some(passage) = passage(&wanted)
                && let Some((without, _)) = passage.out_of_text(&text)
            {
                prop_assert!(!passage.is_in(&without), "{text} {wanted} {without}");
            }
        }
    }
}
