//! What a receipt says: what became of the rows, what is different from before, what to look at; pure.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::model::{Change, Content, Outcome, Receipt, Rows, Warning};
use super::rules::{Checked, figures, totals};
use crate::problem::At;

/// A receipt for a dry run; what is stored fills in the rest. `before` is what the revision says that it replaces.
pub fn draw_up(checked: &Checked, before: Option<&Content>, today: NaiveDate, received_at: DateTime<Utc>) -> Receipt {
    let (new, old) = (figures(&checked.content), before.map(figures).unwrap_or_default());
    let mut rows = Rows {
        received: checked.received,
        empty: checked.received - new.len(),
        ..Rows::default()
    };
    let mut changes = Vec::new();
    let mut removed = Vec::new();
    let names: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
    for name in names {
        let (before_row, after_row) = (old.get(name), new.get(name));
        match (before_row, after_row) {
            (None, _) => rows.created += 1,
            (Some(_), None) => {
                rows.removed += 1;
                removed.push(name.as_str());
            }
            (Some(before), Some(after)) if before == after => rows.unchanged += 1,
            _ => rows.updated += 1,
        }
        if before.is_none() {
            continue;
        }
        let fields = before_row.or(after_row).into_iter().flatten();
        for (index, (field, _)) in fields.enumerate() {
            let figure = |row: Option<&Vec<(&str, i32)>>| Some(row?.get(index)?.1);
            let (before, after) = (figure(before_row), figure(after_row));
            // What appears or goes as nothing is said by the row's other figures.
            let is_nothing = before.unwrap_or(0) == 0 && after.unwrap_or(0) == 0 && index > 0;
            if before != after && !is_nothing {
                changes.push(change(checked.places.get(name), Some(name), field, before, after));
            }
        }
    }
    if let Some(before) = before {
        for (field, is_same) in [
            ("source", before.source == checked.content.source),
            ("note", before.note == checked.content.note),
        ] {
            if !is_same {
                changes.push(change(None, None, field, None, None));
            }
        }
    }
    Receipt {
        id: None,
        activity: checked.activity.clone(),
        period: checked.period.to_string(),
        revision: 0,
        outcome: Outcome::DryRun,
        rows,
        totals: totals(&checked.content),
        changes,
        warnings: warnings(checked, &removed, today),
        received_at,
    }
}

fn change(place: Option<&At>, row: Option<&String>, field: &str, before: Option<i32>, after: Option<i32>) -> Change {
    Change {
        pointer: match place {
            Some(At::Pointer(pointer)) => Some(pointer.clone()),
            _ => None,
        },
        line: match place {
            Some(At::Cell { line, .. }) => Some(*line),
            _ => None,
        },
        row: row.cloned(),
        field: field.to_owned(),
        before,
        after,
    }
}

fn warnings(checked: &Checked, removed: &[&str], today: NaiveDate) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, detail: String, detail_da: String| {
        warnings.push(Warning {
            code: code.to_owned(),
            detail,
            detail_da,
        });
    };
    for name in removed {
        warn(
            "removed",
            format!("The revision before had a row {name}; this one has none."),
            format!("Den forrige revision havde en række {name}; denne har ingen."),
        );
    }
    if checked.period.end() >= today {
        warn(
            "quarter_not_over",
            format!("The quarter is not over before {}.", checked.period.end()),
            format!("Kvartalet er først slut den {}.", checked.period.end()),
        );
    }
    let totals = totals(&checked.content);
    if !checked.content.places.is_empty() && totals.attendances < totals.participants {
        warn(
            "fewer_attendances",
            format!(
                "There are {} attendances of {} participants, each of whom attended at least once.",
                totals.attendances, totals.participants
            ),
            format!(
                "Der er {} fremmøder af {} deltagere, som hver er mødt mindst én gang.",
                totals.attendances, totals.participants
            ),
        );
    }
    warnings
}
