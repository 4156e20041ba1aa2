//! `/v1/plans/{plan}/organisations…`, `…/areas…` and `…/venues…`.

mod areas;
mod organisations;
mod venues;

use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(organisations::list_organisations)
        .service(organisations::get_organisation)
        .service(organisations::put_organisation)
        .service(organisations::patch_organisation)
        .service(organisations::archive_organisation)
        .service(areas::list_areas)
        .service(areas::get_area)
        .service(areas::put_area)
        .service(areas::patch_area)
        .service(areas::archive_area)
        .service(venues::list_venues)
        .service(venues::get_venue)
        .service(venues::put_venue)
        .service(venues::patch_venue)
        .service(venues::archive_venue);
}
