//! A table as a draft: a header of field names in any order, and three kinds of rows.
//!
//! A row with a `commitment` says what was delivered of it, one with a `residence` how many people took part, one with a `zone`
//! alone what was held there. Cells that are not a row's own stay blank. Columns are separated by `;`, `,` or tab, thousands by
//! `.` or a space.

use super::draft::{
    Draft, DraftCount, DraftDelivery, DraftPlace, MAX_CODE, MAX_COUNTS, MAX_DELIVERED, MAX_PLACES, Said, within_reason,
};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::text::quoted;
use crate::web::json::{self, Node, checked_count, string, too_many};
use crate::web::table::{self, Row};

/// Every column that a table can have.
const COLUMNS: [&str; 15] = [
    "residence",
    "age_band",
    "gender",
    "participants",
    "newcomers",
    "to_education",
    "to_job",
    "to_leisure_job",
    "to_association",
    "zone",
    "sessions",
    "volunteers",
    "attendances",
    "commitment",
    "quantity",
];
/// The columns of a row of people.
const OF_COUNTS: [&str; 9] = [
    "residence",
    "age_band",
    "gender",
    "participants",
    "newcomers",
    "to_education",
    "to_job",
    "to_leisure_job",
    "to_association",
];
/// The columns of a row of what was held.
const OF_PLACES: [&str; 4] = ["zone", "sessions", "volunteers", "attendances"];
/// The columns of a row of what was delivered.
const OF_DELIVERED: [&str; 3] = ["commitment", "zone", "quantity"];

/// Reads a table into the draft, which already has what the query says; 400 where it is no CSV in UTF-8.
pub fn read(bytes: &[u8], draft: &mut Draft, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let rows = table::rows(bytes)?;
    let Some((header, body)) = rows.split_first() else {
        return Err(Problem::new(
            ProblemKind::MalformedBody,
            "The table is empty.",
            "Tabellen er tom.",
        ));
    };
    let most = MAX_COUNTS + MAX_PLACES + MAX_DELIVERED;
    if body.len() > most {
        errors.push(too_many(header.at(0), body.len(), most));
        return Ok(());
    }
    let columns = columns(header, errors);
    for row in body {
        if let Some(extra) = row.cells.iter().skip(columns.len()).position(|cell| !cell.is_empty()) {
            errors.push(FieldError::new(
                row.at(columns.len() + extra),
                "extra_cell",
                "The row has more cells than the header.",
                "Rækken har flere celler end overskriften.",
            ));
        }
        let cells = Cells { row, columns: &columns };
        if cells.is_filled("commitment") {
            cells.refuse_others(&OF_DELIVERED, errors);
            draft.delivered.push(cells.delivery(errors));
        } else if cells.is_filled("residence") {
            cells.refuse_others(&OF_COUNTS, errors);
            draft.counts.push(cells.count(errors));
        } else if cells.is_filled("zone") {
            cells.refuse_others(&OF_PLACES, errors);
            draft.places.push(cells.place(errors));
        } else {
            errors.push(FieldError::new(
                cells.line(),
                "unknown_row",
                "The row names no residence, no zone and no commitment.",
                "Rækken angiver hverken bopæl (residence), zone eller forpligtelse (commitment).",
            ));
        }
    }
    Ok(())
}

/// What each column is; none where it is wrong.
fn columns(header: &Row, errors: &mut Vec<FieldError>) -> Vec<Option<&'static str>> {
    let mut columns: Vec<Option<&'static str>> = Vec::new();
    for (index, title) in header.cells.iter().enumerate() {
        let column = COLUMNS.into_iter().find(|column| column.eq_ignore_ascii_case(title));
        let is_second = column.is_some() && columns.contains(&column);
        if is_second {
            errors.push(FieldError::new(
                header.at(index),
                "duplicate",
                format!("'{}' names a column that is already there.", quoted(title)),
                format!("'{}' er en kolonne, der allerede findes.", quoted(title)),
            ));
        } else if column.is_none() {
            let known = COLUMNS.join(", ");
            errors.push(FieldError::new(
                header.at(index),
                "unknown_column",
                format!("There is no such column; the columns are {known}."),
                format!("Kolonnen findes ikke; kolonnerne er {known}."),
            ));
        }
        columns.push(column.filter(|_| !is_second));
    }
    columns
}

/// A row under its header.
struct Cells<'a> {
    row: &'a Row,
    columns: &'a [Option<&'static str>],
}

impl Cells<'_> {
    fn line(&self) -> At {
        At::Cell {
            line: self.row.line,
            column: None,
        }
    }

    /// A cell's text and place: that of the row where there is no such column.
    fn cell(&self, name: &str) -> (&str, At) {
        match self.columns.iter().position(|column| *column == Some(name)) {
            Some(index) => {
                let text = self.row.cells.get(index).map_or("", String::as_str);
                (text, self.row.at(index))
            }
            None => ("", self.line()),
        }
    }

    fn is_filled(&self, name: &str) -> bool {
        !self.cell(name).0.is_empty()
    }

    /// A row says one thing.
    fn refuse_others(&self, own: &[&str], errors: &mut Vec<FieldError>) {
        let others = COLUMNS.iter().filter(|column| !own.contains(column));
        for column in others.filter(|column| self.is_filled(column)) {
            let own = own.join(", ");
            errors.push(FieldError::new(
                self.cell(column).1,
                "mixed_row",
                format!("A row of this kind has {own} and nothing else."),
                format!("En række af denne slags har {own} og intet andet."),
            ));
        }
    }

    fn code(&self, name: &str, errors: &mut Vec<FieldError>) -> Said<String> {
        let (text, at) = self.cell(name);
        if text.is_empty() {
            errors.push(json::required(at.clone(), name));
            return Said::new(None, at);
        }
        let text = string(&Node::String(text.to_owned()), &at, MAX_CODE, errors);
        Said::new(text, at)
    }

    fn number(&self, name: &str, errors: &mut Vec<FieldError>) -> Said<i64> {
        let (text, at) = self.cell(name);
        if text.is_empty() {
            errors.push(json::required(at.clone(), name));
            return Said::new(None, at);
        }
        let number = match table::number(text) {
            Some(number) => checked_count(number, &at, errors),
            None => {
                errors.push(FieldError::new(
                    at.clone(),
                    "wrong_type",
                    "This is not a number.",
                    "Dette er ikke et tal.",
                ));
                None
            }
        };
        Said::new(within_reason(number, &at, errors), at)
    }

    /// An outcome that nobody names is one that nobody had.
    fn outcome(&self, name: &str, errors: &mut Vec<FieldError>) -> Said<i64> {
        if self.is_filled(name) {
            self.number(name, errors)
        } else {
            Said::new(Some(0), self.cell(name).1)
        }
    }

    fn count(&self, errors: &mut Vec<FieldError>) -> DraftCount {
        DraftCount {
            residence: self.code("residence", errors),
            age_band: self.code("age_band", errors),
            gender: self.code("gender", errors),
            participants: self.number("participants", errors),
            newcomers: self.number("newcomers", errors),
            outcomes: ["to_education", "to_job", "to_leisure_job", "to_association"]
                .map(|name| self.outcome(name, errors)),
            at: self.line(),
        }
    }

    fn place(&self, errors: &mut Vec<FieldError>) -> DraftPlace {
        DraftPlace {
            zone: self.code("zone", errors),
            sessions: self.number("sessions", errors),
            volunteers: self.number("volunteers", errors),
            attendances: self.number("attendances", errors),
            at: self.line(),
        }
    }

    fn delivery(&self, errors: &mut Vec<FieldError>) -> DraftDelivery {
        DraftDelivery {
            commitment: self.code("commitment", errors),
            zone: self.code("zone", errors),
            quantity: self.number("quantity", errors),
            at: self.line(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft() -> Draft {
        let said = || Said::new(None, At::Parameter("x".into()));
        Draft {
            activity: said(),
            period: said(),
            source: said(),
            note: None,
            counts: Vec::new(),
            places: Vec::new(),
            delivered: Vec::new(),
            revision_reason: said(),
            replaces_revision: None,
        }
    }

    #[test]
    fn a_row_is_known_by_what_it_names() {
        let table = "residence,age_band,gender,participants,newcomers,to_job,zone,sessions,volunteers,attendances,commitment,quantity\n\
            zone-1-unknown,10-14,female,1.200,3,,,,,,,\n\
            ,,,,,,zone-1,12,6,160,,\n\
            ,,,,,,zone-1,,,,youth-school-classes,5\n";
        let (mut draft, mut errors) = (draft(), Vec::new());
        read(table.as_bytes(), &mut draft, &mut errors).unwrap();
        assert_eq!(errors, []);
        assert_eq!(
            (draft.counts.len(), draft.places.len(), draft.delivered.len()),
            (1, 1, 1)
        );
        assert_eq!(draft.counts[0].participants.value, Some(1200));
        assert_eq!(draft.counts[0].outcomes[1].value, Some(0));
        assert_eq!(draft.delivered[0].quantity.value, Some(5));
    }

    #[test]
    fn what_a_row_may_not_have_and_must_have_is_said_by_line_and_column() {
        let table =
            "residence;age_band;gender;participants;zone;colour\noutside;10-14;female;x;zone-1;\n;;;;;\n;10-14;;;;\n";
        let (mut draft, mut errors) = (draft(), Vec::new());
        read(table.as_bytes(), &mut draft, &mut errors).unwrap();
        let found: Vec<_> = errors
            .iter()
            .map(|error| match error.at {
                At::Cell { line, column } => (line, column, error.code),
                _ => (0, None, error.code),
            })
            .collect();
        assert_eq!(
            found,
            [
                (1, Some(6), "unknown_column"),
                (2, Some(5), "mixed_row"),
                (2, Some(4), "wrong_type"),
                (2, None, "required"),
                (4, None, "unknown_row"),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_table_is_answered_without_a_panic(text in "(?s).{0,300}", known in "[a-z0-9;,\n. -]{0,200}") {
            for table in [text, format!("residence;age_band;gender;participants;newcomers\n{known}")] {
                let _ = read(table.as_bytes(), &mut draft(), &mut Vec::new());
            }
        }
    }
}
