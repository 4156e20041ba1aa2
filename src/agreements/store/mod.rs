//! Finding agreements and versions of them, and writing versions.

mod catalogue;
mod write;

pub use catalogue::catalogue;
pub use write::{delete_draft, insert_draft, put_in_force, refusals, require_draft, too_early, update_draft};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;

use super::rules::content::{Content, Period};
use super::rules::force::{self, Span, Taken};
use crate::db::Window;
use crate::entities::{agreement, agreement_version};
use crate::problem::Problem;

/// An agreement as it is in force on a day.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The agreement.
    pub agreement: agreement::Model,
    /// The version.
    pub version: agreement_version::Model,
    /// What is agreed.
    pub content: Content,
    /// The days on which the version is in force.
    pub span: Span,
}

/// The versions of an agreement that have taken force, each with the days that it governs.
pub type History = Vec<(Taken<agreement_version::Model>, Option<Span>)>;

/// A plan's agreements in their order: the strategic one, then those of the focus areas.
pub async fn agreements(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
) -> Result<Vec<agreement::Model>, Problem> {
    let mut select = agreement::Entity::find()
        .filter(agreement::Column::PlanId.eq(plan_id))
        .order_by_asc(agreement::Column::Position)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(agreement::Column::Position.gt(after));
    }
    Ok(select.all(db).await?)
}

/// One agreement.
pub async fn agreement(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<agreement::Model, Problem> {
    agreement::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no agreement of this code.",
                "Der er ingen aftale med denne kode.",
            )
        })
}

/// The versions of an agreement, drafts too, oldest first.
pub async fn versions(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
    window: &Window<i32>,
) -> Result<Vec<agreement_version::Model>, Problem> {
    let mut select = agreement_version::Entity::find()
        .filter(agreement_version::Column::PlanId.eq(plan_id))
        .filter(agreement_version::Column::Agreement.eq(code))
        .order_by_asc(agreement_version::Column::Version)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(agreement_version::Column::Version.gt(after));
    }
    Ok(select.all(db).await?)
}

/// One version, draft or not.
pub async fn version(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
    version: i32,
) -> Result<agreement_version::Model, Problem> {
    agreement_version::Entity::find_by_id((plan_id, code.to_owned(), version))
        .one(db)
        .await?
        .ok_or_else(no_such_version)
}

/// 404 for a version that is not there.
pub fn no_such_version() -> Problem {
    Problem::not_found(
        "The agreement has no version of this number.",
        "Aftalen har ingen version med dette nummer.",
    )
}

/// What a version says; a failure is a bug and is logged as one.
pub fn content(row: &agreement_version::Model) -> Result<Content, Problem> {
    serde_json::from_str(&row.content).map_err(|error| unreadable(row, &error))
}

fn unreadable(row: &agreement_version::Model, error: &serde_json::Error) -> Problem {
    tracing::error!(%error, agreement = row.agreement, version = row.version, "a stored version cannot be read");
    Problem::internal()
}

/// The versions that had taken force at `seq`, with the days that each governs.
pub async fn history(db: &impl ConnectionTrait, plan_id: i32, code: &str, seq: i64) -> Result<History, Problem> {
    let rows = agreement_version::Entity::find()
        .filter(agreement_version::Column::PlanId.eq(plan_id))
        .filter(agreement_version::Column::Agreement.eq(code))
        .filter(agreement_version::Column::SeqInForce.lte(seq))
        .order_by_asc(agreement_version::Column::SeqInForce)
        .all(db)
        .await?;
    Ok(force::spans(taken(rows)?))
}

/// Of a content, only the period.
#[derive(Deserialize)]
struct Dated {
    period: Period,
}

fn taken(rows: Vec<agreement_version::Model>) -> Result<Vec<Taken<agreement_version::Model>>, Problem> {
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some(seq), Some(from)) = (row.seq_in_force, row.effective_from) else {
            continue;
        };
        let dated: Dated = serde_json::from_str(&row.content).map_err(|error| unreadable(&row, &error))?;
        taken.push(Taken {
            version: row,
            seq,
            from,
            until: dated.period.to,
        });
    }
    Ok(taken)
}

/// The days that a version governs, as known now.
pub fn span_of(history: &History, version: i32) -> Option<Span> {
    history
        .iter()
        .find(|(one, _)| one.version.version == version)
        .and_then(|(_, span)| *span)
}

/// An agreement as it is in force on `day`, as known at `seq`; 404 that names the nearest version where none is.
pub async fn in_force(
    db: &impl ConnectionTrait,
    agreement: agreement::Model,
    day: NaiveDate,
    seq: i64,
) -> Result<InForce, Problem> {
    let history = history(db, agreement.plan_id, &agreement.code, seq).await?;
    pick(agreement, &history, day)?.ok_or_else(|| none_in_force(&history, day))
}

fn pick(agreement: agreement::Model, history: &History, day: NaiveDate) -> Result<Option<InForce>, Problem> {
    let Some((version, span)) = force::on(history, day) else {
        return Ok(None);
    };
    Ok(Some(InForce {
        content: content(version)?,
        version: version.clone(),
        agreement,
        span,
    }))
}

/// 404 that names the version whose days are nearest.
fn none_in_force(history: &History, day: NaiveDate) -> Problem {
    match force::nearest(history, day) {
        Some((row, Span { from, to })) => {
            let version = row.version;
            Problem::not_found(
                format!(
                    "No version is in force on {day}. The nearest is version {version}, in force from {from} to {to}."
                ),
                format!(
                    "Ingen version gælder den {day}. Den nærmeste er version {version}, som gælder fra {from} til {to}."
                ),
            )
        }
        None => Problem::not_found(
            format!("No version is in force on {day}, and none was on any other day."),
            format!("Ingen version gælder den {day}, og ingen gjaldt nogen anden dag."),
        ),
    }
}

/// All agreements of a plan that are in force on `day`, as known at `seq`, in the plan's order.
pub async fn all_in_force(
    db: &impl ConnectionTrait,
    plan_id: i32,
    day: NaiveDate,
    seq: i64,
) -> Result<Vec<InForce>, Problem> {
    let every = Window {
        limit: 1000,
        after: None,
    };
    let mut found = Vec::new();
    for agreement in agreements(db, plan_id, &every).await? {
        let history = history(db, plan_id, &agreement.code, seq).await?;
        found.extend(pick(agreement, &history, day)?);
    }
    Ok(found)
}

/// The version that took force last, if one has.
pub async fn latest_in_force(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
) -> Result<Option<agreement_version::Model>, Problem> {
    Ok(agreement_version::Entity::find()
        .filter(agreement_version::Column::PlanId.eq(plan_id))
        .filter(agreement_version::Column::Agreement.eq(code))
        .filter(agreement_version::Column::SeqInForce.is_not_null())
        .order_by_desc(agreement_version::Column::SeqInForce)
        .one(db)
        .await?)
}

/// The plan's strategic agreement, if it has one.
pub async fn strategic(db: &impl ConnectionTrait, plan_id: i32) -> Result<Option<agreement::Model>, Problem> {
    Ok(agreement::Entity::find()
        .filter(agreement::Column::PlanId.eq(plan_id))
        .filter(agreement::Column::Kind.eq("strategic"))
        .order_by_asc(agreement::Column::Position)
        .one(db)
        .await?)
}
