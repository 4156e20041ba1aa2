//! Small counts that nobody can work out.
mod certificate;
mod counts;
mod dimension;
mod graph;
mod plan;
mod program;
mod protect;
mod refine;
mod release;
mod rules;
mod search;
mod shape;
pub mod synthetic;

pub use certificate::{Certificate, Violation, Witnesses, check};
pub use counts::{CountError, Counts, Known, MOST_PEOPLE};
pub use dimension::{Dimension, Node, TOTAL};
pub use plan::{AGE_BANDS, GENDERS, OUTSIDE, Plan, PlanDefinition, Record, Zone, unknown_in};
pub use protect::protect;
pub use release::{Frozen, Kinship, Limits, Published, Refusal, Release, Stats, Terms, Threshold};
pub use shape::{CellId, Equation, MAX_DIMENSIONS, Place, Shape, ShapeError, Table};

#[cfg(test)]
mod tests;
