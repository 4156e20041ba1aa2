//! Sessions: what residents can come to, when and where; and the feeds that frontends and calendars follow.
//!
//! A session is kept as it was said (a local start, a rule, exceptions), and beside it every single time it takes place, so
//! that lists are plain queries. Each change of what a feed shows takes a change number under the plan's lock, so that who
//! follows the feed misses nothing.

pub mod calendar;
pub mod model;
pub mod read;
pub mod recurrence;
pub mod routes;
pub mod rpde;
pub mod rules;
pub mod store;
