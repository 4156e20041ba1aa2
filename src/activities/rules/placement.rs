//! Where a team of an activity is to be, and what is in the way.

use chrono::{Days, NaiveDate};

use super::{ActivityStatus, Mobility};
use crate::problem::{At, FieldError};

/// Where a team is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlacement {
    /// Code of the activity.
    pub activity: String,
    /// The team; empty for the activity as a whole.
    pub team: String,
    /// Code of the zone.
    pub zone: String,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day; none where no end is set.
    pub ends_on: Option<NaiveDate>,
}

/// Where a team is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The team; empty for the activity as a whole.
    pub team: String,
    /// Code of the zone; none where it is not stated.
    pub zone: Option<String>,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day; none where no end is set.
    pub ends_on: Option<NaiveDate>,
}

/// What a placement is judged by.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    /// The activity's status.
    pub status: ActivityStatus,
    /// The activity's mobility.
    pub mobility: Mobility,
    /// Whether no two of its teams may be in the same zone at a time.
    pub teams_apart: bool,
    /// The plan's zones, by code.
    pub zones: &'a [String],
    /// The plan's first and last day.
    pub period: (NaiveDate, NaiveDate),
    /// All the activity's placements.
    pub placed: &'a [Placed],
}

/// Judges where a team is to be.
///
/// A placement of the same team that has no end and began earlier is moved from: the answer is its index and the last day
/// that it gets. Any other of the team's placements in the period refuses the new one.
pub fn judge_placement(
    new: &NewPlacement,
    ground: &Ground<'_>,
    at: &At,
) -> Result<Option<(usize, NaiveDate)>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let wanted = Wanted {
        zone: Some(&new.zone),
        starts_on: Some(new.starts_on),
        ends_on: new.ends_on,
    };
    if matches!(ground.status, ActivityStatus::Draft | ActivityStatus::Ended) {
        errors.push(FieldError::new(
            at.field("activity"),
            "not_in_force",
            "The activity is not in force, so it is placed nowhere.",
            "Aktiviteten er ikke i kraft og kan derfor ikke placeres.",
        ));
    }
    errors.extend(place_faults(
        &wanted,
        Some(ground.mobility),
        ground.zones,
        ground.period,
        at,
    ));
    let mut moved_from = None;
    for (index, placed) in ground
        .placed
        .iter()
        .enumerate()
        .filter(|(_, placed)| meets(new, placed))
    {
        if placed.team == new.team {
            if placed.ends_on.is_none() && placed.starts_on < new.starts_on {
                moved_from = new.starts_on.checked_sub_days(Days::new(1)).map(|last| (index, last));
            } else {
                errors.push(FieldError::new(
                    at.field("starts_on"),
                    "overlapping_placement",
                    format!("A placement from {} overlaps with this one.", placed.starts_on),
                    format!("En placering fra {} overlapper med denne.", placed.starts_on),
                ));
            }
        } else if ground.teams_apart && placed.zone.as_deref() == Some(new.zone.as_str()) {
            errors.push(FieldError::new(
                at.field("zone"),
                "zone_taken",
                "Another team of the activity is in this zone; its teams are in different zones.",
                "Et andet af aktivitetens hold er i denne zone; holdene er i forskellige zoner.",
            ));
        }
    }
    if errors.is_empty() { Ok(moved_from) } else { Err(errors) }
}

/// Where and when a team is to be, as far as it is known: none is what is absent or could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The zone.
    pub zone: Option<&'a str>,
    /// The first day.
    pub starts_on: Option<NaiveDate>,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
}

/// What is wrong with a place and its days, wherever else the activity is; `mobility` is none where nobody knows the activity.
pub fn place_faults(
    wanted: &Wanted<'_>,
    mobility: Option<Mobility>,
    zones: &[String],
    (first, last): (NaiveDate, NaiveDate),
    at: &At,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if mobility == Some(Mobility::AllZones) {
        errors.push(FieldError::new(
            at.field("zone"),
            "in_all_zones",
            "The activity is present in every zone; it is not moved between them.",
            "Aktiviteten er til stede i alle zoner og flyttes ikke mellem dem.",
        ));
    } else if wanted.zone.is_some_and(|zone| zones.iter().all(|known| known != zone)) {
        errors.push(FieldError::new(
            at.field("zone"),
            "unknown_zone",
            "The plan has no zone of this code.",
            "Planen har ingen zone med denne kode.",
        ));
    }
    if wanted.starts_on.is_some_and(|day| day < first || day > last) {
        errors.push(FieldError::new(
            at.field("starts_on"),
            "outside_plan",
            format!("The plan lasts from {first} to {last}."),
            format!("Planen varer fra {first} til {last}."),
        ));
    }
    if let Some(ends_on) = wanted.ends_on {
        let is_before = wanted.starts_on.is_some_and(|starts_on| ends_on < starts_on);
        if is_before || ends_on < first || ends_on > last {
            errors.push(FieldError::new(
                at.field("ends_on"),
                if is_before { "wrong_order" } else { "outside_plan" },
                format!("The last day is from the first day to {last}."),
                format!("Den sidste dag ligger fra den første dag til {last}."),
            ));
        }
    }
    errors
}

/// Whether two periods have a day in common.
fn meets(new: &NewPlacement, placed: &Placed) -> bool {
    new.ends_on.is_none_or(|end| placed.starts_on <= end) && placed.ends_on.is_none_or(|end| new.starts_on <= end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(738_521 + i32::try_from(number).unwrap()).unwrap()
    }

    fn zones() -> Vec<String> {
        (1..=4).map(|zone| format!("zone-{zone}")).collect()
    }

    fn new(team: &str, zone: &str, starts_on: u32, ends_on: Option<u32>) -> NewPlacement {
        NewPlacement {
            activity: "a".into(),
            team: team.into(),
            zone: zone.into(),
            starts_on: day(starts_on),
            ends_on: ends_on.map(day),
        }
    }

    fn placed(team: &str, zone: &str, starts_on: u32, ends_on: Option<u32>) -> Placed {
        Placed {
            team: team.into(),
            zone: Some(zone.into()),
            starts_on: day(starts_on),
            ends_on: ends_on.map(day),
        }
    }

    fn judge(new: &NewPlacement, placed: &[Placed]) -> Result<Option<(usize, NaiveDate)>, Vec<&'static str>> {
        let zones = zones();
        let ground = Ground {
            status: ActivityStatus::Active,
            mobility: Mobility::Mobile,
            teams_apart: true,
            zones: &zones,
            period: (day(0), day(1000)),
            placed,
        };
        judge_placement(new, &ground, &At::Pointer(String::new()))
            .map_err(|errors| errors.iter().map(|error| error.code).collect())
    }

    #[test]
    fn a_move_ends_where_the_team_was_the_day_before() {
        let before = [placed("", "zone-1", 0, None)];
        assert_eq!(judge(&new("", "zone-2", 10, None), &before), Ok(Some((0, day(9)))));
        assert_eq!(judge(&new("", "zone-2", 10, None), &[]), Ok(None));
    }

    #[test]
    fn what_overlaps_or_crowds_is_refused_with_its_reason() {
        let before = [
            placed("program", "zone-1", 5, Some(20)),
            placed("academy", "zone-2", 0, None),
        ];
        for (wanted, code) in [
            (new("program", "zone-3", 20, None), "overlapping_placement"),
            (new("program", "zone-3", 1, Some(5)), "overlapping_placement"),
            (new("program", "zone-2", 21, None), "zone_taken"),
            (new("academy", "zone-3", 0, None), "overlapping_placement"),
            (new("program", "zone-5", 21, None), "unknown_zone"),
            (new("program", "zone-3", 1001, None), "outside_plan"),
            (new("program", "zone-3", 30, Some(29)), "wrong_order"),
        ] {
            assert_eq!(judge(&wanted, &before), Err(vec![code]), "{wanted:?}");
        }
        assert_eq!(judge(&new("program", "zone-3", 21, None), &before), Ok(None));
    }

    proptest! {
        #[test]
        fn whatever_is_decided_a_team_is_never_in_two_places(
            wanted in proptest::collection::vec((0..3_usize, 1..5_u32, 0..60_u32, proptest::option::of(0..60_u32)), 0..25)
        ) {
            let mut all: Vec<Placed> = Vec::new();
            for (team, zone, start, end) in wanted {
                let team = ["", "program", "academy"][team];
                let wanted = new(team, &format!("zone-{zone}"), start, end);
                if let Ok(moved_from) = judge(&wanted, &all) {
                    if let Some((index, last)) = moved_from {
                        all[index].ends_on = Some(last);
                    }
                    all.push(Placed {
                        team: wanted.team,
                        zone: Some(wanted.zone),
                        starts_on: wanted.starts_on,
                        ends_on: wanted.ends_on,
                    });
                }
            }
            for date in 0..60 {
                let here: Vec<_> = all
                    .iter()
                    .filter(|placed| placed.starts_on <= day(date) && placed.ends_on.is_none_or(|end| end >= day(date)))
                    .collect();
                for (index, one) in here.iter().enumerate() {
                    for other in &here[index + 1..] {
                        prop_assert!(one.team != other.team && one.zone != other.zone);
                    }
                }
            }
        }
    }
}
