//! The service through its public API, in one binary.
//!
//! The same tests run on SQLite and, with `HELHEDSPLAN_TEST_DATABASE_URL`, on PostgreSQL; `cargo xtask test` does both.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod activities;
mod agreements;
mod architecture;
mod authz;
mod backup;
mod budget;
mod cli;
mod client_keys;
mod clients;
mod conditional;
mod contention;
mod contingency;
mod contract;
mod criteria;
mod deliveries;
mod feeds;
mod goals;
mod idempotency;
mod input;
mod kendskabsgrad;
mod limits;
mod measurements;
mod metrics;
mod migrations;
mod milestones;
mod openapi;
mod problems;
mod readme;
mod reference;
mod reference_writes;
mod seeds;
mod series;
mod sessions;
mod system;
mod tokens;
mod trusted;
