//! The budget, which is part of the strategic agreement, and the accounts of each year beside it.

pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
