//! Counts over the leaves of a shape, and what the cells sum to.

use serde::{Deserialize, Serialize};

use super::shape::{CellId, Place, Shape};

/// The largest number of people that one table may count.
pub const MOST_PEOPLE: u64 = 1 << 40;

/// Why counts are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// No such leaf: the code is unknown or names a margin.
    #[error("{dimension} has no category {code}")]
    Unknown {
        /// The dimension's code.
        dimension: String,
        /// The code that was given.
        code: String,
    },
    /// A part larger than the whole.
    #[error("more people in part {0} than there are")]
    PartExceedsWhole(String),
    /// A record without one number for each part.
    #[error("a record needs one number for each part")]
    Parts,
    /// More than [`MOST_PEOPLE`].
    #[error("more people than can be counted")]
    TooMany,
}

/// How many people each leaf holds: what a release freezes. Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    leaves: Vec<u64>,
}

impl Counts {
    /// Nobody anywhere.
    pub fn zero(shape: &Shape) -> Self {
        Self {
            leaves: vec![0; shape.leaves()],
        }
    }

    /// Counts people at places of the full cube.
    pub fn of(shape: &Shape, people: impl IntoIterator<Item = (Place, u64)>) -> Result<Self, CountError> {
        let mut counts = Self::zero(shape);
        let mut all = 0u64;
        for (place, number) in people {
            all = all.saturating_add(number);
            if all > MOST_PEOPLE {
                return Err(CountError::TooMany);
            }
            counts.add(shape, &place, number);
        }
        Ok(counts)
    }

    fn add(&mut self, shape: &Shape, place: &Place, number: u64) {
        for family in shape.families().iter().filter(|family| family.is_leaf) {
            if let Some(sum) = family.sum_at(place) {
                self.leaves[sum - shape.cells()] += number;
            }
        }
    }

    /// The leaves, first those of the first side.
    pub fn leaves(&self) -> &[u64] {
        &self.leaves
    }

    /// What a cell sums to.
    pub fn cell(&self, shape: &Shape, cell: CellId) -> u64 {
        let members = shape.members(cell).iter();
        members.map(|leaf| self.leaves[*leaf as usize]).sum()
    }

    /// What all cells sum to.
    pub fn cells(&self, shape: &Shape) -> Vec<u64> {
        (0..shape.cells()).map(|cell| self.cell(shape, cell)).collect()
    }

    /// Without the people that the attacker knows already: those at the given leaves of one dimension. None if a side
    /// of the shape does not tell these leaves apart.
    pub fn without(&self, shape: &Shape, known: &Known) -> Option<Self> {
        let mut counts = self.clone();
        for leaf in 0..shape.leaves() {
            let place = usize::from(shape.first_place(leaf)[known.dimension]);
            if known.leaves.contains(&place) {
                counts.leaves[leaf] = 0;
            }
        }
        let is_told_apart = shape.families().iter().filter(|family| family.is_leaf).all(|family| {
            let leaves = shape.dimensions()[known.dimension].leaves();
            let mut others = (0..leaves).filter(|leaf| !known.leaves.contains(leaf));
            let mut is_apart = |leaf: &usize| others.all(|other| family.tells_apart(known.dimension, *leaf, other));
            known.leaves.first().is_none_or(&mut is_apart)
        });
        is_told_apart.then_some(counts)
    }

    /// Both together.
    pub fn plus(&self, other: &Self) -> Self {
        let pairs = self.leaves.iter().zip(&other.leaves);
        Self {
            leaves: pairs.map(|(one, other)| one + other).collect(),
        }
    }
}

/// What a reader knows exactly beside what is published: everybody at some leaves of one dimension, such as the
/// participants of the activities that an organisation itself reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Which dimension, by its place.
    pub dimension: usize,
    /// Which leaves of it.
    pub leaves: Vec<usize>,
}
