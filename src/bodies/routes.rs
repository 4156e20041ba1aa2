//! `…/bodies`: list, read, write down the deadlines.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch};

use super::model::{BodyPatch, BodyView, Deadlines};
use super::{read, store};
use crate::auth::Allow;
use crate::auth::role::{ReadMeetings, WriteMeetings};
use crate::plans;
use crate::problem::Problem;
use crate::record::{Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json, written};
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type BodyPage = Page<BodyView>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(list_bodies).service(get_body).service(patch_body);
}

/// List the bodies
///
/// The board, the steering groups and the others, in the order of the agreement, with seats, how often they must meet and in
/// which order. A seat is an organisation and a title. Everybody who may read meetings sees all bodies; of which of them it
/// sees the meetings, `GET …/meetings` says.
#[utoipa::path(tag = "meetings", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "A page of bodies.", body = BodyPage),
))]
#[get("/v1/plans/{plan}/bodies")]
async fn list_bodies(
    who: Allow<ReadMeetings>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let rows = store::list(db, plan.id, &window, query.0.archived()).await?;
    let positions: Vec<i32> = rows.iter().map(|row| row.position).collect();
    let views = store::views(db, plan.id, rows).await?;
    let placed: Vec<(i32, BodyView)> = positions.into_iter().zip(views).collect();
    Page::new(placed, window.limit, |(position, _)| *position, |(_, view)| view).respond(&request)
}

/// Read a body
///
/// Its seats, how often it must meet, which body meets before which, and the deadlines that it laid down.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("code" = String, Path, description = "The body's code.", example = "bestyrelsen")),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "The body.", body = BodyView),
))]
#[get("/v1/plans/{plan}/bodies/{code}")]
async fn get_body(
    who: Allow<ReadMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let row = store::body(db, plan.id, &code).await?;
    respond_json(&request, &store::view(db, plan.id, row).await?)
}

/// Write down a body's deadlines
///
/// The agreement lays down no days: the terms of reference (item 5) leave them to the board's own rules of procedure. Here the
/// secretariat writes down what a body decided, with its source. A merge patch (RFC 7396); seats, cadence and the rest are the
/// agreement's and are not changed here. Meetings that have been called keep the deadlines that they were called under.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("code" = String, Path, description = "The body's code.", example = "bestyrelsen")),
    request_body(description = "What to change.", content(
        (BodyPatch = "application/merge-patch+json"),
        (BodyPatch = "application/json"),
    )),
    security(("bearer" = ["meetings:write"])), responses(
    (status = 200, description = "The body as it now is.", body = BodyView),
))]
#[patch("/v1/plans/{plan}/bodies/{code}")]
async fn patch_body(
    who: Allow<WriteMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let row = store::body(&transaction, plan.id, &code).await?;
    let current = to_json(&store::view(&transaction, plan.id, row.clone()).await?)?;
    require_match(&request, &current)?;
    let before = Deadlines::from(&row);
    let mut errors = Vec::new();
    let after = read::deadlines(&patch, before.clone(), &mut errors);
    if !errors.is_empty() {
        return Err(Problem::invalid_content(errors));
    }
    if after == before {
        return Ok(written(StatusCode::OK, current));
    }
    let deed = Deed {
        actor: &actor::of(&request, who.caller()),
        operation: "patch_body",
        target: format!("bodies/{code}"),
    };
    clock.tick(&transaction, deed).await?;
    let row = store::set_deadlines(&transaction, row, after).await?;
    let after = to_json(&store::view(&transaction, plan.id, row).await?)?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, after))
}
