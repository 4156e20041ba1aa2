//! `…/areas`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::super::model::{AreaView, NewArea};
use super::super::write::Areas;
use crate::auth::Allow;
use crate::auth::role::{ReadPlan, WriteAreas, WritePlan};
use crate::plans;
use crate::problem::Problem;
use crate::reference::{self, Change, Patch, Put};
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type AreaPage = Page<AreaView>;
type PutArea = Put<NewArea>;
type PatchArea = Patch<NewArea>;

/// List the areas
///
/// From the largest to the smallest: the country, the municipality, all zones, each zone, departments, schools; then as
/// they were added.
#[utoipa::path(tag = "areas", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of areas.", body = AreaPage),
))]
#[get("/v1/plans/{plan}/areas")]
pub(super) async fn list_areas(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<Areas>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read an area
///
/// With its relations to other areas, dated where the source dates them.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The area's code.", example = "zone-1")),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "The area.", body = AreaView),
))]
#[get("/v1/plans/{plan}/areas/{code}")]
pub(super) async fn get_area(
    who: Allow<ReadPlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<Areas>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace an area
///
/// With `If-None-Match: *` a new area is made, last in the list; with `If-Match` the one that was read is replaced. Its
/// relations are part of it. Its kind stays as long as figures, relations or venues name it (`in_use`).
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The area's code.", example = "zone-1")),
    request_body = PutArea,
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The area as it now is.", body = AreaView),
    (status = 201, description = "The new area.", body = AreaView),
))]
#[put("/v1/plans/{plan}/areas/{code}")]
pub(super) async fn put_area(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<Areas>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change an area
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole. A
/// housing organisation changes the departments and estates that it runs, but not their kind, organisation or
/// `archived_at` (`secretariat_only`); other areas it finds only for reading (404).
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The area's code.", example = "zone-1")),
    request_body(description = "What to change.", content(
        (PatchArea = "application/merge-patch+json"),
        (PatchArea = "application/json"),
    )),
    security(("bearer" = ["areas:write"])), responses(
    (status = 200, description = "The area as it now is.", body = AreaView),
))]
#[patch("/v1/plans/{plan}/areas/{code}")]
pub(super) async fn patch_area(
    who: Allow<WriteAreas>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<Areas>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive an area
///
/// It leaves the list, and takes no new figures: imports and extracts refuse it. Its figures stay readable. Archiving again
/// changes nothing. A `PATCH` with `"archived_at": null`, or a `PUT` without it, takes it back into use.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The area's code.", example = "zone-1")),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The archived area.", body = AreaView),
))]
#[delete("/v1/plans/{plan}/areas/{code}")]
pub(super) async fn archive_area(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<Areas>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
