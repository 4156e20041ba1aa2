//! `GET …/budget`, `GET` and `PUT …/budget/accounts/{year}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, put};
use serde::Deserialize;
use utoipa::IntoParams;

use super::model::{AccountsState, AccountsView, BudgetView, LineView, WrittenAccounts, YearView};
use super::rules::{Spent, of_kind, of_line};
use super::{read, store};
use crate::agreements::rules::content::{BudgetLine, LineKind};
use crate::auth::Allow;
use crate::auth::role::{ReadBudget, WriteAccounts};
use crate::entities::plan;
use crate::plans;
use crate::problem::{At, FieldError, Problem, judged};
use crate::record::{self, Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::day::{self, Day};
use crate::web::etag::{require_match, respond_json, to_json, written};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(get_budget).service(get_accounts).service(put_accounts);
}

/// On which day, and as it was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BudgetQuery {
    /// The day on which the budget is in force; where absent today, or the plan's first or last day where today is outside it.
    #[param(value_type = Option<String>, format = Date, example = "2024-01-01")]
    on: Option<Day>,
    /// Budget and accounts as they were known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Read the budget
///
/// The lines of the budget that is in force on the day, with the accounts of each year and the sums of costs and of
/// financing. The budget is part of the strategic agreement: it changes with a version of that. What is not stated is null
/// and part of no sum.
#[utoipa::path(tag = "agreements", params(BudgetQuery, PlanPath),
    security(("bearer" = ["budget:read"])), responses(
    (status = 200, description = "Budget and accounts.", body = BudgetView),
))]
#[get("/v1/plans/{plan}/budget")]
async fn get_budget(
    who: Allow<ReadBudget>,
    path: Path<PlanPath>,
    query: ValidQuery<BudgetQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let seq = record::seq_at(&app.db, plan.id, query.0.as_of.map(|as_of| as_of.0)).await?;
    let day = plans::store::day(&plan, query.0.on.map(|day| day.0), day::on(None));
    let in_force = store::in_force(app.db.read(), plan.id, day, seq).await?;
    let accounts = store::all_accounts(app.db.read(), plan.id, seq).await?;
    let years = store::years(&plan);
    let budget = budget(in_force.version.version, &in_force.content.budget, &years, &accounts);
    respond_json(&request, &budget)
}

fn budget(version: i32, lines: &[BudgetLine], years: &[i16], accounts: &[AccountsView]) -> BudgetView {
    let spent: Vec<Spent> = store::spent(accounts);
    let of_year = |year: i16| YearView {
        year,
        accounts_state: accounts
            .iter()
            .find(|one| one.year == year)
            .map_or(AccountsState::None, |one| one.state),
        cost: of_kind(lines, LineKind::Cost, &[year], &spent).into(),
        financing: of_kind(lines, LineKind::Financing, &[year], &spent).into(),
    };
    BudgetView {
        version,
        lines: lines
            .iter()
            .map(|line| {
                let years = years.iter().map(|year| (*year, of_line(line, *year, &spent)));
                LineView::new(line, years.collect())
            })
            .collect(),
        years: years.iter().copied().map(of_year).collect(),
        cost: of_kind(lines, LineKind::Cost, years, &spent).into(),
        financing: of_kind(lines, LineKind::Financing, years, &spent).into(),
    }
}

/// As it was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AccountsQuery {
    /// The revision that was current at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Read the accounts of a year
///
/// What each line of the budget came to. A year of the plan that nobody has sent accounts of has the state `none`.
#[utoipa::path(tag = "agreements", params(AccountsQuery,
        PlanPath,
        ("year" = i16, Path, description = "The calendar year, one of the plan's.", example = 2023)),
    security(("bearer" = ["budget:read"])), responses(
    (status = 200, description = "The accounts.", body = AccountsView),
))]
#[get("/v1/plans/{plan}/budget/accounts/{year}")]
async fn get_accounts(
    who: Allow<ReadBudget>,
    path: Path<(String, String)>,
    query: ValidQuery<AccountsQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, year) = path.into_inner();
    let year = parse_year(&year)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    require_year(&plan, year)?;
    let seq = record::seq_at(&app.db, plan.id, query.0.as_of.map(|as_of| as_of.0)).await?;
    respond_json(&request, &store::accounts(app.db.read(), plan.id, year, seq).await?)
}

fn parse_year(text: &str) -> Result<i16, Problem> {
    text.parse().map_err(|_| {
        Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("year".into()),
            "invalid_value",
            "A year is written as 2023.",
            "Et år skrives som 2023.",
        )])
    })
}

fn require_year(plan: &plan::Model, year: i16) -> Result<(), Problem> {
    if store::years(plan).contains(&year) {
        return Ok(());
    }
    Err(Problem::not_found(
        format!("{year} is not a year of the plan."),
        format!("{year} er ikke et af planens år."),
    ))
}

/// Write the accounts of a year
///
/// The whole statement; it becomes the next revision, and the one before stays readable with `as_of`. `If-Match` names the
/// `ETag` of what was read, also where nobody has sent any yet: 428 where it is absent, 412 where somebody else was faster.
#[utoipa::path(tag = "agreements", params(
        PlanPath,
        ("year" = i16, Path, description = "The calendar year, one of the plan's.", example = 2023),
        ("If-Match" = String, Header, description = "The `ETag` of the accounts as they were read.")),
    request_body(description = "The accounts.", content((WrittenAccounts = "application/json"))),
    security(("bearer" = ["budget:write"])), responses(
    (status = 200, description = "The accounts as they are now.", body = AccountsView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[put("/v1/plans/{plan}/budget/accounts/{year}")]
async fn put_accounts(
    who: Allow<WriteAccounts>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let (plan, year) = path.into_inner();
    let year = parse_year(&year)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    require_year(&plan, year)?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let before = store::accounts(&transaction, plan.id, year, i64::MAX).await?;
    require_match(&request, &to_json(&before)?)?;
    let lines = store::lines_of(&transaction, plan.id, year).await?;
    let accounts = judged(|errors| read::accounts(&node, &lines, errors))?;
    let deed = Deed {
        actor: &actor::of(&request, who.caller()),
        operation: "put_accounts",
        target: format!("budget/accounts/{year}"),
    };
    let stamp = clock.tick(&transaction, deed).await?;
    let subject = &who.caller().subject;
    let after = store::write(&transaction, plan.id, &before, &accounts, subject, stamp).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&after)?))
}
