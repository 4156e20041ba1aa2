//! `…/contingency` and `…/contingency/versions`: the plan.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::{NewVersion, Standing, VersionSummary, VersionView};
use super::super::read::{self, Days, Organisations};
use super::super::store;
use super::Call;
use crate::auth::Allow;
use crate::auth::role::{ReadContingency, WriteContingency};
use crate::db::Db;
use crate::plans;
use crate::problem::{At, FieldError, Problem, judged};
use crate::record::Clock;
use crate::record::idempotency::{Answer, Claim, commit};
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::day::{self, Day};
use crate::web::etag::{require_match, respond_json, to_json, written};
use crate::web::json::Node;
use crate::web::page::{Page, PageQuery};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::{idempotency, merge_patch};

type ContingencyPlanSummaryPage = Page<VersionSummary>;

/// On which day.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// The day on which it holds; where absent today, or the plan's first or last day where today is outside it.
    #[param(value_type = Option<String>, format = Date, example = "2024-01-01")]
    on: Option<Day>,
}

/// The number of a version in the path.
fn number(text: &str) -> Result<i32, Problem> {
    text.parse().map_err(|_| {
        Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("version".into()),
            "invalid_value",
            "A version is a whole number.",
            "En version er et helt tal.",
        )])
    })
}

/// Read the contingency plan
///
/// The version that holds on the day. The parties, the fund, and those whose organisation has a seat read it. Contact
/// details are not in this service: only when the contact list was last confirmed.
#[utoipa::path(tag = "contingency", params(DayQuery, PlanPath),
    security(("bearer" = ["contingency:read"])), responses(
    (status = 200, description = "The version that holds on the day.", body = VersionView),
))]
#[get("/v1/plans/{plan}/contingency")]
pub(super) async fn get_contingency_plan(
    who: Allow<ReadContingency>,
    path: Path<PlanPath>,
    query: ValidQuery<DayQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let call = Call::new(&app, &who, &path.plan, &request).await?;
    let day = plans::store::day(&call.plan, query.0.on.map(|day| day.0), day::on(None));
    let whole = store::in_force(app.db.read(), call.plan.id, day).await?;
    let whole = whole
        .filter(|whole| call.audience.reads(&whole.content))
        .ok_or_else(|| {
            Problem::not_found(
                "No contingency plan that you may read holds on this day.",
                "Ingen beredskabsplan, som du må læse, gælder på denne dag.",
            )
        })?;
    respond_json(&request, &VersionView::from(whole))
}

/// List the versions of the contingency plan
///
/// In the order in which they were written. On a day the one holds that begins latest up to it, of several the one
/// written last.
#[utoipa::path(tag = "contingency", params(PageQuery, PlanPath),
    security(("bearer" = ["contingency:read"])), responses(
    (status = 200, description = "A page of versions.", body = ContingencyPlanSummaryPage),
))]
#[get("/v1/plans/{plan}/contingency/versions")]
pub(super) async fn list_contingency_versions(
    who: Allow<ReadContingency>,
    path: Path<PlanPath>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let call = Call::new(&app, &who, &path.plan, &request).await?;
    let rows = store::versions(app.db.read(), call.plan.id, &call.audience, &window).await?;
    Page::new(
        rows,
        window.limit,
        |whole| whole.row.version,
        |whole| VersionSummary::new(whole.row, &whole.content, &whole.signatures),
    )
    .respond(&request)
}

/// Write a version of the contingency plan
///
/// As a whole; what is written is never changed. It begins on a day of the plan, and not before the version written last: of
/// two that begin on the same day the later one holds. Nobody has signed it yet, and the fund has not approved it; that the
/// contact list was confirmed goes on.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewVersion,
    security(("bearer" = ["contingency:write"])), responses(
    (status = 201, description = "The new version.", body = VersionView, headers(
        ("Location" = String, description = "The version."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/contingency/versions")]
pub(super) async fn write_contingency_version(
    who: Allow<WriteContingency>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let call = Call::new(&app, &who, &path.plan, &request).await?;
    let plan_id = call.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        write(&db, claim, &call, &node).await
    })
    .await
}

async fn write(db: &Db, claim: Option<&Claim>, call: &Call, node: &Node) -> Result<Answer, Problem> {
    let plan = &call.plan;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let organisations = Organisations::new(store::known(&transaction, plan.id).await?);
    let latest = store::latest(&transaction, plan.id).await?;
    let days = Days {
        first: latest.as_ref().map_or(plan.starts_on, |latest| latest.valid_from),
        last: plan.ends_on,
    };
    let draft = judged(|errors| read::version(node, &organisations, days, errors))?;
    let number = latest.as_ref().map_or(0, |latest| latest.version) + 1;
    let target = format!("contingency/versions/{number}");
    let deed = call.deed("write_contingency_version", target.clone());
    let stamp = clock.tick(&transaction, deed).await?;
    let whole = store::insert_version(
        &transaction,
        plan.id,
        latest.as_ref(),
        draft,
        &call.actor.subject,
        stamp,
    )
    .await?;
    let location = format!("/v1/plans/{}/{target}", plan.code);
    let answer = Answer::created(location, to_json(&VersionView::from(whole))?);
    commit(transaction, claim, answer).await
}

/// Read a version of the contingency plan
///
/// Whether it holds, did, or will.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("version" = i32, Path, description = "The version's number.", example = 1)),
    security(("bearer" = ["contingency:read"])), responses(
    (status = 200, description = "The version.", body = VersionView),
))]
#[get("/v1/plans/{plan}/contingency/versions/{version}")]
pub(super) async fn get_contingency_version(
    who: Allow<ReadContingency>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, version) = path.into_inner();
    let version = number(&version)?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let whole = store::plan_version(app.db.read(), call.plan.id, version, &call.audience).await?;
    respond_json(&request, &VersionView::from(whole))
}

/// Record signatures, approval and confirmation
///
/// A merge patch (RFC 7396) of what is added to a version after it was written: who has signed it, when the fund approved it,
/// when the contact list was last confirmed, a note. What the version says stays as it was written.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("version" = i32, Path, description = "The version's number.", example = 1)),
    request_body(description = "What to add.", content(
        (Standing = "application/merge-patch+json"),
        (Standing = "application/json"),
    )),
    security(("bearer" = ["contingency:write"])), responses(
    (status = 200, description = "The version as it now is.", body = VersionView),
))]
#[patch("/v1/plans/{plan}/contingency/versions/{version}")]
pub(super) async fn patch_contingency_version(
    who: Allow<WriteContingency>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, version) = path.into_inner();
    let version = number(&version)?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, call.plan.id).await?;
    let whole = store::plan_version(&transaction, call.plan.id, version, &call.audience).await?;
    let current = to_json(&VersionView::from(whole.clone()))?;
    require_match(&request, &current)?;
    let before = store::standing(&whole);
    let node = merge_patch::apply(&before, &patch)?;
    let standing = judged(|errors| read::standing(&node, &whole.content.participants(), day::on(None), errors))?;
    if standing == before {
        return Ok(written(StatusCode::OK, current));
    }
    let target = format!("contingency/versions/{version}");
    let deed = call.deed("patch_contingency_version", target);
    let stamp = clock.tick(&transaction, deed).await?;
    let whole = store::set_standing(&transaction, whole, standing, stamp).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&VersionView::from(whole))?))
}
