//! Health, keys, problems, and `GET /v1/me`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::model::{Health, MeView, ProblemTypeView, ProblemTypesView};
use super::store;
use crate::auth::Anyone;
use crate::auth::keys::JwkSet;
use crate::db::{self, Window};
use crate::plans;
use crate::problem::{Problem, ProblemKind};
use crate::state::AppState;
use crate::web::etag::{Audience, respond, to_json};
use crate::web::page::MAX_LIMIT;
use crate::web::problems::language;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(livez)
        .service(readyz)
        .service(jwks)
        .service(list_problem_types)
        .service(get_problem_type)
        .service(get_me);
}

/// Is the process alive
///
/// For whoever restarts it. It looks at nothing else.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "It is.", body = Health),
))]
#[get("/livez")]
async fn livez() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Health { status: "ok" })
}

/// Can the service answer
///
/// The database answers and its schema is this program's, as it was a second ago at most.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "It can.", body = Health),
))]
#[get("/readyz")]
async fn readyz(app: Data<AppState>) -> Result<HttpResponse, Problem> {
    let unavailable = || {
        Problem::new(
            ProblemKind::Unavailable,
            "The database does not answer, or its schema is not this program's.",
            "Databasen svarer ikke, eller dens skema passer ikke til programmet.",
        )
        .retry_after(5)
    };
    if !store::is_ready(&app.db, &app.readiness).await {
        return Err(unavailable());
    }
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Health { status: "ok" }))
}

/// The public keys
///
/// RFC 7517. Whoever verifies this service's tokens finds the key by its `kid`. A new key stands here a minute before it signs, and
/// the one before it until all that it has signed has ended: remember them for a minute at most.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "The keys.", body = JwkSet),
))]
#[get("/.well-known/jwks.json")]
async fn jwks(_: ValidQuery<NoQuery>, app: Data<AppState>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let body = to_json(&app.auth.jwks(db::now()))?;
    Ok(respond(&request, Audience::Public, "application/json", body))
}

/// List the problems
///
/// The closed list of what an error answer's `type` can be.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "Every problem.", body = ProblemTypesView),
))]
#[get("/problems")]
async fn list_problem_types(_: ValidQuery<NoQuery>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let language = language(&request);
    let items = ProblemKind::ALL
        .iter()
        .map(|kind| ProblemTypeView::new(*kind, language))
        .collect();
    let body = to_json(&ProblemTypesView { items })?;
    Ok(respond(&request, Audience::Public, "application/json", body))
}

/// Explain a problem
///
/// What a `type` below `/problems/` means and what to do about it.
#[utoipa::path(tag = "system", security(()),
    params(("code" = String, Path, description = "The last segment of the problem's type.", example = "invalid-content")), responses(
    (status = 200, description = "The explanation.", body = ProblemTypeView),
))]
#[get("/problems/{code}")]
async fn get_problem_type(
    path: Path<String>,
    _: ValidQuery<NoQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let kind = ProblemKind::ALL.iter().find(|kind| kind.entry().code == *path);
    let kind = kind.ok_or_else(|| {
        Problem::not_found(
            "There is no problem of this name.",
            "Der er intet problem med dette navn.",
        )
    })?;
    let body = to_json(&ProblemTypeView::new(*kind, language(&request)))?;
    Ok(respond(&request, Audience::Public, "application/json", body))
}

/// Who am I
///
/// Who the service takes the caller for, what the token allows and reaches, and why something is hidden.
#[utoipa::path(tag = "system", security((), ("oauth2" = []), ("bearer" = []), ("basic" = [])), responses(
    (status = 200, description = "The caller.", body = MeView),
))]
#[get("/v1/me")]
async fn get_me(
    who: Anyone,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let everything = Window {
        limit: MAX_LIMIT,
        after: None,
    };
    let mut reach = Vec::new();
    for plan in plans::store::list(app.db.read(), &who.0.scope, &everything).await? {
        reach.push(store::reach(app.db.read(), &plan, &who.0.scope).await?);
    }
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(MeView::new(&who.0, reach, language(&request))))
}
