//! The contingency plan in versions.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::model::{Signature, Standing, VersionView};
use super::super::rules::content::{Content, Draft};
use super::Audience;
use crate::areas::rules::OrganisationKind;
use crate::db::Window;
use crate::entities::{contingency_version, organisation};
use crate::problem::Problem;
use crate::record::Stamp;
use crate::words::Word;

/// A version with its documents read.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The row.
    pub row: contingency_version::Model,
    /// What it says.
    pub content: Content,
    /// Who has signed it.
    pub signatures: Vec<Signature>,
}

impl From<Whole> for VersionView {
    fn from(whole: Whole) -> Self {
        Self::new(whole.row, whole.content, &whole.signatures)
    }
}

impl TryFrom<contingency_version::Model> for Whole {
    type Error = Problem;

    fn try_from(row: contingency_version::Model) -> Result<Self, Problem> {
        Ok(Self {
            content: document(&row.content)?,
            signatures: document(&row.signatures)?,
            row,
        })
    }
}

fn document<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "a stored version of the contingency plan cannot be read");
        Problem::internal()
    })
}

fn written(document: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(document).map_err(|error| {
        tracing::error!(%error, "a version of the contingency plan cannot be written");
        Problem::internal()
    })
}

fn no_such_version() -> Problem {
    Problem::not_found(
        "There is no version of the contingency plan here that you may read.",
        "Der er ingen version af beredskabsplanen her, som du må læse.",
    )
}

/// Some versions, whoever asks.
pub async fn of_numbers(
    db: &impl ConnectionTrait,
    plan_id: i32,
    numbers: impl IntoIterator<Item = i32>,
) -> Result<Vec<Whole>, Problem> {
    let rows = contingency_version::Entity::find()
        .filter(contingency_version::Column::PlanId.eq(plan_id))
        .filter(contingency_version::Column::Version.is_in(numbers))
        .all(db)
        .await?;
    rows.into_iter().map(Whole::try_from).collect()
}

/// The numbers of the versions that the caller's organisation is concerned with as `test` says: a plan has a handful.
pub(super) async fn numbers(
    db: &impl ConnectionTrait,
    plan_id: i32,
    test: impl Fn(&Content) -> bool,
) -> Result<Vec<i32>, Problem> {
    let rows = contingency_version::Entity::find()
        .filter(contingency_version::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let mut numbers = Vec::new();
    for row in rows {
        let whole = Whole::try_from(row)?;
        if test(&whole.content) {
            numbers.push(whole.row.version);
        }
    }
    Ok(numbers)
}

/// The versions that the caller reads, in the order in which they were written.
pub async fn versions(
    db: &impl ConnectionTrait,
    plan_id: i32,
    audience: &Audience,
    window: &Window<i32>,
) -> Result<Vec<Whole>, Problem> {
    let mut select = contingency_version::Entity::find()
        .filter(contingency_version::Column::PlanId.eq(plan_id))
        .order_by_asc(contingency_version::Column::Version)
        .limit(window.limit + 1);
    if let Audience::Of { is_party: false, .. } = audience {
        let readable = numbers(db, plan_id, |content| audience.reads(content)).await?;
        select = select.filter(contingency_version::Column::Version.is_in(readable));
    }
    if let Some(after) = window.after {
        select = select.filter(contingency_version::Column::Version.gt(after));
    }
    select.all(db).await?.into_iter().map(Whole::try_from).collect()
}

/// One version, if the caller reads it.
pub async fn plan_version(
    db: &impl ConnectionTrait,
    plan_id: i32,
    version: i32,
    audience: &Audience,
) -> Result<Whole, Problem> {
    let row = contingency_version::Entity::find_by_id((plan_id, version))
        .one(db)
        .await?;
    let whole = Whole::try_from(row.ok_or_else(no_such_version)?)?;
    if audience.reads(&whole.content) {
        Ok(whole)
    } else {
        Err(no_such_version())
    }
}

/// The version that holds on a day; none before the first.
pub async fn in_force(db: &impl ConnectionTrait, plan_id: i32, day: NaiveDate) -> Result<Option<Whole>, Problem> {
    let row = contingency_version::Entity::find()
        .filter(contingency_version::Column::PlanId.eq(plan_id))
        .filter(contingency_version::Column::ValidFrom.lte(day))
        .order_by_desc(contingency_version::Column::ValidFrom)
        .order_by_desc(contingency_version::Column::Version)
        .one(db)
        .await?;
    row.map(Whole::try_from).transpose()
}

/// The version written last; none where there is none.
pub async fn latest(db: &impl ConnectionTrait, plan_id: i32) -> Result<Option<contingency_version::Model>, Problem> {
    Ok(contingency_version::Entity::find()
        .filter(contingency_version::Column::PlanId.eq(plan_id))
        .order_by_desc(contingency_version::Column::Version)
        .one(db)
        .await?)
}

/// The plan's organisations, each with whether it is in use and what it is.
pub async fn known(
    db: &impl ConnectionTrait,
    plan_id: i32,
) -> Result<Vec<(String, bool, Option<OrganisationKind>)>, Problem> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let known = rows
        .into_iter()
        .map(|row| (row.code, row.archived_at.is_none(), OrganisationKind::find(&row.kind)));
    Ok(known.collect())
}

/// Stores a new version after the `latest`. The confirmation of the contact list goes on: the list is the same.
pub async fn insert_version(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    latest: Option<&contingency_version::Model>,
    draft: Draft,
    subject: &str,
    stamp: Stamp,
) -> Result<Whole, Problem> {
    let row = contingency_version::Model {
        plan_id,
        version: latest.map_or(0, |latest| latest.version) + 1,
        valid_from: draft.valid_from,
        content: written(&draft.content)?,
        signatures: written(&Vec::<Signature>::new())?,
        fund_approved_on: None,
        contact_list_confirmed_on: latest.and_then(|latest| latest.contact_list_confirmed_on),
        note: draft.note,
        source: draft.source,
        subject: subject.to_owned(),
        seq: stamp.seq,
        created_at: stamp.at,
        changed_at: stamp.at,
    };
    contingency_version::Entity::insert(contingency_version::ActiveModel::from(row.clone()))
        .exec_without_returning(transaction)
        .await?;
    Whole::try_from(row)
}

/// What was added to a version after it was written.
pub fn standing(whole: &Whole) -> Standing {
    Standing {
        signatures: whole.signatures.clone(),
        fund_approved_on: whole.row.fund_approved_on,
        contact_list_confirmed_on: whole.row.contact_list_confirmed_on,
        note: whole.row.note.clone(),
    }
}

/// Stores who has signed a version, that it was approved, and that the contact list was confirmed.
pub async fn set_standing(
    transaction: &DatabaseTransaction,
    whole: Whole,
    standing: Standing,
    stamp: Stamp,
) -> Result<Whole, Problem> {
    let mut row = whole.row.into_active_model();
    row.signatures = Set(written(&standing.signatures)?);
    row.fund_approved_on = Set(standing.fund_approved_on);
    row.contact_list_confirmed_on = Set(standing.contact_list_confirmed_on);
    row.note = Set(standing.note);
    row.changed_at = Set(stamp.at);
    Whole::try_from(row.update(transaction).await?)
}
