//! Indicators, target groups, and what figures are and how they add up.

pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
pub mod write;
