//! `…/venues`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::super::model::{NewVenue, VenueView};
use super::super::write::Venues;
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

type VenuePage = Page<VenueView>;
type PutVenue = Put<NewVenue>;
type PatchVenue = Patch<NewVenue>;

/// List the venues
///
/// The permanent base of each zone, then the other places that the agreement names, then as they were added.
#[utoipa::path(tag = "areas", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of venues.", body = VenuePage),
))]
#[get("/v1/plans/{plan}/venues")]
pub(super) async fn list_venues(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<Venues>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read a venue
///
/// Where it is, as far as it is stated, and whether it is the permanent base of its zone.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The venue's code.", example = "medborgerhuset-korskaerparken")),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "The venue.", body = VenueView),
))]
#[get("/v1/plans/{plan}/venues/{code}")]
pub(super) async fn get_venue(
    who: Allow<ReadPlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<Venues>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace a venue
///
/// With `If-None-Match: *` a new venue is made, last in the list; with `If-Match` the one that was read is replaced.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The venue's code.", example = "medborgerhuset-korskaerparken")),
    request_body = PutVenue,
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The venue as it now is.", body = VenueView),
    (status = 201, description = "The new venue.", body = VenueView),
))]
#[put("/v1/plans/{plan}/venues/{code}")]
pub(super) async fn put_venue(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<Venues>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change a venue
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The venue's code.", example = "medborgerhuset-korskaerparken")),
    request_body(description = "What to change.", content(
        (PatchVenue = "application/merge-patch+json"),
        (PatchVenue = "application/json"),
    )),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The venue as it now is.", body = VenueView),
))]
#[patch("/v1/plans/{plan}/venues/{code}")]
pub(super) async fn patch_venue(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<Venues>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive a venue
///
/// It leaves the list; what takes place there stays as it is. Archiving again changes nothing. A `PATCH` with
/// `"archived_at": null`, or a `PUT` without it, takes it back into use.
#[utoipa::path(tag = "areas", params(
        PlanPath,
        ("code" = String, Path, description = "The venue's code.", example = "medborgerhuset-korskaerparken")),
    security(("bearer" = ["plan:write"])), responses(
    (status = 200, description = "The archived venue.", body = VenueView),
))]
#[delete("/v1/plans/{plan}/venues/{code}")]
pub(super) async fn archive_venue(
    who: Allow<WritePlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<Venues>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
