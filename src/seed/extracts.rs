//! Extracts, pushed as their owner would push them.

use anyhow::{Context, bail};
use chrono::{NaiveDate, Utc};
use chrono_tz::Europe::Copenhagen;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};

use super::rows::ExtractRow;
use super::{Source, in_words};
use crate::entities::{extract, plan};
use crate::kendskabsgrad::{read_json, store};
use crate::record::Actor;
use crate::web::json;

/// Pushes the extracts of the dates that have none; says how many.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    source: &Source,
) -> anyhow::Result<usize> {
    let mut pushed = 0;
    for date in source.extract_dates()? {
        pushed += usize::from(load_one(transaction, plan, source, date).await?);
    }
    Ok(pushed)
}

/// Pushes the extract of a date as its owner would, unless the date has one.
async fn load_one(
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
    let body = body_of(date, source.rows(&name)?)?;
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

/// The body that a Jobcenter would have sent.
fn body_of(date: NaiveDate, rows: Vec<ExtractRow>) -> anyhow::Result<Vec<u8>> {
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
