//! The terms of goals and sub-goals, as versions of agreements hold them: what is measured, from where, to what, by when.
//!
//! They are content of agreements and nothing else: what is in force changes with a version of an agreement. [`read_goals`]
//! and [`read_sub_goals`] take them out of a draft and note everything that is wrong; [`Goal`] and [`SubGoal`] are written
//! to and read from the stored content with serde.
//!
//! ```json
//! {"code": "job-ready", "name": "…", "name_en": "…", "goals": ["employment"], "source": "…", "measures": [
//!   {"code": "job-ready-cash-benefit", "indicator": "kendskabsgrad-count", "category": "6.2",
//!    "baselines": [{"area": "zone-1", "period": "2022-06-01", "value": 29}],
//!    "targets": [{"kind": "relative_change", "change": -20, "change_unit": "percent"}]}]}
//! ```

mod read;
mod target;

pub use read::{Catalogue, IndicatorTerms, read_goals, read_sub_goals};
pub use target::{Aim, ChangeUnit, Comparator, Target, TargetKind};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::period::Period;

/// A goal of the strategic agreement (overordnet mål), with the indicators that the fund has fixed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The goal's code, stable over versions.
    #[schema(example = "employment")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Flere får tilknytning til arbejdsmarkedet")]
    pub name: String,
    /// The name in English.
    #[schema(example = "More people are attached to the labour market")]
    pub name_en: String,
    /// What it is followed by.
    pub measures: Vec<Measure>,
    /// What a reader should know.
    #[serde(default)]
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(example = "Strategisk samarbejdsaftale, afsnit 5")]
    pub source: String,
}

/// A sub-goal of a sub-agreement (delmål): a step toward goals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubGoal {
    /// The sub-goal's code, stable over versions.
    #[schema(example = "far-from-labour-market")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Færre ledige langt fra arbejdsmarkedet")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Fewer unemployed far from the labour market")]
    pub name_en: String,
    /// The goals of the strategic agreement that it is a step toward, by code.
    #[serde(default)]
    #[schema(required, example = json!(["employment"]))]
    pub goals: Vec<String>,
    /// What it is measured by.
    pub measures: Vec<Measure>,
    /// What a reader should know.
    #[serde(default)]
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(example = "Delaftale Beskæftigelse, delmål")]
    pub source: String,
}

/// What a goal or sub-goal is measured by: one indicator, over some areas, against one or more targets.
///
/// One indicator and one category, so that two sources for one theme never mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GoalMeasure)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The measure's code: what `goal-status` is asked by. Unique in its agreement, stable over versions.
    #[schema(example = "activity-ready-cash-benefit")]
    pub code: String,
    /// The indicator.
    #[schema(example = "kendskabsgrad-count")]
    pub indicator: String,
    /// The category, such as `6.3` or `6.9/unemployed`; null for the figure as a whole.
    #[serde(default)]
    #[schema(required, example = "6.3")]
    pub category: Option<String>,
    /// Where each area starts from: the areas that the measure applies to. Where all zones of the plan are here and the
    /// plan as a whole is not, it applies to all zones together, too, added up.
    pub baselines: Vec<Baseline>,
    /// The period by whose figures the measure is to be measured. Until one has arrived the baselines are provisional;
    /// then it is the baseline. Null where the baselines stand as they are.
    #[serde(default)]
    #[schema(required, example = "2023-01-01")]
    pub rebase_on: Option<Period>,
    /// What is to be reached; the measure's status is that of the worst.
    pub targets: Vec<Target>,
    /// Where other areas stood, for comparison: the municipality, the country, the police district.
    #[serde(default)]
    pub comparisons: Vec<Baseline>,
    /// What a reader should know.
    #[serde(default)]
    #[schema(required)]
    pub note: Option<String>,
}

/// The figure that an area starts from, as the agreement prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PrintedBaseline)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The area's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The period of the figure.
    pub period: Period,
    /// The value in the indicator's unit; null where the agreement has none.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 79)]
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    #[serde(default)]
    #[schema(required, example = json!(null))]
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    #[serde(default)]
    #[schema(required, example = json!(null))]
    pub denominator: Option<i64>,
    /// What a reader should know.
    #[serde(default)]
    #[schema(required)]
    pub note: Option<String>,
}

#[cfg(test)]
mod tests;
