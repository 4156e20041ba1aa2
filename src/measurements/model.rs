//! How measurements and imports look from outside.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::indicators::rules::{Figure, Status};
use crate::period::Period;

/// A figure as its owner sends it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"indicator": "outside-labour-market-18-64", "area": "zone-1", "period": "2019", "value": 47.9,
    "source": "Landsbyggefonden, Beboerdata"}))]
pub struct NewMeasurement {
    /// The indicator's code.
    pub indicator: String,
    /// The area's code.
    pub area: String,
    /// What it is about in time.
    pub period: Period,
    /// The category, where the indicator has any.
    pub category: Option<String>,
    /// The value in the indicator's unit, with the decimals it is to be shown with; absent where the status is `missing`.
    #[schema(value_type = Option<f64>)]
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    #[schema(minimum = 0)]
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    #[schema(minimum = 0)]
    pub denominator: Option<i64>,
    /// How sure it is; `final` where absent, `missing` where there is no value.
    pub status: Option<Status>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where the figure comes from.
    #[schema(max_length = 300)]
    pub source: String,
}

/// What an import does with figures that are there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A figure that differs becomes a new revision.
    #[default]
    Upsert,
    /// A figure that is there is an error.
    Insert,
}

/// What came of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// Every row is stored.
    Stored,
    /// Every figure says the same as before; nothing changed.
    Unchanged,
    /// It would be accepted; nothing is stored.
    DryRun,
}

/// The receipt of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"outcome": "stored", "rows": {"received": 7, "created": 6, "updated": 1, "unchanged": 0},
    "received_at": "2026-01-05T08:00:00.000000Z"}))]
pub struct ImportReceipt {
    /// What came of it.
    pub outcome: ImportOutcome,
    /// What became of the rows.
    pub rows: ImportRows,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What became of the rows of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRows {
    /// Rows that were sent.
    pub received: u64,
    /// Figures that were not there before.
    pub created: u64,
    /// Figures that got a new revision.
    pub updated: u64,
    /// Figures that say the same.
    pub unchanged: u64,
}

/// A measured figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Measurement)]
pub struct MeasurementView {
    /// The figure's id, the same in all its revisions.
    pub id: Uuid,
    /// The revision, from 1.
    #[schema(example = 1)]
    pub revision: i32,
    /// The indicator's code.
    #[schema(example = "outside-labour-market-18-64")]
    pub indicator: String,
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
    #[schema(required, value_type = Option<f64>, example = 47.9)]
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    #[schema(required)]
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    #[schema(required)]
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Status,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where the figure comes from.
    pub source: String,
    /// Why a person corrected the figure; null where the revision came with an import or an extract.
    #[schema(required)]
    pub reason: Option<String>,
    /// When this revision arrived.
    pub received_at: DateTime<Utc>,
    /// Whether a later revision took its place, or the figure ended: a tombstone under `changed_since`.
    pub superseded: bool,
}

impl MeasurementView {
    /// A stored revision of a figure.
    pub fn new(indicator: String, figure: Figure, reason: Option<String>, superseded: bool) -> Self {
        Self {
            id: figure.id.unwrap_or_default(),
            revision: figure.revision.unwrap_or_default(),
            indicator,
            area: figure.area,
            period: figure.period,
            category: figure.category,
            value: figure.value,
            numerator: figure.numerator,
            denominator: figure.denominator,
            status: figure.status,
            note: figure.note,
            source: figure.source.unwrap_or_default(),
            reason,
            received_at: figure.received_at,
            superseded,
        }
    }
}

/// A correction: what is named is changed, `null` takes it away (RFC 7396).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"value": 47.8, "reason": "Tastefejl i den første indberetning"}))]
pub struct Correction {
    /// The value in the indicator's unit, with its decimals.
    #[schema(value_type = Option<f64>)]
    pub value: Option<Decimal>,
    /// For a share, how many were counted.
    #[schema(minimum = 0)]
    pub numerator: Option<i64>,
    /// For a share, out of how many.
    #[schema(minimum = 0)]
    pub denominator: Option<i64>,
    /// How sure it is.
    pub status: Option<Status>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where the figure comes from.
    #[schema(max_length = 300)]
    pub source: Option<String>,
    /// Why it is corrected.
    #[schema(max_length = 1000)]
    pub reason: String,
}

/// A measurement with all its revisions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasurementHistory {
    /// The newest revision.
    pub current: MeasurementView,
    /// Every revision, the newest first.
    pub history: Vec<MeasurementView>,
}

impl MeasurementHistory {
    /// Of revisions, the newest first; there is at least one.
    pub fn new(history: Vec<MeasurementView>) -> Option<Self> {
        Some(Self {
            current: history.first()?.clone(),
            history,
        })
    }
}
