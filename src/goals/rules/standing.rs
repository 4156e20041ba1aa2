//! Where an area stands, in one word.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an area stands against a target, by the figures that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GoalStatus)]
pub enum Standing {
    /// The target is met.
    Achieved,
    /// At least as good as expected on the straight way from baseline to target.
    OnTrack,
    /// Not worse than the baseline, but worse than expected.
    Behind,
    /// Worse than the baseline.
    Worsening,
    /// The due date has passed, and the last figure up to it does not meet the target.
    Missed,
    /// There is no figure after the baseline, or nothing to compare it with.
    NoData,
}

impl Standing {
    /// Every word, the best first: what [`Standing::worst`] goes by.
    ///
    /// What cannot be judged stands between the good and the bad: it must not hide a target that is missed, and a
    /// goal is not achieved while one of its targets cannot be judged.
    pub const ALL: [Standing; 6] = [
        Standing::Achieved,
        Standing::OnTrack,
        Standing::NoData,
        Standing::Behind,
        Standing::Worsening,
        Standing::Missed,
    ];

    /// The word as it is sent.
    pub fn code(self) -> &'static str {
        match self {
            Standing::Achieved => "achieved",
            Standing::OnTrack => "on_track",
            Standing::Behind => "behind",
            Standing::Worsening => "worsening",
            Standing::Missed => "missed",
            Standing::NoData => "no_data",
        }
    }

    /// The place in [`Standing::ALL`].
    fn rank(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or(Self::ALL.len())
    }

    /// The worst of several; nothing is known of none.
    pub fn worst(all: impl IntoIterator<Item = Standing>) -> Standing {
        all.into_iter()
            .max_by_key(|standing| standing.rank())
            .unwrap_or(Standing::NoData)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_cannot_be_judged_hides_no_bad_one_and_lets_no_good_one_pass() {
        use Standing::{Achieved, Behind, Missed, NoData, OnTrack, Worsening};
        for (all, worst) in [
            (vec![Achieved, OnTrack], OnTrack),
            (vec![Achieved, NoData], NoData),
            (vec![NoData, Behind], Behind),
            (vec![Worsening, Behind, NoData], Worsening),
            (vec![Missed, Worsening], Missed),
            (vec![], NoData),
        ] {
            assert_eq!(Standing::worst(all), worst);
        }
    }
}
