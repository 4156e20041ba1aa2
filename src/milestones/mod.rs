//! The milestone plan: what is to be reached by which day.

pub mod model;
pub mod routes;
pub mod rules;
pub mod write;
