//! `…/clients/{id}/keys`: the public keys by which a client proves itself.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, put};
use serde_json::Value;

use super::super::model::ClientKeysView;
use super::super::rules::OF_THE_SECRETARIAT;
use super::super::{read, store};
use super::clients::deed;
use crate::auth::Allow;
use crate::auth::role::{ReadClients, WriteClients};
use crate::plans;
use crate::problem::{Problem, ProblemKind, judged};
use crate::record::Clock;
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::{require_match_or_none, respond_json, to_json};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

/// Read a client's public keys
///
/// None for a client that proves itself by a secret alone.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The client's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12")),
    security(("bearer" = ["clients:read"])), responses(
    (status = 200, description = "The keys.", body = ClientKeysView),
))]
#[get("/v1/plans/{plan}/clients/{id}/keys")]
pub(super) async fn get_client_keys(
    who: Allow<ReadClients>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let client = store::find(app.db.read(), plan.id, &OF_THE_SECRETARIAT, parse_id(&id)?).await?;
    respond_json(&request, &ClientKeysView::new(&client))
}

/// Replace a client's public keys
///
/// A client with keys gets access tokens for an assertion that it signs (`private_key_jwt`), by any of them: to rotate without a
/// gap, put the new key beside the old one, and take the old one away when the program uses the new. A key that is not in the set
/// proves nothing from then on; tokens that were issued are good until they end. The same keys again change nothing. The client's secrets, too, stay good until
/// they are replaced or end. An empty set takes all keys away.
#[utoipa::path(tag = "clients", params(PlanPath,
        ("id" = Uuid, Path, description = "The client's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12"),
        ("If-Match" = String, Header, description = "The `ETag` of the keys as they were read, or `*`. They are always there, so that `If-None-Match: *` is 412.")),
    request_body(description = "The keys, public parts only.", content = ClientKeysView),
    security(("bearer" = ["clients:write"])), responses(
    (status = 200, description = "The keys as they are kept.", body = ClientKeysView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[put("/v1/plans/{plan}/clients/{id}/keys")]
pub(super) async fn put_client_keys(
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
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let client = store::find(&transaction, plan.id, &OF_THE_SECRETARIAT, id).await?;
    let current = ClientKeysView::new(&client);
    require_match_or_none(&request, Some(&to_json(&current)?))?;
    let keys = judged(|errors| read::keys(&node, errors))?;
    if client.row.revoked_at.is_some() {
        return Err(Problem::new(
            ProblemKind::StateConflict,
            "The client is revoked; register another.",
            "Klienten er spærret; registrér en anden.",
        ));
    }
    if serde_json::to_value(&current.keys).is_ok_and(|current| current == Value::from(keys.as_slice())) {
        return respond_json(&request, &current);
    }
    let actor = actor::of(&request, who.caller());
    let deed = deed(&actor, "put_client_keys", id);
    let client = store::set_keys(&transaction, clock, &client, &keys, deed).await?;
    transaction.commit().await?;
    respond_json(&request, &ClientKeysView::new(&client))
}
