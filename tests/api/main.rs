//! The service through its public API, in one binary.
//!
//! The same tests run on SQLite and, with `HELHEDSPLAN_TEST_DATABASE_URL`, on PostgreSQL; `cargo xtask test` does both.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod activities;
mod agreements;
mod architecture;
mod authz;
mod budget;
mod cli;
mod clients;
mod conditional;
mod contention;
mod contract;
mod criteria;
mod deliveries;
mod demo;
mod feeds;
mod goals;
mod idempotency;
mod kendskabsgrad;
mod measurements;
mod migrations;
mod milestones;
mod openapi;
mod participation;
mod problems;
mod published_extracts;
mod readme;
mod reference;
mod reference_writes;
mod releases;
mod seeds;
mod series;
mod sessions;
mod system;
