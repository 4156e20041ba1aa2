//! Whose vote counts, and what the votes come to.
//!
//! Each housing organisation and the municipality has one vote, however many seats it fills. Where the terms of reference
//! are silent: the majority of votes cast decides, a tie is not adopted, and an organisation whose seats disagree casts no
//! vote. A seat that abstains takes no side, so it does not disagree with another.

use serde::Deserialize;

use super::kinds::Choice;
use crate::words::words;

words! {
    /// What the one vote of an organisation comes to.
    #[derive(Deserialize)]
    pub PartyVote {
        /// For the proposal.
        For = "for",
        /// Against it.
        Against = "against",
        /// None: its seats disagree.
        SeatsDisagree = "seats_disagree",
        /// None: its seats abstain.
        Abstained = "abstained",
        /// None: nothing is recorded for any of its seats.
        NotCast = "not_cast",
    }
}

/// What is recorded for a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatVote<'a> {
    /// The organisation whose one vote the seat has a part in.
    pub party: &'a str,
    /// What the seat said.
    pub choice: Choice,
}

/// What the votes come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The vote of each organisation that has one, in the order of the seats.
    pub parties: Vec<(String, PartyVote)>,
}

impl Tally {
    /// Counts: one vote for each of `parties`, which stand in the order of the seats and may repeat.
    pub fn of<'a>(parties: impl IntoIterator<Item = &'a str>, seats: &[SeatVote<'_>]) -> Self {
        let mut found: Vec<(String, PartyVote)> = Vec::new();
        for party in parties {
            if found.iter().all(|(known, _)| known != party) {
                found.push((party.to_owned(), party_vote(party, seats)));
            }
        }
        Self { parties: found }
    }

    /// How many votes are for the proposal.
    pub fn in_favour(&self) -> usize {
        self.count(PartyVote::For)
    }

    /// How many are against it.
    pub fn against(&self) -> usize {
        self.count(PartyVote::Against)
    }

    /// Whether the majority of the votes cast is for it; a tie is not.
    pub fn carries(&self) -> bool {
        self.in_favour() > self.against()
    }

    fn count(&self, vote: PartyVote) -> usize {
        self.parties.iter().filter(|(_, found)| *found == vote).count()
    }
}

fn party_vote(party: &str, seats: &[SeatVote<'_>]) -> PartyVote {
    let own = || seats.iter().filter(|seat| seat.party == party);
    let said = |choice| own().any(|seat| seat.choice == choice);
    match (said(Choice::For), said(Choice::Against)) {
        (true, true) => PartyVote::SeatsDisagree,
        (true, false) => PartyVote::For,
        (false, true) => PartyVote::Against,
        (false, false) if own().next().is_some() => PartyVote::Abstained,
        (false, false) => PartyVote::NotCast,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PARTIES: [&str; 4] = [
        "boligkontoret-fredericia",
        "boli-nu",
        "fredericia-kommune",
        "fredericia-kommune",
    ];

    fn tally(seats: &[(&'static str, Choice)]) -> Tally {
        let seats: Vec<_> = seats
            .iter()
            .map(|(party, choice)| SeatVote { party, choice: *choice })
            .collect();
        Tally::of(PARTIES, &seats)
    }

    #[test]
    fn two_to_one_carries_and_one_to_one_does_not() {
        use Choice::{Against, For};
        let [bolig, boli, kommune, _] = PARTIES;
        let two_to_one = tally(&[(bolig, For), (boli, Against), (kommune, For)]);
        assert_eq!(
            (two_to_one.in_favour(), two_to_one.against(), two_to_one.carries()),
            (2, 1, true)
        );
        let one_to_one = tally(&[(bolig, For), (boli, Against)]);
        assert_eq!(
            (one_to_one.in_favour(), one_to_one.against(), one_to_one.carries()),
            (1, 1, false)
        );
        assert_eq!(one_to_one.parties[2], (kommune.to_owned(), PartyVote::NotCast));
        assert!(!tally(&[]).carries());
        // One organisation voted and nobody voted otherwise: that is the majority of the votes cast.
        assert!(tally(&[(boli, For)]).carries());
    }

    #[test]
    fn an_organisation_has_one_vote_and_none_where_its_seats_disagree() {
        use Choice::{Abstain, Against, For};
        let [bolig, boli, kommune, _] = PARTIES;
        let agreeing = tally(&[(bolig, For), (boli, For), (kommune, Against), (kommune, Against)]);
        assert_eq!(
            (agreeing.in_favour(), agreeing.against(), agreeing.carries()),
            (2, 1, true)
        );
        let disagreeing = tally(&[(bolig, For), (boli, Against), (kommune, For), (kommune, Against)]);
        assert_eq!(disagreeing.parties[2].1, PartyVote::SeatsDisagree);
        assert_eq!(
            (disagreeing.in_favour(), disagreeing.against(), disagreeing.carries()),
            (1, 1, false)
        );
        assert_eq!(
            tally(&[(kommune, For), (kommune, Abstain)]).parties[2].1,
            PartyVote::For
        );
        assert_eq!(tally(&[(kommune, Abstain)]).parties[2].1, PartyVote::Abstained);
    }

    fn choice() -> impl Strategy<Value = Choice> {
        prop_oneof![Just(Choice::For), Just(Choice::Against), Just(Choice::Abstain)]
    }

    proptest! {
        #[test]
        fn no_organisation_ever_has_more_than_one_vote(
            seats in proptest::collection::vec((0..5_usize, choice()), 0..12)
        ) {
            let seats: Vec<_> = seats
                .iter()
                .map(|(party, choice)| SeatVote {
                    party: ["a", "b", "c", "d", "without-a-vote"][*party],
                    choice: *choice,
                })
                .collect();
            let parties = ["a", "b", "a", "c", "d", "d"];
            let tally = Tally::of(parties, &seats);
            prop_assert_eq!(tally.parties.len(), 4);
            prop_assert!(tally.in_favour() + tally.against() <= 4);
            prop_assert!(tally.parties.iter().all(|(party, _)| party != "without-a-vote"));
            // Whoever would have the opposite has the opposite: nobody but a majority carries.
            let opposite: Vec<_> = seats
                .iter()
                .map(|seat| SeatVote {
                    party: seat.party,
                    choice: match seat.choice {
                        Choice::For => Choice::Against,
                        Choice::Against => Choice::For,
                        Choice::Abstain => Choice::Abstain,
                    },
                })
                .collect();
            let opposite = Tally::of(parties, &opposite);
            prop_assert_eq!(tally.in_favour(), opposite.against());
            prop_assert!(!(tally.carries() && opposite.carries()));
        }

        #[test]
        fn more_seats_that_say_the_same_change_nothing(
            seats in proptest::collection::vec((0..3_usize, choice()), 0..8), again in 0..8_usize
        ) {
            let mut seats: Vec<_> = seats
                .iter()
                .map(|(party, choice)| SeatVote { party: ["a", "b", "c"][*party], choice: *choice })
                .collect();
            let before = Tally::of(["a", "b", "c"], &seats);
            if let Some(seat) = seats.get(again).cloned() {
                seats.push(seat);
            }
            prop_assert_eq!(Tally::of(["a", "b", "c"], &seats), before);
        }
    }
}
