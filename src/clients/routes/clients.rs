//! `…/clients`: list, register, read, rotate, revoke.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::super::model::{ClientView, IssuedClientView, NewClient, Rotation};
use super::super::read;
use super::super::rules::OF_THE_SECRETARIAT;
use super::super::store::{self, Hashed};
use super::{failed, take_effect, with_secret};
use crate::areas;
use crate::auth::Allow;
use crate::auth::role::{ReadClients, WriteClients};
use crate::auth::secret::{self, CLIENT_SECRET, NewSecret};
use crate::plans;
use crate::problem::{Problem, ProblemKind, judged};
use crate::record::{Actor, Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json};
use crate::web::page::{Page, ReferenceQuery, window};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

type ClientPage = Page<ClientView>;

/// List the clients
///
/// Those of the municipality and the housing organisations, in the order in which they were registered; revoked ones only
/// with `archived=true`. Never their secrets.
#[utoipa::path(tag = "clients", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["clients:read"])), responses(
    (status = 200, description = "A page of clients.", body = ClientPage),
))]
#[get("/v1/plans/{plan}/clients")]
pub(super) async fn list_clients(
    who: Allow<ReadClients>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = window::<Uuid>(query.0.limit, query.0.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let archived = query.0.archived();
    let clients = store::list(app.db.read(), plan.id, &OF_THE_SECRETARIAT, &window, archived).await?;
    Page::new(
        clients,
        window.limit,
        |client| client.row.id,
        |client| ClientView::from(&client),
    )
    .respond(&request)
}

/// Read a client
///
/// What it was given, and how its secrets begin; never the secrets.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The client's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12")),
    security(("bearer" = ["clients:read"])), responses(
    (status = 200, description = "The client.", body = ClientView),
))]
#[get("/v1/plans/{plan}/clients/{id}")]
pub(super) async fn get_client(
    who: Allow<ReadClients>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let client = store::find(app.db.read(), plan.id, &OF_THE_SECRETARIAT, parse_id(&id)?).await?;
    respond_json(&request, &ClientView::from(&client))
}

/// Register a client
///
/// For a system of the municipality or of a housing organisation of this plan; an operator registers all others on the command
/// line. The answer shows the client's secret, once. There is no `Idempotency-Key`: a secret is stored nowhere, so it cannot be
/// answered again. After an answer that was lost, revoke the client and register another.
#[utoipa::path(tag = "clients", params(PlanPath), request_body(description = "The client.", content = NewClient),
    security(("bearer" = ["clients:write"])), responses(
    (status = 201, description = "The client and its secret.", body = IssuedClientView,
        headers(("Location" = String, description = "The client."))),
))]
#[post("/v1/plans/{plan}/clients")]
pub(super) async fn register_client(
    who: Allow<WriteClients>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let kinds = areas::store::kinds_of_organisations(app.db.read(), plan.id).await?;
    let new = judged(|errors| read::client(&node, &kinds, errors))?;
    let (secret, hashed) = new_secret(&app).await?;
    let id = Uuid::now_v7();
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let actor = actor::of(&request, who.caller());
    let deed = deed(&actor, "register_client", id);
    let client = store::add(&transaction, clock, plan.id, id, &new, hashed, deed).await?;
    transaction.commit().await?;
    take_effect(&app).await;
    let location = format!("/v1/plans/{}/clients/{id}", plan.code);
    let issued = IssuedClientView {
        client: ClientView::from(&client),
        client_secret: secret.text,
    };
    Ok(with_secret(Some(location), &issued))
}

async fn new_secret(app: &AppState) -> Result<(NewSecret, Hashed), Problem> {
    let secret = NewSecret::make(CLIENT_SECRET).map_err(failed)?;
    let text = secret.text.clone();
    let hash = app.gate.hash(move || secret::hash(text.expose_secret())).await?;
    let hashed = Hashed::new(&secret, hash.map_err(failed)?);
    Ok((secret, hashed))
}

pub(super) fn deed<'a>(actor: &'a Actor, operation: &'a str, id: Uuid) -> Deed<'a> {
    Deed {
        actor,
        operation,
        target: format!("clients/{id}"),
    }
}

/// Replace a client's secret
///
/// The answer shows the new secret, once. The one before stays good for the overlap, so that it can be replaced without a gap;
/// an older one ends at once: never more than two are good. With an overlap of 0 the new one is the only one. Tokens that were
/// issued are good until they end; to stop those, revoke the client.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The client's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12")),
    request_body(description = "For how long the secret before stays good.", content = Rotation),
    security(("bearer" = ["clients:write"])), responses(
    (status = 200, description = "The client and its new secret.", body = IssuedClientView),
))]
#[post("/v1/plans/{plan}/clients/{id}/rotate")]
pub(super) async fn rotate_client(
    who: Allow<WriteClients>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    // Before the hash, so that a client that is not there costs nothing.
    store::find(app.db.read(), plan.id, &OF_THE_SECRETARIAT, id).await?;
    let hours = judged(|errors| read::overlap_hours(&node, errors))?;
    let (secret, hashed) = new_secret(&app).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let client = store::find(&transaction, plan.id, &OF_THE_SECRETARIAT, id).await?;
    if client.row.revoked_at.is_some() {
        return Err(Problem::new(
            ProblemKind::StateConflict,
            "The client is revoked; register another.",
            "Klienten er spærret; registrér en anden.",
        ));
    }
    let actor = actor::of(&request, who.caller());
    let deed = deed(&actor, "rotate_client", id);
    let client = store::rotate(&transaction, clock, &client, hashed, TimeDelta::hours(hours), deed).await?;
    transaction.commit().await?;
    take_effect(&app).await;
    let issued = IssuedClientView {
        client: ClientView::from(&client),
        client_secret: secret.text,
    };
    Ok(with_secret(None, &issued))
}

/// Revoke a client
///
/// It gets no more tokens, and those that it has are good no longer: at once here, within a second on other replicas. It stays
/// in the list with `archived=true` and cannot be brought back. Revoking it again changes nothing. `If-Match: *` revokes it
/// whatever its state.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The client's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12"),
        ("If-Match" = String, Header, description = "The `ETag` of the client as it was read, or `*`.")),
    security(("bearer" = ["clients:write"])), responses(
    (status = 200, description = "The revoked client.", body = ClientView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[delete("/v1/plans/{plan}/clients/{id}")]
pub(super) async fn revoke_client(
    who: Allow<WriteClients>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let client = store::find(&transaction, plan.id, &OF_THE_SECRETARIAT, id).await?;
    require_match(&request, &to_json(&ClientView::from(&client))?)?;
    if client.row.revoked_at.is_some() {
        return respond_json(&request, &ClientView::from(&client));
    }
    let actor = actor::of(&request, who.caller());
    let deed = deed(&actor, "revoke_client", id);
    let client = store::revoke(&transaction, clock, &client, deed).await?;
    transaction.commit().await?;
    take_effect(&app).await;
    respond_json(&request, &ClientView::from(&client))
}
