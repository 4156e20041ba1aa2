//! What a body says before it is judged, and the codes that it may use. JSON and CSV both become a [`Draft`].

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use crate::disclosure::{OUTSIDE, unknown_in};
use crate::problem::{At, FieldError};

/// A value and where it was said. None where it is wrong or absent, which is reported.
#[derive(Clone, Debug)]
pub struct Said<T> {
    /// The value.
    pub value: Option<T>,
    /// The place.
    pub at: At,
}

impl<T> Said<T> {
    /// A value at a place.
    pub fn new(value: Option<T>, at: At) -> Self {
        Self { value, at }
    }
}

/// The longest note or reason.
pub const MAX_NOTE: usize = 1000;
/// The longest source.
pub const MAX_SOURCE: usize = 300;
/// The longest code.
pub const MAX_CODE: usize = 100;
/// So many rows of people are read: twice what a plan of 41 departments can have.
pub const MAX_COUNTS: usize = 2000;
/// So many rows of what was held are read.
pub const MAX_PLACES: usize = 200;
/// So many rows of what was delivered are read.
pub const MAX_DELIVERED: usize = 1000;
/// The largest number of a row.
const MAX_NUMBER: i64 = 1_000_000;

/// A report says who counted, and here nobody has said it.
pub fn no_source(at: At) -> FieldError {
    FieldError::new(
        at,
        "required",
        "source is required: your token names no organisation of the plan that could stand for who counted.",
        "source skal angives: din token nævner ingen af planens organisationer, der kunne stå som den, der har talt.",
    )
}

/// A number that a row can have, or the error that says why it is none.
pub fn within_reason(number: Option<i64>, at: &At, errors: &mut Vec<FieldError>) -> Option<i64> {
    let number = number?;
    if number > MAX_NUMBER {
        errors.push(FieldError::new(
            at.clone(),
            "too_large",
            format!("This is more than {MAX_NUMBER}, the most that a row can say."),
            format!("Det er mere end {MAX_NUMBER}, som er det højeste, en række kan angive."),
        ));
        return None;
    }
    Some(number)
}

/// A report as it was said.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Code of the activity.
    pub activity: Said<String>,
    /// The quarter.
    pub period: Said<String>,
    /// Who counted.
    pub source: Said<String>,
    /// What a reader should know.
    pub note: Option<String>,
    /// People.
    pub counts: Vec<DraftCount>,
    /// What was held.
    pub places: Vec<DraftPlace>,
    /// What was delivered of commitments.
    pub delivered: Vec<DraftDelivery>,
    /// Why it is sent again with other content.
    pub revision_reason: Said<String>,
    /// The revision that it is to replace.
    pub replaces_revision: Option<i32>,
}

/// People of one residence, age band and gender.
#[derive(Clone, Debug)]
pub struct DraftCount {
    /// Where they live.
    pub residence: Said<String>,
    /// Their age band.
    pub age_band: Said<String>,
    /// Their gender.
    pub gender: Said<String>,
    /// How many took part.
    pub participants: Said<i64>,
    /// How many of them for the first time.
    pub newcomers: Said<i64>,
    /// How many of them went on to education, a job, a leisure job, an association.
    pub outcomes: [Said<i64>; 4],
    /// The row.
    pub at: At,
}

/// What was held in one place.
#[derive(Clone, Debug)]
pub struct DraftPlace {
    /// The zone, or what stands for none.
    pub zone: Said<String>,
    /// Sessions held.
    pub sessions: Said<i64>,
    /// Different volunteers.
    pub volunteers: Said<i64>,
    /// Attendances.
    pub attendances: Said<i64>,
    /// The row.
    pub at: At,
}

/// What of a commitment was delivered in one place.
#[derive(Clone, Debug)]
pub struct DraftDelivery {
    /// Code of the commitment.
    pub commitment: Said<String>,
    /// The zone, or what stands for none.
    pub zone: Said<String>,
    /// How much.
    pub quantity: Said<i64>,
    /// The row.
    pub at: At,
}

/// The codes that a report of the plan may use.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    /// The plan's first and last day.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// The activities of which there may be a report, with the codes of their commitments.
    pub activities: HashMap<String, Vec<String>>,
    /// Those that the caller may report; none: all.
    pub own: Option<HashSet<String>>,
    /// Departments, with the areas that they were part of from when to when.
    pub departments: BTreeMap<String, Vec<Membership>>,
    /// The zones, in their order.
    pub zones: Vec<String>,
    /// The age bands, youngest first.
    pub age_bands: Vec<String>,
    /// The genders.
    pub genders: Vec<String>,
    /// What was taken out of use, and when.
    pub archived: HashMap<(Kind, String), NaiveDate>,
}

/// What a code is the code of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A department or zone.
    Area,
    /// An age band.
    AgeBand,
    /// A gender.
    Gender,
}

/// That a department was part of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The zone.
    pub zone: String,
    /// The first day; none where it is not stated.
    pub from: Option<NaiveDate>,
    /// The last day; none where it has no end.
    pub to: Option<NaiveDate>,
}

impl Codes {
    /// The zone of which a residence says that the department in it is unknown.
    pub fn unknown_zone(&self, residence: &str) -> Option<&str> {
        let zones = self.zones.iter().map(String::as_str);
        zones.into_iter().find(|zone| unknown_in(zone) == residence)
    }

    /// The department or zone that a residence names; none for outside.
    pub fn area_of<'a>(&'a self, residence: &'a str) -> Option<&'a str> {
        if residence == OUTSIDE {
            return None;
        }
        self.unknown_zone(residence).or(Some(residence))
    }

    /// The zone that a place names; none for outside and for one that is not stated.
    pub fn zone_at<'a>(&self, place: &'a str) -> Option<&'a str> {
        Some(place).filter(|place| self.zones.iter().any(|zone| zone == place))
    }

    /// The zone of a department on a day; none where it is not stated.
    pub fn zone_of(&self, department: &str, day: NaiveDate) -> Option<&str> {
        let memberships = self.departments.get(department)?;
        let holds = |membership: &&Membership| {
            membership.from.is_none_or(|from| from <= day) && membership.to.is_none_or(|to| day <= to)
        };
        memberships
            .iter()
            .find(holds)
            .map(|membership| membership.zone.as_str())
    }
}
