//! Local times: what the clock in Copenhagen shows, and the instants that it stands for.
//!
//! What residents and meetings go by is kept as local time, so that four in the afternoon stays four in the afternoon when
//! summer time ends. A time in the hour that spring skips is taken at the offset before the gap, one in the hour that autumn
//! repeats the first time round (RFC 5545, section 3.3.5).

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Europe::Copenhagen;

/// The clock that local times are read on.
pub const TIME_ZONE: &str = "Europe/Copenhagen";

/// The instant of a local time in Copenhagen.
pub fn instant(local: NaiveDateTime) -> DateTime<Utc> {
    match Copenhagen.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.with_timezone(&Utc),
        LocalResult::None => {
            // The offset before the gap: an hour earlier there was one.
            let before = Copenhagen
                .from_local_datetime(&(local - TimeDelta::hours(1)))
                .earliest();
            before.map_or_else(
                || local.and_utc(),
                |time| time.with_timezone(&Utc) + TimeDelta::hours(1),
            )
        }
    }
}

/// The local time in Copenhagen of an instant.
pub fn local(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&Copenhagen).naive_local()
}

/// Whether the clock in Copenhagen ever shows this time.
pub fn exists(local: NaiveDateTime) -> bool {
    !matches!(Copenhagen.from_local_datetime(&local), LocalResult::None)
}

/// The last minute of a day, which is the last local time on it. Not the first of the next day: after 31 December 9999 that
/// has a fifth digit in its year, and text does not sort it last.
pub fn last_minute(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + TimeDelta::minutes(24 * 60 - 1)
}

/// A local time, to the minute: `2024-09-03T16:00`, or with `:00` seconds.
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    let is_shaped =
        matches!(text.len(), 16 | 19) && text.bytes().all(|byte| byte.is_ascii_digit() || b"-T:".contains(&byte));
    let format = if text.len() == 16 {
        "%Y-%m-%dT%H:%M"
    } else {
        "%Y-%m-%dT%H:%M:%S"
    };
    NaiveDateTime::parse_from_str(text, format)
        .ok()
        .filter(|time| is_shaped && time.second() == 0 && (1900..=9999).contains(&time.year()))
}
