//! What agreements are and which version of one is in force when; pure.

pub mod check;
pub mod content;
pub mod diff;
pub mod force;
pub mod staffing;
pub mod words;
