//! `GET …/meetings/cadence`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::CadenceView;
use super::super::store;
use crate::auth::Allow;
use crate::auth::role::ReadMeetings;
use crate::bodies;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::day;
use crate::web::etag::respond_json;
use crate::web::path::PlanPath;
use crate::web::query::ValidQuery;

/// Which year.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CadenceQuery {
    /// A year of the plan; this year where absent, or the plan's last where that is over.
    #[param(example = 2024)]
    year: Option<i32>,
}

/// Ask how often the bodies met
///
/// Per body: how many meetings the agreement requires in the year, how many are planned, held and missing, and in which quarter
/// where one is required in each. Together 24 a year. Then the rules of order: each steering group meets before each half-yearly
/// meeting of the board, which is taken to be its last in each half-year, since the agreement does not say which of the four it
/// is. What was called off counts as nothing. Bodies whose meetings the caller does not see are left out, and are in no sum.
///
/// Everywhere, in a period, for a body and in all, `required + extra = held + planned + missing`: a second meeting in a quarter makes
/// up for none in another, and a working group may meet as often as it will, so what is held can be as much as is required while
/// something is missing.
#[utoipa::path(tag = "meetings", params(CadenceQuery, PlanPath),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "The year of the bodies.", body = CadenceView),
))]
#[get("/v1/plans/{plan}/meetings/cadence")]
pub(super) async fn get_cadence(
    who: Allow<ReadMeetings>,
    path: Path<PlanPath>,
    query: ValidQuery<CadenceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let year = plans::store::year(&plan, query.0.year, day::on(None))?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    respond_json(&request, &store::cadence::cadence(db, plan.id, year, &sight).await?)
}
