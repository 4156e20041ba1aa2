//! Finding a passage wherever texts stand, and taking it out.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, SqlErr, Statement, Value};
use uuid::Uuid;

use super::super::model::Place;
use super::super::rules::{Column, Form, Found, Kept, MOST_RECORDS, Passage, TABLES};
use crate::problem::{At, FieldError, Problem, ProblemKind};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Every place, in the order of records.
    pub(super) places: Vec<Place>,
    /// The records: the table of each, and the parts of its key.
    pub(super) records: Vec<(&'static str, Vec<String>)>,
}

impl Taken {
    /// The keys of the records of a table.
    pub(super) fn of<'a>(&'a self, table: &'static str) -> impl Iterator<Item = &'a [String]> {
        let own = self.records.iter().filter(move |(name, _)| *name == table);
        own.map(|(_, key)| key.as_slice())
    }

    /// How often the passage stood there in all.
    pub(super) fn occurrences(&self) -> i64 {
        self.places.iter().map(|place| place.occurrences).sum()
    }
}

/// Whether what is found stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It is only told.
    Tell,
    /// It is taken out. Needs a transaction.
    TakeOut,
}

/// Finds the passage in every text of a plan; 422 where it stands in too many records.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    plan_id: i32,
    passage: &Passage,
    then: Then,
) -> Result<Taken, Problem> {
    let mut taken = Taken::default();
    for kept in TABLES {
        let limit = MOST_RECORDS + 1 - taken.records.len();
        let statement = select(db.get_database_backend(), kept, plan_id, passage, then, limit);
        let rows = db.query_all_raw(statement).await?;
        // Also where it is only a code in some of them: what stands behind the last one that was fetched is not known.
        if rows.len() == limit {
            return Err(Problem::invalid_content(vec![FieldError::new(
                At::Pointer("/text".into()),
                "too_common",
                format!("The passage stands in more than {MOST_RECORDS} records; give a longer one."),
                format!("Passagen står i mere end {MOST_RECORDS} poster; angiv en længere."),
            )]));
        }
        for row in rows {
            record(db, kept, passage, then, &row, &mut taken).await?;
        }
    }
    taken.places.sort();
    Ok(taken)
}

/// One row in which the passage may stand.
async fn record(
    db: &impl ConnectionTrait,
    kept: &Kept,
    passage: &Passage,
    then: Then,
    row: &QueryResult,
    taken: &mut Taken,
) -> Result<(), Problem> {
    let key: Vec<String> = (0..kept.key.len())
        .map(|index| row.try_get::<String>("", &format!("k{index}")).map(name))
        .collect::<Result<_, _>>()?;
    let mut changes = Vec::new();
    let mut places = Vec::new();
    for (index, column) in kept.columns.iter().enumerate() {
        let text: Option<String> = row.try_get("", &format!("c{index}"))?;
        let without = text.map(|text| out_of(passage, *column, &text)).transpose();
        let without = without.map_err(|error| {
            tracing::error!(%error, table = kept.table, column = column.name, "a stored document cannot be read");
            Problem::internal()
        })?;
        let Some((without, found)) = without.flatten() else {
            continue;
        };
        places.extend(found.into_iter().map(|one| Place {
            record: kept.table.replace('_', "-"),
            key: key.join("/"),
            pointer: format!("/{}{}", column.name, one.pointer),
            occurrences: i64::try_from(one.occurrences).unwrap_or(i64::MAX),
        }));
        changes.push((*column, without));
    }
    // What the database found may have been a code within a document.
    if changes.is_empty() {
        return Ok(());
    }
    if then == Then::TakeOut {
        let address = address(db.get_database_backend(), row)?;
        let statement = update(db.get_database_backend(), kept, changes, address);
        db.execute_raw(statement)
            .await
            .map_err(|error| refused(error, &places))?;
    }
    taken.places.extend(places);
    taken.records.push((kept.table, key));
    Ok(())
}

/// What a column holds, without the passage.
fn out_of(passage: &Passage, column: Column, text: &str) -> Result<Option<(String, Vec<Found>)>, serde_json::Error> {
    if column.form != Form::Text {
        return passage.out_of_document(text);
    }
    let found = passage.out_of_text(text).map(|(without, occurrences)| {
        let pointer = String::new();
        (without, vec![Found { pointer, occurrences }])
    });
    Ok(found)
}

/// A part of a key as it is known outside: ids with their hyphens.
fn name(part: String) -> String {
    let is_id = part.len() == 32;
    match part.parse::<Uuid>() {
        Ok(id) if is_id => id.to_string(),
        _ => part,
    }
}

/// 409 where the text keeps two records apart that must not be alike.
fn refused(error: DbErr, places: &[Place]) -> Problem {
    let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() else {
        return error.into();
    };
    let place = places.first().map_or_else(String::new, |place| {
        format!("{}/{}{}", place.record, place.key, place.pointer)
    });
    Problem::new(
        ProblemKind::StateConflict,
        format!("The passage keeps records apart that would be alike without it; change {place} first."),
        format!("Passagen skiller poster, der ville være ens uden den; ændr først {place}."),
    )
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The rows of a table in which the passage may stand, each with its address, its key and its texts.
fn select(backend: DbBackend, kept: &Kept, plan_id: i32, passage: &Passage, then: Then, limit: usize) -> Statement {
    let is_sqlite = backend == DbBackend::Sqlite;
    let mut shown = vec![match is_sqlite {
        true => "rowid AS address".to_owned(),
        false => "CAST(ctid AS TEXT) AS address".to_owned(),
    }];
    for (index, key) in kept.key.iter().enumerate() {
        let key = quoted(key);
        shown.push(match is_sqlite {
            // Ids are bytes there.
            true => format!(
                "CASE typeof({key}) WHEN 'blob' THEN lower(hex({key})) ELSE CAST({key} AS TEXT) END AS k{index}"
            ),
            false => format!("CAST({key} AS TEXT) AS k{index}"),
        });
    }
    let mut values: Vec<Value> = vec![plan_id.into()];
    let mut holds = Vec::new();
    for (index, column) in kept.columns.iter().enumerate() {
        let name = quoted(column.name);
        shown.push(match (is_sqlite, column.form) {
            (false, Form::Bytes) => format!("convert_from({name}, 'UTF8') AS c{index}"),
            _ => format!("CAST({name} AS TEXT) AS c{index}"),
        });
        values.push(match column.form {
            Form::Text => passage.as_str().into(),
            Form::Document | Form::Binary => passage.in_json().into(),
            Form::Bytes => passage.in_json().into_bytes().into(),
        });
        let parameter = values.len();
        holds.push(match (is_sqlite, column.form) {
            (true, _) => format!("instr({name}, ${parameter}) > 0"),
            (false, Form::Bytes) => format!("position(${parameter} IN {name}) > 0"),
            (false, _) => format!("strpos(CAST({name} AS TEXT), ${parameter}) > 0"),
        });
    }
    // A row that changes meanwhile would be elsewhere; SQLite has one writer at a time.
    let lock = match !is_sqlite && then == Then::TakeOut {
        true => " FOR UPDATE",
        false => "",
    };
    let sql = format!(
        "SELECT {} FROM {} WHERE {} = $1 AND ({}) LIMIT {limit}{lock}",
        shown.join(", "),
        quoted(kept.table),
        quoted(kept.plan),
        holds.join(" OR ")
    );
    Statement::from_sql_and_values(backend, sql, values)
}

/// Where the database keeps the row.
fn address(backend: DbBackend, row: &QueryResult) -> Result<Value, DbErr> {
    Ok(match backend {
        DbBackend::Sqlite => row.try_get::<i64>("", "address")?.into(),
        _ => row.try_get::<String>("", "address")?.into(),
    })
}

fn update(backend: DbBackend, kept: &Kept, changes: Vec<(Column, String)>, address: Value) -> Statement {
    let is_sqlite = backend == DbBackend::Sqlite;
    let mut values: Vec<Value> = Vec::new();
    let mut sets = Vec::new();
    for (column, without) in changes {
        values.push(match column.form {
            Form::Bytes => without.into_bytes().into(),
            _ => without.into(),
        });
        let parameter = match (is_sqlite, column.form) {
            (false, Form::Binary) => format!("CAST(${} AS JSONB)", values.len()),
            _ => format!("${}", values.len()),
        };
        sets.push(format!("{} = {parameter}", quoted(column.name)));
    }
    values.push(address);
    let here = match is_sqlite {
        true => format!("rowid = ${}", values.len()),
        false => format!("ctid = CAST(${} AS tid)", values.len()),
    };
    let sql = format!("UPDATE {} SET {} WHERE {here}", quoted(kept.table), sets.join(", "));
    Statement::from_sql_and_values(backend, sql, values)
}
