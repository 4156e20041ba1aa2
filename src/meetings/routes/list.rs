//! `GET …/meetings` and `GET …/meetings/{id}`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::DateTime;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::MeetingView;
use super::super::rules::MeetingStatus;
use super::super::store::{self, Position, Selection};
use crate::auth::Allow;
use crate::auth::role::ReadMeetings;
use crate::bodies;
use crate::db::Window;
use crate::plans;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::state::AppState;
use crate::web::day::Day;
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

type MeetingPage = Page<MeetingView>;

/// Which meetings.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Of this body, by code.
    #[param(example = "bestyrelsen")]
    body: Option<String>,
    /// Those that are so far.
    #[param(inline)]
    status: Option<MeetingStatus>,
    /// Those that begin on this day in Copenhagen or later.
    #[param(value_type = Option<String>, format = Date, example = "2024-01-01")]
    from: Option<Day>,
    /// Those that begin on this day in Copenhagen or earlier.
    #[param(value_type = Option<String>, format = Date, example = "2024-12-31")]
    to: Option<Day>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Where the list goes on.
#[derive(Clone, Copy, Debug)]
struct Bookmark(Position);

impl page::Key for Bookmark {
    fn to_text(&self) -> String {
        let minutes = self.0.local_start.and_utc().timestamp() / 60;
        format!("{minutes}.{}", self.0.id.simple())
    }

    fn from_text(text: &str) -> Option<Self> {
        let (minutes, id) = text.split_once('.')?;
        let seconds = minutes.parse::<i64>().ok()?.checked_mul(60)?;
        Some(Self(Position {
            local_start: DateTime::from_timestamp(seconds, 0)?.naive_utc(),
            id: id.parse().ok()?,
        }))
    }
}

/// List the meetings
///
/// In the order in which they begin, those that were called off too. Secretariat and board see the meetings of all bodies, fund
/// and auditor those of the board, municipality and housing organisations those of the bodies in which their own organisation
/// or a unit below it has a seat.
#[utoipa::path(tag = "meetings", params(ListQuery, PlanPath),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "A page of meetings.", body = MeetingPage),
))]
#[get("/v1/plans/{plan}/meetings")]
pub(super) async fn list_meetings(
    who: Allow<ReadMeetings>,
    path: Path<PlanPath>,
    query: ValidQuery<ListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window::<Bookmark>(query.limit, query.cursor.as_deref())?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    let selection = Selection {
        body: query.body,
        status: query.status,
        from: query.from.map(|day| day.0),
        to: query.to.map(|day| day.0),
    };
    let mut errors = Vec::new();
    // A body whose meetings the caller does not see is no error: an empty list says nothing about them.
    if let Some(code) = &selection.body {
        match bodies::store::body(db, plan.id, code).await {
            Err(problem) if problem.kind() == ProblemKind::NotFound => errors.push(FieldError::new(
                At::Parameter("body".into()),
                "unknown_body",
                "The plan has no body of this code.",
                "Planen har intet organ med denne kode.",
            )),
            found => {
                found?;
            }
        }
    }
    if selection.from.zip(selection.to).is_some_and(|(from, to)| to < from) {
        errors.push(FieldError::new(
            At::Parameter("to".into()),
            "before_from",
            "to is before from.",
            "to ligger før from.",
        ));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_content(errors));
    }
    let rows = Window {
        limit: window.limit,
        after: window.after.map(|Bookmark(position)| position),
    };
    let rows = store::list(db, plan.id, &selection, &sight, &rows).await?;
    let bookmark = |row: &MeetingView| {
        Bookmark(Position {
            local_start: row.local_start,
            id: row.id,
        })
    };
    Page::new(rows, window.limit, bookmark, |row| row).respond(&request)
}

/// Read a meeting
///
/// When and where, how far it is, its deadlines, and since when agenda and figures are fixed.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "The meeting.", body = MeetingView),
))]
#[get("/v1/plans/{plan}/meetings/{id}")]
pub(super) async fn get_meeting(
    who: Allow<ReadMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    let row = store::meeting(db, plan.id, id, &sight).await?;
    respond_json(&request, &store::view(db, row).await?)
}
