//! The table of contents: one line a slice.

use crate::web::registrar::Registrar;
use crate::{activities, agreements, areas, bodies, budget, clients, contingency, criteria, decisions, deliveries};
use crate::{audit, redactions, releases, reports, series, sessions, system};
use crate::{follow_ups, goals, indicators, kendskabsgrad, measurements, meetings, milestones, participation, plans};

/// Every operation of the service.
pub fn configure(service: &mut Registrar<'_>) {
    // Routes are tried in this order: those that are asked for most come first.
    series::routes::configure(service); //        …/indicators/{code}/series
    measurements::routes::configure(service); //  …/measurements, …/measurements/imports
    system::routes::configure(service); //        /livez, /readyz, /.well-known/jwks.json, /problems, /v1/me
    plans::routes::configure(service); //         /v1/plans, …/focus-areas
    agreements::routes::configure(service); //    …/agreements, …/versions, …/diff, …/staffing
    areas::routes::configure(service); //         …/organisations, …/areas, …/venues
    clients::routes::configure(service); //       /oauth/token, …/clients, …/read-tokens
    activities::routes::configure(service); //    …/activities, …/activities/{code}/placements
    sessions::routes::configure(service); //      …/sessions, …/sessions.ics, …/feeds/sessions
    indicators::routes::configure(service); //    …/target-groups, …/indicators
    goals::routes::configure(service); //         …/goals, …/sub-goals, …/goal-status
    budget::routes::configure(service); //        …/budget, …/budget/accounts/{year}
    milestones::routes::configure(service); //    …/milestones
    kendskabsgrad::routes::configure(service); // …/kendskabsgrad/extracts
    participation::routes::configure(service); // …/participation/reports, …/commitments, …/categories
    criteria::routes::configure(service); //      …/criteria, …/criteria/assessments
    deliveries::routes::configure(service); //    …/deliveries
    releases::routes::configure(service); //      …/participation/releases, …/participation/tables, …/kendskabsgrad/tables
    reports::routes::configure(service); //       …/meetings/{id}/pack
    contingency::routes::configure(service); //   …/contingency, …/contingency/activations
    decisions::routes::configure(service); //     …/decisions, …/recommendations
    follow_ups::routes::configure(service); //    …/follow-ups, …/follow-ups/statement
    redactions::routes::configure(service); //    …/redactions
    bodies::routes::configure(service); //        …/bodies
    audit::routes::configure(service); //         …/audit-log, …/audit-log/checkpoint
    meetings::routes::configure(service); //      …/meetings, …/bodies/{code}/calendar-feeds, …/calendars/{secret}.ics
}
