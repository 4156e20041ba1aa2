//! What the plan does: activities with their target groups, actors and commitments, and where they are when.
//!
//! What was agreed about an activity changes by decision only: [`store::change`] and [`store::place`] run inside the
//! decision's transaction. Over the API the secretariat drafts activities, and of those in force edits only how they are
//! presented (`description`, `description_en`, `note`, `is_published`).

pub mod model;
pub mod routes;
pub mod rules;
pub mod search;
pub mod store;
pub mod terms;
pub mod write;
