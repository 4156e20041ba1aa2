//! What every handler can reach.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::answers::Answers;
use crate::auth::issuer::Issuer;
use crate::config::Config;
use crate::db::Db;

/// The application's state: small, so that tests need no fakes.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// What was answered and is still true.
    pub answers: Answers,
    /// Makes and checks tokens.
    pub auth: Arc<Issuer>,
    /// The settings.
    pub config: Arc<Config>,
}

/// The state of the application that serves `request`.
pub fn state(request: &HttpRequest) -> &AppState {
    match request.app_data::<Data<AppState>>() {
        Some(state) => state.get_ref(),
        // `build_app` always sets it; there is no other way to make an application.
        None => unreachable!("the application was built without its state"),
    }
}
