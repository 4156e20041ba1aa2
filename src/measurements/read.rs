//! The rows of an import, one at a time: a JSON array, NDJSON, or CSV with a header. Each comes with its place.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use rust_decimal::Decimal;

use super::rules::{Catalogue, Draft, Row, Seen, check};
use crate::indicators::rules::{Status, TOTAL};
use crate::period::Period;
use crate::problem::{At, FieldError, MAX_LISTED_ERRORS, Problem, ProblemKind};
use crate::text::{composed, has_forbidden_character, has_personal_number};
use crate::web::json::{self, Node, Reader, checked_count, count, decimal, personal_number, string};

/// The longest note.
pub const MAX_NOTE: usize = 1000;
/// The longest source.
pub const MAX_SOURCE: usize = 300;
/// The longest code.
const MAX_CODE: usize = 100;
/// The longest line of NDJSON.
const MAX_LINE: usize = 64 * 1024;
/// The most rows of an import.
pub const MAX_ROWS: u64 = 1_000_000;

/// The fields of a row: the columns of a CSV file, in any order.
const FIELDS: [&str; 10] = [
    "indicator",
    "area",
    "period",
    "category",
    "value",
    "numerator",
    "denominator",
    "status",
    "note",
    "source",
];

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// A JSON array of objects.
    Json,
    /// A JSON object a line.
    Ndjson,
    /// A header and a row a line.
    Csv,
}

/// What judging an import found.
#[derive(Debug, Default)]
pub struct Judged {
    /// How many rows there are.
    pub rows: u64,
    /// The first errors.
    pub errors: Vec<FieldError>,
    /// How many errors there are.
    pub found: usize,
}

impl Judged {
    fn note(&mut self, errors: Vec<FieldError>) {
        self.found += errors.len();
        let room = MAX_LISTED_ERRORS.saturating_sub(self.errors.len());
        self.errors.extend(errors.into_iter().take(room));
    }
}

/// Judges every row of an import, and says after each how many that were; 400 where it cannot be read at all.
pub fn judge(
    file: &mut (impl std::io::Read + Seek),
    syntax: Syntax,
    catalogue: &Catalogue,
    mut progress: impl FnMut(u64),
) -> Result<Judged, Problem> {
    let mut judged = Judged::default();
    let mut seen = Seen::default();
    each(file, syntax, catalogue, |at, row, mut errors| {
        judged.rows += 1;
        progress(judged.rows);
        if let Some(row) = row
            && !seen.is_new(&row)
        {
            errors.push(FieldError::new(
                at,
                "duplicate",
                "A row before names the same figure.",
                "En tidligere række angiver det samme tal.",
            ));
        }
        judged.note(errors);
        if judged.rows > MAX_ROWS {
            return Err(Problem::new(
                ProblemKind::PayloadTooLarge,
                format!("An import has at most {MAX_ROWS} rows."),
                format!("En import har højst {MAX_ROWS} rækker."),
            ));
        }
        Ok(())
    })?;
    Ok(judged)
}

/// The place that a number stands for: an index of a JSON array, else a line.
pub fn at(syntax: Syntax, place: i64) -> At {
    match syntax {
        Syntax::Json => At::Pointer(format!("/{place}")),
        Syntax::Ndjson => At::Member {
            line: u64::try_from(place).unwrap_or(0),
            pointer: String::new(),
        },
        Syntax::Csv => At::Cell {
            line: u64::try_from(place).unwrap_or(0),
            column: None,
        },
    }
}

/// Hands on the rows of a judged import, `size` at a time, each with the number of its place; stops where nobody takes them.
pub fn chunks(
    mut file: impl std::io::Read + Seek,
    syntax: Syntax,
    catalogue: &Catalogue,
    size: usize,
    mut take: impl FnMut(Vec<(i64, Row)>) -> bool,
) -> Result<(), Problem> {
    let mut chunk = Vec::with_capacity(size);
    let mut index = 0;
    each(&mut file, syntax, catalogue, |at, row, _| {
        let place = match at {
            At::Cell { line, .. } | At::Member { line, .. } => i64::try_from(line).unwrap_or(i64::MAX),
            _ => index,
        };
        index += 1;
        // Every row was found good before; the file is nobody else's.
        chunk.push((place, row.ok_or_else(Problem::internal)?));
        if chunk.len() == size && !take(std::mem::replace(&mut chunk, Vec::with_capacity(size))) {
            return Err(Problem::internal());
        }
        Ok(())
    })?;
    if !chunk.is_empty() {
        take(chunk);
    }
    Ok(())
}

/// Goes through the rows, each with its place, the row if it is good, and what is wrong with it.
pub fn each(
    file: &mut (impl std::io::Read + Seek),
    syntax: Syntax,
    catalogue: &Catalogue,
    mut visit: impl FnMut(At, Option<Row>, Vec<FieldError>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    match syntax {
        Syntax::Json => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(unreadable)?;
            let Node::Array(items) = json::parse(&bytes)? else {
                return Err(malformed(
                    "The body must be a JSON array of measurements.",
                    "Indholdet skal være en JSON-liste af målinger.",
                ));
            };
            for (index, item) in items.iter().enumerate() {
                let at = At::Pointer(format!("/{index}"));
                let (row, errors) = from_json(item, at.clone(), catalogue);
                visit(at, row, errors)?;
            }
            Ok(())
        }
        Syntax::Ndjson => ndjson(file, catalogue, visit),
        Syntax::Csv => csv(file, catalogue, visit),
    }
}

fn ndjson(
    file: &mut impl std::io::Read,
    catalogue: &Catalogue,
    mut visit: impl FnMut(At, Option<Row>, Vec<FieldError>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let read = std::io::Read::take(&mut reader, limit)
            .read_until(b'\n', &mut line)
            .map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        let at = At::Member {
            line: number,
            pointer: String::new(),
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        if read == MAX_LINE {
            return Err(malformed(
                format!("Line {number} is longer than {MAX_LINE} bytes."),
                format!("Linje {number} er længere end {MAX_LINE} byte."),
            ));
        }
        let (row, errors) = match json::parse(&line) {
            Ok(node) => from_json(&node, at.clone(), catalogue),
            Err(_) => {
                let error = FieldError::new(
                    at.clone(),
                    "malformed",
                    "The line is not a JSON object.",
                    "Linjen er ikke et JSON-objekt.",
                );
                (None, vec![error])
            }
        };
        visit(at, row, errors)?;
    }
}

fn from_json(node: &Node, at: At, catalogue: &Catalogue) -> (Option<Row>, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut reader = Reader::new(node, at.clone(), &mut errors);
    let mut text = |name: &'static str, max: usize, is_required: bool, errors: &mut Vec<FieldError>| {
        let at = reader.at(name);
        let node = if is_required {
            reader.required(name, errors)
        } else {
            reader.optional(name)
        };
        node.and_then(|node| string(node, &at, max, errors))
    };
    let indicator = text("indicator", MAX_CODE, true, &mut errors);
    let area = text("area", MAX_CODE, true, &mut errors);
    let period = text("period", MAX_CODE, true, &mut errors);
    let category = text("category", MAX_CODE, false, &mut errors).filter(|category| category != TOTAL);
    let status = text("status", MAX_CODE, false, &mut errors);
    let note = text("note", MAX_NOTE, false, &mut errors);
    let source = text("source", MAX_SOURCE, true, &mut errors);
    let value = reader
        .optional("value")
        .and_then(|node| decimal(node, &at.field("value"), &mut errors));
    let mut whole = |name: &'static str, errors: &mut Vec<FieldError>| {
        reader
            .optional(name)
            .and_then(|node| count(node, &at.field(name), errors))
    };
    let numerator = whole("numerator", &mut errors);
    let denominator = whole("denominator", &mut errors);
    reader.finish(&mut errors);
    let place = |name: &'static str| at.field(name);
    let draft = Draft {
        indicator,
        area,
        period: period.and_then(|text| read_period(&text, place("period"), &mut errors)),
        category,
        value,
        numerator,
        denominator,
        status: status.and_then(|text| read_status(&text, place("status"), &mut errors)),
        note,
        source,
    };
    judge_row(draft, catalogue, place, errors)
}

/// What cannot be read is an error already; only the rest is judged by the rules.
fn judge_row(
    draft: Draft,
    catalogue: &Catalogue,
    place: impl Fn(&'static str) -> At,
    mut errors: Vec<FieldError>,
) -> (Option<Row>, Vec<FieldError>) {
    let (value, status) = (place("value"), place("status"));
    let is_readable = !errors.iter().any(|error| error.at == value || error.at == status);
    let mut broken = Vec::new();
    let row = check(draft, catalogue, place, &mut broken);
    // A value that could not be read is not absent: what follows from its absence is no error of its own.
    broken.retain(|error| is_readable || error.code != "status_mismatch");
    errors.extend(broken);
    (row.filter(|_| errors.is_empty()), errors)
}

fn csv(
    file: &mut impl std::io::Read,
    catalogue: &Catalogue,
    mut visit: impl FnMut(At, Option<Row>, Vec<FieldError>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let start = reader.fill_buf().map_err(unreadable)?;
    let bom = usize::from(start.starts_with(b"\xef\xbb\xbf")) * 3;
    let first = start[bom..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|delimiter| {
            (
                first.iter().filter(|byte| *byte == delimiter).count(),
                *delimiter == b',',
            )
        })
        .unwrap_or(b',');
    reader.consume(bom);
    let read_so_far = Rc::new(Cell::new(0));
    let rationed = Rationed {
        inner: reader,
        read_so_far: Rc::clone(&read_so_far),
    };
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(::csv::Trim::All)
        // A carriage return is trimmed away; as an end of line it would put the count of lines one behind.
        .terminator(::csv::Terminator::Any(b'\n'))
        .from_reader(rationed.chain(b"\n".as_slice()));
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_lowercase).collect(),
        Err(_) => {
            return Err(malformed(
                "The table is not CSV in UTF-8.",
                "Tabellen er ikke CSV i UTF-8.",
            ));
        }
    };
    let mut wrong: Vec<FieldError> = Vec::new();
    for (index, title) in header.iter().enumerate() {
        if !FIELDS.contains(&title.as_str()) || header[..index].contains(title) {
            let list = FIELDS.join(", ");
            wrong.push(FieldError::new(
                cell(1, index),
                "unknown_column",
                format!("The columns are {list}, each once."),
                format!("Kolonnerne er {list}, hver én gang."),
            ));
        }
    }
    for name in ["indicator", "area", "period", "source"] {
        if !header.iter().any(|title| title == name) {
            wrong.push(FieldError::new(
                At::Cell { line: 1, column: None },
                "missing_column",
                format!("There is no column {name}."),
                format!("Der er ingen kolonne {name}."),
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid_content(wrong));
    }
    let mut record = ::csv::StringRecord::new();
    loop {
        read_so_far.set(0);
        let before = reader.position().line();
        let is_there = reader.read_record(&mut record).map_err(|_| {
            malformed(
                format!("The row after line {before} is not CSV in UTF-8, or is longer than {MAX_LINE} bytes."),
                format!("Rækken efter linje {before} er ikke CSV i UTF-8 eller er længere end {MAX_LINE} byte."),
            )
        })?;
        if !is_there {
            return Ok(());
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        // The line on which the row begins: blank lines before it do not belong to it.
        let within: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        let line = match (within, record.position()) {
            // What an open quotation mark took in may have lost its last line breaks: where the row began is known.
            (1.., Some(start)) => start.line(),
            _ => reader.position().line().saturating_sub(1),
        };
        let (row, errors) = from_csv(&record, line, &header, delimiter != b',', catalogue);
        visit(At::Cell { line, column: None }, row, errors)?;
    }
}

/// Fails where one row takes more than it may, so that an open quotation mark does not swallow the file.
struct Rationed<R> {
    inner: R,
    read_so_far: Rc<Cell<usize>>,
}

impl<R: std::io::Read> std::io::Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        // The reader above takes whole buffers, so a row may begin in one and end in the next.
        if self.read_so_far.get() > MAX_LINE {
            return Err(std::io::Error::other("a row is too long"));
        }
        let length = self.inner.read(buffer)?;
        self.read_so_far.set(self.read_so_far.get() + length);
        Ok(length)
    }
}

fn from_csv(
    record: &::csv::StringRecord,
    line: u64,
    header: &[String],
    has_decimal_comma: bool,
    catalogue: &Catalogue,
) -> (Option<Row>, Vec<FieldError>) {
    let place = |name: &'static str| match header.iter().position(|title| title == name) {
        Some(index) => cell(line, index),
        None => At::Cell { line, column: None },
    };
    let mut errors = Vec::new();
    // An open quotation mark makes one text of everything up to the next: rows would be lost without a word.
    for (index, _) in record.iter().enumerate().filter(|(_, text)| text.contains('\n')) {
        errors.push(FieldError::new(
            cell(line, index),
            "line_break",
            "A text in CSV has no line break; is a quotation mark not closed?",
            "En tekst i CSV har ingen linjeskift; mangler et anførselstegn at blive lukket?",
        ));
    }
    if record.iter().skip(header.len()).any(|cell| !cell.is_empty()) {
        errors.push(FieldError::new(
            cell(line, header.len()),
            "extra_cell",
            "The row has more cells than the header.",
            "Rækken har flere celler end overskriften.",
        ));
    }
    let text = |name: &'static str, max: usize, errors: &mut Vec<FieldError>| -> Option<String> {
        let index = header.iter().position(|title| title == name)?;
        let text = composed(record.get(index).filter(|text| !text.is_empty())?);
        if text.chars().count() > max || has_forbidden_character(&text) {
            errors.push(FieldError::new(
                cell(line, index),
                "length",
                format!("The text has more than {max} characters, or one that is not allowed."),
                format!("Teksten har mere end {max} tegn, eller et der ikke er tilladt."),
            ));
            return None;
        }
        if matches!(name, "note" | "source") && has_personal_number(&text) {
            errors.push(personal_number(cell(line, index)));
            return None;
        }
        Some(text.into_owned())
    };
    let indicator = text("indicator", MAX_CODE, &mut errors);
    let area = text("area", MAX_CODE, &mut errors);
    let period = text("period", MAX_CODE, &mut errors);
    let category = text("category", MAX_CODE, &mut errors).filter(|category| category != TOTAL);
    let value = text("value", MAX_CODE, &mut errors);
    let numerator = text("numerator", MAX_CODE, &mut errors);
    let denominator = text("denominator", MAX_CODE, &mut errors);
    let status = text("status", MAX_CODE, &mut errors);
    let note = text("note", MAX_NOTE, &mut errors);
    let source = text("source", MAX_SOURCE, &mut errors);
    for (name, is_absent) in [
        ("indicator", indicator.is_none()),
        ("area", area.is_none()),
        ("period", period.is_none()),
        ("source", source.is_none()),
    ] {
        let at = place(name);
        if is_absent && !errors.iter().any(|error| error.at == at) {
            errors.push(FieldError::new(
                at,
                "required",
                format!("{name} is required."),
                format!("{name} skal angives."),
            ));
        }
    }
    let mut number = |text: Option<String>, name: &'static str| -> Option<Decimal> {
        let text = text?;
        // In a Danish file 1.137 is one thousand one hundred and thirty-seven to some and a decimal to others.
        let is_ambiguous = has_decimal_comma && text.rsplit_once('.').is_some_and(|(_, end)| end.len() == 3);
        let plain = if has_decimal_comma {
            text.replace(',', ".")
        } else {
            text
        };
        let is_plain = plain.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
        let number = Decimal::from_str_exact(&plain)
            .ok()
            .filter(|_| is_plain && !is_ambiguous);
        if number.is_none() {
            errors.push(FieldError::new(
                place(name),
                "wrong_type",
                "The cell is not a number, or one that can be read in two ways; leave out separators of thousands.",
                "Cellen er ikke et tal, eller et der kan læses på to måder; udelad tusindtalsseparatorer.",
            ));
        }
        number
    };
    let value = number(value, "value");
    let (numerator, denominator) = (number(numerator, "numerator"), number(denominator, "denominator"));
    let numerator = numerator.and_then(|number| checked_count(number, &place("numerator"), &mut errors));
    let denominator = denominator.and_then(|number| checked_count(number, &place("denominator"), &mut errors));
    let draft = Draft {
        indicator,
        area,
        period: period.and_then(|text| read_period(&text, place("period"), &mut errors)),
        category,
        value,
        numerator,
        denominator,
        status: status.and_then(|text| read_status(&text, place("status"), &mut errors)),
        note,
        source,
    };
    judge_row(draft, catalogue, place, errors)
}

/// What a correction makes of a figure, and why; every error with its pointer.
pub fn correction(node: &Node, before: &Draft, errors: &mut Vec<FieldError>) -> (Draft, Option<String>) {
    let mut draft = before.clone();
    let mut reader = Reader::of_body(node, errors);
    let at = |name: &str| At::Pointer(format!("/{name}"));
    if let Some(given) = reader.given("value") {
        draft.value = given.and_then(|node| decimal(node, &at("value"), errors));
        // A value that comes or goes takes its status along, unless that is named, too.
        draft.status = draft
            .status
            .filter(|status| (*status == Status::Missing) == draft.value.is_none());
    }
    for (name, field) in [
        ("numerator", &mut draft.numerator),
        ("denominator", &mut draft.denominator),
    ] {
        if let Some(given) = reader.given(name) {
            *field = given.and_then(|node| count(node, &at(name), errors));
        }
    }
    if let Some(given) = reader.given("status") {
        let text = given.and_then(|node| string(node, &at("status"), MAX_CODE, errors));
        draft.status = text.and_then(|text| read_status(&text, at("status"), errors));
    }
    if let Some(given) = reader.given("note") {
        draft.note = given.and_then(|node| string(node, &at("note"), MAX_NOTE, errors));
    }
    if let Some(given) = reader.given("source") {
        draft.source = match given {
            Some(node) => string(node, &at("source"), MAX_SOURCE, errors),
            None => {
                errors.push(FieldError::new(
                    at("source"),
                    "required",
                    "A figure has a source.",
                    "Et tal har en kilde.",
                ));
                None
            }
        };
    }
    let reason = reader
        .required("reason", errors)
        .and_then(|node| string(node, &at("reason"), MAX_NOTE, errors));
    reader.finish(errors);
    (draft, reason)
}

fn read_period(text: &str, at: At, errors: &mut Vec<FieldError>) -> Option<Period> {
    let period = text.parse().ok();
    if period.is_none() {
        errors.push(FieldError::new(
            at,
            "invalid_period",
            "A period is written as 2021, 2023-S1, 2023-Q1, 2023-01, 2022-06-01 or 2020/2021.",
            "En periode skrives som 2021, 2023-S1, 2023-Q1, 2023-01, 2022-06-01 eller 2020/2021.",
        ));
    }
    period
}

/// The status of a text, or the error.
pub fn read_status(text: &str, at: At, errors: &mut Vec<FieldError>) -> Option<Status> {
    let status = text.parse().ok();
    if status.is_none() {
        errors.push(FieldError::new(
            at,
            "invalid_value",
            "A status is final, provisional, estimated or missing.",
            "En status er final, provisional, estimated eller missing.",
        ));
    }
    status
}

fn cell(line: u64, index: usize) -> At {
    At::Cell {
        line,
        column: Some(index + 1),
    }
}

fn malformed(en: impl Into<std::borrow::Cow<'static, str>>, da: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(ProblemKind::MalformedBody, en, da)
}

fn unreadable(error: std::io::Error) -> Problem {
    tracing::error!(%error, "a spooled import cannot be read");
    Problem::internal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::rules::Unit;
    use crate::measurements::rules::Facts;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn catalogue() -> Catalogue {
        let facts = Facts {
            unit: Unit::Count,
            by_target_group: false,
            may_write: Ok(()),
            is_fed_by_extracts: false,
        };
        Catalogue {
            indicators: [("households".to_owned(), facts)].into(),
            areas: ["zone-1".to_owned()].into(),
            categories: std::collections::HashMap::new(),
        }
    }

    /// Whether what is judged good is handed on whole.
    fn check_whole(body: &[u8], syntax: Syntax) -> Result<u64, TestCaseError> {
        let catalogue = catalogue();
        let Ok(judged) = judge(&mut Cursor::new(body), syntax, &catalogue, |_| ()) else {
            return Ok(0);
        };
        prop_assert_eq!(judged.found == 0, judged.errors.is_empty());
        if judged.found > 0 {
            return Ok(0);
        }
        let mut rows = 0;
        let done = chunks(Cursor::new(body), syntax, &catalogue, 2, |chunk| {
            rows += chunk.len() as u64;
            true
        });
        prop_assert!(done.is_ok());
        prop_assert_eq!(rows, judged.rows);
        Ok(rows)
    }

    proptest! {
        #[test]
        fn any_body_is_judged_without_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            table in "[a-z0-9,;\"\r\n. -]{0,200}",
        ) {
            let table = format!("indicator,area,period,value,source\n{table}");
            for syntax in [Syntax::Json, Syntax::Ndjson, Syntax::Csv] {
                check_whole(&bytes, syntax)?;
                check_whole(table.as_bytes(), syntax)?;
            }
        }

        #[test]
        fn sound_rows_are_read_in_every_syntax(years in prop::collection::btree_set(1900..2200_u16, 1..9), value in 0..1000_u16) {
            let object = |year: &u16| {
                format!(r#"{{"indicator":"households","area":"zone-1","period":"{year}","value":{value},"source":"x"}}"#)
            };
            let objects: Vec<String> = years.iter().map(object).collect();
            let rows: String = years.iter().map(|year| format!("households,zone-1,{year},{value},x\n")).collect();
            for (syntax, body) in [
                (Syntax::Json, format!("[{}]", objects.join(","))),
                (Syntax::Ndjson, objects.join("\n")),
                (Syntax::Csv, format!("indicator,area,period,value,source\n{rows}")),
            ] {
                prop_assert_eq!(check_whole(body.as_bytes(), syntax)?, years.len() as u64, "{}", body);
            }
        }
    }
}
