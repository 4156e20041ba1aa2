//! Expected deliveries: which figures are due, late, received.

pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
