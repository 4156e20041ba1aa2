//! The contingency plan (beredskabsplan): who acts on unrest, and the log of when it was done.
//!
//! The plan is kept in dated versions; an activation is carried out by the version that held on its day, with that version's
//! checklist. No persons: who takes part is a seat, an organisation with a title. Contact details are in a list outside of
//! this service, of which only the day of its last confirmation is known here.

pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
