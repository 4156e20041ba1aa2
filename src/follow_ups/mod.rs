//! Follow-up on goals and sub-goals: at which meeting, on which figures, with which conclusion; and the yearly statement that
//! the housing organisations show their auditor.

pub mod formats;
pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
