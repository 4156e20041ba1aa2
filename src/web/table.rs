//! A small table in CSV, whole in memory: rows of cells, each with its place. Columns are separated by `;`, `,` or tab.

use rust_decimal::Decimal;

use crate::problem::{At, Problem, ProblemKind};
use crate::text::{composed, has_forbidden_character};

/// One row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its cells, without spaces at their ends.
    pub cells: Vec<String>,
}

impl Row {
    /// The place of a cell.
    pub fn at(&self, column: usize) -> At {
        At::Cell {
            line: self.line,
            column: Some(column + 1),
        }
    }
}

/// The rows that are not blank, the header among them; 400 where it is no CSV in UTF-8.
pub fn rows(bytes: &[u8]) -> Result<Vec<Row>, Problem> {
    let malformed = |en: String, da: String| Problem::new(ProblemKind::MalformedBody, en, da);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        malformed(
            format!("The table is not UTF-8 (byte {place}); save it as UTF-8 and send it again."),
            format!("Tabellen er ikke UTF-8 (byte {place}); gem den som UTF-8 og send den igen."),
        )
    })?;
    let text = composed(text.strip_prefix('\u{feff}').unwrap_or(text));
    let text = text.as_ref();
    if has_forbidden_character(text) {
        return Err(malformed(
            "The table has a control or direction-changing character.".to_owned(),
            "Tabellen har et styretegn eller et tegn, der ændrer skriveretning.".to_owned(),
        ));
    }
    if text.matches('"').count() % 2 == 1 {
        return Err(malformed(
            "A quotation mark is not closed.".to_owned(),
            "Et anførselstegn er ikke lukket.".to_owned(),
        ));
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|delimiter| first.bytes().filter(|byte| byte == delimiter).count())
        .unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        // A carriage return is trimmed away; as an end of line it would put the count of lines one behind.
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(std::io::Read::chain(text.as_bytes(), b"\n".as_slice()));
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let before = reader.position().line();
        let is_there = reader.read_record(&mut record).map_err(|_| {
            malformed(
                format!("The table cannot be read after line {before}."),
                format!("Tabellen kan ikke læses efter linje {before}."),
            )
        })?;
        if !is_there {
            break;
        }
        // The line on which the row begins: blank lines before it do not belong to it.
        let within: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        let line = reader
            .position()
            .line()
            .saturating_sub(1 + u64::try_from(within).unwrap_or(0));
        let row = Row {
            line,
            cells: record.iter().map(str::to_owned).collect(),
        };
        if row.cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// A number as Danes print it: `1.137` is one thousand one hundred and thirty-seven, `12,5` twelve and a half.
pub fn number(text: &str) -> Option<Decimal> {
    if !text
        .chars()
        .all(|character| character.is_ascii_digit() || "-,. \u{a0}\u{202f}".contains(character))
    {
        return None;
    }
    let is_separator = |character: char| matches!(character, '.' | ' ' | '\u{a0}' | '\u{202f}');
    let groups: Vec<&str> = text.split(is_separator).collect();
    let is_digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped = groups.len() > 1
        && (1..=3).contains(&groups[0].len())
        && !groups[0].starts_with('0')
        && groups.iter().all(is_digits)
        && groups[1..].iter().all(|group| group.len() == 3);
    let plain = if is_grouped {
        groups.concat()
    } else {
        text.replace(',', ".")
    };
    Decimal::from_str_exact(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_danes_print_them() {
        let read = |text: &str| number(text).map(|number| number.to_string());
        assert_eq!(read("1.137").as_deref(), Some("1137"));
        assert_eq!(read("12 345 678").as_deref(), Some("12345678"));
        assert_eq!(read("24").as_deref(), Some("24"));
        assert_eq!(read("-3").as_deref(), Some("-3"));
        assert_eq!(read("12,5").as_deref(), Some("12.5"));
        assert_eq!(read("1.13").as_deref(), Some("1.13"));
        assert_eq!(read("x"), None);
        assert_eq!(read("1,5,5"), None);
        assert_eq!(read("0.500").as_deref(), Some("0.500"));
        assert_eq!(read("1_137"), None);
    }

    proptest! {
        #[test]
        fn any_table_has_rows_at_lines_that_are_there(text in "(?s).{0,200}", cells in "[a-z;,\"\r\n\t 0-9]{0,200}") {
            for text in [text, cells] {
                let Ok(rows) = rows(text.as_bytes()) else { continue };
                let lines = 1 + text.matches('\n').count() as u64;
                for row in &rows {
                    prop_assert!((1..=lines).contains(&row.line), "line {} of {lines}", row.line);
                }
                prop_assert!(rows.windows(2).all(|pair| pair[0].line < pair[1].line));
            }
        }

        #[test]
        fn a_number_is_read_however_it_is_grouped(value in 0..1_000_000_000_i64, text in "[0-9., -]{0,12}") {
            let _ = number(&text);
            let digits = value.to_string();
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push('.');
                }
                grouped.push(digit);
            }
            for written in [digits, grouped.replace('.', " "), grouped.replace('.', "\u{a0}"), grouped] {
                prop_assert_eq!(number(&written), Some(value.into()), "{}", written);
            }
        }
    }
}
