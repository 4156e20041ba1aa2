//! Writing and finding extracts.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::draft::{Codes, Draft, Group, Subset};
use super::figures::{self, COUNT_INDICATOR, SHARE_INDICATOR};
pub use super::model::Content;
use super::model::{ExtractItemView, ExtractView, Outcome, Receipt};
use super::{receipt, rules};
use crate::areas;
use crate::db::{self, Window};
use crate::entities::{extract, plan, target_group};
use crate::indicators;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::record::{Actor, Clock, Deed};

/// The operation, as the record names it.
const OPERATION: &str = "push_extract";

/// The codes that an extract of the plan may use. Groups by their dates alone: an old extract may still be corrected
/// when a group of its time is archived.
pub async fn codes(db: &impl ConnectionTrait, plan_id: i32) -> Result<Codes, Problem> {
    let areas = areas::store::all_areas(db, plan_id).await?;
    let of_kind = |kind: &str| {
        let mut found = areas
            .iter()
            .filter(|area| area.kind == kind && area.archived_at.is_none());
        found.next().map(|area| area.code.clone())
    };
    let groups = target_group::Entity::find()
        .filter(target_group::Column::PlanId.eq(plan_id))
        .order_by_asc(target_group::Column::Position)
        .all(db)
        .await?;
    let subsets = indicators::store::subsets(db, plan_id).await?;
    Ok(Codes {
        zones: areas
            .iter()
            .filter(|area| area.kind == "zone" && area.archived_at.is_none())
            .map(|area| area.code.clone())
            .collect(),
        whole: of_kind("plan"),
        municipality: of_kind("municipality"),
        rest: of_kind("municipality_rest"),
        groups: groups
            .into_iter()
            .map(|group| Group {
                code: group.code,
                valid_from: group.valid_from,
                valid_to: group.valid_to,
            })
            .collect(),
        subsets: subsets
            .into_iter()
            .map(|subset| Subset {
                group: subset.target_group,
                code: subset.code,
                keyword: subset.keyword,
            })
            .collect(),
    })
}

/// Who pushes, when, and whether only to try.
#[derive(Clone, Debug)]
pub struct Push {
    /// The plan.
    pub plan: plan::Model,
    /// The data owner's name, where the extract names no source.
    pub owner: String,
    /// Who pushes.
    pub actor: Actor,
    /// The date in Denmark.
    pub today: NaiveDate,
    /// Whether nothing is to be stored.
    pub dry_run: bool,
}

/// Judges a draft and stores it, all or nothing, in the caller's transaction; on any error nothing was written.
///
/// `errors` holds what reading the body found.
pub async fn push(
    transaction: &DatabaseTransaction,
    push: &Push,
    draft: &Draft,
    codes: &Codes,
    mut errors: Vec<FieldError>,
) -> Result<Receipt, Problem> {
    let Some(checked) = rules::check(draft, codes, push.today, &push.owner, &mut errors) else {
        return Err(Problem::invalid_content(errors));
    };
    let clock = Clock::lock(transaction, push.plan.id).await?;
    let current = current(transaction, push.plan.id, checked.extracted_on).await?;
    let before = current.as_ref().map(content).transpose()?;
    let previous = previous(transaction, push.plan.id, checked.extracted_on).await?;
    let (content_json, hash) = canonical(&checked.content)?;
    let mut receipt = receipt::draw_up(&checked, codes, before.as_ref(), previous.as_ref(), db::now());
    if let Some(current) = &current
        && current.content_hash == hash
    {
        receipt.id = (!push.dry_run).then_some(current.id);
        receipt.revision = current.revision;
        receipt.outcome = if push.dry_run {
            Outcome::DryRun
        } else {
            Outcome::Unchanged
        };
        return Ok(receipt);
    }
    let replaced = current.as_ref().map_or(0, |current| current.revision);
    if draft.replaces_revision.is_some_and(|revision| revision != replaced) {
        return Err(conflict(checked.extracted_on, replaced));
    }
    if current.is_some() && draft.revision_reason.is_none() {
        return Err(Problem::invalid_content(vec![FieldError::new(
            draft.at_reason.clone(),
            "revision_reason_required",
            format!(
                "There is an extract of {} with other content; say why it changes.",
                checked.extracted_on
            ),
            format!(
                "Der er et udtræk for {} med andet indhold; angiv, hvorfor det ændres.",
                checked.extracted_on
            ),
        )]));
    }
    receipt.revision = replaced + 1;
    if push.dry_run {
        return Ok(receipt);
    }
    receipt.outcome = if current.is_some() {
        Outcome::Revised
    } else {
        Outcome::Created
    };
    let deed = Deed {
        actor: &push.actor,
        operation: OPERATION,
        target: format!("kendskabsgrad/extracts/{}", checked.extracted_on),
    };
    let stamp = clock.tick(transaction, deed).await?;
    let id = Uuid::now_v7();
    receipt.id = Some(id);
    receipt.received_at = stamp.at;
    let row = extract::ActiveModel {
        plan_id: Set(push.plan.id),
        extracted_on: Set(checked.extracted_on),
        revision: Set(receipt.revision),
        id: Set(id),
        content: Set(content_json),
        content_hash: Set(hash),
        receipt: Set(json(&receipt)?),
        revision_reason: Set(draft.revision_reason.clone().filter(|_| current.is_some())),
        subject: Set(push.actor.subject.clone()),
        seq: Set(stamp.seq),
        received_at: Set(stamp.at),
    };
    extract::Entity::insert(row).exec_without_returning(transaction).await?;
    indicators::store::replace_period(
        transaction,
        push.plan.id,
        stamp,
        checked.period,
        &[SHARE_INDICATOR, COUNT_INDICATOR],
        &checked.content.source,
        &figures::measurements(&checked.content, codes),
    )
    .await?;
    Ok(receipt)
}

fn conflict(date: NaiveDate, current: i32) -> Problem {
    let (en, da) = match current {
        0 => (
            format!("There is no extract of {date} yet."),
            format!("Der er endnu intet udtræk for {date}."),
        ),
        _ => (
            format!("The current revision of {date} is {current}."),
            format!("Den gældende revision for {date} er {current}."),
        ),
    };
    Problem::new(ProblemKind::RevisionConflict, en, da)
}

/// The current revision of a date.
async fn current(db: &impl ConnectionTrait, plan_id: i32, date: NaiveDate) -> Result<Option<extract::Model>, Problem> {
    Ok(extract::Entity::find()
        .filter(extract::Column::PlanId.eq(plan_id))
        .filter(extract::Column::ExtractedOn.eq(date))
        .order_by_desc(extract::Column::Revision)
        .one(db)
        .await?)
}

/// What the extract before a date says.
async fn previous(db: &impl ConnectionTrait, plan_id: i32, date: NaiveDate) -> Result<Option<Content>, Problem> {
    let row = extract::Entity::find()
        .filter(extract::Column::PlanId.eq(plan_id))
        .filter(extract::Column::ExtractedOn.lt(date))
        .order_by_desc(extract::Column::ExtractedOn)
        .order_by_desc(extract::Column::Revision)
        .one(db)
        .await?;
    row.as_ref().map(content).transpose()
}

/// Which revision of a date's extract.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// The one that was current at this number of the plan's sequence.
    At(i64),
    /// The one of this number.
    Revision(i32),
}

/// A revision of a date's extract; 404 where there is none.
pub async fn find(
    db: &impl ConnectionTrait,
    plan_id: i32,
    date: NaiveDate,
    which: Which,
) -> Result<extract::Model, Problem> {
    let select = extract::Entity::find()
        .filter(extract::Column::PlanId.eq(plan_id))
        .filter(extract::Column::ExtractedOn.eq(date));
    let select = match which {
        Which::At(seq) => select.filter(extract::Column::Seq.lte(seq)),
        Which::Revision(revision) => select.filter(extract::Column::Revision.eq(revision)),
    };
    let found = select.order_by_desc(extract::Column::Revision).one(db).await?;
    found.ok_or_else(|| {
        Problem::not_found(
            format!("There is no such extract of {date}."),
            format!("Der er ikke et sådant udtræk for {date}."),
        )
    })
}

/// The current revisions, by date.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<NaiveDate>,
) -> Result<Vec<ExtractItemView>, Problem> {
    use extract::Column;
    let mut dates = extract::Entity::find()
        .select_only()
        .column(Column::ExtractedOn)
        .filter(Column::PlanId.eq(plan_id))
        .group_by(Column::ExtractedOn)
        .order_by_asc(Column::ExtractedOn)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        dates = dates.filter(Column::ExtractedOn.gt(after));
    }
    let dates: Vec<NaiveDate> = dates.into_tuple().all(db).await?;
    let rows: Vec<(NaiveDate, i32, Uuid, DateTime<Utc>)> = extract::Entity::find()
        .select_only()
        .columns([Column::ExtractedOn, Column::Revision, Column::Id, Column::ReceivedAt])
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::ExtractedOn.is_in(dates))
        .order_by_asc(Column::ExtractedOn)
        .order_by_desc(Column::Revision)
        .into_tuple()
        .all(db)
        .await?;
    let mut items: Vec<ExtractItemView> = Vec::new();
    for (extracted_on, revision, id, received_at) in rows {
        if items.last().is_none_or(|last| last.extracted_on != extracted_on) {
            items.push(ExtractItemView {
                id,
                extracted_on,
                revision,
                received_at,
            });
        }
    }
    Ok(items)
}

/// A stored revision as it is shown.
pub fn view(row: extract::Model) -> Result<ExtractView, Problem> {
    let content = content(&row)?;
    Ok(ExtractView {
        id: row.id,
        extracted_on: row.extracted_on,
        revision: row.revision,
        totals: figures::totals(&content),
        content,
        revision_reason: row.revision_reason,
        received_at: row.received_at,
    })
}

/// The receipt that a revision was stored with.
pub fn stored_receipt(row: extract::Model) -> Result<Receipt, Problem> {
    serde_json::from_str(&row.receipt).map_err(|error| {
        tracing::error!(id = %row.id, %error, "a stored receipt cannot be read");
        Problem::internal()
    })
}

fn content(row: &extract::Model) -> Result<Content, Problem> {
    serde_json::from_str(&row.content).map_err(|error| {
        tracing::error!(id = %row.id, %error, "a stored extract cannot be read");
        Problem::internal()
    })
}

fn json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "a value cannot be stored as JSON");
        Problem::internal()
    })
}

/// Follows up on texts that were taken out of an extract: its hash is that of what it says now.
pub async fn redacted(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    extracted_on: NaiveDate,
    revision: i32,
) -> Result<(), Problem> {
    let found = extract::Entity::find_by_id((plan_id, extracted_on, revision));
    if let Some(row) = found.one(transaction).await? {
        let (_, hash) = canonical(&content(&row)?)?;
        let mut row = row.into_active_model();
        row.content_hash = Set(hash);
        row.update(transaction).await?;
    }
    Ok(())
}

/// The content as JSON, and its hash. Equal content has equal JSON.
fn canonical(content: &Content) -> Result<(String, String), Problem> {
    let json = json(content)?;
    let hash = Sha256::digest(json.as_bytes());
    Ok((json, format!("{hash:x}")))
}
