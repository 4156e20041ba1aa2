//! Checking again what was released: from what is published alone, and by the certificate.

pub use super::verdict::{Standing, Verdict};

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::prove::{Held, check_again, check_parts_again};
use super::super::rules::{Reader, Subject};
use super::labels::{Vouched, labels};
use super::publish::StoredStandsOn;
use super::recount::Recount;
use super::{Shelf, figures, unreadable};
use crate::disclosure::{CellId, Certificate, FrozenParts, Kinship, Published, Threshold, audit, audit_parts};
use crate::entities::{release, release_proof};
use crate::problem::Problem;
use crate::words::Word;

/// Every release of a plan, the oldest first.
pub async fn releases(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<Uuid>, Problem> {
    Ok(release::Entity::find()
        .select_only()
        .column(release::Column::Id)
        .filter(release::Column::PlanId.eq(plan_id))
        .order_by_asc(release::Column::Seq)
        .order_by_asc(release::Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

/// Checks one release again. Slow: it solves linear programs.
pub async fn check_release(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<Verdict, Problem> {
    let shelf = Shelf::open(super::find(db, plan_id, id, None).await?)?;
    let proof = release_proof::Entity::find_by_id((plan_id, id)).one(db).await?;
    let before = before(db, plan_id, &shelf.row).await?;
    let mut verdict = Verdict {
        release: name(&shelf.row),
        cells: super::shown_and_hidden(&shelf.published),
        wrong: Vec::new(),
        unchecked: Vec::new(),
    };
    let vouched = labels(db, &shelf, &before, &mut verdict).await?;
    alone(&shelf, &before, &mut verdict.wrong)?;
    recounted(db, &shelf, proof.as_ref(), vouched, &mut verdict).await?;
    match proof {
        Some(proof) => proven(db, plan_id, &shelf, &proof, &mut verdict.wrong).await?,
        // What was published elsewhere before needs none. That is an extract: a quarter is published here alone.
        None if shelf.row.citation.is_some() && Subject::find(&shelf.row.subject) == Some(Subject::Kendskabsgrad) => {}
        None => verdict.find("there is no proof"),
    }
    Ok(verdict)
}

fn name(row: &release::Model) -> String {
    let whom = match &row.organisation {
        Some(organisation) => format!("{} {organisation}", row.audience),
        None => row.audience.clone(),
    };
    format!("{} {} to {whom}, number {}", row.subject, row.period, row.number)
}

/// The releases to the same audience before this one.
async fn before(db: &impl ConnectionTrait, plan_id: i32, row: &release::Model) -> Result<Vec<Shelf>, Problem> {
    let rows = release::Entity::find()
        .filter(release::Column::PlanId.eq(plan_id))
        .filter(release::Column::Subject.eq(&row.subject))
        .filter(release::Column::Period.eq(&row.period))
        .filter(release::Column::Audience.eq(&row.audience))
        .filter(release::Column::OrganisationKey.eq(&row.organisation_key))
        .filter(release::Column::Number.lt(row.number))
        .all(db)
        .await?;
    rows.into_iter().map(Shelf::open).collect()
}

/// What is published and what was frozen, against what had been reported.
async fn recounted(
    db: &impl ConnectionTrait,
    shelf: &Shelf,
    proof: Option<&release_proof::Model>,
    vouched: Vouched,
    verdict: &mut Verdict,
) -> Result<(), Problem> {
    let definition = super::definition(&shelf.row)?;
    let recount = Recount::of(db, &shelf.row, &definition, &shelf.cube).await?;
    let held = proof.map(|proof| figures::one(&shelf.row, proof)).transpose()?;
    let frozen = held.as_ref().map(|held| {
        let parts = held.parts.as_ref().map(|(_, counts)| counts);
        (&held.counts, parts)
    });
    if let Some(wrong) = recount.against(&shelf.cube, &shelf.published, frozen) {
        verdict.find(wrong);
    }
    // A seal vouches for the figures, other than those of one organisation.
    let is_sealed = vouched == Vouched::BySeal && shelf.row.organisation.is_none();
    if matches!(recount, Recount::Gone) && !is_sealed {
        verdict.leave_open("that its figures are those that had been reported: the reports have been deleted");
    }
    Ok(())
}

/// What is published, and nothing else.
fn alone(shelf: &Shelf, before: &[Shelf], wrong: &mut Vec<String>) -> Result<(), Problem> {
    let shape = shelf.cube.shape();
    let was_hidden = |cell: CellId| before.iter().any(|one| one.published.is_hidden(cell));
    let threshold = shelf.row.threshold.and_then(|threshold| u64::try_from(threshold).ok());
    let threshold = threshold.and_then(Threshold::new);
    // An organisation that reported is shown its own small counts.
    let rules = threshold.filter(|_| shelf.row.organisation.is_none());
    for cell in (0..shape.cells()).filter(|cell| was_hidden(*cell) && !shelf.published.is_hidden(*cell)) {
        wrong.push(format!("{} was hidden before", shape.key(cell)));
    }
    let findings = audit(shape, &shelf.published, rules, was_hidden);
    wrong.extend(
        findings
            .iter()
            .map(|finding| format!("from what is published: {finding}")),
    );
    if let Some(parts) = &shelf.parts {
        let earlier = before.iter().filter_map(|one| {
            Some(FrozenParts {
                wholes: one.cube.wholes(&one.published),
                published: one.parts.as_ref()?,
            })
        });
        let earlier: Vec<FrozenParts<'_>> = earlier.collect();
        let findings = audit_parts(&shelf.cube.wholes(&shelf.published), parts, rules, &earlier);
        wrong.extend(
            findings
                .iter()
                .map(|finding| format!("from what is published: {finding}")),
        );
    }
    Ok(())
}

/// What is published, against its certificate and the figures that were frozen.
async fn proven(
    db: &impl ConnectionTrait,
    plan_id: i32,
    shelf: &Shelf,
    proof: &release_proof::Model,
    wrong: &mut Vec<String>,
) -> Result<(), Problem> {
    let row = &shelf.row;
    let stands_on: StoredStandsOn = serde_json::from_str(&proof.stands_on).map_err(|error| unreadable(row, &error))?;
    let certificate: Certificate = serde_json::from_str(&proof.certificate).map_err(|error| unreadable(row, &error))?;
    let own = figures::one(row, proof)?;
    let ids = stands_on
        .earlier
        .iter()
        .map(|(id, _)| *id)
        .chain(stands_on.wider.iter().copied());
    let others = others(db, plan_id, ids.collect()).await?;
    let earlier: Option<Vec<(&Held, Kinship)>> = stands_on
        .earlier
        .iter()
        .map(|(id, kinship)| Some((others.get(id)?, *kinship)))
        .collect();
    let wider: Option<Vec<&Held>> = stands_on.wider.iter().map(|id| others.get(id)).collect();
    let (Some(earlier), Some(wider)) = (earlier, wider) else {
        wrong.push("a release that it stands on is not there".to_owned());
        return Ok(());
    };
    if own.reader == Reader::Public && wider.is_empty() && row.subject == "participation" {
        wrong.push("it stands on no release to the parties".to_owned());
    }
    if own.parts.is_none() && (row.parts.is_some() || proof.parts.is_some()) {
        wrong.push("newcomers and outcomes have no proof, or the proof has no release".to_owned());
    }
    if !check_parts_again(&shelf.cube, &own, &earlier, &wider) {
        wrong.push("newcomers and outcomes are not shown as the rules say".to_owned());
    }
    let cells: Vec<&Published> = wider.iter().map(|held| &held.published).collect();
    match check_again(&shelf.cube, &own, &certificate, &earlier, &cells) {
        Ok(Ok(())) => {}
        Ok(Err(violation)) => wrong.push(format!("by the certificate: {violation}")),
        Err(error) => wrong.push(format!("by the certificate: {error}")),
    }
    Ok(())
}

async fn others(db: &impl ConnectionTrait, plan_id: i32, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Held>, Problem> {
    let rows = release::Entity::find()
        .filter(release::Column::PlanId.eq(plan_id))
        .filter(release::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let proofs = release_proof::Entity::find()
        .filter(release_proof::Column::PlanId.eq(plan_id))
        .filter(release_proof::Column::Release.is_in(ids))
        .all(db)
        .await?;
    let mut others = BTreeMap::new();
    for proof in &proofs {
        if let Some(row) = rows.iter().find(|row| row.id == proof.release) {
            others.insert(row.id, figures::one(row, proof)?);
        }
    }
    Ok(others)
}
