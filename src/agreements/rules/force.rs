//! Which version of an agreement is in force on a date.
//!
//! A version takes force by one act, which has a number in the plan's sequence, and holds from a day. The act that came
//! last decides for every day from its own on: so the days that a version governs run from its first day to the day before
//! the earliest first day of a version that took force after it, and no further than its own period.

use chrono::NaiveDate;

/// A version that has taken force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken<V> {
    /// The version.
    pub version: V,
    /// The number in the plan's sequence at which it took force.
    pub seq: i64,
    /// The first day from which it holds.
    pub from: NaiveDate,
    /// The last day of its period.
    pub until: NaiveDate,
}

/// From when to when a version is in force, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// The days on which each version is in force, in the order in which they took force; none where later ones took all of
/// them.
pub fn spans<V>(mut taken: Vec<Taken<V>>) -> Vec<(Taken<V>, Option<Span>)> {
    taken.sort_by_key(|one| one.seq);
    let mut end_of_earlier: Option<NaiveDate> = None;
    let mut spans: Vec<(Taken<V>, Option<Span>)> = Vec::with_capacity(taken.len());
    for one in taken.into_iter().rev() {
        let mut to = one.until;
        if let Some(end) = end_of_earlier {
            to = to.min(end);
        }
        let span = (one.from <= to).then_some(Span { from: one.from, to });
        let day_before = one.from.pred_opt().unwrap_or(one.from);
        end_of_earlier = Some(end_of_earlier.map_or(day_before, |end| end.min(day_before)));
        spans.push((one, span));
    }
    spans.reverse();
    spans
}

/// The version that is in force on a day, with all the days on which it is.
pub fn on<V>(spans: &[(Taken<V>, Option<Span>)], day: NaiveDate) -> Option<(&V, Span)> {
    spans
        .iter()
        .filter_map(|(one, span)| Some((&one.version, (*span)?)))
        .find(|(_, span)| span.from <= day && day <= span.to)
}

/// The version whose days are nearest to a day on which none is in force.
pub fn nearest<V>(spans: &[(Taken<V>, Option<Span>)], day: NaiveDate) -> Option<(&V, Span)> {
    spans
        .iter()
        .filter_map(|(one, span)| Some((&one.version, (*span)?)))
        .min_by_key(|(_, span)| {
            let before = (span.from - day).num_days().max(0);
            let after = (day - span.to).num_days().max(0);
            before.max(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn taken(version: i32, seq: i64, from: &str) -> Taken<i32> {
        Taken {
            version,
            seq,
            from: day(from),
            until: day("2026-12-31"),
        }
    }

    #[test]
    fn the_version_that_took_force_last_decides_from_its_first_day_on() {
        let spans = spans(vec![
            taken(3, 30, "2025-07-01"),
            taken(1, 10, "2023-01-01"),
            taken(2, 20, "2024-07-01"),
        ]);
        for (date, version) in [
            ("2022-12-31", None),
            ("2023-01-01", Some(1)),
            ("2024-06-30", Some(1)),
            ("2024-07-01", Some(2)),
            ("2025-06-30", Some(2)),
            ("2025-07-01", Some(3)),
            ("2026-12-31", Some(3)),
            ("2027-01-01", None),
        ] {
            assert_eq!(on(&spans, day(date)).map(|(version, _)| *version), version, "{date}");
        }
        assert_eq!(nearest(&spans, day("2022-01-01")).map(|(version, _)| *version), Some(1));
        assert_eq!(nearest(&spans, day("2030-01-01")).map(|(version, _)| *version), Some(3));
    }

    #[test]
    fn a_version_that_starts_no_later_than_the_one_before_leaves_it_no_day() {
        let spans = spans(vec![taken(1, 10, "2024-01-01"), taken(2, 20, "2024-01-01")]);
        assert_eq!(spans[0].1, None);
        assert_eq!(on(&spans, day("2024-01-01")).map(|(version, _)| *version), Some(2));
    }

    #[test]
    fn a_version_that_ends_early_does_not_bring_the_one_before_back() {
        let mut short = taken(2, 20, "2024-01-01");
        short.until = day("2025-12-31");
        let spans = spans(vec![taken(1, 10, "2023-01-01"), short]);
        assert_eq!(on(&spans, day("2026-01-01")), None);
    }

    proptest! {
        #[test]
        fn at_most_one_version_is_in_force_and_it_is_the_last_act(
            starts in proptest::collection::vec(0_i64..1400, 1..6),
            asked in -100_i64..1600,
        ) {
            let first = day("2023-01-01");
            let until = day("2026-12-31");
            let taken: Vec<Taken<usize>> = starts
                .iter()
                .enumerate()
                .map(|(index, days)| Taken {
                    version: index,
                    seq: i64::try_from(index).unwrap(),
                    from: first + chrono::TimeDelta::days(*days),
                    until,
                })
                .collect();
            let date = first + chrono::TimeDelta::days(asked);
            let expected = taken
                .iter()
                .filter(|one| one.from <= date && date <= until)
                .max_by_key(|one| one.seq)
                .map(|one| one.version);
            let spans = spans(taken);
            prop_assert_eq!(on(&spans, date).map(|(version, _)| *version), expected);
            let covering = spans
                .iter()
                .filter(|(_, span)| span.is_some_and(|span| span.from <= date && date <= span.to));
            prop_assert!(covering.count() <= 1);
        }
    }
}
