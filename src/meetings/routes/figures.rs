//! `GET …/meetings/{id}/figures`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::super::model::FiguresView;
use super::super::store;
use super::forbidden;
use crate::auth::Allow;
use crate::auth::role::{Permission, ReadMeetings};
use crate::bodies;
use crate::plans;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

/// Read the figures that a meeting saw
///
/// `items` is where every area stood against every measure, kendskabsgrad among them, as `GET …/goal-status` had it at the
/// instant of the call: it never changes. `restated` names what would be judged otherwise, or on other figures, by what is known
/// today: the measure and the area, before and after, and each measurement that was corrected, came later for a period that the
/// meeting could have seen, or counts no longer. Who may see what is today's. Needs `goals:read`, too. 404 where the meeting was
/// not called.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "What the meeting saw, and what has been restated since.", body = FiguresView),
))]
#[get("/v1/plans/{plan}/meetings/{id}/figures")]
pub(super) async fn get_meeting_figures(
    who: Allow<ReadMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !who.caller().may(Permission::ReadGoals) {
        return Err(forbidden(
            "The figures of a meeting need the scope goals:read, too, which this token does not have.",
            "Et mødes tal kræver også scopet goals:read, som dette token ikke har.",
        ));
    }
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    let row = store::meeting(db, plan.id, id, &sight).await?;
    respond_json(&request, &store::figures::figures(db, &plan, &row).await?)
}
