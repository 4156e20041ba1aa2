//! `GET …/agreements/{code}/versions…`: the history, one version, and what differs between two.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::super::model::{DiffView, VersionSummary, VersionView};
use super::super::rules::diff::diff;
use super::super::store;
use super::{number, view};
use crate::auth::Allow;
use crate::auth::role::ReadAgreements;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::page::{Page, PageQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type AgreementVersionSummaryPage = Page<VersionSummary>;

/// List the versions of an agreement
///
/// Oldest first: those that have taken force, each with the days that it governs, and drafts.
#[utoipa::path(tag = "agreements", params(PageQuery,
        PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse")),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "A page of versions.", body = AgreementVersionSummaryPage),
))]
#[get("/v1/plans/{plan}/agreements/{code}/versions")]
pub(super) async fn list_agreement_versions(
    who: Allow<ReadAgreements>,
    path: Path<(String, String)>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let agreement = store::agreement(app.db.read(), plan.id, &code).await?;
    let history = store::history(app.db.read(), plan.id, &agreement.code, i64::MAX).await?;
    let rows = store::versions(app.db.read(), plan.id, &agreement.code, &window).await?;
    Page::new(
        rows,
        window.limit,
        |row| row.version,
        |row| VersionSummary::new(&row, store::span_of(&history, row.version)),
    )
    .respond(&request)
}

/// Read a version of an agreement
///
/// Whole, whether it is in force, was, or is a draft.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse"),
        ("version" = i32, Path, description = "The version's number.", example = 1)),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "The version.", body = VersionView),
))]
#[get("/v1/plans/{plan}/agreements/{code}/versions/{version}")]
pub(super) async fn get_agreement_version(
    who: Allow<ReadAgreements>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code, version) = path.into_inner();
    let version = number(&version, "version")?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let agreement = store::agreement(app.db.read(), plan.id, &code).await?;
    let row = store::version(app.db.read(), plan.id, &code, version).await?;
    respond_json(&request, &view(app.db.read(), agreement, row).await?)
}

/// Compare two versions of an agreement
///
/// Names every difference between their contents: what was added, removed or changed, from which value to which, and as a
/// sentence. Items of lists are compared by their keys; their order says nothing.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse"),
        ("from" = i32, Path, description = "The version to compare from.", example = 1),
        ("to" = i32, Path, description = "The version to compare to.", example = 1)),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "The differences; none where the versions say the same.", body = DiffView),
))]
#[get("/v1/plans/{plan}/agreements/{code}/versions/{from}/diff/{to}")]
pub(super) async fn compare_agreement_versions(
    who: Allow<ReadAgreements>,
    path: Path<(String, String, String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code, from, to) = path.into_inner();
    let (from, to) = (number(&from, "from")?, number(&to, "to")?);
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let agreement = store::agreement(app.db.read(), plan.id, &code).await?;
    let before = store::version(app.db.read(), plan.id, &code, from).await?;
    let after = store::version(app.db.read(), plan.id, &code, to).await?;
    let changes = diff(&store::content(&before)?, &store::content(&after)?).map_err(|error| {
        tracing::error!(%error, "two contents cannot be compared");
        Problem::internal()
    })?;
    let diff = DiffView {
        agreement: agreement.code,
        from,
        to,
        changes,
    };
    respond_json(&request, &diff)
}
