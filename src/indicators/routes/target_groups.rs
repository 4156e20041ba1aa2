//! `…/target-groups`: list, read, create or replace, change, archive.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};

use super::super::model::{NewTargetGroup, TargetGroupView};
use super::super::write::TargetGroups;
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

type TargetGroupPage = Page<TargetGroupView>;
type PutTargetGroup = Put<NewTargetGroup>;
type PatchTargetGroup = Patch<NewTargetGroup>;

/// List the target groups
///
/// In the order of the law, then as they were added. Their codes are the categories of `kendskabsgrad-count`.
#[utoipa::path(tag = "indicators", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["indicators:read"])), responses(
    (status = 200, description = "A page of target groups.", body = TargetGroupPage),
))]
#[get("/v1/plans/{plan}/target-groups")]
pub(super) async fn list_target_groups(
    who: Allow<ReadIndicators>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    reference::list::<TargetGroups>(app.db.read(), plan.id, &query.0, &request).await
}

/// Read a target group
///
/// With the days between which it exists, and the parts of it that are counted beside it.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The target group's code.", example = "6.9")),
    security(("bearer" = ["indicators:read"])), responses(
    (status = 200, description = "The target group.", body = TargetGroupView),
))]
#[get("/v1/plans/{plan}/target-groups/{code}")]
pub(super) async fn get_target_group(
    who: Allow<ReadIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::get::<TargetGroups>(app.db.read(), plan.id, &code, &request).await
}

/// Create or replace a target group
///
/// With `If-None-Match: *` a new target group is made, last in the list; with `If-Match` the one that was read is replaced. Its
/// parts are part of it. Days and parts that have figures stay (`in_use`).
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The target group's code.", example = "6.9")),
    request_body = PutTargetGroup,
    security(("bearer" = ["indicators:write"])), responses(
    (status = 200, description = "The target group as it now is.", body = TargetGroupView),
    (status = 201, description = "The new target group.", body = TargetGroupView),
))]
#[put("/v1/plans/{plan}/target-groups/{code}")]
pub(super) async fn put_target_group(
    who: Allow<WriteIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<TargetGroups>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change a target group
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole.
/// Days and parts that have figures stay, as with `PUT`.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The target group's code.", example = "6.9")),
    request_body(description = "What to change.", content(
        (PatchTargetGroup = "application/merge-patch+json"),
        (PatchTargetGroup = "application/json"),
    )),
    security(("bearer" = ["indicators:write"])), responses(
    (status = 200, description = "The target group as it now is.", body = TargetGroupView),
))]
#[patch("/v1/plans/{plan}/target-groups/{code}")]
pub(super) async fn patch_target_group(
    who: Allow<WriteIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<TargetGroups>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive a target group
///
/// It leaves the list. Extracts and imports go by its days alone, so that old ones may still be corrected: a group that ends
/// gets a `valid_to`. Archiving again changes nothing. A `PATCH` with `"archived_at": null`, or a `PUT` without it, takes
/// it back into use.
#[utoipa::path(tag = "indicators", params(
        PlanPath,
        ("code" = String, Path, description = "The target group's code.", example = "6.9")),
    security(("bearer" = ["indicators:write"])), responses(
    (status = 200, description = "The archived target group.", body = TargetGroupView),
))]
#[delete("/v1/plans/{plan}/target-groups/{code}")]
pub(super) async fn archive_target_group(
    who: Allow<WriteIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<TargetGroups>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
