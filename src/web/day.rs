//! A date in a query, and which day it is where the plan is.

use chrono::{NaiveDate, Utc};
use chrono_tz::Europe::Copenhagen;
use serde::{Deserialize, Deserializer};

use super::query::parse_date;

/// A date such as `2024-01-01`; a whole one, never a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_date(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a date is written as in ISO 8601, such as 2024-01-31"))
    }
}

/// The date that is asked about, else today's in Denmark. An answer that goes by it must also show it, so that nothing in
/// its body depends on the clock but what the body says.
pub fn on(asked: Option<Day>) -> NaiveDate {
    asked.map_or_else(|| Utc::now().with_timezone(&Copenhagen).date_naive(), |day| day.0)
}
