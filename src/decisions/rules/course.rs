//! The course of a decision: which step may follow which, and what must be there before it.

use super::kinds::{Choice, ConclusionBy, DecisionKind, DecisionState, Recommender, Stance};
use super::votes::Tally;
use crate::problem::{At, FieldError};
use crate::words::Word;

/// What is done with a decision that was proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The board adopts it.
    Adopt,
    /// The board does not.
    Reject,
    /// It is taken back.
    Withdraw,
    /// The fund endorses it.
    Endorse,
    /// The fund does not.
    Decline,
}

impl Step {
    /// Where a decision stands after the step, and whether its effect happens with it; none where the step does not follow.
    pub fn leads(self, kind: DecisionKind, from: DecisionState) -> Option<(DecisionState, bool)> {
        use DecisionState::{Adopted, AwaitingEndorsement, Declined, InForce, Proposed, Rejected, Withdrawn};
        match (self, from) {
            (Step::Adopt, Proposed) if kind.needs_endorsement() => Some((AwaitingEndorsement, false)),
            (Step::Adopt, Proposed) if kind == DecisionKind::Other => Some((Adopted, false)),
            (Step::Adopt, Proposed) | (Step::Endorse, AwaitingEndorsement) => Some((InForce, true)),
            (Step::Reject, Proposed) => Some((Rejected, false)),
            (Step::Withdraw, Proposed) => Some((Withdrawn, false)),
            (Step::Decline, AwaitingEndorsement) => Some((Declined, false)),
            _ => None,
        }
    }
}

/// What a conclusion of the board is judged by.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    /// What is decided.
    pub kind: DecisionKind,
    /// What was recommended; of each recommender the last counts.
    pub recommendations: &'a [(Recommender, Stance)],
    /// What each seat with a vote said.
    pub choices: &'a [Choice],
    /// What the votes come to.
    pub tally: &'a Tally,
}

/// What refuses an adoption: each reason at its place in the decision.
pub fn refuses_adoption(by: ConclusionBy, ground: &Ground<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for recommender in ground.kind.needs_recommendation_of() {
        errors.extend(lacks(*recommender, ground.recommendations));
    }
    if by == ConclusionBy::Vote && ground.kind.needs_consensus() {
        errors.push(FieldError::new(
            at("/kind"),
            "consensus_required",
            "The terms of reference change by consensus, not by vote.",
            "Kommissoriet ændres ved konsensus, ikke ved afstemning.",
        ));
    }
    match by {
        ConclusionBy::Vote if !ground.tally.carries() => {
            let (for_it, against) = (ground.tally.in_favour(), ground.tally.against());
            errors.push(FieldError::new(
                at("/votes"),
                "not_carried",
                format!("The votes are {for_it} to {against}: that is no majority of the votes cast."),
                format!("Stemmerne står {for_it} mod {against}: det er ikke et flertal af de afgivne stemmer."),
            ));
        }
        ConclusionBy::Consensus if ground.choices.contains(&Choice::Against) => errors.push(FieldError::new(
            at("/votes"),
            "not_unanimous",
            "A vote against it is recorded, so there is no consensus.",
            "Der er registreret en stemme imod, så der er ikke konsensus.",
        )),
        ConclusionBy::Vote | ConclusionBy::Consensus => {}
    }
    errors
}

/// What refuses a rejection.
pub fn refuses_rejection(by: ConclusionBy, ground: &Ground<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    match by {
        ConclusionBy::Vote if ground.tally.carries() => {
            let (for_it, against) = (ground.tally.in_favour(), ground.tally.against());
            errors.push(FieldError::new(
                at("/votes"),
                "carried",
                format!("The votes are {for_it} to {against}: the majority of the votes cast is for it."),
                format!("Stemmerne står {for_it} mod {against}: flertallet af de afgivne stemmer er for."),
            ));
        }
        ConclusionBy::Consensus if ground.choices.contains(&Choice::For) => errors.push(FieldError::new(
            at("/votes"),
            "not_unanimous",
            "A vote for it is recorded, so there is no consensus against it.",
            "Der er registreret en stemme for, så der er ikke konsensus imod.",
        )),
        ConclusionBy::Vote | ConclusionBy::Consensus => {}
    }
    errors
}

/// The recommendation that is lacking, if it is: nothing was recommended, or last not to adopt it.
fn lacks(recommender: Recommender, given: &[(Recommender, Stance)]) -> Option<FieldError> {
    let last = given.iter().rev().find(|(who, _)| *who == recommender);
    let (who, who_da) = match recommender {
        Recommender::Secretariat => ("secretariat", "områdesekretariatet"),
        Recommender::SteeringGroup => ("steering group", "styregruppen"),
    };
    match last {
        Some((_, Stance::Adopt)) => None,
        Some((_, Stance::Reject)) => Some(FieldError::new(
            at("/recommendations"),
            "not_recommended",
            format!("The {who} recommends not to adopt it; this kind of decision rests on its recommendation."),
            format!("Indstillingen fra {who_da} er ikke at vedtage; denne slags beslutning hviler på den."),
        )),
        None => Some(FieldError::new(
            at("/recommendations"),
            "missing_recommendation",
            format!("The recommendation of the {who} is missing."),
            format!("Indstillingen fra {who_da} mangler."),
        )),
    }
}

/// The refusal of a step that does not follow.
pub fn out_of_order(state: DecisionState) -> FieldError {
    let state = state.code();
    FieldError::new(
        at("/state"),
        "out_of_order",
        format!("The decision is {state}; this step does not follow."),
        format!("Beslutningen er {state}; dette skridt kan ikke følge."),
    )
}

fn at(pointer: &str) -> At {
    At::Pointer(pointer.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::votes::SeatVote;
    use super::*;
    use proptest::prelude::*;

    const STEPS: [Step; 5] = [Step::Adopt, Step::Reject, Step::Withdraw, Step::Endorse, Step::Decline];

    fn codes(errors: Vec<FieldError>) -> Vec<&'static str> {
        errors.into_iter().map(|error| error.code).collect()
    }

    fn judged(
        kind: DecisionKind,
        by: ConclusionBy,
        given: &[(Recommender, Stance)],
        said: &[Choice],
    ) -> Vec<&'static str> {
        let parties = ["a", "b", "c"];
        let seats: Vec<_> = parties
            .iter()
            .zip(said)
            .map(|(party, choice)| SeatVote { party, choice: *choice })
            .collect();
        let ground = Ground {
            kind,
            recommendations: given,
            choices: said,
            tally: &Tally::of(parties, &seats),
        };
        codes(refuses_adoption(by, &ground))
    }

    #[test]
    fn a_placement_needs_both_recommendations_and_the_last_of_each_counts() {
        use Recommender::{Secretariat, SteeringGroup};
        let place = |given: &[_]| judged(DecisionKind::PlaceActivity, ConclusionBy::Consensus, given, &[]);
        assert_eq!(place(&[]), ["missing_recommendation", "missing_recommendation"]);
        assert_eq!(place(&[(Secretariat, Stance::Adopt)]), ["missing_recommendation"]);
        let against = [
            (Secretariat, Stance::Adopt),
            (SteeringGroup, Stance::Adopt),
            (SteeringGroup, Stance::Reject),
        ];
        assert_eq!(place(&against), ["not_recommended"]);
        let for_it = [
            (SteeringGroup, Stance::Reject),
            (SteeringGroup, Stance::Adopt),
            (Secretariat, Stance::Adopt),
        ];
        assert!(place(&for_it).is_empty());
        assert!(judged(DecisionKind::Other, ConclusionBy::Consensus, &[], &[]).is_empty());
    }

    #[test]
    fn the_terms_of_reference_change_by_consensus_alone() {
        use Choice::{Against, For};
        let kind = DecisionKind::ChangeTermsOfReference;
        assert_eq!(
            judged(kind, ConclusionBy::Vote, &[], &[For, For, For]),
            ["consensus_required"]
        );
        assert!(judged(kind, ConclusionBy::Consensus, &[], &[For, For]).is_empty());
        assert_eq!(
            judged(kind, ConclusionBy::Consensus, &[], &[For, Against]),
            ["not_unanimous"]
        );
    }

    #[test]
    fn a_tie_is_not_adopted_and_a_majority_not_rejected() {
        use Choice::{Against, For};
        let vote = |said: &[_]| judged(DecisionKind::Other, ConclusionBy::Vote, &[], said);
        assert!(vote(&[For, Against, For]).is_empty());
        assert_eq!(vote(&[For, Against]), ["not_carried"]);
        assert_eq!(vote(&[]), ["not_carried"]);
    }

    proptest! {
        #[test]
        fn an_effect_happens_at_most_once_on_any_way_through(
            kind in proptest::sample::select(DecisionKind::ALL), steps in proptest::collection::vec(0..5_usize, 0..12)
        ) {
            let mut state = DecisionState::Proposed;
            let mut effects = 0;
            let mut endorsed = false;
            for step in steps {
                let step = STEPS[step];
                if let Some((next, has_effect)) = step.leads(kind, state) {
                    prop_assert_ne!(next, DecisionState::Proposed);
                    prop_assert_eq!(has_effect, next == DecisionState::InForce);
                    endorsed |= step == Step::Endorse;
                    effects += u32::from(has_effect);
                    state = next;
                }
            }
            prop_assert!(effects <= 1);
            if effects == 1 {
                prop_assert_eq!(endorsed, kind.needs_endorsement());
            }
        }

        #[test]
        fn by_vote_a_proposal_is_either_adopted_or_rejected_never_both(
            said in proptest::collection::vec(proptest::sample::select(Choice::ALL), 0..3)
        ) {
            let seats: Vec<_> = ["a", "b", "c"]
                .iter()
                .zip(&said)
                .map(|(party, choice)| SeatVote { party, choice: *choice })
                .collect();
            let ground = Ground {
                kind: DecisionKind::Other,
                recommendations: &[],
                choices: &said,
                tally: &Tally::of(["a", "b", "c"], &seats),
            };
            let adopts = refuses_adoption(ConclusionBy::Vote, &ground).is_empty();
            prop_assert_ne!(adopts, refuses_rejection(ConclusionBy::Vote, &ground).is_empty());
        }
    }
}
