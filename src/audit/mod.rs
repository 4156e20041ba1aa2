//! The audit log: who wrote what, and who was shown what is protected. The auditor reads it here; `helhedsplan audit` holds it
//! against the chain that its entries make, the record of changes, and the checkpoints.
//!
//! Entries are made elsewhere: with each write in [`crate::record`], before each protected read in [`crate::watch`].

pub mod checkpoints;
pub mod model;
pub mod routes;
pub mod rules;
pub mod store;
pub mod verify;
