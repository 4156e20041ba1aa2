//! What exactly is proposed, by the kind of decision.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::kinds::DecisionKind;
use crate::activities::rules::{ActivityStatus, Content};

/// What exactly is proposed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = DecisionPayload)]
pub enum Payload {
    /// Of `place_activity`.
    Placement(Placement),
    /// Of `change_activity`.
    ActivityChange(Box<ActivityChange>),
    /// Of `approve_sub_agreement`, `change_strategic_agreement`, `change_budget` and `change_terms_of_reference`.
    AgreementVersion(AgreementVersion),
    /// Of `adopt_follow_up`.
    FollowUps(FollowUps),
}

impl Payload {
    /// What was stored for a decision of a kind; `other` has none.
    pub fn stored(kind: DecisionKind, text: Option<&str>) -> Result<Option<Self>, serde_json::Error> {
        let Some(text) = text else { return Ok(None) };
        Ok(Some(match kind {
            DecisionKind::PlaceActivity => Payload::Placement(serde_json::from_str(text)?),
            DecisionKind::ChangeActivity => Payload::ActivityChange(serde_json::from_str(text)?),
            DecisionKind::ApproveSubAgreement
            | DecisionKind::ChangeStrategicAgreement
            | DecisionKind::ChangeBudget
            | DecisionKind::ChangeTermsOfReference => Payload::AgreementVersion(serde_json::from_str(text)?),
            DecisionKind::AdoptFollowUp => Payload::FollowUps(serde_json::from_str(text)?),
            DecisionKind::Other => return Ok(None),
        }))
    }
}

/// Where an activity, or one of its teams, is to be. A placement without an end that began earlier ends the day before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlacementProposal)]
pub struct Placement {
    /// The activity's code.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Which team; null for the activity as a whole.
    #[schema(required, max_length = 100)]
    pub team: Option<String>,
    /// Code of the zone.
    #[schema(example = "zone-3")]
    pub zone: String,
    /// The first day.
    #[schema(example = "2024-08-01")]
    pub starts_on: NaiveDate,
    /// The last day, itself included; null where no end is set.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// What a reader of the placement should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// What is to change in an activity. Of `status` and `content` one at least is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ActivityChangeProposal)]
pub struct ActivityChange {
    /// The activity's code.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// The activity's version that the proposal was made on. Once it has changed, the proposal no longer fits.
    #[schema(example = 1)]
    pub version: i32,
    /// How far it is from then on; null: as before. `active` puts a draft in force.
    #[schema(required)]
    pub status: Option<ActivityStatus>,
    /// What is agreed from then on, whole; null: as before.
    #[schema(required)]
    pub content: Option<Content>,
}

/// Which draft of an agreement is to take force, from when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementProposal)]
pub struct AgreementVersion {
    /// The agreement's code.
    #[schema(example = "beskaeftigelse")]
    pub agreement: String,
    /// The draft's number.
    #[schema(example = 2)]
    pub version: i32,
    /// The first day from which it is to hold.
    #[schema(example = "2024-07-01")]
    pub effective_from: NaiveDate,
    /// When the draft was changed last as it was proposed. Once it has changed again, the proposal no longer fits: what takes
    /// force is what the board was shown.
    pub draft_changed_at: DateTime<Utc>,
}

/// Which follow-ups the board is to adopt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FollowUpProposal)]
pub struct FollowUps {
    /// The ids of the follow-ups, 1 to 200, each once.
    #[schema(min_items = 1, max_items = 200)]
    pub follow_ups: Vec<Uuid>,
}
