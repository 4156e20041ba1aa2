//! Reading activities and placements: without a token, too, as far as they are published.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::{ActivityView, PlacementView};
use super::super::rules::{ActivityStatus, MAX_AGE};
use super::super::store::{self, Selection, Sight};
use crate::auth::role::{Permission, ReadActivities};
use crate::auth::{Allow, Caller};
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::state::AppState;
use crate::web::day::Day;
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{NoQuery, ValidQuery, parse_date};

type ActivityPage = Page<ActivityView>;
type PlacementPage = Page<PlacementView>;

/// The longest search.
const MAX_SEARCH: usize = 200;

/// What of the activities a caller sees.
fn sight(caller: &Caller) -> Sight {
    if caller.may(Permission::WriteActivities) {
        Sight::Everything
    } else {
        Sight::Published
    }
}

/// Which activities.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Of this focus area, by code.
    focus_area: Option<String>,
    /// Placed in this zone, by code, or in all zones: on the day `on`, or where that is absent in a placement without an
    /// end. An activity that no zone has been named for is in none.
    zone: Option<String>,
    /// The day for `zone`.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Day>,
    /// For people of this age: one of the target groups admits it, or none states an age.
    #[param(minimum = 0, maximum = 120)]
    age: Option<i16>,
    /// With this status.
    #[param(inline)]
    status: Option<ActivityStatus>,
    /// Words, each of which occurs in one of the activity's texts; in Danish or English, whatever the case and accents, and
    /// also inside a word. `æ`, `ø` and `å` may be written `ae`, `oe` and `aa`. Letters and digits are searched: other signs
    /// part words, stand for nothing else (`%`, `_`, `*` are no wildcards), and alone are found nowhere.
    #[param(max_length = 200)]
    q: Option<String>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// `true` to have archived items, too.
    archived: Option<bool>,
}

/// List the activities
///
/// In the agreement's order. Without a token: those that are published. With `activities:write`, drafts too.
#[utoipa::path(tag = "activities", params(ListQuery, PlanPath),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "A page of activities.", body = ActivityPage),
))]
#[get("/v1/plans/{plan}/activities")]
pub(super) async fn list_activities(
    who: Allow<ReadActivities>,
    path: Path<PlanPath>,
    query: ValidQuery<ListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window::<i32>(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    check(&app, plan.id, &query).await?;
    let selection = Selection {
        focus_area: query.focus_area,
        zone: query.zone,
        on: query.on.map(|on| on.0),
        age: query.age,
        status: query.status,
        q: query.q,
    };
    let archived = query.archived.unwrap_or(false);
    let sight = sight(who.caller());
    let rows = store::list(app.db.read(), plan.id, &window, archived, &selection, sight).await?;
    let positions: Vec<i32> = rows.iter().map(|row| row.position).collect();
    let views = store::views(app.db.read(), plan.id, rows).await?;
    let rows = positions.into_iter().zip(views).collect();
    Page::new(rows, window.limit, |(position, _)| *position, |(_, view)| view).respond(&request)
}

/// Codes that the plan does not have are errors, so that a typing error is not taken for an absence of activities.
async fn check(app: &AppState, plan_id: i32, query: &ListQuery) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if let Some(code) = &query.focus_area
        && !plans::store::has_focus_area(app.db.read(), plan_id, code).await?
    {
        errors.push(FieldError::new(
            At::Parameter("focus_area".into()),
            "unknown_focus_area",
            "The plan has no focus area of this code.",
            "Planen har intet indsatsområde med denne kode.",
        ));
    }
    if let Some(code) = &query.zone
        && !store::zones(app.db.read(), plan_id).await?.contains(code)
    {
        errors.push(FieldError::new(
            At::Parameter("zone".into()),
            "unknown_zone",
            "The plan has no zone of this code.",
            "Planen har ingen zone med denne kode.",
        ));
    }
    if query.q.as_ref().is_some_and(|q| q.chars().count() > MAX_SEARCH) {
        errors.push(FieldError::new(
            At::Parameter("q".into()),
            "length",
            format!("q has at most {MAX_SEARCH} characters."),
            format!("q har højst {MAX_SEARCH} tegn."),
        ));
    }
    if query.age.is_some_and(|age| !(0..=MAX_AGE).contains(&age)) {
        errors.push(FieldError::new(
            At::Parameter("age".into()),
            "out_of_range",
            format!("age is 0 to {MAX_AGE}."),
            format!("age er 0 til {MAX_AGE}."),
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_content(errors))
    }
}

/// Read an activity
///
/// What it is for, for whom, by whom, what was promised, and where it was placed when.
#[utoipa::path(tag = "activities", params(
        PlanPath,
        ("code" = String, Path, description = "The activity's code.", example = "lektiecafe")),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "The activity.", body = ActivityView),
))]
#[get("/v1/plans/{plan}/activities/{code}")]
pub(super) async fn get_activity(
    who: Allow<ReadActivities>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::activity(app.db.read(), plan.id, &code, sight(who.caller())).await?;
    let view = store::views(app.db.read(), plan.id, vec![row]).await?.pop();
    respond_json(&request, &view.ok_or_else(Problem::internal)?)
}

/// Which placements.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlacementQuery {
    /// Only those that hold on this day.
    #[param(value_type = Option<String>, format = Date, example = "2024-01-01")]
    on: Option<Day>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Where a list of placements goes on.
#[derive(Clone, Copy, Debug)]
struct Bookmark(NaiveDate, Uuid);

impl page::Key for Bookmark {
    fn to_text(&self) -> String {
        format!("{}.{}", self.0, self.1.simple())
    }

    fn from_text(text: &str) -> Option<Self> {
        let (date, id) = text.split_once('.')?;
        Some(Self(parse_date(date)?, id.parse().ok()?))
    }
}

/// List the placements of an activity
///
/// Its history, oldest first: in which zone from when to when, and by which decision; the first ones by the agreement.
#[utoipa::path(tag = "activities", params(PlacementQuery, PlanPath,
        ("code" = String, Path, description = "The activity's code.", example = "mind-your-own-business")),
    security(("bearer" = ["activities:read"])), responses(
    (status = 200, description = "A page of placements.", body = PlacementPage),
))]
#[get("/v1/plans/{plan}/activities/{code}/placements")]
pub(super) async fn list_placements(
    who: Allow<ReadActivities>,
    path: Path<(String, String)>,
    query: ValidQuery<PlacementQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = page::window::<Bookmark>(query.0.limit, query.0.cursor.as_deref())?;
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let activity = store::activity(app.db.read(), plan.id, &code, sight(who.caller())).await?;
    let rows = crate::db::Window {
        limit: window.limit,
        after: window.after.map(|Bookmark(date, id)| (date, id)),
    };
    let rows = store::placements(app.db.read(), plan.id, &activity.code, query.0.on.map(|on| on.0), &rows).await?;
    Page::new(
        rows,
        window.limit,
        |row| Bookmark(row.starts_on, row.id),
        PlacementView::from,
    )
    .respond(&request)
}
