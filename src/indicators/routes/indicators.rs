//! `…/indicators`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::super::model::{IndicatorView, NewIndicator};
use super::super::write::Indicators;
use crate::auth::Allow;
use crate::auth::role::{ReadIndicators, WriteIndicators};
use crate::plans;
use crate::problem::Problem;
use crate::reference::{self, Change, Patch, Put};
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type IndicatorPage = Page<IndicatorView>;
type PutIndicator = Put<NewIndicator>;
type PatchIndicator = Patch<NewIndicator>;

/// List the indicators
///
/// The variables that are measured; `is_fixed` marks those that the fund has fixed.
#[utoipa::path(tag = "indicators", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["indicators:read"])), responses(
    (status = 200, description = "A page of indicators.", body = IndicatorPage),
))]
#[get("/v1/plans/{plan}/indicators")]
pub(super) async fn list_indicators(
    who: Allow<ReadIndicators>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<Indicators>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read an indicator
///
/// What it measures, in which unit, how often figures are expected, and who owns them.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The indicator's code.", example = "kendskabsgrad")),
    security(("bearer" = ["indicators:read"])), responses(
    (status = 200, description = "The indicator.", body = IndicatorView),
))]
#[get("/v1/plans/{plan}/indicators/{code}")]
pub(super) async fn get_indicator(
    who: Allow<ReadIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<Indicators>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace an indicator
///
/// With `If-None-Match: *` a new indicator is made, last in the list; with `If-Match` the one that was read is replaced.
/// What the stored figures rely on stays (`in_use`): the unit, a stated age limit, and the target groups as categories where
/// figures have them. Decimals may change, since each figure keeps those that it was given with.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The indicator's code.", example = "kendskabsgrad")),
    request_body = PutIndicator,
    security(("bearer" = ["indicators:write"])), responses(
    (status = 200, description = "The indicator as it now is.", body = IndicatorView),
    (status = 201, description = "The new indicator.", body = IndicatorView),
))]
#[put("/v1/plans/{plan}/indicators/{code}")]
pub(super) async fn put_indicator(
    who: Allow<WriteIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<Indicators>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change an indicator
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole. What
/// the stored figures rely on stays, as with `PUT`.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The indicator's code.", example = "kendskabsgrad")),
    request_body(description = "What to change.", content(
        (PatchIndicator = "application/merge-patch+json"),
        (PatchIndicator = "application/json"),
    )),
    security(("bearer" = ["indicators:write"])), responses(
    (status = 200, description = "The indicator as it now is.", body = IndicatorView),
))]
#[patch("/v1/plans/{plan}/indicators/{code}")]
pub(super) async fn patch_indicator(
    who: Allow<WriteIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<Indicators>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive an indicator
///
/// It leaves the list and takes no new figures; those that it has stay readable. Archiving again changes nothing. A `PATCH`
/// with `"archived_at": null`, or a `PUT` without it, takes it back into use.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The indicator's code.", example = "kendskabsgrad")),
    security(("bearer" = ["indicators:write"])), responses(
    (status = 200, description = "The archived indicator.", body = IndicatorView),
))]
#[delete("/v1/plans/{plan}/indicators/{code}")]
pub(super) async fn archive_indicator(
    who: Allow<WriteIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<Indicators>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
