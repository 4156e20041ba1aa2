//! Reading the members of a body: typed, every error noted, and what it names looked up.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, array, boolean, count, string};
use crate::web::query::parse_date;
use crate::web::values::{MAX_CODE, MAX_NAME, MAX_NOTE, MAX_SOURCE};
use crate::words::Word;

/// The most aliases.
const MAX_ALIASES: usize = 50;

/// The codes of a kind of thing, each with whether it is in use; else it is archived.
pub type Codes = HashMap<String, bool>;

/// How an unknown code is spoken of.
#[derive(Clone, Copy, Debug)]
pub struct Noun {
    /// The error's code.
    pub unknown: &'static str,
    /// The sentence in English.
    pub en: &'static str,
    /// The sentence in Danish.
    pub da: &'static str,
}

/// An organisation of the plan.
pub const ORGANISATION: Noun = Noun {
    unknown: "unknown_organisation",
    en: "The plan has no organisation of this code.",
    da: "Planen har ingen organisation med denne kode.",
};

/// An area of the plan.
pub const AREA: Noun = Noun {
    unknown: "unknown_area",
    en: "The plan has no area of this code.",
    da: "Planen har intet område med denne kode.",
};

/// A venue of the plan.
pub const VENUE: Noun = Noun {
    unknown: "unknown_venue",
    en: "The plan has no venue of this code.",
    da: "Planen har intet sted med denne kode.",
};

/// What every thing has: names, a note, and where it is stated.
#[derive(Clone, Debug)]
pub struct Names {
    /// The name in Danish, official.
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it is stated.
    pub source: String,
}

/// The members of one object.
#[derive(Debug)]
pub struct Fields<'n, 'e> {
    reader: Reader<'n>,
    errors: &'e mut Vec<FieldError>,
    is_archived: bool,
}

impl<'n, 'e> Fields<'n, 'e> {
    /// The members of a body.
    pub fn of_body(node: &'n Node, errors: &'e mut Vec<FieldError>) -> Self {
        Self {
            reader: Reader::of_body(node, errors),
            errors,
            is_archived: false,
        }
    }

    /// The place of a member.
    pub fn at(&self, name: &str) -> At {
        self.reader.at(name)
    }

    /// Notes an error at a member.
    pub fn error(&mut self, name: &str, code: &'static str, en: &'static str, da: &'static str) {
        self.errors.push(FieldError::new(self.reader.at(name), code, en, da));
    }

    /// Notes an error at an item of a list.
    pub fn error_in(
        &mut self,
        list: &str,
        index: usize,
        name: &str,
        code: &'static str,
        en: &'static str,
        da: &'static str,
    ) {
        let at = self.reader.at(list).field(index).field(name);
        self.errors.push(FieldError::new(at, code, en, da));
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        let node = self.reader.required(name, self.errors)?;
        string(node, &self.reader.at(name), max, self.errors)
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, name: &'static str, max: usize) -> Option<String> {
        let node = self.reader.optional(name)?;
        string(node, &self.reader.at(name), max, self.errors)
    }

    /// Whether a member is there, which is not read any further.
    pub fn is_given(&mut self, name: &'static str) -> bool {
        self.reader.optional(name).is_some()
    }

    /// Notes an error where a member is absent.
    pub fn required(&mut self, name: &'static str) -> Option<()> {
        self.reader.required(name, self.errors).map(|_| ())
    }

    /// The texts of a list of at most `max_items` that must be there, each at its place: none for one that cannot be read.
    pub fn texts(&mut self, name: &'static str, max_items: usize, max: usize) -> Option<Vec<Option<String>>> {
        let node = self.reader.required(name, self.errors)?;
        let at = self.reader.at(name);
        let items = array(node, &at, max_items, self.errors)?.iter().enumerate();
        let texts = items.map(|(index, item)| string(item, &at.field(index), max, self.errors));
        Some(texts.collect())
    }

    /// `name` and `name_en`.
    pub fn both_names(&mut self) -> Option<(String, String)> {
        let name = self.text("name", MAX_NAME);
        let name_en = self.text("name_en", MAX_NAME);
        name.zip(name_en)
    }

    /// `source`.
    pub fn source(&mut self) -> Option<String> {
        self.text("source", MAX_SOURCE)
    }

    /// `name`, `name_en`, `note` and `source`.
    pub fn names(&mut self) -> Option<Names> {
        let names = self.both_names();
        let note = self.optional_text("note", MAX_NOTE);
        let source = self.source();
        let (name, name_en) = names?;
        Some(Names {
            name,
            name_en,
            note,
            source: source?,
        })
    }

    /// `aliases`: other names, each once.
    pub fn aliases(&mut self) -> Vec<String> {
        let Some(node) = self.reader.optional("aliases") else {
            return Vec::new();
        };
        let at = self.reader.at("aliases");
        let items = array(node, &at, MAX_ALIASES, self.errors).unwrap_or_default();
        let mut seen = HashSet::new();
        let mut aliases = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = at.field(index);
            let Some(alias) = string(item, &at, MAX_NAME, self.errors) else {
                continue;
            };
            if seen.insert(alias.clone()) {
                aliases.push(alias);
            } else {
                self.errors.push(duplicate(at));
            }
        }
        aliases
    }

    /// A word of a closed list that must be there.
    pub fn word<W: Word>(&mut self, name: &'static str) -> Option<W> {
        let text = self.text(name, MAX_CODE)?;
        self.known_word(name, &text)
    }

    /// A word of a closed list that may be absent.
    pub fn optional_word<W: Word>(&mut self, name: &'static str) -> Option<W> {
        let text = self.optional_text(name, MAX_CODE)?;
        self.known_word(name, &text)
    }

    fn known_word<W: Word>(&mut self, name: &str, text: &str) -> Option<W> {
        let word = W::find(text);
        if word.is_none() {
            let words: Vec<_> = W::ALL.iter().map(|word| word.code()).collect();
            let words = words.join(", ");
            self.errors.push(FieldError::new(
                self.reader.at(name),
                "unknown_word",
                format!("The value must be one of {words}."),
                format!("Værdien skal være en af {words}."),
            ));
        }
        word
    }

    /// `true` or `false`; `false` where it is absent.
    pub fn flag(&mut self, name: &'static str) -> bool {
        let node = self.reader.optional(name);
        let found = node.and_then(|node| boolean(node, &self.reader.at(name), self.errors));
        found.unwrap_or(false)
    }

    /// A whole number that must be there.
    pub fn number(&mut self, name: &'static str, range: RangeInclusive<i16>) -> Option<i16> {
        let node = self.reader.required(name, self.errors)?;
        self.in_range(name, node, range)
    }

    /// A whole number that may be absent.
    pub fn optional_number(&mut self, name: &'static str, range: RangeInclusive<i16>) -> Option<i16> {
        let node = self.reader.optional(name)?;
        self.in_range(name, node, range)
    }

    fn in_range(&mut self, name: &str, node: &Node, range: RangeInclusive<i16>) -> Option<i16> {
        let at = self.reader.at(name);
        let found = count(node, &at, self.errors)?;
        let number = i16::try_from(found).ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = range.into_inner();
            self.errors.push(FieldError::new(
                at,
                "out_of_range",
                format!("The number is {least} to {most}."),
                format!("Tallet er {least} til {most}."),
            ));
        }
        number
    }

    /// `valid_from` and `valid_to`, in this order; open where absent.
    pub fn validity(&mut self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (from, to) = (self.optional_date("valid_from"), self.optional_date("valid_to"));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            self.error(
                "valid_to",
                "wrong_order",
                "The last day comes before the first.",
                "Den sidste dag ligger før den første.",
            );
        }
        (from, to)
    }

    /// A date `2024-01-31` that must be there.
    pub fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        self.reader.required(name, self.errors)?;
        self.optional_date(name)
    }

    /// A date `2024-01-31` that may be absent.
    pub fn optional_date(&mut self, name: &'static str) -> Option<NaiveDate> {
        let text = self.optional_text(name, MAX_CODE)?;
        let date = parse_date(&text);
        if date.is_none() {
            self.error(
                name,
                "invalid_date",
                "A date is written as 2024-01-31.",
                "En dato skrives som 2024-01-31.",
            );
        }
        date
    }

    /// The code of another thing, which must exist, and be in use unless it was named `before`; may be absent.
    pub fn reference(
        &mut self,
        name: &'static str,
        noun: Noun,
        known: &Codes,
        before: impl FnOnce(&str) -> bool,
    ) -> Option<String> {
        let code = self.optional_text(name, MAX_CODE)?;
        match known.get(&code) {
            None => {
                self.error(name, noun.unknown, noun.en, noun.da);
                None
            }
            Some(false) if !before(&code) => {
                self.error(
                    name,
                    "archived",
                    "What the code names is archived.",
                    "Det, som koden nævner, er arkiveret.",
                );
                None
            }
            Some(_) => Some(code),
        }
    }

    /// As [`Fields::reference`], for a code that must be there.
    pub fn required_reference(
        &mut self,
        name: &'static str,
        noun: Noun,
        known: &Codes,
        before: impl FnOnce(&str) -> bool,
    ) -> Option<String> {
        self.reader.required(name, self.errors)?;
        self.reference(name, noun, known, before)
    }

    /// A code of its own form, such as that of a part of a target group.
    pub fn code(&mut self, name: &'static str, is_good: impl FnOnce(&str) -> bool) -> Option<String> {
        let code = self.text(name, MAX_CODE)?;
        if is_good(&code) {
            return Some(code);
        }
        self.error(
            name,
            "invalid_code",
            "A code is small letters, digits and single underscores or hyphens between.",
            "En kode er små bogstaver og cifre med enkelte understregninger eller bindestreger imellem.",
        );
        None
    }

    /// The objects of a list of at most `max`, each read by `read`; empty where it is absent.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        max: usize,
        mut read: impl FnMut(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Vec<Option<T>> {
        let Some(node) = self.reader.optional(name) else {
            return Vec::new();
        };
        let at = self.reader.at(name);
        let items = array(node, &at, max, self.errors).unwrap_or_default();
        let mut found = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let reader = Reader::new(item, at.field(index), self.errors);
            let mut fields = Fields {
                reader,
                errors: &mut *self.errors,
                is_archived: self.is_archived,
            };
            found.push(read(&mut fields));
            fields.finish();
        }
        found
    }

    /// The object that a member is, read by `read`; none where it is absent.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<Option<T>> {
        let node = self.reader.optional(name)?;
        let reader = Reader::new(node, self.reader.at(name), self.errors);
        let mut fields = Fields {
            reader,
            errors: &mut *self.errors,
            is_archived: self.is_archived,
        };
        let found = read(&mut fields);
        fields.finish();
        Some(found)
    }

    /// As [`Fields::object`], for a member that must be there.
    pub fn required_object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        self.reader.required(name, self.errors)?;
        self.object(name, read).flatten()
    }

    /// Notes an item of a list that says the same as one before it.
    pub fn duplicate_in(&mut self, list: &str, index: usize) {
        self.errors.push(duplicate(self.reader.at(list).field(index)));
    }

    /// A member that may be sent back but not changed: it must say what the service says.
    pub fn same(&mut self, name: &'static str, expected: Option<&str>, en: &'static str, da: &'static str) {
        let Some(text) = self.optional_text(name, MAX_CODE) else {
            return;
        };
        if Some(text.as_str()) != expected {
            self.error(name, "read_only", en, da);
        }
    }

    /// A member that follows from others: it may be sent back, and what it says is not looked at.
    pub fn derived(&mut self, name: &'static str) {
        self.reader.optional(name);
    }

    /// Notes an error that was found elsewhere.
    pub fn fault(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// `archived_at`: absent or null means in use; else it is sent back as it was read.
    pub(super) fn archived_at(&mut self, before: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let text = self.optional_text("archived_at", MAX_CODE)?;
        let sent = DateTime::parse_from_rfc3339(&text).ok();
        let sent = sent.map(|sent| sent.with_timezone(&Utc).trunc_subsecs(6));
        if before.is_none() || sent != before {
            self.error(
                "archived_at",
                "read_only",
                "Only DELETE archives; null takes a thing back into use.",
                "Kun DELETE arkiverer; null tager noget i brug igen.",
            );
        }
        self.is_archived = before.is_some();
        before
    }

    /// Whether the thing will be archived.
    pub fn is_archived(&self) -> bool {
        self.is_archived
    }

    /// Notes every member that nobody asked for.
    pub fn finish(self) {
        self.reader.finish(self.errors);
    }
}

fn duplicate(at: At) -> FieldError {
    FieldError::new(
        at,
        "duplicate",
        "The same stands further up.",
        "Det samme står længere oppe.",
    )
}
