//! How milestones look from outside.

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

impl MilestoneView {
    /// What of it may be written.
    pub fn written(&self) -> WrittenMilestone {
        WrittenMilestone {
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            due_on: self.due_on,
            reached_on: self.reached_on,
            agreement: self.agreement.clone(),
            organisation: self.organisation.clone(),
            note: self.note.clone(),
            source: self.source.clone(),
        }
    }
}

/// A milestone as it is written.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WrittenMilestone, example = json!({"name": "Midtvejsevaluering (opdigtet)", "name_en": "Mid-term evaluation (made up)",
    "due_on": "2024-12-31", "source": "Områdesekretariatet"}))]
pub struct WrittenMilestone {
    /// The name in Danish, official.
    #[schema(max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: String,
    /// The day by which it is to be reached; within the plan.
    #[schema(example = "2024-12-31")]
    pub due_on: NaiveDate,
    /// The day on which it was reached; not in the future.
    pub reached_on: Option<NaiveDate>,
    /// The agreement that it belongs to.
    #[schema(example = "strategisk")]
    pub agreement: Option<String>,
    /// The organisation that answers for it.
    #[schema(example = "omraadesekretariatet")]
    pub organisation: Option<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(max_length = 300)]
    pub source: String,
}

/// A change to a milestone (RFC 7396): what is absent stays, what is null goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MilestonePatch, example = json!({"reached_on": "2023-01-01"}))]
pub struct PatchedMilestone {
    /// The name in Danish, official.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: Option<String>,
    /// The day by which it is to be reached; within the plan.
    #[schema(example = "2024-12-31")]
    pub due_on: Option<NaiveDate>,
    /// The day on which it was reached; not in the future.
    pub reached_on: Option<NaiveDate>,
    /// The agreement that it belongs to.
    #[schema(example = "strategisk")]
    pub agreement: Option<String>,
    /// The organisation that answers for it.
    #[schema(example = "omraadesekretariatet")]
    pub organisation: Option<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(max_length = 300)]
    pub source: Option<String>,
}
