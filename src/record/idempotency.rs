//! Safe retries: `Idempotency-Key` on every POST that changes data.
//!
//! A key belongs to a client, a plan, a method and a path with its query. It is claimed in a short transaction of its
//! own; the effect and the answer are stored in one. So a repeat either finds the stored answer, or a claim that is
//! still running, or nothing. A request that fails gives its claim back: nothing happened, so the key stays free for the
//! corrected request. A claim whose request died can be taken over after [`LEASE`].

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::{self, Db, Write};
use crate::entities::idempotency_key as keys;
use crate::problem::{Problem, ProblemKind};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a request may hold its claim before another may take it over.
pub const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The key of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    scope: String,
    body_hash: String,
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claimed {
    /// The request is to be carried out.
    Fresh(Claim),
    /// It was carried out before; this was the answer.
    Replay(Answer),
}

/// A claim that this request holds.
#[derive(Debug)]
pub struct Claim {
    plan_id: i32,
    scope: String,
    token: Uuid,
}

/// An answer, as it is sent and stored.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Location`, where something was created.
    pub location: Option<String>,
    /// The JSON body.
    pub body: Vec<u8>,
    /// Whether the body is what was created, just as a read of its `Location` has it: then its validator is good for the next
    /// write. It is not where the body is a receipt.
    pub is_what_was_created: bool,
}

impl Answer {
    /// 201 with what was created, as a read of its location has it.
    pub fn created(location: String, body: Vec<u8>) -> Self {
        Self {
            status: 201,
            location: Some(location),
            body,
            is_what_was_created: true,
        }
    }

    /// 200 with what is there now.
    pub fn done(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            location: None,
            body,
            is_what_was_created: false,
        }
    }
}

impl Key {
    /// The key that a client gave a request, whose body has this hash.
    pub fn new(client: &str, method: &str, path_and_query: &str, key: &str, body_hash: &str) -> Self {
        let mut scope = Sha256::new();
        for part in [client, method, path_and_query, key] {
            scope.update(part.len().to_be_bytes());
            scope.update(part.as_bytes());
        }
        Self {
            scope: format!("{:x}", scope.finalize()),
            body_hash: body_hash.to_owned(),
        }
    }

    /// Claims the key, or finds the answer that is stored under it.
    pub async fn claim(&self, db: &Db, plan_id: i32) -> Result<Claimed, Problem> {
        let now = db::now();
        let token = Uuid::now_v7();
        let transaction = db.begin().await?;
        forget_expired(&transaction, None, now).await?;
        let inserted = keys::Entity::insert(self.row(plan_id, token, now))
            .on_conflict(
                OnConflict::columns([keys::Column::PlanId, keys::Column::Scope])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&transaction)
            .await?;
        let claim = Claim {
            plan_id,
            scope: self.scope.clone(),
            token,
        };
        if inserted == 1 {
            transaction.commit_unseen().await?;
            return Ok(Claimed::Fresh(claim));
        }
        let found = keys::Entity::find_by_id((plan_id, self.scope.clone()))
            .lock_exclusive()
            .one(&transaction)
            .await?;
        let Some(found) = found else {
            return Err(in_progress());
        };
        if found.body_hash != self.body_hash {
            return Err(Problem::new(
                ProblemKind::IdempotencyKeyReused,
                "The key was used for another body less than 24 hours ago.",
                "Nøglen er brugt til et andet indhold for mindre end 24 timer siden.",
            ));
        }
        if let Some(status) = found.status {
            return Ok(Claimed::Replay(stored(status, &found)));
        }
        if found.claimed_at + LEASE > now {
            return Err(in_progress());
        }
        let mut taken = found.into_active_model();
        taken.claim = Set(token);
        taken.claimed_at = Set(now);
        taken.update(&transaction).await?;
        transaction.commit_unseen().await?;
        Ok(Claimed::Fresh(claim))
    }

    fn row(&self, plan_id: i32, token: Uuid, now: DateTime<Utc>) -> keys::ActiveModel {
        keys::ActiveModel {
            plan_id: Set(plan_id),
            scope: Set(self.scope.clone()),
            body_hash: Set(self.body_hash.clone()),
            claim: Set(token),
            claimed_at: Set(now),
            status: Set(None),
            headers: Set(None),
            body: Set(None),
            expires_at: Set(now + KEPT),
        }
    }
}

/// Forgets the answers whose time was up at `now`, of one plan or of all; says how many there were.
pub async fn forget_expired(db: &impl ConnectionTrait, plan_id: Option<i32>, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut delete = keys::Entity::delete_many().filter(keys::Column::ExpiresAt.lt(now));
    if let Some(plan_id) = plan_id {
        delete = delete.filter(keys::Column::PlanId.eq(plan_id));
    }
    Ok(delete.exec(db).await?.rows_affected)
}

/// Forgets the answer under a key: what was promised under it did not happen, so the key is free again.
pub async fn forget(db: &impl ConnectionTrait, plan_id: i32, scope: &str) -> Result<(), DbErr> {
    keys::Entity::delete_by_id((plan_id, scope.to_owned())).exec(db).await?;
    Ok(())
}

/// Ends a write: its effect and the answer that is kept under the client's key, where it sent one, commit together.
pub async fn commit(transaction: Write, claim: Option<&Claim>, answer: Answer) -> Result<Answer, Problem> {
    if let Some(claim) = claim {
        claim.keep(&transaction, &answer).await?;
    }
    transaction.commit().await?;
    Ok(answer)
}

impl Claim {
    /// What the key is stored under.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// Stores the answer in the transaction of the effect; fails if the claim was taken over meanwhile.
    pub async fn keep(&self, transaction: &DatabaseTransaction, answer: &Answer) -> Result<(), Problem> {
        let changed = keys::Entity::update_many()
            .set(keys::ActiveModel {
                status: Set(i16::try_from(answer.status).ok()),
                headers: Set(Some(serde_json::json!({
                    "location": answer.location,
                    "is_what_was_created": answer.is_what_was_created,
                }))),
                body: Set(Some(answer.body.clone())),
                ..Default::default()
            })
            .filter(keys::Column::PlanId.eq(self.plan_id))
            .filter(keys::Column::Scope.eq(&self.scope))
            .filter(keys::Column::Claim.eq(self.token))
            .exec(transaction)
            .await?;
        if changed.rows_affected == 1 {
            Ok(())
        } else {
            Err(in_progress())
        }
    }

    /// Gives the claim back after a failure.
    pub async fn release(self, db: &Db) -> Result<(), DbErr> {
        let transaction = db.begin().await?;
        keys::Entity::delete_many()
            .filter(keys::Column::PlanId.eq(self.plan_id))
            .filter(keys::Column::Scope.eq(&self.scope))
            .filter(keys::Column::Claim.eq(self.token))
            .filter(keys::Column::Status.is_null())
            .exec(&transaction)
            .await?;
        transaction.commit_unseen().await
    }
}

fn stored(status: i16, row: &keys::Model) -> Answer {
    Answer {
        status: u16::try_from(status).unwrap_or(200),
        location: row
            .headers
            .as_ref()
            .and_then(|headers| headers["location"].as_str())
            .map(str::to_owned),
        body: row.body.clone().unwrap_or_default(),
        is_what_was_created: row
            .headers
            .as_ref()
            .and_then(|headers| headers["is_what_was_created"].as_bool())
            .unwrap_or(false),
    }
}

fn in_progress() -> Problem {
    Problem::new(
        ProblemKind::IdempotencyInProgress,
        "A request with this key is still running.",
        "En forespørgsel med denne nøgle er stadig i gang.",
    )
    .retry_after(2)
}
