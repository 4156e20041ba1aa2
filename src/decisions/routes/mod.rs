//! `…/decisions` and what is done with one; `…/recommendations`.

mod conclude;
mod propose;
mod read;
mod recommendations;
mod writing;

use super::store::Actor;
use crate::auth::Caller;
use crate::auth::role::Role;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(read::list_decisions)
        .service(read::get_decision)
        .service(propose::propose_decision)
        .service(propose::vote_on_decision)
        .service(propose::withdraw_decision)
        .service(conclude::adopt_decision)
        .service(conclude::reject_decision)
        .service(conclude::endorse_decision)
        .service(conclude::decline_decision)
        .service(recommendations::list_recommendations)
        .service(recommendations::get_recommendation)
        .service(recommendations::recommend);
}

/// Who acts, as the store knows it.
fn actor(caller: &Caller) -> Actor {
    Actor {
        // Whoever has a permission has a role.
        role: caller.role.unwrap_or(Role::Public),
        organisation: caller.scope.organisation.clone(),
    }
}
