//! What the operator's machines may ask on a port of their own: `GET /metrics`, and nothing else.
//!
//! It asks for no token, so the port is for a network that only they reach; it is closed unless a setting opens it. What it tells
//! is about the service: nothing about persons, and no figure that the plan holds.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::rt::time::timeout;
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpResponse};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QuerySelect};

use crate::db::{self, Db};
use crate::entities::{import, release};
use crate::metrics::Metrics;
use crate::state::AppState;

/// How long the database may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_secs(3);
/// Every state that an import can be in.
const STATES: [&str; 4] = ["running", "succeeded", "failed", "interrupted"];

/// The application behind the admin port.
pub fn build_admin(
    state: AppState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(Data::new(state))
        .route("/metrics", web::get().to(show))
}

async fn show(app: Data<AppState>) -> HttpResponse {
    let Some(metrics) = &app.metrics else {
        return HttpResponse::NotFound().finish();
    };
    look(&app, metrics).await;
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.render())
}

/// Looks at what is not counted as it happens.
async fn look(app: &AppState, metrics: &Metrics) {
    let version = env!("CARGO_PKG_VERSION");
    metrics.set("helhedsplan_build_info", &[("version", version)], 1);
    let is_open = app.registry.versions().is_some();
    metrics.set("helhedsplan_registry_open", &[], is_open.into());
    metrics.set(
        "helhedsplan_signing_keys_readable",
        &[],
        app.auth.reads_its_keys().into(),
    );
    if let Some(made_at) = app.auth.signing_key_made_at(db::now()) {
        let seconds = made_at.timestamp();
        metrics.set("helhedsplan_signing_key_made_timestamp_seconds", &[], seconds);
    }
    for (pool, connections) in app.db.connections() {
        for (state, number) in [("used", connections.used), ("idle", connections.idle)] {
            let labels = [("pool", pool), ("state", state)];
            metrics.set("helhedsplan_database_connections", &labels, number.into());
        }
        let most = connections.most.into();
        metrics.set("helhedsplan_database_connections_max", &[("pool", pool)], most);
    }
    let stored = timeout(PATIENCE, stored(&app.db)).await.ok().and_then(Result::ok);
    metrics.set("helhedsplan_database_up", &[], stored.is_some().into());
    if let Some((imports, releases)) = stored {
        for (state, number) in imports {
            metrics.set("helhedsplan_imports", &[("state", state)], number);
        }
        metrics.set("helhedsplan_releases", &[], i64::try_from(releases).unwrap_or(i64::MAX));
    }
}

/// How many imports in the background are in each state, and how many releases of small counts there are, in all plans.
async fn stored(db: &Db) -> Result<([(&'static str, i64); 4], u64), DbErr> {
    let counted: Vec<(String, i64)> = import::Entity::find()
        .select_only()
        .column(import::Column::State)
        .column_as(import::Column::Id.count(), "number")
        .group_by(import::Column::State)
        .into_tuple()
        .all(db.read())
        .await?;
    let of = |state: &str| {
        counted
            .iter()
            .find(|(found, _)| found == state)
            .map_or(0, |(_, number)| *number)
    };
    let releases = release::Entity::find().count(db.read()).await?;
    Ok((STATES.map(|state| (state, of(state))), releases))
}
