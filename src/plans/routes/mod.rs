//! `GET /v1/plans…` and `GET /v1/plans/{plan}/focus-areas…`.

mod focus_areas;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::model::PlanView;
use super::store;
use crate::auth::Allow;
use crate::auth::role::ReadPlan;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::page::{Page, PageQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type PlanPage = Page<PlanView>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(list_plans)
        .service(get_plan)
        .service(focus_areas::list_focus_areas)
        .service(focus_areas::get_focus_area)
        .service(focus_areas::put_focus_area)
        .service(focus_areas::patch_focus_area)
        .service(focus_areas::archive_focus_area);
}

/// List the plans that the caller reaches
///
/// Oldest first. Without a token: those that are public.
#[utoipa::path(tag = "plans", params(PageQuery), security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of plans.", body = PlanPage),
))]
#[get("/v1/plans")]
async fn list_plans(
    who: Allow<ReadPlan>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plans = store::list(app.db.read(), who.scope(), &window).await?;
    let ids: Vec<i32> = plans.iter().map(|plan| plan.id).collect();
    let parties = store::parties(app.db.read(), &ids).await?;
    Page::new(
        plans,
        window.limit,
        |plan| plan.id,
        |plan| {
            let parties = parties
                .iter()
                .filter(|party| party.plan_id == plan.id)
                .cloned()
                .collect();
            PlanView::new(plan, parties)
        },
    )
    .respond(&request)
}

/// Read a plan
///
/// Its period, its parties, and what went before it.
#[utoipa::path(tag = "plans", params(PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "The plan.", body = PlanView),
))]
#[get("/v1/plans/{plan}")]
async fn get_plan(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let parties = store::parties(app.db.read(), &[plan.id]).await?;
    respond_json(&request, &PlanView::new(plan, parties))
}
