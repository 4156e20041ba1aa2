//! What goes in and comes out: terms, frozen tables, releases, refusals.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::certificate::{Certificate, Violation};
use super::counts::{Counts, Known};
use super::shape::{CellId, Shape};

/// The smallest number of people that may be shown: counts from 1 up to it are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Threshold(u64);

impl Threshold {
    /// What holds unless an audience has another.
    pub const DEFAULT: Self = Self(5);
    /// The lowest: below 3, whoever knows one of two people knows the other.
    pub const LOWEST: u64 = 3;

    /// None below [`Threshold::LOWEST`].
    pub fn new(value: u64) -> Option<Self> {
        (Self::LOWEST..=1_000_000).contains(&value).then_some(Self(value))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Threshold {
    type Error = &'static str;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        Self::new(value).ok_or("a threshold is at least 3")
    }
}

impl From<Threshold> for u64 {
    fn from(threshold: Threshold) -> Self {
        threshold.0
    }
}

/// Every cell's value as its audience sees it; `None` is hidden, without a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    values: Vec<Option<u64>>,
}

impl Published {
    /// Shows the cells that `is_hidden` leaves.
    pub fn mask(shape: &Shape, counts: &Counts, is_hidden: impl Fn(CellId) -> bool) -> Self {
        let cells = counts.cells(shape).into_iter().enumerate();
        Self {
            values: cells.map(|(cell, value)| (!is_hidden(cell)).then_some(value)).collect(),
        }
    }

    /// A table as it was stored.
    pub fn from_values(values: Vec<Option<u64>>) -> Self {
        Self { values }
    }

    /// The value of a cell, none where it is hidden.
    pub fn value(&self, cell: CellId) -> Option<u64> {
        self.values.get(cell).copied().flatten()
    }

    /// Whether a cell is hidden.
    pub fn is_hidden(&self, cell: CellId) -> bool {
        self.value(cell).is_none()
    }

    /// The values of all cells, in the order of their numbers.
    pub fn values(&self) -> &[Option<u64>] {
        &self.values
    }
}

/// How an earlier release's audience stands to the one that is released to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// It is the same: what was hidden stays hidden.
    Same,
    /// It sees less, and this audience sees all that it sees.
    Narrower,
}

/// A release of the same quarter that the audience has seen already.
#[derive(Clone, Debug)]
pub struct Frozen<'a> {
    /// What it froze.
    pub counts: &'a Counts,
    /// What it showed.
    pub published: &'a Published,
    /// Its threshold.
    pub threshold: Threshold,
    /// Whose it was.
    pub kinship: Kinship,
}

/// How much may be spent on what the search misses.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nodes of one integer program's search tree. Reached, it counts as unsolved; this limit is the same on every machine.
    pub nodes: u64,
    /// Time for one integer program, for a machine slower than any that was thought of; none to stay deterministic.
    pub time: Option<Duration>,
    /// How many integer programs in all. Afterwards what the search misses is answered by hiding more.
    pub programs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 200,
            time: Some(Duration::from_secs(5)),
            programs: 400,
        }
    }
}

/// Under which terms counts are released to an audience.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// Counts from 1 up to this are hidden.
    pub threshold: Threshold,
    /// What the audience knows beside what it is shown.
    pub known: Option<&'a Known>,
    /// The releases of the same quarter that it has seen, in the order in which they came.
    pub earlier: &'a [Frozen<'a>],
    /// Releases of the same counts to audiences that see more: what is hidden there is hidden here.
    pub wider: &'a [&'a Published],
    /// How much may be spent.
    pub limits: Limits,
}

impl Terms<'_> {
    /// A first release to an audience that knows nothing else.
    pub fn first(threshold: Threshold) -> Self {
        Self {
            threshold,
            known: None,
            earlier: &[],
            wider: &[],
            limits: Limits::default(),
        }
    }
}

/// What was made for an audience.
#[derive(Clone, Debug)]
pub struct Release {
    /// What may be shown.
    pub published: Published,
    /// Why it is safe. Secret: with it the hidden counts can be worked out.
    pub certificate: Certificate,
    /// How it went.
    pub stats: Stats,
}

/// How a release went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Cells that are not zero.
    pub nonzero: usize,
    /// Of these, how many are shown.
    pub shown: usize,
    /// Cells from 1 up to the threshold.
    pub primary: usize,
    /// Hidden cells, zeros included.
    pub hidden: usize,
    /// Witnesses in the certificate.
    pub witnesses: usize,
    /// Integer programs that were solved.
    pub programs: usize,
    /// Margins that were hidden because nothing less would do.
    pub escalations: usize,
}

/// Why nothing is released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Cells that an earlier release showed would have to be hidden now: they, or margins of theirs, turned small.
    #[error("{} cells that were shown earlier would have to be hidden", .0.len())]
    ShownBefore(Vec<CellId>),
    /// A correction changes groups that one equation gives away by less than the threshold. Each is named by its margin.
    #[error("{} hidden groups change by less than the threshold", .0.len())]
    SmallCorrection(Vec<CellId>),
    /// For these cells no witness was found, and there is nothing left that could be hidden for them.
    #[error("{} cells cannot be protected", .0.len())]
    Unprotected(Vec<CellId>),
    /// An earlier or wider release is not of this shape, or its figures are not what it froze.
    #[error("an earlier or wider release does not belong to these tables")]
    Foreign,
    /// The leaves do not tell apart what the audience knows.
    #[error("what the audience knows is not told apart by the leaves")]
    Knowledge,
    /// The checker did not accept the certificate: a fault of this module.
    #[error("the certificate was not accepted: {0}")]
    Uncertified(Violation),
}
