//! The closed lists of this slice, and what each kind of decision needs.

use serde::Deserialize;

use crate::words::words;

words! {
    /// What is decided.
    #[derive(Deserialize, Hash)]
    pub DecisionKind {
        /// An activity, or one of its teams, is placed in a zone or moved to another.
        PlaceActivity = "place_activity",
        /// What was agreed about an activity changes, or how far it is.
        ChangeActivity = "change_activity",
        /// A version of a sub-agreement takes force, with its sub-goals, targets and activities.
        ApproveSubAgreement = "approve_sub_agreement",
        /// A version of the strategic agreement takes force.
        ChangeStrategicAgreement = "change_strategic_agreement",
        /// A version of the strategic agreement takes force that differs in its budget alone.
        ChangeBudget = "change_budget",
        /// The board's terms of reference change.
        ChangeTermsOfReference = "change_terms_of_reference",
        /// The board adopts follow-ups on goals and sub-goals as its own.
        AdoptFollowUp = "adopt_follow_up",
        /// Anything else: it changes nothing in the data.
        Other = "other",
    }
}

impl DecisionKind {
    /// Whether the fund has to endorse it.
    pub fn needs_endorsement(self) -> bool {
        matches!(
            self,
            DecisionKind::ChangeStrategicAgreement | DecisionKind::ChangeBudget | DecisionKind::ChangeTermsOfReference
        )
    }

    /// Whether it can be adopted by consensus alone.
    pub fn needs_consensus(self) -> bool {
        self == DecisionKind::ChangeTermsOfReference
    }

    /// Who has to have recommended it.
    pub fn needs_recommendation_of(self) -> &'static [Recommender] {
        match self {
            DecisionKind::PlaceActivity => &[Recommender::Secretariat, Recommender::SteeringGroup],
            _ => &[],
        }
    }
}

words! {
    /// Where a decision stands.
    #[derive(Deserialize, Hash)]
    pub DecisionState {
        /// Put to the board; it may be recommended and voted on.
        Proposed = "proposed",
        /// Adopted; it changes nothing in the data.
        Adopted = "adopted",
        /// Not adopted by the board.
        Rejected = "rejected",
        /// Adopted by the board; it has no effect until the fund endorses it.
        AwaitingEndorsement = "awaiting_endorsement",
        /// Final, and its effect has happened.
        InForce = "in_force",
        /// Adopted by the board, and not endorsed by the fund: without effect.
        Declined = "declined",
        /// Taken back before the board concluded.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How the board came to its conclusion.
    #[derive(Deserialize)]
    pub ConclusionBy {
        /// Nobody objected.
        Consensus = "consensus",
        /// By the votes that are recorded.
        Vote = "vote",
    }
}

words! {
    /// What a seat says of a proposal.
    #[derive(Deserialize)]
    pub Choice {
        /// It is for it.
        For = "for",
        /// It is against it.
        Against = "against",
        /// It takes no side.
        Abstain = "abstain",
    }
}

words! {
    /// Who recorded a vote.
    #[derive(Deserialize)]
    pub RecordedBy {
        /// A client of the organisation whose vote it is.
        Organisation = "organisation",
        /// The board's minute-taker.
        MinuteTaker = "minute_taker",
    }
}

words! {
    /// Who recommends.
    #[derive(Deserialize, Hash)]
    pub Recommender {
        /// The secretariat.
        Secretariat = "secretariat",
        /// A steering group, at one of its meetings.
        SteeringGroup = "steering_group",
    }
}

words! {
    /// What is recommended.
    #[derive(Deserialize)]
    pub Stance {
        /// To adopt the proposal.
        Adopt = "adopt",
        /// Not to adopt it.
        Reject = "reject",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn words_are_sent_as_they_are_stored() {
        words::check::<DecisionKind>();
        words::check::<DecisionState>();
        words::check::<ConclusionBy>();
        words::check::<Choice>();
        words::check::<RecordedBy>();
        words::check::<Recommender>();
        words::check::<Stance>();
    }
}
