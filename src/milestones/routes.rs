//! `…/milestones`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::model::{MilestoneView, NewMilestone};
use super::write::Milestones;
use crate::auth::Allow;
use crate::auth::role::{ReadAgreements, WriteMilestones};
use crate::plans;
use crate::problem::Problem;
use crate::reference::{self, Change, Patch, Put};
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type MilestonePage = Page<MilestoneView>;
type PutMilestone = Put<NewMilestone>;
type PatchMilestone = Patch<NewMilestone>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(list_milestones)
        .service(get_milestone)
        .service(put_milestone)
        .service(patch_milestone)
        .service(archive_milestone);
}

/// List the milestones
///
/// In the order in which they were laid down.
#[utoipa::path(tag = "agreements", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "A page of milestones.", body = MilestonePage),
))]
#[get("/v1/plans/{plan}/milestones")]
async fn list_milestones(
    who: Allow<ReadAgreements>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<Milestones>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read a milestone
///
/// What is to be reached, by when, and whether it was.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start")),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "The milestone.", body = MilestoneView),
))]
#[get("/v1/plans/{plan}/milestones/{code}")]
async fn get_milestone(
    who: Allow<ReadAgreements>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<Milestones>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace a milestone
///
/// With `If-None-Match: *` a new milestone is made, last in the list; with `If-Match` the one that was read is replaced.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start")),
    request_body = PutMilestone,
    security(("bearer" = ["milestones:write"])), responses(
    (status = 200, description = "The milestone as it now is.", body = MilestoneView),
    (status = 201, description = "The new milestone.", body = MilestoneView),
))]
#[put("/v1/plans/{plan}/milestones/{code}")]
async fn put_milestone(
    who: Allow<WriteMilestones>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<Milestones>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change a milestone
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start")),
    request_body(description = "What to change.", content(
        (PatchMilestone = "application/merge-patch+json"),
        (PatchMilestone = "application/json"),
    )),
    security(("bearer" = ["milestones:write"])), responses(
    (status = 200, description = "The milestone as it now is.", body = MilestoneView),
))]
#[patch("/v1/plans/{plan}/milestones/{code}")]
async fn patch_milestone(
    who: Allow<WriteMilestones>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<Milestones>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive a milestone
///
/// It leaves the list and stays readable. Archiving again changes nothing. A `PATCH` with `"archived_at": null`, or a `PUT`
/// without it, takes it back into use.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start")),
    security(("bearer" = ["milestones:write"])), responses(
    (status = 200, description = "The archived milestone.", body = MilestoneView),
))]
#[delete("/v1/plans/{plan}/milestones/{code}")]
async fn archive_milestone(
    who: Allow<WriteMilestones>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<Milestones>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
