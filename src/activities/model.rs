//! How activities and placements look from outside.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{ActivityStatus, Actor, Commitment, Content, Mobility, PlacementBasis, TargetGroup};
use crate::entities::{activity, activity_placement};
use crate::words::Word;

/// An activity of the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Activity)]
pub struct ActivityView {
    /// The activity's code, stable.
    #[schema(example = "lektiecafe")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Lektiecaféer")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Homework cafés")]
    pub name_en: String,
    /// Code of the focus area.
    #[schema(example = "uddannelse-og-livschancer")]
    pub focus_area: String,
    /// How far it is; only a decision changes it.
    pub status: ActivityStatus,
    /// Whether it moves between zones.
    pub mobility: Mobility,
    /// Whether no two of its teams may be in the same zone at a time.
    #[schema(example = false)]
    pub teams_apart: bool,
    /// Whether everybody sees it.
    #[schema(example = true)]
    pub is_published: bool,
    /// What it is for, in Danish.
    pub purpose: String,
    /// What it is for, in English.
    pub purpose_en: String,
    /// What is done, in Danish.
    pub content: String,
    /// What is done, in English.
    pub content_en: String,
    /// How it is presented to residents, in Danish; null where nothing else than purpose and content is said.
    #[schema(required)]
    pub description: Option<String>,
    /// How it is presented to residents, in English.
    #[schema(required)]
    pub description_en: Option<String>,
    /// For whom it is.
    pub target_groups: Vec<TargetGroup>,
    /// Who takes part, and what for.
    pub actors: Vec<Actor>,
    /// What was promised.
    pub commitments: Vec<Commitment>,
    /// Where it was placed when, oldest first; empty where no zone has been named.
    pub placements: Vec<PlacementView>,
    /// Other names that sources use.
    pub aliases: Vec<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// Counts its changes, from 1; a decision to change it names the version that it was made on.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

impl ActivityView {
    /// The activity with what hangs on it.
    pub fn new(
        row: activity::Model,
        target_groups: Vec<TargetGroup>,
        actors: Vec<Actor>,
        commitments: Vec<Commitment>,
        placements: Vec<PlacementView>,
    ) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            focus_area: row.focus_area,
            status: ActivityStatus::find(&row.status).unwrap_or(ActivityStatus::Draft),
            mobility: Mobility::find(&row.mobility).unwrap_or(Mobility::Mobile),
            teams_apart: row.teams_apart,
            is_published: row.is_published,
            purpose: row.purpose,
            purpose_en: row.purpose_en,
            content: row.content,
            content_en: row.content_en,
            description: row.description,
            description_en: row.description_en,
            target_groups,
            actors,
            commitments,
            placements,
            aliases: serde_json::from_value(row.aliases).unwrap_or_default(),
            note: row.note,
            source: row.source,
            version: row.version,
            archived_at: row.archived_at,
        }
    }

    /// What was agreed about it.
    pub fn agreed(&self) -> Content {
        let view = self.clone();
        Content {
            focus_area: view.focus_area,
            mobility: view.mobility,
            teams_apart: view.teams_apart,
            name: view.name,
            name_en: view.name_en,
            aliases: view.aliases,
            purpose: view.purpose,
            purpose_en: view.purpose_en,
            content: view.content,
            content_en: view.content_en,
            target_groups: view.target_groups,
            actors: view.actors,
            commitments: view.commitments,
            note: view.note,
            source: view.source,
        }
    }
}

/// Where an activity, or one of its teams, is from when to when, and by which decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Placement)]
pub struct PlacementView {
    /// The placement's id.
    pub id: Uuid,
    /// Which team; null for the activity as a whole.
    #[schema(required, example = "program")]
    pub team: Option<String>,
    /// Code of the zone, or `all-zones`; null where the source does not name it.
    #[schema(required, example = "zone-1")]
    pub zone: Option<String>,
    /// The first day.
    #[schema(example = "2023-01-01")]
    pub starts_on: NaiveDate,
    /// The last day, itself included; null where no end is set.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// What it rests on.
    pub basis: PlacementBasis,
    /// Id of the decision, where one placed it.
    #[schema(required)]
    pub decision: Option<Uuid>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

impl From<activity_placement::Model> for PlacementView {
    fn from(row: activity_placement::Model) -> Self {
        Self {
            id: row.id,
            team: Some(row.team).filter(|team| !team.is_empty()),
            zone: row.zone,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            basis: PlacementBasis::find(&row.basis).unwrap_or(PlacementBasis::Agreement),
            decision: row.decision,
            note: row.note,
            source: row.source,
        }
    }
}

/// An activity as the secretariat drafts it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Cykelværksted", "name_en": "Bicycle workshop", "focus_area": "kriminalitetsforebyggelse",
    "mobility": "mobile", "purpose": "Unge lærer at reparere cykler.", "purpose_en": "Young people learn to mend bicycles.",
    "content": "Et værksted en gang om ugen.", "content_en": "A workshop once a week.",
    "target_groups": [{"name": "Unge på 10-17 år", "name_en": "Young people of 10-17", "age_from": 10, "age_to": 17}],
    "source": "Eksempel, ikke en aktivitet i aftalen"}))]
pub struct NewActivity {
    /// The name in Danish, official.
    #[schema(max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: String,
    /// Code of the focus area.
    pub focus_area: String,
    /// Whether it moves between zones.
    pub mobility: Mobility,
    /// Whether no two of its teams may be in the same zone at a time; `false` where absent.
    pub teams_apart: Option<bool>,
    /// Whether everybody sees it; only what is in force can be published. `false` where absent.
    pub is_published: Option<bool>,
    /// What it is for, in Danish.
    #[schema(max_length = 4000)]
    pub purpose: String,
    /// What it is for, in English.
    #[schema(max_length = 4000)]
    pub purpose_en: String,
    /// What is done, in Danish.
    #[schema(max_length = 8000)]
    pub content: String,
    /// What is done, in English.
    #[schema(max_length = 8000)]
    pub content_en: String,
    /// How it is presented to residents, in Danish.
    #[schema(max_length = 4000)]
    pub description: Option<String>,
    /// How it is presented to residents, in English.
    #[schema(max_length = 4000)]
    pub description_en: Option<String>,
    /// For whom it is, at most 50.
    pub target_groups: Option<Vec<NewTargetGroup>>,
    /// Who takes part, at most 50.
    pub actors: Option<Vec<NewActor>>,
    /// What was promised, at most 50.
    pub commitments: Option<Vec<NewCommitment>>,
    /// Other names that sources use, at most 50.
    pub aliases: Option<Vec<String>>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where it is stated.
    #[schema(max_length = 300)]
    pub source: String,
}

/// A group of people that an activity is for, as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewActivityTargetGroup)]
pub struct NewTargetGroup {
    /// The name in Danish.
    #[schema(max_length = 300)]
    pub name: String,
    /// The name in English.
    #[schema(max_length = 300)]
    pub name_en: String,
    /// The youngest age, itself included.
    #[schema(minimum = 0, maximum = 120)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included.
    #[schema(minimum = 0, maximum = 120)]
    pub age_to: Option<i16>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// Who takes part, as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewActivityActor)]
pub struct NewActor {
    /// Code of the organisation; absent where a kind of actor is meant.
    pub organisation: Option<String>,
    /// The name in Danish.
    #[schema(max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: String,
    /// What it answers for, in Danish.
    #[schema(max_length = 1000)]
    pub responsibility: String,
    /// What it answers for, in English.
    #[schema(max_length = 1000)]
    pub responsibility_en: String,
}

/// What is promised, as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewActivityCommitment)]
pub struct NewCommitment {
    /// Its code, unique within the activity.
    #[schema(max_length = 64)]
    pub code: String,
    /// Code of the organisation that promises it.
    pub organisation: Option<String>,
    /// The name in Danish.
    #[schema(max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: String,
    /// How many, with `unit`.
    #[schema(minimum = 0, maximum = 32767)]
    pub quantity: Option<i32>,
    /// Of what, with `quantity`.
    #[schema(max_length = 50)]
    pub unit: Option<String>,
    /// In how long.
    pub per: Option<super::rules::CommitmentPeriod>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where it is stated.
    #[schema(max_length = 300)]
    pub source: String,
}
