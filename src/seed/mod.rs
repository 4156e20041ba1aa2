//! Loads a plan from files: reference data as CSV, extracts through the same code as a push.
//!
//! Loading again changes nothing: rows that are there stay as they are, also where somebody has changed them since, and a
//! date that has an extract keeps it. The files of the Fredericia plan are part of the program; `seeds/` describes them.

mod activities;
mod agreements;
mod bodies;
mod contingency;
mod criteria;
mod demo;
mod extracts;
mod measurements;
mod missing;
mod participation;
mod published;
mod reference_data;
mod rows;
mod source;

pub use demo::load_demo;
pub use source::Source;

use anyhow::Context;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use crate::db::Db;
use crate::entities::plan;
use crate::problem::in_words;
use crate::record::{Actor, Clock, Deed};
use rows::PlanFile;

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The plan's code.
    pub plan: String,
    /// Rows of reference data that were not there before.
    pub rows: u64,
    /// Agreements, milestones and versions of the contingency plan that were not there before.
    pub agreements: u64,
    /// Extracts that were not there before.
    pub extracts: usize,
    /// Measurements that were not there before.
    pub measurements: u64,
}

/// Loads what is not there yet, in one transaction.
pub async fn load(db: &Db, source: &Source) -> anyhow::Result<Loaded> {
    let transaction = db.begin().await?;
    let file: PlanFile = serde_json::from_slice(&source.read("plan.json")?).context("plan.json cannot be used")?;
    let code = file.code.clone();
    let (plan, is_new) = reference_data::plan(&transaction, &file).await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let rows = u64::from(is_new) + reference_data::load(&transaction, &plan, &file, source).await?;
    if rows > 0 {
        let deed = Deed {
            actor: Actor::operator(),
            operation: "seed",
            target: "plan".to_owned(),
        };
        clock.tick(&transaction, deed).await?;
    }
    let extracts = extracts::load(&transaction, &plan, source).await?;
    published::load(&transaction, &plan, source).await?;
    let measurements = measurements::load(&transaction, &plan, source).await?;
    let agreements =
        agreements::load(&transaction, &plan, source).await? + contingency::load(&transaction, &plan, source).await?;
    transaction.commit().await?;
    Ok(Loaded {
        plan: code,
        rows,
        agreements,
        extracts,
        measurements,
    })
}

fn aliases(cell: Option<String>) -> Value {
    json!(names(cell))
}

/// The names in a cell, which `|` separates.
fn names(cell: Option<String>) -> Vec<String> {
    cell.unwrap_or_default()
        .split('|')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether no plan is loaded.
pub async fn is_empty(db: &impl ConnectionTrait) -> anyhow::Result<bool> {
    Ok(plan::Entity::find().one(db).await?.is_none())
}
