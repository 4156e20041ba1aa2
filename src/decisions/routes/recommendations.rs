//! `…/recommendations`: list, read, record.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::{NewRecommendation, RecommendationView};
use super::super::read;
use super::super::store::{self, Sight, write as recommending};
use super::actor;
use super::writing::{Asked, Kind, write};
use crate::auth::Allow;
use crate::auth::role::{ReadDecisions, WriteRecommendations};
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{respond_json, to_json};
use crate::web::page::{self, Page};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

type RecommendationPage = Page<RecommendationView>;

/// Which recommendations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecommendationsQuery {
    /// On this decision.
    decision: Option<Uuid>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the recommendations
///
/// On the decisions that the caller sees, in the order in which they were recorded.
#[utoipa::path(tag = "decisions", params(RecommendationsQuery, PlanPath),
    security(("bearer" = ["decisions:read"])), responses(
    (status = 200, description = "A page of recommendations.", body = RecommendationPage),
))]
#[get("/v1/plans/{plan}/recommendations")]
pub(super) async fn list_recommendations(
    who: Allow<ReadDecisions>,
    path: Path<PlanPath>,
    query: ValidQuery<RecommendationsQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let sight = Sight::of(app.db.read(), plan.id, &actor(who.caller())).await?;
    let rows = store::recommendations(app.db.read(), plan.id, &window, query.decision, sight).await?;
    Page::new(rows, window.limit, |row| row.id, RecommendationView::from).respond(&request)
}

/// Read a recommendation
///
/// What the secretariat or a steering group recommends to the board on a proposal.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The recommendation's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a32")),
    security(("bearer" = ["decisions:read"])), responses(
    (status = 200, description = "The recommendation.", body = RecommendationView),
))]
#[get("/v1/plans/{plan}/recommendations/{id}")]
pub(super) async fn get_recommendation(
    who: Allow<ReadDecisions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let sight = Sight::of(app.db.read(), plan.id, &actor(who.caller())).await?;
    respond_json(
        &request,
        &store::recommendation(app.db.read(), plan.id, id, sight).await?,
    )
}

/// Record a recommendation
///
/// Of the secretariat, or of a steering group at one of its meetings that was called and whose minutes are not approved yet:
/// the steering group of the focus area that the proposal is about. Whoever recommends again replaces nothing, but the last word
/// counts. 409 once the board has concluded.
#[utoipa::path(tag = "decisions", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The recommendation.", content((NewRecommendation = "application/json"))),
    security(("bearer" = ["recommendations:write"])), responses(
    (status = 201, description = "The recommendation.", body = RecommendationView, headers(
        ("Location" = String, description = "The recommendation."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/recommendations")]
pub(super) async fn recommend(
    who: Allow<WriteRecommendations>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = Asked {
        caller: who.caller(),
        scope: who.scope(),
        plan: &path.plan,
        id: Uuid::now_v7(),
        operation: "recommend",
        kind: Kind::New("recommendations"),
    };
    write(asked, body, &app, &request, async |transaction, writing, stamp| {
        let mut errors = Vec::new();
        let new = read::recommendation(&writing.body, &mut errors);
        let row = recommending::recommend(transaction, writing.plan.id, writing.id, new, errors, stamp.at).await?;
        to_json(&RecommendationView::from(row))
    })
    .await
}
