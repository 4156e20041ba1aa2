//! The figures that a meeting saw, and what has been restated since.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::goals::rules::standing::Standing;
use crate::goals::store::{FigureView, GoalStatusView};
use crate::period::Period;

/// What a meeting saw, and what has been restated since.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MeetingFigures)]
pub struct FiguresView {
    /// The meeting.
    pub meeting: Uuid,
    /// The instant of the figures: that of the call.
    pub as_of: DateTime<Utc>,
    /// The day on which the goals are judged.
    #[schema(example = "2024-06-11")]
    pub on: NaiveDate,
    /// Where every area stood against every measure, exactly as the meeting saw it.
    pub items: Vec<GoalStatusView>,
    /// What would be judged otherwise, or on other figures, by what is known today; empty where nothing was restated.
    pub restated: Vec<RestatedView>,
}

/// A measure of an area that rests on other figures today.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RestatedStatus)]
pub struct RestatedView {
    /// The measure's code.
    #[schema(example = "rehabilitation")]
    pub code: String,
    /// The goal or sub-goal, by code.
    #[schema(example = "revalidering")]
    pub goal: String,
    /// The area, by code.
    #[schema(example = "all-zones")]
    pub area: String,
    /// The indicator, by code.
    #[schema(example = "kendskabsgrad-count")]
    pub indicator: String,
    /// The category; null where there is none.
    #[schema(required, example = "6.4")]
    pub category: Option<String>,
    /// What the meeting saw; null where it saw nothing of it.
    #[schema(required)]
    pub before: Option<ShownView>,
    /// What it would see today; null where it would see nothing of it.
    #[schema(required)]
    pub after: Option<ShownView>,
    /// The figures that were corrected, came, or count no longer.
    pub figures: Vec<RestatedFigureView>,
}

/// How a measure is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShownStatus)]
pub struct ShownView {
    /// The status.
    pub status: Standing,
    /// The baseline's value.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 100)]
    pub baseline: Option<Decimal>,
    /// The last figure.
    #[schema(required)]
    pub latest: Option<FigureView>,
}

/// A measurement that a judgement rests on, then and now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RestatedFigure)]
pub struct RestatedFigureView {
    /// The measurement's id.
    pub id: Uuid,
    /// Its area, by code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// Its period.
    #[schema(example = "2024-01-01")]
    pub period: Period,
    /// The revision that the meeting saw; null where it saw none.
    #[schema(required)]
    pub before: Option<RevisionView>,
    /// The revision that counts today; null where none does.
    #[schema(required)]
    pub after: Option<RevisionView>,
}

/// A revision of a measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FigureRevision)]
pub struct RevisionView {
    /// Its number.
    #[schema(example = 1)]
    pub revision: i32,
    /// Its value; null where only its counts were added up.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 24)]
    pub value: Option<Decimal>,
}
