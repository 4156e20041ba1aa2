//! How often bodies met in a year, what is missing, and whether they met in the right order.

use chrono::{NaiveDate, NaiveDateTime};
use uuid::Uuid;

use super::MeetingStatus;
use crate::bodies::rules::Per;
use crate::period::Period;
use crate::words::words;

/// A meeting as it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Its id.
    pub id: Uuid,
    /// Code of the body.
    pub body: String,
    /// How far it is.
    pub status: MeetingStatus,
    /// When it begins, local time.
    pub local_start: NaiveDateTime,
}

/// What a body must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// So many meetings.
    pub times: u32,
    /// In every such period.
    pub per: Per,
}

/// The meetings of a period against those that are required in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The period.
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

words! {
    /// Whether a rule of order is kept.
    pub Verdict {
        /// The one met, or is to meet, before the other.
        Kept = "kept",
        /// The one has no meeting in the period.
        Missing = "missing",
        /// All its meetings in the period come at the same time as the other's last one or after it.
        TooLate = "too_late",
        /// The other has no meeting in the period: there is nothing to meet before.
        NothingToPrecede = "nothing_to_precede",
    }
}

/// A rule of order held against a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The period.
    pub period: Period,
    /// Whether it is kept.
    pub verdict: Verdict,
    /// The meeting of the one that counts: its last before the other's, else its first in the period.
    pub meeting: Option<Uuid>,
    /// The meeting of the other that it must come before.
    pub before: Option<Uuid>,
}

fn falls_in(meeting: &Counted, period: Period) -> bool {
    period.contains(meeting.local_start.date())
}

/// A body's meetings in each period of a year in which so many are required; in the whole year where none are.
pub fn tallies(meetings: &[Counted], body: &str, duty: Option<&Duty>, year: i32) -> Vec<Tally> {
    let per = duty.map_or(Per::Year, |duty| duty.per);
    let required = duty.map_or(0, |duty| duty.times);
    let periods = per.of_year(year).into_iter();
    periods
        .map(|period| {
            let count = |is_wanted: fn(MeetingStatus) -> bool| {
                let own = meetings.iter().filter(|one| one.body == body && falls_in(one, period));
                u32::try_from(own.filter(|one| is_wanted(one.status)).count()).unwrap_or(u32::MAX)
            };
            let planned = count(MeetingStatus::is_ahead);
            let held = count(MeetingStatus::is_held);
            Tally {
                period,
                required,
                planned,
                held,
                cancelled: count(|status| status == MeetingStatus::Cancelled),
                missing: required.saturating_sub(planned.saturating_add(held)),
                extra: planned.saturating_add(held).saturating_sub(required),
            }
        })
        .collect()
}

/// Whether `body` meets before the last meeting of `before` in every period of a year. What was called off does not count.
pub fn order(meetings: &[Counted], body: &str, before: &str, per: Per, year: i32) -> Vec<Ordered> {
    let of = |code: &str, period: Period| {
        let there = |one: &&Counted| one.status != MeetingStatus::Cancelled && falls_in(one, period);
        let mut own: Vec<&Counted> = meetings.iter().filter(|one| one.body == code).filter(there).collect();
        own.sort_by_key(|one| (one.local_start, one.id));
        own
    };
    let periods = per.of_year(year).into_iter();
    periods
        .map(|period| {
            let own = of(body, period);
            let Some(last) = of(before, period).pop() else {
                return Ordered {
                    period,
                    verdict: Verdict::NothingToPrecede,
                    meeting: None,
                    before: None,
                };
            };
            let in_time = own.iter().rev().find(|one| one.local_start < last.local_start);
            let verdict = match (in_time, own.first()) {
                (Some(_), _) => Verdict::Kept,
                (None, Some(_)) => Verdict::TooLate,
                (None, None) => Verdict::Missing,
            };
            Ordered {
                period,
                verdict,
                meeting: in_time.or(own.first()).map(|one| one.id),
                before: Some(last.id),
            }
        })
        .collect()
}

/// The first and the last day of a year.
pub fn days_of(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    Some((
        NaiveDate::from_ymd_opt(year, 1, 1)?,
        NaiveDate::from_ymd_opt(year, 12, 31)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::check;
    use proptest::prelude::*;

    fn meeting(body: &str, start: &str, status: MeetingStatus) -> Counted {
        Counted {
            id: Uuid::now_v7(),
            body: body.to_owned(),
            status,
            local_start: format!("{start}:00").parse().unwrap(),
        }
    }

    fn quarterly() -> Duty {
        Duty {
            times: 1,
            per: Per::Quarter,
        }
    }

    #[test]
    fn the_words_are_sent_as_they_are_stored() {
        check::<Verdict>();
    }

    #[test]
    fn a_quarter_without_a_meeting_is_named_also_where_another_has_two() {
        use MeetingStatus::{Called, Cancelled, Held};
        let meetings = [
            meeting("a", "2024-01-31T10:00", Held),
            meeting("a", "2024-03-31T10:00", Held),
            meeting("a", "2024-05-01T10:00", Cancelled),
            meeting("a", "2024-07-01T10:00", Called),
            meeting("a", "2023-12-31T10:00", Held),
            meeting("b", "2024-04-01T10:00", Held),
        ];
        let tallies = tallies(&meetings, "a", Some(&quarterly()), 2024);
        let missing: Vec<(String, u32)> = tallies
            .iter()
            .map(|one| (one.period.to_string(), one.missing))
            .collect();
        assert_eq!(
            missing,
            [
                ("2024-Q1".to_owned(), 0),
                ("2024-Q2".to_owned(), 1),
                ("2024-Q3".to_owned(), 0),
                ("2024-Q4".to_owned(), 1)
            ]
        );
        assert_eq!((tallies[0].held, tallies[1].cancelled, tallies[2].planned), (2, 1, 1));
    }

    #[test]
    fn the_last_meeting_of_each_half_year_is_the_one_to_meet_before() {
        use MeetingStatus::{Cancelled, Held};
        let board = meeting("board", "2024-06-11T10:00", Held);
        let in_time = meeting("group", "2024-05-28T10:00", Held);
        let mut meetings = vec![
            meeting("board", "2024-03-12T10:00", Held),
            board.clone(),
            in_time.clone(),
            meeting("board", "2024-09-10T10:00", Held),
            meeting("board", "2024-12-10T10:00", Held),
            meeting("group", "2024-12-10T10:00", Held),
        ];
        let verdicts = |meetings: &[Counted]| {
            let found = order(meetings, "group", "board", Per::HalfYear, 2024);
            (found[0].verdict, found[1].verdict)
        };
        // At the same time is not before.
        assert_eq!(verdicts(&meetings), (Verdict::Kept, Verdict::TooLate));
        let first = order(&meetings, "group", "board", Per::HalfYear, 2024).swap_remove(0);
        assert_eq!((first.meeting, first.before), (Some(in_time.id), Some(board.id)));
        meetings[2].status = Cancelled;
        assert_eq!(verdicts(&meetings), (Verdict::Missing, Verdict::TooLate));
        meetings[0].status = Cancelled;
        meetings[1].status = Cancelled;
        assert_eq!(verdicts(&meetings), (Verdict::NothingToPrecede, Verdict::TooLate));
    }

    proptest! {
        #[test]
        fn what_is_missing_and_what_is_there_make_up_what_is_required(
            days in proptest::collection::vec((0..366_i64, 0..5_usize), 0..12),
            times in 0..5_u32,
            per in prop::sample::select(vec![Per::Year, Per::HalfYear, Per::Quarter]),
        ) {
            use crate::words::Word;
            let meetings: Vec<Counted> = days
                .iter()
                .map(|(day, status)| Counted {
                    id: Uuid::now_v7(),
                    body: "a".to_owned(),
                    status: MeetingStatus::ALL[*status],
                    local_start: "2024-01-01T10:00:00".parse::<NaiveDateTime>().unwrap() + chrono::TimeDelta::days(*day),
                })
                .collect();
            let tallies = tallies(&meetings, "a", Some(&Duty { times, per }), 2024);
            let counted: u32 = tallies.iter().map(|one| one.held + one.planned + one.cancelled).sum();
            prop_assert_eq!(counted as usize, meetings.len());
            for one in tallies {
                prop_assert!(one.missing == 0 || one.missing + one.held + one.planned == one.required);
                prop_assert_eq!(one.required + one.extra, one.held + one.planned + one.missing);
            }
        }
    }
}
