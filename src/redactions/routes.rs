//! `…/redactions`: take a text out, and read what was taken out where.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::model::{Item, NewRedaction, Receipt, View};
use super::read;
use super::store;
use crate::auth::Allow;
use crate::auth::role::{ReadRedactions, WriteRedactions};
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::respond_json;
use crate::web::page::{Page, PageQuery};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type RedactionPage = Page<Item>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(list_redactions).service(redact).service(get_redaction);
}

/// List the redactions
///
/// Oldest first, without the places.
#[utoipa::path(tag = "redactions", params(PageQuery, PlanPath),
    security(("bearer" = ["redactions:read"])), responses(
    (status = 200, description = "A page of redactions.", body = RedactionPage),
))]
#[get("/v1/plans/{plan}/redactions")]
async fn list_redactions(
    who: Allow<ReadRedactions>,
    path: Path<PlanPath>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::list(app.db.read(), plan.id, &window).await?;
    Page::new(rows, window.limit, |row| row.id, |row| Item::from(&row)).respond(&request)
}

/// Take out a text that should not have been written
///
/// Puts `[redigeret]` in place of a passage wherever it stands in the plan's texts: in what is there now, in every earlier
/// revision and version, in the packs of past meetings, in receipts, and in the answers that are kept for repeated requests. So it
/// is gone from every answer, from reads with `as_of`, and from feeds and calendars, whose followers are told of the items anew.
/// `ETag`s and checksums are those of what is left. Codes, numbers, dates and words of closed lists stay as they are; what a code
/// says is changed by giving the thing another one.
///
/// Only exactly the same passage is found: other spellings are redactions of their own. `dry_run` tells where it stands and changes
/// nothing. 422 `nothing_found` where it stands nowhere, also when it has been taken out before; `too_common` where it stands in
/// more than 1000 records.
///
/// What cannot be called back stays with who has it: copies of the database that were made before, and what clients and feeds'
/// followers stored. There is no `Idempotency-Key`: the answer holds a number that is shown once, and a key would keep a hash of
/// the passage by which a short one could be found out. A repeat finds nothing and does no harm.
#[utoipa::path(tag = "redactions", params(PlanPath),
    request_body(description = "The passage, and why it is taken out.", content((NewRedaction = "application/json"))),
    security(("bearer" = ["redactions:write"])), responses(
    (status = 200, description = "Where the passage stands: the answer to a dry run.", body = Receipt),
    (status = 201, description = "It is taken out.", body = Receipt,
        headers(("Location" = String, description = "The redaction."))),
))]
#[post("/v1/plans/{plan}/redactions")]
async fn redact(
    who: Allow<WriteRedactions>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let order = read::order(&node)?;
    let actor = actor::of(&request, who.caller());
    let db = app.db.clone();
    // A task of its own: whether the client waits for the answer or not, what was begun is brought to its end.
    let done = actix_web::rt::spawn(async move { store::redact(&db, plan.id, &order, &actor).await });
    let receipt = done.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a redaction was broken off");
        Err(Problem::internal())
    })?;
    let mut response = match receipt.id {
        Some(_) => HttpResponse::Created(),
        None => HttpResponse::Ok(),
    };
    if let Some(id) = receipt.id {
        response.insert_header((LOCATION, format!("/v1/plans/{}/redactions/{id}", plan.code)));
    }
    Ok(response.insert_header((CACHE_CONTROL, "no-store")).json(receipt))
}

/// Read a redaction
///
/// Where a passage stood, never the passage.
#[utoipa::path(tag = "redactions", params(PlanPath,
        ("id" = Uuid, Path, description = "The redaction's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a51")),
    security(("bearer" = ["redactions:read"])), responses(
    (status = 200, description = "The redaction.", body = View),
))]
#[get("/v1/plans/{plan}/redactions/{id}")]
async fn get_redaction(
    who: Allow<ReadRedactions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    respond_json(&request, &View::new(&store::one(app.db.read(), plan.id, id).await?)?)
}
