//! Recurrence rules (RFC 5545, section 3.3.10) on the clock of Europe/Copenhagen.
//!
//! The rule is expanded in local time and each start is then put on the clock: the library's own time-zone arithmetic
//! repeats or drops starts around the changes to and from summer time. A start in the hour that spring skips is taken at
//! the offset before the gap, one in the hour that autumn repeats the first time round (section 3.3.5).
//!
//! Supported are the parts that say something about days. A session has one start a day, and every rule has an end, so
//! that a series is a list.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc, Weekday};
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Tz, Unvalidated};

use crate::local_time::local;

/// The most occurrences of a series: every day of four years.
pub const MAX_OCCURRENCES: u16 = 1500;
/// The parts that a rule may have.
const PARTS: [&str; 8] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYDAY",
    "BYMONTH",
    "BYMONTHDAY",
    "WKST",
];

/// Why a rule cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not a rule of RFC 5545; the library says why.
    Malformed(String),
    /// It has a part that is not supported, or one twice.
    Part(String),
    /// It goes by the hour, minute or second.
    TooOften,
    /// It has neither `COUNT` nor `UNTIL`.
    Endless,
    /// `UNTIL` is not an instant in UTC.
    UntilNotUtc,
    /// It gives nothing, or more than [`MAX_OCCURRENCES`].
    Number,
    /// The first start is not one that the rule gives.
    FirstStart,
}

/// A recurrence rule that has an end.
#[derive(Clone, Debug)]
pub struct Rule {
    text: String,
    rule: RRule<Unvalidated>,
    until: Option<NaiveDateTime>,
}

impl Rule {
    /// Reads a rule such as `FREQ=WEEKLY;BYDAY=TU;COUNT=10`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_ascii_uppercase();
        let mut seen: Vec<&str> = Vec::new();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if !PARTS.contains(&name) || seen.contains(&name) {
                return Err(Fault::Part(name.to_owned()));
            }
            if name == "FREQ" && ["HOURLY", "MINUTELY", "SECONDLY"].contains(&value) {
                return Err(Fault::TooOften);
            }
            if name == "UNTIL" && !value.ends_with('Z') {
                return Err(Fault::UntilNotUtc);
            }
            seen.push(name);
        }
        if !seen.contains(&"COUNT") && !seen.contains(&"UNTIL") {
            return Err(Fault::Endless);
        }
        let rule: RRule<Unvalidated> = text.parse().map_err(|error| Fault::Malformed(format!("{error}")))?;
        let until = rule.get_until().map(|until| local(until.with_timezone(&Utc)));
        Ok(Self { text, rule, until })
    }

    /// The rule as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The starts that the rule gives from the first one, in order.
    pub fn starts(&self, first: NaiveDateTime) -> Result<Vec<NaiveDateTime>, Fault> {
        let first_start = Tz::UTC.from_utc_datetime(&first);
        let mut rule = self.rule.clone();
        if let Some(until) = self.until {
            rule = rule.until(Tz::UTC.from_utc_datetime(&until));
        }
        let rule = rule
            .validate(first_start)
            .map_err(|error| Fault::Malformed(format!("{error}")))?;
        let found = RRuleSet::new(first_start).rrule(rule).all(MAX_OCCURRENCES + 1);
        if found.limited || found.dates.is_empty() || found.dates.len() > usize::from(MAX_OCCURRENCES) {
            return Err(Fault::Number);
        }
        let starts: Vec<NaiveDateTime> = found.dates.iter().map(DateTime::naive_utc).collect();
        if starts.first() != Some(&first) {
            return Err(Fault::FirstStart);
        }
        Ok(starts)
    }

    /// What the rule says, part by part.
    pub fn parts(&self) -> Parts {
        let rule = &self.rule;
        Parts {
            frequency: match rule.get_freq() {
                Frequency::Yearly => 'Y',
                Frequency::Monthly => 'M',
                Frequency::Weekly => 'W',
                _ => 'D',
            },
            interval: rule.get_interval(),
            count: rule.get_count(),
            until: self.until,
            days: rule.get_by_weekday().iter().map(day).collect(),
            months: rule.get_by_month().to_vec(),
            month_days: rule.get_by_month_day().to_vec(),
        }
    }
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// `D`, `W`, `M` or `Y`, as in an ISO 8601 duration.
    pub frequency: char,
    /// Every how many of them.
    pub interval: u16,
    /// After how many occurrences it ends.
    pub count: Option<u32>,
    /// Until when, in local time.
    pub until: Option<NaiveDateTime>,
    /// On which days of the week, with their place in the period where they have one: `TU`, `-1FR`.
    pub days: Vec<String>,
    /// In which months.
    pub months: Vec<u8>,
    /// On which days of the month.
    pub month_days: Vec<i8>,
}

fn day(day: &NWeekday) -> String {
    let code = |weekday: &Weekday| match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    };
    match day {
        NWeekday::Every(weekday) => code(weekday).to_owned(),
        NWeekday::Nth(place, weekday) => format!("{place}{}", code(weekday)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::{exists, instant, parse_local};
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        parse_local(text).unwrap()
    }

    fn starts(rule: &str, first: &str) -> Vec<String> {
        let starts = Rule::parse(rule).unwrap().starts(at(first)).unwrap();
        starts.iter().map(|start| instant(*start).to_rfc3339()).collect()
    }

    #[test]
    fn four_in_the_afternoon_stays_so_when_summer_time_ends() {
        assert_eq!(
            starts("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2024-10-15T16:00"),
            [
                "2024-10-15T14:00:00+00:00",
                "2024-10-22T14:00:00+00:00",
                "2024-10-29T15:00:00+00:00"
            ]
        );
    }

    #[test]
    fn the_hour_that_spring_skips_and_the_one_that_autumn_repeats() {
        assert_eq!(
            starts("FREQ=DAILY;COUNT=3", "2024-03-30T02:30"),
            [
                "2024-03-30T01:30:00+00:00",
                "2024-03-31T01:30:00+00:00",
                "2024-04-01T00:30:00+00:00"
            ]
        );
        assert_eq!(
            starts("FREQ=DAILY;COUNT=3", "2024-10-26T02:30"),
            [
                "2024-10-26T00:30:00+00:00",
                "2024-10-27T00:30:00+00:00",
                "2024-10-28T01:30:00+00:00"
            ]
        );
        assert!(!exists(at("2024-03-31T02:30")) && exists(at("2024-10-27T02:30")));
    }

    #[test]
    fn until_is_an_instant_and_the_last_start_may_be_it() {
        assert_eq!(
            starts("FREQ=WEEKLY;UNTIL=20241029T150000Z", "2024-10-22T16:00").len(),
            2
        );
        assert_eq!(
            starts("FREQ=WEEKLY;UNTIL=20241029T145959Z", "2024-10-22T16:00").len(),
            1
        );
    }

    #[test]
    fn a_rule_that_is_no_list_of_days_is_refused() {
        let fault = |rule: &str| match Rule::parse(rule) {
            Err(fault) => fault,
            Ok(rule) => rule.starts(at("2024-01-02T16:00")).unwrap_err(),
        };
        assert_eq!(fault("FREQ=WEEKLY"), Fault::Endless);
        assert_eq!(fault("FREQ=HOURLY;COUNT=3"), Fault::TooOften);
        assert_eq!(fault("FREQ=WEEKLY;UNTIL=20240601"), Fault::UntilNotUtc);
        assert_eq!(fault("FREQ=WEEKLY;BYHOUR=3;COUNT=2"), Fault::Part("BYHOUR".into()));
        assert_eq!(fault("FREQ=WEEKLY;COUNT=2;COUNT=3"), Fault::Part("COUNT".into()));
        assert_eq!(fault("FREQ=DAILY;COUNT=1501"), Fault::Number);
        assert_eq!(fault("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"), Fault::Number);
        assert_eq!(fault("FREQ=WEEKLY;BYDAY=WE;COUNT=2"), Fault::FirstStart);
        assert!(matches!(fault("FREQ=OFTEN;COUNT=2"), Fault::Malformed(_)));
        assert!(matches!(fault("COUNT=2"), Fault::Malformed(_)));
        assert!(matches!(
            fault("FREQ=WEEKLY;UNTIL=20230101T000000Z"),
            Fault::Malformed(_)
        ));
    }

    #[test]
    fn the_parts_are_those_that_were_written() {
        let rule = Rule::parse("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,2MO;UNTIL=20240628T220000Z").unwrap();
        assert_eq!(
            rule.parts(),
            Parts {
                frequency: 'M',
                interval: 2,
                count: None,
                until: Some(at("2024-06-29T00:00")),
                days: vec!["-1FR".into(), "2MO".into()],
                months: vec![],
                month_days: vec![],
            }
        );
    }

    proptest! {
        #[test]
        fn a_series_rises_and_keeps_its_time_of_day(
            days in 0..1400_i64,
            minutes in 0..1440_i64,
            frequency in prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY"]),
            interval in 1..5_u8,
            count in 1..60_usize,
        ) {
            let first = at("2023-01-01T00:00") + TimeDelta::days(days) + TimeDelta::minutes(minutes);
            let rule = Rule::parse(&format!("FREQ={frequency};INTERVAL={interval};COUNT={count}")).unwrap();
            let starts = rule.starts(first).unwrap();
            prop_assert_eq!(starts.len(), count);
            for pair in starts.windows(2) {
                prop_assert!(pair[0] < pair[1] && instant(pair[0]) < instant(pair[1]));
                prop_assert_eq!(pair[0].time(), pair[1].time());
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,60}", rule in "[A-Z=;,0-9-]{0,60}") {
            let _ = parse_local(&text);
            for text in [text, rule] {
                if let Ok(rule) = Rule::parse(&text) {
                    let _ = rule.starts(at("2024-01-02T16:00"));
                }
            }
        }
    }
}
