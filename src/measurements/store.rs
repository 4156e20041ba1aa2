//! Writing and finding measurements as rows.
//!
//! An import goes to a temporary table first and from there, by set-based statements that both databases know, into the
//! measurements: what says the same stays, what differs gets a revision, what is new is added.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Set, Statement, Value,
};
use uuid::Uuid;

use super::model::{ImportOutcome, ImportReceipt, ImportRows, MeasurementView, Mode};
use super::rules::{Catalogue, Facts, Row};
use crate::areas;
use crate::clients;
use crate::db::Window;
use crate::entities::{area, indicator, measurement, target_group};
use crate::indicators;
use crate::indicators::rules::UnknownWord;
use crate::period::Period;
use crate::problem::{MAX_LISTED_ERRORS, Problem};
use crate::record::{Clock, Deed, Stamp};

/// Indicators whose figures come from kendskabsgrad extracts alone.
const FED_BY_EXTRACTS: [&str; 2] = ["kendskabsgrad", "kendskabsgrad-count"];
/// So many rows a statement: 15 columns each stay below the 32,766 parameters that SQLite takes.
pub const ROWS_PER_STATEMENT: usize = 2000;

/// Who writes, for the rule of who may write what.
#[derive(Clone, Debug)]
pub enum Writer {
    /// An organisation: what it or a unit below it owns.
    Organisation(Option<String>),
    /// The secretariat: what it owns, and what is owned by those who have no client that writes.
    Secretariat(Option<String>),
    /// The operator's command line: everything.
    Operator,
}

/// The codes that measurements of a plan may use, and what the writer may write.
pub async fn catalogue(db: &impl ConnectionTrait, plan_id: i32, writer: &Writer) -> Result<Catalogue, Problem> {
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
        .filter(indicator::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    for row in indicators {
        let unit = row.unit.parse().map_err(|UnknownWord(word)| {
            tracing::error!(indicator = row.code, unit = word, "an indicator has an unknown unit");
            Problem::internal()
        })?;
        let facts = Facts {
            unit,
            by_target_group: row.categories == "target_group",
            may_write: may_write(&row.data_owner),
            is_fed_by_extracts: FED_BY_EXTRACTS.contains(&row.code.as_str()),
        };
        catalogue.indicators.insert(row.code, facts);
    }
    let areas = area::Entity::find()
        .filter(area::Column::PlanId.eq(plan_id))
        .filter(area::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    catalogue.areas = areas.into_iter().map(|area| area.code).collect();
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

const STAGE: &str = "import_rows";
const STAGED: [&str; 14] = [
    "place",
    "id",
    "indicator",
    "area",
    "category",
    "period",
    "period_start",
    "period_end",
    "value",
    "decimals",
    "numerator",
    "denominator",
    "status",
    "source",
];

/// Makes the temporary table of an import; it goes with the transaction.
pub async fn begin_import(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let is_sqlite = transaction.get_database_backend() == DbBackend::Sqlite;
    let (uuid, on_commit) = if is_sqlite {
        ("blob", "")
    } else {
        ("uuid", " ON COMMIT DROP")
    };
    let statement = format!(
        "CREATE TEMPORARY TABLE {STAGE} (place bigint NOT NULL, id {uuid} NOT NULL, revision integer NOT NULL DEFAULT 1, \
         known integer NOT NULL DEFAULT 0, indicator text NOT NULL, area text NOT NULL, category text NOT NULL, \
         period text NOT NULL, period_start date NOT NULL, period_end date NOT NULL, value bigint, \
         decimals smallint NOT NULL, numerator bigint, denominator bigint, status text NOT NULL, \
         source text NOT NULL, note text){on_commit}"
    );
    transaction.execute_unprepared(&statement).await?;
    Ok(())
}

/// Adds rows, each with its place in the body, to the temporary table.
pub async fn stage(transaction: &DatabaseTransaction, rows: &[(i64, Row)]) -> Result<(), Problem> {
    let columns = STAGED.iter().chain(&["note"]).map(|name| Alias::new(*name));
    let mut insert = Query::insert();
    insert.into_table(Alias::new(STAGE)).columns(columns);
    for (place, row) in rows {
        let (value, decimals) = indicators::store::stored(row.value)?;
        let values: [Value; 15] = [
            (*place).into(),
            Uuid::now_v7().into(),
            row.indicator.clone().into(),
            row.area.clone().into(),
            row.category.clone().into(),
            row.period.to_string().into(),
            row.period.start().into(),
            row.period.end().into(),
            value.into(),
            decimals.into(),
            row.numerator.into(),
            row.denominator.into(),
            row.status.code().to_owned().into(),
            row.source.clone().into(),
            row.note.clone().into(),
        ];
        insert.values_panic(values.map(Expr::val));
    }
    transaction.execute(&insert).await?;
    Ok(())
}

/// What staged rows are: new, the same as a measurement that is there, or different from it.
const COMPARE: &str = "UPDATE import_rows SET id = m.id, revision = m.revision + 1, \
    known = CASE WHEN m.value IS NOT DISTINCT FROM import_rows.value AND m.decimals = import_rows.decimals \
    AND m.numerator IS NOT DISTINCT FROM import_rows.numerator \
    AND m.denominator IS NOT DISTINCT FROM import_rows.denominator \
    AND m.status = import_rows.status AND m.source = import_rows.source \
    AND m.note IS NOT DISTINCT FROM import_rows.note THEN 1 ELSE 2 END \
    FROM measurements AS m WHERE m.plan_id = $1 AND m.seq_to IS NULL AND m.indicator = import_rows.indicator \
    AND m.area = import_rows.area AND m.category = import_rows.category AND m.period = import_rows.period";
const END: &str = "UPDATE measurements SET seq_to = $2 WHERE plan_id = $1 AND seq_to IS NULL \
    AND id IN (SELECT id FROM import_rows WHERE known = 2)";
const ADD: &str = "INSERT INTO measurements (plan_id, id, revision, indicator, area, category, period, period_start, \
    period_end, value, decimals, numerator, denominator, status, note, source, seq_from, received_at) \
    SELECT $1, id, revision, indicator, area, category, period, period_start, period_end, value, decimals, numerator, \
    denominator, status, note, source, $2, $3 FROM import_rows WHERE known <> 1";

/// What came of comparing the staged rows.
#[derive(Debug)]
pub enum Compared {
    /// They may be written.
    Good(ImportReceipt),
    /// These places hold figures that are there already, which `insert` refuses; and how many there are.
    Existing(Vec<i64>, u64),
}

/// Compares the staged rows with what is there, under the plan's lock.
pub async fn compare(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    mode: Mode,
    received_at: DateTime<Utc>,
) -> Result<Compared, Problem> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        // PostgreSQL takes a table without statistics for a small one, and goes through it once for every measurement.
        transaction.execute_unprepared(&format!("ANALYZE {STAGE}")).await?;
    }
    run(transaction, COMPARE, [plan_id.into()]).await?;
    let counts = Statement::from_string(
        backend,
        format!("SELECT known, COUNT(*) AS rows FROM {STAGE} GROUP BY known"),
    );
    let mut rows = ImportRows::default();
    for count in Known::find_by_statement(counts).all(transaction).await? {
        let found = u64::try_from(count.rows).unwrap_or(0);
        rows.received += found;
        match count.known {
            0 => rows.created = found,
            1 => rows.unchanged = found,
            _ => rows.updated = found,
        }
    }
    if mode == Mode::Insert && rows.unchanged + rows.updated > 0 {
        let sql = format!("SELECT place FROM {STAGE} WHERE known <> 0 ORDER BY place LIMIT {MAX_LISTED_ERRORS}");
        let places = Place::find_by_statement(Statement::from_string(backend, sql))
            .all(transaction)
            .await?;
        let places = places.into_iter().map(|row| row.place).collect();
        return Ok(Compared::Existing(places, rows.unchanged + rows.updated));
    }
    let outcome = if rows.created + rows.updated == 0 {
        ImportOutcome::Unchanged
    } else {
        ImportOutcome::Stored
    };
    Ok(Compared::Good(ImportReceipt {
        outcome,
        rows,
        received_at,
    }))
}

/// Leaves out what is there already, whatever it says, so that only what is new is written; says how much that is.
pub async fn keep_existing(transaction: &DatabaseTransaction) -> Result<u64, DbErr> {
    transaction
        .execute_unprepared(&format!("DELETE FROM {STAGE} WHERE known <> 0"))
        .await?;
    let sql = format!("SELECT 0 AS known, COUNT(*) AS rows FROM {STAGE}");
    let left = Known::find_by_statement(Statement::from_string(transaction.get_database_backend(), sql));
    let left = left.one(transaction).await?.map_or(0, |count| count.rows);
    Ok(u64::try_from(left).unwrap_or(0))
}

/// Writes the compared rows, of which there are so many, under the next number of the plan's sequence.
pub async fn write(
    transaction: &DatabaseTransaction,
    clock: Clock,
    plan_id: i32,
    rows: ImportRows,
    deed: Deed<'_>,
) -> Result<Stamp, Problem> {
    let stamp = clock.tick(transaction, deed).await?;
    if rows.updated > 0 {
        // Without it a planner that takes the plan's measurements for few goes through the rows once for each of them.
        transaction
            .execute_unprepared(&format!("CREATE INDEX ix_{STAGE}_id ON {STAGE} (id)"))
            .await?;
        run(transaction, END, [plan_id.into(), stamp.seq.into()]).await?;
    }
    run(transaction, ADD, [plan_id.into(), stamp.seq.into(), stamp.at.into()]).await?;
    Ok(stamp)
}

/// Takes the temporary table away, which SQLite keeps as long as the connection.
pub async fn end_import(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared(&format!("DROP TABLE {STAGE}")).await?;
    Ok(())
}

async fn run(
    transaction: &DatabaseTransaction,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, values);
    transaction.execute_raw(statement).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Known {
    known: i32,
    rows: i64,
}

#[derive(FromQueryResult)]
struct Place {
    place: i64,
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
