//! Areas (zones, departments, comparators …), organisations and venues.

pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
pub mod write;
