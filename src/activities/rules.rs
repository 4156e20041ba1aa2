//! What holds for an activity's content and for where it is placed. Pure.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{At, FieldError};
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

/// What was agreed about an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityContent)]
pub struct Content {
    /// Code of the focus area.
    pub focus_area: String,
    /// Whether it moves.
    pub mobility: Mobility,
    /// Whether no two of its teams may be in the same zone at a time.
    pub teams_apart: bool,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it is for, in Danish.
    pub purpose: String,
    /// What it is for, in English.
    pub purpose_en: String,
    /// What is done, in Danish.
    pub content: String,
    /// What is done, in English.
    pub content_en: String,
    /// For whom it is.
    pub target_groups: Vec<TargetGroup>,
    /// Who takes part.
    pub actors: Vec<Actor>,
    /// What was promised.
    pub commitments: Vec<Commitment>,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it is stated.
    pub source: String,
}

/// A group of people that an activity is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityTargetGroup)]
pub struct TargetGroup {
    /// The name in Danish.
    #[schema(example = "Børn på 8-14 år", max_length = 300)]
    pub name: String,
    /// The name in English.
    #[schema(example = "Children of 8-14", max_length = 300)]
    pub name_en: String,
    /// The youngest age, itself included; null where none is stated.
    #[schema(required, example = 8, minimum = 0, maximum = 120)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included; null where none is stated.
    #[schema(required, example = 14, minimum = 0, maximum = 120)]
    pub age_to: Option<i16>,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// Who takes part in an activity, and what for. No persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityActor)]
pub struct Actor {
    /// Code of the organisation; null where a kind of actor is meant, such as volunteers.
    #[schema(required, example = "fredericia-bibliotek")]
    pub organisation: Option<String>,
    /// The name in Danish.
    #[schema(example = "Fredericia Bibliotek", max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(example = "Fredericia Library", max_length = 200)]
    pub name_en: String,
    /// What it answers for, in Danish.
    #[schema(example = "Fælles koordinering", max_length = 1000)]
    pub responsibility: String,
    /// What it answers for, in English.
    #[schema(example = "Joint coordination", max_length = 1000)]
    pub responsibility_en: String,
}

/// What was promised, with a number where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityCommitment)]
pub struct Commitment {
    /// Its code, unique within the activity.
    #[schema(example = "youth-school-classes")]
    pub code: String,
    /// Code of the organisation that promised it; null where none is named.
    #[schema(required, example = "ungdomsskolen")]
    pub organisation: Option<String>,
    /// The name in Danish.
    #[schema(example = "Ungdomsskolehold om året", max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(example = "Youth-school classes a year", max_length = 200)]
    pub name_en: String,
    /// How many; null where no number is stated.
    #[schema(required, example = 20, minimum = 0, maximum = 32767)]
    pub quantity: Option<i32>,
    /// Of what.
    #[schema(required, example = "classes", max_length = 50)]
    pub unit: Option<String>,
    /// In how long; null where the number is not per anything.
    #[schema(required)]
    pub per: Option<CommitmentPeriod>,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
    /// Where it is stated.
    #[schema(max_length = 300)]
    pub source: String,
}

words! {
    /// In how long a commitment is to be kept.
    #[derive(Deserialize)]
    pub CommitmentPeriod {
        /// A week.
        Week = "week",
        /// A month.
        Month = "month",
        /// A quarter.
        Quarter = "quarter",
        /// A year.
        Year = "year",
    }
}

/// What is wrong with a content, whatever form it came in; `at` is where the content stands.
pub fn faults(content: &Content, at: &At) -> Vec<FieldError> {
    let groups: Vec<_> = content.target_groups.iter().map(Some).collect();
    let commitments: Vec<_> = content.commitments.iter().map(Some).collect();
    let mut errors = group_faults(&groups, &at.field("target_groups"));
    errors.extend(commitment_faults(&commitments, &at.field("commitments")));
    errors
}

/// What is wrong with target groups: none are those that could not be read; `at` is where the list stands.
pub fn group_faults(groups: &[Option<&TargetGroup>], at: &At) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let Some(group) = group else { continue };
        if group.age_from.zip(group.age_to).is_some_and(|(from, to)| to < from) {
            errors.push(FieldError::new(
                at.field(index).field("age_to"),
                "wrong_order",
                "The oldest age is below the youngest.",
                "Den højeste alder er lavere end den laveste.",
            ));
        }
    }
    errors
}

/// What is wrong with commitments, as [`group_faults`].
pub fn commitment_faults(commitments: &[Option<&Commitment>], at: &At) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, commitment) in commitments.iter().enumerate() {
        let Some(commitment) = commitment else { continue };
        let at = at.field(index);
        let mut before = commitments[..index].iter().flatten();
        if before.any(|other| other.code == commitment.code) {
            errors.push(FieldError::new(
                at.field("code"),
                "duplicate",
                "The same stands further up.",
                "Det samme står længere oppe.",
            ));
        }
        if commitment.quantity.is_some() != commitment.unit.is_some() {
            errors.push(FieldError::new(
                at.field("unit"),
                "quantity_and_unit",
                "A number and what it counts go together.",
                "Et tal og det, det tæller, hører sammen.",
            ));
        }
    }
    errors
}

/// Which members of two contents differ; a note for readers is none of what was agreed.
pub fn differences(before: &Content, after: &Content) -> Vec<&'static str> {
    macro_rules! differing {
        ($($member:ident),+) => {
            [$((stringify!($member), before.$member != after.$member)),+]
        };
    }
    differing!(
        focus_area,
        mobility,
        teams_apart,
        name,
        name_en,
        aliases,
        purpose,
        purpose_en,
        content,
        content_en,
        target_groups,
        actors,
        commitments,
        source
    )
    .into_iter()
    .filter(|(_, is_other)| *is_other)
    .map(|(member, _)| member)
    .collect()
}

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
    use crate::words;
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
    fn words_are_sent_as_they_are_stored() {
        words::check::<ActivityStatus>();
        words::check::<Mobility>();
        words::check::<PlacementBasis>();
        words::check::<CommitmentPeriod>();
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
