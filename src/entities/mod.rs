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
/// What is on the agendas of meetings.
pub mod agenda_item;
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
/// Who was at which meeting.
pub mod attendance;
/// The audit log.
pub mod audit_entry;
/// How far the audit log of each plan is.
pub mod audit_head;
/// Those who meet.
pub mod body;
/// Which body meets before which.
pub mod body_ordering;
/// Who sits in which body.
pub mod body_seat;
/// Secret addresses under which calendars follow meetings.
pub mod calendar_feed;
/// What each write did, and who asked for it.
pub mod change;
/// Programs that get access tokens.
pub mod client;
/// Assertions that clients have used.
pub mod client_assertion;
/// The secrets of clients, hashed.
pub mod client_secret;
/// What meetings concluded, item by item.
pub mod conclusion;
/// The checklists of activations.
pub mod contingency_action;
/// The log of the contingency plan's activations.
pub mod contingency_activation;
/// The contingency plan in dated versions.
pub mod contingency_version;
/// The limits of the area criteria's rule sets.
pub mod criterion;
/// Which series may answer a criterion.
pub mod criterion_input;
/// What the board decides.
pub mod decision;
/// Under which items of agendas decisions are taken up.
pub mod decision_item;
/// Dissents written down with a decision.
pub mod decision_reservation;
/// What seats say of a proposal.
pub mod decision_vote;
/// The extracts of target group counts, every revision of them.
pub mod extract;
/// The fields that a plan works in.
pub mod focus_area;
/// How goals and sub-goals were followed up.
pub mod follow_up;
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
/// The meetings of the bodies.
pub mod meeting;
/// The packs that meetings were called with.
pub mod meeting_pack;
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
/// What is recommended to the board.
pub mod recommendation;
/// Texts that were taken out.
pub mod redaction;
/// How often a plan's clients and read tokens have changed.
pub mod registry_version;
/// What may be shown of figures that count people.
pub mod release;
/// Why that is safe. Secret.
pub mod release_proof;
/// Dissents in the minutes.
pub mod reservation;
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
