//! The board pack: what a meeting is told, as one document in three formats.
//!
//! It is made and stored when the meeting is called, by the figures of that instant, and never again: [`store`] makes it,
//! [`formats`] write what is stored, so that page, spreadsheet and JSON say the same.

pub mod formats;
pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
