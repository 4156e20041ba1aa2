//! Loads the contingency plan as it is annexed to the agreement: version 1, with no signature, since none is printed.

use anyhow::Context;
use sea_orm::DatabaseTransaction;

use super::{Source, in_words};
use crate::contingency::read::{self, Days, Organisations};
use crate::contingency::store;
use crate::entities::plan;
use crate::problem::judged;
use crate::record::{Actor, Clock, Deed};
use crate::web::json;

/// The file; a plan may have none.
const NAME: &str = "contingency.json";

/// Loads the contingency plan where there is none yet; says how many.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
) -> anyhow::Result<u64> {
    let latest = store::latest(transaction, plan.id).await.map_err(in_words)?;
    if latest.is_some() || !source.has(NAME) {
        return Ok(0);
    }
    // The body that the secretariat would have sent.
    let node = json::parse(&source.read(NAME)?).map_err(in_words)?;
    let organisations = Organisations::new(store::known(transaction, plan.id).await.map_err(in_words)?);
    let days = Days {
        first: plan.starts_on,
        last: plan.ends_on,
    };
    let draft = judged(|errors| read::version(&node, &organisations, days, errors))
        .map_err(in_words)
        .context("contingency.json is refused")?;
    let clock = Clock::lock(transaction, plan.id).await?;
    let deed = Deed {
        actor: Actor::operator(),
        operation: "seed",
        target: "contingency/versions/1".to_owned(),
    };
    let stamp = clock.tick(transaction, deed).await?;
    store::insert_version(transaction, plan.id, None, draft, "operator", stamp)
        .await
        .map_err(in_words)?;
    Ok(1)
}
