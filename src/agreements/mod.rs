//! Agreements: the strategic agreement and the sub-agreements in versions, what differs between two versions, and the
//! weekly staff hours that they promise.

pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
