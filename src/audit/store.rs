//! Reading the audit log.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::model::Checkpoint;
use crate::auth::role::Role;
use crate::db::Window;
use crate::entities::{audit_entry, audit_head};
use crate::record::audit::AuditOutcome;
use crate::words::Word;

/// Which entries, and from which end.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those of this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Those before this instant.
    pub to: Option<DateTime<Utc>>,
    /// Those of this subject.
    pub subject: Option<String>,
    /// Those of this client or read token.
    pub client: Option<String>,
    /// Those of this role.
    pub role: Option<Role>,
    /// Those of this operation.
    pub operation: Option<String>,
    /// Those of which the target begins so.
    pub target: Option<String>,
    /// Those that came out so.
    pub outcome: Option<AuditOutcome>,
    /// Those of this request.
    pub request_id: Option<String>,
    /// The newest first.
    pub newest_first: bool,
}

/// The entries of a window, and one more where there are more.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i64>,
    selection: &Selection,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    use audit_entry::Column;
    let mut select = audit_entry::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .limit(window.limit + 1);
    let equal = [
        (Column::Subject, selection.subject.as_deref()),
        (Column::Client, selection.client.as_deref()),
        (Column::Role, selection.role.map(Role::code)),
        (Column::Operation, selection.operation.as_deref()),
        (Column::Outcome, selection.outcome.map(AuditOutcome::code)),
        (Column::RequestId, selection.request_id.as_deref()),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            select = select.filter(column.eq(value));
        }
    }
    if let Some(from) = selection.from {
        select = select.filter(Column::At.gte(from));
    }
    if let Some(to) = selection.to {
        select = select.filter(Column::At.lt(to));
    }
    if let Some(target) = &selection.target {
        // Neither LIKE, whose case differs between the databases, nor a range, which goes by the collation.
        let length = i32::try_from(target.chars().count()).unwrap_or(i32::MAX);
        let beginning = Func::cust("substr").arg(Expr::col(Column::Target)).arg(1).arg(length);
        select = select.filter(Expr::expr(beginning).eq(target.as_str()));
    }
    select = match (selection.newest_first, window.after) {
        (false, None) => select.order_by_asc(Column::Number),
        (false, Some(after)) => select.filter(Column::Number.gt(after)).order_by_asc(Column::Number),
        (true, None) => select.order_by_desc(Column::Number),
        (true, Some(after)) => select.filter(Column::Number.lt(after)).order_by_desc(Column::Number),
    };
    select.all(db).await
}

/// How far the log of a plan is; none where it has no entry.
///
/// # Errors
/// The database does not answer, or the entry at which the log is said to end is not there.
pub async fn head(db: &impl ConnectionTrait, plan_id: i32, plan: &str) -> Result<Option<Checkpoint>, DbErr> {
    let head = audit_head::Entity::find_by_id(plan_id).one(db).await?;
    let Some(head) = head.filter(|head| head.number > 0) else {
        return Ok(None);
    };
    let last = entry(db, plan_id, head.number).await?;
    let last = last.ok_or_else(|| DbErr::RecordNotFound(format!("entry {} of the audit log", head.number)))?;
    Ok(Some(Checkpoint {
        plan: plan.to_owned(),
        number: head.number,
        hash: head.hash,
        at: last.at,
    }))
}

/// The entry of a number; none where it is not there.
pub async fn entry(db: &impl ConnectionTrait, plan_id: i32, number: i64) -> Result<Option<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find_by_id((plan_id, number)).one(db).await
}

/// The entries after a number, so many at most, in their order.
pub async fn after(
    db: &impl ConnectionTrait,
    plan_id: i32,
    number: i64,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    let window = Window {
        limit: limit.saturating_sub(1),
        after: Some(number),
    };
    list(db, plan_id, &window, &Selection::default()).await
}
