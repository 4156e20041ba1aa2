//! The pack as it is stored and sent.

mod figures;
mod parts;

pub use figures::{PackChart, PackCount, PackFigure, PackGoal, PackLine, PackShare, PackTarget};
pub use parts::{
    PackConclusion, PackDecision, PackDelivery, PackEffect, PackMilestone, PackOutcomes, PackParticipants,
    PackParticipation, PackPlacement, PackReservation, PackVote, StoredOutcomes,
};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::PackSection;
use crate::decisions::rules::kinds::{DecisionKind, DecisionState};

/// A spreadsheet (XLSX) with a sheet a subject, as it is sent.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Spreadsheet(pub Vec<u8>);

/// The pack of a meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MeetingPack)]
pub struct PackView {
    /// Whether it is the one that the meeting was called with, which never changes; else it is a preview, made anew each time.
    #[schema(example = true)]
    pub is_final: bool,
    /// SHA-256 of the pack as it is stored, in hexadecimal; null for a preview.
    #[schema(
        required,
        example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )]
    pub sha256: Option<String>,
    /// When a text that should not have been written was last taken out of it (`POST …/redactions`), which is the only way in which
    /// it ever changes; `sha256` is then that of what is left. Null where that never happened.
    #[schema(required)]
    pub redacted_at: Option<DateTime<Utc>>,
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
    /// Who took part, as it was released to the parties, with small counts hidden; null where nothing was released, and where it is
    /// withheld.
    #[schema(required)]
    pub participation: Option<PackParticipation>,
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
    /// The decisions that are taken up under it, as far as the caller sees them; none in packs that were made before decisions named
    /// items.
    #[serde(default)]
    #[schema(required)]
    pub decisions: Vec<PackItemDecision>,
}

/// A decision that is taken up under an item, as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackItemDecision {
    /// The decision's id.
    pub id: Uuid,
    /// What is decided.
    pub kind: DecisionKind,
    /// What it is called.
    #[schema(example = "Lektiecaféen flyttes fra zone 1 til zone 3")]
    pub title: String,
    /// Where it stood.
    pub state: DecisionState,
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
