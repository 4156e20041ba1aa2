//! What holds for activities. Pure: what is agreed about one ([`content`]), and where one is placed ([`placement`]).

mod content;
mod placement;

pub use content::{
    Actor, Commitment, CommitmentPeriod, Content, TargetGroup, commitment_faults, differences, faults, group_faults,
};
pub use placement::{Ground, NewPlacement, Placed, Wanted, judge_placement, place_faults};

use serde::Deserialize;

use crate::words::words;

/// The oldest age that a target group names.
pub const MAX_AGE: i16 = 120;
/// The area that stands for all zones.
pub const ALL_ZONES: &str = "all-zones";

words! {
    /// How far an activity is.
    #[derive(Deserialize)]
    pub ActivityStatus {
        /// Not decided yet.
        Draft = "draft",
        /// In force and running.
        Active = "active",
        /// In force, but resting.
        Paused = "paused",
        /// Over.
        Ended = "ended",
    }
}

words! {
    /// Whether an activity moves between zones.
    #[derive(Deserialize)]
    pub Mobility {
        /// It is where the board places it.
        Mobile = "mobile",
        /// It is present in every zone.
        AllZones = "all_zones",
    }
}

words! {
    /// What a placement rests on.
    #[derive(Deserialize)]
    pub PlacementBasis {
        /// The agreement itself.
        Agreement = "agreement",
        /// A decision of the board.
        Decision = "decision",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn words_are_sent_as_they_are_stored() {
        words::check::<ActivityStatus>();
        words::check::<Mobility>();
        words::check::<PlacementBasis>();
        words::check::<CommitmentPeriod>();
    }
}
