//! The age bands and genders that participants are counted by.

use sea_orm::{DatabaseTransaction, Set};
use serde::Deserialize;

use super::Source;
use super::missing::add_missing;
use crate::entities::{age_band, gender};

const AGE_BANDS: &str = "age-bands.csv";
const GENDERS: &str = "genders.csv";

/// Loads those that are not there yet; says how many. A folder that says nothing of them gets those of the Fredericia plan,
/// which are the service's own.
pub(super) async fn load(transaction: &DatabaseTransaction, plan_id: i32, source: &Source) -> anyhow::Result<u64> {
    let of = |name| if source.has(name) { source } else { &Source::Fredericia };
    let age_bands: Vec<AgeBandRow> = of(AGE_BANDS).rows(AGE_BANDS)?;
    let genders: Vec<GenderRow> = of(GENDERS).rows(GENDERS)?;
    let mut rows = add_missing(
        transaction,
        plan_id,
        age_bands,
        |row| &row.code,
        |position, row| age_band::ActiveModel {
            plan_id: Set(plan_id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            age_from: Set(row.age_from),
            age_to: Set(row.age_to),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    rows += add_missing(
        transaction,
        plan_id,
        genders,
        |row| &row.code,
        |position, row| gender::ActiveModel {
            plan_id: Set(plan_id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    Ok(rows)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgeBandRow {
    code: String,
    name: String,
    name_en: String,
    age_from: i16,
    age_to: Option<i16>,
    note: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenderRow {
    code: String,
    name: String,
    name_en: String,
    note: Option<String>,
    source: String,
}
