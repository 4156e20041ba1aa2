//! What a body says before it is judged, and the codes that it may use. JSON and CSV both become a [`Draft`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::model::EmptyCells;
use crate::problem::{At, FieldError};
use crate::text::quoted;

/// A target group and the dates on which it exists.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group's code.
    pub code: String,
    /// The first day; none where it is not stated.
    pub valid_from: Option<NaiveDate>,
    /// The last day; none while it has no end.
    pub valid_to: Option<NaiveDate>,
}

impl Group {
    /// Whether the group exists on a date; on an unknown date every group may.
    pub fn is_valid_on(&self, date: Option<NaiveDate>) -> bool {
        date.is_none_or(|date| {
            self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
        })
    }
}

/// A part of a target group, and the word by which a printed row names it.
#[derive(Clone, Debug)]
pub struct Subset {
    /// The group's code.
    pub group: String,
    /// The part's code.
    pub code: String,
    /// The word.
    pub keyword: String,
}

/// The codes that an extract of a plan may use.
#[derive(Clone, Debug)]
pub struct Codes {
    /// The zones, in their order.
    pub zones: Vec<String>,
    /// All zones together.
    pub whole: Option<String>,
    /// The municipality.
    pub municipality: Option<String>,
    /// The municipality less the zones.
    pub rest: Option<String>,
    /// The target groups, in their order.
    pub groups: Vec<Group>,
    /// Their parts.
    pub subsets: Vec<Subset>,
}

impl Codes {
    /// Whether the code is a zone's; else the error.
    pub fn zone(&self, code: &str, at: At) -> Result<(), FieldError> {
        if self.zones.iter().any(|zone| zone == code) {
            return Ok(());
        }
        let zones = self.zones.join(", ");
        Err(FieldError::new(
            at,
            "unknown_area",
            format!("'{}' is not one of the zones {zones}.", quoted(code)),
            format!("'{}' er ikke en af zonerne {zones}.", quoted(code)),
        ))
    }

    /// Whether the plan has a group of this code, valid or not.
    pub fn has_group(&self, code: &str) -> bool {
        self.groups.iter().any(|group| group.code == code)
    }

    /// Whether the code is that of a group that is valid on the date; else the error.
    pub fn group(&self, code: &str, date: Option<NaiveDate>, at: At) -> Result<(), FieldError> {
        match self.groups.iter().find(|group| group.code == code) {
            Some(group) if group.is_valid_on(date) => Ok(()),
            Some(_) => Err(FieldError::new(
                at,
                "target_group_not_valid",
                format!("The target group {code} does not exist on that date."),
                format!("Målgruppe {code} findes ikke på den dato."),
            )),
            None => Err(FieldError::new(
                at,
                "unknown_target_group",
                format!("'{}' is not a target group of the plan.", quoted(code)),
                format!("'{}' er ikke en af planens målgrupper.", quoted(code)),
            )),
        }
    }

    /// Whether the group has such a part; else the error.
    pub fn subset(&self, group: &str, code: &str, at: At) -> Result<(), FieldError> {
        let of_group = self.subsets.iter().filter(|subset| subset.group == group);
        let known: Vec<&str> = of_group.map(|subset| subset.code.as_str()).collect();
        if known.contains(&code) {
            return Ok(());
        }
        let list = known.join(", ");
        Err(FieldError::new(
            at,
            "unknown_subset",
            format!(
                "'{}' is not a part of the target group {group}; its parts are {list}.",
                quoted(code)
            ),
            format!(
                "'{}' er ikke en delmængde af målgruppe {group}; den har {list}.",
                quoted(code)
            ),
        ))
    }
}

/// A cell that is sent, its codes known to be good.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The zone.
    pub area: String,
    /// The target group.
    pub group: String,
    /// The part of it.
    pub subset: Option<String>,
    /// How many; none if what was sent is no count, which is an error already.
    pub count: Option<i64>,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it was sent.
    pub at: At,
}

/// A figure of an area that is sent.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    /// The area.
    pub area: String,
    /// The figure.
    pub value: T,
    /// Where it was sent.
    pub at: At,
}

/// A comparator that is sent.
#[derive(Clone, Debug)]
pub struct DraftComparator {
    /// The area.
    pub area: String,
    /// How many; none if what was sent is no count, which is an error already.
    pub count: Option<i64>,
    /// The share.
    pub share: Option<Decimal>,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it was sent.
    pub at: At,
}

/// What a total is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TotalOf {
    /// A zone.
    Area(String),
    /// A target group.
    Group(String),
    /// A part of a target group.
    Subset(String, String),
    /// Everything.
    All,
}

/// A total that is sent.
#[derive(Clone, Debug)]
pub struct Total {
    /// What it is of.
    pub of: TotalOf,
    /// How many.
    pub count: i64,
    /// Where it was sent.
    pub at: At,
}

/// A row that names no cell, or one that is named already. The cell that it was meant for may look absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// Its zone, if that is good.
    pub area: Option<String>,
    /// Its group, if that is good.
    pub group: Option<String>,
}

/// What a body says.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The date on which the counts were drawn.
    pub extracted_on: Option<NaiveDate>,
    /// Where the date was sent.
    pub at_date: At,
    /// Who drew them.
    pub source: Option<String>,
    /// The counts.
    pub counts: Vec<Cell>,
    /// Where counts that are absent should be.
    pub at_counts: At,
    /// Whether there are counts that can be read; nothing that follows from unreadable ones is an error of its own.
    pub has_counts: bool,
    /// Zones that the body mentions.
    pub zones: BTreeSet<String>,
    /// Groups that the body mentions.
    pub groups: BTreeSet<String>,
    /// Blank cells of a table, by zone and group.
    pub blanks: BTreeMap<(String, String), At>,
    /// Counts of parts of groups.
    pub subsets: Vec<Cell>,
    /// Blank cells of such rows.
    pub blank_subsets: Vec<Cell>,
    /// Rows that name no cell.
    pub unsound: Vec<Unsound>,
    /// What is written where a zone should be named, and in how many cells.
    pub not_zones: BTreeMap<String, usize>,
    /// What is written where a group should be named, and in how many cells.
    pub not_groups: BTreeMap<String, usize>,
    /// What a reader should know of the extract.
    pub note: Option<String>,
    /// The base that is divided by.
    pub population: Vec<Entry<i64>>,
    /// The municipality and its rest.
    pub comparators: Vec<DraftComparator>,
    /// Stated shares.
    pub shares: Vec<Entry<Decimal>>,
    /// Stated totals.
    pub totals: Vec<Total>,
    /// What a gap means.
    pub empty_cells: Option<EmptyCells>,
    /// Why there is another revision.
    pub revision_reason: Option<String>,
    /// Where the reason should be.
    pub at_reason: At,
    /// Which revision it replaces.
    pub replaces_revision: Option<i32>,
}

impl Draft {
    /// A draft that says nothing yet.
    pub fn new(at_date: At, at_counts: At, at_reason: At) -> Self {
        Self {
            extracted_on: None,
            at_date,
            source: None,
            counts: Vec::new(),
            at_counts,
            has_counts: true,
            zones: BTreeSet::new(),
            groups: BTreeSet::new(),
            blanks: BTreeMap::new(),
            subsets: Vec::new(),
            blank_subsets: Vec::new(),
            unsound: Vec::new(),
            not_zones: BTreeMap::new(),
            not_groups: BTreeMap::new(),
            note: None,
            population: Vec::new(),
            comparators: Vec::new(),
            shares: Vec::new(),
            totals: Vec::new(),
            empty_cells: None,
            revision_reason: None,
            at_reason,
            replaces_revision: None,
        }
    }
}
