//! The rows of an import, one at a time: a JSON array, NDJSON, or CSV with a header. Each comes with its place.

mod correction;
mod csv;
mod json;

pub use correction::correction;

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom};

use super::rules::{Catalogue, Draft, Row, Seen, check};
use crate::indicators::rules::Status;
use crate::period::Period;
use crate::problem::{At, FieldError, MAX_LISTED_ERRORS, Problem, ProblemKind};

/// The longest line of NDJSON.
const MAX_LINE: usize = 64 * 1024;
/// The most rows of an import.
pub const MAX_ROWS: u64 = 1_000_000;

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
    file: &mut (impl Read + Seek),
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
    mut file: impl Read + Seek,
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
fn each(
    file: &mut (impl Read + Seek),
    syntax: Syntax,
    catalogue: &Catalogue,
    visit: impl FnMut(At, Option<Row>, Vec<FieldError>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    match syntax {
        Syntax::Json => json::array(file, catalogue, visit),
        Syntax::Ndjson => json::lines(file, catalogue, visit),
        Syntax::Csv => csv::table(file, catalogue, visit),
    }
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

fn malformed(en: impl Into<Cow<'static, str>>, da: impl Into<Cow<'static, str>>) -> Problem {
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
