//! Writing and finding extracts.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::draft::{Codes, Draft, Group, Subset};
use super::model::{Change, Content, ExtractItemView, ExtractView, Outcome, Receipt, Rows, Share, Warning};
use super::rules::{self, COUNT_INDICATOR, Checked, SHARE_INDICATOR};
use crate::areas;
use crate::db::{self, Window};
use crate::entities::{extract, plan, target_group};
use crate::indicators;
use crate::period::Period;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::{Clock, Deed};

/// The operation, as the record names it.
const OPERATION: &str = "push_extract";

/// The codes that an extract of the plan may use.
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
        .filter(target_group::Column::ArchivedAt.is_null())
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
pub struct Push<'a> {
    /// The plan.
    pub plan: &'a plan::Model,
    /// The data owner's name, where the extract names no source.
    pub owner: &'a str,
    /// The token's subject.
    pub subject: &'a str,
    /// The request's id.
    pub request_id: Option<String>,
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
    push: &Push<'_>,
    draft: &Draft,
    codes: &Codes,
    mut errors: Vec<FieldError>,
) -> Result<Receipt, Problem> {
    let Some(checked) = rules::check(draft, codes, push.today, push.owner, &mut errors) else {
        return Err(Problem::invalid_content(errors));
    };
    let clock = Clock::lock(transaction, push.plan.id).await?;
    let current = current(transaction, push.plan.id, checked.extracted_on).await?;
    let before = current.as_ref().map(content).transpose()?;
    let previous = previous(transaction, push.plan.id, checked.extracted_on).await?;
    let (content_json, hash) = canonical(&checked.content)?;
    let mut receipt = receipt(&checked, codes, before.as_ref(), previous.as_ref());
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
        return Err(Problem::new(
            ProblemKind::RevisionConflict,
            format!("The current revision of {} is {replaced}.", checked.extracted_on),
            format!("Den gældende revision for {} er {replaced}.", checked.extracted_on),
        ));
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
                "Der er et udtræk for {} med andet indhold; angiv hvorfor det ændres.",
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
        subject: push.subject,
        operation: OPERATION,
        target: format!("kendskabsgrad/extracts/{}", checked.extracted_on),
        request_id: push.request_id.clone(),
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
        subject: Set(push.subject.to_owned()),
        seq: Set(stamp.seq),
        received_at: Set(stamp.at),
    };
    extract::Entity::insert(row).exec_without_returning(transaction).await?;
    let period = Period::day(checked.extracted_on).map_err(|error| {
        Problem::invalid_content(vec![FieldError::new(
            draft.at_date.clone(),
            "out_of_range",
            error.to_string(),
            error.to_string(),
        )])
    })?;
    indicators::store::replace_period(
        transaction,
        push.plan.id,
        stamp,
        period,
        &[SHARE_INDICATOR, COUNT_INDICATOR],
        &checked.content.source,
        &rules::figures(&checked.content, codes),
    )
    .await?;
    Ok(receipt)
}

/// A receipt for a dry run; what is stored fills in the rest.
fn receipt(checked: &Checked, codes: &Codes, before: Option<&Content>, previous: Option<&Content>) -> Receipt {
    let after = rules::figures_by_key(&checked.content);
    let old = before.map(rules::figures_by_key).unwrap_or_default();
    let mut rows = Rows {
        received: checked.received,
        filled: checked.filled,
        ..Rows::default()
    };
    let mut changes = Vec::new();
    let mut warnings = Vec::new();
    let keys: BTreeSet<_> = after.keys().chain(old.keys()).collect();
    for key in keys {
        let (field, area, category) = key;
        let is_cell = *field == "count" && !category.is_empty();
        let outcome = match (old.get(key), after.get(key)) {
            (None, _) => &mut rows.created,
            (Some(_), None) => &mut rows.removed,
            (Some(old), Some(new)) if old == new => &mut rows.unchanged,
            _ => &mut rows.updated,
        };
        *outcome += usize::from(is_cell);
        let (old, new) = (old.get(key), after.get(key));
        if before.is_none() || old == new {
            continue;
        }
        let place = checked.places.get(key);
        changes.push(Change {
            pointer: pointer(place),
            line: cell(place).0,
            column: cell(place).1,
            field: (*field).to_owned(),
            area: Some(area.clone()),
            category: Some(category.clone()).filter(|category| !category.is_empty()),
            before: old.copied().flatten().map(Share),
            after: new.copied().flatten().map(Share),
        });
        if new.is_none() {
            let name = if category.is_empty() { field } else { category.as_str() };
            warnings.push(Warning {
                pointer: None,
                line: None,
                column: None,
                code: "dropped".to_owned(),
                detail: format!("The revision before had a figure for {name} in {area}; this one has none."),
                detail_da: format!("Den forrige revision havde et tal for {name} i {area}; denne har intet."),
            });
        }
    }
    if let Some(before) = before {
        changes.extend(changed_words(before, &checked.content));
    }
    if let Some(previous) = previous {
        warnings.extend(jumps(checked, previous));
    }
    Receipt {
        id: None,
        extracted_on: checked.extracted_on,
        revision: 0,
        outcome: Outcome::DryRun,
        rows,
        totals: rules::totals(&checked.content),
        shares: rules::shares(&checked.content, codes),
        changes,
        warnings,
        received_at: db::now(),
    }
}

/// Differences in words only: source and notes.
fn changed_words(before: &Content, after: &Content) -> Vec<Change> {
    let change = |field: &str, area: Option<&String>, category: Option<String>| Change {
        pointer: None,
        line: None,
        column: None,
        field: field.to_owned(),
        area: area.cloned(),
        category,
        before: None,
        after: None,
    };
    let mut changes = Vec::new();
    if before.source != after.source {
        changes.push(change("source", None, None));
    }
    let notes = |content: &Content| -> BTreeSet<(String, String, Option<String>)> {
        let counts = content
            .counts
            .iter()
            .map(|row| (row.area.clone(), row.target_group.clone(), row.note.clone()));
        let subsets = content.subsets.iter().map(|row| {
            let category = format!("{}/{}", row.target_group, row.subset);
            (row.area.clone(), category, row.note.clone())
        });
        let comparators = content
            .comparators
            .iter()
            .map(|row| (row.area.clone(), String::new(), row.note.clone()));
        counts
            .chain(subsets)
            .chain(comparators)
            .filter(|(_, _, note)| note.is_some())
            .collect()
    };
    let (old, new) = (notes(before), notes(after));
    let places: BTreeSet<_> = old
        .symmetric_difference(&new)
        .map(|(area, category, _)| (area.clone(), category.clone()))
        .collect();
    for (area, category) in &places {
        let category = Some(category.clone()).filter(|category| !category.is_empty());
        changes.push(change("note", Some(area), category));
    }
    changes
}

/// Counts that are far from those of the extract before.
fn jumps(checked: &Checked, previous: &Content) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for row in &checked.content.counts {
        let same = |other: &&super::model::Count| other.area == row.area && other.target_group == row.target_group;
        let before = previous.counts.iter().find(same).and_then(|row| row.count);
        let (Some(before), Some(after)) = (before, row.count) else {
            continue;
        };
        if !rules::is_jump(before, after) {
            continue;
        }
        let place = checked
            .places
            .get(&("count", row.area.clone(), row.target_group.clone()));
        warnings.push(Warning {
            pointer: pointer(place),
            line: cell(place).0,
            column: cell(place).1,
            code: "jump".to_owned(),
            detail: format!(
                "{} in {}: {before} in the extract before, {after} now.",
                row.target_group, row.area
            ),
            detail_da: format!(
                "{} i {}: {before} i forrige udtræk, {after} nu.",
                row.target_group, row.area
            ),
        });
    }
    warnings
}

fn pointer(place: Option<&At>) -> Option<String> {
    match place {
        Some(At::Pointer(pointer)) => Some(pointer.clone()),
        _ => None,
    }
}

fn cell(place: Option<&At>) -> (Option<u64>, Option<usize>) {
    match place {
        Some(At::Cell { line, column }) => (Some(*line), *column),
        _ => (None, None),
    }
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
        totals: rules::totals(&content),
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

/// The content as JSON, and its hash. Equal content has equal JSON.
fn canonical(content: &Content) -> Result<(String, String), Problem> {
    let json = json(content)?;
    let hash = Sha256::digest(json.as_bytes());
    Ok((json, hash.iter().map(|byte| format!("{byte:02x}")).collect()))
}
