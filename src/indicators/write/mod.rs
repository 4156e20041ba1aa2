//! How indicators and target groups are read, judged and stored when a client writes them.

mod indicators;
mod target_groups;

pub use indicators::Indicators;
pub use target_groups::TargetGroups;
