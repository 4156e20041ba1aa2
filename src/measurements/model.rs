//! How measurements and imports look from outside.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entities::import;
use crate::indicators::rules::{Figure, Status};
use crate::period::Period;
use crate::problem::Problem;

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

impl Mode {
    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            Mode::Upsert => "upsert",
            Mode::Insert => "insert",
        }
    }
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

/// Where a background import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It waits its turn, or is being judged or written.
    Running,
    /// Every row is stored, or would be; `receipt` says what became of them.
    Succeeded,
    /// Nothing is stored; `problem` says why.
    Failed,
    /// The service stopped meanwhile; nothing is stored. Send it again.
    Interrupted,
}

impl ImportState {
    const ALL: [ImportState; 4] = [Self::Running, Self::Succeeded, Self::Failed, Self::Interrupted];

    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            ImportState::Running => "running",
            ImportState::Succeeded => "succeeded",
            ImportState::Failed => "failed",
            ImportState::Interrupted => "interrupted",
        }
    }
}

/// An import that is carried out after its request was answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Import, example = json!({"id": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11", "state": "running", "mode": "upsert",
    "dry_run": false, "rows": {"judged": 1000000, "staged": 412000}, "receipt": null, "problem": null,
    "created_at": "2026-01-05T08:00:00.000000Z", "finished_at": null}))]
pub struct ImportView {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub state: ImportState,
    /// What becomes of figures that are there already.
    #[schema(value_type = Mode)]
    pub mode: String,
    /// Whether it is only judged.
    pub dry_run: bool,
    /// How far it is.
    pub rows: ImportProgress,
    /// What became of the rows; null unless it succeeded.
    #[schema(required, value_type = Option<ImportReceipt>)]
    pub receipt: Option<serde_json::Value>,
    /// What is wrong, as a request that waited would have been told; null unless it failed.
    #[schema(required, value_type = Option<crate::problem::ProblemView>)]
    pub problem: Option<serde_json::Value>,
    /// When it was received.
    pub created_at: DateTime<Utc>,
    /// When it came to its end; null while it runs.
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
}

/// How far an import is; renewed every few seconds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    /// Rows that are judged.
    #[schema(minimum = 0)]
    pub judged: i64,
    /// Rows that stand ready to be written, all in one step.
    #[schema(minimum = 0)]
    pub staged: i64,
}

impl ImportView {
    /// A stored import.
    pub fn new(row: import::Model) -> Result<Self, Problem> {
        let broken = |what: &str| {
            tracing::error!(id = %row.id, what, "a stored import cannot be read");
            Problem::internal()
        };
        let json = |text: &Option<String>| -> Result<Option<serde_json::Value>, Problem> {
            let value = text.as_deref().map(serde_json::from_str).transpose();
            value.map_err(|_| broken("receipt or problem"))
        };
        let state = ImportState::ALL.into_iter().find(|state| state.code() == row.state);
        Ok(Self {
            state: state.ok_or_else(|| broken("state"))?,
            receipt: json(&row.receipt)?,
            problem: json(&row.problem)?,
            id: row.id,
            mode: row.mode,
            dry_run: row.is_dry_run,
            rows: ImportProgress {
                judged: row.judged,
                staged: row.staged,
            },
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
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
