//! `GET …/sessions/{id}`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::super::model::SessionView;
use super::super::store;
use super::sight;
use crate::auth::Allow;
use crate::auth::role::ReadActivities;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

/// Read a session
///
/// As it was said: its local start, its rule, and the exceptions to it.
#[utoipa::path(tag = "activities", params(PlanPath,
        ("id" = Uuid, Path, description = "The session's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a15")),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "The session.", body = SessionView),
))]
#[get("/v1/plans/{plan}/sessions/{id}")]
pub(super) async fn get_session(
    who: Allow<ReadActivities>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::session(app.db.read(), plan.id, id, sight(who.caller())).await?;
    respond_json(&request, &SessionView::from(row))
}
