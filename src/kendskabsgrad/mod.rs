//! Kendskabsgrad extracts: the Jobcenter's counts of unemployed per target group and zone on a date.
//!
//! A body, JSON ([`read_json`]) or CSV ([`read_csv`]), becomes a [`draft`]; pure [`rules`] (with [`gaps`] and [`sums`])
//! judge it and find everything that is wrong; [`figures`] follow from what is good; the [`store`] writes it, all or
//! nothing, and leaves a [`receipt`].

pub mod draft;
pub mod figures;
pub mod gaps;
pub mod model;
pub mod read_csv;
pub mod read_json;
pub mod receipt;
pub mod routes;
pub mod rules;
pub mod store;
pub mod sums;
