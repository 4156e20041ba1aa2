//! Rows as a CSV table: a header, its columns in any order, and a row a line.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use rust_decimal::Decimal;

use super::super::rules::{Catalogue, Draft, Row};
use super::{MAX_LINE, judge_row, malformed, read_period, read_status, unreadable};
use crate::indicators::rules::TOTAL;
use crate::problem::{At, FieldError, Problem};
use crate::text::{composed, has_forbidden_character, has_personal_number};
use crate::web::json::{checked_count, personal_number};
use crate::web::values::{MAX_CODE, MAX_NOTE, MAX_SOURCE};

/// The columns.
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

/// The rows of a table; 422 where its header is not that of one.
pub(super) fn table(
    file: &mut impl Read,
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
        let (row, errors) = row(&record, line, &header, delimiter != b',', catalogue);
        visit(At::Cell { line, column: None }, row, errors)?;
    }
}

/// Fails where one row takes more than it may, so that an open quotation mark does not swallow the file.
struct Rationed<R> {
    inner: R,
    read_so_far: Rc<Cell<usize>>,
}

impl<R: Read> Read for Rationed<R> {
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

fn row(
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

fn cell(line: u64, index: usize) -> At {
    At::Cell {
        line,
        column: Some(index + 1),
    }
}
