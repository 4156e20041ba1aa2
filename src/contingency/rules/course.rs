//! The course of an activation: who may raise it, what its checklist admits, and when it may be closed.

use chrono::{DateTime, Utc};

use super::content::{Action, ActionNeed};
use crate::areas::rules::OrganisationKind;
use crate::words::words;

words! {
    /// What happened, or is feared.
    #[derive(serde::Deserialize)]
    pub ActivationKind {
        /// A shooting (skyderi).
        Shooting = "shooting",
        /// Arson (ildspåsættelse).
        Arson = "arson",
        /// Vandalism (hærværk).
        Vandalism = "vandalism",
        /// An assault (overfald).
        Assault = "assault",
        /// A brawl (slåskampe).
        Brawl = "brawl",
        /// Other violent unrest.
        OtherUnrest = "other_unrest",
        /// Unrest around a particular event in the district.
        Event = "event",
        /// A development that may escalate, acted upon before it does.
        Prevention = "prevention",
        /// An accident or a disaster.
        Accident = "accident",
    }
}

words! {
    /// How far an activation is.
    #[derive(serde::Deserialize)]
    pub ActivationState {
        /// Those of the group act.
        Active = "active",
        /// It is over.
        Closed = "closed",
    }
}

words! {
    /// How far an action of the checklist is.
    #[derive(serde::Deserialize)]
    pub ActionState {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// Judged not to be needed.
        NotNeeded = "not_needed",
    }
}

/// What kinds of organisations may have a group act.
pub fn initiators(police_case: bool) -> &'static [OrganisationKind] {
    if police_case {
        &[OrganisationKind::Police]
    } else {
        &[
            OrganisationKind::Municipality,
            OrganisationKind::MunicipalUnit,
            OrganisationKind::HousingOrganisation,
            OrganisationKind::Secretariat,
        ]
    }
}

/// What is said of an action of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How far it is.
    pub state: ActionState,
    /// When it was done, or judged not to be needed.
    pub at: Option<DateTime<Utc>>,
    /// Which organisation did or judged it.
    pub organisation: Option<String>,
    /// What a reader should know.
    pub note: Option<String>,
}

/// What may be wrong with what is said of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The plan asks for it in every activation.
    AlwaysNeeded,
    /// An open action has neither time nor organisation.
    OpenHasTime,
    /// An open action has neither time nor organisation.
    OpenHasOrganisation,
    /// It is not said which organisation did it.
    NoOrganisation,
    /// It is said to have been done before the activation.
    BeforeActivation,
    /// It is said to be done at a time to come.
    InTheFuture,
}

/// All that is wrong with what is said of an action, `now`.
pub fn faults(action: &Action, said: &Settled, activated_at: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if said.state == ActionState::NotNeeded && action.need == ActionNeed::Always {
        faults.push(Fault::AlwaysNeeded);
    }
    if said.state == ActionState::Open {
        faults.extend(said.at.map(|_| Fault::OpenHasTime));
        faults.extend(said.organisation.as_ref().map(|_| Fault::OpenHasOrganisation));
        return faults;
    }
    if said.organisation.is_none() {
        faults.push(Fault::NoOrganisation);
    }
    match said.at {
        Some(at) if at < activated_at => faults.push(Fault::BeforeActivation),
        Some(at) if at > now => faults.push(Fault::InTheFuture),
        _ => {}
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::check;
    use chrono::TimeDelta;

    #[test]
    fn words_are_read_back_as_they_are_written() {
        check::<ActivationKind>();
        check::<ActivationState>();
        check::<ActionState>();
    }

    #[test]
    fn the_police_and_nobody_else_has_the_police_group_act() {
        assert_eq!(initiators(true), [OrganisationKind::Police]);
        assert!(!initiators(false).contains(&OrganisationKind::Police));
        assert!(!initiators(false).contains(&OrganisationKind::Fund));
    }

    #[test]
    fn what_is_done_was_done_by_somebody_between_the_activation_and_now() {
        let start = DateTime::UNIX_EPOCH;
        let now = start + TimeDelta::hours(2);
        let action = |need| Action {
            code: "a".into(),
            name: "a".into(),
            name_en: "a".into(),
            need,
            informs_board: false,
            responsible: "o".into(),
        };
        let said = |state, minutes: Option<i64>, organisation: Option<&str>| Settled {
            state,
            at: minutes.map(|minutes| start + TimeDelta::minutes(minutes)),
            organisation: organisation.map(str::to_owned),
            note: None,
        };
        use ActionState::{Done, NotNeeded, Open};
        for (need, said, expected) in [
            (ActionNeed::Always, said(Done, Some(0), Some("o")), vec![]),
            (ActionNeed::Always, said(Done, Some(120), Some("o")), vec![]),
            (
                ActionNeed::Always,
                said(Done, Some(121), Some("o")),
                vec![Fault::InTheFuture],
            ),
            (
                ActionNeed::Always,
                said(Done, Some(-1), None),
                vec![Fault::NoOrganisation, Fault::BeforeActivation],
            ),
            (
                ActionNeed::Always,
                said(NotNeeded, Some(1), Some("o")),
                vec![Fault::AlwaysNeeded],
            ),
            (ActionNeed::AsNeeded, said(NotNeeded, Some(1), Some("o")), vec![]),
            (ActionNeed::AsNeeded, said(Open, None, None), vec![]),
            (
                ActionNeed::AsNeeded,
                said(Open, Some(1), Some("o")),
                vec![Fault::OpenHasTime, Fault::OpenHasOrganisation],
            ),
        ] {
            assert_eq!(faults(&action(need), &said, start, now), expected, "{said:?}");
        }
    }
}
