//! `GET …/decisions`, `GET …/decisions/{id}`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::{DecisionSummary, DecisionView};
use super::super::rules::kinds::{DecisionKind, DecisionState};
use super::super::store::{self, Selection, Sight};
use super::actor;
use crate::auth::Allow;
use crate::auth::role::ReadDecisions;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

type DecisionPage = Page<DecisionSummary>;

/// Which decisions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DecisionsQuery {
    /// Of this kind.
    #[param(inline, example = "place_activity")]
    kind: Option<DecisionKind>,
    /// In this state.
    #[param(inline, example = "in_force")]
    state: Option<DecisionState>,
    /// For this meeting, or concluded at it.
    meeting: Option<Uuid>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the decisions
///
/// In the order in which they were proposed. The secretariat, the board, and organisations that have a seat on the board
/// themselves or by a unit below them see all; everybody else those that the board has concluded.
#[utoipa::path(tag = "decisions", params(DecisionsQuery, PlanPath),
    security(("bearer" = ["decisions:read"])), responses(
    (status = 200, description = "A page of decisions.", body = DecisionPage),
))]
#[get("/v1/plans/{plan}/decisions")]
pub(super) async fn list_decisions(
    who: Allow<ReadDecisions>,
    path: Path<PlanPath>,
    query: ValidQuery<DecisionsQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let sight = Sight::of(app.db.read(), plan.id, &actor(who.caller())).await?;
    let selection = Selection {
        kind: query.kind,
        state: query.state,
        meeting: query.meeting,
    };
    let rows = store::list(app.db.read(), plan.id, &window, &selection, sight).await?;
    Page::new(rows, window.limit, |row| row.id, |row| row).respond(&request)
}

/// Read a decision
///
/// With what was recommended, how seats voted and what the votes come to, the conclusion with its reservations, the fund's
/// answer, and what it did to the plan.
#[utoipa::path(tag = "decisions", params(
        PlanPath,
        ("id" = Uuid, Path, description = "The decision's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31")),
    security(("bearer" = ["decisions:read"])), responses(
    (status = 200, description = "The decision.", body = DecisionView),
))]
#[get("/v1/plans/{plan}/decisions/{id}")]
pub(super) async fn get_decision(
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
    let row = store::decision(app.db.read(), plan.id, id, sight).await?;
    respond_json(&request, &store::view(app.db.read(), row).await?)
}
