//! Area criteria: dated rule sets as data, and how an area stands against them.

pub mod assessment;
pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
pub mod truth;
pub mod values;
