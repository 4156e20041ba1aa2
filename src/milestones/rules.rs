//! What must hold for a milestone's days; pure.

use chrono::NaiveDate;

use crate::problem::{At, FieldError};

/// The days that a milestone must keep within.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The plan's first day.
    pub starts_on: NaiveDate,
    /// The plan's last day.
    pub ends_on: NaiveDate,
    /// Today.
    pub today: NaiveDate,
}

impl Bounds {
    /// The day by which it is to be reached lies within the plan.
    pub fn check_due(&self, due_on: NaiveDate) -> Result<(), FieldError> {
        let Self { starts_on, ends_on, .. } = self;
        if (*starts_on..=*ends_on).contains(&due_on) {
            return Ok(());
        }
        Err(FieldError::new(
            At::Pointer("/due_on".into()),
            "outside_plan",
            format!("The day lies outside the plan, which runs from {starts_on} to {ends_on}."),
            format!("Dagen ligger uden for helhedsplanen, som løber fra {starts_on} til {ends_on}."),
        ))
    }

    /// The day on which it was reached is no day to come.
    pub fn check_reached(&self, reached_on: NaiveDate) -> Result<(), FieldError> {
        if reached_on <= self.today {
            return Ok(());
        }
        Err(FieldError::new(
            At::Pointer("/reached_on".into()),
            "in_the_future",
            "What is reached was reached today or before.",
            "Det, der er nået, er nået i dag eller før.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_day_and_today_are_within() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let bounds = Bounds {
            starts_on: day("2023-01-01"),
            ends_on: day("2026-12-31"),
            today: day("2024-02-29"),
        };
        for (due_on, code) in [
            ("2022-12-31", Some("outside_plan")),
            ("2023-01-01", None),
            ("2026-12-31", None),
            ("2027-01-01", Some("outside_plan")),
        ] {
            let found = bounds.check_due(day(due_on)).err().map(|error| error.code);
            assert_eq!(found, code, "{due_on}");
        }
        for (reached_on, code) in [
            // Something may be reached before the plan begins.
            ("2022-12-31", None),
            ("2024-02-29", None),
            ("2024-03-01", Some("in_the_future")),
        ] {
            let found = bounds.check_reached(day(reached_on)).err().map(|error| error.code);
            assert_eq!(found, code, "{reached_on}");
        }
    }
}
