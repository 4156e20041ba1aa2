//! Measurements as figures: which there are, as they stand now or stood at a number of the plan's sequence.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::try_join;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, Select,
};
use uuid::Uuid;

use super::super::rules::{Categories, Figure, Status, UnknownWord};
use crate::entities::{arrival, indicator, measurement};
use crate::period::Period;
use crate::problem::Problem;
use crate::record::NOW;
use crate::words::Word;

/// Whether there are figures of an indicator, past revisions included.
pub async fn has_figures(db: &impl ConnectionTrait, plan_id: i32, indicator: &str) -> Result<bool, Problem> {
    let figure = measurement::Entity::find()
        .filter(measurement::Column::PlanId.eq(plan_id))
        .filter(measurement::Column::Indicator.eq(indicator))
        .one(db)
        .await?;
    Ok(figure.is_some())
}

/// Whether there are figures of the categories of an indicator that has any.
pub async fn has_categories(db: &impl ConnectionTrait, plan_id: i32, indicator: &str) -> Result<bool, Problem> {
    let with_categories = by_target_group(db, plan_id).await?;
    if !with_categories.iter().any(|code| code == indicator) {
        return Ok(false);
    }
    let figure = measurement::Entity::find()
        .filter(measurement::Column::PlanId.eq(plan_id))
        .filter(measurement::Column::Indicator.eq(indicator))
        .filter(measurement::Column::Category.ne(""))
        // A figure that was ever there has a current revision.
        .filter(measurement::Column::SeqTo.is_null())
        .one(db)
        .await?;
    Ok(figure.is_some())
}

/// The first and the last day of the figures that each of these target groups or parts has today.
pub async fn days_of_figures(
    db: &impl ConnectionTrait,
    plan_id: i32,
    categories: Vec<String>,
) -> Result<HashMap<String, (NaiveDate, NaiveDate)>, Problem> {
    use measurement::Column;
    let days: Vec<(String, NaiveDate, NaiveDate)> = measurement::Entity::find()
        .select_only()
        .column(Column::Category)
        .column_as(Column::PeriodStart.min(), "first")
        .column_as(Column::PeriodEnd.max(), "last")
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Indicator.is_in(by_target_group(db, plan_id).await?))
        .filter(Column::Category.is_in(categories))
        .filter(Column::SeqTo.is_null())
        .group_by(Column::Category)
        .into_tuple()
        .all(db)
        .await?;
    Ok(days
        .into_iter()
        .map(|(category, first, last)| (category, (first, last)))
        .collect())
}

/// The indicators whose categories are target groups.
async fn by_target_group(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<String>, Problem> {
    Ok(indicator::Entity::find()
        .select_only()
        .column(indicator::Column::Code)
        .filter(indicator::Column::PlanId.eq(plan_id))
        .filter(indicator::Column::Categories.eq(Categories::TargetGroup.code()))
        .into_tuple()
        .all(db)
        .await?)
}

/// The latest period of which an indicator had a figure at `seq`, and when figures of it had last arrived.
pub async fn latest(
    db: &impl ConnectionTrait,
    plan_id: i32,
    indicator: &str,
    seq: i64,
) -> Result<(Option<Period>, Option<DateTime<Utc>>), Problem> {
    use measurement::Column;
    let last = known_at(plan_id, indicator, seq)
        .filter(Column::Status.ne(Status::Missing.code()))
        .order_by_desc(Column::PeriodEnd)
        .order_by_desc(Column::PeriodStart)
        .one(db);
    let newest = arrival::Entity::find()
        .filter(arrival::Column::PlanId.eq(plan_id))
        .filter(arrival::Column::Indicator.eq(indicator))
        .filter(arrival::Column::Seq.lte(seq))
        .order_by_desc(arrival::Column::Seq)
        .one(db);
    let (last, newest) = try_join!(last, newest)?;
    let period = last.map(figure).transpose()?.map(|figure| figure.period);
    Ok((period, newest.map(|row| row.received_at)))
}

/// A period of which figures were received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// The period.
    pub period: Period,
    /// When the newest of its figures had arrived.
    pub at: DateTime<Utc>,
}

/// The latest period that had ended by `on` and of which there was a figure at `seq`, for every indicator that has one.
///
/// One look at the index an indicator: there are some fifty indicators, and there may be millions of figures.
pub async fn received(
    db: &impl ConnectionTrait,
    plan_id: i32,
    seq: i64,
    on: NaiveDate,
) -> Result<HashMap<String, Received>, Problem> {
    use measurement::Column;
    let with_figures: Vec<String> = arrival::Entity::find()
        .select_only()
        .column(arrival::Column::Indicator)
        .distinct()
        .filter(arrival::Column::PlanId.eq(plan_id))
        .into_tuple()
        .all(db)
        .await?;
    let mut latest = HashMap::new();
    for indicator in with_figures {
        let stood = known_at(plan_id, &indicator, seq).filter(Column::Status.ne(Status::Missing.code()));
        let last = stood
            .clone()
            .filter(Column::PeriodEnd.lte(on))
            .order_by_desc(Column::PeriodEnd)
            .order_by_desc(Column::PeriodStart)
            .one(db)
            .await?;
        let Some(last) = last else { continue };
        let at: Option<DateTime<Utc>> = stood
            .select_only()
            .column_as(Column::ReceivedAt.max(), "received_at")
            .filter(Column::PeriodEnd.eq(last.period_end))
            .filter(Column::Period.eq(&last.period))
            .into_tuple::<Option<DateTime<Utc>>>()
            .one(db)
            .await?
            .flatten();
        let at = at.unwrap_or(last.received_at);
        let period = figure(last)?.period;
        latest.insert(indicator, Received { period, at });
    }
    Ok(latest)
}

/// An indicator's measurements as they stood at `seq`.
fn known_at(plan_id: i32, indicator: &str, seq: i64) -> Select<measurement::Entity> {
    use measurement::Column;
    measurement::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Indicator.eq(indicator))
        .filter(stands_at(seq))
}

/// That a revision stands at `seq`. For what stands now this is one comparison, which the index of current figures answers.
fn stands_at(seq: i64) -> Condition {
    use measurement::Column;
    let is_current = Column::SeqTo.is_null();
    if seq == NOW {
        return Condition::all().add(is_current);
    }
    Condition::all()
        .add(Column::SeqFrom.lte(seq))
        .add(Condition::any().add(is_current).add(Column::SeqTo.gt(seq)))
}

/// Which figures of an indicator.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These areas only.
    pub areas: Option<Vec<String>>,
    /// These categories only; the empty one is the figure as a whole.
    pub categories: Option<Vec<String>>,
    /// Periods that touch this one or are later.
    pub from: Option<Period>,
    /// Periods that touch this one or are earlier.
    pub to: Option<Period>,
}

/// An indicator's figures as they stood at `seq`, by period.
pub async fn figures(
    db: &impl ConnectionTrait,
    plan_id: i32,
    indicator: &str,
    seq: i64,
    selection: &Selection,
) -> Result<Vec<Figure>, Problem> {
    use measurement::Column;
    let mut select = known_at(plan_id, indicator, seq);
    if let Some(areas) = &selection.areas {
        select = select.filter(Column::Area.is_in(areas));
    }
    if let Some(categories) = &selection.categories {
        select = select.filter(Column::Category.is_in(categories));
    }
    if let Some(from) = selection.from {
        select = select.filter(Column::PeriodEnd.gte(from.start()));
    }
    if let Some(to) = selection.to {
        select = select.filter(Column::PeriodStart.lte(to.end()));
    }
    select
        .order_by_asc(Column::PeriodStart)
        .select_only()
        .columns(FigureRow::COLUMNS)
        .into_model::<FigureRow>()
        .all(db)
        .await?
        .into_iter()
        .map(FigureRow::figure)
        .collect()
}

/// What a figure needs of a stored measurement, found by its place in the row: by name it would take twice as long.
struct FigureRow {
    id: Uuid,
    revision: i32,
    area: String,
    category: String,
    period: String,
    value: Option<i64>,
    decimals: i16,
    numerator: Option<i64>,
    denominator: Option<i64>,
    status: String,
    note: Option<String>,
    source: String,
    received_at: DateTime<Utc>,
}

impl FigureRow {
    /// In the order of the fields.
    const COLUMNS: [measurement::Column; 13] = {
        use measurement::Column;
        [
            Column::Id,
            Column::Revision,
            Column::Area,
            Column::Category,
            Column::Period,
            Column::Value,
            Column::Decimals,
            Column::Numerator,
            Column::Denominator,
            Column::Status,
            Column::Note,
            Column::Source,
            Column::ReceivedAt,
        ]
    };

    /// The figure that the row stores.
    fn figure(self) -> Result<Figure, Problem> {
        let broken = |what: &str| {
            tracing::error!(id = %self.id, revision = self.revision, what, "a stored measurement cannot be read");
            Problem::internal()
        };
        let value = match self.value {
            None => None,
            Some(mantissa) => {
                let scale = u32::try_from(self.decimals).map_err(|_| broken("decimals"))?;
                Some(Decimal::try_new(mantissa, scale).map_err(|_| broken("value"))?)
            }
        };
        Ok(Figure {
            period: self.period.parse().map_err(|_| broken("period"))?,
            status: self.status.parse().map_err(|_: UnknownWord| broken("status"))?,
            id: Some(self.id),
            area: self.area,
            category: Some(self.category).filter(|category| !category.is_empty()),
            value,
            numerator: self.numerator,
            denominator: self.denominator,
            revision: Some(self.revision),
            note: self.note,
            source: Some(self.source),
            received_at: self.received_at,
        })
    }
}

impl FromQueryResult for FigureRow {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get_by(0)?,
            revision: row.try_get_by(1)?,
            area: row.try_get_by(2)?,
            category: row.try_get_by(3)?,
            period: row.try_get_by(4)?,
            value: row.try_get_by(5)?,
            decimals: row.try_get_by(6)?,
            numerator: row.try_get_by(7)?,
            denominator: row.try_get_by(8)?,
            status: row.try_get_by(9)?,
            note: row.try_get_by(10)?,
            source: row.try_get_by(11)?,
            received_at: row.try_get_by(12)?,
        })
    }
}

/// A stored row as a figure.
pub fn figure(row: measurement::Model) -> Result<Figure, Problem> {
    FigureRow {
        id: row.id,
        revision: row.revision,
        area: row.area,
        category: row.category,
        period: row.period,
        value: row.value,
        decimals: row.decimals,
        numerator: row.numerator,
        denominator: row.denominator,
        status: row.status,
        note: row.note,
        source: row.source,
        received_at: row.received_at,
    }
    .figure()
}

/// A value as the database keeps it: a whole number and its decimals, exact on both databases.
pub fn stored(value: Option<Decimal>) -> Result<(Option<i64>, i16), Problem> {
    let Some(value) = value else { return Ok((None, 0)) };
    match (i64::try_from(value.mantissa()), i16::try_from(value.scale())) {
        (Ok(mantissa), Ok(decimals)) => Ok((Some(mantissa), decimals)),
        _ => {
            tracing::error!("a value has more digits than can be stored");
            Err(Problem::internal())
        }
    }
}
