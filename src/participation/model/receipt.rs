//! The receipt of a report.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::report::Totals;

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportOutcome)]
pub enum Outcome {
    /// The first report of the activity and quarter is stored.
    Created,
    /// A new revision is stored.
    Revised,
    /// The stored one already says the same; nothing changed.
    Unchanged,
    /// It would be accepted; nothing is stored.
    DryRun,
}

/// The receipt of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportReceipt)]
pub struct Receipt {
    /// The id of the stored revision; null after a dry run.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// The activity's code.
    #[schema(example = "din-uddannelsesvej")]
    pub activity: String,
    /// The quarter.
    #[schema(example = "2023-Q4")]
    pub period: String,
    /// The stored revision; after a dry run the one that it would get.
    #[schema(example = 1)]
    pub revision: i32,
    /// What came of it.
    pub outcome: Outcome,
    /// What became of the rows.
    pub rows: Rows,
    /// The sums.
    pub totals: Totals,
    /// What is different from the revision before.
    pub changes: Vec<Change>,
    /// What the sender should look at; the report is accepted all the same.
    pub warnings: Vec<Warning>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What became of the rows of `counts`, `places` and `delivered` together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportRows, example = json!({"received": 5, "empty": 1, "created": 4, "updated": 0, "unchanged": 0, "removed": 0}))]
pub struct Rows {
    /// Rows that were sent.
    pub received: usize,
    /// Of these, rows of `counts` and `places` with nothing in them: they say what their absence says, and are not kept.
    pub empty: usize,
    /// Rows that the revision before did not have.
    pub created: usize,
    /// Rows that are different now.
    pub updated: usize,
    /// Rows that say the same.
    pub unchanged: usize,
    /// Rows that only the revision before had.
    pub removed: usize,
}

/// One thing that is different from the revision before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportChange, example = json!({"pointer": "/counts/0", "row": "counts/zone-1-unknown/10-14/female", "field": "participants", "before": 14, "after": 15}))]
pub struct Change {
    /// Where the new row stands in a JSON body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub pointer: Option<String>,
    /// The line of the new row in a CSV body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// Which row: `counts/<residence>/<age band>/<gender>`, `places/<zone>` or `delivered/<commitment>/<zone>`; absent for
    /// `source` and `note`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub row: Option<String>,
    /// Which figure, such as `participants` or `to_job`; `source` or `note` where a text differs.
    pub field: String,
    /// The figure before; null if there was none, or for a text.
    #[schema(required)]
    pub before: Option<i32>,
    /// The figure now; null if there is none, or for a text.
    #[schema(required)]
    pub after: Option<i32>,
}

/// Something the sender should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportWarning)]
pub struct Warning {
    /// Which: `removed` (the revision before had the row), `quarter_not_over`, `fewer_attendances` (than participants,
    /// each of whom attended at least once).
    #[schema(example = "quarter_not_over")]
    pub code: String,
    /// The same for people, in English.
    pub detail: String,
    /// The same for people, in Danish.
    pub detail_da: String,
}
