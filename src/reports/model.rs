//! The pack as it is stored and sent.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{PackMilestoneState, PackSection, PackTrend};
use crate::goals::rules::standing::Standing;
use crate::goals::terms::TargetKind;
use crate::indicators::rules::{Direction, Unit};
use crate::period::Period;

/// The pack of a meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MeetingPack)]
pub struct PackView {
    /// Whether it is the one that the meeting was called with, which never changes; else it is a preview, made anew each time.
    #[schema(example = true)]
    pub is_final: bool,
    /// SHA-256 of the pack as it was stored at the call, in hexadecimal; null for a preview.
    #[schema(
        required,
        example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )]
    pub sha256: Option<String>,
    /// The parts that the caller's scopes do not show; they are null in the pack.
    pub withheld: Vec<PackSection>,
    /// The pack.
    pub pack: Pack,
}

/// What a meeting is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PackContent)]
pub struct Pack {
    /// Code of the plan.
    #[schema(example = "fredericia-2023-2026")]
    pub plan: String,
    /// Name of the plan.
    #[schema(example = "Bydækkende Boligsocial Helhedsplan, Fredericia")]
    pub plan_name: String,
    /// The meeting, as it stood.
    pub meeting: PackMeeting,
    /// The instant of the figures: that of the call.
    pub figures_as_of: DateTime<Utc>,
    /// The day on which goals, placements, milestones and deliveries are judged.
    #[schema(example = "2024-06-11")]
    pub figures_on: NaiveDate,
    /// The last meeting of the body that was held before it; null where there was none.
    #[schema(required)]
    pub previous: Option<PackPrevious>,
    /// The agenda, in its order.
    pub agenda: Vec<PackItem>,
    /// Where every area stands against every measure, as `GET …/goal-status` has it; null where it is withheld.
    #[schema(required)]
    pub goals: Option<Vec<PackGoal>>,
    /// The figures over time of the measures that have one after their baseline; null where they are withheld.
    #[schema(required)]
    pub charts: Option<Vec<PackChart>>,
    /// Kendskabsgrad by area, as the series has it, with the change since the time before; null where it is withheld.
    #[schema(required)]
    pub kendskabsgrad: Option<Vec<PackShare>>,
    /// Counts by target group and area, as the series has them, with the change since the time before; null where they are withheld.
    #[schema(required)]
    pub target_groups: Option<Vec<PackCount>>,
    /// Where published activities are on the day; null where it is withheld.
    #[schema(required)]
    pub placements: Option<Vec<PackPlacement>>,
    /// The milestone plan; null where it is withheld.
    #[schema(required)]
    pub milestones: Option<Vec<PackMilestone>>,
    /// Figures that are late on the day; for the municipality and the fund their own. Null where they are withheld.
    #[schema(required)]
    pub late_deliveries: Option<Vec<PackDelivery>>,
    /// What the board concluded, and what became of it, since the last meeting; null where it is withheld.
    #[schema(required)]
    pub decisions: Option<Vec<PackDecision>>,
}

/// The meeting that a pack is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackMeeting {
    /// The meeting's id.
    pub id: Uuid,
    /// Code of the body.
    #[schema(example = "bestyrelsen")]
    pub body: String,
    /// Name of the body.
    #[schema(example = "Bestyrelsen")]
    pub body_name: String,
    /// What the meeting is called; null where the body's name says it.
    #[schema(required)]
    pub name: Option<String>,
    /// When it begins, local time in Copenhagen.
    #[schema(value_type = String, example = "2024-06-11T14:00:00")]
    pub local_start: NaiveDateTime,
    /// Where it is; null where nothing is said.
    #[schema(required)]
    pub place: Option<String>,
}

/// The meeting before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackPrevious {
    /// The meeting's id.
    pub id: Uuid,
    /// When it began, local time in Copenhagen.
    #[schema(value_type = String, example = "2023-12-05T14:00:00")]
    pub local_start: NaiveDateTime,
    /// The instant of the figures that it saw.
    pub figures_as_of: DateTime<Utc>,
}

/// An item of the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackItem {
    /// The item's id.
    pub id: Uuid,
    /// What it is about, in a line.
    pub title: String,
    /// What it is about; null where nothing is said.
    #[schema(required)]
    pub description: Option<String>,
    /// Its documents.
    pub documents: Vec<PackDocument>,
}

/// A document of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackDocument {
    /// What it is called.
    pub name: String,
    /// Where it is.
    #[schema(example = "https://example.org/indstilling.pdf")]
    pub url: String,
    /// SHA-256 of the document, in hexadecimal.
    pub sha256: String,
}

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
    /// The title.
    pub title: String,
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

/// Where an activity is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackPlacement {
    /// Code of the activity.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Name of the activity.
    pub activity_name: String,
    /// Which team; null for the activity as a whole.
    #[schema(required)]
    pub team: Option<String>,
    /// Code of the zone, or `all-zones`; null where it is not stated.
    #[schema(required, example = "zone-1")]
    pub zone: Option<String>,
    /// Name of the zone; null where it is not stated.
    #[schema(required)]
    pub zone_name: Option<String>,
    /// The first day.
    #[schema(example = "2023-01-01")]
    pub starts_on: NaiveDate,
    /// The last day; null where no end is set.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// Whether it began after the day of the figures that the meeting before saw.
    pub is_new: bool,
}

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackMilestone {
    /// The milestone's code.
    #[schema(example = "planens-start")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// The day by which it is to be reached.
    #[schema(example = "2023-01-01")]
    pub due_on: NaiveDate,
    /// The day on which it was reached; null where nobody has said so.
    #[schema(required)]
    pub reached_on: Option<NaiveDate>,
    /// How it stands on the day.
    pub state: PackMilestoneState,
}

/// Figures that are late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackDelivery {
    /// Code of the indicator.
    #[schema(example = "kendskabsgrad")]
    pub indicator: String,
    /// Name of the indicator.
    pub name: String,
    /// Code of the organisation that owes them; null where the source names none.
    #[schema(required, example = "jobcenter-fredericia")]
    pub owner: Option<String>,
    /// Name of that organisation.
    #[schema(required)]
    pub owner_name: Option<String>,
    /// The period that is waited for; null where there is none.
    #[schema(required)]
    pub period: Option<Period>,
    /// When they were due.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
}

/// A decision, and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackDecision {
    /// The decision's id.
    pub id: Uuid,
    /// What is decided, as in `GET …/decisions`.
    #[schema(example = "place_activity")]
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Where it stands, as in `GET …/decisions`.
    #[schema(example = "in_force")]
    pub state: String,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
    /// The chair's conclusion in words; null where none were recorded.
    #[schema(required)]
    pub conclusion: Option<String>,
    /// What it did to the plan; null as long as it has done nothing.
    #[schema(required)]
    pub effect: Option<PackEffect>,
}

/// What a decision did to the plan. Of the members, those of its kind are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackEffect {
    /// Code of the activity that it placed or changed.
    #[schema(required, example = "lektiecafe")]
    pub activity: Option<String>,
    /// The version that the activity has had since.
    #[schema(required)]
    pub activity_version: Option<i32>,
    /// The placement that it made.
    #[schema(required)]
    pub placement: Option<Uuid>,
    /// Code of the agreement of which it put a version in force.
    #[schema(required)]
    pub agreement: Option<String>,
    /// That version.
    #[schema(required)]
    pub agreement_version: Option<i32>,
    /// The follow-ups that it adopted.
    #[serde(default)]
    pub follow_ups: Vec<Uuid>,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
}
