//! How far a meeting and an item of its agenda are, and what may come next.

use crate::words::words;

words! {
    /// How far a meeting is.
    #[derive(Hash, serde::Deserialize)]
    pub MeetingStatus {
        /// It has a time; its agenda is being made.
        Planned = "planned",
        /// It was called: agenda and figures are fixed.
        Called = "called",
        /// It took place; its minutes are being written.
        Held = "held",
        /// Its minutes are approved and fixed.
        MinutesApproved = "minutes_approved",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

words! {
    /// How far an item of an agenda is.
    pub ItemStatus {
        /// Proposed; the secretariat has not decided on it.
        Proposed = "proposed",
        /// On the agenda.
        Accepted = "accepted",
        /// Not taken onto the agenda.
        Declined = "declined",
        /// Taken back by who proposed it.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// Whether a seat was at a meeting.
    pub Presence {
        /// The holder was there.
        Present = "present",
        /// Somebody was there in the holder's place.
        Substitute = "substitute",
        /// Nobody was.
        Absent = "absent",
    }
}

/// What is done with a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is called.
    Call,
    /// It is recorded as held.
    Hold,
    /// Its minutes are recorded as approved.
    Approve,
    /// It is called off.
    Cancel,
}

impl Step {
    /// How far a meeting is after the step; none where it cannot be taken.
    pub fn after(self, before: MeetingStatus) -> Option<MeetingStatus> {
        use MeetingStatus::{Called, Cancelled, Held, MinutesApproved, Planned};
        match (self, before) {
            (Step::Call, Planned) => Some(Called),
            (Step::Hold, Called) => Some(Held),
            (Step::Approve, Held) => Some(MinutesApproved),
            (Step::Cancel, Planned | Called) => Some(Cancelled),
            _ => None,
        }
    }

    /// The operation's name in the document.
    pub fn operation(self) -> &'static str {
        match self {
            Step::Call => "call_meeting",
            Step::Hold => "hold_meeting",
            Step::Approve => "approve_minutes",
            Step::Cancel => "cancel_meeting",
        }
    }
}

impl MeetingStatus {
    /// Whether it took place.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Held | Self::MinutesApproved)
    }

    /// Whether it is still to come.
    pub fn is_ahead(self) -> bool {
        matches!(self, Self::Planned | Self::Called)
    }
}

impl ItemStatus {
    /// Whether somebody may make this of it: the secretariat accepts and declines what was not withdrawn, who proposed it
    /// withdraws what is not decided on.
    pub fn may_become(self, next: Self, by_secretariat: bool) -> bool {
        match (self, next) {
            (before, next) if before == next => true,
            (Self::Withdrawn, _) => false,
            (_, Self::Accepted | Self::Declined) => by_secretariat,
            (Self::Proposed, Self::Withdrawn) => !by_secretariat,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Word, check};

    #[test]
    fn the_words_are_sent_as_they_are_stored() {
        check::<MeetingStatus>();
        check::<ItemStatus>();
        check::<Presence>();
    }

    #[test]
    fn a_meeting_goes_its_way_and_no_other() {
        let possible: Vec<(Step, &str, &str)> = [Step::Call, Step::Hold, Step::Approve, Step::Cancel]
            .into_iter()
            .flat_map(|step| {
                let from = MeetingStatus::ALL.iter();
                from.filter_map(move |from| Some((step, from.code(), step.after(*from)?.code())))
            })
            .collect();
        assert_eq!(
            possible,
            [
                (Step::Call, "planned", "called"),
                (Step::Hold, "called", "held"),
                (Step::Approve, "held", "minutes_approved"),
                (Step::Cancel, "planned", "cancelled"),
                (Step::Cancel, "called", "cancelled"),
            ]
        );
    }

    #[test]
    fn the_secretariat_decides_on_a_proposal_and_its_owner_withdraws_it() {
        use ItemStatus::{Accepted, Declined, Proposed, Withdrawn};
        for (before, next, by_secretariat, by_owner) in [
            (Proposed, Accepted, true, false),
            (Proposed, Declined, true, false),
            (Proposed, Withdrawn, false, true),
            (Proposed, Proposed, true, true),
            (Accepted, Declined, true, false),
            (Accepted, Withdrawn, false, false),
            (Declined, Accepted, true, false),
            (Declined, Proposed, false, false),
            (Withdrawn, Accepted, false, false),
        ] {
            assert_eq!(before.may_become(next, true), by_secretariat, "{before:?} {next:?}");
            assert_eq!(before.may_become(next, false), by_owner, "{before:?} {next:?}");
        }
    }
}
