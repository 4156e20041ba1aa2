//! `GET /v1/plans/{plan}/target-groups…` and `…/indicators…`, and how they are written.

mod indicators;
mod target_groups;

use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(target_groups::list_target_groups)
        .service(target_groups::get_target_group)
        .service(target_groups::put_target_group)
        .service(target_groups::patch_target_group)
        .service(target_groups::archive_target_group)
        .service(indicators::list_indicators)
        .service(indicators::get_indicator)
        .service(indicators::put_indicator)
        .service(indicators::patch_indicator)
        .service(indicators::archive_indicator);
}
