//! Extracts that had been published in full before, such as table 9 of the agreement: everybody may read them.

use chrono::NaiveDate;
use sea_orm::DatabaseTransaction;
use serde::Deserialize;

use super::{Source, in_words};
use crate::entities::plan;
use crate::record::{Actor, Deed};
use crate::releases;

const FILE: &str = "published-extracts.csv";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    extracted_on: NaiveDate,
    citation: String,
}

/// Says of each that it is published; what was said before stays.
pub(super) async fn load(transaction: &DatabaseTransaction, plan: &plan::Model, source: &Source) -> anyhow::Result<()> {
    if !source.has(FILE) {
        return Ok(());
    }
    for row in source.rows::<Row>(FILE)? {
        let period = row.extracted_on.to_string();
        let deed = Deed {
            actor: Actor::operator(),
            operation: "seed",
            target: format!("kendskabsgrad/tables/{period}"),
        };
        releases::store::publish_in_full(transaction, plan.id, &period, &row.citation, deed)
            .await
            .map_err(in_words)?;
    }
    Ok(())
}
