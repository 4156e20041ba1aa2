//! Queries for the secret addresses of calendars.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::auth::Caller;
use crate::auth::role::Role;
use crate::db::Window;
use crate::entities::{calendar_feed, meeting, venue};
use crate::problem::Problem;
use crate::record::Stamp;

/// The subscriptions that a caller sees: its own organisation's and role's; the secretariat all.
fn within(plan_id: i32, body: &str, caller: &Caller) -> Condition {
    use calendar_feed::Column;
    let all = Condition::all()
        .add(Column::PlanId.eq(plan_id))
        .add(Column::Body.eq(body));
    if caller.role == Some(Role::Secretariat) {
        return all;
    }
    let own = match &caller.scope.organisation {
        Some(organisation) => Column::Organisation.eq(organisation),
        None => Column::Organisation.is_null(),
    };
    let role = caller.role.map_or("", Role::code);
    all.add(Column::Role.eq(role)).add(own)
}

/// The subscriptions to a body in the order in which they were made, one more than the window holds.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    body: &str,
    caller: &Caller,
    window: &Window<Uuid>,
    revoked: bool,
) -> Result<Vec<calendar_feed::Model>, Problem> {
    let mut select = calendar_feed::Entity::find()
        .filter(within(plan_id, body, caller))
        .order_by_asc(calendar_feed::Column::Id)
        .limit(window.limit + 1);
    if !revoked {
        select = select.filter(calendar_feed::Column::RevokedAt.is_null());
    }
    if let Some(after) = window.after {
        select = select.filter(calendar_feed::Column::Id.gt(after));
    }
    Ok(select.all(db).await?)
}

/// One subscription to a body, revoked or not.
pub async fn find(
    db: &impl ConnectionTrait,
    plan_id: i32,
    body: &str,
    caller: &Caller,
    id: Uuid,
) -> Result<calendar_feed::Model, Problem> {
    calendar_feed::Entity::find()
        .filter(within(plan_id, body, caller))
        .filter(calendar_feed::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no calendar subscription with this id.",
                "Der er intet kalenderabonnement med dette id.",
            )
        })
}

/// A subscription to be kept.
#[derive(Clone, Debug)]
pub struct NewFeed {
    /// Its id.
    pub id: Uuid,
    /// Code of the body.
    pub body: String,
    /// What people call it.
    pub name: String,
    /// The secret's public beginning.
    pub handle: String,
    /// The secret's SHA-256.
    pub hash: String,
}

/// Keeps a new subscription, which looks with the eyes of who made it.
pub async fn add(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    new: NewFeed,
    caller: &Caller,
    stamp: Stamp,
) -> Result<calendar_feed::Model, Problem> {
    let row = calendar_feed::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(new.id),
        body: Set(new.body),
        name: Set(new.name),
        role: Set(caller.role.map_or("", Role::code).to_owned()),
        organisation: Set(caller.scope.organisation.clone()),
        handle: Set(new.handle),
        hash: Set(new.hash),
        created_at: Set(stamp.at),
        created_by: Set(caller.subject.clone()),
        revoked_at: Set(None),
    };
    Ok(calendar_feed::Entity::insert(row)
        .exec_with_returning(transaction)
        .await?)
}

/// Revokes a subscription.
pub async fn revoke(
    transaction: &DatabaseTransaction,
    row: calendar_feed::Model,
    stamp: Stamp,
) -> Result<calendar_feed::Model, Problem> {
    let mut row = row.into_active_model();
    row.revoked_at = Set(Some(stamp.at));
    Ok(row.update(transaction).await?)
}

/// The subscription whose secret has this hash, while it is good.
pub async fn by_hash(
    db: &impl ConnectionTrait,
    plan_id: i32,
    hash: &str,
) -> Result<Option<calendar_feed::Model>, Problem> {
    Ok(calendar_feed::Entity::find()
        .filter(calendar_feed::Column::PlanId.eq(plan_id))
        .filter(calendar_feed::Column::Hash.eq(hash))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .one(db)
        .await?)
}

/// The venues of some meetings, by code.
pub async fn venues(
    db: &impl ConnectionTrait,
    plan_id: i32,
    meetings: &[meeting::Model],
) -> Result<HashMap<String, venue::Model>, Problem> {
    let codes: HashSet<&str> = meetings.iter().filter_map(|row| row.venue.as_deref()).collect();
    let rows = venue::Entity::find()
        .filter(venue::Column::PlanId.eq(plan_id))
        .filter(venue::Column::Code.is_in(codes))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}
