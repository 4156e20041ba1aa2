//! Finding the budget and the accounts, and writing accounts.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, Set,
};

use super::model::{AccountedAmount, AccountsView, WrittenAccounts};
use super::rules::Spent;
use crate::agreements;
use crate::agreements::store::InForce;
use crate::entities::{account, agreement, plan};
use crate::problem::Problem;
use crate::record::Stamp;

/// The calendar years of a plan.
pub fn years(plan: &plan::Model) -> Vec<i16> {
    (plan.starts_on.year()..=plan.ends_on.year())
        .filter_map(|year| i16::try_from(year).ok())
        .collect()
}

/// The strategic agreement as it is in force on a day; 404 where it is not.
pub async fn in_force(db: &impl ConnectionTrait, plan_id: i32, day: NaiveDate, seq: i64) -> Result<InForce, Problem> {
    agreements::store::in_force(db, strategic(db, plan_id).await?, day, seq).await
}

async fn strategic(db: &impl ConnectionTrait, plan_id: i32) -> Result<agreement::Model, Problem> {
    agreements::store::strategic(db, plan_id).await?.ok_or_else(|| {
        Problem::not_found(
            "The plan has no strategic agreement, whose annex the budget is.",
            "Planen har ingen strategisk samarbejdsaftale, som budgettet er bilag til.",
        )
    })
}

/// The codes of the lines that the budget has on some day of a year, as known now.
pub async fn lines_of(db: &impl ConnectionTrait, plan_id: i32, year: i16) -> Result<HashSet<String>, Problem> {
    let strategic = strategic(db, plan_id).await?;
    let history = agreements::store::history(db, plan_id, &strategic.code, i64::MAX).await?;
    let mut lines = HashSet::new();
    for (one, span) in &history {
        let touches = span.is_some_and(|span| (span.from.year()..=span.to.year()).contains(&i32::from(year)));
        if touches {
            let content = agreements::store::content(&one.version)?;
            lines.extend(content.budget.into_iter().map(|line| line.code));
        }
    }
    Ok(lines)
}

/// The accounts of a plan as known at `seq`, oldest year first.
pub async fn all_accounts(db: &impl ConnectionTrait, plan_id: i32, seq: i64) -> Result<Vec<AccountsView>, Problem> {
    let rows = account::Entity::find()
        .filter(account::Column::PlanId.eq(plan_id))
        .filter(known_at(seq))
        .order_by_asc(account::Column::Year)
        .all(db)
        .await?;
    rows.into_iter().map(view).collect()
}

/// The accounts of a year as known at `seq`; those that nobody has sent are empty.
pub async fn accounts(db: &impl ConnectionTrait, plan_id: i32, year: i16, seq: i64) -> Result<AccountsView, Problem> {
    let row = account::Entity::find()
        .filter(account::Column::PlanId.eq(plan_id))
        .filter(account::Column::Year.eq(year))
        .filter(known_at(seq))
        .one(db)
        .await?;
    row.map_or_else(|| Ok(AccountsView::none(year)), view)
}

fn known_at(seq: i64) -> Condition {
    let still = Condition::any()
        .add(account::Column::SeqTo.is_null())
        .add(account::Column::SeqTo.gt(seq));
    Condition::all().add(account::Column::SeqFrom.lte(seq)).add(still)
}

fn view(row: account::Model) -> Result<AccountsView, Problem> {
    let amounts: Vec<AccountedAmount> = serde_json::from_str(&row.content).map_err(|error| {
        tracing::error!(%error, year = row.year, revision = row.revision, "stored accounts cannot be read");
        Problem::internal()
    })?;
    Ok(AccountsView::new(row, amounts))
}

/// What the lines came to, for the sums.
pub fn spent(accounts: &[AccountsView]) -> Vec<Spent> {
    accounts
        .iter()
        .flat_map(|of_year| {
            of_year.amounts.iter().map(|amount| Spent {
                year: of_year.year,
                line: amount.line.clone(),
                amount: amount.amount.0,
            })
        })
        .collect()
}

/// Writes the next revision of a year's accounts.
pub async fn write(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    before: &AccountsView,
    written: &WrittenAccounts,
    subject: &str,
    stamp: Stamp,
) -> Result<AccountsView, Problem> {
    account::Entity::update_many()
        .col_expr(account::Column::SeqTo, Expr::value(stamp.seq))
        .filter(account::Column::PlanId.eq(plan_id))
        .filter(account::Column::Year.eq(before.year))
        .filter(account::Column::SeqTo.is_null())
        .exec(transaction)
        .await?;
    let content = serde_json::to_string(&written.amounts).map_err(|error| {
        tracing::error!(%error, "accounts cannot be written");
        Problem::internal()
    })?;
    let row = account::ActiveModel {
        plan_id: Set(plan_id),
        year: Set(before.year),
        revision: Set(before.revision + 1),
        state: Set(written.state.code().to_owned()),
        content: Set(content),
        note: Set(written.note.clone()),
        source: Set(written.source.clone()),
        subject: Set(subject.to_owned()),
        seq_from: Set(stamp.seq),
        seq_to: Set(None),
        received_at: Set(stamp.at),
    };
    view(row.insert(transaction).await?)
}
