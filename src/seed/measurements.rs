//! Measurements, imported as their owners would import them.

use std::io::Cursor;

use anyhow::Context;
use sea_orm::DatabaseTransaction;

use super::{Source, in_words};
use crate::db;
use crate::entities::plan;
use crate::measurements;
use crate::measurements::model::{ImportRows, Mode};
use crate::measurements::read::{self, Syntax};
use crate::measurements::staging::{self, Chunk, ROWS_PER_STATEMENT};
use crate::measurements::store::{Codes, Writer};
use crate::problem::Problem;
use crate::record::{Actor, Clock, Deed};

/// Imports the measurements that are not there yet; says how many.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
) -> anyhow::Result<u64> {
    const NAME: &str = "measurements.csv";
    if !source.has(NAME) {
        return Ok(0);
    }
    let mut file = Cursor::new(source.read(NAME)?);
    let catalogue = measurements::store::catalogue(transaction, plan.id, &Writer::Operator, Codes::InUse)
        .await
        .map_err(in_words)?;
    let judged = read::judge(&mut file, Syntax::Csv, &catalogue, |_| ()).map_err(in_words)?;
    if judged.found > 0 {
        let problem = Problem::invalid_content_of(judged.errors, judged.found);
        return Err(in_words(problem)).with_context(|| format!("{NAME} is refused"));
    }
    let mut rows = Vec::new();
    read::chunks(file, Syntax::Csv, &catalogue, ROWS_PER_STATEMENT, |chunk| {
        rows.push(chunk);
        true
    })
    .map_err(in_words)?;
    staging::create(transaction).await?;
    for chunk in rows {
        staging::add(transaction, Chunk::new(chunk).map_err(in_words)?).await?;
    }
    staging::settle(transaction).await?;
    let clock = Clock::lock(transaction, plan.id).await?;
    staging::compare(transaction, plan.id, Mode::Upsert, db::now())
        .await
        .map_err(in_words)?;
    let left = staging::keep_existing(transaction).await?;
    if left > 0 {
        // What is there already was left out: nothing is revised.
        let rows = ImportRows {
            received: left,
            created: left,
            ..ImportRows::default()
        };
        let deed = Deed {
            actor: Actor::operator(),
            operation: "import_measurements",
            target: "measurements".to_owned(),
        };
        staging::write(transaction, clock, plan.id, rows, deed)
            .await
            .map_err(in_words)?;
    }
    staging::drop(transaction).await?;
    Ok(left)
}
