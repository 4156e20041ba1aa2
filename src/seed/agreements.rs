//! Loads the agreements as they were signed: version 1 of each, in force from its printed first day; and the milestones.

use anyhow::{Context, bail};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::Deserialize;
use serde_json::{Value, json};

use super::missing::add_missing;
use super::{Source, in_words};
use crate::agreements::model::WrittenVersion;
use crate::agreements::{read, store};
use crate::entities::{agreement, focus_area, milestone, plan};
use crate::problem::Problem;
use crate::record::{Actor, Clock, Deed, Stamp};
use crate::reference::STEP;
use crate::web::json;

/// The code of the strategic agreement; every other agreement has its focus area's.
const STRATEGIC: &str = "strategisk";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreementFile {
    code: String,
    kind: String,
    focus_area: Option<String>,
    name: String,
    name_en: String,
    note: Option<String>,
    source: String,
    version: VersionFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionFile {
    effective_from: NaiveDate,
    note: Option<String>,
    source: String,
    /// The file of the goals or sub-goals, which are members of the content.
    terms: Option<String>,
    content: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MilestoneRow {
    code: String,
    name: String,
    name_en: String,
    due_on: NaiveDate,
    agreement: Option<String>,
    organisation: Option<String>,
    note: Option<String>,
    source: String,
}

/// Loads the agreements and milestones that are not there yet; says how many.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
) -> anyhow::Result<u64> {
    let mut loaded = 0;
    let missing = missing(transaction, plan, source).await?;
    if !missing.is_empty() {
        let stamp = tick(transaction, plan, "agreements").await?;
        for (position, code) in missing {
            load_agreement(transaction, plan, source, &code, position, stamp).await?;
            loaded += 1;
        }
    }
    if source.has("milestones.csv") {
        let rows: Vec<MilestoneRow> = source.rows("milestones.csv")?;
        let added = add_milestones(transaction, plan, rows).await?;
        if added > 0 {
            tick(transaction, plan, "milestones").await?;
        }
        loaded += added;
    }
    Ok(loaded)
}

async fn tick(transaction: &DatabaseTransaction, plan: &plan::Model, target: &str) -> anyhow::Result<Stamp> {
    let clock = Clock::lock(transaction, plan.id).await?;
    let deed = Deed {
        actor: Actor::operator(),
        operation: "seed",
        target: target.to_owned(),
    };
    Ok(clock.tick(transaction, deed).await?)
}

/// The codes of the agreements that have a file and no row, with their positions: the strategic one, then the focus areas
/// in their order.
async fn missing(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
) -> anyhow::Result<Vec<(i32, String)>> {
    let focus_areas = focus_area::Entity::find()
        .filter(focus_area::Column::PlanId.eq(plan.id))
        .order_by_asc(focus_area::Column::Position)
        .all(transaction)
        .await?;
    let codes = std::iter::once(STRATEGIC.to_owned()).chain(focus_areas.into_iter().map(|row| row.code));
    let mut missing = Vec::new();
    let mut position = 0;
    for code in codes {
        position += STEP;
        let is_known = agreement::Entity::find_by_id((plan.id, code.clone()))
            .one(transaction)
            .await?
            .is_some();
        if !is_known && source.has(&file_name(&code)) {
            missing.push((position, code));
        }
    }
    Ok(missing)
}

fn file_name(code: &str) -> String {
    format!("agreements/{code}.json")
}

async fn load_agreement(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
    code: &str,
    position: i32,
    stamp: Stamp,
) -> anyhow::Result<()> {
    let name = file_name(code);
    let file: AgreementFile =
        serde_json::from_slice(&source.read(&name)?).with_context(|| format!("{name} cannot be used"))?;
    if file.code != code {
        bail!("{name} is of '{}'", file.code);
    }
    let row = agreement::ActiveModel {
        plan_id: Set(plan.id),
        code: Set(file.code),
        position: Set(position),
        kind: Set(file.kind),
        focus_area: Set(file.focus_area),
        name: Set(file.name),
        name_en: Set(file.name_en),
        last_version: Set(0),
        note: Set(file.note),
        source: Set(file.source),
    };
    let row = agreement::Entity::insert(row).exec_with_returning(transaction).await?;
    let from = file.version.effective_from;
    let written = written(transaction, plan, &row, file.version, source)
        .await
        .with_context(|| format!("{name} cannot be used"))?;
    let draft = store::insert_draft(transaction, &row, &written, "operator", stamp)
        .await
        .map_err(in_words)?;
    store::put_in_force(transaction, plan, code, draft.version, from, stamp)
        .await
        .map_err(in_words)?;
    Ok(())
}

/// The draft that a client would have sent, read by the same rules.
async fn written(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    agreement: &agreement::Model,
    file: VersionFile,
    source: &Source,
) -> anyhow::Result<WrittenVersion> {
    let mut content = file.content;
    if let (Some(name), Some(content)) = (&file.terms, content.as_object_mut()) {
        let terms: Value =
            serde_json::from_slice(&source.read(name)?).with_context(|| format!("{name} cannot be used"))?;
        let members = terms.as_object().with_context(|| format!("{name} is no object"))?;
        content.extend(members.clone());
    }
    let body =
        json!({"effective_from": file.effective_from, "note": file.note, "source": file.source, "content": content});
    let node = json::parse(&serde_json::to_vec(&body)?).map_err(in_words)?;
    let catalogue = store::catalogue(transaction, plan, agreement).await.map_err(in_words)?;
    let mut errors = Vec::new();
    let draft = read::draft(&node, true, &catalogue, &mut errors);
    let Some((draft, content)) = draft.and_then(|draft| Some((draft.clone(), draft.content?))) else {
        return Err(in_words(Problem::invalid_content(errors)));
    };
    Ok(WrittenVersion {
        base: draft.base,
        effective_from: draft.effective_from,
        note: draft.note,
        source: draft.source,
        content,
    })
}

async fn add_milestones(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    rows: Vec<MilestoneRow>,
) -> anyhow::Result<u64> {
    add_missing(
        transaction,
        plan.id,
        rows,
        |row| &row.code,
        |position, row| milestone::ActiveModel {
            plan_id: Set(plan.id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            due_on: Set(row.due_on),
            reached_on: Set(None),
            agreement: Set(row.agreement),
            organisation: Set(row.organisation),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await
}
