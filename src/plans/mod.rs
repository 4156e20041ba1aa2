//! Plans and their focus areas.

pub mod model;
pub mod routes;
pub mod store;
pub mod write;
