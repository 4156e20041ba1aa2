//! `…/participation`: reports of activities and quarters, what they may say, and commitments against what was delivered.

mod commitments;
mod read;
mod report;

use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(report::report_participation)
        .service(read::list_reports)
        .service(read::get_participation_receipt)
        .service(read::get_report)
        .service(read::get_categories)
        .service(commitments::list_commitments);
}
