//! `…/milestones`.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};
use sea_orm::DatabaseTransaction;
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{MilestoneView, PatchedMilestone, WrittenMilestone};
use super::rules::Draft;
use super::{read, store};
use crate::auth::Allow;
use crate::auth::role::{ReadAgreements, WriteMilestones};
use crate::entities::plan;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record::{Clock, Deed};
use crate::state::AppState;
use crate::text::is_code;
use crate::web::body::Body;
use crate::web::etag::{require_match, require_match_or_none, respond_json, to_json, written};
use crate::web::json::Node;
use crate::web::page::{Page, ReferenceQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::request_id::RequestId;
use crate::web::values::MAX_CODE;
use crate::web::{day, merge_patch};

type MilestonePage = Page<MilestoneView>;

/// This slice's operations.
pub fn configure(service: &mut ServiceConfig) {
    service
        .service(list_milestones)
        .service(get_milestone)
        .service(put_milestone)
        .service(change_milestone)
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
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::milestones(app.db.read(), plan.id, &window, query.0.archived()).await?;
    Page::new(rows, window.limit, |row| row.position, MilestoneView::from).respond(&request)
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
    let row = store::milestone(app.db.read(), plan.id, &code).await?;
    respond_json(&request, &MilestoneView::from(row))
}

/// Write a milestone
///
/// With `If-None-Match: *` a new one, under a code of one's own choice; with `If-Match` and the `ETag` of what was read, in
/// place of what is there, as a whole. 428 where neither is sent, 412 where it does not hold. One that is archived comes
/// back into use.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the milestone as it was read.", nullable = false),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is none of this code.", nullable = false)),
    request_body(description = "The milestone.", content((WrittenMilestone = "application/json"))),
    security(("bearer" = ["milestones:write"])), responses(
    (status = 200, description = "The milestone as it is now.", body = MilestoneView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
    (status = 201, description = "A new milestone.", body = MilestoneView,
        headers(("ETag" = String, description = "Strong validator of the answer."),
            ("Location" = String, description = "The milestone."))),
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
    let node = merge_patch::read_whole(&body)?;
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    require_code(&code)?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let row = store::find(&transaction, plan.id, &code).await?;
    let before = row.clone().map(|row| to_json(&MilestoneView::from(row))).transpose()?;
    require_match_or_none(&request, before.as_deref())?;
    let draft = judged(&transaction, &plan, &node).await?;
    clock
        .tick(&transaction, deed(&who, &request, "put_milestone", &code))
        .await?;
    let is_new = row.is_none();
    let row = match row {
        None => store::insert(&transaction, plan.id, &code, draft).await?,
        Some(row) => {
            let row = store::update(&transaction, row, draft).await?;
            store::archive(&transaction, row, None).await?
        }
    };
    transaction.commit().await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = written(status, to_json(&MilestoneView::from(row))?);
    if is_new && let Ok(location) = HeaderValue::from_str(request.path()) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Change a milestone
///
/// A merge patch (RFC 7396). `If-Match` names the `ETag` of what was read: 428 where it is absent, 412 where somebody else was
/// faster.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start"),
        ("If-Match" = String, Header, description = "The `ETag` of the milestone as it was read.")),
    request_body(description = "What to change.", content(
        (PatchedMilestone = "application/json"),
        (PatchedMilestone = "application/merge-patch+json"),
    )),
    security(("bearer" = ["milestones:write"])), responses(
    (status = 200, description = "The milestone as it is now.", body = MilestoneView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[patch("/v1/plans/{plan}/milestones/{code}")]
async fn change_milestone(
    who: Allow<WriteMilestones>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = merge_patch::read(&body)?;
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let row = store::milestone(&transaction, plan.id, &code).await?;
    let before = MilestoneView::from(row.clone());
    require_match(&request, &to_json(&before)?)?;
    let node = merge_patch::apply(&before.written(), &patch)?;
    let draft = judged(&transaction, &plan, &node).await?;
    clock
        .tick(&transaction, deed(&who, &request, "change_milestone", &code))
        .await?;
    let row = store::update(&transaction, row, draft).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&MilestoneView::from(row))?))
}

/// Archive a milestone
///
/// It stays readable and goes from the list. `If-Match` names the `ETag` of what was read.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("code" = String, Path, description = "The milestone's code.", example = "planens-start"),
        ("If-Match" = String, Header, description = "The `ETag` of the milestone as it was read.")),
    security(("bearer" = ["milestones:write"])), responses(
    (status = 204, description = "It is archived."),
))]
#[delete("/v1/plans/{plan}/milestones/{code}")]
async fn archive_milestone(
    who: Allow<WriteMilestones>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let row = store::milestone(&transaction, plan.id, &code).await?;
    require_match(&request, &to_json(&MilestoneView::from(row.clone()))?)?;
    if row.archived_at.is_none() {
        let stamp = clock
            .tick(&transaction, deed(&who, &request, "archive_milestone", &code))
            .await?;
        store::archive(&transaction, row, Some(stamp.at)).await?;
    }
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

fn deed<'a>(who: &'a Allow<WriteMilestones>, request: &HttpRequest, operation: &'static str, code: &str) -> Deed<'a> {
    Deed {
        subject: &who.caller().subject,
        operation,
        target: format!("milestones/{code}"),
        request_id: RequestId::of(request).map(|id| id.as_str().to_owned()),
    }
}

/// The milestone that a whole body states; 422 with all that is wrong.
async fn judged(transaction: &DatabaseTransaction, plan: &plan::Model, node: &Node) -> Result<Draft, Problem> {
    let catalogue = store::catalogue(transaction, plan, day::on(None)).await?;
    let mut errors = Vec::new();
    match read::milestone(node, &catalogue, &mut errors) {
        Some(draft) if errors.is_empty() => Ok(draft),
        _ => Err(Problem::invalid_content(errors)),
    }
}

/// A code in the path that a new milestone may have.
fn require_code(code: &str) -> Result<(), Problem> {
    if is_code(code) && code.len() <= MAX_CODE {
        return Ok(());
    }
    Err(Problem::invalid_parameters(vec![FieldError::new(
        At::Parameter("code".into()),
        "invalid_code",
        format!("A code has at most {MAX_CODE} small letters a to z, digits, and single hyphens between them."),
        format!("En kode har højst {MAX_CODE} små bogstaver a til z, cifre og enkelte bindestreger imellem."),
    )]))
}
