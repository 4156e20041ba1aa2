//! Queries for bodies, and of which of them a caller sees the meetings.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};

use super::model::{BodyView, Deadlines, OrderingView, SeatView};
use super::rules::{BodyKind, Sight};
use crate::areas;
use crate::auth::Caller;
use crate::auth::role::Role;
use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{body, body_ordering, body_seat};
use crate::problem::Problem;
use crate::words::Word;

/// 404 for a body that is not there.
pub fn missing() -> Problem {
    Problem::not_found("There is no body of this code.", "Der er intet organ med denne kode.")
}

/// The bodies of a window, one more than it holds.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Result<Vec<body::Model>, Problem> {
    let columns = ReferenceColumns {
        plan_id: body::Column::PlanId,
        position: body::Column::Position,
        archived_at: body::Column::ArchivedAt,
    };
    Ok(reference_rows::<body::Entity>(columns, plan_id, window, archived)
        .all(db)
        .await?)
}

/// All bodies of a plan in their order, archived ones too.
pub async fn all(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<body::Model>, Problem> {
    Ok(body::Entity::find()
        .filter(body::Column::PlanId.eq(plan_id))
        .order_by_asc(body::Column::Position)
        .all(db)
        .await?)
}

/// One body, archived or not.
pub async fn body(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<body::Model, Problem> {
    body::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .ok_or_else(missing)
}

/// The seats of a body, in the order of the source.
pub async fn seats(db: &impl ConnectionTrait, plan_id: i32, body: &str) -> Result<Vec<body_seat::Model>, Problem> {
    Ok(body_seat::Entity::find()
        .filter(body_seat::Column::PlanId.eq(plan_id))
        .filter(body_seat::Column::Body.eq(body))
        .order_by_asc(body_seat::Column::Position)
        .all(db)
        .await?)
}

/// The rules of order between a plan's bodies.
pub async fn orderings(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<OrderingView>, Problem> {
    let rows = body_ordering::Entity::find()
        .filter(body_ordering::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let mut orderings = rows.into_iter().map(OrderingView::new).collect::<Result<Vec<_>, _>>()?;
    // Sorted here and not by the database, whose collations differ.
    orderings.sort_by(|a, b| (&a.before, &a.body).cmp(&(&b.before, &b.body)));
    Ok(orderings)
}

/// Bodies with their seats and the rules of order that name them.
pub async fn views(db: &impl ConnectionTrait, plan_id: i32, rows: Vec<body::Model>) -> Result<Vec<BodyView>, Problem> {
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let seats = body_seat::Entity::find()
        .filter(body_seat::Column::PlanId.eq(plan_id))
        .filter(body_seat::Column::Body.is_in(codes))
        .order_by_asc(body_seat::Column::Position)
        .all(db)
        .await?;
    let mut by_body: HashMap<String, Vec<SeatView>> = HashMap::new();
    for seat in seats {
        by_body.entry(seat.body.clone()).or_default().push(seat.into());
    }
    let orderings = orderings(db, plan_id).await?;
    rows.into_iter()
        .map(|row| {
            let named = orderings
                .iter()
                .filter(|one| one.body == row.code || one.before == row.code);
            let named = named.cloned().collect();
            let seats = by_body.remove(&row.code).unwrap_or_default();
            BodyView::new(row, seats, named)
        })
        .collect()
}

/// One body as it is shown.
pub async fn view(db: &impl ConnectionTrait, plan_id: i32, row: body::Model) -> Result<BodyView, Problem> {
    let views = views(db, plan_id, vec![row]).await?;
    views.into_iter().next().ok_or_else(Problem::internal)
}

/// Writes the deadlines of a body.
pub async fn set_deadlines(
    transaction: &DatabaseTransaction,
    row: body::Model,
    deadlines: Deadlines,
) -> Result<body::Model, Problem> {
    let mut row = row.into_active_model();
    row.call_days = Set(deadlines.call_days);
    row.agenda_days = Set(deadlines.agenda_days);
    row.deadlines_source = Set(deadlines.source);
    Ok(row.update(transaction).await?)
}

/// Of which bodies a caller sees the meetings.
///
/// The secretariat and the board: of all, the one because it runs them, the other because all of them work under it. Fund and
/// auditor: of the board. Everybody else: of those in which its own organisation, or a unit below it, has a seat.
pub async fn sight(db: &impl ConnectionTrait, plan_id: i32, caller: &Caller) -> Result<Sight, Problem> {
    sight_of(db, plan_id, caller.role, caller.scope.organisation.as_deref()).await
}

/// Of which bodies a role sees the meetings, for an organisation.
pub async fn sight_of(
    db: &impl ConnectionTrait,
    plan_id: i32,
    role: Option<Role>,
    organisation: Option<&str>,
) -> Result<Sight, Problem> {
    match role {
        Some(Role::Secretariat | Role::Board) => Ok(Sight::Every),
        Some(Role::Fund | Role::Auditor) => {
            let boards = body::Entity::find()
                .filter(body::Column::PlanId.eq(plan_id))
                .filter(body::Column::Kind.eq(BodyKind::Board.code()))
                .all(db)
                .await?;
            Ok(Sight::Of(boards.into_iter().map(|row| row.code).collect()))
        }
        Some(Role::Municipality | Role::HousingOrganisation) => {
            let Some(organisation) = organisation else {
                return Ok(Sight::Of(BTreeSet::new()));
            };
            let units = areas::store::units_of(db, plan_id, organisation).await?;
            let seats = body_seat::Entity::find()
                .filter(body_seat::Column::PlanId.eq(plan_id))
                .filter(body_seat::Column::Organisation.is_in(units))
                .all(db)
                .await?;
            Ok(Sight::Of(seats.into_iter().map(|seat| seat.body).collect()))
        }
        Some(Role::Public) | None => Ok(Sight::Of(BTreeSet::new())),
    }
}
