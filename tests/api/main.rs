//! The service through its public API, in one binary.
//!
//! The same tests run on SQLite and, with `HELHEDSPLAN_TEST_DATABASE_URL`, on PostgreSQL; `cargo xtask test` does both.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod activities;
mod agreements;
mod architecture;
mod audit;
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
mod decisions;
mod deliveries;
mod demo;
mod disclosure_audit;
mod feeds;
mod follow_ups;
mod goals;
mod idempotency;
mod input;
mod kendskabsgrad;
mod limits;
mod measurements;
mod meetings;
mod metrics;
mod migrations;
mod milestones;
mod openapi;
mod outcomes;
mod packs;
mod participation;
mod problems;
mod published_extracts;
mod readme;
mod redaction;
mod redaction_columns;
mod reference;
mod reference_writes;
mod releases;
mod retention;
mod seeds;
mod series;
mod sessions;
mod system;
mod taken_up;
mod tokens;
mod trusted;
mod year;
