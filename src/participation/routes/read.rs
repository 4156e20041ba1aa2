//! `GET …/participation/reports` and what they may say. [`find`] is where every read of exact counts passes.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::Datelike;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::{CategoriesView, Receipt, ReportItemView, ReportView};
use super::super::store::{self, Selection, Which};
use crate::auth::role::{ReadExactParticipation, ReadPlan};
use crate::auth::{Allow, Caller};
use crate::db::Window;
use crate::entities::{participation_report, plan};
use crate::period::{Period, PeriodKind};
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record;
use crate::state::AppState;
use crate::web::day;
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, ValidQuery};

type ReportItemPage = Page<ReportItemView>;

/// Which reports.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Of this activity, by code.
    #[param(example = "din-uddannelsesvej")]
    activity: Option<String>,
    /// Of this quarter.
    #[param(example = "2023-Q4")]
    period: Option<String>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the reports
///
/// The current revision of each activity and quarter, without its figures, in the order in which they came: one that is
/// corrected moves to the end. The secretariat sees all; others those that their organisation, or a unit below it, has reported.
#[utoipa::path(tag = "participation", params(ListQuery, PlanPath),
    security(("bearer" = ["participation:exact"])), responses(
    (status = 200, description = "A page of reports.", body = ReportItemPage),
))]
#[get("/v1/plans/{plan}/participation/reports")]
pub(super) async fn list_reports(
    who: Allow<ReadExactParticipation>,
    path: Path<PlanPath>,
    query: ValidQuery<ListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window: Window<Uuid> = page::window(query.limit, query.cursor.as_deref())?;
    let period = query.period.as_deref().map(quarter).transpose()?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let selection = Selection {
        units: store::units(db, plan.id, who.caller()).await?,
        activity: query.activity,
        period,
    };
    let rows = store::list(db, plan.id, &window, &selection).await?;
    Page::new(rows, window.limit, |row| row.id, |row| row).respond(&request)
}

/// Which revision of a report.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RevisionQuery {
    /// This revision; the current one where absent.
    #[param(minimum = 1)]
    revision: Option<i32>,
    /// The revision that was current at this instant, RFC 3339; not in the future, and not together with `revision`.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Read a report
///
/// The whole statement of an activity and a quarter, exactly: as it stands, or in another revision, or as it stood at an
/// instant. For the secretariat, and for the organisation that reported it or one above it; for others there is nothing
/// here (404), also for other actors of the activity.
#[utoipa::path(tag = "participation", params(RevisionQuery, PlanPath,
        ("activity" = String, Path, description = "The activity's code.", example = "din-uddannelsesvej"),
        ("period" = String, Path, description = "The quarter.", example = "2023-Q4")),
    security(("bearer" = ["participation:exact"])), responses(
    (status = 200, description = "The report.", body = ReportView),
))]
#[get("/v1/plans/{plan}/participation/reports/{activity}/{period}")]
pub(super) async fn get_report(
    who: Allow<ReadExactParticipation>,
    path: Path<(String, String, String)>,
    query: ValidQuery<RevisionQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let row = find(&app, who.caller(), path.into_inner(), &query.0).await?;
    respond_json(&request, &store::view(app.db.read(), row).await?)
}

/// Read the receipt of a report
///
/// As it was given when the revision was stored; for those who may read the report.
#[utoipa::path(tag = "participation", params(RevisionQuery, PlanPath,
        ("activity" = String, Path, description = "The activity's code.", example = "din-uddannelsesvej"),
        ("period" = String, Path, description = "The quarter.", example = "2023-Q4")),
    security(("bearer" = ["participation:exact"])), responses(
    (status = 200, description = "The receipt.", body = Receipt),
))]
#[get("/v1/plans/{plan}/participation/reports/{activity}/{period}/receipt")]
pub(super) async fn get_participation_receipt(
    who: Allow<ReadExactParticipation>,
    path: Path<(String, String, String)>,
    query: ValidQuery<RevisionQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let row = find(&app, who.caller(), path.into_inner(), &query.0).await?;
    respond_json(&request, &store::stored_receipt(&row)?)
}

async fn find(
    app: &AppState,
    caller: &Caller,
    (plan, activity, period): (String, String, String),
    query: &RevisionQuery,
) -> Result<participation_report::Model, Problem> {
    let period = quarter(&period)?;
    if query.revision.is_some() && query.as_of.is_some() {
        return Err(Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("as_of".into()),
            "conflicting_parameters",
            "revision and as_of exclude each other.",
            "revision og as_of udelukker hinanden.",
        )]));
    }
    let db = app.db.read();
    let plan = plans::store::resolve(db, &caller.scope, &plan).await?;
    let units = store::units(db, plan.id, caller).await?;
    let which = match query.revision {
        Some(revision) => Which::Revision(revision),
        None => Which::At(record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?),
    };
    store::find(db, plan.id, units.as_deref(), &activity, period, which).await
}

/// A quarter in a path or query; 400 where it is none.
fn quarter(text: &str) -> Result<Period, Problem> {
    let period: Option<Period> = text.parse().ok();
    period
        .filter(|period| period.kind() == PeriodKind::Quarter)
        .ok_or_else(|| {
            Problem::invalid_parameters(vec![FieldError::new(
                At::Parameter("period".into()),
                "invalid_period",
                "A quarter is written as 2024-Q1.",
                "Et kvartal skrives som 2024-Q1.",
            )])
        })
}

/// For which quarter.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CategoriesQuery {
    /// The quarter; today's where absent, or the plan's first or last where today is outside it. The answer repeats it.
    #[param(example = "2023-Q4")]
    period: Option<String>,
}

/// Read what a report may say
///
/// Where participants may live in a quarter, the zones of venues, age bands and genders: what a form or an export needs. A
/// department is listed when its zone on the quarter's last day is stated.
#[utoipa::path(tag = "participation", params(CategoriesQuery, PlanPath),
    security(("bearer" = ["plan:read"])), responses(
    (status = 200, description = "The codes of the quarter.", body = CategoriesView),
))]
#[get("/v1/plans/{plan}/participation/categories")]
pub(super) async fn get_categories(
    who: Allow<ReadPlan>,
    path: Path<PlanPath>,
    query: ValidQuery<CategoriesQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = query.0.period.as_deref().map(quarter).transpose()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let period = match asked {
        Some(period) => period,
        None => current_quarter(&plan)?,
    };
    respond_json(&request, &store::categories(app.db.read(), plan.id, period).await?)
}

/// The quarter of today, or the plan's first or last.
fn current_quarter(plan: &plan::Model) -> Result<Period, Problem> {
    let day = day::on(None).clamp(plan.starts_on, plan.ends_on);
    quarter(&format!("{}-Q{}", day.year(), day.month0() / 3 + 1))
}
