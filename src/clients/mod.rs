//! Registered clients with their secrets, the access tokens that they get for them, and read tokens.

pub mod model;
mod read;
pub mod routes;
pub mod rules;
pub mod store;
