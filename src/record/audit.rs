//! The audit log: one chain of entries a plan.
//!
//! A write's entry is made with its number, in its transaction ([`super::Clock`]): none without the other. A read of what is
//! protected makes one before it is answered (`crate::watch`). Both lock the head of the plan's chain last and hold it to their
//! commit, so that entries are numbered in the order of commits, without gaps. Whoever takes the plan's clock takes it before
//! the head, so nobody waits for each other in a circle.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use super::{Actor, chain};
use crate::auth::role::Role;
use crate::db;
use crate::entities::{audit_entry, audit_head, plan};
use crate::words::words;

words! {
    /// What came of it.
    #[derive(serde::Deserialize)]
    pub AuditOutcome {
        /// It was written.
        Done = "done",
        /// It was shown, or the caller was told that it has it already.
        Shown = "shown",
        /// The caller may not do it.
        Refused = "refused",
        /// There is no such thing, or the caller does not reach it.
        NotFound = "not_found",
    }
}

/// A read of what is protected, or the attempt of one.
#[derive(Clone, Debug)]
pub struct Sight<'a> {
    /// Who reads.
    pub actor: &'a Actor,
    /// The operation, as in the OpenAPI document.
    pub operation: &'a str,
    /// The path of what is read, below the plan.
    pub target: String,
    /// What came of it.
    pub outcome: AuditOutcome,
}

/// What an entry says, before it has its place in the chain.
pub(super) struct Said<'a> {
    pub(super) at: DateTime<Utc>,
    pub(super) actor: &'a Actor,
    pub(super) operation: &'a str,
    pub(super) target: String,
    pub(super) outcome: AuditOutcome,
    pub(super) data_version: Option<i64>,
}

/// Enters a read in the log of the plan of this code; a plan that is not there has none. Gives up after 8 seconds.
///
/// # Errors
/// It cannot be entered: then nothing may be shown.
pub async fn enter_sight(transaction: &DatabaseTransaction, plan: &str, sight: Sight<'_>) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared("SET LOCAL lock_timeout = '8s'").await?;
    }
    let plan_id: Option<i32> = plan::Entity::find()
        .select_only()
        .column(plan::Column::Id)
        .filter(plan::Column::Code.eq(plan))
        .into_tuple()
        .one(transaction)
        .await?;
    let Some(plan_id) = plan_id else { return Ok(()) };
    let said = Said {
        at: db::now(),
        actor: sight.actor,
        operation: sight.operation,
        target: sight.target,
        outcome: sight.outcome,
        data_version: None,
    };
    append(transaction, plan_id, said).await
}

/// Appends an entry; the chain's end is locked until the transaction ends.
pub(super) async fn append(transaction: &DatabaseTransaction, plan_id: i32, said: Said<'_>) -> Result<(), DbErr> {
    use crate::words::Word;
    let head = audit_head::Entity::find_by_id(plan_id)
        .lock_exclusive()
        .one(transaction)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound(format!("audit log of plan {plan_id}")))?;
    let previous_hash = match head.number {
        0 => origin(transaction, plan_id).await?,
        _ => head.hash.clone(),
    };
    let mut entry = audit_entry::Model {
        plan_id,
        number: head.number + 1,
        at: said.at,
        subject: said.actor.subject.clone(),
        client: said.actor.client.clone(),
        role: said.actor.role.map(Role::code).map(str::to_owned),
        operation: said.operation.to_owned(),
        target: said.target,
        outcome: said.outcome.code().to_owned(),
        request_id: said.actor.request_id.clone(),
        data_version: said.data_version,
        previous_hash,
        hash: String::new(),
    };
    entry.hash = chain::hash_of(&entry);
    let mut head = head.into_active_model();
    head.number = Set(entry.number);
    head.hash = Set(entry.hash.clone());
    head.update(transaction).await?;
    audit_entry::Entity::insert(entry.into_active_model().reset_all())
        .exec_without_returning(transaction)
        .await?;
    said.actor.entered().set();
    Ok(())
}

/// Begins a new plan's log.
pub(super) async fn begin(transaction: &DatabaseTransaction, plan_id: i32) -> Result<(), DbErr> {
    let head = audit_head::ActiveModel {
        plan_id: Set(plan_id),
        number: Set(0),
        hash: Set(String::new()),
    };
    audit_head::Entity::insert(head)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// What the first entry of a plan stands on.
async fn origin(transaction: &DatabaseTransaction, plan_id: i32) -> Result<String, DbErr> {
    let code: Option<String> = plan::Entity::find_by_id(plan_id)
        .select_only()
        .column(plan::Column::Code)
        .into_tuple()
        .one(transaction)
        .await?;
    let code = code.ok_or_else(|| DbErr::RecordNotFound(format!("plan {plan_id}")))?;
    Ok(chain::origin(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_sent_as_they_are_stored() {
        crate::words::check::<AuditOutcome>();
    }
}
