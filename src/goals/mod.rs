//! Goals and sub-goals, and where the plan stands against them.

pub mod terms;
