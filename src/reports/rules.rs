//! How the parts of a pack are judged. Pure.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::indicators::rules::Direction;
use crate::period::Period;
use crate::words::words;

words! {
    /// A part of a pack that has a scope of its own.
    pub PackSection {
        /// Goal status and charts: `goals:read`.
        Goals = "goals",
        /// Kendskabsgrad and target groups: `kendskabsgrad:read`.
        Kendskabsgrad = "kendskabsgrad",
        /// Placements: `activities:read`.
        Placements = "placements",
        /// Milestones: `agreements:read`.
        Milestones = "milestones",
        /// Late deliveries: `deliveries:read`.
        LateDeliveries = "late_deliveries",
        /// Decisions: `decisions:read`.
        Decisions = "decisions",
    }
}

words! {
    /// Which way a figure has gone.
    #[derive(serde::Deserialize)]
    pub PackTrend {
        /// The way that is good.
        Better = "better",
        /// The other way.
        Worse = "worse",
        /// A newer figure has the same value.
        Unchanged = "unchanged",
        /// No newer figure has come.
        NoNewFigure = "no_new_figure",
    }
}

words! {
    /// How a milestone stands on a day.
    #[derive(serde::Deserialize)]
    pub PackMilestoneState {
        /// It was reached.
        Reached = "reached",
        /// Its day has passed, and nobody has said that it was reached.
        Overdue = "overdue",
        /// Its day is to come.
        Coming = "coming",
    }
}

/// Which way a figure has gone from `before` to `latest`.
pub fn trend(direction: Direction, before: (Period, Decimal), latest: (Period, Decimal)) -> PackTrend {
    let is_up = latest.1 > before.1;
    if latest == before {
        PackTrend::NoNewFigure
    } else if latest.1 == before.1 {
        PackTrend::Unchanged
    } else if is_up == (direction == Direction::Up) {
        PackTrend::Better
    } else {
        PackTrend::Worse
    }
}

/// How a milestone stands on a day.
pub fn milestone_state(due_on: NaiveDate, reached_on: Option<NaiveDate>, on: NaiveDate) -> PackMilestoneState {
    match reached_on {
        Some(day) if day <= on => PackMilestoneState::Reached,
        _ if due_on < on => PackMilestoneState::Overdue,
        _ => PackMilestoneState::Coming,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::check;

    #[test]
    fn words_are_read_back_as_they_are_written() {
        check::<PackSection>();
        check::<PackTrend>();
        check::<PackMilestoneState>();
    }

    #[test]
    fn a_trend_says_whether_the_way_is_the_good_one() {
        let at = |period: &str, value: i64| (period.parse::<Period>().unwrap(), Decimal::from(value));
        for (direction, before, latest, expected) in [
            (Direction::Down, at("2022", 20), at("2023", 18), PackTrend::Better),
            (Direction::Up, at("2022", 20), at("2023", 18), PackTrend::Worse),
            (Direction::Up, at("2022", 20), at("2023", 21), PackTrend::Better),
            (Direction::Up, at("2022", 20), at("2023", 20), PackTrend::Unchanged),
            (Direction::Up, at("2022", 20), at("2022", 20), PackTrend::NoNewFigure),
            // A correction of the same figure is a change of it.
            (Direction::Up, at("2022", 20), at("2022", 21), PackTrend::Better),
        ] {
            assert_eq!(trend(direction, before, latest), expected, "{before:?} {latest:?}");
        }
    }

    #[test]
    fn a_milestone_is_overdue_the_day_after() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due = day("2024-06-30");
        for (reached, on, expected) in [
            (None, "2024-06-30", PackMilestoneState::Coming),
            (None, "2024-07-01", PackMilestoneState::Overdue),
            (Some("2024-07-02"), "2024-07-01", PackMilestoneState::Overdue),
            (Some("2024-07-02"), "2024-07-02", PackMilestoneState::Reached),
            (Some("2024-05-01"), "2024-06-01", PackMilestoneState::Reached),
        ] {
            assert_eq!(
                milestone_state(due, reached.map(day), day(on)),
                expected,
                "{reached:?} {on}"
            );
        }
    }
}
