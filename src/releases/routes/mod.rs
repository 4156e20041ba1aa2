//! `…/participation/releases`, `…/participation/tables/{table}`, `…/participation/tables/outcomes`, `…/kendskabsgrad/releases`, `…/kendskabsgrad/tables/{date}`.

mod answers;
mod extracts;
mod outcomes;
mod quarters;
mod released;
mod tables;

use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        // Before the tables by name, of which it would be one.
        .service(outcomes::get_participation_outcomes)
        .service(tables::get_participation_table)
        .service(quarters::create_participation_release)
        .service(quarters::list_participation_releases)
        .service(quarters::get_participation_release)
        .service(extracts::create_kendskabsgrad_release)
        .service(extracts::list_kendskabsgrad_releases)
        .service(extracts::get_kendskabsgrad_table);
}
