//! `GET /v1/plans/{plan}/organisations…` and `GET /v1/plans/{plan}/areas…`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{AreaView, OrganisationView};
use super::store;
use crate::auth::Allow;
use crate::auth::role::ReadPlan;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};

type AreaPage = Page<AreaView>;
type OrganisationPage = Page<OrganisationView>;

/// This slice's operations.
pub fn configure(service: &mut ServiceConfig) {
    service
        .service(list_organisations)
        .service(get_organisation)
        .service(list_areas)
        .service(get_area);
}

/// List the organisations
///
/// The parties first, then the others and their units; in the agreement's order.
#[utoipa::path(tag = "areas", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of organisations.", body = OrganisationPage),
))]
#[get("/v1/plans/{plan}/organisations")]
async fn list_organisations(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::organisations(app.db.read(), plan.id, &window, query.0.archived()).await?;
    Page::new(rows, window.limit, |row| row.position, OrganisationView::from).respond(&request)
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
async fn get_organisation(
    who: Allow<ReadPlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::organisation(app.db.read(), plan.id, &code).await?;
    respond_json(&request, &OrganisationView::from(row))
}

/// List the areas
///
/// From the largest to the smallest: the country, the municipality, all zones, each zone, departments, schools.
#[utoipa::path(tag = "areas", params(ReferenceQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "A page of areas.", body = AreaPage),
))]
#[get("/v1/plans/{plan}/areas")]
async fn list_areas(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<ReferenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::areas(app.db.read(), plan.id, &window, query.0.archived()).await?;
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let relations = store::relations(app.db.read(), plan.id, &codes).await?;
    Page::new(
        rows,
        window.limit,
        |row| row.position,
        |row| {
            let own = relations
                .iter()
                .filter(|relation| relation.area == row.code)
                .cloned()
                .collect();
            AreaView::new(row, own)
        },
    )
    .respond(&request)
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
async fn get_area(
    who: Allow<ReadPlan>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::area(app.db.read(), plan.id, &code).await?;
    let relations = store::relations(app.db.read(), plan.id, &[code]).await?;
    respond_json(&request, &AreaView::new(row, relations))
}
