//! What is to be reached: the five kinds of targets.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What is to be reached, and by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Target {
    /// What is to be reached.
    pub aim: Aim,
    /// The day by which; none for the plan's last day.
    pub due: Option<NaiveDate>,
    /// How an unclear text is read; none where it is clear.
    pub reading: Option<String>,
}

/// The five kinds of targets. Which way is better, the indicator says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The baseline changed by so much: -20 % of 201 is 160.8; -5 percentage points from 42.6 is 37.6.
    RelativeChange {
        /// By how much.
        change: Decimal,
        /// Of what: percent and percentage points are never taken for each other.
        unit: ChangeUnit,
    },
    /// This value or better.
    Absolute {
        /// The value.
        value: Decimal,
    },
    /// Better than this limit; the limit itself does not do.
    BelowLimit {
        /// The limit.
        limit: Decimal,
    },
    /// As good as another figure is at the time, or better: it moves.
    MatchComparator {
        /// The other figure.
        comparator: Comparator,
    },
    /// Better than the baseline, by whatever.
    DirectionOnly,
}

/// The kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GoalTargetKind)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// The baseline changed by a share of itself, or by percentage points.
    RelativeChange,
    /// A value.
    Absolute,
    /// Better than a limit; reaching the limit itself does not do.
    BelowLimit,
    /// As good as another figure, which moves.
    MatchComparator,
    /// Better than the baseline.
    DirectionOnly,
}

impl TargetKind {
    /// The kind as it is stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            TargetKind::RelativeChange => "relative_change",
            TargetKind::Absolute => "absolute",
            TargetKind::BelowLimit => "below_limit",
            TargetKind::MatchComparator => "match_comparator",
            TargetKind::DirectionOnly => "direction_only",
        }
    }
}

/// What a relative change is a change of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeUnit {
    /// Per cent of the baseline.
    Percent,
    /// Points added to a baseline that is a share.
    PercentagePoints,
}

impl ChangeUnit {
    /// The unit as it is stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            ChangeUnit::Percent => "percent",
            ChangeUnit::PercentagePoints => "percentage_points",
        }
    }
}

/// The figure that a target is measured against: another area's, or another indicator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GoalComparator)]
#[serde(deny_unknown_fields)]
pub struct Comparator {
    /// The area; null for the measure's own.
    #[serde(default)]
    #[schema(required, example = "fredericia")]
    pub area: Option<String>,
    /// The indicator; null for the measure's own.
    #[serde(default)]
    #[schema(required, example = json!(null))]
    pub indicator: Option<String>,
}

impl Aim {
    /// Its kind.
    pub fn kind(&self) -> TargetKind {
        match self {
            Aim::RelativeChange { .. } => TargetKind::RelativeChange,
            Aim::Absolute { .. } => TargetKind::Absolute,
            Aim::BelowLimit { .. } => TargetKind::BelowLimit,
            Aim::MatchComparator { .. } => TargetKind::MatchComparator,
            Aim::DirectionOnly => TargetKind::DirectionOnly,
        }
    }
}

/// A target as it is stored and sent: which members belong to which kind is checked on reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GoalTarget)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// Its kind.
    kind: TargetKind,
    /// For `relative_change`: by how much.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = -20)]
    change: Option<Decimal>,
    /// For `relative_change`: percent of the baseline, or percentage points.
    #[serde(default)]
    #[schema(required)]
    change_unit: Option<ChangeUnit>,
    /// For `absolute` and `below_limit`: the value, in the indicator's unit.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = json!(null))]
    value: Option<Decimal>,
    /// For `match_comparator`: what is to be matched.
    #[serde(default)]
    #[schema(required, example = json!(null))]
    comparator: Option<Comparator>,
    /// The day by which; null for the plan's last day.
    #[serde(default)]
    #[schema(required)]
    due: Option<NaiveDate>,
    /// How an unclear text is read.
    #[serde(default)]
    #[schema(required)]
    reading: Option<String>,
}

impl TryFrom<Wire> for Target {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let is_whole = wire.change.is_some() == wire.change_unit.is_some();
        let aim = match (
            wire.kind,
            wire.change.zip(wire.change_unit),
            wire.value,
            wire.comparator,
        ) {
            _ if !is_whole => return Err("change and change_unit go together".to_owned()),
            (TargetKind::RelativeChange, Some((change, unit)), None, None) => Aim::RelativeChange { change, unit },
            (TargetKind::Absolute, None, Some(value), None) => Aim::Absolute { value },
            (TargetKind::BelowLimit, None, Some(limit), None) => Aim::BelowLimit { limit },
            (TargetKind::MatchComparator, None, None, Some(comparator)) => Aim::MatchComparator { comparator },
            (TargetKind::DirectionOnly, None, None, None) => Aim::DirectionOnly,
            (kind, ..) => return Err(format!("the members do not belong to a target of kind {}", kind.code())),
        };
        Ok(Target {
            aim,
            due: wire.due,
            reading: wire.reading,
        })
    }
}

impl From<Target> for Wire {
    fn from(target: Target) -> Self {
        let mut wire = Wire {
            kind: target.aim.kind(),
            change: None,
            change_unit: None,
            value: None,
            comparator: None,
            due: target.due,
            reading: target.reading,
        };
        match target.aim {
            Aim::RelativeChange { change, unit } => {
                wire.change = Some(change);
                wire.change_unit = Some(unit);
            }
            Aim::Absolute { value } | Aim::BelowLimit { limit: value } => wire.value = Some(value),
            Aim::MatchComparator { comparator } => wire.comparator = Some(comparator),
            Aim::DirectionOnly => {}
        }
        wire
    }
}

impl PartialSchema for Target {
    fn schema() -> RefOr<Schema> {
        Wire::schema()
    }
}

impl ToSchema for Target {
    fn name() -> std::borrow::Cow<'static, str> {
        "GoalTarget".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Wire::schemas(schemas);
    }
}
