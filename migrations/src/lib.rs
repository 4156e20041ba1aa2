//! The database schema of helhedsplan, step by step, the same on SQLite and on PostgreSQL.
//!
//! # Conventions
//!
//! - **The plan comes first in every key.** A plan has a number (`plans.id`) that never leaves the database. Every other
//!   table has `plan_id` as the first column of its primary key and of its indexes, so that data can be partitioned or
//!   sharded by plan, and no foreign key can reach into another plan: it is always `(plan_id, x)` → `(plan_id, code)`.
//!   The exceptions are the index that finds expired idempotency keys, because cleaning up goes over all plans, and the
//!   one that finds a client by its id, because its plan is what is asked for.
//! - **Codes are the names of things.** Reference data (organisations, areas, venues, focus areas, target groups, indicators) is
//!   known by a code that clients rely on. It is archived (`archived_at`), never deleted: every foreign key restricts.
//! - **Positions give the order of lists.** The two databases sort text differently, and PostgreSQL by whatever collation
//!   it was set up with; an integer `position` sorts alike everywhere and is the order in which the source prints things.
//!   Among reference data it is unique within the plan, archived rows included.
//! - **Nothing is overwritten in measurements.** A correction is a new revision; the row before it only gets its `seq_to`.
//!   What was known at sequence `s` are the rows with `seq_from <= s` and (`seq_to` null or `seq_to > s`).
//! - **Sequences, not clocks, order the writes.** Each plan counts its own writes in `plan_clocks`, in a row that every
//!   write locks until it commits. `changes` says at which instant each number was given out.
//! - **Exact numbers.** A figure is an integer and a number of decimals; nothing is stored as a float or a decimal, because
//!   SQLite would keep a decimal as a float.
//! - **Closed lists are text.** Kinds, units, directions and states are checked by the service, which also names them;
//!   the database has no enumerations and no CHECK constraints.
//! - **What SQLite lacks, it stores as text:** dates, times (RFC 3339, in UTC) and JSON. A UUID is kept as 16 bytes.
//!
//! Each step runs in a transaction on both databases, and can be taken back. SQLite can add no foreign key to an existing
//! table, so all of them are written inside CREATE TABLE.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_plans;
mod m0002_places;
mod m0003_indicators;
mod m0004_kendskabsgrad;
mod m0005_idempotency;
mod m0006_venues;
mod m0007_clients;
mod m0008_agreements;
mod m0010_criteria;
mod m0011_activities;
mod m0012_imports;
mod m0013_arrivals;
mod m0014_participation;
mod m0015_releases;
mod m0016_meetings;
mod m0017_decisions;
mod m0018_contingency;
mod m0020_client_keys;
mod m0022_meeting_packs;
mod m0023_audit_log;
mod m0024_redactions;
mod m0025_release_parts;
mod m0026_agenda_links;
mod tables;

/// All steps of the schema, oldest first.
///
/// The names of the steps are stored in the database; a step that has been released is never renamed or edited.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_plans::Migration),
            Box::new(m0002_places::Migration),
            Box::new(m0003_indicators::Migration),
            Box::new(m0004_kendskabsgrad::Migration),
            Box::new(m0005_idempotency::Migration),
            Box::new(m0006_venues::Migration),
            Box::new(m0007_clients::Migration),
            Box::new(m0008_agreements::Migration),
            Box::new(m0010_criteria::Migration),
            Box::new(m0011_activities::Migration),
            Box::new(m0012_imports::Migration),
            Box::new(m0013_arrivals::Migration),
            Box::new(m0014_participation::Migration),
            Box::new(m0015_releases::Migration),
            Box::new(m0016_meetings::Migration),
            Box::new(m0017_decisions::Migration),
            Box::new(m0018_contingency::Migration),
            Box::new(m0020_client_keys::Migration),
            Box::new(m0022_meeting_packs::Migration),
            Box::new(m0023_audit_log::Migration),
            Box::new(m0024_redactions::Migration),
            Box::new(m0025_release_parts::Migration),
            Box::new(m0026_agenda_links::Migration),
        ]
    }
}
