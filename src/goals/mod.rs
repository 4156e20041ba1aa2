//! Goals and sub-goals, and where the plan stands against them.
//!
//! [`terms`] are what agreements hold; [`rules`] hold figures against them; [`store`] finds both.

pub mod formats;
pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
pub mod terms;
