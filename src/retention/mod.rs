//! How long each kind of record is kept, and the deletion of what has been kept long enough.

pub mod rules;
pub mod store;
