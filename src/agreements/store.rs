//! Finding agreements and versions of them, and writing versions.
//!
//! [`put_in_force`] is the only way in which a version takes force. It works inside the transaction of whoever decides it,
//! so that decision and effect happen together.

use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::Deserialize;

use super::model::{VersionState, WrittenVersion};
use super::rules::check::{Catalogue, Kind, Parts, check, check_terms};
use super::rules::content::{Content, Period};
use super::rules::force::{self, Span, Taken};
use crate::areas;
use crate::db::Window;
use crate::entities::{agreement, agreement_version, focus_area, indicator, organisation, plan};
use crate::goals::terms::{self, IndicatorTerms};
use crate::indicators;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::Stamp;

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

/// What the content of an agreement may name.
pub async fn catalogue(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    agreement: &agreement::Model,
) -> Result<Catalogue, Problem> {
    let kind = Kind::of(&agreement.kind).ok_or_else(|| {
        tracing::error!(
            agreement = agreement.code,
            kind = agreement.kind,
            "an agreement has an unknown kind"
        );
        Problem::internal()
    })?;
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan.id))
        .filter(organisation::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    let focus_areas = focus_area::Entity::find()
        .filter(focus_area::Column::PlanId.eq(plan.id))
        .filter(focus_area::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    Ok(Catalogue {
        kind,
        organisations: organisations.into_iter().map(|row| row.code).collect(),
        focus_areas: focus_areas.into_iter().map(|row| row.code).collect(),
        goals: strategic_goals(db, plan.id).await?,
        terms: terms(db, plan).await?,
    })
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

async fn strategic_goals(db: &impl ConnectionTrait, plan_id: i32) -> Result<Option<HashSet<String>>, Problem> {
    let Some(strategic) = strategic(db, plan_id).await? else {
        return Ok(None);
    };
    let Some(row) = latest_in_force(db, plan_id, &strategic.code).await? else {
        return Ok(None);
    };
    let goals = content(&row)?.goals;
    Ok(Some(goals.into_iter().map(|goal| goal.code).collect()))
}

async fn terms(db: &impl ConnectionTrait, plan: &plan::Model) -> Result<terms::Catalogue, Problem> {
    let areas = areas::store::all_areas(db, plan.id).await?;
    let indicators = indicator::Entity::find()
        .filter(indicator::Column::PlanId.eq(plan.id))
        .filter(indicator::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    let categories = indicators::store::categories(db, plan.id).await?;
    Ok(terms::Catalogue {
        areas: areas
            .into_iter()
            .filter(|area| area.archived_at.is_none())
            .map(|area| area.code)
            .collect(),
        indicators: indicators
            .into_iter()
            .map(|row| {
                let terms = IndicatorTerms {
                    is_percent: row.unit == "percent",
                    is_down: row.direction == "down",
                    has_target_groups: row.categories == "target_group",
                };
                (row.code, terms)
            })
            .collect(),
        categories: categories.into_keys().collect(),
        starts_on: plan.starts_on,
        ends_on: plan.ends_on,
    })
}

/// Writes a new draft under the next number.
pub async fn insert_draft(
    transaction: &DatabaseTransaction,
    agreement: &agreement::Model,
    written: &WrittenVersion,
    subject: &str,
    stamp: Stamp,
) -> Result<agreement_version::Model, Problem> {
    let version = agreement.last_version + 1;
    let mut counter = agreement.clone().into_active_model();
    counter.last_version = Set(version);
    counter.update(transaction).await?;
    let row = agreement_version::ActiveModel {
        plan_id: Set(agreement.plan_id),
        agreement: Set(agreement.code.clone()),
        version: Set(version),
        state: Set(VersionState::Draft.code().to_owned()),
        base: Set(written.base),
        effective_from: Set(written.effective_from),
        content: Set(as_text(&written.content)?),
        note: Set(written.note.clone()),
        source: Set(written.source.clone()),
        subject: Set(subject.to_owned()),
        seq_created: Set(stamp.seq),
        created_at: Set(stamp.at),
        seq_changed: Set(stamp.seq),
        changed_at: Set(stamp.at),
        seq_in_force: Set(None),
        in_force_at: Set(None),
    };
    Ok(row.insert(transaction).await?)
}

fn as_text(content: &Content) -> Result<String, Problem> {
    serde_json::to_string(content).map_err(|error| {
        tracing::error!(%error, "a content cannot be written");
        Problem::internal()
    })
}

/// Writes a draft anew.
pub async fn update_draft(
    transaction: &DatabaseTransaction,
    row: agreement_version::Model,
    written: &WrittenVersion,
    stamp: Stamp,
) -> Result<agreement_version::Model, Problem> {
    let mut row = row.into_active_model();
    row.base = Set(written.base);
    row.effective_from = Set(written.effective_from);
    row.content = Set(as_text(&written.content)?);
    row.note = Set(written.note.clone());
    row.source = Set(written.source.clone());
    row.seq_changed = Set(stamp.seq);
    row.changed_at = Set(stamp.at);
    Ok(row.update(transaction).await?)
}

/// Throws a draft away. Its number is not given out again.
pub async fn delete_draft(transaction: &DatabaseTransaction, row: &agreement_version::Model) -> Result<(), Problem> {
    agreement_version::Entity::delete_by_id((row.plan_id, row.agreement.clone(), row.version))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Refuses to change a version that has taken force: 409.
pub fn require_draft(row: &agreement_version::Model) -> Result<(), Problem> {
    match VersionState::of(row) {
        VersionState::Draft => Ok(()),
        VersionState::InForce => Err(Problem::new(
            ProblemKind::StateConflict,
            "The version has taken force, and what is in force is never changed. Write a new draft from it.",
            "Versionen er trådt i kraft, og det, der gælder, ændres aldrig. Skriv et nyt udkast ud fra den.",
        )),
    }
}

/// Puts a draft in force from a day on, under `stamp`, inside the transaction of whoever decides it.
///
/// Happens once: a version that is in force from that day already is left as it is, and the answer is `false`. 409, with
/// every reason, where the draft does not fit any more: another version took force since its base, the day lies outside
/// its own period or before the first day of the version that it follows, or it names what the plan no longer has.
pub async fn put_in_force(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    code: &str,
    number: i32,
    from: NaiveDate,
    stamp: Stamp,
) -> Result<bool, Problem> {
    let agreement = agreement(transaction, plan.id, code).await?;
    let row = version(transaction, plan.id, code, number).await?;
    if row.seq_in_force.is_some() && row.effective_from == Some(from) {
        return Ok(false);
    }
    require_draft(&row)?;
    let content = content(&row)?;
    let latest = latest_in_force(transaction, plan.id, code).await?;
    let mut errors = Vec::new();
    fits(&row, &content, latest.as_ref(), from, &mut errors);
    let catalogue = catalogue(transaction, plan, &agreement).await?;
    let parts = Parts::of(&content, &At::Pointer("/content".to_owned()));
    check(&parts, &catalogue, &mut errors);
    check_terms(&parts, &catalogue.terms, &mut errors);
    if !errors.is_empty() {
        return Err(Problem::with_errors(ProblemKind::StateConflict, errors));
    }
    let mut row = row.into_active_model();
    row.state = Set(VersionState::InForce.code().to_owned());
    row.effective_from = Set(Some(from));
    row.seq_in_force = Set(Some(stamp.seq));
    row.in_force_at = Set(Some(stamp.at));
    row.seq_changed = Set(stamp.seq);
    row.changed_at = Set(stamp.at);
    row.update(transaction).await?;
    Ok(true)
}

/// Whether the draft follows what is in force.
fn fits(
    row: &agreement_version::Model,
    content: &Content,
    latest: Option<&agreement_version::Model>,
    from: NaiveDate,
    errors: &mut Vec<FieldError>,
) {
    let latest_number = latest.map(|latest| latest.version);
    if row.base != latest_number {
        let name = |version: Option<i32>| version.map_or_else(|| "–".to_owned(), |version| version.to_string());
        let (base, latest) = (name(row.base), name(latest_number));
        errors.push(FieldError::new(
            At::Pointer("/base".to_owned()),
            "stale_base",
            format!("The draft was written from version {base}, and version {latest} took force last: hold it against that."),
            format!("Udkastet er skrevet ud fra version {base}, og version {latest} trådte i kraft senest: hold det op mod den."),
        ));
    }
    let Period {
        from: first, to: last, ..
    } = content.period;
    if from < first || from > last {
        errors.push(FieldError::new(
            At::Parameter("from".into()),
            "outside_period",
            format!("{from} lies outside the version's own period, {first} to {last}."),
            format!("{from} ligger uden for versionens egen periode, {first} til {last}."),
        ));
    }
    if let Some(day) = latest.and_then(|latest| latest.effective_from)
        && from < day
    {
        errors.push(FieldError::new(
            At::Parameter("from".into()),
            "before_predecessor",
            format!("The version that took force last holds from {day}; this one cannot hold from an earlier day."),
            format!(
                "Den version, der trådte i kraft senest, gælder fra {day}; denne kan ikke gælde fra en tidligere dag."
            ),
        ));
    }
}
