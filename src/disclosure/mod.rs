//! Disclosure control: small counts that nobody can work out. Pure: no I/O, no clock but the solver's own limit.
//!
//! A count of 1 points at a person, and a hidden 1 that can be worked out from a total is not hidden. So what is published
//! is a [`Plan`]'s linked tables with all margins, masked by [`protect`]: it hides small counts, then more, until an attacker
//! who knows everything shown, the hierarchy and these rules still cannot tell a small count from 1 or from the
//! threshold. The proof is a [`Certificate`] of witnesses (other possible tables), which [`check`] verifies by addition alone.
//!
//! ```
//! use helhedsplan::disclosure::{Plan, Terms, Threshold, check, protect, synthetic};
//!
//! let plan = Plan::new(synthetic::definition())?; // from reference data in production
//! let counts = synthetic::quarter(&plan, 300, 1)?; // from records: Plan::count
//! let terms = Terms::first(Threshold::DEFAULT);
//! let release = protect(plan.shape(), &counts, &terms)?;
//! check(plan.shape(), &counts, &terms, &release.published, &release.certificate)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **To wire a release**: store the plan's definition, the frozen [`Counts`], [`Published`], the certificate and the threshold,
//! in the transaction that makes it; a [`Refusal`] rolls it back and names cells, whose codes [`Shape::codes`] gives. Serve
//! from [`Published`] alone. A correction passes all earlier releases of the quarter as [`Frozen`], made with the *same*
//! definition; an organisation that reported passes what it [knows](Plan::knowing); of two audiences the one that sees more
//! is released first, and given to the other as `wider`. Counts and certificate are secret. An audit repeats [`check`], and
//! [attacks](audit()) what is published from that alone.
//!
//! Reading order: [`Dimension`], [`Shape`] (cells, leaves, links), [`Plan`], [`Counts`]; then what happens to them: `rules`
//! (hidden without search), `graph` and `search` (witnesses by cycles), `program` (by integer programs), `protect`, `refine`.
//! The certificate's checker shares only the cells' definitions with them. `parts` stands by itself: newcomers and outcomes of
//! whole activities need no search, since no equation joins them.
//!
//! # Quirks
//!
//! - A zero of a part whose margin is a shown zero stays shown even where the whole is hidden: it is said already.
//! - Group sums are checked for zeros too: hidden parts that are given away as nobody would all be known.
//! - A correction's effect is looked at equation by equation: each hidden group's change is nothing or at least the threshold.
//! - The people of one record are put into its parts in a fixed order, for who is in two parts is not reported.
mod audit;
mod certificate;
mod counts;
mod dimension;
mod graph;
mod parts;
mod plan;
mod program;
mod protect;
mod refine;
mod release;
mod rules;
mod search;
mod shape;
pub mod synthetic;

pub use audit::{Finding, audit};
pub use certificate::{Certificate, Violation, Witnesses, check};
pub use counts::{CountError, Counts, Known, MOST_PEOPLE};
pub use dimension::{Dimension, Node, TOTAL};
pub use parts::{
    FrozenParts, PartCounts, PartFinding, PartId, PartTerms, PartsRefusal, PublishedParts, audit_parts, protect_parts,
    wholes,
};
pub use plan::{AGE_BANDS, GENDERS, OUTSIDE, Plan, PlanDefinition, Record, Zone, unknown_in};
pub use protect::protect;
pub use release::{Frozen, Kinship, Limits, Published, Refusal, Release, Stats, Terms, Threshold};
pub use shape::{CellId, Equation, MAX_DIMENSIONS, Place, Shape, ShapeError, Table};

#[cfg(test)]
mod tests;
