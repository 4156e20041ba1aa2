//! What holds for the contingency plan and its log. Pure.

pub mod content;
pub mod course;
