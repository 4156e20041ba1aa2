//! How proposals, recommendations, votes and conclusions are sent.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::kinds::{Choice, ConclusionBy, DecisionKind, Recommender, Stance};
use crate::activities::rules::{ActivityStatus, Content};

/// A proposal to the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "place_activity", "title": "Lektiecaféen flyttes fra zone 1 til zone 3 (opdigtet eksempel)",
    "payload": {"activity": "lektiecafe", "zone": "zone-3", "starts_on": "2024-08-01"}}))]
pub struct NewDecision {
    /// What is decided.
    pub kind: DecisionKind,
    /// What it is called, in Danish.
    #[schema(max_length = 200)]
    pub title: String,
    /// What is proposed and why.
    #[schema(max_length = 4000)]
    pub text: Option<String>,
    /// The meeting of the board that it is for; it can also be named with the conclusion.
    pub meeting: Option<Uuid>,
    /// The item under which it is taken up: one that is on the agenda of that meeting.
    pub agenda_item: Option<Uuid>,
    /// What exactly, in the form that goes with `kind`; absent for `other`.
    pub payload: Option<NewPayload>,
}

/// What exactly is proposed, in the form that goes with the kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = NewDecisionPayload)]
pub enum NewPayload {
    /// Of `place_activity`.
    Placement(NewPlacementProposal),
    /// Of `change_activity`.
    ActivityChange(Box<NewActivityProposal>),
    /// Of `approve_sub_agreement`, `change_strategic_agreement`, `change_budget` and `change_terms_of_reference`.
    AgreementVersion(NewAgreementProposal),
    /// Of `adopt_follow_up`.
    FollowUps(NewFollowUpProposal),
}

/// Where an activity, or one of its teams, is to be. A placement without an end that began earlier ends the day before.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlacementProposal {
    /// The activity's code.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Which team; absent for the activity as a whole.
    #[schema(max_length = 100, example = "program")]
    pub team: Option<String>,
    /// Code of the zone.
    #[schema(example = "zone-3")]
    pub zone: String,
    /// The first day.
    #[schema(example = "2024-08-01")]
    pub starts_on: NaiveDate,
    /// The last day, itself included; absent where no end is set.
    #[schema(example = "2025-07-31")]
    pub ends_on: Option<NaiveDate>,
    /// What a reader of the placement should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// What is to change in an activity: `status`, `content`, or both.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivityProposal {
    /// The activity's code.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// The activity's version that the proposal is made on: 422 where it is another.
    #[schema(example = 1, minimum = 1, maximum = 32767)]
    pub version: i32,
    /// How far it is from then on; absent: as before. `active` puts a draft in force.
    pub status: Option<ActivityStatus>,
    /// What is agreed from then on, whole; absent: as before.
    pub content: Option<Content>,
}

/// Which draft of an agreement is to take force, from when.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreementProposal {
    /// The agreement's code.
    #[schema(example = "beskaeftigelse")]
    pub agreement: String,
    /// The draft's number.
    #[schema(example = 2, minimum = 1, maximum = 32767)]
    pub version: i32,
    /// The first day from which it is to hold.
    #[schema(example = "2024-07-01")]
    pub effective_from: NaiveDate,
    /// The draft's `changed_at` as it was read: refused where it has changed since. Where absent, the draft as it is now is
    /// proposed.
    pub draft_changed_at: Option<DateTime<Utc>>,
}

/// Which follow-ups the board is to adopt.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFollowUpProposal {
    /// The ids of the follow-ups, 1 to 200, each once.
    #[schema(min_items = 1, max_items = 200)]
    pub follow_ups: Vec<Uuid>,
    /// The latest `corrected_at` among them as they were read, or `recorded_at` of those that were never corrected: refused where
    /// one was corrected since. Where absent, they are proposed as they are now.
    pub last_changed_at: Option<DateTime<Utc>>,
}

/// What the secretariat or a steering group recommends to the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a31", "given_by": "secretariat", "stance": "adopt",
    "text": "Behovet er størst i zone 3 (opdigtet eksempel)."}))]
pub struct NewRecommendation {
    /// The decision that was proposed.
    pub decision: Uuid,
    /// Who recommends.
    pub given_by: Recommender,
    /// The meeting of the steering group; absent for the secretariat.
    pub meeting: Option<Uuid>,
    /// What is recommended.
    pub stance: Stance,
    /// The recommendation in words.
    #[schema(max_length = 4000)]
    pub text: String,
}

/// What a seat of the board says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVote {
    /// Code of the seat of the board.
    #[schema(example = "direktoer-boli-nu")]
    pub seat: String,
    /// What it says.
    pub choice: Choice,
}

/// A dissent that a seat asks to have written down (særstandpunkt).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDecisionReservation)]
pub struct NewReservation {
    /// Code of the seat of the board.
    #[schema(example = "erhvervsdirektoer-business-fredericia")]
    pub seat: String,
    /// What it says.
    #[schema(max_length = 4000)]
    pub text: String,
}

/// That the board adopts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"by": "consensus", "reservations": []}))]
pub struct AdoptDecision {
    /// How the board came to it: by consensus, or by the votes that are recorded.
    pub by: ConclusionBy,
    /// The meeting of the board; where absent, the one that the proposal names.
    pub meeting: Option<Uuid>,
    /// The item under which it was taken up: one that is on the agenda of that meeting. Where absent, the one that the proposal names,
    /// if it is for the same meeting.
    pub agenda_item: Option<Uuid>,
    /// The chair's conclusion in words.
    #[schema(max_length = 4000)]
    pub conclusion: Option<String>,
    /// Dissents, at most 50.
    #[schema(max_items = 50)]
    pub reservations: Option<Vec<NewReservation>>,
}

/// That the board does not adopt.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"by": "vote"}))]
pub struct RejectDecision {
    /// How the board came to it: by consensus, or by the votes that are recorded.
    pub by: ConclusionBy,
    /// The meeting of the board; where absent, the one that the proposal names.
    pub meeting: Option<Uuid>,
    /// The item under which it was taken up: one that is on the agenda of that meeting. Where absent, the one that the proposal names,
    /// if it is for the same meeting.
    pub agenda_item: Option<Uuid>,
    /// The chair's conclusion in words.
    #[schema(max_length = 4000)]
    pub conclusion: Option<String>,
    /// Dissents, at most 50.
    #[schema(max_items = 50)]
    pub reservations: Option<Vec<NewReservation>>,
}

/// That a proposal is taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawDecision {
    /// Why.
    #[schema(
        max_length = 4000,
        example = "Forslaget bringes ind i en ny form (opdigtet eksempel)."
    )]
    pub note: Option<String>,
}

/// That the fund endorses.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndorseDecision {
    /// What the fund has to say.
    #[schema(max_length = 4000, example = "Godkendt (opdigtet eksempel).")]
    pub note: Option<String>,
}

/// That the fund does not endorse.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineDecision {
    /// Why.
    #[schema(max_length = 4000, example = "Rammen kan ikke udvides (opdigtet eksempel).")]
    pub note: String,
}
