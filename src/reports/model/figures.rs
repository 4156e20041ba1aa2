//! Figures: where the goals stand, series over time, kendskabsgrad.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::rules::PackTrend;
use crate::goals::rules::standing::Standing;
use crate::goals::terms::TargetKind;
use crate::indicators::rules::{Direction, Unit};
use crate::period::Period;

/// A figure of a period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackFigure {
    /// The period.
    #[schema(example = "2024-01-01")]
    pub period: Period,
    /// The value.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    #[schema(value_type = f64, example = 180)]
    pub value: Decimal,
}

/// Where an area stands against a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackGoal {
    /// Code of the goal or sub-goal.
    #[schema(example = "far-from-labour-market")]
    pub goal: String,
    /// Its name.
    pub goal_name: String,
    /// Code of the focus area of a sub-goal; null for a goal of the strategic agreement.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// Code of the measure.
    #[schema(example = "activity-ready-cash-benefit")]
    pub measure: String,
    /// Code of the indicator.
    #[schema(example = "kendskabsgrad-count")]
    pub indicator: String,
    /// Name of the indicator, with its category where it has one.
    pub indicator_name: String,
    /// The category; null for the figure as a whole.
    #[schema(required, example = "6.3")]
    pub category: Option<String>,
    /// Code of the area.
    #[schema(example = "all-zones")]
    pub area: String,
    /// Name of the area.
    pub area_name: String,
    /// The unit.
    pub unit: Unit,
    /// Which way is good.
    pub direction: Direction,
    /// Where the area stands.
    pub status: Standing,
    /// The period that it starts from.
    #[schema(example = "2022-06-01")]
    pub baseline_period: Period,
    /// The value that it starts from; null where there is none.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 201)]
    pub baseline: Option<Decimal>,
    /// Whether the baseline is provisional.
    pub baseline_provisional: bool,
    /// The last figure that the meeting before saw, as it saw it; null where it saw none.
    #[schema(required)]
    pub before: Option<PackFigure>,
    /// The last figure after the baseline; null where there is none.
    #[schema(required)]
    pub latest: Option<PackFigure>,
    /// Which way it has gone since the figure that the meeting before saw, or else since the baseline; null where there is
    /// nothing to compare.
    #[schema(required)]
    pub trend: Option<PackTrend>,
    /// Each target.
    pub targets: Vec<PackTarget>,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackTarget {
    /// The target's kind.
    pub kind: TargetKind,
    /// The value to be reached; null for a direction only, and where it is unknown.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 160.8)]
    pub value: Option<Decimal>,
    /// The day by which.
    #[schema(example = "2026-12-31")]
    pub due: NaiveDate,
    /// The share of the way that is behind the area; null where there is none.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 0.5224)]
    pub progress: Option<Decimal>,
    /// Where the area stands against it.
    pub status: Standing,
}

/// The figures of a measure over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackChart {
    /// Code of the goal or sub-goal.
    pub goal: String,
    /// Code of the measure.
    pub measure: String,
    /// Name of the goal or sub-goal.
    pub goal_name: String,
    /// Name of the indicator, with its category where it has one.
    pub indicator_name: String,
    /// The unit.
    pub unit: Unit,
    /// Where the figures come from.
    pub source: String,
    /// A line an area.
    pub lines: Vec<PackLine>,
}

/// The figures of an area over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackLine {
    /// Code of the area.
    #[schema(example = "all-zones")]
    pub area: String,
    /// Name of the area.
    pub area_name: String,
    /// The figures, in the order of their periods.
    pub figures: Vec<PackFigure>,
}

/// The kendskabsgrad of an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackShare {
    /// Code of the area.
    #[schema(example = "zone-1")]
    pub area: String,
    /// Name of the area.
    pub area_name: String,
    /// The last date drawn.
    #[schema(example = "2024-01-01")]
    pub period: Period,
    /// The share in percent; null where it is unknown.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 21.9)]
    pub value: Option<Decimal>,
    /// How many persons; null where it is unknown.
    #[schema(required, example = 306)]
    pub count: Option<i64>,
    /// The date drawn before; null where there is none.
    #[schema(required)]
    pub before_period: Option<Period>,
    /// The share then.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 22.1)]
    pub before: Option<Decimal>,
    /// How many persons then.
    #[schema(required, example = 310)]
    pub before_count: Option<i64>,
    /// The change of the share in percentage points; null where one of them is unknown.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = -0.2)]
    pub change: Option<Decimal>,
    /// The change of the count; null where one of them is unknown.
    #[schema(required, example = -4)]
    pub change_count: Option<i64>,
}

/// The count of a target group in an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackCount {
    /// Code of the target group, or of a part of one.
    #[schema(example = "6.1")]
    pub target_group: String,
    /// Its name.
    pub name: String,
    /// Code of the area.
    #[schema(example = "zone-1")]
    pub area: String,
    /// Name of the area.
    pub area_name: String,
    /// The last date drawn.
    #[schema(example = "2024-01-01")]
    pub period: Period,
    /// How many persons; null where it is unknown.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 24)]
    pub value: Option<Decimal>,
    /// The date drawn before; null where there is none.
    #[schema(required)]
    pub before_period: Option<Period>,
    /// How many persons then.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 30)]
    pub before: Option<Decimal>,
    /// The change; null where one of them is unknown.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = -6)]
    pub change: Option<Decimal>,
}
