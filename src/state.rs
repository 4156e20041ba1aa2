//! What every handler can reach.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::web::Data;
use anyhow::Context;
use sea_orm::DbErr;
use tokio::sync::{Mutex, Semaphore};

use crate::answers::Answers;
use crate::auth::external::{self, External};
use crate::auth::gate::Gate;
use crate::auth::issuer::Issuer;
use crate::auth::keys::KeyRing;
use crate::auth::limits::Limits;
use crate::auth::registry::Registry;
use crate::config::Config;
use crate::db::Db;
use crate::metrics::Metrics;
use crate::underway::Underway;
use crate::witnessed::Witnessed;

/// So many KiB of bodies are read and worked on at once. A body can need some twenty-five times its length while it is a document.
pub const ROOM_KIB: usize = 8 * 1024;

/// When the database was last looked at, and whether it could be used; whoever asks meanwhile waits for the one who looks.
pub type Readiness = Arc<Mutex<Option<(Instant, bool)>>>;

/// The application's state: small, so that tests need no fakes.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// What was answered and is still true.
    pub answers: Answers,
    /// Makes and checks tokens.
    pub auth: Arc<Issuer>,
    /// What is known of registered clients and read tokens; closed until it is loaded.
    pub registry: Arc<Registry>,
    /// What stands before the slow hash of secrets.
    pub gate: Arc<Gate>,
    /// How often somebody may ask.
    pub limits: Arc<Limits>,
    /// Whether the service could answer, when it was last looked at.
    pub readiness: Readiness,
    /// What is counted for Prometheus; none where nobody can ask for it.
    pub metrics: Option<Arc<Metrics>>,
    /// Room for bodies that are read whole, in KiB: see [`crate::web::body`].
    pub room: Arc<Semaphore>,
    /// What this process carries out after its requests were answered.
    pub underway: Underway,
    /// How far this process has witnessed each audit log.
    pub witnessed: Arc<Witnessed>,
    /// The settings.
    pub config: Arc<Config>,
}

impl AppState {
    /// The state on a database, with the keys of the data folder. [`crate::fresh::refresh`] loads what it remembers.
    ///
    /// # Errors
    /// The keys cannot be read or made, or the file of trusted issuers cannot be used.
    pub fn new(db: Db, config: Config) -> anyhow::Result<Self> {
        let keys = KeyRing::open(&config.keys_dir())?;
        let issuer = Issuer::new(keys, config.public_url.clone(), config.audience.clone());
        let external = match &config.issuers_file {
            Some(path) => trusted(path, issuer.issuer()).context("HELHEDSPLAN_ISSUERS_FILE")?,
            None => Vec::new(),
        };
        Ok(Self {
            answers: Answers::new(db.generation().clone()),
            db,
            auth: Arc::new(issuer.trusting(external)),
            registry: Arc::default(),
            gate: Arc::default(),
            limits: Arc::new(Limits::new(
                config.client_requests_per_minute,
                config.address_requests_per_minute,
                config.trusted_proxies.clone(),
            )),
            readiness: Readiness::default(),
            metrics: match config.admin_listen {
                Some(_) => Some(Arc::new(Metrics::new()?)),
                None => None,
            },
            room: Arc::new(Semaphore::new(ROOM_KIB)),
            underway: Underway::default(),
            witnessed: Arc::default(),
            config: Arc::new(config),
        })
    }

    /// The same state for one of the threads that serve requests: see [`Db::for_worker`].
    ///
    /// # Errors
    /// The database's URL cannot be used.
    pub async fn for_worker(&self) -> Result<Self, DbErr> {
        Ok(Self {
            db: self.db.for_worker(self.config.workers).await?,
            ..self.clone()
        })
    }
}

fn trusted(path: &Path, own: &str) -> anyhow::Result<Vec<External>> {
    external::settings::read(path, own)?
        .into_iter()
        .map(External::new)
        .collect()
}

/// The state of the application that serves `request`.
pub fn state(request: &HttpRequest) -> &AppState {
    match request.app_data::<Data<AppState>>() {
        Some(state) => state.get_ref(),
        // `build_app` always sets it; there is no other way to make an application.
        None => unreachable!("the application was built without its state"),
    }
}
