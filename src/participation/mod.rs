//! Participation: what is reported of an activity and a quarter, and what of the activities' commitments was delivered.
//!
//! A body, JSON ([`read_json`]) or CSV ([`read_csv`]), becomes a [`draft`]; pure [`rules`] judge it and find everything that is
//! wrong; the [`store`] writes it, all or nothing, and leaves a [`receipt`]. A report is a whole statement: who is not listed was
//! not there. Its counts are exact and stay with those who work with the activity; everybody else reads releases.

pub mod draft;
pub mod model;
pub mod read_csv;
pub mod read_json;
pub mod receipt;
pub mod routes;
pub mod rules;
pub mod store;
