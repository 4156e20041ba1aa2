//! What a version of the contingency plan says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::words;

words! {
    /// Whether an action must be done in every activation.
    #[derive(Deserialize)]
    pub ActionNeed {
        /// It must.
        Always = "always",
        /// Those who act judge whether it is needed.
        AsNeeded = "as_needed",
    }
}

words! {
    /// With whom a communication rule is concerned.
    #[derive(Deserialize)]
    pub CommunicationAudience {
        /// Press and broadcasting.
        Media = "media",
        /// Those who live in the area.
        Residents = "residents",
        /// Those who work together on the plan.
        Partners = "partners",
        /// Those who work in the plan.
        Staff = "staff",
    }
}

/// A version that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// What it says.
    pub content: Content,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it is stated.
    pub source: String,
}

/// A version's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What the plan is for.
    pub purposes: Vec<Purpose>,
    /// When it is used, in Danish.
    pub situation: String,
    /// When it is used, in English.
    pub situation_en: String,
    /// Who acts: one group in police cases, one in others.
    pub groups: Vec<Group>,
    /// Who speaks to whom, and how.
    pub communication: Vec<CommunicationRule>,
    /// Code of the organisation that keeps the contact list.
    pub contact_list_owner: String,
}

/// Something that the plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContingencyPurpose)]
pub struct Purpose {
    /// In Danish.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "At give borgere, foreninger og presse rigtig besked i rette tid"
    )]
    pub text: String,
    /// In English.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "To give citizens, associations and the press correct information in time"
    )]
    pub text_en: String,
}

/// A group of those who act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NewContingencyGroup)]
pub struct Group {
    /// The group's code, stable over versions.
    #[schema(max_length = 100, example = "group-1")]
    pub code: String,
    /// The name in Danish.
    #[schema(min_length = 1, max_length = 200, example = "Beredskabsgruppe 1")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Contingency group 1")]
    pub name_en: String,
    /// Whether it acts where there is a police case, on the initiative of the police; the other group acts where there is none.
    #[serde(default)]
    #[schema(default = false, example = false)]
    pub police_case: bool,
    /// How its members work together, in Danish.
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "Parterne aftaler fra sag til sag, hvad der gøres og siges."
    )]
    pub conduct: String,
    /// How its members work together, in English.
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "The parties agree case by case what is done and said."
    )]
    pub conduct_en: String,
    /// Who is in it.
    #[schema(min_items = 1, max_items = 50)]
    pub seats: Vec<Seat>,
    /// What is to be done, in order.
    #[schema(min_items = 1, max_items = 50)]
    pub actions: Vec<Action>,
}

/// A seat in a group: an organisation and a title, never a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContingencySeat)]
pub struct Seat {
    /// Code of the organisation.
    #[schema(max_length = 100, example = "ssp-fredericia")]
    pub organisation: String,
    /// The title in Danish.
    #[schema(min_length = 1, max_length = 200, example = "Leder af SSP")]
    pub title: String,
    /// The title in English.
    #[schema(min_length = 1, max_length = 200, example = "Head of SSP")]
    pub title_en: String,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// Something that is to be done in an activation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContingencyAction)]
pub struct Action {
    /// The action's code, stable over versions.
    #[schema(max_length = 100, example = "inform-board")]
    pub code: String,
    /// What is done, in Danish.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Orienter bestyrelsen om situationen, mulige følger og mulige tiltag"
    )]
    pub name: String,
    /// What is done, in English.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Inform the board of the situation, possible consequences and possible measures"
    )]
    pub name_en: String,
    /// Whether it must be done.
    pub need: ActionNeed,
    /// Whether it is the one by which the board is informed.
    #[serde(default)]
    #[schema(default = false, example = true)]
    pub informs_board: bool,
    /// Code of the organisation that answers for it.
    #[schema(max_length = 100, example = "omraadesekretariatet")]
    pub responsible: String,
}

/// Who speaks to whom, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContingencyCommunicationRule)]
pub struct CommunicationRule {
    /// To whom.
    pub audience: CommunicationAudience,
    /// Code of the organisation that speaks.
    #[schema(max_length = 100, example = "omraadesekretariatet")]
    pub organisation: String,
    /// The rule in Danish.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "Projektchefen taler med medierne i samråd med bestyrelsen."
    )]
    pub rule: String,
    /// The rule in English.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "The project manager speaks to the media in consultation with the board."
    )]
    pub rule_en: String,
}

/// What may be wrong with the groups as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There are not two groups, one for police cases and one for others.
    Groups,
    /// The group at this place has the code of one before it.
    GroupTwice(usize),
    /// The group at this place has nobody in it.
    NoSeat(usize),
    /// The group at this place has this seat twice.
    SeatTwice(usize, usize),
    /// The group at this place has this action's code twice.
    ActionTwice(usize, usize),
    /// The group at this place has not exactly one action that informs the board in every activation.
    Board(usize),
}

/// All that is wrong with the groups as a whole.
pub fn faults(groups: &[Group]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let with_police = groups.iter().filter(|group| group.police_case).count();
    if groups.len() != 2 || with_police != 1 {
        faults.push(Fault::Groups);
    }
    for (index, group) in groups.iter().enumerate() {
        if groups[..index].iter().any(|before| before.code == group.code) {
            faults.push(Fault::GroupTwice(index));
        }
        if group.seats.is_empty() {
            faults.push(Fault::NoSeat(index));
        }
        for (place, seat) in group.seats.iter().enumerate() {
            let is_same = |before: &Seat| before.organisation == seat.organisation && before.title == seat.title;
            if group.seats[..place].iter().any(is_same) {
                faults.push(Fault::SeatTwice(index, place));
            }
        }
        for (place, action) in group.actions.iter().enumerate() {
            if group.actions[..place].iter().any(|before| before.code == action.code) {
                faults.push(Fault::ActionTwice(index, place));
            }
        }
        let informing: Vec<_> = group.actions.iter().filter(|action| action.informs_board).collect();
        if !matches!(informing.as_slice(), [one] if one.need == ActionNeed::Always) {
            faults.push(Fault::Board(index));
        }
    }
    faults
}

impl Content {
    /// The group of this code.
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.code == code)
    }

    /// The organisations that have a seat, each once, in the order of the seats: those who sign.
    pub fn participants(&self) -> Vec<&str> {
        let mut participants: Vec<&str> = Vec::new();
        for seat in self.groups.iter().flat_map(|group| &group.seats) {
            if !participants.contains(&seat.organisation.as_str()) {
                participants.push(&seat.organisation);
            }
        }
        participants
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::check;

    fn action(code: &str, need: ActionNeed, informs_board: bool) -> Action {
        Action {
            code: code.into(),
            name: code.into(),
            name_en: code.into(),
            need,
            informs_board,
            responsible: "o".into(),
        }
    }

    fn seat(organisation: &str) -> Seat {
        Seat {
            organisation: organisation.into(),
            title: "t".into(),
            title_en: "t".into(),
            note: None,
        }
    }

    fn group(code: &str, police_case: bool) -> Group {
        Group {
            code: code.into(),
            name: code.into(),
            name_en: code.into(),
            police_case,
            conduct: "c".into(),
            conduct_en: "c".into(),
            seats: vec![seat("a"), seat("b")],
            actions: vec![
                action("inform", ActionNeed::Always, true),
                action("other", ActionNeed::AsNeeded, false),
            ],
        }
    }

    #[test]
    fn words_are_read_back_as_they_are_written() {
        check::<ActionNeed>();
        check::<CommunicationAudience>();
    }

    #[test]
    fn a_plan_has_one_group_for_police_cases_and_one_for_others() {
        assert_eq!(faults(&[group("1", false), group("2", true)]), []);
        assert_eq!(faults(&[]), [Fault::Groups]);
        assert_eq!(faults(&[group("1", false)]), [Fault::Groups]);
        assert_eq!(
            faults(&[group("1", true), group("1", true)]),
            [Fault::Groups, Fault::GroupTwice(1)]
        );
    }

    #[test]
    fn nothing_stands_twice_and_the_board_is_always_informed() {
        let mut second = group("2", true);
        second.seats = vec![seat("a"), seat("a")];
        second.actions.push(action("other", ActionNeed::Always, true));
        let mut first = group("1", false);
        first.seats.clear();
        first.actions[0].need = ActionNeed::AsNeeded;
        assert_eq!(
            faults(&[first, second]),
            [
                Fault::NoSeat(0),
                Fault::Board(0),
                Fault::SeatTwice(1, 1),
                Fault::ActionTwice(1, 2),
                Fault::Board(1)
            ]
        );
    }

    #[test]
    fn who_sits_in_both_groups_signs_once() {
        let content = Content {
            purposes: vec![],
            situation: "s".into(),
            situation_en: "s".into(),
            groups: vec![group("1", false), group("2", true)],
            communication: vec![],
            contact_list_owner: "o".into(),
        };
        assert_eq!(content.participants(), ["a", "b"]);
    }
}
