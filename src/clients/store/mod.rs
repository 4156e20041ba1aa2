//! Queries for clients, their secrets, and read tokens.

pub mod read_tokens;
pub mod registry;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::Value;
use uuid::Uuid;

use super::rules::{Client, Registration, is_good, kept};
use crate::auth::assertion::Assertion;
use crate::auth::role::{Permission, Role};
use crate::auth::secret::{self, NewSecret};
use crate::db::{Db, Window};
use crate::entities::{client, client_assertion, client_secret, plan};
use crate::problem::Problem;
use crate::record::{Clock, Deed};

/// A secret as it is kept.
#[derive(Clone, Debug)]
pub struct Hashed {
    /// Its public beginning.
    pub handle: String,
    /// Its hash.
    pub hash: String,
}

impl Hashed {
    /// Of a new secret, whose hash has been made.
    pub fn new(secret: &NewSecret, hash: String) -> Self {
        Self {
            handle: secret.handle.clone(),
            hash,
        }
    }
}

/// A plan's clients of some roles, in the order in which they were registered, one more than the window holds.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    roles: &[Role],
    window: &Window<Uuid>,
    revoked: bool,
) -> Result<Vec<Client>, Problem> {
    let mut select = client::Entity::find()
        .filter(client::Column::PlanId.eq(plan_id))
        .filter(client::Column::Role.is_in(codes(roles)))
        .order_by_asc(client::Column::Id)
        .limit(window.limit + 1);
    if !revoked {
        select = select.filter(client::Column::RevokedAt.is_null());
    }
    if let Some(after) = window.after {
        select = select.filter(client::Column::Id.gt(after));
    }
    let rows = select.all(db).await?;
    let ids = rows.iter().map(|row| row.id);
    let secrets = client_secret::Entity::find()
        .filter(client_secret::Column::PlanId.eq(plan_id))
        .filter(client_secret::Column::Client.is_in(ids))
        .order_by_asc(client_secret::Column::Number)
        .all(db)
        .await?;
    let secrets_of = |id| secrets.iter().filter(|secret| secret.client == id).cloned().collect();
    Ok(rows
        .into_iter()
        .map(|row| Client {
            secrets: secrets_of(row.id),
            row,
        })
        .collect())
}

/// One client of some roles, revoked or not.
pub async fn find(db: &impl ConnectionTrait, plan_id: i32, roles: &[Role], id: Uuid) -> Result<Client, Problem> {
    let row = client::Entity::find_by_id((plan_id, id))
        .filter(client::Column::Role.is_in(codes(roles)))
        .one(db)
        .await?
        .ok_or_else(|| Problem::not_found("There is no client of this id.", "Der er ingen klient med dette id."))?;
    let secrets = secrets(db, plan_id, id).await?;
    Ok(Client { row, secrets })
}

async fn secrets(db: &impl ConnectionTrait, plan_id: i32, client: Uuid) -> Result<Vec<client_secret::Model>, DbErr> {
    client_secret::Entity::find()
        .filter(client_secret::Column::PlanId.eq(plan_id))
        .filter(client_secret::Column::Client.eq(client))
        .order_by_asc(client_secret::Column::Number)
        .all(db)
        .await
}

fn codes(roles: &[Role]) -> impl Iterator<Item = &'static str> {
    roles.iter().map(|role| role.code())
}

/// Registers a client under this id, which proves itself by a secret.
pub async fn add(
    transaction: &DatabaseTransaction,
    clock: Clock,
    plan_id: i32,
    id: Uuid,
    new: &Registration,
    secret: Hashed,
    deed: Deed<'_>,
) -> Result<Client, Problem> {
    let at = insert(transaction, clock, plan_id, id, new, None, deed).await?;
    add_secret(transaction, plan_id, id, 1, secret, at).await?;
    find(transaction, plan_id, &[new.role], id).await
}

/// Registers a client under this id, which proves itself by its keys alone.
pub async fn add_with_keys(
    transaction: &DatabaseTransaction,
    clock: Clock,
    plan_id: i32,
    id: Uuid,
    new: &Registration,
    keys: &[Value],
    deed: Deed<'_>,
) -> Result<Client, Problem> {
    let jwks = Value::from(keys).to_string();
    insert(transaction, clock, plan_id, id, new, Some(jwks), deed).await?;
    find(transaction, plan_id, &[new.role], id).await
}

async fn insert(
    transaction: &DatabaseTransaction,
    clock: Clock,
    plan_id: i32,
    id: Uuid,
    new: &Registration,
    jwks: Option<String>,
    deed: Deed<'_>,
) -> Result<DateTime<Utc>, Problem> {
    let created_by = deed.actor.subject.clone();
    let at = clock.tick(transaction, deed).await?.at;
    let row = client::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(id),
        name: Set(new.name.clone()),
        role: Set(new.role.code().to_owned()),
        organisation: Set(new.organisation.clone()),
        scope: Set(new.scope.clone()),
        created_at: Set(at),
        created_by: Set(created_by),
        revoked_at: Set(None),
        jwks: Set(jwks),
    };
    client::Entity::insert(row).exec_without_returning(transaction).await?;
    registry::raise(transaction, plan_id).await?;
    Ok(at)
}

/// Gives a client these public keys in place of those that it had; none takes them away.
pub async fn set_keys(
    transaction: &DatabaseTransaction,
    clock: Clock,
    client: &Client,
    keys: &[Value],
    deed: Deed<'_>,
) -> Result<Client, Problem> {
    clock.tick(transaction, deed).await?;
    let mut row = client.row.clone().into_active_model();
    row.jwks = Set((!keys.is_empty()).then(|| Value::from(keys).to_string()));
    let row = row.update(transaction).await?;
    Ok(Client {
        row,
        secrets: client.secrets.clone(),
    })
}

/// Notes that a client has used an assertion; false where it was used before, on whichever replica. What it used long ago is
/// forgotten.
pub async fn use_assertion(
    db: &Db,
    client: &client::Model,
    assertion: &Assertion,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    use client_assertion::{ActiveModel, Column, Entity};
    let transaction = db.begin().await?;
    forget_assertions(&transaction, client.plan_id, Some(client.id), now).await?;
    let row = ActiveModel {
        plan_id: Set(client.plan_id),
        client: Set(client.id),
        digest: Set(registry::text(secret::digest(&assertion.id))),
        ends_at: Set(assertion.ends_at),
    };
    let inserted = Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::PlanId, Column::Client, Column::Digest])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&transaction)
        .await?;
    transaction.commit_unseen().await?;
    Ok(inserted == 1)
}

/// Forgets the assertions of a plan's client, or of all its clients, that had ended at `now`; says how many there were.
pub async fn forget_assertions(
    db: &impl ConnectionTrait,
    plan_id: i32,
    client: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut delete = client_assertion::Entity::delete_many()
        .filter(client_assertion::Column::PlanId.eq(plan_id))
        .filter(client_assertion::Column::EndsAt.lt(now));
    if let Some(client) = client {
        delete = delete.filter(client_assertion::Column::Client.eq(client));
    }
    Ok(delete.exec(db).await?.rows_affected)
}

async fn add_secret(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    client: Uuid,
    number: i32,
    secret: Hashed,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = client_secret::ActiveModel {
        plan_id: Set(plan_id),
        client: Set(client),
        number: Set(number),
        handle: Set(secret.handle),
        hash: Set(secret.hash),
        created_at: Set(at),
        ends_at: Set(None),
    };
    client_secret::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Gives a client a new secret; the newest of the old ones stays good for the overlap, older ones end.
pub async fn rotate(
    transaction: &DatabaseTransaction,
    clock: Clock,
    client: &Client,
    secret: Hashed,
    overlap: TimeDelta,
    deed: Deed<'_>,
) -> Result<Client, Problem> {
    let (plan_id, id) = (client.row.plan_id, client.row.id);
    let at = clock.tick(transaction, deed).await?.at;
    let stays = kept(&client.secrets, at, overlap);
    let mut remove = client_secret::Entity::delete_many()
        .filter(client_secret::Column::PlanId.eq(plan_id))
        .filter(client_secret::Column::Client.eq(id));
    if let Some((stays, _)) = &stays {
        remove = remove.filter(client_secret::Column::Number.ne(stays.number));
    }
    remove.exec(transaction).await?;
    if let Some((stays, ends)) = stays {
        let mut stays = stays.into_active_model();
        stays.ends_at = Set(Some(ends));
        stays.update(transaction).await?;
    }
    let number = client.secrets.iter().map(|secret| secret.number).max().unwrap_or(0) + 1;
    add_secret(transaction, plan_id, id, number, secret, at).await?;
    registry::raise(transaction, plan_id).await?;
    let secrets = secrets(transaction, plan_id, id).await?;
    Ok(Client {
        row: client.row.clone(),
        secrets,
    })
}

/// Revokes a client: it gets no more tokens, and those that it has are good no longer.
pub async fn revoke(
    transaction: &DatabaseTransaction,
    clock: Clock,
    client: &Client,
    deed: Deed<'_>,
) -> Result<Client, Problem> {
    let at = clock.tick(transaction, deed).await?.at;
    let mut row = client.row.clone().into_active_model();
    row.revoked_at = Set(Some(at));
    let row = row.update(transaction).await?;
    registry::raise(transaction, row.plan_id).await?;
    Ok(Client {
        row,
        secrets: client.secrets.clone(),
    })
}

/// What a client that names itself is judged by.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The client.
    pub client: client::Model,
    /// Its plan, by code.
    pub plan: String,
    /// The hash of the secret with the handle that it named, if it has one that is good.
    pub hash: Option<String>,
}

/// The client of this id, whatever its plan, if it is not revoked. The queries are the same whoever it is, so that the time
/// says nothing.
pub async fn credential(
    db: &impl ConnectionTrait,
    id: Uuid,
    handle: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<Credential>, Problem> {
    let found = client::Entity::find()
        .filter(client::Column::Id.eq(id))
        .filter(client::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    let plan_id = found.as_ref().map_or(0, |client| client.plan_id);
    let plan = plan::Entity::find_by_id(plan_id).one(db).await?;
    let secrets = secrets(db, plan_id, id).await?;
    let (Some(client), Some(plan)) = (found, plan) else {
        return Ok(None);
    };
    let hash = secrets
        .into_iter()
        .find(|secret| is_good(secret, now) && handle == Some(secret.handle.as_str()))
        .map(|secret| secret.hash);
    Ok(Some(Credential {
        client,
        plan: plan.code,
        hash,
    }))
}

/// The organisations of a plan that have a client, not revoked, that may write measurements.
pub async fn reporting(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<String>, Problem> {
    let needed = Permission::WriteMeasurements;
    let clients = client::Entity::find()
        .filter(client::Column::PlanId.eq(plan_id))
        .filter(client::Column::RevokedAt.is_null())
        .all(db)
        .await?;
    let may_write = |client: &client::Model| {
        client.role.parse().is_ok_and(|role: Role| role.may(needed))
            && client.scope.split_whitespace().any(|scope| scope == needed.scope())
    };
    Ok(clients
        .into_iter()
        .filter(may_write)
        .filter_map(|client| client.organisation)
        .collect())
}
