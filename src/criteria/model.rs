//! How rule sets look from outside.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{Averaging, Criterion, Input, LimitUnit, Operator};
use super::truth::Part;
use crate::entities::{criterion, rule_set};

/// A dated set of criteria for areas: the rules of an official list, or a yardstick that the agreement prints.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RuleSet)]
pub struct RuleSetView {
    /// The rule set's code, stable.
    #[schema(example = "law-2021-vulnerable-area")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Udsat boligområde")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Vulnerable area")]
    pub name_en: String,
    /// Of several lists whose rules an area meets it is on the one with the highest rank; null: no official list.
    #[schema(required, example = 2)]
    pub rank: Option<i16>,
    /// How many of the criteria with `part` `counted` must be met, beside all that are `required`.
    #[schema(example = 2)]
    pub needed: i16,
    /// The fewest residents of an area in the rule's sense; null: none stated.
    #[schema(required, example = 1000)]
    pub min_residents: Option<i64>,
    /// The indicator that counts the residents.
    #[schema(required, example = "criteria-residents")]
    pub residents_indicator: Option<String>,
    /// The first day on which it is in force; null where none is stated.
    #[schema(required, example = "2021-12-01")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; null while it has no end.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// The criteria.
    pub criteria: Vec<CriterionView>,
    /// The paragraph or table that lays it down.
    #[schema(example = "Almenboligloven § 61 a, stk. 1")]
    pub citation: String,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

impl RuleSetView {
    /// The rule set with its criteria.
    pub fn new(row: rule_set::Model, criteria: Vec<(criterion::Model, Criterion)>) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            rank: row.rank,
            needed: row.needed,
            min_residents: row.min_residents,
            residents_indicator: row.residents_indicator,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            criteria: criteria
                .into_iter()
                .map(|(row, rule)| CriterionView::new(row, rule))
                .collect(),
            citation: row.citation,
            note: row.note,
            source: row.source,
        }
    }
}

/// One limit of a rule set.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Criterion)]
pub struct CriterionView {
    /// The criterion's code, the same in every rule set that has it.
    #[schema(example = "outside-work")]
    pub code: String,
    /// The name in Danish, official.
    pub name: String,
    /// The name in English.
    #[schema(example = "18–64-year-olds outside work and education")]
    pub name_en: String,
    /// `counted`: one of those of which `needed` must be met. `required`: must be met beside them.
    pub part: Part,
    /// How a value is compared with the limit.
    pub operator: Operator,
    /// The limit.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    #[schema(value_type = f64, example = 40)]
    pub limit: Decimal,
    /// What the limit is a number of.
    pub limit_unit: LimitUnit,
    /// Over how many years figures are averaged; 1: not.
    #[schema(example = 2)]
    pub window_years: u16,
    /// Whether it is the legally contested one: judged only where the service is set up for it, and for tokens that were
    /// given `criteria:contested`.
    pub contested: bool,
    /// The series that may answer it, in order of preference. An answer stands on one of them alone.
    pub inputs: Vec<InputView>,
    /// The paragraph or row that lays it down.
    #[schema(example = "Almenboligloven § 61 a, stk. 1, nr. 1")]
    pub citation: String,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

impl CriterionView {
    fn new(row: criterion::Model, rule: Criterion) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            part: rule.part,
            operator: rule.operator,
            limit: rule.limit,
            limit_unit: rule.limit_unit,
            window_years: rule.window,
            contested: rule.is_contested,
            inputs: rule.inputs.into_iter().map(InputView::from).collect(),
            citation: row.citation,
            note: row.note,
            source: row.source,
        }
    }
}

/// A series that may answer a criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriterionInput)]
pub struct InputView {
    /// The indicator.
    #[schema(example = "law-convicted")]
    pub indicator: String,
    /// Who averages its figures over the years.
    pub averaging: Averaging,
    /// The area whose figures of the same series and years are the reference; null where the limit needs none.
    #[schema(required, example = "denmark")]
    pub reference_area: Option<String>,
}

impl From<Input> for InputView {
    fn from(input: Input) -> Self {
        Self {
            indicator: input.indicator,
            averaging: input.averaging,
            reference_area: input.reference,
        }
    }
}
