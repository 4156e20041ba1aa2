//! Finding and deleting what has been kept long enough, in short writes.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::rules::{Limited, RULES, Rule};
use crate::clients;
use crate::db::Db;
use crate::entities::{
    calendar_feed, client, client_assertion, client_secret, contingency_action, contingency_activation,
    idempotency_key, import, participation_report, plan, read_token, session,
};
use crate::participation;
use crate::problem::Problem;
use crate::record::{Actor, Clock, Deed, idempotency};

/// So many records go in one write, so that none keeps others waiting.
const BATCH: u64 = 200;
/// The operation, as the record names it.
const OPERATION: &str = "apply_retention";

/// What became of one kind of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The row of the table.
    pub kind: &'static str,
    /// How many records were kept long enough.
    pub records: u64,
}

/// How many records of each kind that is deleted have been kept long enough at `now`.
pub async fn due(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    days: impl Fn(Limited) -> u32,
    now: DateTime<Utc>,
) -> Result<Vec<Outcome>, Problem> {
    let mut outcomes = Vec::new();
    for (rule, limited) in limited() {
        let before = before(limited, plan, &days, now);
        let records = match before {
            Some(before) => count(db, plan.id, limited, before).await?,
            None => 0,
        };
        outcomes.push(Outcome {
            kind: rule.kind,
            records,
        });
    }
    Ok(outcomes)
}

/// Deletes what has been kept long enough at `now`. Each write that takes away what somebody could see leaves a deed.
pub async fn apply(
    db: &Db,
    plan: &plan::Model,
    days: impl Fn(Limited) -> u32,
    now: DateTime<Utc>,
) -> Result<Vec<Outcome>, Problem> {
    let mut outcomes = Vec::new();
    for (rule, limited) in limited() {
        let mut records = 0;
        if let Some(before) = before(limited, plan, &days, now) {
            loop {
                let gone = batch(db, plan.id, limited, before).await?;
                records += gone;
                if gone == 0 {
                    break;
                }
            }
        }
        outcomes.push(Outcome {
            kind: rule.kind,
            records,
        });
    }
    Ok(outcomes)
}

/// The tables of the kinds that are deleted.
pub fn tables() -> BTreeSet<&'static str> {
    limited().flat_map(|(rule, _)| rule.tables.iter().copied()).collect()
}

fn limited() -> impl Iterator<Item = (&'static Rule, Limited)> {
    RULES.iter().filter_map(|rule| Some((rule, rule.limited()?)))
}

/// What ended before this instant has been kept long enough; none where nothing has.
fn before(
    limited: Limited,
    plan: &plan::Model,
    days: impl Fn(Limited) -> u32,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match limited {
        // Each of these says by itself when it ends.
        Limited::Answers | Limited::Assertions => Some(now),
        Limited::Participation => {
            let last = plan.ends_on.checked_add_signed(TimeDelta::days(days(limited).into()))?;
            (now.date_naive() > last).then_some(now)
        }
        Limited::Imports | Limited::Credentials | Limited::DeletedSessions | Limited::ContingencyLog => {
            now.checked_sub_signed(TimeDelta::days(days(limited).into()))
        }
    }
}

/// The imports that are over: one that has given no sign for so long is.
fn imports(plan_id: i32, before: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(import::Column::PlanId.eq(plan_id))
        .add(import::Column::TouchedAt.lt(before))
}

/// The secrets that ended, and those of clients that were revoked.
fn secrets(plan_id: i32, before: DateTime<Utc>) -> Condition {
    let revoked = Query::select()
        .column(client::Column::Id)
        .from(client::Entity)
        .and_where(client::Column::PlanId.eq(plan_id))
        .and_where(client::Column::RevokedAt.lt(before))
        .take();
    let ended = Condition::any()
        .add(client_secret::Column::EndsAt.lt(before))
        .add(client_secret::Column::Client.in_subquery(revoked));
    Condition::all()
        .add(client_secret::Column::PlanId.eq(plan_id))
        .add(ended)
}

fn read_tokens(plan_id: i32, before: DateTime<Utc>) -> Condition {
    let ended = Condition::any()
        .add(read_token::Column::RevokedAt.lt(before))
        .add(read_token::Column::ExpiresAt.lt(before));
    Condition::all().add(read_token::Column::PlanId.eq(plan_id)).add(ended)
}

fn calendar_feeds(plan_id: i32, before: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(calendar_feed::Column::PlanId.eq(plan_id))
        .add(calendar_feed::Column::RevokedAt.lt(before))
}

fn deleted_sessions(plan_id: i32, before: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(session::Column::PlanId.eq(plan_id))
        .add(session::Column::DeletedAt.lt(before))
}

fn reports(plan_id: i32) -> Condition {
    Condition::all()
        .add(participation_report::Column::PlanId.eq(plan_id))
        .add(participation_report::Column::ErasedAt.is_null())
}

/// The activations that are over, and from which none follows that is kept.
fn activations(plan_id: i32, before: DateTime<Utc>) -> Condition {
    use contingency_activation::{Column, Entity};
    let kept = Condition::any()
        .add(Column::ClosedAt.is_null())
        .add(Column::ClosedAt.gte(before));
    let followed = Query::select()
        .column(Column::Follows)
        .from(Entity)
        .and_where(Column::PlanId.eq(plan_id))
        .and_where(Column::Follows.is_not_null())
        .cond_where(kept)
        .take();
    Condition::all()
        .add(Column::PlanId.eq(plan_id))
        .add(Column::ClosedAt.lt(before))
        .add(Column::Id.not_in_subquery(followed))
}

async fn count(
    db: &impl ConnectionTrait,
    plan_id: i32,
    limited: Limited,
    before: DateTime<Utc>,
) -> Result<u64, Problem> {
    Ok(match limited {
        Limited::Answers => {
            let expired = idempotency_key::Column::ExpiresAt.lt(before);
            let own = idempotency_key::Column::PlanId.eq(plan_id);
            number::<idempotency_key::Entity>(db, Condition::all().add(own).add(expired)).await?
        }
        Limited::Assertions => {
            let ended = client_assertion::Column::EndsAt.lt(before);
            let own = client_assertion::Column::PlanId.eq(plan_id);
            number::<client_assertion::Entity>(db, Condition::all().add(own).add(ended)).await?
        }
        Limited::Imports => number::<import::Entity>(db, imports(plan_id, before)).await?,
        Limited::Credentials => {
            number::<client_secret::Entity>(db, secrets(plan_id, before)).await?
                + number::<read_token::Entity>(db, read_tokens(plan_id, before)).await?
                + number::<calendar_feed::Entity>(db, calendar_feeds(plan_id, before)).await?
        }
        Limited::DeletedSessions => number::<session::Entity>(db, deleted_sessions(plan_id, before)).await?,
        Limited::Participation => number::<participation_report::Entity>(db, reports(plan_id)).await?,
        Limited::ContingencyLog => number::<contingency_activation::Entity>(db, activations(plan_id, before)).await?,
    })
}

async fn number<E: EntityTrait<Model: Send + Sync>>(db: &impl ConnectionTrait, due: Condition) -> Result<u64, Problem> {
    Ok(E::find().filter(due).count(db).await?)
}

/// One write; says how many records are gone.
async fn batch(db: &Db, plan_id: i32, limited: Limited, before: DateTime<Utc>) -> Result<u64, Problem> {
    let transaction = db.begin().await?;
    let kind = match limited {
        // Bookkeeping, as when a key or an assertion comes: nobody saw these.
        Limited::Answers => {
            let gone = idempotency::forget_expired(&transaction, Some(plan_id), before).await?;
            transaction.commit_unseen().await?;
            return Ok(gone);
        }
        Limited::Assertions => {
            let gone = clients::store::forget_assertions(&transaction, plan_id, None, before).await?;
            transaction.commit_unseen().await?;
            return Ok(gone);
        }
        Limited::Imports => "imports",
        Limited::Credentials => "credentials",
        Limited::DeletedSessions => "deleted-sessions",
        Limited::Participation => "participation",
        Limited::ContingencyLog => "contingency-log",
    };
    let clock = Clock::lock(&transaction, plan_id).await?;
    if count(&transaction, plan_id, limited, before).await? == 0 {
        return Ok(0);
    }
    let deed = Deed {
        actor: Actor::operator(),
        operation: OPERATION,
        target: format!("retention/{kind}"),
    };
    let stamp = clock.tick(&transaction, deed).await?;
    let gone = match limited {
        Limited::Answers | Limited::Assertions => 0,
        Limited::Imports => {
            let columns = [import::Column::PlanId, import::Column::Id];
            remove::<import::Entity>(&transaction, plan_id, columns, imports(plan_id, before)).await?
        }
        Limited::Credentials => credentials(&transaction, plan_id, before).await?,
        Limited::DeletedSessions => {
            let columns = [session::Column::PlanId, session::Column::Id];
            remove::<session::Entity>(&transaction, plan_id, columns, deleted_sessions(plan_id, before)).await?
        }
        Limited::Participation => {
            let id = participation_report::Column::Id;
            let some = some::<participation_report::Entity>(&transaction, id, reports(plan_id)).await?;
            participation::store::erase(&transaction, plan_id, &some, stamp.at).await?;
            u64::try_from(some.len()).unwrap_or(u64::MAX)
        }
        Limited::ContingencyLog => log(&transaction, plan_id, before).await?,
    };
    transaction.commit().await?;
    Ok(gone)
}

/// Secrets, read tokens and calendar addresses. What is good no longer is known to no replica, so none need be told.
async fn credentials(transaction: &DatabaseTransaction, plan_id: i32, before: DateTime<Utc>) -> Result<u64, Problem> {
    // A client has few secrets, so these are few as well.
    let secrets = client_secret::Entity::delete_many()
        .filter(secrets(plan_id, before))
        .exec(transaction)
        .await?;
    let columns = [read_token::Column::PlanId, read_token::Column::Id];
    let tokens = remove::<read_token::Entity>(transaction, plan_id, columns, read_tokens(plan_id, before)).await?;
    let columns = [calendar_feed::Column::PlanId, calendar_feed::Column::Id];
    let feeds = remove::<calendar_feed::Entity>(transaction, plan_id, columns, calendar_feeds(plan_id, before)).await?;
    Ok(secrets.rows_affected + tokens + feeds)
}

/// Activations with their checklists; first those from which no other follows.
async fn log(transaction: &DatabaseTransaction, plan_id: i32, before: DateTime<Utc>) -> Result<u64, Problem> {
    use contingency_activation::{Column, Entity};
    let followed = Query::select()
        .column(Column::Follows)
        .from(Entity)
        .and_where(Column::PlanId.eq(plan_id))
        .and_where(Column::Follows.is_not_null())
        .take();
    let last = activations(plan_id, before).add(Column::Id.not_in_subquery(followed));
    let ids = some::<Entity>(transaction, Column::Id, last).await?;
    contingency_action::Entity::delete_many()
        .filter(contingency_action::Column::PlanId.eq(plan_id))
        .filter(contingency_action::Column::Activation.is_in(ids.iter().copied()))
        .exec(transaction)
        .await?;
    let deleted = Entity::delete_many()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Id.is_in(ids))
        .exec(transaction)
        .await?;
    Ok(deleted.rows_affected)
}

/// The ids of some records.
async fn some<E: EntityTrait>(
    transaction: &DatabaseTransaction,
    id: E::Column,
    due: Condition,
) -> Result<Vec<Uuid>, Problem> {
    let select = E::find().select_only().column(id).filter(due).limit(BATCH);
    Ok(select.into_tuple().all(transaction).await?)
}

/// Deletes some records.
async fn remove<E: EntityTrait>(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    [plan, id]: [E::Column; 2],
    due: Condition,
) -> Result<u64, Problem> {
    let ids = some::<E>(transaction, id, due).await?;
    let own = E::delete_many().filter(plan.eq(plan_id)).filter(id.is_in(ids));
    Ok(own.exec(transaction).await?.rows_affected)
}
