//! Loads a plan from files: reference data as CSV, extracts through the same code as a push.
//!
//! Loading again changes nothing: rows that are there stay as they are, also where somebody has changed them since, and a
//! date that has an extract keeps it. The files of the Fredericia plan are part of the program; `seeds/` describes them.

mod activities;
mod agreements;
mod bodies;
mod contingency;
mod criteria;
mod demo;
mod participation;
mod published;
mod rows;

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{NaiveDate, Utc};
use chrono_tz::Europe::Copenhagen;
use include_dir::{Dir, include_dir};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, Iterable, QueryFilter, Set};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::db::{self, Db};
use crate::entities::{
    area, area_relation, extract, focus_area, indicator, organisation, plan, plan_party, target_group,
    target_group_subset, venue,
};
use crate::kendskabsgrad::{read_json, store};
use crate::measurements;
use crate::measurements::model::{ImportRows, Mode};
use crate::measurements::read::{self, Syntax};
use crate::measurements::staging::{self, Chunk, ROWS_PER_STATEMENT};
use crate::measurements::store::Writer;
use crate::problem::{Language, Problem};
use crate::record::{self, Actor, Clock, Deed};
use crate::reference::{self, STEP, Table};
use crate::web::json;
pub use demo::load_demo;
use rows::{
    AreaRow, ExtractRow, FocusAreaRow, GroupRow, IndicatorRow, OrganisationRow, PlanFile, RelationRow, SubsetRow,
    VenueRow,
};

static FREDERICIA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/seeds/fredericia-2023-2026");

/// Where the files of a plan are.
#[derive(Clone, Debug)]
pub enum Source {
    /// The Fredericia plan 2023–2026, inside the program.
    Fredericia,
    /// The same with made-up departments, for the demonstration.
    Demo,
    /// A folder.
    Folder(PathBuf),
}

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The plan's code.
    pub plan: String,
    /// Rows of reference data that were not there before.
    pub rows: u64,
    /// Agreements, milestones and versions of the contingency plan that were not there before.
    pub agreements: u64,
    /// Extracts that were not there before.
    pub extracts: usize,
    /// Measurements that were not there before.
    pub measurements: u64,
}

impl Source {
    fn read(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        match self {
            Source::Fredericia | Source::Demo => match FREDERICIA.get_file(name) {
                Some(file) if matches!(self, Source::Demo) => demo::changed(name, file.contents()),
                Some(file) => Ok(file.contents().to_vec()),
                None => bail!("the program holds no {name}"),
            },
            Source::Folder(folder) => {
                let path = folder.join(name);
                std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Source::Fredericia | Source::Demo => FREDERICIA.get_file(name).is_some(),
            Source::Folder(folder) => folder.join(name).exists(),
        }
    }

    /// The dates of the extracts: of each file `extract-<date>.csv`.
    fn extract_dates(&self) -> anyhow::Result<Vec<NaiveDate>> {
        let names: Vec<String> = match self {
            Source::Fredericia | Source::Demo => FREDERICIA
                .files()
                .map(|file| file.path().to_string_lossy().into_owned())
                .collect(),
            Source::Folder(folder) => std::fs::read_dir(folder)
                .with_context(|| format!("{} cannot be read", folder.display()))?
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect::<anyhow::Result<_>>()?,
        };
        let mut dates = Vec::new();
        for name in names {
            if let Some(date) = name.strip_prefix("extract-").and_then(|name| name.strip_suffix(".csv")) {
                dates.push(date.parse().with_context(|| format!("{name} names no date"))?);
            }
        }
        dates.sort_unstable();
        Ok(dates)
    }

    fn rows<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Vec<T>> {
        let bytes = self.read(name)?;
        csv::Reader::from_reader(bytes.as_slice())
            .deserialize()
            .collect::<Result<_, _>>()
            .with_context(|| format!("{name} has a row that cannot be used"))
    }
}

/// Loads what is not there yet, in one transaction.
pub async fn load(db: &Db, source: &Source) -> anyhow::Result<Loaded> {
    let transaction = db.begin().await?;
    let file: PlanFile = serde_json::from_slice(&source.read("plan.json")?).context("plan.json cannot be used")?;
    let code = file.code.clone();
    let (plan, is_new) = plan(&transaction, &file).await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let rows = u64::from(is_new) + reference_data(&transaction, &plan, &file, source).await?;
    if rows > 0 {
        let deed = Deed {
            actor: Actor::operator(),
            operation: "seed",
            target: "plan".to_owned(),
        };
        clock.tick(&transaction, deed).await?;
    }
    let mut extracts = 0;
    for date in source.extract_dates()? {
        extracts += usize::from(load_extract(&transaction, &plan, source, date).await?);
    }
    published::load(&transaction, &plan, source).await?;
    let measurements = load_measurements(&transaction, &plan, source).await?;
    let agreements =
        agreements::load(&transaction, &plan, source).await? + contingency::load(&transaction, &plan, source).await?;
    transaction.commit().await?;
    Ok(Loaded {
        plan: code,
        rows,
        agreements,
        extracts,
        measurements,
    })
}

async fn plan(transaction: &DatabaseTransaction, file: &PlanFile) -> anyhow::Result<(plan::Model, bool)> {
    let found = plan::Entity::find()
        .filter(plan::Column::Code.eq(&file.code))
        .one(transaction)
        .await?;
    if let Some(plan) = found {
        return Ok((plan, false));
    }
    let row = plan::ActiveModel {
        code: Set(file.code.clone()),
        name: Set(file.name.clone()),
        name_en: Set(file.name_en.clone()),
        starts_on: Set(file.starts_on),
        ends_on: Set(file.ends_on),
        is_public: Set(file.is_public),
        predecessor: Set(file.predecessor.clone()),
        note: Set(file.note.clone()),
        source: Set(file.source.clone()),
        ..Default::default()
    };
    let plan = plan::Entity::insert(row).exec_with_returning(transaction).await?;
    record::start_sequence(transaction, plan.id).await?;
    Ok((plan, true))
}

async fn reference_data(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    file: &PlanFile,
    source: &Source,
) -> anyhow::Result<u64> {
    let id = plan.id;
    let mut rows = 0;
    let organisations: Vec<OrganisationRow> = source.rows("organisations.csv")?;
    rows += add_missing(
        transaction,
        id,
        organisations,
        |row| &row.code,
        |position, row| organisation::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            kind: Set(row.kind),
            parent: Set(row.parent),
            aliases: Set(aliases(row.aliases)),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    rows += insert_missing(transaction, file.parties.clone(), |position, row| {
        plan_party::ActiveModel {
            plan_id: Set(id),
            organisation: Set(row.organisation),
            position: Set(position),
            capacity: Set(row.capacity),
        }
    })
    .await?;
    let areas: Vec<AreaRow> = source.rows("areas.csv")?;
    rows += add_missing(
        transaction,
        id,
        areas,
        |row| &row.code,
        |position, row| area::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            kind: Set(row.kind),
            name: Set(row.name),
            name_en: Set(row.name_en),
            number: Set(row.number),
            organisation: Set(row.organisation),
            aliases: Set(aliases(row.aliases)),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let relations: Vec<RelationRow> = source.rows("area-relations.csv")?;
    rows += insert_missing(transaction, relations, |_, row| area_relation::ActiveModel {
        plan_id: Set(id),
        area: Set(row.area),
        relation: Set(row.relation),
        target: Set(row.target),
        valid_from: Set(row.valid_from),
        valid_to: Set(row.valid_to),
        source: Set(row.source),
    })
    .await?;
    let venues: Vec<VenueRow> = source.rows("venues.csv")?;
    rows += add_missing(
        transaction,
        id,
        venues,
        |row| &row.code,
        |position, row| venue::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            address: Set(row.address),
            zone: Set(row.zone),
            area: Set(row.area),
            is_base: Set(row.base),
            aliases: Set(aliases(row.aliases)),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let focus_areas: Vec<FocusAreaRow> = source.rows("focus-areas.csv")?;
    rows += add_missing(
        transaction,
        id,
        focus_areas,
        |row| &row.code,
        |position, row| focus_area::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let groups: Vec<GroupRow> = source.rows("target-groups.csv")?;
    rows += add_missing(
        transaction,
        id,
        groups,
        |row| &row.code,
        |position, row| target_group::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            law: Set(row.law),
            valid_from: Set(row.valid_from),
            valid_to: Set(row.valid_to),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let subsets: Vec<SubsetRow> = source.rows("target-group-subsets.csv")?;
    rows += insert_missing(transaction, subsets, |position, row| target_group_subset::ActiveModel {
        plan_id: Set(id),
        target_group: Set(row.target_group),
        code: Set(row.code),
        position: Set(position),
        name: Set(row.name),
        name_en: Set(row.name_en),
        keyword: Set(row.keyword),
        source: Set(row.source),
    })
    .await?;
    let indicators: Vec<IndicatorRow> = source.rows("indicators.csv")?;
    rows += add_missing(
        transaction,
        id,
        indicators,
        |row| &row.code,
        |position, row| indicator::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            unit: Set(row.unit),
            direction: Set(row.direction),
            decimals: Set(row.decimals),
            age_from: Set(row.age_from),
            age_to: Set(row.age_to),
            level: Set(row.level),
            data_owner: Set(row.data_owner),
            provenance: Set(row.provenance),
            rhythm: Set(row.rhythm),
            categories: Set(row.categories),
            is_fixed: Set(row.fixed),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    rows += criteria::load(transaction, id, source).await?;
    rows += activities::load(transaction, id, source).await?;
    rows += bodies::load(transaction, id, source).await?;
    rows += participation::load(transaction, id, source).await?;
    Ok(rows)
}

/// Adds the things whose code is not there yet; says how many. What is there keeps its position; what is new stands after
/// the row before it in the file where there is room, else last.
async fn add_missing<A, R>(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    rows: Vec<R>,
    code: impl Fn(&R) -> &str,
    active: impl Fn(i32, R) -> A,
) -> anyhow::Result<u64>
where
    A: sea_orm::ActiveModelTrait,
    A::Entity: Table,
{
    let mut known = reference::positions::<A::Entity>(transaction, plan_id).await?;
    let mut used: BTreeSet<i32> = known.values().copied().collect();
    let (mut inserted, mut last) = (0, 0);
    for row in rows {
        if let Some(position) = known.get(code(&row)) {
            last = *position;
            continue;
        }
        last = reference::free_position(&used, last);
        used.insert(last);
        known.insert(code(&row).to_owned(), last);
        inserted += A::Entity::insert(active(last, row))
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(inserted)
}

/// Inserts the rows whose key is not there yet; says how many.
async fn insert_missing<A, R>(
    transaction: &DatabaseTransaction,
    rows: Vec<R>,
    active: impl Fn(i32, R) -> A,
) -> anyhow::Result<u64>
where
    A: sea_orm::ActiveModelTrait,
    <A as sea_orm::ActiveModelTrait>::Entity: EntityTrait,
{
    use sea_orm::PrimaryKeyToColumn;
    let mut inserted = 0;
    let mut position = 0;
    for row in rows {
        position += STEP;
        let key = <A::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        inserted += A::Entity::insert(active(position, row))
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(inserted)
}

/// Pushes the extract of a date as its owner would, unless the date has one.
async fn load_extract(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
    date: NaiveDate,
) -> anyhow::Result<bool> {
    let existing = extract::Entity::find()
        .filter(extract::Column::PlanId.eq(plan.id))
        .filter(extract::Column::ExtractedOn.eq(date))
        .one(transaction)
        .await?;
    if existing.is_some() {
        return Ok(false);
    }
    let name = format!("extract-{date}.csv");
    let body = extract_body(date, source.rows(&name)?)?;
    let codes = store::codes(transaction, plan.id).await.map_err(in_words)?;
    let mut errors = Vec::new();
    let node = json::parse(&body).map_err(in_words)?;
    let draft = read_json::read(&node, &codes, &mut errors);
    let push = store::Push {
        plan: plan.clone(),
        owner: String::new(),
        actor: Actor::operator().clone(),
        today: Utc::now().with_timezone(&Copenhagen).date_naive(),
        dry_run: false,
    };
    store::push(transaction, &push, &draft, &codes, errors)
        .await
        .map_err(in_words)
        .with_context(|| format!("{name} is refused"))?;
    Ok(true)
}

/// Imports the measurements as their owners would, those that are not there yet.
async fn load_measurements(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
) -> anyhow::Result<u64> {
    const NAME: &str = "measurements.csv";
    if !source.has(NAME) {
        return Ok(0);
    }
    let mut file = Cursor::new(source.read(NAME)?);
    let catalogue = measurements::store::catalogue(transaction, plan.id, &Writer::Operator)
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

/// The body that a Jobcenter would have sent.
fn extract_body(date: NaiveDate, rows: Vec<ExtractRow>) -> anyhow::Result<Vec<u8>> {
    let number = |text: &str| -> anyhow::Result<Value> {
        serde_json::from_str(text).with_context(|| format!("'{text}' is not a number"))
    };
    let (mut counts, mut subsets, mut comparators, mut shares) = (Vec::new(), Vec::new(), Vec::new(), Map::new());
    let mut sources: Vec<String> = Vec::new();
    let mut note: Option<String> = None;
    for row in rows {
        for source in row.source.split("; ") {
            if !sources.iter().any(|known| known == source) {
                sources.push(source.to_owned());
            }
        }
        let mut cell = Map::new();
        cell.insert("area".into(), row.area.clone().into());
        for (name, text) in [
            ("target_group", row.target_group.clone()),
            ("subset", row.subset.clone()),
            ("note", row.note.clone()),
        ] {
            cell.extend(text.map(|text| (name.to_owned(), Value::from(text))));
        }
        for (name, digits) in [("count", &row.count), ("share", &row.share)] {
            if let Some(digits) = digits {
                cell.insert(name.into(), number(digits)?);
            }
        }
        match row.kind.as_str() {
            "count" => counts.push(Value::Object(cell)),
            "subset" => subsets.push(Value::Object(cell)),
            "comparator" => comparators.push(Value::Object(cell)),
            "share" => {
                let share = row.share.context("a row of kind 'share' has no share")?;
                shares.insert(row.area, number(&share)?);
                // All shares of an extract have one note: the extract's.
                match (&note, row.note) {
                    (Some(known), Some(other)) if *known != other => bail!("the shares have different notes"),
                    (_, other) => note = note.or(other),
                }
                if row.count.is_some() || row.target_group.is_some() || row.subset.is_some() {
                    bail!("a row of kind 'share' has more than area, share and note");
                }
            }
            kind => bail!("a row of kind '{kind}' cannot be used"),
        }
    }
    let body = json!({
        "extracted_on": date,
        "source": sources.join("; "),
        "note": note,
        "counts": counts,
        "subsets": subsets,
        "comparators": comparators,
        "shares": shares,
    });
    Ok(serde_json::to_vec(&body)?)
}

/// A problem as an error for the operator.
fn in_words(problem: Problem) -> anyhow::Error {
    let view = problem.view(Language::English, None);
    let errors: Vec<String> = view
        .errors
        .iter()
        .map(|error| {
            let place = error
                .pointer
                .clone()
                .unwrap_or_else(|| format!("line {}", error.line.unwrap_or(0)));
            format!("{place}: {}", error.detail)
        })
        .collect();
    anyhow::anyhow!("{} {} {}", view.title, view.detail, errors.join(" "))
}

fn aliases(cell: Option<String>) -> Value {
    json!(names(cell))
}

/// The names in a cell, which `|` separates.
fn names(cell: Option<String>) -> Vec<String> {
    cell.unwrap_or_default()
        .split('|')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether no plan is loaded.
pub async fn is_empty(db: &impl ConnectionTrait) -> anyhow::Result<bool> {
    Ok(plan::Entity::find().one(db).await?.is_none())
}
