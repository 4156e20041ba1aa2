//! Meetings of the bodies: planned, called with agenda and figures, held, minuted, approved; how often they met; calendars.

pub mod calendar;
pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
