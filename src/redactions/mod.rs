//! Redaction: a text that should not have been written is taken out of everything that is stored; its place and a hash stay.

pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
