//! `GET /v1/plans/{plan}/target-groups…` and `…/indicators…`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{IndicatorView, TargetGroupView};
use super::store;
use crate::auth::Allow;
use crate::auth::role::ReadIndicators;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type IndicatorPage = Page<IndicatorView>;
type TargetGroupPage = Page<TargetGroupView>;

/// This slice's operations.
pub fn configure(service: &mut ServiceConfig) {
    service
        .service(list_target_groups)
        .service(get_target_group)
        .service(list_indicators)
        .service(get_indicator);
}

/// List the target groups
///
/// In the order of the law. Their codes are the categories of `kendskabsgrad-count`.
#[utoipa::path(tag = "indicators", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["indicators:read"])), responses(
    (status = 200, description = "A page of target groups.", body = TargetGroupPage),
))]
#[get("/v1/plans/{plan}/target-groups")]
async fn list_target_groups(
    who: Allow<ReadIndicators>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::target_groups(app.db.read(), plan.id, &window, query.0.archived()).await?;
    let subsets = store::subsets(app.db.read(), plan.id).await?;
    Page::new(
        rows,
        window.limit,
        |row| row.position,
        |row| {
            let own = subsets
                .iter()
                .filter(|subset| subset.target_group == row.code)
                .cloned()
                .collect();
            TargetGroupView::new(row, own)
        },
    )
    .respond(&request)
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
async fn get_target_group(
    who: Allow<ReadIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::target_group(app.db.read(), plan.id, &code).await?;
    let subsets = store::subsets(app.db.read(), plan.id).await?;
    let own = subsets
        .into_iter()
        .filter(|subset| subset.target_group == code)
        .collect();
    respond_json(&request, &TargetGroupView::new(row, own))
}

/// List the indicators
///
/// The variables that are measured; `is_fixed` marks those that the fund has fixed.
#[utoipa::path(tag = "indicators", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["indicators:read"])), responses(
    (status = 200, description = "A page of indicators.", body = IndicatorPage),
))]
#[get("/v1/plans/{plan}/indicators")]
async fn list_indicators(
    who: Allow<ReadIndicators>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::indicators(app.db.read(), plan.id, &window, query.0.archived()).await?;
    Page::new(rows, window.limit, |row| row.position, IndicatorView::from).respond(&request)
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
async fn get_indicator(
    who: Allow<ReadIndicators>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::indicator(app.db.read(), plan.id, &code).await?;
    respond_json(&request, &IndicatorView::from(row))
}
