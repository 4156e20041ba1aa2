//! A table as the agreement prints it (table 9) as a draft: a row a target group, a column a zone.
//!
//! The first column is the group; its leading code counts, the rest is label. A zone's column is found by its code, or by
//! `zone N` anywhere in its header. A sum column and a sum row are checked. A row "… (delmængde af målgruppe 6.9)" is a
//! part of that group. A header that is repeated within the table is passed over. Columns are separated by `;`, `,` or
//! tab, thousands by `.` or a space.

use super::draft::{Cell, Codes, Draft, Total, TotalOf};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::text::quoted;
use crate::web::json::{checked_count, too_many};
use crate::web::table::{Row, number, rows};

/// So many rows and columns are read: many times what a table of this kind has.
const MAX_ROWS: usize = 1000;
/// See [`MAX_ROWS`].
const MAX_COLUMNS: usize = 100;

/// What a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Zone(String),
    Sum,
    Unknown,
}

/// The first cell of a row.
fn label(row: &Row) -> &str {
    row.cells.first().map_or("", String::as_str)
}

/// Whether the row is the header once more, whatever stands in its first cell.
fn repeats(row: &Row, header: &Row) -> bool {
    let titles = |row: &Row| -> Vec<String> {
        let mut titles: Vec<String> = row.cells.iter().skip(1).cloned().collect();
        while titles.last().is_some_and(String::is_empty) {
            titles.pop();
        }
        titles
    };
    titles(row) == titles(header)
}

/// Reads a table into the draft, which already has what the query says; 400 where it is no CSV in UTF-8.
pub fn read(bytes: &[u8], codes: &Codes, draft: &mut Draft, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let rows = rows(bytes)?;
    let Some((header, body)) = rows.split_first() else {
        return Err(Problem::new(
            ProblemKind::MalformedBody,
            "The table is empty.",
            "Tabellen er tom.",
        ));
    };
    draft.at_counts = At::Cell {
        line: header.line,
        column: None,
    };
    for (found, max) in [(rows.len(), MAX_ROWS), (header.cells.len(), MAX_COLUMNS)] {
        if found > max {
            errors.push(too_many(draft.at_counts.clone(), found, max));
            draft.has_counts = false;
        }
    }
    if !draft.has_counts {
        return Ok(());
    }
    let columns = columns(header, body, codes, draft, errors);
    let mut has_sums = false;
    for row in body {
        if let Some(extra) = row
            .cells
            .iter()
            .skip(header.cells.len())
            .position(|cell| !cell.is_empty())
        {
            errors.push(FieldError::new(
                row.at(header.cells.len() + extra),
                "extra_cell",
                "The row has more cells than the header.",
                "Rækken har flere celler end overskriften.",
            ));
        }
        if is_sum_label(label(row)) {
            if std::mem::replace(&mut has_sums, true) {
                errors.push(second(row, label(row)));
            } else {
                sum_row(row, &columns, draft, errors);
            }
        } else if label(row).is_empty() {
            if !repeats(row, header) {
                errors.push(FieldError::new(
                    row.at(0),
                    "missing_label",
                    "The row has figures but no target group.",
                    "Rækken har tal, men ingen målgruppe.",
                ));
                draft.not_groups.insert(stray(row), codes.zones.len());
            }
        } else if !repeats(row, header) {
            match subset_of(label(row)) {
                Some(group) => subset_row(row, &columns, group, codes, draft, errors),
                None => group_row(row, &columns, codes, draft, errors),
            }
        }
    }
    Ok(())
}

fn columns(header: &Row, body: &[Row], codes: &Codes, draft: &mut Draft, errors: &mut Vec<FieldError>) -> Vec<Column> {
    let mut columns = vec![Column::Unknown];
    for (index, title) in header.cells.iter().enumerate().skip(1) {
        let column = match zone_of(title, codes) {
            _ if is_sum_title(title) => Column::Sum,
            Some(zone) => Column::Zone(zone),
            None => Column::Unknown,
        };
        let has_figures = || {
            body.iter()
                .any(|row| row.cells.get(index).is_some_and(|cell| !cell.is_empty()))
        };
        if column == Column::Unknown && (!title.is_empty() || has_figures()) {
            errors.push(FieldError::new(
                header.at(index),
                "unknown_column",
                format!("'{}' names no zone and no sum.", quoted(title)),
                format!("'{}' er hverken en zone eller en sum.", quoted(title)),
            ));
            draft.not_zones.insert(title.clone(), codes.groups.len());
        } else if column != Column::Unknown && columns.contains(&column) {
            errors.push(FieldError::new(
                header.at(index),
                "duplicate",
                format!("'{}' names a column that is already there.", quoted(title)),
                format!("'{}' er en kolonne, der allerede findes.", quoted(title)),
            ));
            draft.not_zones.insert(format!("column {index}"), codes.groups.len());
            columns.push(Column::Unknown);
            continue;
        }
        if let Column::Zone(zone) = &column {
            draft.zones.insert(zone.clone());
        }
        columns.push(column);
    }
    columns
}

/// The zone whose code the title is, or whose number stands behind the word `zone` in it.
fn zone_of(title: &str, codes: &Codes) -> Option<String> {
    let lower = title.to_lowercase();
    if let Some(zone) = codes.zones.iter().find(|zone| zone.to_lowercase() == lower) {
        return Some(zone.clone());
    }
    lower.match_indices("zone").find_map(|(start, word)| {
        let rest = lower[start + word.len()..].trim_start_matches([' ', '-', '\u{a0}']);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let code = format!("zone-{digits}");
        codes.zones.iter().find(|zone| **zone == code).cloned()
    })
}

fn is_sum_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    ["alle", "i alt", "sum", "total"]
        .iter()
        .any(|word| lower.contains(word))
}

fn is_sum_label(label: &str) -> bool {
    let lower = label.to_lowercase();
    ["i alt", "ialt", "alle", "sum", "total"].iter().any(|word| {
        let rest = lower.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// The group of which a label says that it is a part.
fn subset_of(label: &str) -> Option<String> {
    let lower = label.to_lowercase();
    let start = lower.find("delmængde")?;
    let rest = &lower[start..];
    let code = rest.split("målgruppe").nth(1)?;
    let code = code.trim().trim_end_matches(')').trim();
    Some(code.split_whitespace().next()?.trim_end_matches(')').to_owned())
}

/// The longest known code that the label begins with and that ends there: `6.1` of `6.1-Dagpenge`, not of `6.10`.
fn leading_code<'a>(label: &str, codes: &'a Codes) -> Option<&'a str> {
    let lower = label.to_lowercase();
    let leads = |code: &&str| {
        lower.strip_prefix(&code.to_lowercase()).is_some_and(|rest| {
            let mut rest = rest.chars();
            match rest.next() {
                None => true,
                Some('.') => !rest.next().is_some_and(char::is_alphanumeric),
                Some(next) => !next.is_alphanumeric(),
            }
        })
    };
    let known = codes.groups.iter().map(|group| group.code.as_str());
    known.filter(leads).max_by_key(|code| code.len())
}

fn group_row(row: &Row, columns: &[Column], codes: &Codes, draft: &mut Draft, errors: &mut Vec<FieldError>) {
    let known = leading_code(label(row), codes);
    let written = label(row).split_whitespace().next().unwrap_or_default();
    let code = known.unwrap_or(written);
    if let Err(error) = codes.group(code, draft.extracted_on, row.at(0)) {
        errors.push(error);
        if known.is_none() {
            draft.not_groups.insert(stray(row), codes.zones.len());
        }
        return;
    }
    if !draft.groups.insert(code.to_owned()) {
        errors.push(second(row, code));
        draft.not_groups.insert(stray(row), codes.zones.len());
        // Which of the two rows is right, nobody knows.
        for cell in draft.counts.iter_mut().filter(|cell| cell.group == code) {
            cell.count = None;
        }
        return;
    }
    for (column, cell) in cells(row, columns, errors) {
        match (column, cell) {
            (Column::Zone(zone), Found::Blank(at)) => {
                draft.blanks.insert((zone.clone(), code.to_owned()), at);
            }
            (Column::Zone(zone), Found::Count(count, at)) => draft.counts.push(Cell {
                area: zone.clone(),
                group: code.to_owned(),
                subset: None,
                count,
                note: None,
                at,
            }),
            (Column::Sum, Found::Count(Some(count), at)) => draft.totals.push(Total {
                of: TotalOf::Group(code.to_owned()),
                count,
                at,
            }),
            _ => {}
        }
    }
}

/// A row that names no group, or one that had a row before: each may be meant for one that looks absent.
fn stray(row: &Row) -> String {
    format!("line {}", row.line)
}

/// A row for what had a row before.
fn second(row: &Row, name: &str) -> FieldError {
    FieldError::new(
        row.at(0),
        "duplicate",
        format!("There is another row for {}.", quoted(name)),
        format!("Der er en anden række for {}.", quoted(name)),
    )
}

fn subset_row(
    row: &Row,
    columns: &[Column],
    group: String,
    codes: &Codes,
    draft: &mut Draft,
    errors: &mut Vec<FieldError>,
) {
    let known = codes
        .groups
        .iter()
        .find(|known| known.code.eq_ignore_ascii_case(&group));
    let group = known.map_or(group, |known| known.code.clone());
    if let Err(error) = codes.group(&group, draft.extracted_on, row.at(0)) {
        errors.push(error);
        return;
    }
    let lower = label(row).to_lowercase();
    // The longest word that fits: "langtidsledige" has "ledige" in it.
    let subset = codes
        .subsets
        .iter()
        .filter(|subset| subset.group == group && lower.contains(&subset.keyword.to_lowercase()))
        .max_by_key(|subset| subset.keyword.len())
        .map(|subset| subset.code.clone());
    let Some(subset) = subset else {
        errors.extend(codes.subset(&group, label(row), row.at(0)).err());
        return;
    };
    let mut before = draft.subsets.iter().chain(&draft.blank_subsets);
    if before.any(|cell| cell.group == group && cell.subset.as_ref() == Some(&subset)) {
        errors.push(second(row, label(row)));
        return;
    }
    for (column, cell) in cells(row, columns, errors) {
        match (column, cell) {
            (Column::Zone(zone), Found::Blank(at)) => draft.blank_subsets.push(Cell {
                area: zone.clone(),
                group: group.clone(),
                subset: Some(subset.clone()),
                count: None,
                note: None,
                at,
            }),
            (Column::Zone(zone), Found::Count(count, at)) => draft.subsets.push(Cell {
                area: zone.clone(),
                group: group.clone(),
                subset: Some(subset.clone()),
                count,
                note: None,
                at,
            }),
            (Column::Sum, Found::Count(Some(count), at)) => draft.totals.push(Total {
                of: TotalOf::Subset(group.clone(), subset.clone()),
                count,
                at,
            }),
            _ => {}
        }
    }
}

fn sum_row(row: &Row, columns: &[Column], draft: &mut Draft, errors: &mut Vec<FieldError>) {
    for (column, cell) in cells(row, columns, errors) {
        let of = match column {
            Column::Zone(zone) => TotalOf::Area(zone.clone()),
            Column::Sum => TotalOf::All,
            Column::Unknown => continue,
        };
        if let Found::Count(Some(count), at) = cell {
            draft.totals.push(Total { of, count, at });
        }
    }
}

enum Found {
    Blank(At),
    Count(Option<i64>, At),
}

/// The row's cells below known columns; a row that is too short ends in blank ones.
fn cells<'a>(row: &Row, columns: &'a [Column], errors: &mut Vec<FieldError>) -> Vec<(&'a Column, Found)> {
    let known = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| **column != Column::Unknown);
    known
        .map(|(index, column)| {
            let at = row.at(index);
            let text = row.cells.get(index).map_or("", String::as_str);
            if text.is_empty() {
                return (column, Found::Blank(at));
            }
            let count = match number(text) {
                Some(number) => checked_count(number, &at, errors),
                None => {
                    errors.push(FieldError::new(
                        at.clone(),
                        "wrong_type",
                        format!("'{}' is not a number.", quoted(text)),
                        format!("'{}' er ikke et tal.", quoted(text)),
                    ));
                    None
                }
            };
            (column, Found::Count(count, at))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_printed_subset_row_names_its_group() {
        assert_eq!(
            subset_of("Ledige fleksjobberettigede (delmængde af målgruppe 6.9)").as_deref(),
            Some("6.9")
        );
        assert_eq!(subset_of("6.9 - Visiteret til eller ansat i fleksjob"), None);
    }

    proptest! {
        #[test]
        fn any_table_is_answered_without_a_panic(text in "(?s).{0,300}", known in "[a-z0-9;,\n. -]{0,200}") {
            let codes = Codes {
                zones: vec!["zone-1".into(), "zone-2".into()],
                whole: None,
                municipality: None,
                rest: None,
                groups: vec![super::super::draft::Group { code: "6.1".into(), valid_from: None, valid_to: None }],
                subsets: Vec::new(),
            };
            for table in [text, format!("group;zone 1;zone 2\n{known}")] {
                let at = At::Parameter("extracted_on".into());
                let mut draft = Draft::new(at.clone(), at.clone(), at);
                let _ = read(table.as_bytes(), &codes, &mut draft, &mut Vec::new());
            }
        }
    }
}
