//! `…/participation/releases`, `…/participation/tables/{table}`, `…/kendskabsgrad/releases`, `…/kendskabsgrad/tables/{date}`.

mod answers;
mod kendskabsgrad;
mod participation;
mod tables;

use utoipa_actix_web::service_config::ServiceConfig;

/// This slice's operations.
pub fn configure(service: &mut ServiceConfig) {
    service
        .service(tables::get_participation_table)
        .service(participation::create_participation_release)
        .service(participation::list_participation_releases)
        .service(participation::get_participation_release)
        .service(kendskabsgrad::create_kendskabsgrad_release)
        .service(kendskabsgrad::list_kendskabsgrad_releases)
        .service(kendskabsgrad::get_kendskabsgrad_table);
}
