//! The service itself: is it there, who am I, which keys, which problems.

pub mod model;
pub mod routes;
pub mod store;
