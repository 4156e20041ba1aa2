//! Writing versions.
//!
//! [`put_in_force`] is the only way in which a version takes force. It works inside the transaction of whoever decides it,
//! so that decision and effect happen together.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};

use super::super::model::{VersionState, WrittenVersion};
use super::super::rules::check::{Parts, check, check_terms};
use super::super::rules::content::{Content, Period};
use super::{agreement as find_agreement, catalogue, content, latest_in_force, version};
use crate::entities::{agreement, agreement_version, plan};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::Stamp;

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
    let row = version(transaction, plan.id, code, number).await?;
    if row.seq_in_force.is_some() && row.effective_from == Some(from) {
        return Ok(false);
    }
    require_draft(&row)?;
    let errors = refusals(transaction, plan, &row, Some(from)).await?;
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

/// What keeps a draft from taking force from a day on, as things are: each reason at its place in the version, or at the
/// parameter `from`. Where nobody knows the day, it is not judged.
pub async fn refusals(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    row: &agreement_version::Model,
    from: Option<NaiveDate>,
) -> Result<Vec<FieldError>, Problem> {
    let agreement = find_agreement(db, plan.id, &row.agreement).await?;
    let content = content(row)?;
    let latest = latest_in_force(db, plan.id, &row.agreement).await?;
    let mut errors = Vec::new();
    fits(row, &content, latest.as_ref(), from, &mut errors);
    let catalogue = catalogue(db, plan, &agreement).await?;
    let parts = Parts::of(&content, &At::Pointer("/content".to_owned()));
    check(&parts, &catalogue, &mut errors);
    check_terms(&parts, &catalogue.terms, &mut errors);
    Ok(errors)
}

/// Whether the draft follows what is in force.
fn fits(
    row: &agreement_version::Model,
    content: &Content,
    latest: Option<&agreement_version::Model>,
    from: Option<NaiveDate>,
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
    let Some(from) = from else { return };
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
    errors.extend(too_early(latest, from, At::Parameter("from".into())));
}

/// What is wrong, at `at`, with a day before the one from which the version holds that took force last.
pub fn too_early(latest: Option<&agreement_version::Model>, from: NaiveDate, at: At) -> Option<FieldError> {
    let day = latest
        .and_then(|latest| latest.effective_from)
        .filter(|day| from < *day)?;
    Some(FieldError::new(
        at,
        "before_predecessor",
        format!("The version that took force last holds from {day}; this one cannot hold from an earlier day."),
        format!("Den version, der trådte i kraft senest, gælder fra {day}; denne kan ikke gælde fra en tidligere dag."),
    ))
}
