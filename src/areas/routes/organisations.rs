//! `…/organisations`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::super::model::{NewOrganisation, OrganisationView};
use super::super::write::Organisations;
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

type OrganisationPage = Page<OrganisationView>;
type PutOrganisation = Put<NewOrganisation>;
type PatchOrganisation = Patch<NewOrganisation>;

/// List the organisations
///
/// The parties first, then the others and their units; in the agreement's order, then as they were added.
#[utoipa::path(tag = "areas", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of organisations.", body = OrganisationPage),
))]
#[get("/v1/plans/{plan}/organisations")]
pub(super) async fn list_organisations(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<Organisations>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read an organisation
///
/// What it is, what it is a unit of, and the other names that sources use for it.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The organisation's code.", example = "jobcenter-fredericia")),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "The organisation.", body = OrganisationView),
))]
#[get("/v1/plans/{plan}/organisations/{code}")]
pub(super) async fn get_organisation(
    who: Allow<ReadPlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<Organisations>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace an organisation
///
/// With `If-None-Match: *` a new organisation is made, last in the list; with `If-Match` the one that was read is replaced.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The organisation's code.", example = "jobcenter-fredericia")),
    request_body = PutOrganisation,
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The organisation as it now is.", body = OrganisationView),
    (status = 201, description = "The new organisation.", body = OrganisationView),
))]
#[put("/v1/plans/{plan}/organisations/{code}")]
pub(super) async fn put_organisation(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<Organisations>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change an organisation
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The organisation's code.", example = "jobcenter-fredericia")),
    request_body(description = "What to change.", content(
        (PatchOrganisation = "application/merge-patch+json"),
        (PatchOrganisation = "application/json"),
    )),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The organisation as it now is.", body = OrganisationView),
))]
#[patch("/v1/plans/{plan}/organisations/{code}")]
pub(super) async fn patch_organisation(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<Organisations>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive an organisation
///
/// It leaves the list and can be named by nothing new; what names it already stays, and so do its figures. Archiving again
/// changes nothing. A `PATCH` with `"archived_at": null`, or a `PUT` without it, takes it back into use.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The organisation's code.", example = "jobcenter-fredericia")),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The archived organisation.", body = OrganisationView),
))]
#[delete("/v1/plans/{plan}/organisations/{code}")]
pub(super) async fn archive_organisation(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<Organisations>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
