//! What was received, beside what is expected.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::model::DeliveryView;
use super::rules::expect;
use crate::db::Window;
use crate::entities::plan;
use crate::indicators;
use crate::indicators::rules::{Rhythm, UnknownWord};
use crate::problem::Problem;

/// A plan has fewer indicators than this.
const ALL: u64 = 100_000;

/// The deliveries of a plan's indicators on a date, by what was known at `seq`, each with its indicator's position;
/// only those of `owners` where they are named.
pub async fn deliveries(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    owners: Option<&[String]>,
    seq: i64,
    on: NaiveDate,
) -> Result<Vec<(i32, DeliveryView)>, Problem> {
    let everything = Window {
        limit: ALL,
        after: None,
    };
    let received = indicators::store::received(db, plan.id, seq, on).await?;
    let rows = indicators::store::indicators(db, plan.id, &everything, false).await?;
    rows.iter()
        .filter(|row| {
            let owner = row.data_owner.as_ref();
            owners.is_none_or(|owners| owner.is_some_and(|owner| owners.contains(owner)))
        })
        .map(|row| {
            let rhythm: Option<Rhythm> =
                row.rhythm
                    .as_deref()
                    .map(str::parse)
                    .transpose()
                    .map_err(|UnknownWord(word)| {
                        tracing::error!(indicator = row.code, word, "an indicator has an unknown rhythm");
                        Problem::internal()
                    })?;
            let latest = received.get(&row.code).copied();
            let period = latest.map(|received| received.period);
            let expected = expect(rhythm, period, (plan.starts_on, plan.ends_on), on);
            Ok((row.position, DeliveryView::new(row, rhythm, latest, expected, on)))
        })
        .collect()
}
