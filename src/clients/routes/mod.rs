//! `/oauth/token`, `…/clients` and `…/read-tokens`.

mod clients;
mod keys;
mod read_tokens;
mod token;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use serde::Serialize;

use super::store;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(token::issue_token)
        .service(clients::list_clients)
        .service(clients::register_client)
        .service(clients::get_client)
        .service(clients::rotate_client)
        .service(clients::revoke_client)
        .service(keys::get_client_keys)
        .service(keys::put_client_keys)
        .service(read_tokens::list_read_tokens)
        .service(read_tokens::make_read_token)
        .service(read_tokens::get_read_token)
        .service(read_tokens::revoke_read_token);
}

/// A secret that could not be made or hashed is this service's fault.
fn failed(error: anyhow::Error) -> Problem {
    tracing::error!(error = format!("{error:#}"), "no secret could be made");
    Problem::internal()
}

/// Makes a change that was just committed good on this replica, before it is acknowledged.
async fn take_effect(app: &AppState) {
    if let Err(error) = store::registry::refresh(&app.db, &app.registry).await {
        // Better nobody than somebody who was just revoked; the next round opens it again.
        tracing::error!(%error, "a change of clients could not be read back");
        app.registry.close();
    }
}

/// An answer that holds a secret, of which nobody keeps a copy: 201 where something was made.
fn with_secret(location: Option<String>, body: &impl Serialize) -> HttpResponse {
    let mut response = match location {
        Some(_) => HttpResponse::Created(),
        None => HttpResponse::Ok(),
    };
    if let Some(location) = location {
        response.insert_header((LOCATION, location));
    }
    response.insert_header((CACHE_CONTROL, "no-store")).json(body)
}
