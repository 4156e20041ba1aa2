//! Reading the bodies that say what the contingency plan is, and what was done by it.

mod log;
mod plan;

pub use log::{Checked, Known, activated_at, activation, closing, correction, settled};
pub use plan::{Days, standing, version};

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use crate::areas::rules::OrganisationKind;
use crate::reference::{Codes, Fields};
use crate::web::values::MAX_CODE;

/// The longest situation, summary or conclusion.
const MAX_TEXT: usize = 2000;

/// The plan's organisations.
#[derive(Debug)]
pub struct Organisations {
    codes: Codes,
    kinds: HashMap<String, OrganisationKind>,
}

impl Organisations {
    /// Of the plan's rows: code, whether it is in use, and what it is.
    pub fn new(rows: Vec<(String, bool, Option<OrganisationKind>)>) -> Self {
        let kinds = rows.iter().filter_map(|(code, _, kind)| Some((code.clone(), (*kind)?)));
        Self {
            kinds: kinds.collect(),
            codes: rows.into_iter().map(|(code, is_used, _)| (code, is_used)).collect(),
        }
    }

    fn kind(&self, code: &str) -> Option<OrganisationKind> {
        self.kinds.get(code).copied()
    }
}

fn past_day(fields: &mut Fields<'_, '_>, name: &'static str, today: NaiveDate) -> Option<NaiveDate> {
    let day = fields.optional_date(name);
    if day.is_some_and(|day| day > today) {
        fields.error(
            name,
            "in_the_future",
            "The day is today or earlier.",
            "Dagen er i dag eller tidligere.",
        );
    }
    day
}

/// An instant, RFC 3339, that has been.
fn past_instant(fields: &mut Fields<'_, '_>, name: &'static str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let instant = instant(fields, name);
    if instant.is_some_and(|instant| instant > now) {
        fields.error(
            name,
            "in_the_future",
            "The instant must not be in the future.",
            "Tidspunktet må ikke ligge i fremtiden.",
        );
    }
    instant
}

fn instant(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<DateTime<Utc>> {
    let text = fields.optional_text(name, MAX_CODE)?;
    let instant = DateTime::parse_from_rfc3339(&text).ok();
    if instant.is_none() {
        fields.error(
            name,
            "invalid_instant",
            "An instant is written as in RFC 3339, such as 2024-01-31T12:00:00Z.",
            "Et tidspunkt skrives som i RFC 3339, for eksempel 2024-01-31T12:00:00Z.",
        );
    }
    instant.map(|instant| instant.with_timezone(&Utc).trunc_subsecs(6))
}
