//! `…/measurements`: import, the flat list, one figure with its history and its corrections.

mod import;
mod list;
mod one;

use super::store::Writer;
use crate::auth::Caller;
use crate::auth::role::Role;
use crate::web::registrar::Registrar;

/// The media type of one JSON value a line.
const NDJSON: &str = "application/x-ndjson";

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(import::import_measurements)
        .service(import::get_import)
        .service(list::list_measurements)
        .service(one::get_measurement)
        .service(one::correct_measurement);
}

/// For whom a caller may write.
fn writer(caller: &Caller) -> Writer {
    let own = caller.scope.organisation.clone();
    match caller.role {
        Some(Role::Secretariat) => Writer::Secretariat(own),
        _ => Writer::Organisation(own),
    }
}
