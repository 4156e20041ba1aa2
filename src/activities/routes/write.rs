//! Drafting activities, and editing how those in force are presented.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, patch, put};

use super::super::model::{ActivityView, NewActivity};
use super::super::write::Activities;
use crate::auth::Allow;
use crate::auth::role::WriteActivities;
use crate::plans;
use crate::problem::Problem;
use crate::reference::{self, Change, Patch, Put};
use crate::state::AppState;
use crate::web::body::{Body, NoBody};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type PutActivity = Put<NewActivity>;
type PatchActivity = Patch<NewActivity>;

/// Create or replace a draft of an activity
///
/// With `If-None-Match: *` a new draft is made, last in the list; with `If-Match` the one that was read is replaced. What is
/// in force changes by decision only: a member of it that differs is an error (`in_force`), except `description`,
/// `description_en`, `note` and `is_published`.
#[utoipa::path(tag = "activities", params(
        PlanPath,
        ("code" = String, Path, description = "The activity's code.", example = "lektiecafe")),
    request_body = PutActivity,
    security(("bearer" = ["activities:write"])), responses(
    (status = 200, description = "The activity as it now is.", body = ActivityView),
    (status = 201, description = "The new draft.", body = ActivityView),
))]
#[put("/v1/plans/{plan}/activities/{code}")]
pub(super) async fn put_activity(
    who: Allow<WriteActivities>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::put::<Activities>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Change a draft of an activity, or how an activity is presented
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, a list is replaced as a whole. Of what is in force only
/// `description`, `description_en`, `note` and `is_published` can be changed; all else changes by decision.
#[utoipa::path(tag = "activities", params(
        PlanPath,
        ("code" = String, Path, description = "The activity's code.", example = "lektiecafe")),
    request_body(description = "What to change.", content(
        (PatchActivity = "application/merge-patch+json"),
        (PatchActivity = "application/json"),
    )),
    security(("bearer" = ["activities:write"])), responses(
    (status = 200, description = "The activity as it now is.", body = ActivityView),
))]
#[patch("/v1/plans/{plan}/activities/{code}")]
pub(super) async fn patch_activity(
    who: Allow<WriteActivities>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::patch::<Activities>(Change::new(&app, who.caller(), &plan, &code, &request), &body).await
}

/// Archive a draft of an activity
///
/// What is in force is ended by decision, not archived (409).
#[utoipa::path(tag = "activities", params(
        PlanPath,
        ("code" = String, Path, description = "The activity's code.", example = "lektiecafe")),
    security(("bearer" = ["activities:write"])), responses(
    (status = 200, description = "The archived draft.", body = ActivityView),
))]
#[delete("/v1/plans/{plan}/activities/{code}")]
pub(super) async fn archive_activity(
    who: Allow<WriteActivities>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    reference::archive::<Activities>(Change::new(&app, who.caller(), &plan, &code, &request)).await
}
