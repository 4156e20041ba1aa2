//! Writing all figures of a period.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::super::rules::NewFigure;
use super::stored;
use crate::entities::{arrival, measurement};
use crate::period::Period;
use crate::problem::Problem;
use crate::record::Stamp;

/// So many rows a statement: the columns of a measurement times this stay below the parameters that SQLite takes.
const ROWS_PER_STATEMENT: usize = 1000;

/// Writes all figures of some indicators for one period, as of `stamp`.
///
/// What says the same stays as it is. What differs gets a new revision under its old id. What is not among the new
/// figures ends with this stamp.
pub async fn replace_period(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    stamp: Stamp,
    period: Period,
    indicators: &[&'static str],
    source: &str,
    figures: &[NewFigure],
) -> Result<(), Problem> {
    use measurement::Column;
    let mut latest: HashMap<(String, String, String), measurement::Model> = HashMap::new();
    let rows = measurement::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Indicator.is_in(indicators.iter().copied()))
        .filter(Column::PeriodEnd.eq(period.end()))
        .filter(Column::Period.eq(period.to_string()))
        .order_by_asc(Column::Revision)
        .all(transaction)
        .await?;
    for row in rows {
        latest.insert((row.indicator.clone(), row.area.clone(), row.category.clone()), row);
    }
    let mut ended = Vec::new();
    let mut added = Vec::new();
    let mut arrived = BTreeSet::new();
    for figure in figures {
        let key = (
            figure.indicator.to_owned(),
            figure.area.clone(),
            figure.category.clone(),
        );
        let before = latest.remove(&key);
        if let Some(row) = before.as_ref().filter(|row| row.seq_to.is_none()) {
            if says_the_same(figure, row, source)? {
                continue;
            }
            ended.push(row.id);
        }
        arrived.insert(figure.indicator.to_owned());
        let (id, revision) = match before {
            Some(row) => (row.id, row.revision + 1),
            None => (Uuid::now_v7(), 1),
        };
        added.push(active(plan_id, id, revision, stamp, period, source, figure)?);
    }
    ended.extend(
        latest
            .into_values()
            .filter(|row| row.seq_to.is_none())
            .map(|row| row.id),
    );
    for ids in ended.chunks(ROWS_PER_STATEMENT) {
        measurement::Entity::update_many()
            .set(measurement::ActiveModel {
                seq_to: Set(Some(stamp.seq)),
                ..Default::default()
            })
            .filter(Column::PlanId.eq(plan_id))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::SeqTo.is_null())
            .exec(transaction)
            .await?;
    }
    for rows in added.chunks(ROWS_PER_STATEMENT) {
        measurement::Entity::insert_many(rows.to_vec())
            .exec_without_returning(transaction)
            .await?;
    }
    note_arrivals(transaction, plan_id, stamp, arrived).await
}

fn active(
    plan_id: i32,
    id: Uuid,
    revision: i32,
    stamp: Stamp,
    period: Period,
    source: &str,
    figure: &NewFigure,
) -> Result<measurement::ActiveModel, Problem> {
    let (value, decimals) = stored(figure.value)?;
    Ok(measurement::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(id),
        revision: Set(revision),
        indicator: Set(figure.indicator.to_owned()),
        area: Set(figure.area.clone()),
        category: Set(figure.category.clone()),
        period: Set(period.to_string()),
        period_start: Set(period.start()),
        period_end: Set(period.end()),
        value: Set(value),
        decimals: Set(decimals),
        numerator: Set(figure.numerator),
        denominator: Set(figure.denominator),
        status: Set(figure.status.code().to_owned()),
        note: Set(figure.note.clone()),
        source: Set(source.to_owned()),
        reason: Set(None),
        seq_from: Set(stamp.seq),
        seq_to: Set(None),
        received_at: Set(stamp.at),
    })
}

/// Whether a figure is what a stored row says.
fn says_the_same(figure: &NewFigure, row: &measurement::Model, source: &str) -> Result<bool, Problem> {
    let (value, decimals) = stored(figure.value)?;
    Ok(row.value == value
        && row.decimals == decimals
        && row.numerator == figure.numerator
        && row.denominator == figure.denominator
        && row.status == figure.status.code()
        && row.note == figure.note
        && row.source == source)
}

/// Notes that figures of these indicators came with a write.
pub async fn note_arrivals(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    stamp: Stamp,
    indicators: impl IntoIterator<Item = String>,
) -> Result<(), Problem> {
    let rows = indicators.into_iter().map(|indicator| arrival::ActiveModel {
        plan_id: Set(plan_id),
        indicator: Set(indicator),
        seq: Set(stamp.seq),
        received_at: Set(stamp.at),
    });
    arrival::Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
