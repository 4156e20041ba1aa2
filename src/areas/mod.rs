//! Areas (zones, departments, comparators …) and organisations.

pub mod model;
pub mod routes;
pub mod store;
