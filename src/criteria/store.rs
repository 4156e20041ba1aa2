//! Queries for rule sets, and the figures that they are judged by.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rules::{Criterion, Input};
use super::values::{self, Known};
use crate::db::Window;
use crate::entities::{area, criterion, criterion_input, rule_set};
use crate::indicators;
use crate::indicators::rules::UnknownWord;
use crate::indicators::store::Selection;
use crate::problem::Problem;

/// A rule set with its criteria, as they are stored and as the rules read them.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The row.
    pub row: rule_set::Model,
    /// Its criteria in order.
    pub criteria: Vec<(criterion::Model, Criterion)>,
}

/// A plan's rule sets, those in force on a date where one is given.
pub async fn rule_sets(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    on: Option<NaiveDate>,
) -> Result<Vec<RuleSet>, Problem> {
    use rule_set::Column;
    let mut select = rule_set::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .order_by_asc(Column::Position)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(Column::Position.gt(after));
    }
    if let Some(on) = on {
        select = select
            .filter(
                Condition::any()
                    .add(Column::ValidFrom.is_null())
                    .add(Column::ValidFrom.lte(on)),
            )
            .filter(
                Condition::any()
                    .add(Column::ValidTo.is_null())
                    .add(Column::ValidTo.gte(on)),
            );
    }
    with_criteria(db, plan_id, select.all(db).await?).await
}

/// One rule set, whenever it is in force.
pub async fn rule_set(db: &impl ConnectionTrait, plan_id: i32, code: &str) -> Result<RuleSet, Problem> {
    let row = rule_set::Entity::find_by_id((plan_id, code.to_owned())).one(db).await?;
    let found = with_criteria(db, plan_id, row.into_iter().collect()).await?;
    found.into_iter().next().ok_or_else(|| {
        Problem::not_found(
            "There is no rule set of this code.",
            "Der er intet regelsæt med denne kode.",
        )
    })
}

/// All codes of a plan's rule sets.
pub async fn codes(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<String>, Problem> {
    let rows = rule_set::Entity::find()
        .filter(rule_set::Column::PlanId.eq(plan_id))
        .order_by_asc(rule_set::Column::Position)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

async fn with_criteria(
    db: &impl ConnectionTrait,
    plan_id: i32,
    rows: Vec<rule_set::Model>,
) -> Result<Vec<RuleSet>, Problem> {
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let criteria = criterion::Entity::find()
        .filter(criterion::Column::PlanId.eq(plan_id))
        .filter(criterion::Column::RuleSet.is_in(codes.clone()))
        .order_by_asc(criterion::Column::Position)
        .all(db)
        .await?;
    let inputs = criterion_input::Entity::find()
        .filter(criterion_input::Column::PlanId.eq(plan_id))
        .filter(criterion_input::Column::RuleSet.is_in(codes))
        .order_by_asc(criterion_input::Column::Position)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let own = criteria.iter().filter(|criterion| criterion.rule_set == row.code);
            let criteria = own
                .map(|criterion| Ok((criterion.clone(), rule(criterion, &inputs)?)))
                .collect::<Result<_, Problem>>()?;
            Ok(RuleSet { row, criteria })
        })
        .collect()
}

/// A stored criterion as the rules read it.
fn rule(row: &criterion::Model, inputs: &[criterion_input::Model]) -> Result<Criterion, Problem> {
    let broken = |UnknownWord(word): UnknownWord| {
        tracing::error!(
            rule_set = row.rule_set,
            criterion = row.code,
            word,
            "a stored criterion cannot be read"
        );
        Problem::internal()
    };
    let number = || broken(UnknownWord("a number".to_owned()));
    let scale = u32::try_from(row.limit_decimals).map_err(|_| number())?;
    let own = inputs
        .iter()
        .filter(|input| input.rule_set == row.rule_set && input.criterion == row.code);
    Ok(Criterion {
        part: row.part.parse().map_err(broken)?,
        operator: row.operator.parse().map_err(broken)?,
        limit: Decimal::try_new(row.limit_value, scale).map_err(|_| number())?,
        limit_unit: row.limit_unit.parse().map_err(broken)?,
        window: u16::try_from(row.window_years).map_err(|_| number())?,
        is_contested: row.is_contested,
        inputs: own
            .map(|input| {
                Ok(Input {
                    indicator: input.indicator.clone(),
                    averaging: input.averaging.parse().map_err(broken)?,
                    reference: input.reference_area.clone(),
                })
            })
            .collect::<Result<_, Problem>>()?,
    })
}

/// What is known, by indicator and area.
#[derive(Clone, Debug, Default)]
pub struct Figures(HashMap<String, HashMap<String, Vec<Known>>>);

impl Figures {
    /// What is known of an indicator in an area, by period; nothing where nothing is.
    pub fn of(&self, indicator: &str, area: &str) -> &[Known] {
        let found = self.0.get(indicator).and_then(|areas| areas.get(area));
        found.map_or(&[], Vec::as_slice)
    }
}

/// The figures that judging `areas` by `rule_sets` needs, as they stood at `seq`.
///
/// All zones are added up from the zones where nothing was measured for them, as in a series.
pub async fn figures(
    db: &impl ConnectionTrait,
    plan_id: i32,
    seq: i64,
    rule_sets: &[RuleSet],
    areas: &[area::Model],
    zones: &[String],
) -> Result<Figures, Problem> {
    let inputs = || {
        let criteria = rule_sets.iter().flat_map(|rule_set| &rule_set.criteria);
        criteria.flat_map(|(_, rule)| &rule.inputs)
    };
    let residents = rule_sets
        .iter()
        .filter_map(|rule_set| rule_set.row.residents_indicator.as_ref());
    let wanted: BTreeSet<&String> = inputs().map(|input| &input.indicator).chain(residents).collect();
    let references: BTreeSet<&String> = inputs().filter_map(|input| input.reference.as_ref()).collect();
    let has_whole = areas.iter().any(|area| area.kind == "plan");
    let members = if has_whole { zones } else { &[] };
    let own = areas.iter().map(|area| &area.code);
    let named: BTreeSet<&String> = own.clone().chain(members).chain(references.iter().copied()).collect();
    let selection = Selection {
        areas: Some(named.into_iter().cloned().collect()),
        categories: Some(vec![String::new()]),
        ..Selection::default()
    };
    let mut found = HashMap::new();
    for code in wanted {
        let indicator = indicators::store::indicator(db, plan_id, code).await?;
        let unit = indicator.unit.parse().map_err(|UnknownWord(word)| {
            tracing::error!(indicator = code, unit = word, "an indicator has an unknown unit");
            Problem::internal()
        })?;
        let decimals = u32::try_from(indicator.decimals).unwrap_or(0);
        let figures = indicators::store::figures(db, plan_id, code, seq, &selection).await?;
        let mut by_area = HashMap::new();
        for area in areas {
            let members = if area.kind == "plan" { zones } else { &[] };
            let known = values::known(unit, decimals, &area.code, members, &figures);
            by_area.insert(area.code.clone(), known);
        }
        for reference in &references {
            let known = values::known(unit, decimals, reference, &[], &figures);
            by_area.entry((*reference).clone()).or_insert(known);
        }
        found.insert(code.clone(), by_area);
    }
    Ok(Figures(found))
}
