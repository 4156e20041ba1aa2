//! How decisions and recommendations look from outside.

mod decision;
mod written;

pub use decision::{
    ConclusionView, DecisionSummary, DecisionView, EffectView, Facts, FundAnswerView, PartyVoteView, ProposerView,
    RecommendationView, RequirementsView, ReservationView, TallyView, VoteView, WithdrawalView,
};
pub use written::{
    AdoptDecision, DeclineDecision, EndorseDecision, NewActivityProposal, NewAgreementProposal, NewDecision,
    NewFollowUpProposal, NewPayload, NewPlacementProposal, NewRecommendation, NewReservation, NewVote, RejectDecision,
    WithdrawDecision,
};
