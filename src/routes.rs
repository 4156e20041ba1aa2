//! The table of contents: one line a slice.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{activities, areas, clients, criteria, deliveries, indicators};
use crate::{kendskabsgrad, measurements, plans, sessions, system};

/// Every operation of the service.
pub fn configure(service: &mut ServiceConfig) {
    system::routes::configure(service); //        /livez, /readyz, /.well-known/jwks.json, /problems, /v1/me
    plans::routes::configure(service); //         /v1/plans, …/focus-areas
    areas::routes::configure(service); //         …/organisations, …/areas, …/venues
    clients::routes::configure(service); //       /oauth/token, …/clients, …/read-tokens
    activities::routes::configure(service); //    …/activities, …/activities/{code}/placements
    sessions::routes::configure(service); //      …/sessions, …/sessions.ics, …/feeds/sessions
    indicators::routes::configure(service); //    …/target-groups, …/indicators, …/indicators/{code}/series
    measurements::routes::configure(service); //  …/measurements, …/measurements/imports
    kendskabsgrad::routes::configure(service); // …/kendskabsgrad/extracts
    criteria::routes::configure(service); //      …/criteria, …/criteria/assessments
    deliveries::routes::configure(service); //    …/deliveries
}
