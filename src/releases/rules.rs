//! To whom figures are released, and how audiences nest; pure.
//!
//! `public` sees part of what the `parties` see, and these see part of what each `organisation` sees that reported itself: it
//! knows its own activities exactly, so more of the others' must be hidden from it, and with it from everybody else; else
//! it would learn from the others' tables what its own hides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::role::Role;
use crate::words::{word_list, words};

/// To whom figures are released, from those who see most to those who see least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// One organisation that reported some of the figures, and knows those exactly.
    Organisation,
    /// The plan's parties: board, fund, auditor, municipality and housing organisations.
    Parties,
    /// Everybody.
    Public,
}

word_list! {
    Audience {
        Organisation = "organisation",
        Parties = "parties",
        Public = "public",
    }
}

words! {
    /// What is released.
    pub Subject {
        /// Participants of a quarter.
        Participation = "participation",
        /// Target groups in the zones on a date.
        Kendskabsgrad = "kendskabsgrad",
    }
}

words! {
    /// Whether a value is shown.
    pub Shown {
        /// It is.
        Final = "final",
        /// It is hidden: because it is small, or because it would give away one that is. The two cannot be told apart.
        Suppressed = "suppressed",
    }
}

impl Shown {
    /// Of a value as its audience sees it, null where it is hidden.
    pub fn of(value: Option<u64>) -> Self {
        match value {
            Some(_) => Self::Final,
            None => Self::Suppressed,
        }
    }
}

words! {
    /// What is counted of an activity: everybody who took part, or those of them who are in a part. One person may be in
    /// several parts.
    pub ParticipationMeasure {
        /// Everybody who took part.
        Participants = "participants",
        /// Those who took part in the activity for the first time.
        Newcomers = "newcomers",
        /// Those who went on to an education.
        ToEducation = "to_education",
        /// Those who went on to a job.
        ToJob = "to_job",
        /// Those who went on to a leisure job.
        ToLeisureJob = "to_leisure_job",
        /// Those who went on to an association.
        ToAssociation = "to_association",
    }
}

/// The parts of the participants, in the order in which they are frozen.
pub const PARTS: [ParticipationMeasure; 5] = [
    ParticipationMeasure::Newcomers,
    ParticipationMeasure::ToEducation,
    ParticipationMeasure::ToJob,
    ParticipationMeasure::ToLeisureJob,
    ParticipationMeasure::ToAssociation,
];

impl ParticipationMeasure {
    /// The Danish name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Participants => "Deltagere",
            Self::Newcomers => "Nye deltagere",
            Self::ToEducation => "Videre til uddannelse",
            Self::ToJob => "Videre til job",
            Self::ToLeisureJob => "Videre til fritidsjob",
            Self::ToAssociation => "Videre til forening",
        }
    }
}

/// The edition of the rules by which releases are made now: those of [`crate::disclosure`].
pub const EDITION: &str = "1";

/// One audience: of the kind `organisation` there is one for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// An organisation that reported, by code.
    Organisation(String),
    /// The plan's parties.
    Parties,
    /// Everybody.
    Public,
}

impl Reader {
    /// The audience that it is of.
    pub fn audience(&self) -> Audience {
        match self {
            Self::Organisation(_) => Audience::Organisation,
            Self::Parties => Audience::Parties,
            Self::Public => Audience::Public,
        }
    }

    /// The organisation that it is, by code.
    pub fn organisation(&self) -> Option<&str> {
        match self {
            Self::Organisation(code) => Some(code),
            Self::Parties | Self::Public => None,
        }
    }

    /// Whether all that `other` is shown is shown to this one, too.
    pub fn sees_all_of(&self, other: &Self) -> bool {
        self == other || self.audience() < other.audience()
    }
}

/// What each organisation knows exactly: the activities that it reported, by its code.
pub type Knowledge = BTreeMap<String, Vec<String>>;

/// Everyone to whom the figures have to be released for `audience` to have them, those who see most first.
pub fn chain(audience: Audience, knowledge: &Knowledge) -> Vec<Reader> {
    let mut chain: Vec<Reader> = knowledge.keys().cloned().map(Reader::Organisation).collect();
    if audience >= Audience::Parties {
        chain.push(Reader::Parties);
    }
    if audience >= Audience::Public {
        chain.push(Reader::Public);
    }
    chain
}

/// Which tables a caller reads when it names no audience: the parties', an organisation's own where it knows some of the
/// figures.
pub fn reader_of(role: Role, organisation: Option<&str>, knows: bool) -> Reader {
    match (role, organisation) {
        (Role::Public, _) => Reader::Public,
        (Role::Municipality | Role::HousingOrganisation, Some(organisation)) if knows => {
            Reader::Organisation(organisation.to_owned())
        }
        _ => Reader::Parties,
    }
}

/// Adds, to what each organisation reported, what it may read of the units below it: it knows that as well.
///
/// `parents` gives an organisation's parent. The plan's secretariat is left out: it knows everything.
pub fn knowledge(
    reported: impl IntoIterator<Item = (String, String)>,
    parents: &BTreeMap<String, Option<String>>,
    secretariats: &[String],
) -> Knowledge {
    let mut knowledge = Knowledge::new();
    for (activity, organisation) in reported {
        let mut next = Some(organisation);
        // As many steps as there are organisations: parents that go round in a circle end it, too.
        for _ in 0..=parents.len() {
            let Some(one) = next else { break };
            if !secretariats.contains(&one) {
                let activities = knowledge.entry(one.clone()).or_default();
                if !activities.contains(&activity) {
                    activities.push(activity.clone());
                }
            }
            next = parents.get(&one).cloned().flatten();
        }
    }
    for activities in knowledge.values_mut() {
        activities.sort_unstable();
    }
    knowledge
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn audiences_and_subjects_are_read_back_as_they_are_written() {
        words::check::<Audience>();
        words::check::<Subject>();
        words::check::<Shown>();
        words::check::<ParticipationMeasure>();
    }

    #[test]
    fn an_organisation_knows_what_the_units_below_it_reported() {
        let parents = [("unit", Some("town")), ("town", None), ("office", None)];
        let parents = parents.map(|(code, parent)| (code.to_owned(), parent.map(str::to_owned)));
        let reported = [("a", "unit"), ("b", "town"), ("c", "office"), ("a", "unit")];
        let reported = reported.map(|(activity, organisation)| (activity.to_owned(), organisation.to_owned()));
        let known = knowledge(reported, &parents.into(), &["office".to_owned()]);
        let expected = [("town", vec!["a", "b"]), ("unit", vec!["a"])];
        let expected =
            expected.map(|(code, activities)| (code.to_owned(), activities.into_iter().map(str::to_owned).collect()));
        assert_eq!(known, Knowledge::from(expected));
    }

    #[test]
    fn whoever_sees_more_is_released_to_first() {
        let knowledge = Knowledge::from([("boli-nu".to_owned(), vec!["a".to_owned()])]);
        let own = Reader::Organisation("boli-nu".to_owned());
        assert_eq!(chain(Audience::Organisation, &knowledge), std::slice::from_ref(&own));
        assert_eq!(
            chain(Audience::Public, &knowledge),
            [own.clone(), Reader::Parties, Reader::Public]
        );
        assert!(own.sees_all_of(&Reader::Public) && own.sees_all_of(&own));
        assert!(!Reader::Public.sees_all_of(&Reader::Parties));
        assert!(!own.sees_all_of(&Reader::Organisation("other".to_owned())));
    }

    #[test]
    fn an_organisation_reads_its_own_tables_only_where_it_knows_something() {
        let own = reader_of(Role::HousingOrganisation, Some("boli-nu"), true);
        assert_eq!(own, Reader::Organisation("boli-nu".to_owned()));
        assert_eq!(
            reader_of(Role::HousingOrganisation, Some("boli-nu"), false),
            Reader::Parties
        );
        assert_eq!(reader_of(Role::Board, None, true), Reader::Parties);
        assert_eq!(reader_of(Role::Public, None, false), Reader::Public);
    }
}
