//! Storing releases.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::cube::Definition;
use super::super::prove::{Made, StandsOn};
use super::super::rules::{EDITION, Reader, Subject};
use super::super::seal::sealed;
use super::figures;
use crate::disclosure::{Counts, Kinship, PartCounts, Published};
use crate::entities::release::{self, Column};
use crate::entities::release_proof;
use crate::problem::Problem;
use crate::record::{Clock, Deed, Stamp, Taken};
use crate::words::Word;

/// What a release stands on, as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredStandsOn {
    /// Releases that its audience held already.
    pub(super) earlier: Vec<(Uuid, Kinship)>,
    /// Releases of the same figures to audiences that see more.
    pub(super) wider: Vec<Uuid>,
}

/// What all releases of one proof have in common.
pub(super) struct Edition<'a> {
    /// What they show.
    pub(super) subject: Subject,
    /// Of when.
    pub(super) period: &'a str,
    /// What their tables are made of.
    pub(super) definition: &'a Definition,
    /// The figures that they freeze.
    pub(super) counts: &'a Counts,
    /// The parts that they freeze; none of extracts.
    pub(super) parts: Option<&'a PartCounts>,
    /// Why they are made.
    pub(super) reason: Option<&'a str>,
}

/// Stores releases that were proven, with their proofs, as one write whose entry in the audit log carries their seal. The rows come
/// back in their order.
pub(super) async fn insert(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    edition: &Edition<'_>,
    made: &[Made],
    (taken, deed): (Taken, Deed<'_>),
) -> Result<Vec<release::Model>, Problem> {
    let mut rows = Vec::new();
    let mut proofs = Vec::new();
    for one in made {
        let number = next_number(transaction, plan_id, edition, &one.reader).await?;
        rows.push(row(plan_id, edition, one, number, taken.stamp())?);
        proofs.push(proof(plan_id, edition, one)?);
    }
    taken.write(transaction, sealed_deed(deed, &rows)).await?;
    for (row, proof) in rows.iter().zip(proofs) {
        release::Entity::insert(release::ActiveModel::from(row.clone()))
            .exec_without_returning(transaction)
            .await?;
        release_proof::Entity::insert(proof)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(rows)
}

/// A deed that says what it stored.
fn sealed_deed<'a>(deed: Deed<'a>, rows: &[release::Model]) -> Deed<'a> {
    Deed {
        target: sealed(&deed.target, rows),
        ..deed
    }
}

fn row(plan_id: i32, edition: &Edition<'_>, made: &Made, number: i32, stamp: Stamp) -> Result<release::Model, Problem> {
    Ok(release::Model {
        plan_id,
        id: made.id,
        subject: edition.subject.code().to_owned(),
        period: edition.period.to_owned(),
        audience: made.reader.audience().code().to_owned(),
        organisation: made.reader.organisation().map(str::to_owned),
        organisation_key: made.reader.organisation().unwrap_or_default().to_owned(),
        number,
        threshold: i32::try_from(made.threshold.get()).ok(),
        rules: EDITION.to_owned(),
        definition: json(edition.definition)?,
        published: json(&made.published)?,
        parts: made.parts.as_ref().map(json).transpose()?,
        citation: None,
        reason: edition.reason.map(str::to_owned),
        seq: stamp.seq,
        released_at: stamp.at,
    })
}

fn proof(plan_id: i32, edition: &Edition<'_>, made: &Made) -> Result<release_proof::ActiveModel, Problem> {
    let StandsOn { earlier, wider } = made.stands_on.clone();
    Ok(release_proof::ActiveModel {
        plan_id: Set(plan_id),
        release: Set(made.id),
        counts: Set(json(edition.counts)?),
        known: Set(json(&made.known)?),
        stands_on: Set(json(&StoredStandsOn { earlier, wider })?),
        certificate: Set(json(&made.certificate)?),
        parts: Set(edition.parts.map(json).transpose()?),
    })
}

async fn next_number(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    edition: &Edition<'_>,
    reader: &Reader,
) -> Result<i32, Problem> {
    let last: Option<Option<i32>> = release::Entity::find()
        .select_only()
        .column_as(Column::Number.max(), "last")
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Subject.eq(edition.subject.code()))
        .filter(Column::Period.eq(edition.period))
        .filter(super::to(std::slice::from_ref(reader)))
        .into_tuple()
        .one(transaction)
        .await?;
    Ok(last.flatten().unwrap_or(0) + 1)
}

/// Says that the current extract of a date has been published before, in full and elsewhere: it is shown to everybody as it
/// stands now, and stays so. Nothing happens where something of that date is released already; whether it did is said.
///
/// # Errors
/// There is no extract of that date, or it has gaps.
pub async fn publish_in_full(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    period: &str,
    citation: &str,
    deed: Deed<'_>,
) -> Result<bool, Problem> {
    let subject = Subject::Kendskabsgrad;
    if super::current(transaction, plan_id, subject, period, &Reader::Public, None)
        .await?
        .is_some()
    {
        return Ok(false);
    }
    let (definition, cube, counts) = figures::extract(transaction, plan_id, period).await?;
    let taken = Clock::lock(transaction, plan_id).await?.take(transaction).await?;
    let stamp = taken.stamp();
    let row = release::Model {
        plan_id,
        id: Uuid::now_v7(),
        subject: subject.code().to_owned(),
        period: period.to_owned(),
        audience: Reader::Public.audience().code().to_owned(),
        organisation: None,
        organisation_key: String::new(),
        number: 1,
        threshold: None,
        rules: EDITION.to_owned(),
        definition: json(&definition)?,
        published: json(&Published::mask(cube.shape(), &counts, |_| false))?,
        parts: None,
        citation: Some(citation.to_owned()),
        reason: None,
        seq: stamp.seq,
        released_at: stamp.at,
    };
    taken
        .write(transaction, sealed_deed(deed, std::slice::from_ref(&row)))
        .await?;
    release::Entity::insert(release::ActiveModel::from(row))
        .exec_without_returning(transaction)
        .await?;
    Ok(true)
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "a release cannot be stored as JSON");
        Problem::internal()
    })
}
