//! The time that a figure covers: a day, a month, a quarter, a half-year, a year or a school year.
//!
//! A value type without I/O. Every period has exactly one text, and only texts of that shape are read; so two
//! periods are equal exactly when their texts are.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use crate::text::quoted;

const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2199;

const PATTERN: &str = "^(19|20|21)[0-9]{2}\
    (-S[12]|-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|/(19|20|21)[0-9]{2})?$";

/// The shapes that a [`Period`] can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodKind {
    /// `2021`: 1 January to 31 December.
    Year,
    /// `2023-S1` (January to June) or `2023-S2` (July to December).
    HalfYear,
    /// `2023-Q1` to `2023-Q4`.
    Quarter,
    /// `2023-01` to `2023-12`.
    Month,
    /// `2022-06-01`, for figures counted on a date.
    Day,
    /// `2020/2021`: 1 August 2020 to 31 July 2021.
    SchoolYear,
}

impl PeriodKind {
    /// The length in months; none for a day.
    fn months(self) -> Option<u32> {
        match self {
            Self::Year | Self::SchoolYear => Some(12),
            Self::HalfYear => Some(6),
            Self::Quarter => Some(3),
            Self::Month => Some(1),
            Self::Day => None,
        }
    }
}

/// A period of one [`PeriodKind`], wholly within the years 1900–2199.
///
/// Read from and written as its text: `2021`, `2023-S1`, `2023-Q1`, `2023-01`, `2022-06-01`, `2020/2021`. Ordered by
/// first day, then last day; no two periods share both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    // The order of the fields is the order of the values.
    start: NaiveDate,
    end: NaiveDate,
    kind: PeriodKind,
}

impl Period {
    /// The single day `date`.
    ///
    /// # Errors
    /// When the date lies outside the years 1900–2199.
    pub fn day(date: NaiveDate) -> Result<Self, PeriodError> {
        Self::starting(PeriodKind::Day, date).ok_or_else(|| PeriodError::new(&date.to_string()))
    }

    /// Which of the shapes this is.
    pub fn kind(self) -> PeriodKind {
        self.kind
    }

    /// The first day.
    pub fn start(self) -> NaiveDate {
        self.start
    }

    /// The last day, which belongs to the period.
    pub fn end(self) -> NaiveDate {
        self.end
    }

    /// Whether `date` lies in the period; both the first and the last day do.
    pub fn contains(self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end
    }

    /// Whether the two periods share at least one day.
    pub fn overlaps(self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The following period of the same kind; none when it would reach beyond 2199.
    pub fn next(self) -> Option<Self> {
        Self::starting(self.kind, self.end.succ_opt()?)
    }

    /// The period of this kind from `start` on, which the caller has placed on a first day of the kind.
    fn starting(kind: PeriodKind, start: NaiveDate) -> Option<Self> {
        let end = match kind.months() {
            Some(months) => start
                .checked_add_months(Months::new(months))?
                .checked_sub_days(Days::new(1))?,
            None => start,
        };
        let within = |date: NaiveDate| (FIRST_YEAR..=LAST_YEAR).contains(&date.year());
        let period = Self { start, end, kind };
        (within(start) && within(end)).then_some(period)
    }

    fn parse(text: &str) -> Option<Self> {
        use PeriodKind::{Day, HalfYear, Month, Quarter, SchoolYear, Year};

        let (year, rest) = text.split_at_checked(4)?;
        let year = number(year)?;
        let (kind, month, day) = match rest.as_bytes() {
            [] => (Year, 1, 1),
            [b'-', b'S', half @ b'1'..=b'2'] => (HalfYear, u32::from(half - b'1') * 6 + 1, 1),
            [b'-', b'Q', quarter @ b'1'..=b'4'] => (Quarter, u32::from(quarter - b'1') * 3 + 1, 1),
            [b'-', _, _] => (Month, number(rest.get(1..3)?)?, 1),
            [b'-', _, _, b'-', _, _] => (Day, number(rest.get(1..3)?)?, number(rest.get(4..6)?)?),
            [b'/', _, _, _, _] if number(rest.get(1..5)?)? == year + 1 => (SchoolYear, 8, 1),
            _ => return None,
        };
        let start = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        Self::starting(kind, start)
    }
}

/// ASCII digits only: `str::parse` would take `+1` as well.
fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        Self::parse(text).ok_or_else(|| PeriodError::new(text))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month0) = (self.start.year(), self.start.month0());
        let text = match self.kind {
            PeriodKind::Year => format!("{year}"),
            PeriodKind::HalfYear => format!("{year}-S{}", month0 / 6 + 1),
            PeriodKind::Quarter => format!("{year}-Q{}", month0 / 3 + 1),
            PeriodKind::Month => format!("{year}-{:02}", month0 + 1),
            PeriodKind::Day => self.start.to_string(),
            PeriodKind::SchoolYear => format!("{year}/{}", year + 1),
        };
        f.pad(&text)
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Period({self})")
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(PATTERN))
            .description(Some(
                "The time that a figure covers, within the years 1900–2199: a year `2021`, a half-year `2023-S1`, \
                 a quarter `2023-Q1`, a month `2023-01`, a day `2022-06-01`, or a school year `2020/2021` \
                 (1 August to 31 July; the second year follows the first).",
            ))
            .examples(["2022-06-01", "2021", "2023-Q1", "2020/2021"])
            .into()
    }
}

impl utoipa::ToSchema for Period {}

/// A text or date that is no [`Period`]. Its message quotes the start of it and names the accepted shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodError {
    text: String,
}

impl PeriodError {
    fn new(text: &str) -> Self {
        Self { text: quoted(text) }
    }

    /// The refused text, as [`quoted`] has it.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a period: write a year 2021, a half-year 2023-S1 or 2023-S2, a quarter 2023-Q1 to 2023-Q4, \
             a month 2023-01, a day 2022-06-01, or a school year 2020/2021, within the years 1900–2199",
            self.text
        )
    }
}

impl std::error::Error for PeriodError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_shape_covers_its_days() {
        use PeriodKind::*;
        for (kind, row) in [
            (Year, "2021 2021-01-01 2021-12-31 2022"),
            (HalfYear, "2023-S1 2023-01-01 2023-06-30 2023-S2"),
            (HalfYear, "2023-S2 2023-07-01 2023-12-31 2024-S1"),
            (Quarter, "2023-Q1 2023-01-01 2023-03-31 2023-Q2"),
            (Quarter, "2023-Q4 2023-10-01 2023-12-31 2024-Q1"),
            (Month, "2024-02 2024-02-01 2024-02-29 2024-03"),
            (Day, "2022-06-30 2022-06-30 2022-06-30 2022-07-01"),
            (SchoolYear, "2020/2021 2020-08-01 2021-07-31 2021/2022"),
        ] {
            let read = period(row.split(' ').next().unwrap());
            let (start, end, next) = (read.start(), read.end(), read.next().unwrap());
            assert_eq!(format!("{read} {start} {end} {next}"), row);
            assert_eq!(read.kind(), kind);
        }
    }

    #[test]
    fn other_texts_are_refused_and_quoted() {
        let texts = "21 20211 +202 1899 2200 2023-S3 2023-S0 2023-s1 2023-Q5 2023-13 2023-00 2023-1 2023-+1 \
            2023-02-29 2022-6-1 2020/2022 2020/21 2020-2021 1899/1900 2199/2200 ２０２１ 202é 2023-é";
        for text in texts.split(' ').chain(["", " 2021", "2021 "]) {
            let error = text.parse::<Period>().unwrap_err();
            assert_eq!(error.text(), text);
            assert!(error.to_string().contains("2023-Q1"));
        }
        let long = "9".repeat(1000).parse::<Period>().unwrap_err();
        assert_eq!(long.text().chars().count(), 41);
    }

    #[test]
    fn the_last_period_of_a_kind_has_no_next() {
        for text in "2199 2199-S2 2199-Q4 2199-12 2199-12-31 2198/2199".split(' ') {
            assert_eq!(period(text).next(), None, "after {text}");
        }
        assert!(Period::day(date("1899-12-31")).is_err());
        assert_eq!(Period::day(date("2022-06-01")), Ok(period("2022-06-01")));
    }

    #[test]
    fn periods_overlap_when_they_share_a_day() {
        assert!(period("2020/2021").overlaps(&period("2021-07-31")));
        assert!(!period("2020/2021").overlaps(&period("2021-08")));
        assert!(period("2023-06-30").overlaps(&period("2023-S1")));
        assert!(period("2023-Q2").contains(date("2023-04-01")));
        assert!(!period("2023-Q2").contains(date("2023-07-01")));
    }

    #[test]
    fn json_holds_the_text_and_nothing_else_is_read() {
        let text = r#""2020/2021""#;
        let read: Period = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let error = serde_json::from_str::<Period>("2021").unwrap_err();
        assert!(error.to_string().contains("expected a string"));
    }

    fn any_period() -> impl Strategy<Value = Period> {
        let parts = (FIRST_YEAR..=LAST_YEAR, 0u32..6, 1u32..=12, 1u32..=31);
        parts.prop_filter_map("no such date", |(y, kind, m, d)| {
            let text = match kind {
                0 => format!("{y}"),
                1 => format!("{y}-S{}", (m - 1) / 6 + 1),
                2 => format!("{y}-Q{}", (m - 1) / 3 + 1),
                3 => format!("{y}-{m:02}"),
                4 => format!("{y}-{m:02}-{d:02}"),
                _ => format!("{y}/{}", y + 1),
            };
            text.parse().ok()
        })
    }

    proptest! {
        #[test]
        fn reading_what_was_written_gives_the_same(one in any_period()) {
            prop_assert_eq!(one.to_string().parse(), Ok(one));
        }

        #[test]
        fn order_agrees_with_dates_and_equality_with_text(a in any_period(), b in any_period()) {
            prop_assert_eq!(a.cmp(&b), (a.start(), a.end()).cmp(&(b.start(), b.end())));
            prop_assert_eq!(a == b, a.to_string() == b.to_string());
            prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        }

        #[test]
        fn the_next_starts_the_day_after_the_end(one in any_period()) {
            if let Some(next) = one.next() {
                prop_assert_eq!(Some(next.start()), one.end().succ_opt());
                prop_assert_eq!(next.kind(), one.kind());
                prop_assert!(one < next && !one.overlaps(&next));
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,12}|[0-9SQ/é-]{0,10}") {
            if let Ok(one) = text.parse::<Period>() {
                prop_assert_eq!(one.to_string(), text);
            }
        }
    }
}
