//! Finding and correcting measurements as rows, and who may write which; imports are written by [`super::staging`].

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::model::MeasurementView;
use super::rules::{Catalogue, Facts, Row};
use crate::areas;
use crate::clients;
use crate::db::Window;
use crate::entities::{indicator, measurement, target_group};
use crate::indicators;
use crate::indicators::rules::{FED_BY_EXTRACTS, UnknownWord};
use crate::period::Period;
use crate::problem::Problem;
use crate::record::{Clock, Deed};

/// Who writes, for the rule of who may write what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writer {
    /// An organisation: what it or a unit below it owns.
    Organisation(Option<String>),
    /// The secretariat: what it owns, and what is owned by those who have no client that writes.
    Secretariat(Option<String>),
    /// The operator's command line: everything.
    Operator,
}

/// What measurements may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// What is in use: for figures that come.
    InUse,
    /// What is archived, too: for corrections of figures that are there.
    Archived,
}

/// The codes that measurements of a plan may use, and what the writer may write.
pub async fn catalogue(
    db: &impl ConnectionTrait,
    plan_id: i32,
    writer: &Writer,
    codes: Codes,
) -> Result<Catalogue, Problem> {
    let units = match writer {
        Writer::Organisation(Some(own)) | Writer::Secretariat(Some(own)) => {
            areas::store::units_of(db, plan_id, own).await?
        }
        _ => Vec::new(),
    };
    let mut reporting: HashSet<String> = HashSet::new();
    if matches!(writer, Writer::Secretariat(_)) {
        for organisation in clients::store::reporting(db, plan_id).await? {
            reporting.extend(areas::store::units_of(db, plan_id, &organisation).await?);
        }
    }
    let may_write = |owner: &Option<String>| -> Result<(), String> {
        let name = || owner.clone().unwrap_or_else(|| "the secretariat".to_owned());
        let is_own = owner.as_ref().is_some_and(|owner| units.contains(owner));
        let is_allowed = match writer {
            Writer::Operator => true,
            Writer::Organisation(_) => is_own,
            Writer::Secretariat(_) => is_own || owner.as_ref().is_none_or(|owner| !reporting.contains(owner)),
        };
        if is_allowed { Ok(()) } else { Err(name()) }
    };
    let mut catalogue = Catalogue::default();
    let indicators = indicator::Entity::find()
        .filter(indicator::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let is_named = |archived_at: Option<DateTime<Utc>>| codes == Codes::Archived || archived_at.is_none();
    for row in indicators.into_iter().filter(|row| is_named(row.archived_at)) {
        let unit = row.unit.parse().map_err(|UnknownWord(word)| {
            tracing::error!(indicator = row.code, unit = word, "an indicator has an unknown unit");
            Problem::internal()
        })?;
        let facts = Facts {
            unit,
            by_target_group: row.categories == "target_group",
            may_write: may_write(&row.data_owner),
            is_fed_by_extracts: FED_BY_EXTRACTS.iter().any(|(fed, _, _)| *fed == row.code),
        };
        catalogue.indicators.insert(row.code, facts);
    }
    let areas = areas::store::all_areas(db, plan_id).await?;
    let areas = areas.into_iter().filter(|area| is_named(area.archived_at));
    catalogue.areas = areas.map(|area| area.code).collect();
    let groups = target_group::Entity::find()
        .filter(target_group::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let subsets = indicators::store::subsets(db, plan_id).await?;
    for group in groups {
        let validity = (group.valid_from, group.valid_to);
        for subset in subsets.iter().filter(|subset| subset.target_group == group.code) {
            let category = format!("{}/{}", group.code, subset.code);
            catalogue.categories.insert(category, validity);
        }
        catalogue.categories.insert(group.code, validity);
    }
    Ok(catalogue)
}

/// The codes of a plan's indicators and areas, archived ones too.
pub async fn codes(db: &impl ConnectionTrait, plan_id: i32) -> Result<(HashSet<String>, HashSet<String>), Problem> {
    let indicators: Vec<String> = indicator::Entity::find()
        .select_only()
        .column(indicator::Column::Code)
        .filter(indicator::Column::PlanId.eq(plan_id))
        .into_tuple()
        .all(db)
        .await?;
    let areas = areas::store::all_areas(db, plan_id).await?;
    Ok((
        indicators.into_iter().collect(),
        areas.into_iter().map(|area| area.code).collect(),
    ))
}

/// Which measurements.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These indicators only.
    pub indicators: Option<Vec<String>>,
    /// These areas only.
    pub areas: Option<Vec<String>>,
    /// These categories only; the empty one is the figure as a whole.
    pub categories: Option<Vec<String>>,
    /// Periods that touch this one or are later.
    pub from: Option<Period>,
    /// Periods that touch this one or are earlier.
    pub to: Option<Period>,
    /// What came or ended after this number; superseded revisions, too.
    pub since: Option<i64>,
}

/// The order of measurements: by when they came, then by id and revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The write that brought it.
    pub seq: i64,
    /// The figure.
    pub id: Uuid,
    /// Its revision.
    pub revision: i32,
}

/// Measurements as they stood at `seq`, one more than the window holds, each with its place in the order.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    seq: i64,
    selection: &Selection,
    window: &Window<Position>,
) -> Result<Vec<(Position, MeasurementView)>, Problem> {
    use measurement::Column;
    let mut select = measurement::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::SeqFrom.lte(seq));
    let is_current = Condition::any().add(Column::SeqTo.is_null()).add(Column::SeqTo.gt(seq));
    select = match selection.since {
        None => select.filter(is_current),
        Some(since) => select.filter(
            Condition::any().add(Column::SeqFrom.gt(since)).add(
                Condition::all()
                    .add(Column::SeqTo.gt(since))
                    .add(Column::SeqTo.lte(seq)),
            ),
        ),
    };
    if let Some(codes) = &selection.indicators {
        select = select.filter(Column::Indicator.is_in(codes));
    }
    if let Some(codes) = &selection.areas {
        select = select.filter(Column::Area.is_in(codes));
    }
    if let Some(codes) = &selection.categories {
        select = select.filter(Column::Category.is_in(codes));
    }
    if let Some(from) = selection.from {
        select = select.filter(Column::PeriodEnd.gte(from.start()));
    }
    if let Some(to) = selection.to {
        select = select.filter(Column::PeriodStart.lte(to.end()));
    }
    if let Some(after) = window.after {
        // As one comparison of rows, which both databases answer from the index.
        let row = [Column::SeqFrom, Column::Id, Column::Revision].map(|column| column.into_expr());
        let last = [Expr::val(after.seq), Expr::val(after.id), Expr::val(after.revision)];
        select = select.filter(ExprTrait::gt(Expr::tuple(row), Expr::tuple(last)));
    }
    let rows = select
        .order_by_asc(Column::SeqFrom)
        .order_by_asc(Column::Id)
        .order_by_asc(Column::Revision)
        .limit(window.limit + 1)
        .all(db)
        .await?;
    rows.into_iter().map(|row| placed(row, seq)).collect()
}

fn placed(row: measurement::Model, seq: i64) -> Result<(Position, MeasurementView), Problem> {
    let position = Position {
        seq: row.seq_from,
        id: row.id,
        revision: row.revision,
    };
    let is_superseded = row.seq_to.is_some_and(|ended| ended <= seq);
    let (indicator, reason) = (row.indicator.clone(), row.reason.clone());
    let figure = indicators::store::figure(row)?;
    Ok((position, MeasurementView::new(indicator, figure, reason, is_superseded)))
}

/// Gives a figure a new revision, under the plan's lock, which the caller holds.
pub async fn correct(
    transaction: &DatabaseTransaction,
    clock: Clock,
    plan_id: i32,
    current: &MeasurementView,
    row: Row,
    reason: String,
    deed: Deed<'_>,
) -> Result<(), Problem> {
    let stamp = clock.tick(transaction, deed).await?;
    measurement::Entity::update_many()
        .set(measurement::ActiveModel {
            seq_to: Set(Some(stamp.seq)),
            ..Default::default()
        })
        .filter(measurement::Column::PlanId.eq(plan_id))
        .filter(measurement::Column::Id.eq(current.id))
        .filter(measurement::Column::SeqTo.is_null())
        .exec(transaction)
        .await?;
    indicators::store::note_arrivals(transaction, plan_id, stamp, [row.indicator.clone()]).await?;
    let (value, decimals) = indicators::store::stored(row.value)?;
    let revision = measurement::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(current.id),
        revision: Set(current.revision + 1),
        indicator: Set(row.indicator),
        area: Set(row.area),
        category: Set(row.category),
        period: Set(row.period.to_string()),
        period_start: Set(row.period.start()),
        period_end: Set(row.period.end()),
        value: Set(value),
        decimals: Set(decimals),
        numerator: Set(row.numerator),
        denominator: Set(row.denominator),
        status: Set(row.status.code().to_owned()),
        note: Set(row.note),
        source: Set(row.source),
        reason: Set(Some(reason)),
        seq_from: Set(stamp.seq),
        seq_to: Set(None),
        received_at: Set(stamp.at),
    };
    measurement::Entity::insert(revision)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// All revisions of a figure as known at `seq`, the newest first; 404 where there is no such figure.
pub async fn history(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    seq: i64,
) -> Result<Vec<MeasurementView>, Problem> {
    let rows = measurement::Entity::find()
        .filter(measurement::Column::PlanId.eq(plan_id))
        .filter(measurement::Column::Id.eq(id))
        .filter(measurement::Column::SeqFrom.lte(seq))
        .order_by_desc(measurement::Column::Revision)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Err(Problem::not_found(
            "There is no measurement of this id.",
            "Der er ingen måling med dette id.",
        ));
    }
    let views = rows.into_iter().map(|row| placed(row, seq));
    views.map(|row| row.map(|(_, view)| view)).collect()
}
