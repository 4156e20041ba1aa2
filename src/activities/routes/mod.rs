//! `…/activities` and `…/activities/{code}/placements`.

mod read;
mod write;

use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(read::list_activities)
        .service(read::get_activity)
        .service(read::list_placements)
        .service(write::put_activity)
        .service(write::patch_activity)
        .service(write::archive_activity);
}
