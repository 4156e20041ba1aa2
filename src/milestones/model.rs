//! How milestones look from outside, and what a client says of one.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entities::milestone;

/// A milestone: something that is to be reached by a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Milestone)]
pub struct MilestoneView {
    /// The milestone's code, stable.
    #[schema(example = "planens-start")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Helhedsplanen begynder")]
    pub name: String,
    /// The name in English.
    #[schema(example = "The plan begins")]
    pub name_en: String,
    /// The day by which it is to be reached.
    #[schema(example = "2023-01-01")]
    pub due_on: NaiveDate,
    /// The day on which it was reached; null as long as nobody has said so.
    #[schema(required)]
    pub reached_on: Option<NaiveDate>,
    /// The agreement that it belongs to; null where it belongs to none.
    #[schema(required, example = "strategisk")]
    pub agreement: Option<String>,
    /// The organisation that answers for it; null where none is stated.
    #[schema(required)]
    pub organisation: Option<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

impl From<milestone::Model> for MilestoneView {
    fn from(row: milestone::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            due_on: row.due_on,
            reached_on: row.reached_on,
            agreement: row.agreement,
            organisation: row.organisation,
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

/// What the secretariat says of a milestone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Midtvejsevaluering (opdigtet)", "name_en": "Mid-term evaluation (made up)",
    "due_on": "2024-12-31", "source": "Områdesekretariatet"}))]
pub struct NewMilestone {
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Midtvejsevaluering (opdigtet)")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Mid-term evaluation (made up)")]
    pub name_en: String,
    /// The day by which it is to be reached; within the plan.
    #[schema(example = "2024-12-31")]
    pub due_on: NaiveDate,
    /// The day on which it was reached; not in the future.
    pub reached_on: Option<NaiveDate>,
    /// The agreement that it belongs to.
    #[schema(max_length = 100, example = "strategisk")]
    pub agreement: Option<String>,
    /// The organisation that answers for it.
    #[schema(max_length = 100, example = "omraadesekretariatet")]
    pub organisation: Option<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(min_length = 1, max_length = 300, example = "Områdesekretariatet")]
    pub source: String,
}
