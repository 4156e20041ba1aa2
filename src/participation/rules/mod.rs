//! The rules of a report, and how a commitment stands; pure. A draft is judged whole: every error that is not the mere
//! consequence of another.

mod codes;
mod commitments;
mod rows;
mod sums;

pub use commitments::{CommitmentStatus, promised, quarters, standing};
pub use sums::{figures, totals};

use std::collections::HashMap;

use chrono::NaiveDate;

use self::rows::{counts, delivered, held};
use super::draft::{Codes, Draft, Said};
use super::model::Content;
use crate::period::{Period, PeriodKind};
use crate::problem::{At, FieldError};

/// What stands for a zone that is not stated.
pub const UNKNOWN: &str = "unknown";

/// A draft that was found good.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Code of the activity.
    pub activity: String,
    /// The quarter.
    pub period: Period,
    /// What it says.
    pub content: Content,
    /// Rows that were sent.
    pub received: usize,
    /// Where each row was sent, by its name.
    pub places: HashMap<String, At>,
}

/// Judges a draft.
///
/// `errors` holds what reading the body found; what is wrong is added. `today` is the date in Denmark. The content is only
/// returned if there is no error at all.
pub fn check(draft: &Draft, codes: &Codes, today: NaiveDate, errors: &mut Vec<FieldError>) -> Option<Checked> {
    let commitments = activity(&draft.activity, codes, errors);
    let period = quarter(&draft.period, codes, today, errors);
    let mut places = HashMap::new();
    let counts = counts(draft, codes, period, &mut places, errors);
    let held = held(draft, codes, period, &mut places, errors);
    let delivered = delivered(draft, codes, period, commitments, &mut places, errors);
    if !errors.is_empty() {
        return None;
    }
    Some(Checked {
        activity: draft.activity.value.clone()?,
        period: period?,
        content: Content {
            source: draft.source.value.clone()?,
            note: draft.note.clone(),
            counts,
            places: held,
            delivered,
        },
        received: draft.counts.len() + draft.places.len() + draft.delivered.len(),
        places,
    })
}

/// The commitments of an activity that the caller may report.
fn activity<'a>(said: &Said<String>, codes: &'a Codes, errors: &mut Vec<FieldError>) -> Option<&'a [String]> {
    let code = said.value.as_ref()?;
    let found = codes.activities.get(code);
    if found.is_none() {
        errors.push(FieldError::new(
            said.at.clone(),
            "unknown_activity",
            "The plan has no activity of this code that is decided.",
            "Planen har ingen besluttet aktivitet med denne kode.",
        ));
    } else if codes.own.as_ref().is_some_and(|own| !own.contains(code)) {
        errors.push(FieldError::new(
            said.at.clone(),
            "not_an_actor",
            "Neither your organisation nor a unit of it is an actor of the activity.",
            "Hverken din organisation eller en enhed under den er aktør i aktiviteten.",
        ));
    }
    found.map(Vec::as_slice)
}

/// A quarter that lies in the plan and has begun.
fn quarter(said: &Said<String>, codes: &Codes, today: NaiveDate, errors: &mut Vec<FieldError>) -> Option<Period> {
    let text = said.value.as_ref()?;
    let found: Option<Period> = text.parse().ok();
    let Some(period) = found.filter(|period| period.kind() == PeriodKind::Quarter) else {
        errors.push(FieldError::new(
            said.at.clone(),
            "invalid_period",
            "A quarter is written as 2024-Q1.",
            "Et kvartal skrives som 2024-Q1.",
        ));
        return None;
    };
    if let Some((first, last)) = codes.days
        && (period.end() < first || last < period.start())
    {
        errors.push(FieldError::new(
            said.at.clone(),
            "outside_plan",
            format!("The quarter lies outside the plan, which runs from {first} to {last}."),
            format!("Kvartalet ligger uden for helhedsplanen, som løber fra {first} til {last}."),
        ));
        return None;
    }
    if period.start() > today {
        errors.push(FieldError::new(
            said.at.clone(),
            "in_the_future",
            "The quarter has not begun.",
            "Kvartalet er ikke begyndt.",
        ));
        return None;
    }
    Some(period)
}

#[cfg(test)]
mod tests;
