//! How often the bodies met.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::cadence::{Ordered, Tally, Verdict};
use crate::period::Period;

/// How often the bodies met in a year, against what is required.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Cadence)]
pub struct CadenceView {
    /// The year.
    #[schema(example = 2024)]
    pub year: i32,
    /// How many meetings are required of the bodies that the caller sees.
    #[schema(example = 24)]
    pub required: u32,
    /// How many are planned or called, whether required or not.
    #[schema(example = 0)]
    pub planned: u32,
    /// How many were held, whether required or not.
    #[schema(example = 24)]
    pub held: u32,
    /// How many of those required are neither held nor planned.
    #[schema(example = 0)]
    pub missing: u32,
    /// How many are held or planned beyond those required: of a period that has more than it must, and of bodies that need not meet.
    #[schema(example = 0)]
    pub extra: u32,
    /// Whether all that are required were held, and in the order that is required.
    pub is_complete: bool,
    /// The bodies, in the order of the agreement.
    pub bodies: Vec<BodyCadenceView>,
    /// The rules of order between bodies, each in every period of the year.
    pub orderings: Vec<OrderView>,
}

/// How often a body met.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BodyCadence)]
pub struct BodyCadenceView {
    /// The body, by code.
    #[schema(example = "faellessekretariatet")]
    pub body: String,
    /// Its name in Danish.
    #[schema(example = "Fællessekretariatet")]
    pub name: String,
    /// Its name in English.
    #[schema(example = "Joint secretariat")]
    pub name_en: String,
    /// How many meetings are required in the year; 0 where none are.
    #[schema(example = 4)]
    pub required: u32,
    /// How many are planned or called.
    pub planned: u32,
    /// How many were held.
    pub held: u32,
    /// How many were called off.
    pub cancelled: u32,
    /// How many of those required are neither held nor planned.
    pub missing: u32,
    /// How many are held or planned beyond those required, in the periods that have more than they must.
    pub extra: u32,
    /// The periods in which they are counted: the year, or its quarters where one is required in each.
    pub periods: Vec<TallyView>,
}

/// The meetings of a body in a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MeetingTally)]
pub struct TallyView {
    /// The period.
    #[schema(example = "2024-Q1")]
    pub period: Period,
    /// How many are required.
    pub required: u32,
    /// How many are planned or called.
    pub planned: u32,
    /// How many were held.
    pub held: u32,
    /// How many were called off.
    pub cancelled: u32,
    /// How many of those required are neither held nor planned.
    pub missing: u32,
    /// How many are held or planned beyond those required.
    pub extra: u32,
}

/// A rule of order in a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MeetingOrder)]
pub struct OrderView {
    /// The body that meets first, by code.
    #[schema(example = "styregruppe-uddannelse")]
    pub body: String,
    /// The body before whose last meeting in the period it meets, by code.
    #[schema(example = "bestyrelsen")]
    pub before: String,
    /// The period.
    #[schema(example = "2024-S1")]
    pub period: Period,
    /// Whether the rule is kept.
    pub verdict: Verdict,
    /// The meeting that counts: the last before the other's, else the first in the period; null where there is none.
    #[schema(required)]
    pub meeting: Option<Uuid>,
    /// The meeting that it must come before; null where there is none.
    #[schema(required)]
    pub before_meeting: Option<Uuid>,
}

impl From<&Tally> for TallyView {
    fn from(tally: &Tally) -> Self {
        Self {
            period: tally.period,
            required: tally.required,
            planned: tally.planned,
            held: tally.held,
            cancelled: tally.cancelled,
            missing: tally.missing,
            extra: tally.extra,
        }
    }
}

impl BodyCadenceView {
    /// A body with its periods.
    pub fn new(body: String, name: String, name_en: String, tallies: &[Tally]) -> Self {
        let sum = |of: fn(&Tally) -> u32| -> u32 { tallies.iter().map(of).sum() };
        Self {
            body,
            name,
            name_en,
            required: sum(|one| one.required),
            planned: sum(|one| one.planned),
            held: sum(|one| one.held),
            cancelled: sum(|one| one.cancelled),
            missing: sum(|one| one.missing),
            extra: sum(|one| one.extra),
            periods: tallies.iter().map(TallyView::from).collect(),
        }
    }

    /// Whether all that are required were held.
    fn is_complete(&self) -> bool {
        self.periods.iter().all(|one| one.held >= one.required)
    }
}

impl OrderView {
    /// A rule of order between two bodies in a period.
    pub fn new(body: &str, before: &str, found: Ordered) -> Self {
        Self {
            body: body.to_owned(),
            before: before.to_owned(),
            period: found.period,
            verdict: found.verdict,
            meeting: found.meeting,
            before_meeting: found.before,
        }
    }
}

impl CadenceView {
    /// The year of some bodies.
    pub fn new(year: i32, bodies: Vec<BodyCadenceView>, orderings: Vec<OrderView>) -> Self {
        let sum = |of: fn(&BodyCadenceView) -> u32| -> u32 { bodies.iter().map(of).sum() };
        Self {
            year,
            required: sum(|one| one.required),
            planned: sum(|one| one.planned),
            held: sum(|one| one.held),
            missing: sum(|one| one.missing),
            extra: sum(|one| one.extra),
            is_complete: bodies.iter().all(BodyCadenceView::is_complete)
                && orderings.iter().all(|one| one.verdict == Verdict::Kept),
            bodies,
            orderings,
        }
    }
}
