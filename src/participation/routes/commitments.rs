//! `GET …/participation/commitments`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::CommitmentView;
use super::super::store;
use crate::activities::store::Sight;
use crate::auth::Allow;
use crate::auth::role::{Permission, ReadCommitments};
use crate::db::Window;
use crate::plans;
use crate::problem::Problem;
use crate::record;
use crate::state::AppState;
use crate::web::day;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, ValidQuery};

type CommitmentPage = Page<CommitmentView>;

/// Which commitments, of which year.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CommitmentQuery {
    /// The calendar year, one of the plan's; where absent this year, or the plan's first or last where this one is outside it. The
    /// answer repeats it.
    #[param(example = 2024)]
    year: Option<i32>,
    /// Of this activity, by code.
    #[param(example = "brobyggende-fritidsaktiviteter")]
    activity: Option<String>,
    /// By what was reported at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List commitments against what was delivered
///
/// What the activities that are decided and in use promise, in the agreement's order, and how much of it the reports of a year
/// say was delivered: such as 20 youth-school classes and 30 reserved summer places a year. These are offers, not people. Only
/// the secretariat sees those of activities that are not published.
///
/// A promise per week, month or quarter counts for every one that lies wholly in the year and the plan. `met`: at least
/// the promised number; `not_yet`: less, and a quarter is still to be reported; `short`: less, and all are reported;
/// `not_reported`: no report says anything of it; `unnumbered`: no number per time was promised.
#[utoipa::path(tag = "participation", params(CommitmentQuery, PlanPath),
    security(("bearer" = ["commitments:read"])), responses(
    (status = 200, description = "A page of commitments.", body = CommitmentPage),
))]
#[get("/v1/plans/{plan}/participation/commitments")]
pub(super) async fn list_commitments(
    who: Allow<ReadCommitments>,
    path: Path<PlanPath>,
    query: ValidQuery<CommitmentQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window: Window<i32> = page::window(query.limit, query.cursor.as_deref())?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let year = plans::store::year(&plan, query.year, day::on(None))?;
    let seq = record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?;
    // As far as the caller sees the activity itself.
    let sight = if who.caller().may(Permission::WriteActivities) {
        Sight::Everything
    } else {
        Sight::Published
    };
    let commitments = store::commitments(db, &plan, year, query.activity.as_deref(), sight, seq).await?;
    // A few dozen, and each page is one of the whole: the place in it is the key.
    let after = window.after.unwrap_or(0);
    let places = (1..).zip(commitments).filter(|(place, _)| *place > after);
    let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
    let rows: Vec<(i32, CommitmentView)> = places.take(limit.saturating_add(1)).collect();
    Page::new(rows, window.limit, |(place, _)| *place, |(_, view)| view).respond(&request)
}
