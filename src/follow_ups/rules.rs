//! Who has to follow up what, and whether it was done. Pure.

use serde::Deserialize;
use uuid::Uuid;

use crate::words::words;

words! {
    /// Whether a goal of the strategic agreement or a sub-goal of a sub-agreement was followed up.
    #[derive(Deserialize)]
    pub FollowedLevel {
        /// A goal of the strategic agreement: one of those that the fund has fixed.
        Goal = "goal",
        /// A sub-goal of a sub-agreement.
        SubGoal = "sub_goal",
    }
}

words! {
    /// For whom the body that met follows the goals.
    #[derive(Deserialize)]
    pub Follower {
        /// The board.
        Board = "board",
        /// The parties of a sub-agreement, in a steering group or a working group.
        Parties = "parties",
    }
}

impl Follower {
    /// For whom a kind of body follows the goals; none where it does not.
    pub fn of_body(kind: &str) -> Option<Self> {
        match kind {
            "board" => Some(Follower::Board),
            "steering_group" | "working_group" => Some(Follower::Parties),
            _ => None,
        }
    }
}

impl FollowedLevel {
    /// Who has to follow it up at least once a year: the board the fixed goals, the board and the parties the sub-goals.
    pub fn followers(self) -> &'static [Follower] {
        match self {
            FollowedLevel::Goal => &[Follower::Board],
            FollowedLevel::SubGoal => &[Follower::Board, Follower::Parties],
        }
    }
}

/// A follow-up of the year, as far as the statement goes by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of a goal or a sub-goal.
    pub level: FollowedLevel,
    /// Of which.
    pub goal: &'a str,
    /// For whom.
    pub follower: Follower,
    /// Whether the board has adopted it.
    pub is_adopted: bool,
}

/// What one of those who have to has done about a goal in the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Who has to.
    pub follower: Follower,
    /// The follow-ups that count: of the board those that it adopted.
    pub counted: Vec<Uuid>,
    /// Those that do not count as long as the board has not adopted them.
    pub not_adopted: Vec<Uuid>,
}

/// What was done about a goal in the year, by each who has to.
pub fn duties(level: FollowedLevel, goal: &str, year: &[Followed<'_>]) -> Vec<Duty> {
    let of_goal = || year.iter().filter(|one| one.level == level && one.goal == goal);
    let ids = |follower, counts: bool| {
        let found = of_goal().filter(|one| one.follower == follower);
        let found = found.filter(|one| (follower != Follower::Board || one.is_adopted) == counts);
        found.map(|one| one.id).collect()
    };
    let followers = level.followers().iter();
    followers
        .map(|follower| Duty {
            follower: *follower,
            counted: ids(*follower, true),
            not_adopted: ids(*follower, false),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    fn followed(id: u128, level: FollowedLevel, follower: Follower, is_adopted: bool) -> Followed<'static> {
        Followed {
            id: Uuid::from_u128(id),
            level,
            goal: "employment",
            follower,
            is_adopted,
        }
    }

    #[test]
    fn words_are_sent_as_they_are_stored() {
        words::check::<FollowedLevel>();
        words::check::<Follower>();
    }

    #[test]
    fn the_board_follows_the_fixed_goals_and_both_the_sub_goals() {
        let year = [
            followed(1, FollowedLevel::SubGoal, Follower::Board, false),
            followed(2, FollowedLevel::SubGoal, Follower::Board, true),
            followed(3, FollowedLevel::SubGoal, Follower::Parties, false),
            followed(4, FollowedLevel::Goal, Follower::Board, false),
        ];
        let id = |id| vec![Uuid::from_u128(id)];
        assert_eq!(
            duties(FollowedLevel::SubGoal, "employment", &year),
            [
                Duty {
                    follower: Follower::Board,
                    counted: id(2),
                    not_adopted: id(1),
                },
                Duty {
                    follower: Follower::Parties,
                    counted: id(3),
                    not_adopted: Vec::new(),
                },
            ]
        );
        let fixed = duties(FollowedLevel::Goal, "employment", &year);
        assert_eq!(fixed.len(), 1);
        assert!(fixed[0].counted.is_empty() && fixed[0].not_adopted == id(4));
        assert!(duties(FollowedLevel::Goal, "cohesion", &year)[0].counted.is_empty());
    }
}
