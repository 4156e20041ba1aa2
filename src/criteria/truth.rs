//! Joining criteria into an answer; pure.
//!
//! Every answer is one of three: met, not met, or undetermined. It is undetermined only if it could still go either way:
//! a criterion that nobody knows does not matter where the others decide already.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use crate::indicators::rules::UnknownWord;

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CriteriaResult)]
pub enum Truth {
    /// It holds.
    Met,
    /// It does not hold.
    NotMet,
    /// It could go either way: something is missing.
    Undetermined,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Truth::Met } else { Truth::NotMet }
    }
}

fn count(parts: &[Truth], what: Truth) -> usize {
    parts.iter().filter(|part| **part == what).count()
}

/// Whether at least `needed` of the parts are met.
pub fn at_least(needed: usize, parts: &[Truth]) -> Truth {
    let met = count(parts, Truth::Met);
    if met >= needed {
        Truth::Met
    } else if met + count(parts, Truth::Undetermined) < needed {
        Truth::NotMet
    } else {
        Truth::Undetermined
    }
}

/// Whether all of the parts are met.
pub fn all(parts: &[Truth]) -> Truth {
    at_least(parts.len(), parts)
}

/// What a criterion does in its rule set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CriterionPart)]
pub enum Part {
    /// One of those of which so many must be met.
    Counted,
    /// Must be met beside them.
    Required,
}

impl FromStr for Part {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "counted" => Ok(Part::Counted),
            "required" => Ok(Part::Required),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

/// How a rule set stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the area is one in the rule set's sense, its size and kind aside.
    pub truth: Truth,
    /// How many of the counted criteria are met, not met and undetermined.
    pub counted: [usize; 3],
    /// The criteria that leave it open: those that could still change it.
    pub open: Vec<String>,
}

/// Joins the criteria of a rule set: all that are required, and `needed` of those that count.
pub fn decide(needed: usize, criteria: &[(&str, Part, Truth)]) -> Verdict {
    let of = |wanted: Part| -> Vec<Truth> {
        let parts = criteria.iter().filter(|(_, part, _)| *part == wanted);
        parts.map(|(_, _, truth)| *truth).collect()
    };
    let (required, counted) = (of(Part::Required), of(Part::Counted));
    let group = at_least(needed, &counted);
    let truth = all(&[all(&required), group]);
    let open = criteria.iter().filter(|(_, part, own)| {
        let matters = *part == Part::Required || group == Truth::Undetermined;
        truth == Truth::Undetermined && *own == Truth::Undetermined && matters
    });
    Verdict {
        truth,
        counted: [Truth::Met, Truth::NotMet, Truth::Undetermined].map(|what| count(&counted, what)),
        open: open.map(|(code, _, _)| (*code).to_owned()).collect(),
    }
}

/// Which official list an area is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Whether it is on one.
    pub truth: Truth,
    /// Which, if that is settled.
    pub list: Option<String>,
    /// Where it is not settled, those that it could be on.
    pub possible: Vec<String>,
}

/// Of several lists the strictest counts: the one with the highest rank. It is settled only when no stricter one is open,
/// and open where there are no rules.
pub fn strictest(lists: &[(&str, i16, Truth)]) -> Listing {
    let is_ruled = !lists.is_empty();
    let mut lists = lists.to_vec();
    lists.sort_by_key(|(_, rank, _)| std::cmp::Reverse(*rank));
    let mut possible: Vec<String> = Vec::new();
    for (code, _, truth) in lists {
        match truth {
            Truth::NotMet => {}
            Truth::Undetermined => possible.push(code.to_owned()),
            Truth::Met if possible.is_empty() => {
                return Listing {
                    truth: Truth::Met,
                    list: Some(code.to_owned()),
                    possible,
                };
            }
            Truth::Met => {
                // On one of them for certain; only which is open.
                possible.push(code.to_owned());
                return Listing {
                    truth: Truth::Met,
                    list: None,
                    possible,
                };
            }
        }
    }
    Listing {
        truth: if possible.is_empty() && is_ruled {
            Truth::NotMet
        } else {
            Truth::Undetermined
        },
        list: None,
        possible,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERY: [Truth; 3] = [Truth::Met, Truth::NotMet, Truth::Undetermined];

    #[test]
    fn two_of_four_is_settled_as_soon_as_it_can_be() {
        use Truth::{Met, NotMet, Undetermined as Open};
        for (parts, truth) in [
            ([Met, Met, Open, Open], Met),
            ([Met, Open, NotMet, NotMet], Open),
            ([Open, NotMet, NotMet, NotMet], NotMet),
            ([Open, Open, NotMet, NotMet], Open),
            ([Open, Open, Open, Open], Open),
            ([NotMet, NotMet, NotMet, Met], NotMet),
        ] {
            assert_eq!(at_least(2, &parts), truth, "{parts:?}");
        }
    }

    #[test]
    fn a_required_criterion_that_is_not_met_settles_it_whatever_is_open() {
        let criteria = [
            ("a", Part::Required, Truth::NotMet),
            ("b", Part::Counted, Truth::Undetermined),
            ("c", Part::Counted, Truth::Undetermined),
        ];
        let verdict = decide(2, &criteria);
        assert_eq!((verdict.truth, verdict.open), (Truth::NotMet, Vec::new()));
    }

    #[test]
    fn only_criteria_that_could_change_it_leave_it_open() {
        let criteria = [
            ("required", Part::Required, Truth::Undetermined),
            ("b", Part::Counted, Truth::Met),
            ("c", Part::Counted, Truth::Met),
            ("unknown", Part::Counted, Truth::Undetermined),
        ];
        let verdict = decide(2, &criteria);
        assert_eq!(
            (verdict.truth, verdict.open),
            (Truth::Undetermined, vec!["required".to_owned()])
        );
        assert_eq!(verdict.counted, [2, 0, 1]);
    }

    #[test]
    fn the_strictest_list_counts_and_an_open_stricter_one_leaves_it_open() {
        use Truth::{Met, NotMet, Undetermined as Open};
        let listing = |parallel, vulnerable, prevention| {
            let found = strictest(&[
                ("prevention", 1, prevention),
                ("parallel", 3, parallel),
                ("vulnerable", 2, vulnerable),
            ]);
            (found.truth, found.list.unwrap_or_default(), found.possible.join(" "))
        };
        let as_text = |truth, list: &str, possible: &str| (truth, list.to_owned(), possible.to_owned());
        assert_eq!(listing(NotMet, NotMet, NotMet), as_text(NotMet, "", ""));
        assert_eq!(listing(NotMet, Met, Open), as_text(Met, "vulnerable", ""));
        assert_eq!(listing(Met, Met, Met), as_text(Met, "parallel", ""));
        assert_eq!(listing(Open, Met, Met), as_text(Met, "", "parallel vulnerable"));
        assert_eq!(listing(NotMet, NotMet, Open), as_text(Open, "", "prevention"));
        assert_eq!(strictest(&[]).truth, Open);
    }

    /// Every way in which what is undetermined could turn out.
    fn outcomes(parts: &[Truth]) -> Vec<Vec<Truth>> {
        parts.iter().fold(vec![Vec::new()], |ways, part| {
            let turns: &[Truth] = match part {
                Truth::Undetermined => &[Truth::Met, Truth::NotMet],
                Truth::Met => &[Truth::Met],
                Truth::NotMet => &[Truth::NotMet],
            };
            let longer = |way: &Vec<Truth>, turn: &Truth| way.iter().chain([turn]).copied().collect::<Vec<_>>();
            ways.iter()
                .flat_map(|way| turns.iter().map(|turn| longer(way, turn)))
                .collect()
        })
    }

    proptest! {
        /// Against the plain reading: try every way in which the open criteria could turn out, and count.
        #[test]
        fn an_answer_is_open_exactly_if_it_could_go_either_way(
            needed in 0_usize..6,
            counted in proptest::collection::vec(proptest::sample::select(EVERY.to_vec()), 0..6),
            required in proptest::collection::vec(proptest::sample::select(EVERY.to_vec()), 0..3),
        ) {
            let criteria = |counted: &[Truth], required: &[Truth]| -> Verdict {
                let parts = counted.iter().map(|truth| ("c", Part::Counted, *truth));
                let parts: Vec<_> = parts.chain(required.iter().map(|truth| ("r", Part::Required, *truth))).collect();
                decide(needed, &parts)
            };
            let holds = |counted: &[Truth], required: &[Truth]| {
                counted.iter().filter(|truth| **truth == Truth::Met).count() >= needed
                    && required.iter().all(|truth| *truth == Truth::Met)
            };
            let mut could = std::collections::BTreeSet::new();
            for counted in outcomes(&counted) {
                for required in outcomes(&required) {
                    could.insert(holds(&counted, &required));
                }
            }
            let expected = match (could.contains(&true), could.contains(&false)) {
                (true, true) => Truth::Undetermined,
                (true, false) => Truth::Met,
                _ => Truth::NotMet,
            };
            let verdict = criteria(&counted, &required);
            prop_assert_eq!(verdict.truth, expected);
            prop_assert_eq!(verdict.open.is_empty(), expected != Truth::Undetermined);
        }

        /// A criterion that turns out met never makes an answer worse.
        #[test]
        fn more_that_is_met_never_turns_an_answer_down(
            needed in 0_usize..6,
            counted in proptest::collection::vec(proptest::sample::select(EVERY.to_vec()), 1..6),
            which in any::<proptest::sample::Index>(),
        ) {
            let before = at_least(needed, &counted);
            let mut better = counted.clone();
            better[which.index(counted.len())] = Truth::Met;
            let after = at_least(needed, &better);
            prop_assert!(before != Truth::Met || after == Truth::Met);
            prop_assert!(after != Truth::NotMet || before == Truth::NotMet);
        }
    }
}
