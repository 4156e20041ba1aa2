//! The area criteria's rule sets, from three files; a plan without them has none.

use anyhow::Context;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sea_orm::{DatabaseTransaction, Set};
use serde::Deserialize;

use super::missing::insert_missing;
use super::{Source, in_words};
use crate::criteria::rules::{Averaging, LimitUnit, Operator};
use crate::criteria::truth::Part;
use crate::entities::{criterion, criterion_input, rule_set};
use crate::indicators;
use crate::indicators::rules::UnknownWord;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSetRow {
    code: String,
    name: String,
    name_en: String,
    rank: Option<i16>,
    needed: i16,
    min_residents: Option<i64>,
    residents_indicator: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    citation: String,
    note: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionRow {
    rule_set: String,
    code: String,
    name: String,
    name_en: String,
    part: String,
    operator: String,
    limit: String,
    limit_unit: String,
    window_years: i16,
    contested: bool,
    citation: String,
    note: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InputRow {
    rule_set: String,
    criterion: String,
    indicator: String,
    averaging: String,
    reference_area: Option<String>,
}

/// Loads the rule sets that are not there yet; says how many rows.
pub(super) async fn load(transaction: &DatabaseTransaction, id: i32, source: &Source) -> anyhow::Result<u64> {
    if !source.has("criteria-rule-sets.csv") {
        return Ok(0);
    }
    let mut rows = 0;
    let rule_sets: Vec<RuleSetRow> = source.rows("criteria-rule-sets.csv")?;
    rows += insert_missing(transaction, rule_sets, |position, row| rule_set::ActiveModel {
        plan_id: Set(id),
        code: Set(row.code),
        position: Set(position),
        name: Set(row.name),
        name_en: Set(row.name_en),
        rank: Set(row.rank),
        needed: Set(row.needed),
        min_residents: Set(row.min_residents),
        residents_indicator: Set(row.residents_indicator),
        valid_from: Set(row.valid_from),
        valid_to: Set(row.valid_to),
        citation: Set(row.citation),
        note: Set(row.note),
        source: Set(row.source),
    })
    .await?;
    let criteria: Vec<(CriterionRow, (i64, i16))> = source
        .rows("criteria.csv")?
        .into_iter()
        .map(|row: CriterionRow| {
            let limit = limit(&row).with_context(|| format!("{}/{} cannot be used", row.rule_set, row.code))?;
            Ok((row, limit))
        })
        .collect::<anyhow::Result<_>>()?;
    rows += insert_missing(transaction, criteria, |position, (row, (value, decimals))| {
        criterion::ActiveModel {
            plan_id: Set(id),
            rule_set: Set(row.rule_set),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            part: Set(row.part),
            operator: Set(row.operator),
            limit_value: Set(value),
            limit_decimals: Set(decimals),
            limit_unit: Set(row.limit_unit),
            window_years: Set(row.window_years),
            is_contested: Set(row.contested),
            citation: Set(row.citation),
            note: Set(row.note),
            source: Set(row.source),
        }
    })
    .await?;
    let inputs: Vec<InputRow> = source.rows("criterion-inputs.csv")?;
    for row in &inputs {
        let of = format!("{}/{}: averaging", row.rule_set, row.criterion);
        row.averaging.parse::<Averaging>().map_err(unknown).context(of)?;
    }
    rows += insert_missing(transaction, inputs, |position, row| criterion_input::ActiveModel {
        plan_id: Set(id),
        rule_set: Set(row.rule_set),
        criterion: Set(row.criterion),
        indicator: Set(row.indicator),
        position: Set(position),
        averaging: Set(row.averaging),
        reference_area: Set(row.reference_area),
    })
    .await?;
    Ok(rows)
}

/// The limit as it is stored, of a row whose words are all known: the service could not read others.
fn limit(row: &CriterionRow) -> anyhow::Result<(i64, i16)> {
    row.part.parse::<Part>().map_err(unknown)?;
    row.operator.parse::<Operator>().map_err(unknown)?;
    row.limit_unit.parse::<LimitUnit>().map_err(unknown)?;
    let limit: Decimal = row.limit.parse().context("the limit is not a number")?;
    let (value, decimals) = indicators::store::stored(Some(limit)).map_err(in_words)?;
    Ok((value.context("the limit is not a number")?, decimals))
}

fn unknown(UnknownWord(word): UnknownWord) -> anyhow::Error {
    anyhow::anyhow!("'{word}' is not a known word")
}
