//! How a series looks from outside.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::indicators::rules::{Direction, Figure, Status, Unit};
use crate::period::Period;

/// Figures of one indicator, every one with its source, status and revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Series)]
pub struct SeriesView {
    /// The indicator.
    pub indicator: SeriesIndicator,
    /// The figures, by area, category and period.
    pub points: Vec<PointView>,
    /// How fresh they are.
    pub fresh: Fresh,
}

/// The indicator of a series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeriesIndicator {
    /// The indicator's code.
    #[schema(example = "kendskabsgrad")]
    pub code: String,
    /// The name in Danish.
    #[schema(example = "Kendskabsgrad")]
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// The unit.
    #[schema(value_type = Unit)]
    pub unit: String,
    /// Which way is good.
    #[schema(value_type = Direction)]
    pub direction: String,
    /// The organisation that owns the figures.
    #[schema(required, example = "jobcenter-fredericia")]
    pub data_owner: Option<String>,
    /// Where the figures come from.
    pub provenance: String,
}

/// One figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Point)]
pub struct PointView {
    /// The measurement's id, the same in all its revisions; null where the figure was added up here.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// The area's code.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The period.
    pub period: Period,
    /// The category; null for the figure as a whole.
    #[schema(required, example = json!(null))]
    pub category: Option<String>,
    /// The value in the indicator's unit, with the decimals it was given with; null where `status` says why.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 22.1)]
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    #[schema(required, example = 306)]
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    #[schema(required, example = json!(null))]
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Status,
    /// The revision; null where the figure was added up here.
    #[schema(required, example = 1)]
    pub revision: Option<i32>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where the figure comes from; null where it was added up here.
    #[schema(required)]
    pub source: Option<String>,
    /// When this revision arrived.
    pub received_at: DateTime<Utc>,
}

impl From<Figure> for PointView {
    fn from(figure: Figure) -> Self {
        Self {
            id: figure.id,
            area: figure.area,
            period: figure.period,
            category: figure.category,
            value: figure.value,
            numerator: figure.numerator,
            denominator: figure.denominator,
            status: figure.status,
            revision: figure.revision,
            note: figure.note,
            source: figure.source,
            received_at: figure.received_at,
        }
    }
}

/// How fresh a series is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fresh {
    /// The latest period that has a figure; null where there is none.
    #[schema(required)]
    pub latest_period: Option<Period>,
    /// When the newest figure arrived.
    #[schema(required)]
    pub received_at: Option<DateTime<Utc>>,
    /// When the next figure is due; null where no rhythm is agreed.
    #[schema(required, example = "2023-01-01")]
    pub next_due: Option<NaiveDate>,
}
