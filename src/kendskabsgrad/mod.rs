//! Kendskabsgrad extracts: the Jobcenter's counts of unemployed per target group and zone on a date.
//!
//! A body, JSON ([`read_json`]) or CSV ([`read_csv`]), becomes a [`draft`]; pure [`rules`] judge it and find everything
//! that is wrong; the [`store`] writes it, all or nothing, and leaves a receipt.

pub mod draft;
pub mod model;
pub mod read_csv;
pub mod read_json;
pub mod routes;
pub mod rules;
pub mod store;
