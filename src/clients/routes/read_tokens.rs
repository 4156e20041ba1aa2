//! `…/read-tokens`: list, make, read, revoke.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::super::model::{IssuedReadTokenView, NewReadToken, ReadTokenView};
use super::super::read;
use super::super::store::read_tokens::{self as tokens, NewToken};
use super::super::store::{Hashed, registry};
use super::{failed, take_effect, with_secret};
use crate::auth::role::{ReadClients, Role, WriteClients};
use crate::auth::secret::{self, NewSecret, READ_TOKEN};
use crate::auth::{Allow, Caller};
use crate::db;
use crate::plans;
use crate::problem::{Problem, judged};
use crate::record::{Actor, Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json};
use crate::web::page::{Page, ReferenceQuery, window};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

type ReadTokenPage = Page<ReadTokenView>;

/// Whose read tokens a caller sees and makes: those of its own role.
fn own_role(caller: &Caller) -> [Role; 1] {
    // `Allow` lets nobody in who has no role.
    [caller.role.unwrap_or(Role::Public)]
}

/// List the read tokens
///
/// Those of the secretariat, in the order in which they were made; revoked ones only with `archived=true`. Never the tokens
/// themselves.
#[utoipa::path(tag = "clients", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["clients:read"])), responses(
    (status = 200, description = "A page of read tokens.", body = ReadTokenPage),
))]
#[get("/v1/plans/{plan}/read-tokens")]
pub(super) async fn list_read_tokens(
    who: Allow<ReadClients>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = window::<Uuid>(query.0.limit, query.0.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let roles = own_role(who.caller());
    let rows = tokens::list(app.db.read(), plan.id, &roles, &window, query.0.archived()).await?;
    Page::new(rows, window.limit, |row| row.id, |row| ReadTokenView::from(&row)).respond(&request)
}

/// Read a read token
///
/// What it may read and how long; never the token itself.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The read token's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a13")),
    security(("bearer" = ["clients:read"])), responses(
    (status = 200, description = "The read token.", body = ReadTokenView),
))]
#[get("/v1/plans/{plan}/read-tokens/{id}")]
pub(super) async fn get_read_token(
    who: Allow<ReadClients>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let token = tokens::find(app.db.read(), plan.id, &own_role(who.caller()), parse_id(&id)?).await?;
    respond_json(&request, &ReadTokenView::from(&token))
}

/// Make a read token
///
/// For a program that refreshes a report and cannot fetch access tokens: it sends the token as `Bearer`, or as the password of
/// HTTP Basic with any user name. It reads with the secretariat's eyes, in this plan, what the caller may read itself, and
/// nothing else. It lives until it expires or is revoked, whatever becomes of the client that made it. The answer shows it,
/// once; there is no `Idempotency-Key`.
#[utoipa::path(tag = "clients", params(PlanPath), request_body(description = "The read token.", content = NewReadToken),
    security(("bearer" = ["clients:write"])), responses(
    (status = 201, description = "The read token.", body = IssuedReadTokenView,
        headers(("Location" = String, description = "What is known of the read token."))),
))]
#[post("/v1/plans/{plan}/read-tokens")]
pub(super) async fn make_read_token(
    who: Allow<WriteClients>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let [role] = own_role(who.caller());
    let organisation = who.scope().organisation.clone();
    let may = |permission| who.caller().may(permission);
    let (registration, days) = judged(|errors| read::read_token(&node, role, organisation, may, errors))?;
    let secret = NewSecret::make(READ_TOKEN).map_err(failed)?;
    let digest = secret::digest(secret.text.expose_secret());
    let new = NewToken {
        id: Uuid::now_v7(),
        registration: &registration,
        secret: Hashed::new(&secret, registry::text(digest)),
        expires_at: db::now() + TimeDelta::days(days),
    };
    let id = new.id;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let actor = actor::of(&request, who.caller());
    let deed = deed(&actor, "make_read_token", id);
    let token = tokens::add(&transaction, clock, plan.id, new, deed).await?;
    transaction.commit().await?;
    take_effect(&app).await;
    let location = format!("/v1/plans/{}/read-tokens/{id}", plan.code);
    let issued = IssuedReadTokenView {
        read_token: ReadTokenView::from(&token),
        token: secret.text,
    };
    Ok(with_secret(Some(location), &issued))
}

fn deed<'a>(actor: &'a Actor, operation: &'a str, id: Uuid) -> Deed<'a> {
    Deed {
        actor,
        operation,
        target: format!("read-tokens/{id}"),
    }
}

/// Revoke a read token
///
/// It is good no longer: at once here, within a second on other replicas. Revoking it again changes nothing. `If-Match: *`
/// revokes it whatever its state.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The read token's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a13"),
        ("If-Match" = String, Header, description = "The `ETag` of the read token as it was read, or `*`.")),
    security(("bearer" = ["clients:write"])), responses(
    (status = 200, description = "The revoked read token.", body = ReadTokenView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[delete("/v1/plans/{plan}/read-tokens/{id}")]
pub(super) async fn revoke_read_token(
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
    let token = tokens::find(&transaction, plan.id, &own_role(who.caller()), id).await?;
    require_match(&request, &to_json(&ReadTokenView::from(&token))?)?;
    if token.revoked_at.is_some() {
        return respond_json(&request, &ReadTokenView::from(&token));
    }
    let actor = actor::of(&request, who.caller());
    let deed = deed(&actor, "revoke_read_token", id);
    let token = tokens::revoke(&transaction, clock, token, deed).await?;
    transaction.commit().await?;
    take_effect(&app).await;
    respond_json(&request, &ReadTokenView::from(&token))
}
