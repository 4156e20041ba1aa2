//! The tables as Rust types: one file a table, no logic, no relations.
//!
//! The steps that create them, and the conventions they keep, are in the crate `migrations`. A `plan_id` is the plan's
//! number, which never leaves the database; a code is the name by which clients know a thing inside its plan.

/// The accounts of a year, every revision of them.
pub mod account;
/// What the plan does.
pub mod activity;
/// Who takes part in an activity.
pub mod activity_actor;
/// What was promised of an activity.
pub mod activity_commitment;
/// Where activities are, and were.
pub mod activity_placement;
/// For whom an activity is.
pub mod activity_target_group;
/// The age bands that participants are counted by.
pub mod age_band;
/// The strategic agreement and the sub-agreements.
pub mod agreement;
/// The versions of agreements: what was agreed.
pub mod agreement_version;
/// Areas, from the country down to the single department.
pub mod area;
/// How areas lie to one another.
pub mod area_relation;
/// When figures of an indicator came.
pub mod arrival;
/// What each write did, and who asked for it.
pub mod change;
/// Programs that get access tokens.
pub mod client;
/// The secrets of clients, hashed.
pub mod client_secret;
/// The limits of the area criteria's rule sets.
pub mod criterion;
/// Which series may answer a criterion.
pub mod criterion_input;
/// The extracts of target group counts, every revision of them.
pub mod extract;
/// The fields that a plan works in.
pub mod focus_area;
/// The genders that participants are counted by.
pub mod gender;
/// Requests that may be retried safely, with their answers.
pub mod idempotency_key;
/// Imports that outlast their request.
pub mod import;
/// What is measured.
pub mod indicator;
/// The figures, every revision of them.
pub mod measurement;
/// The milestone plan.
pub mod milestone;
/// Organisations and their units.
pub mod organisation;
/// How many took part, exactly.
pub mod participation_count;
/// How much of a commitment was delivered.
pub mod participation_delivered;
/// What was held where.
pub mod participation_place;
/// What was reported of activities and quarters, every revision of it.
pub mod participation_report;
/// The plans themselves.
pub mod plan;
/// How many writes each plan has seen.
pub mod plan_clock;
/// Which organisations are parties to a plan.
pub mod plan_party;
/// Opaque tokens that only read.
pub mod read_token;
/// How often a plan's clients and read tokens have changed.
pub mod registry_version;
/// What may be shown of figures that count people.
pub mod release;
/// Why that is safe. Secret.
pub mod release_proof;
/// The dated rule sets of the area criteria.
pub mod rule_set;
/// What is offered to residents, once or again and again.
pub mod session;
/// Every single time that a session takes place.
pub mod session_occurrence;
/// The target groups that citizens are counted in, dated.
pub mod target_group;
/// Parts of target groups that are counted on their own.
pub mod target_group_subset;
/// Places where the plan's activities are held.
pub mod venue;
