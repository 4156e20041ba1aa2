//! What all writes of this slice have in common: one transaction under the plan's lock, one number in its sequence, and the
//! answer kept with the key under which it may be asked for again.

use actix_web::{HttpRequest, HttpResponse};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::super::store::{self, Actor, Sight};
use super::actor;
use crate::auth::{Allow, Caller, Scope};
use crate::db::Db;
use crate::entities::{decision, plan};
use crate::plans;
use crate::problem::Problem;
use crate::record::idempotency::{Answer, Claim, commit};
use crate::record::{self, Clock, Deed, Stamp};
use crate::state::AppState;
use crate::web;
use crate::web::body::Body;
use crate::web::etag::to_json;
use crate::web::idempotency;
use crate::web::json::Node;
use crate::web::path::parse_id;

/// A request to write.
pub(super) struct Writing {
    pub(super) plan: plan::Model,
    /// The decision or recommendation that is written, or made.
    pub(super) id: Uuid,
    pub(super) body: Node,
    pub(super) actor: Actor,
    by: record::Actor,
    operation: &'static str,
    kind: Kind,
}

/// What a write makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A new record in the list of this name.
    New(&'static str),
    /// Another state of a decision.
    Step,
}

/// What a request is about: the plan in its path, the id where there is one, and what it does.
pub(super) struct Asked<'a> {
    pub(super) caller: &'a Caller,
    pub(super) scope: &'a Scope,
    pub(super) plan: &'a str,
    pub(super) id: Uuid,
    pub(super) operation: &'static str,
    pub(super) kind: Kind,
}

impl<'a> Asked<'a> {
    /// A step of the decision that the path names.
    pub(super) fn step<P>(
        who: &'a Allow<P>,
        (plan, id): &'a (String, String),
        operation: &'static str,
    ) -> Result<Self, Problem> {
        Ok(Self {
            caller: who.caller(),
            scope: who.scope(),
            plan,
            id: parse_id(id)?,
            operation,
            kind: Kind::Step,
        })
    }
}

/// Writes, once: what `work` answers is what the client gets, now and when it asks again with the same key.
pub(super) async fn write<W>(
    asked: Asked<'_>,
    body: Body,
    app: &AppState,
    request: &HttpRequest,
    work: W,
) -> Result<HttpResponse, Problem>
where
    W: AsyncFnOnce(&DatabaseTransaction, &Writing, Stamp) -> Result<Vec<u8>, Problem> + 'static,
{
    let key = idempotency::key(request, asked.caller, &body.hash())?;
    let node = body.json(&["application/json"])?;
    let plan = plans::store::resolve(app.db.read(), asked.scope, asked.plan).await?;
    let writing = Writing {
        id: asked.id,
        body: node,
        actor: actor(asked.caller),
        by: web::actor::of(request, asked.caller),
        operation: asked.operation,
        kind: asked.kind,
        plan,
    };
    let plan_id = writing.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        carry_out(&db, claim, &writing, work).await
    })
    .await
}

async fn carry_out<W>(db: &Db, claim: Option<&Claim>, writing: &Writing, work: W) -> Result<Answer, Problem>
where
    W: AsyncFnOnce(&DatabaseTransaction, &Writing, Stamp) -> Result<Vec<u8>, Problem>,
{
    let list = match writing.kind {
        Kind::New(list) => list,
        Kind::Step => "decisions",
    };
    let target = format!("{list}/{}", writing.id);
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, writing.plan.id).await?;
    let deed = Deed {
        actor: &writing.by,
        operation: writing.operation,
        target: target.clone(),
    };
    let stamp = clock.tick(&transaction, deed).await?;
    let body = work(&transaction, writing, stamp).await?;
    let answer = match writing.kind {
        Kind::New(_) => Answer::created(format!("/v1/plans/{}/{target}", writing.plan.code), body),
        Kind::Step => Answer::done(body),
    };
    commit(transaction, claim, answer).await
}

/// The decision that a request is about, as far as the caller sees it.
pub(super) async fn decision_of(
    transaction: &DatabaseTransaction,
    writing: &Writing,
) -> Result<decision::Model, Problem> {
    let sight = Sight::of(transaction, writing.plan.id, &writing.actor).await?;
    store::decision(transaction, writing.plan.id, writing.id, sight).await
}

/// The answer: the decision as it now is.
pub(super) async fn answer(transaction: &DatabaseTransaction, row: decision::Model) -> Result<Vec<u8>, Problem> {
    to_json(&store::view(transaction, row).await?)
}
