//! What should have arrived by a date; pure.
//!
//! The rule is the one by which a series says when its next figure is due ([`crate::indicators::rules::next_due`]); here the
//! days of grace come on top.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::indicators::rules::{Rhythm, due_on, next_expected};
use crate::period::{Period, PeriodKind};

/// How a delivery stands on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// All that was due has arrived.
    Received,
    /// It is due, and the days of grace are not over.
    Due,
    /// The days of grace are over.
    Late,
    /// No rhythm is agreed, or the plan is over.
    NotExpected,
}

/// What is expected next, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// How it stands.
    pub status: DeliveryStatus,
    /// The period whose figures are next in the rhythm; none where there is no rhythm.
    pub next: Option<Period>,
    /// When they are due.
    pub due_on: Option<NaiveDate>,
    /// The last day on which they are not late.
    pub late_after: Option<NaiveDate>,
}

/// What is expected of an indicator on a date, after `latest` had been received.
///
/// Where nothing was received yet, the first period is the one in which the plan starts. A period that begins after the
/// plan's end is not waited for; but what is counted on the very day after it still is, because it shows how the plan ended.
pub fn expect(
    rhythm: Option<Rhythm>,
    latest: Option<Period>,
    plan: (NaiveDate, NaiveDate),
    on: NaiveDate,
) -> Expectation {
    let (starts_on, ends_on) = plan;
    let next = rhythm.and_then(|rhythm| {
        let next = match latest {
            Some(latest) => next_expected(latest, rhythm),
            None => rhythm.first_period(starts_on),
        };
        Some((rhythm, next?, due_on(next?)?))
    });
    let Some((rhythm, next, due)) = next else {
        return Expectation {
            status: DeliveryStatus::NotExpected,
            next: None,
            due_on: None,
            late_after: None,
        };
    };
    let closes_plan = next.kind() == PeriodKind::Day && ends_on.succ_opt() == Some(next.start());
    let is_waited_for = next.start() <= ends_on || closes_plan;
    let late_after = due.checked_add_days(rhythm.grace()).unwrap_or(NaiveDate::MAX);
    Expectation {
        status: if on < due {
            DeliveryStatus::Received
        } else if !is_waited_for {
            DeliveryStatus::NotExpected
        } else if on <= late_after {
            DeliveryStatus::Due
        } else {
            DeliveryStatus::Late
        },
        next: Some(next),
        due_on: Some(due),
        late_after: Some(late_after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn judge(rhythm: Rhythm, latest: Option<&str>, on: &str) -> Expectation {
        let plan = (date("2023-01-01"), date("2026-12-31"));
        expect(Some(rhythm), latest.map(|text| text.parse().unwrap()), plan, date(on))
    }

    #[test]
    fn a_figure_is_due_then_late_then_received() {
        use DeliveryStatus::{Due, Late, Received};
        // Drawn on 1 June 2022, to be drawn on 1 January 2023; 60 days of grace end on 2 March.
        for (on, status) in [
            ("2022-12-31", Received),
            ("2023-01-01", Due),
            ("2023-03-02", Due),
            ("2023-03-03", Late),
            ("2024-01-01", Late),
        ] {
            assert_eq!(judge(Rhythm::Yearly, Some("2022-06-01"), on).status, status, "{on}");
        }
        assert_eq!(
            judge(Rhythm::Yearly, Some("2023-01-01"), "2023-12-31").status,
            DeliveryStatus::Received
        );
    }

    #[test]
    fn a_longer_period_is_due_the_day_after_its_end() {
        let quarter = judge(Rhythm::Quarterly, Some("2023-Q1"), "2023-08-01");
        assert_eq!(quarter.next.unwrap().to_string(), "2023-Q2");
        assert_eq!(quarter.due_on, Some(date("2023-07-01")));
        assert_eq!(quarter.late_after, Some(date("2023-07-31")));
        assert_eq!(quarter.status, DeliveryStatus::Late);
    }

    #[test]
    fn the_first_figure_is_that_of_the_period_in_which_the_plan_starts() {
        for (rhythm, period, due) in [
            (Rhythm::Yearly, "2023", "2024-01-01"),
            (Rhythm::HalfYearly, "2023-S1", "2023-07-01"),
            (Rhythm::Quarterly, "2023-Q1", "2023-04-01"),
            (Rhythm::Monthly, "2023-01", "2023-02-01"),
        ] {
            let expected = judge(rhythm, None, "2023-01-01");
            assert_eq!(expected.next.unwrap().to_string(), period);
            assert_eq!(expected.due_on, Some(date(due)));
            assert_eq!(expected.status, DeliveryStatus::Received);
        }
    }

    #[test]
    fn nothing_is_expected_without_a_rhythm_or_after_the_plan() {
        let plan = (date("2023-01-01"), date("2026-12-31"));
        let none = expect(None, None, plan, date("2030-01-01"));
        assert_eq!((none.status, none.next), (DeliveryStatus::NotExpected, None));
        for (latest, on, status) in [
            ("2026", "2027-12-31", DeliveryStatus::Received),
            ("2026", "2028-01-01", DeliveryStatus::NotExpected),
            // Counted on the day after the end: still waited for; the one after that is not.
            ("2026-01-01", "2027-01-01", DeliveryStatus::Due),
            ("2026-01-01", "2028-01-01", DeliveryStatus::Late),
            ("2027-01-01", "2028-01-01", DeliveryStatus::NotExpected),
        ] {
            assert_eq!(judge(Rhythm::Yearly, Some(latest), on).status, status, "{latest} {on}");
        }
        let last = judge(Rhythm::Yearly, Some("2025"), "2030-01-01");
        assert_eq!(last.status, DeliveryStatus::Late);
    }

    proptest! {
        #[test]
        fn as_days_go_by_a_delivery_only_gets_later(first in 0_u64..3000, later in 0_u64..3000) {
            let order = |status| match status {
                DeliveryStatus::Received => 0,
                DeliveryStatus::Due => 1,
                DeliveryStatus::Late => 2,
                DeliveryStatus::NotExpected => 3,
            };
            let on = |days| date("2022-01-01") + chrono::Days::new(days);
            let status = |days: u64| order(judge(Rhythm::HalfYearly, Some("2022-S1"), &on(days).to_string()).status);
            prop_assert!(status(first.min(later)) <= status(first.max(later)));
        }
    }
}
