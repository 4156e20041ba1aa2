//! Measured figures as rows: imports, the flat list for BI tools, one figure with its history, corrections.
//!
//! An import is read twice, once to judge every row ([`read`], [`rules`]) and once to write them ([`store`]), so that its
//! memory does not grow with its length.

pub mod formats;
pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
