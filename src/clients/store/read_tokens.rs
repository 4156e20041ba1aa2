//! Queries for read tokens.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::super::rules::{ReadToken, Registration};
use super::{Hashed, codes, registry};
use crate::auth::role::Role;
use crate::db::Window;
use crate::entities::read_token;
use crate::problem::Problem;
use crate::record::{Clock, Deed};

/// A plan's read tokens of some roles, in the order in which they were made, one more than the window holds.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    roles: &[Role],
    window: &Window<Uuid>,
    revoked: bool,
) -> Result<Vec<ReadToken>, Problem> {
    let mut select = read_token::Entity::find()
        .filter(read_token::Column::PlanId.eq(plan_id))
        .filter(read_token::Column::Role.is_in(codes(roles)))
        .order_by_asc(read_token::Column::Id)
        .limit(window.limit + 1);
    if !revoked {
        select = select.filter(read_token::Column::RevokedAt.is_null());
    }
    if let Some(after) = window.after {
        select = select.filter(read_token::Column::Id.gt(after));
    }
    Ok(select.all(db).await?)
}

/// One read token of some roles, revoked, expired or not.
pub async fn find(db: &impl ConnectionTrait, plan_id: i32, roles: &[Role], id: Uuid) -> Result<ReadToken, Problem> {
    read_token::Entity::find_by_id((plan_id, id))
        .filter(read_token::Column::Role.is_in(codes(roles)))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no read token of this id.",
                "Der er intet læsetoken med dette id.",
            )
        })
}

/// A read token to be kept.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// Its id.
    pub id: Uuid,
    /// What it is to be.
    pub registration: &'a Registration,
    /// Its handle and its SHA-256.
    pub secret: Hashed,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a new read token.
pub async fn add(
    transaction: &DatabaseTransaction,
    clock: Clock,
    plan_id: i32,
    new: NewToken<'_>,
    deed: Deed<'_>,
) -> Result<ReadToken, Problem> {
    let created_by = deed.actor.subject.clone();
    let at = clock.tick(transaction, deed).await?.at;
    let row = read_token::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(new.id),
        name: Set(new.registration.name.clone()),
        role: Set(new.registration.role.code().to_owned()),
        organisation: Set(new.registration.organisation.clone()),
        scope: Set(new.registration.scope.clone()),
        handle: Set(new.secret.handle),
        hash: Set(new.secret.hash),
        created_at: Set(at),
        created_by: Set(created_by),
        expires_at: Set(new.expires_at),
        revoked_at: Set(None),
    };
    read_token::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    registry::raise(transaction, plan_id).await?;
    find(transaction, plan_id, &[new.registration.role], new.id).await
}

/// Revokes a read token.
pub async fn revoke(
    transaction: &DatabaseTransaction,
    clock: Clock,
    token: ReadToken,
    deed: Deed<'_>,
) -> Result<ReadToken, Problem> {
    let at = clock.tick(transaction, deed).await?.at;
    let mut row = token.into_active_model();
    row.revoked_at = Set(Some(at));
    let row = row.update(transaction).await?;
    registry::raise(transaction, row.plan_id).await?;
    Ok(row)
}
