//! The exact figures, and what was released of them before: what a release is made from. Nothing here answers a reader.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::cube::{Cube, Definition, GroupCount, TargetGroups};
use super::super::prove::{Ground, Held};
use super::super::rules::{self, Knowledge, PARTS, ParticipationMeasure, Subject};
use super::make::{Order, conflict, uncounted};
use super::{Shelf, definition};
use crate::disclosure::{CountError, Counts, PartCounts, Plan, PlanDefinition, Record, Threshold};
use crate::entities::{activity, age_band, gender, organisation, participation_count, release, release_proof};
use crate::kendskabsgrad;
use crate::kendskabsgrad::store::Which;
use crate::participation;
use crate::period::Period;
use crate::problem::{FieldError, Problem};
use crate::record::NOW;
use crate::words::Word;

/// The figures of a quarter.
pub(super) async fn quarter(
    db: &impl ConnectionTrait,
    plan_id: i32,
    order: &Order,
) -> Result<(Definition, Cube, Ground), Problem> {
    let period: Period = order.period.parse().map_err(|_| Problem::internal())?;
    let held = held(db, plan_id, Subject::Participation, &order.period).await?;
    let rows = participation::store::quarter(db, plan_id, period, NOW).await?;
    if rows.is_empty() && held.rows.is_empty() {
        return Err(conflict(vec![FieldError::new(
            order.at.clone(),
            "nothing_reported",
            format!("Nothing is reported for {}.", order.period),
            format!("Der er ikke indberettet noget for {}.", order.period),
        )]));
    }
    let definition = match held.rows.first() {
        Some(first) => definition(first)?,
        None => Definition::Participation(tables_of(db, plan_id, period).await?),
    };
    let cube = Cube::new(&definition).map_err(|error| {
        tracing::error!(%error, "a quarter has no tables");
        Problem::internal()
    })?;
    let Cube::Participation(plan) = &cube else {
        return Err(Problem::internal());
    };
    let (counts, parts) = count(plan, &rows).map_err(|error| uncounted(order, &error))?;
    let knowledge = known_so_far(knowledge(db, plan_id, &order.period).await?, &held.held);
    let ground = Ground {
        counts,
        parts: Some(parts),
        knowledge,
        held: held.held,
    };
    Ok((definition, cube, ground))
}

/// How many of each activity are newcomers, and went on to what.
fn parts(activities: &[String], rows: &[(String, participation_count::Model)]) -> PartCounts {
    let mut parts = PartCounts::zero(&PARTS.map(Word::code), activities.len());
    for (activity, row) in rows {
        let numbers = PARTS.map(|part| u64::try_from(number(row, part)).unwrap_or(0));
        if let Some(at) = activities.iter().position(|code| code == activity) {
            parts.add(at, &numbers);
        }
    }
    parts
}

fn number(row: &participation_count::Model, measure: ParticipationMeasure) -> i32 {
    match measure {
        ParticipationMeasure::Participants => row.participants,
        ParticipationMeasure::Newcomers => row.newcomers,
        ParticipationMeasure::ToEducation => row.to_education,
        ParticipationMeasure::ToJob => row.to_job,
        ParticipationMeasure::ToLeisureJob => row.to_leisure_job,
        ParticipationMeasure::ToAssociation => row.to_association,
    }
}

/// How many people each leaf holds, and how many are in each part of an activity.
pub(super) fn count(
    plan: &Plan,
    rows: &[(String, participation_count::Model)],
) -> Result<(Counts, PartCounts), CountError> {
    let records = rows.iter().map(|(activity, row)| Record {
        area: &row.residence,
        activity,
        age_band: &row.age_band,
        gender: &row.gender,
        participants: u64::try_from(row.participants).unwrap_or(0),
        parts: &[],
    });
    Ok((plan.count(records)?, parts(&plan.definition().activities, rows)))
}

/// Whoever knew something when it was released to knows it still.
fn known_so_far(mut knowledge: Knowledge, held: &[Held]) -> Knowledge {
    for (organisation, known) in held
        .iter()
        .filter_map(|held| Some((held.reader.organisation()?, &held.known)))
    {
        let activities = knowledge.entry(organisation.to_owned()).or_default();
        activities.extend(known.iter().cloned());
        activities.sort_unstable();
        activities.dedup();
    }
    knowledge
}

/// The tables of a quarter of which nothing was released yet: all that the plan has.
async fn tables_of(db: &impl ConnectionTrait, plan_id: i32, period: Period) -> Result<PlanDefinition, Problem> {
    let zones = participation::store::residences(db, plan_id, period.end()).await?;
    let activities: Vec<String> = activity::Entity::find()
        .select_only()
        .column(activity::Column::Code)
        .filter(activity::Column::PlanId.eq(plan_id))
        .order_by_asc(activity::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let age_bands: Vec<String> = age_band::Entity::find()
        .select_only()
        .column(age_band::Column::Code)
        .filter(age_band::Column::PlanId.eq(plan_id))
        .order_by_asc(age_band::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let genders: Vec<String> = gender::Entity::find()
        .select_only()
        .column(gender::Column::Code)
        .filter(gender::Column::PlanId.eq(plan_id))
        .order_by_asc(gender::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let definition = PlanDefinition {
        zones,
        activities,
        age_bands,
        genders,
        parts: Vec::new(),
    };
    Ok(definition.with_everybody())
}

/// What each organisation knows exactly of a quarter's figures: what it, or a unit below it, reported in any revision.
pub(super) async fn knowledge(db: &impl ConnectionTrait, plan_id: i32, period: &str) -> Result<Knowledge, Problem> {
    let Ok(period) = period.parse::<Period>() else {
        return Ok(Knowledge::new());
    };
    let reporters = participation::store::reporters(db, plan_id, period).await?;
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let is_office = |row: &&organisation::Model| row.kind == "secretariat";
    let secretariats: Vec<String> = organisations
        .iter()
        .filter(is_office)
        .map(|row| row.code.clone())
        .collect();
    let parents: BTreeMap<String, Option<String>> =
        organisations.into_iter().map(|row| (row.code, row.parent)).collect();
    Ok(rules::knowledge(reporters, &parents, &secretariats))
}

/// The figures of an extract.
pub(super) async fn date(
    db: &impl ConnectionTrait,
    plan_id: i32,
    order: &Order,
) -> Result<(Definition, Cube, Ground), Problem> {
    let (mut definition, mut cube, mut counts) = extract(db, plan_id, &order.period).await?;
    let held = held(db, plan_id, Subject::Kendskabsgrad, &order.period).await?;
    if let Some(row) = held.rows.iter().find(|row| row.citation.is_some()) {
        let citation = row.citation.as_deref().unwrap_or_default();
        return Err(conflict(vec![FieldError::new(
            order.at.clone(),
            "published_before",
            format!(
                "The figures of {} had been published before ({citation}) and stay as they are.",
                order.period
            ),
            format!(
                "Tallene for {} er offentliggjort i forvejen ({citation}) og bliver stående.",
                order.period
            ),
        )]));
    }
    if let Some(first) = held.rows.first()
        && super::definition(first)? != definition
    {
        definition = super::definition(first)?;
        (cube, counts) = recount(db, plan_id, order, &definition).await?;
    }
    let ground = Ground {
        counts,
        parts: None,
        knowledge: Knowledge::new(),
        held: held.held,
    };
    Ok((definition, cube, ground))
}

/// The table of an extract, and its counts; 404 without one, 409 where it has gaps.
pub(super) async fn extract(
    db: &impl ConnectionTrait,
    plan_id: i32,
    date: &str,
) -> Result<(Definition, Cube, Counts), Problem> {
    let content = content(db, plan_id, date, NOW).await?;
    let mut groups: Vec<(String, Option<String>)> = Vec::new();
    let mut zones: Vec<String> = Vec::new();
    for row in &content.counts {
        if !groups.iter().any(|(group, _)| *group == row.target_group) {
            groups.push((row.target_group.clone(), None));
        }
        if !zones.contains(&row.area) {
            zones.push(row.area.clone());
        }
    }
    for (group, part) in &mut groups {
        let own = content.subsets.iter().filter(|row| row.target_group == *group);
        let parts: BTreeSet<&str> = own.clone().map(|row| row.subset.as_str()).collect();
        let is_whole = zones
            .iter()
            .all(|zone| own.clone().any(|row| row.area == *zone && row.count.is_some()));
        // Two parts of a group may have people in common, and no table says how many.
        if parts.len() == 1 && is_whole {
            *part = parts.first().map(|part| (*part).to_owned());
        }
    }
    let target_groups = TargetGroups { groups, zones };
    let definition = Definition::Kendskabsgrad(target_groups);
    let (cube, counts) = count_extract(&definition, &content, date)?;
    Ok((definition, cube, counts))
}

async fn recount(
    db: &impl ConnectionTrait,
    plan_id: i32,
    order: &Order,
    definition: &Definition,
) -> Result<(Cube, Counts), Problem> {
    let content = content(db, plan_id, &order.period, NOW).await?;
    count_extract(definition, &content, &order.period)
}

/// What an extract said at a number of the plan's sequence.
pub(super) async fn content(
    db: &impl ConnectionTrait,
    plan_id: i32,
    date: &str,
    seq: i64,
) -> Result<kendskabsgrad::store::Content, Problem> {
    let date = date.parse().map_err(|_| Problem::internal())?;
    let row = kendskabsgrad::store::find(db, plan_id, date, Which::At(seq)).await?;
    Ok(kendskabsgrad::store::view(row)?.content)
}

/// Its counts, in the table of a definition.
pub(super) fn count_extract(
    definition: &Definition,
    content: &kendskabsgrad::store::Content,
    date: &str,
) -> Result<(Cube, Counts), Problem> {
    let (Definition::Kendskabsgrad(target_groups), Ok(cube)) = (definition, Cube::new(definition)) else {
        tracing::error!(date, "an extract has no table");
        return Err(Problem::internal());
    };
    let mut people = Vec::new();
    for row in &content.counts {
        let Some(count) = row.count.and_then(|count| u64::try_from(count).ok()) else {
            return Err(gap(date));
        };
        let mut own = content.subsets.iter();
        let part = own.find(|part| part.area == row.area && part.target_group == row.target_group);
        people.push(GroupCount {
            group: &row.target_group,
            zone: &row.area,
            count,
            part: part
                .and_then(|part| part.count)
                .and_then(|count| u64::try_from(count).ok()),
        });
    }
    let counts = target_groups
        .count(cube.shape(), people)
        .map_err(|_| other_table(date))?;
    Ok((cube, counts))
}

fn gap(date: &str) -> Problem {
    state(
        "has_gaps",
        format!("The extract of {date} has counts that are missing; its sums would say what they are."),
        format!("Udtrækket for {date} mangler tal; summerne ville afsløre dem."),
    )
}

fn other_table(date: &str) -> Problem {
    state(
        "not_in_the_tables",
        format!("The extract of {date} has other target groups or zones than were released of it before."),
        format!("Udtrækket for {date} har andre målgrupper eller zoner, end der før er offentliggjort af det."),
    )
}

fn state(code: &'static str, en: String, da: String) -> Problem {
    let at = crate::problem::At::Pointer("/extracted_on".to_owned());
    conflict(vec![FieldError::new(at, code, en, da)])
}

/// What was released of a period, in that order.
pub(super) struct Releases {
    /// As it is stored.
    pub(super) rows: Vec<release::Model>,
    /// With the proofs; those that had been published before have none.
    pub(super) held: Vec<Held>,
}

/// What was released of a period before, with the secret part.
pub(super) async fn held(
    db: &impl ConnectionTrait,
    plan_id: i32,
    subject: Subject,
    period: &str,
) -> Result<Releases, Problem> {
    let rows = release::Entity::find()
        .filter(release::Column::PlanId.eq(plan_id))
        .filter(release::Column::Subject.eq(subject.code()))
        .filter(release::Column::Period.eq(period))
        .order_by_asc(release::Column::Seq)
        .order_by_asc(release::Column::Id)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let proofs = release_proof::Entity::find()
        .filter(release_proof::Column::PlanId.eq(plan_id))
        .filter(release_proof::Column::Release.is_in(ids))
        .all(db)
        .await?;
    let proofs: BTreeMap<Uuid, release_proof::Model> = proofs.into_iter().map(|proof| (proof.release, proof)).collect();
    let mut held = Vec::new();
    for row in &rows {
        if let Some(proof) = proofs.get(&row.id) {
            held.push(one(row, proof)?);
        }
    }
    Ok(Releases { rows, held })
}

/// A release with its secret part.
pub(super) fn one(row: &release::Model, proof: &release_proof::Model) -> Result<Held, Problem> {
    let threshold = row
        .threshold
        .and_then(|threshold| Threshold::new(u64::try_from(threshold).ok()?));
    let threshold = threshold.ok_or_else(|| super::unreadable(row, &"no threshold"))?;
    let reader = super::reader(row)?;
    let counts = serde_json::from_str(&proof.counts).map_err(|error| super::unreadable(row, &error))?;
    let known = serde_json::from_str(&proof.known).map_err(|error| super::unreadable(row, &error))?;
    let part_counts = proof.parts.as_deref().map(serde_json::from_str).transpose();
    let part_counts = part_counts.map_err(|error| super::unreadable(row, &error))?;
    Ok(Held {
        parts: Shelf::parts(row)?.zip(part_counts),
        id: row.id,
        reader,
        threshold,
        published: Shelf::values(row)?,
        counts,
        known,
    })
}
