//! What is said of meetings, of items and in minutes once it is read, and what it is judged by.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use uuid::Uuid;

use super::ItemStatus;
use crate::meetings::model::Document;

/// The last place on an agenda.
pub const MAX_POSITION: i16 = 10_000;
/// The most items of an agenda, proposals included.
pub const MAX_ITEMS: u64 = 100;

/// What a meeting is judged by.
#[derive(Clone, Debug)]
pub struct Known {
    /// The bodies, each with whether it is in use.
    pub bodies: HashMap<String, bool>,
    /// The venues, each with whether it is in use.
    pub venues: HashMap<String, bool>,
    /// The first and the last day of the plan.
    pub period: (NaiveDate, NaiveDate),
}

/// What is said of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Code of the body.
    pub body: String,
    /// What it is called.
    pub name: Option<String>,
    /// When it begins.
    pub local_start: NaiveDateTime,
    /// How long it lasts.
    pub duration_minutes: i32,
    /// Code of the venue.
    pub venue: Option<String>,
    /// Where it is held, in words.
    pub place: Option<String>,
}

/// What is said of an item of an agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemDraft {
    /// What it is about, in a line.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The documents.
    pub documents: Vec<Document>,
    /// Its place; none where it is to stand last.
    pub position: Option<i32>,
    /// How far it is.
    pub status: ItemStatus,
}

/// What minutes are judged by.
#[derive(Clone, Debug)]
pub struct KnownToMinutes {
    /// The seats of the body.
    pub seats: HashSet<String>,
    /// The items that are on the agenda.
    pub items: HashSet<Uuid>,
    /// The organisations of the plan, each with whether it is in use.
    pub organisations: HashMap<String, bool>,
}
