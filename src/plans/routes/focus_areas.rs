//! `…/focus-areas`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::super::model::{FocusAreaView, NewFocusArea};
use super::super::write::FocusAreas;
use crate::auth::Allow;
use crate::auth::role::{ReadPlan, WritePlan};
use crate::plans;
use crate::problem::Problem;
use crate::reference::{self, Change, Patch, Put};
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type FocusAreaPage = Page<FocusAreaView>;
type PutFocusArea = Put<NewFocusArea>;
type PatchFocusArea = Patch<NewFocusArea>;

/// List the focus areas
///
/// In the agreement's order, then as they were added.
#[utoipa::path(tag = "plans", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of focus areas.", body = FocusAreaPage),
))]
#[get("/v1/plans/{plan}/focus-areas")]
pub(super) async fn list_focus_areas(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<FocusAreas>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read a focus area
///
/// Its names, and where it is stated.
#[utoipa::path(tag = "plans", params(
        PlanPath,
        ("code" = String, Path, description = "The focus area's code.", example = "beskaeftigelse")),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "The focus area.", body = FocusAreaView),
))]
#[get("/v1/plans/{plan}/focus-areas/{code}")]
pub(super) async fn get_focus_area(
    who: Allow<ReadPlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<FocusAreas>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace a focus area
///
/// With `If-None-Match: *` a new focus area is made, last in the list; with `If-Match` the one that was read is replaced.
#[utoipa::path(tag = "plans", params(
        PlanPath,
        ("code" = String, Path, description = "The focus area's code.", example = "beskaeftigelse")),
    request_body = PutFocusArea,
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The focus area as it now is.", body = FocusAreaView),
    (status = 201, description = "The new focus area.", body = FocusAreaView),
))]
#[put("/v1/plans/{plan}/focus-areas/{code}")]
pub(super) async fn put_focus_area(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<FocusAreas>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change a focus area
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole.
#[utoipa::path(tag = "plans", params(
        PlanPath,
        ("code" = String, Path, description = "The focus area's code.", example = "beskaeftigelse")),
    request_body(description = "What to change.", content(
        (PatchFocusArea = "application/merge-patch+json"),
        (PatchFocusArea = "application/json"),
    )),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The focus area as it now is.", body = FocusAreaView),
))]
#[patch("/v1/plans/{plan}/focus-areas/{code}")]
pub(super) async fn patch_focus_area(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<FocusAreas>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive a focus area
///
/// It leaves the list; what belongs to it stays as it is. Archiving again changes nothing. A `PATCH` with
/// `"archived_at": null`, or a `PUT` without it, takes it back into use.
#[utoipa::path(tag = "plans", params(
        PlanPath,
        ("code" = String, Path, description = "The focus area's code.", example = "beskaeftigelse")),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The archived focus area.", body = FocusAreaView),
))]
#[delete("/v1/plans/{plan}/focus-areas/{code}")]
pub(super) async fn archive_focus_area(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<FocusAreas>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
