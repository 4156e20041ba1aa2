//! Measured figures as rows: imports, the flat list for BI tools, one figure with its history, corrections.
//!
//! An import ([`import`]) reads its rows twice, once to judge every one ([`read`], [`rules`]) and once to write them
//! ([`staging`]), so that its memory does not grow with its length. A large one outlasts its request ([`jobs`]).

pub mod formats;
pub mod import;
pub mod jobs;
pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod staging;
pub mod store;
