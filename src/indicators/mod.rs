//! Indicators, target groups, and the figures measured: series now, imports and single measurements beside them.

pub mod formats;
pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
pub mod write;
