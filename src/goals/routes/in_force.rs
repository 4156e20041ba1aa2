//! `GET …/goals`, `GET …/sub-goals` and one of each: what is in force on a day.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::{GoalView, SubGoalView};
use super::super::store::{self, AfterItsEnd, InForce};
use super::{Bookmark, window};
use crate::auth::Allow;
use crate::auth::role::ReadGoals;
use crate::entities::plan;
use crate::plans;
use crate::problem::Problem;
use crate::record;
use crate::state::AppState;
use crate::web::day::{self, Day};
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, ValidQuery};

type GoalPage = Page<GoalView>;
type SubGoalPage = Page<SubGoalView>;

/// Which goals.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InForceQuery {
    /// The day on which they are in force; where absent today, or the plan's first or last day where today is outside it.
    #[param(value_type = Option<String>, format = Date, example = "2024-06-30")]
    on: Option<Day>,
    /// As it was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Which page of which goals.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InForceListQuery {
    /// The day on which they are in force; where absent today, or the plan's first or last day where today is outside it.
    #[param(value_type = Option<String>, format = Date, example = "2024-06-30")]
    on: Option<Day>,
    /// As it was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// The day that is asked about: a plan has goals in force only while it lasts, so a day within it where none is named.
fn day_of(plan: &plan::Model, asked: Option<Day>) -> NaiveDate {
    plans::store::day(plan, asked.map(|day| day.0), day::on(None))
}

/// What is in force, and the moment that it was read at.
async fn found(
    app: &AppState,
    plan: &plan::Model,
    on: NaiveDate,
    seq: i64,
) -> Result<impl Iterator<Item = InForce>, Problem> {
    let agreements = store::in_force(app.db.read(), plan.id, seq, on, AfterItsEnd::Gone).await?;
    Ok(agreements.into_iter())
}

/// List the goals
///
/// The goals of the strategic agreement that is in force on a day, each with its fixed indicators, baselines and targets.
#[utoipa::path(tag = "goals", params(InForceListQuery, PlanPath),
    security(("bearer" = ["goals:read"])), responses(
    (status = 200, description = "A page of goals.", body = GoalPage),
))]
#[get("/v1/plans/{plan}/goals")]
pub(super) async fn list_goals(
    who: Allow<ReadGoals>,
    path: Path<PlanPath>,
    query: ValidQuery<InForceListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let page = page::window::<Bookmark>(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let (seq, on) = moment(&app, &plan, query.on, query.as_of, page.after).await?;
    let goals = found(&app, &plan, on, seq)
        .await?
        .flat_map(InForce::goal_views)
        .collect();
    let rows = window(goals, seq, on, page.after, page.limit);
    Page::new(rows, page.limit, |(bookmark, _)| *bookmark, |(_, view)| view).respond(&request)
}

/// Read a goal
///
/// As it is in force on a day; 404 where it is not.
#[utoipa::path(tag = "goals", params(InForceQuery,
        PlanPath,
        ("code" = String, Path, description = "The goal's code.", example = "employment")),
    security(("bearer" = ["goals:read"])), responses(
    (status = 200, description = "The goal.", body = GoalView),
))]
#[get("/v1/plans/{plan}/goals/{code}")]
pub(super) async fn get_goal(
    who: Allow<ReadGoals>,
    path: Path<(String, String)>,
    query: ValidQuery<InForceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let (seq, on) = moment(&app, &plan, query.0.on, query.0.as_of, None).await?;
    let mut goals = found(&app, &plan, on, seq).await?.flat_map(InForce::goal_views);
    let goal = goals.find(|goal| goal.code == code).ok_or_else(|| {
        Problem::not_found(
            format!("There is no goal of this code in force on {on}."),
            format!("Der er intet overordnet mål med denne kode i kraft den {on}."),
        )
    })?;
    respond_json(&request, &goal)
}

/// List the sub-goals
///
/// The sub-goals of the sub-agreements that are in force on a day, each with what it is measured by, baselines, targets
/// and due dates, and how unclear texts are read.
#[utoipa::path(tag = "goals", params(InForceListQuery, PlanPath),
    security(("bearer" = ["goals:read"])), responses(
    (status = 200, description = "A page of sub-goals.", body = SubGoalPage),
))]
#[get("/v1/plans/{plan}/sub-goals")]
pub(super) async fn list_sub_goals(
    who: Allow<ReadGoals>,
    path: Path<PlanPath>,
    query: ValidQuery<InForceListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let page = page::window::<Bookmark>(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let (seq, on) = moment(&app, &plan, query.on, query.as_of, page.after).await?;
    let sub_goals = found(&app, &plan, on, seq).await?.flat_map(InForce::sub_goal_views);
    let rows = window(sub_goals.collect(), seq, on, page.after, page.limit);
    Page::new(rows, page.limit, |(bookmark, _)| *bookmark, |(_, view)| view).respond(&request)
}

/// Read a sub-goal
///
/// As it is in force on a day; 404 where it is not.
#[utoipa::path(tag = "goals", params(InForceQuery,
        PlanPath,
        ("code" = String, Path, description = "The sub-goal's code.", example = "far-from-labour-market")),
    security(("bearer" = ["goals:read"])), responses(
    (status = 200, description = "The sub-goal.", body = SubGoalView),
))]
#[get("/v1/plans/{plan}/sub-goals/{code}")]
pub(super) async fn get_sub_goal(
    who: Allow<ReadGoals>,
    path: Path<(String, String)>,
    query: ValidQuery<InForceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let (seq, on) = moment(&app, &plan, query.0.on, query.0.as_of, None).await?;
    let mut sub_goals = found(&app, &plan, on, seq).await?.flat_map(InForce::sub_goal_views);
    let sub_goal = sub_goals.find(|sub_goal| sub_goal.code == code).ok_or_else(|| {
        Problem::not_found(
            format!("There is no sub-goal of this code in force on {on}."),
            format!("Der er intet delmål med denne kode i kraft den {on}."),
        )
    })?;
    respond_json(&request, &sub_goal)
}

/// The moment and the day: those of the page before, else those asked about.
async fn moment(
    app: &AppState,
    plan: &plan::Model,
    on: Option<Day>,
    as_of: Option<Instant>,
    after: Option<Bookmark>,
) -> Result<(i64, NaiveDate), Problem> {
    match after {
        Some(bookmark) => Ok((bookmark.seq, bookmark.on)),
        None => {
            let seq = record::seq_at(&app.db, plan.id, as_of.map(|as_of| as_of.0)).await?;
            Ok((seq, day_of(plan, on)))
        }
    }
}
