//! How an import is written: its rows go to a temporary table first, and from there, by set-based statements that both
//! databases know, into the measurements. What says the same stays, what differs gets a revision, what is new is added.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::model::{ImportOutcome, ImportReceipt, ImportRows, Mode};
use super::rules::Row;
use crate::indicators;
use crate::problem::{MAX_LISTED_ERRORS, Problem};
use crate::record::{Clock, Deed, Stamp};

/// So many rows a statement: 15 columns each stay below the 32,766 parameters that SQLite takes.
pub const ROWS_PER_STATEMENT: usize = 2000;

const STAGE: &str = "import_rows";
const STAGED: [&str; 15] = [
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
    "note",
];

/// Makes the temporary table of an import; it goes with the connection, if not by [`drop`] before.
pub async fn create(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let uuid = if db.get_database_backend() == DbBackend::Sqlite {
        "blob"
    } else {
        "uuid"
    };
    let statement = format!(
        "CREATE TEMPORARY TABLE {STAGE} (place bigint NOT NULL, id {uuid} NOT NULL, revision integer NOT NULL DEFAULT 1, \
         known integer NOT NULL DEFAULT 0, indicator text NOT NULL, area text NOT NULL, category text NOT NULL, \
         period text NOT NULL, period_start date NOT NULL, period_end date NOT NULL, value bigint, \
         decimals smallint NOT NULL, numerator bigint, denominator bigint, status text NOT NULL, \
         source text NOT NULL, note text)"
    );
    db.execute_unprepared(&statement).await?;
    Ok(())
}

/// Takes the temporary table away.
pub async fn drop(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!("DROP TABLE {STAGE}")).await?;
    Ok(())
}

/// Rows as the parameters of one statement.
#[derive(Debug)]
pub struct Chunk {
    rows: usize,
    values: Vec<Value>,
}

impl Chunk {
    /// The rows, at most [`ROWS_PER_STATEMENT`], each with its place in the body.
    pub fn new(rows: Vec<(i64, Row)>) -> Result<Self, Problem> {
        let mut values = Vec::with_capacity(rows.len() * STAGED.len());
        let count = rows.len();
        for (place, row) in rows {
            let (value, decimals) = indicators::store::stored(row.value)?;
            values.extend::<[Value; STAGED.len()]>([
                place.into(),
                Uuid::now_v7().into(),
                row.indicator.into(),
                row.area.into(),
                row.category.into(),
                row.period.to_string().into(),
                row.period.start().into(),
                row.period.end().into(),
                value.into(),
                decimals.into(),
                row.numerator.into(),
                row.denominator.into(),
                row.status.code().to_owned().into(),
                row.source.into(),
                row.note.into(),
            ]);
        }
        Ok(Self { rows: count, values })
    }
}

/// Adds rows to the temporary table.
pub async fn add(db: &impl ConnectionTrait, chunk: Chunk) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let mut sql = format!("INSERT INTO {STAGE} ({}) VALUES ", STAGED.join(", "));
    let mut parameter = 0;
    for row in 0..chunk.rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..STAGED.len() {
            parameter += 1;
            let comma = if column == 0 { "" } else { ", " };
            // Writing to a text does not fail. A numbered parameter is a name to SQLite, which looks each up among all before.
            let _ = match backend {
                DbBackend::Sqlite => write!(sql, "{comma}?"),
                _ => write!(sql, "{comma}${parameter}"),
            };
        }
        sql.push(')');
    }
    let statement = Statement::from_sql_and_values(backend, sql, chunk.values);
    db.execute_raw(statement).await?;
    Ok(())
}

/// Lets the database know the temporary table once it is full.
///
/// PostgreSQL takes a table without statistics for a small one, and would go through it once for every measurement.
pub async fn settle(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(&format!("ANALYZE {STAGE}")).await?;
    }
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

const NOTE: &str = "INSERT INTO arrivals (plan_id, indicator, seq, received_at) \
    SELECT DISTINCT $1, indicator, $2, $3 FROM import_rows WHERE known <> 1";

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
    let taken = clock.take(transaction).await?;
    let stamp = taken.stamp();
    if rows.updated > 0 {
        // Without it a planner that takes the plan's measurements for few goes through the rows once for each of them.
        transaction
            .execute_unprepared(&format!("CREATE INDEX ix_{STAGE}_id ON {STAGE} (id)"))
            .await?;
        run(transaction, END, [plan_id.into(), stamp.seq.into()]).await?;
    }
    run(transaction, ADD, [plan_id.into(), stamp.seq.into(), stamp.at.into()]).await?;
    run(transaction, NOTE, [plan_id.into(), stamp.seq.into(), stamp.at.into()]).await?;
    Ok(taken.write(transaction, deed).await?)
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
