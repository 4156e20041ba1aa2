//! `GET …/goal-status` and one item of it.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::formats;
use super::super::model::GoalStatusView;
use super::super::rules::standing::Standing;
use super::super::store;
use super::{Bookmark, window};
use crate::areas;
use crate::auth::Allow;
use crate::auth::role::ReadGoals;
use crate::plans;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record;
use crate::state::AppState;
use crate::text::quoted;
use crate::web::day::{self, Day};
use crate::web::etag::{Audience, respond, respond_json};
use crate::web::formats::{Locale, csv, negotiate};
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, Instant, ValidQuery, refuse};

type GoalStatusPage = Page<GoalStatusView>;

/// The formats of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StatusFormat {
    /// `application/json`, in pages
    Json,
    /// `text/csv`, all at once; a line a target
    Csv,
}

/// Which statuses, on which day, by what was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatusQuery {
    /// The day judged: by figures whose period had ended by then, against the goals in force on it. Today where absent.
    /// After an agreement's end its last version is still judged.
    #[param(value_type = Option<String>, format = Date, example = "2024-06-30")]
    on: Option<Day>,
    /// What was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// Areas, by code, separated by commas; all where absent.
    #[param(value_type = Option<String>, example = "all-zones")]
    area: Option<CommaList>,
    /// Goals, sub-goals or measures, by code, separated by commas; all where absent. A goal finds its fixed indicators and
    /// the sub-goals that are a step toward it.
    #[param(value_type = Option<String>, example = "employment")]
    goal: Option<CommaList>,
    /// Focus areas, by code, separated by commas; all where absent.
    #[param(value_type = Option<String>, example = "beskaeftigelse")]
    focus_area: Option<CommaList>,
    /// Only those that stand so.
    status: Option<Standing>,
    /// JSON only: how many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// JSON only: `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<StatusFormat>,
    /// How CSV is written: `en` has `,` between columns and a decimal point, `da` has `;` and a decimal comma.
    #[param(inline)]
    locale: Option<Locale>,
}

/// On which day, by what was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OneQuery {
    /// The day judged: by figures whose period had ended by then, against the goals in force on it. Today where absent.
    #[param(value_type = Option<String>, format = Date, example = "2024-06-30")]
    on: Option<Day>,
    /// What was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Ask where the plan stands
///
/// An item for every measure of every goal and sub-goal in force × area it applies to, and all zones together: what it
/// starts from, the last figure, each target with what was to be expected by then, and the status.
///
/// The last figure whose period had ended by `on` is held against the straight way from baseline to target, at its own
/// period end; a comparator counts with its last figure at that same date. `as_of` says what was known. Zones are added up
/// as counts, and shares divided anew; nothing is taken from another indicator, and where there is no figure the status is
/// `no_data`.
///
/// | status | when |
/// |---|---|
/// | `achieved` | the target is met (direction only: better than the baseline) |
/// | `on_track` | at least as good as expected |
/// | `behind` | better than the baseline or equal to it, worse than expected |
/// | `worsening` | worse than the baseline |
/// | `missed` | the due date has passed, and the last figure up to it does not meet the target |
/// | `no_data` | no figure after the baseline, or nothing to compare it with |
///
/// With several targets the worst counts, `no_data` standing between `on_track` and `behind`. A baseline is `provisional`
/// until the figure of `rebase_on` has arrived; then target and progress start from that.
#[utoipa::path(tag = "goals", params(StatusQuery, PlanPath),
    security(("bearer" = ["goals:read"])), responses(
    (status = 200, description = "Where the plan stands.", content(
        (GoalStatusPage = "application/json"),
        (String = "text/csv"),
    )),
))]
#[get("/v1/plans/{plan}/goal-status")]
pub(super) async fn list_goal_status(
    who: Allow<ReadGoals>,
    path: Path<PlanPath>,
    query: ValidQuery<StatusQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let format = match query.format {
        Some(format) => format,
        None => negotiate(
            &request,
            &[
                (StatusFormat::Json, "application/json"),
                (StatusFormat::Csv, csv::MEDIA_TYPE),
            ],
        )?,
    };
    let page = page::window::<Bookmark>(query.limit, query.cursor.as_deref())?;
    if format == StatusFormat::Csv {
        refuse_paging(&query)?;
    }
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let (seq, on) = match page.after {
        Some(bookmark) => (bookmark.seq, bookmark.on),
        None => (
            record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?,
            day::on(query.on),
        ),
    };
    let mut items = store::statuses(db, &plan, seq, on).await?;
    check(db, plan.id, &query, &items, on).await?;
    items.retain(|item| is_wanted(&query, item));
    if format == StatusFormat::Csv {
        let body = formats::csv(&items, query.locale.unwrap_or_default())?;
        return Ok(respond(
            &request,
            Audience::Private,
            "text/csv; charset=utf-8; header=present",
            body,
        ));
    }
    let rows = window(items, seq, on, page.after, page.limit);
    Page::new(rows, page.limit, |(bookmark, _)| *bookmark, |(_, view)| view).respond(&request)
}

/// Ask where one area stands
///
/// One item of the list: a measure and an area. 404 where no goal in force on that day is measured so there.
#[utoipa::path(tag = "goals", params(OneQuery,
        PlanPath,
        ("code" = String, Path, description = "The measure's code.", example = "activity-ready-cash-benefit"),
        ("area" = String, Path, description = "The area's code.", example = "all-zones")),
    security(("bearer" = ["goals:read"])), responses(
    (status = 200, description = "Where the area stands.", body = GoalStatusView),
))]
#[get("/v1/plans/{plan}/goal-status/{code}/{area}")]
pub(super) async fn get_goal_status(
    who: Allow<ReadGoals>,
    path: Path<(String, String, String)>,
    query: ValidQuery<OneQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code, area) = path.into_inner();
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let seq = record::seq_at(&app.db, plan.id, query.0.as_of.map(|as_of| as_of.0)).await?;
    let on = day::on(query.0.on);
    let items = store::statuses(db, &plan, seq, on).await?;
    let mut items = items.into_iter();
    let item = items
        .find(|item| item.code == code && item.area == area)
        .ok_or_else(|| {
            Problem::not_found(
                format!("No goal in force on {on} is measured so in this area."),
                format!("Intet mål i kraft den {on} måles sådan i dette område."),
            )
        })?;
    respond_json(&request, &item)
}

/// CSV has no pages.
fn refuse_paging(query: &StatusQuery) -> Result<(), Problem> {
    let given = [("limit", query.limit.is_some()), ("cursor", query.cursor.is_some())];
    refuse(&given, "json_only", |name| {
        (
            format!("{name} goes with JSON; CSV has no pages."),
            format!("{name} hører til JSON; CSV har ingen sider."),
        )
    })
}

fn is_wanted(query: &StatusQuery, item: &GoalStatusView) -> bool {
    let names = |list: &Option<CommaList>, is_named: &dyn Fn(&String) -> bool| {
        list.as_ref().is_none_or(|list| list.0.iter().any(is_named))
    };
    names(&query.area, &|code| *code == item.area)
        && names(&query.goal, &|code| is_of_goal(item, code))
        && names(&query.focus_area, &|code| item.goal.focus_area.as_ref() == Some(code))
        && query.status.is_none_or(|status| status == item.status)
}

fn is_of_goal(item: &GoalStatusView, code: &String) -> bool {
    *code == item.code || *code == item.goal.code || item.goal.toward.contains(code)
}

/// Codes that the plan does not have are errors, so that a typing error is not taken for an absence of goals.
async fn check(
    db: &impl ConnectionTrait,
    plan_id: i32,
    query: &StatusQuery,
    items: &[GoalStatusView],
    on: NaiveDate,
) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if let Some(list) = &query.area {
        let areas = areas::store::all_areas(db, plan_id).await?;
        for code in list
            .0
            .iter()
            .filter(|code| !areas.iter().any(|area| area.code == **code))
        {
            let code = quoted(code);
            errors.push(FieldError::new(
                At::Parameter("area".into()),
                "unknown_area",
                format!("The plan has no area {code}."),
                format!("Planen har intet område {code}."),
            ));
        }
    }
    let goals = query.goal.iter().flat_map(|list| &list.0);
    for code in goals.filter(|code| !items.iter().any(|item| is_of_goal(item, code))) {
        let code = quoted(code);
        errors.push(FieldError::new(
            At::Parameter("goal".into()),
            "unknown_goal",
            format!("No goal, sub-goal or measure {code} is in force on {on}."),
            format!("Intet mål, delmål eller målepunkt {code} er i kraft den {on}."),
        ));
    }
    if let Some(list) = &query.focus_area {
        for code in &list.0 {
            match plans::store::focus_area(db, plan_id, code).await {
                Ok(_) => continue,
                Err(problem) if problem.kind() != ProblemKind::NotFound => return Err(problem),
                Err(_) => {}
            }
            let code = quoted(code);
            errors.push(FieldError::new(
                At::Parameter("focus_area".into()),
                "unknown_focus_area",
                format!("The plan has no focus area {code}."),
                format!("Planen har intet indsatsområde {code}."),
            ));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_content(errors))
    }
}
