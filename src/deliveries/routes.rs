//! `GET /v1/plans/{plan}/deliveries`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::IntoParams;

use super::model::DeliveryView;
use super::rules::DeliveryStatus;
use super::store;
use crate::areas;
use crate::auth::role::{ReadDeliveries, Role};
use crate::auth::{Allow, Caller};
use crate::db::Window;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record;
use crate::state::AppState;
use crate::text::quoted;
use crate::web::day::{self, Day};
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, ValidQuery};
use crate::web::registrar::Registrar;

type DeliveryPage = Page<DeliveryView>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(list_deliveries);
}

/// Which deliveries.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// The date judged: by figures of periods that had ended by it. Today in Denmark where absent; the answer repeats it,
    /// and its body depends on the clock in no other way.
    #[param(value_type = Option<String>, format = Date, example = "2023-01-15")]
    on: Option<Day>,
    /// Those of this data owner, by code.
    #[param(example = "jobcenter-fredericia")]
    owner: Option<String>,
    /// Those that stand so.
    #[param(inline)]
    status: Option<DeliveryStatus>,
    /// By what was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the expected deliveries
///
/// For each indicator: how often its owner is to deliver, what is expected next, when it is due, and whether it is received,
/// due or late on a date.
///
/// A figure that is counted on a day is due on the first day of the next year, half-year, quarter or month; one of a longer
/// period on the day after the following period has ended. It is late when the days of grace are over as well: 60 for yearly
/// figures, 30 for half-yearly and quarterly ones, 14 for monthly ones. A period counts as received when there is a figure for
/// it in any area; where there is none at all, the first period is the one in which the plan starts. A period that begins
/// after the plan's end is not expected, except a count on the very day after it, which shows how the plan ended. `next_due`
/// of a series names the same day, as soon as there is a figure.
///
/// Municipality and fund see the deliveries that their organisation, or a unit below it, owes; the others see all.
#[utoipa::path(tag = "deliveries", params(DeliveryQuery, PlanPath),
    security(("bearer" = ["deliveries:read"])), responses(
    (status = 200, description = "A page of deliveries, one an indicator.", body = DeliveryPage),
))]
#[get("/v1/plans/{plan}/deliveries")]
async fn list_deliveries(
    who: Allow<ReadDeliveries>,
    path: Path<PlanPath>,
    query: ValidQuery<DeliveryQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window: Window<i32> = page::window(query.limit, query.cursor.as_deref())?;
    let on = day::on(query.on);
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let owners = owners(db, plan.id, who.caller()).await?;
    if let Some(owner) = &query.owner {
        check_owner(db, plan.id, owner).await?;
    }
    let seq = record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?;
    let mut found = store::deliveries(db, &plan, owners.as_deref(), seq, on).await?;
    found.retain(|(position, delivery)| {
        window.after.is_none_or(|after| *position > after)
            && query.status.is_none_or(|status| delivery.status == status)
            && query
                .owner
                .as_ref()
                .is_none_or(|owner| delivery.owner.as_ref() == Some(owner))
    });
    Page::new(found, window.limit, |(position, _)| *position, |(_, delivery)| delivery).respond(&request)
}

/// The data owners whose deliveries the caller sees; none where it sees all.
async fn owners(db: &impl ConnectionTrait, plan_id: i32, caller: &Caller) -> Result<Option<Vec<String>>, Problem> {
    match (caller.role, &caller.scope.organisation) {
        (Some(Role::Municipality | Role::Fund), Some(own)) => Ok(Some(areas::store::units_of(db, plan_id, own).await?)),
        (Some(Role::Municipality | Role::Fund), None) => Ok(Some(Vec::new())),
        _ => Ok(None),
    }
}

/// 422 for an owner that the plan does not have.
async fn check_owner(db: &impl ConnectionTrait, plan_id: i32, owner: &str) -> Result<(), Problem> {
    if !areas::store::units_of(db, plan_id, owner).await?.is_empty() {
        return Ok(());
    }
    let owner = quoted(owner);
    Err(Problem::invalid_content(vec![FieldError::new(
        At::Parameter("owner".into()),
        "unknown_organisation",
        format!("The plan has no organisation {owner}."),
        format!("Planen har ingen organisation {owner}."),
    )]))
}
