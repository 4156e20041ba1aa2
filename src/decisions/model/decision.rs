//! A decision as it is read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::kinds::{Choice, ConclusionBy, DecisionKind, DecisionState, Recommender, RecordedBy, Stance};
use super::super::rules::payload::Payload;
use super::super::rules::votes::{PartyVote, SeatVote, Tally};
use crate::auth::role::Role;
use crate::entities::{decision, decision_reservation, decision_vote, recommendation};
use crate::words::Word;

/// A decision of the board, from its proposal on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionView {
    /// Its id.
    pub id: Uuid,
    /// What is decided.
    pub kind: DecisionKind,
    /// What it is called, in Danish.
    #[schema(example = "Lektiecaféen flyttes fra zone 1 til zone 3")]
    pub title: String,
    /// What is proposed and why; null where the title says it.
    #[schema(required)]
    pub text: Option<String>,
    /// What exactly is proposed, in the form that goes with `kind`; null for `other`. It never changes.
    #[schema(required)]
    pub payload: Option<Payload>,
    /// Where it stands.
    pub state: DecisionState,
    /// The meeting of the board that it is for, and from its conclusion on the one that concluded; null while open.
    #[schema(required)]
    pub meeting: Option<Uuid>,
    /// The item of that meeting's agenda under which it is taken up (`GET …/meetings/{meeting}/agenda-items/{id}`, which lists it
    /// among its `decisions`); null where none is named, and while the item is off the agenda.
    #[schema(required)]
    pub agenda_item: Option<Uuid>,
    /// Who proposed it.
    pub proposed_by: ProposerView,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
    /// What this kind of decision needs.
    pub requires: RequirementsView,
    /// What was recommended, oldest first; of each recommender the last counts.
    pub recommendations: Vec<RecommendationView>,
    /// What seats said, in the order of the seats.
    pub votes: Vec<VoteView>,
    /// What the votes come to.
    pub tally: TallyView,
    /// The board's conclusion; null as long as there is none.
    #[schema(required)]
    pub conclusion: Option<ConclusionView>,
    /// The fund's answer; null as long as there is none, and where none is needed.
    #[schema(required)]
    pub fund_answer: Option<FundAnswerView>,
    /// That it was taken back; null where it was not.
    #[schema(required)]
    pub withdrawal: Option<WithdrawalView>,
    /// What it did to the plan; null as long as it has done nothing.
    #[schema(required)]
    pub effect: Option<EffectView>,
}

/// Who proposed a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionProposer)]
pub struct ProposerView {
    /// The role of the client.
    pub role: Role,
    /// Code of its organisation; null where it has none.
    #[schema(required, example = "omraadesekretariatet")]
    pub organisation: Option<String>,
}

/// What a kind of decision needs before it is final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionRequirements)]
pub struct RequirementsView {
    /// Whose recommendation; empty where none is needed.
    pub recommendations: Vec<Recommender>,
    /// Whether the board can adopt it by consensus alone.
    pub consensus: bool,
    /// Whether the fund has to endorse it.
    pub endorsement: bool,
}

impl RequirementsView {
    /// What a kind needs.
    pub fn of(kind: DecisionKind) -> Self {
        Self {
            recommendations: kind.needs_recommendation_of().to_vec(),
            consensus: kind.needs_consensus(),
            endorsement: kind.needs_endorsement(),
        }
    }
}

/// What the secretariat or a steering group recommends to the board (indstilling).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Recommendation)]
pub struct RecommendationView {
    /// Its id.
    pub id: Uuid,
    /// The decision that was proposed.
    pub decision: Uuid,
    /// Who recommends.
    pub given_by: Recommender,
    /// The meeting of the steering group; null for the secretariat.
    #[schema(required)]
    pub meeting: Option<Uuid>,
    /// What is recommended.
    pub stance: Stance,
    /// The recommendation in words.
    pub text: String,
    /// When it was recorded.
    pub given_at: DateTime<Utc>,
}

impl From<recommendation::Model> for RecommendationView {
    fn from(row: recommendation::Model) -> Self {
        Self {
            id: row.id,
            decision: row.decision,
            given_by: Recommender::find(&row.given_by).unwrap_or(Recommender::Secretariat),
            meeting: row.meeting,
            stance: Stance::find(&row.stance).unwrap_or(Stance::Reject),
            text: row.text,
            given_at: row.given_at,
        }
    }
}

/// What a seat of the board said of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionVote)]
pub struct VoteView {
    /// Code of the seat.
    #[schema(example = "direktoer-boli-nu")]
    pub seat: String,
    /// Code of the organisation whose one vote the seat has a part in.
    #[schema(example = "boli-nu")]
    pub organisation: String,
    /// What it said.
    pub choice: Choice,
    /// Who recorded it.
    pub recorded_by: RecordedBy,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl From<decision_vote::Model> for VoteView {
    fn from(row: decision_vote::Model) -> Self {
        Self {
            seat: row.seat,
            organisation: row.party,
            choice: Choice::find(&row.choice).unwrap_or(Choice::Abstain),
            recorded_by: RecordedBy::find(&row.recorded_by).unwrap_or(RecordedBy::MinuteTaker),
            recorded_at: row.recorded_at,
        }
    }
}

/// What the votes come to: one for each housing organisation and one for the municipality, however many seats they fill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionTally)]
pub struct TallyView {
    /// The vote of each organisation that has one.
    pub organisations: Vec<PartyVoteView>,
    /// How many are for it.
    #[schema(example = 2)]
    pub in_favour: usize,
    /// How many are against it.
    #[schema(example = 1)]
    pub against: usize,
    /// Whether the majority of the votes cast is for it; a tie is not.
    #[schema(example = true)]
    pub carries: bool,
}

/// The one vote of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrganisationVote)]
pub struct PartyVoteView {
    /// Code of the organisation.
    #[schema(example = "fredericia-kommune")]
    pub organisation: String,
    /// What it comes to.
    pub vote: PartyVote,
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        Self {
            in_favour: tally.in_favour(),
            against: tally.against(),
            carries: tally.carries(),
            organisations: tally
                .parties
                .into_iter()
                .map(|(organisation, vote)| PartyVoteView { organisation, vote })
                .collect(),
        }
    }
}

/// What the chair concluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionConclusion)]
pub struct ConclusionView {
    /// How the board came to it.
    pub by: ConclusionBy,
    /// In words; null where none were recorded.
    #[schema(required)]
    pub text: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Dissents that seats asked to have written down.
    pub reservations: Vec<ReservationView>,
}

/// A dissent of a seat (særstandpunkt).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionReservation)]
pub struct ReservationView {
    /// Code of the seat of the board.
    #[schema(example = "erhvervsdirektoer-business-fredericia")]
    pub seat: String,
    /// What it says.
    pub text: String,
}

impl From<decision_reservation::Model> for ReservationView {
    fn from(row: decision_reservation::Model) -> Self {
        Self {
            seat: row.seat,
            text: row.text,
        }
    }
}

/// What the fund answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FundAnswerView {
    /// Whether it endorses.
    pub endorsed: bool,
    /// What it had to say; null where nothing.
    #[schema(required)]
    pub note: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// That a proposal was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionWithdrawal)]
pub struct WithdrawalView {
    /// Why; null where nothing was said.
    #[schema(required)]
    pub note: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// What a decision did to the plan, in the write that made it final. Of the members, those of its kind are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DecisionEffect)]
pub struct EffectView {
    /// The placement that it made.
    #[schema(required)]
    pub placement: Option<Uuid>,
    /// The activity that it placed or changed.
    #[schema(required, example = "lektiecafe")]
    pub activity: Option<String>,
    /// The version that the activity has had since.
    #[schema(required)]
    pub activity_version: Option<i32>,
    /// The agreement of which it put a version in force.
    #[schema(required)]
    pub agreement: Option<String>,
    /// That version.
    #[schema(required)]
    pub agreement_version: Option<i32>,
    /// The follow-ups that it adopted.
    pub follow_ups: Vec<Uuid>,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
}

/// What hangs on a decision.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What was recommended, oldest first.
    pub recommendations: Vec<recommendation::Model>,
    /// What seats said.
    pub votes: Vec<decision_vote::Model>,
    /// Dissents, in their order.
    pub reservations: Vec<decision_reservation::Model>,
    /// The item of the agenda under which it is taken up.
    pub agenda_item: Option<Uuid>,
    /// Code and party of each seat of the board that has a part in a vote, in the order of the seats.
    pub voters: Vec<(String, String)>,
}

impl Facts {
    /// What the votes come to.
    pub fn tally(&self) -> Tally {
        let seats: Vec<SeatVote<'_>> = self
            .votes
            .iter()
            .filter_map(|vote| {
                Some(SeatVote {
                    party: &vote.party,
                    choice: Choice::find(&vote.choice)?,
                })
            })
            .collect();
        Tally::of(self.voters.iter().map(|(_, party)| party.as_str()), &seats)
    }
}

impl DecisionView {
    /// The decision with what hangs on it.
    pub fn new(row: decision::Model, payload: Option<Payload>, effect: Option<EffectView>, facts: Facts) -> Self {
        let kind = kind_of(&row);
        let state = state_of(&row);
        let tally = facts.tally().into();
        let order = |seat: &str| facts.voters.iter().position(|(code, _)| code == seat);
        let mut votes = facts.votes;
        votes.sort_by(|a, b| (order(&a.seat), &a.seat).cmp(&(order(&b.seat), &b.seat)));
        let reservations = facts.reservations.into_iter().map(Into::into).collect();
        let text = row.conclusion;
        let (conclusion, withdrawal) = match (ConclusionBy::find(row.concluded_by.as_deref().unwrap_or("")), state) {
            (Some(by), _) => {
                let conclusion = ConclusionView {
                    by,
                    text,
                    recorded_at: row.concluded_at.unwrap_or(row.changed_at),
                    reservations,
                };
                (Some(conclusion), None)
            }
            (None, DecisionState::Withdrawn) => {
                let withdrawal = WithdrawalView {
                    note: text,
                    recorded_at: row.changed_at,
                };
                (None, Some(withdrawal))
            }
            (None, _) => (None, None),
        };
        Self {
            id: row.id,
            kind,
            title: row.title,
            text: row.text,
            payload,
            state,
            meeting: row.meeting,
            agenda_item: facts.agenda_item,
            proposed_by: ProposerView {
                role: row.proposed_by_role.parse().unwrap_or(Role::Secretariat),
                organisation: row.proposed_by,
            },
            created_at: row.created_at,
            changed_at: row.changed_at,
            requires: RequirementsView::of(kind),
            recommendations: facts.recommendations.into_iter().map(Into::into).collect(),
            votes: votes.into_iter().map(Into::into).collect(),
            tally,
            conclusion,
            fund_answer: row.fund_answered_at.map(|recorded_at| FundAnswerView {
                endorsed: state == DecisionState::InForce,
                note: row.fund_note,
                recorded_at,
            }),
            withdrawal,
            effect,
        }
    }
}

fn kind_of(row: &decision::Model) -> DecisionKind {
    DecisionKind::find(&row.kind).unwrap_or(DecisionKind::Other)
}

fn state_of(row: &decision::Model) -> DecisionState {
    DecisionState::find(&row.state).unwrap_or(DecisionState::Withdrawn)
}

/// A decision in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionSummary {
    /// Its id.
    pub id: Uuid,
    /// What is decided.
    pub kind: DecisionKind,
    /// What it is called, in Danish.
    #[schema(example = "Lektiecaféen flyttes fra zone 1 til zone 3")]
    pub title: String,
    /// Where it stands.
    pub state: DecisionState,
    /// The meeting of the board that it is for, and from its conclusion on the one that concluded; null while open.
    #[schema(required)]
    pub meeting: Option<Uuid>,
    /// The item of that meeting's agenda under which it is taken up; null where none is named, and while the item is off the agenda.
    #[schema(required)]
    pub agenda_item: Option<Uuid>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
    /// When its effect happened; null as long as it has none.
    #[schema(required)]
    pub effect_at: Option<DateTime<Utc>>,
}

impl DecisionSummary {
    /// The decision, taken up under an item of an agenda or under none.
    pub fn new(row: decision::Model, agenda_item: Option<Uuid>) -> Self {
        Self {
            kind: kind_of(&row),
            state: state_of(&row),
            id: row.id,
            title: row.title,
            meeting: row.meeting,
            agenda_item,
            created_at: row.created_at,
            changed_at: row.changed_at,
            effect_at: row.effect_at,
        }
    }
}
