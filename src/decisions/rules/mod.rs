//! What holds for decisions. Pure.

pub mod course;
pub mod kinds;
pub mod payload;
pub mod reach;
pub mod votes;
