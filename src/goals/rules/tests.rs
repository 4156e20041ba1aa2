//! The rules, case by case and for any figures.

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::baseline::{Start, choose, printed};
use super::observed::{Observed, Revision, Sums, Whole, series};
use super::path::{Judged, Question, judge};
use super::standing::Standing;
use crate::goals::terms::{Aim, Baseline, ChangeUnit, Comparator, Measure};
use crate::indicators::rules::{Direction, Figure, Status, Unit};
use crate::period::Period;

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn observed(when: &str, value: Decimal) -> Observed {
    Observed {
        period: period(when),
        value,
        stands_on: vec![Revision {
            id: Uuid::nil(),
            revision: 1,
            area: "zone-1".into(),
            period: period(when),
            value: Some(value),
        }],
    }
}

fn start(when: &str, value: Option<Decimal>) -> Start {
    Start {
        period: period(when),
        value,
        provisional: false,
        printed: None,
        stands_on: Vec::new(),
    }
}

fn minus_20_percent() -> Aim {
    Aim::RelativeChange {
        change: number("-20"),
        unit: ChangeUnit::Percent,
    }
}

fn fredericia() -> Aim {
    Aim::MatchComparator {
        comparator: Comparator {
            area: Some("fredericia".into()),
            indicator: None,
        },
    }
}

/// A target over 1,000 days from 100 on 2022-06-01, less being better, by its figures.
fn asked(aim: &Aim, figures: &[(&str, &str)], comparator: &[(&str, &str)], on: &str) -> Judged {
    let of = |figures: &[(&str, &str)]| -> Vec<Observed> {
        figures
            .iter()
            .map(|(when, value)| observed(when, number(value)))
            .collect()
    };
    judge(Question {
        aim,
        due: day("2025-02-25"),
        direction: Direction::Down,
        start: &start("2022-06-01", Some(number("100"))),
        series: &of(figures),
        comparator: &of(comparator),
        on: day(on),
    })
}

#[test]
fn the_straight_way_is_compared_at_the_figures_own_period_end() {
    // 250 of 1,000 days after the baseline 95 is expected on the way from 100 to 80.
    let judged = |value: &str| asked(&minus_20_percent(), &[("2023-02-06", value)], &[], "2024-12-31");
    for (value, standing, progress) in [
        ("79", Standing::Achieved, "1.05"),
        ("80", Standing::Achieved, "1"),
        ("80.1", Standing::OnTrack, "0.995"),
        ("95", Standing::OnTrack, "0.25"),
        ("95.001", Standing::Behind, "0.25"),
        ("100", Standing::Behind, "0"),
        ("100.1", Standing::Worsening, "-0.005"),
    ] {
        let judged = judged(value);
        assert_eq!(judged.standing, standing, "{value}");
        assert_eq!(judged.expected, Some(number("95")));
        assert_eq!(judged.value, Some(number("80")));
        let found = judged.progress.unwrap();
        assert!((found - number(progress)).abs() <= number("0.0001"), "{value}: {found}");
    }
}

#[test]
fn after_the_due_date_the_last_figure_up_to_it_decides() {
    let aim = minus_20_percent();
    let figures = [("2024-12-31", "85"), ("2025-02-26", "70")];
    // Day 944 of 1,000: 81.12 was expected.
    assert_eq!(asked(&aim, &figures, &[], "2025-02-25").standing, Standing::Behind);
    let missed = asked(&aim, &figures, &[], "2025-02-26");
    assert_eq!(missed.standing, Standing::Missed);
    // What came after the due date does not count, however good it is.
    assert_eq!(missed.figure.unwrap().value, number("85"));
    assert_eq!(
        asked(&aim, &[("2025-02-25", "80")], &[], "2026-01-01").standing,
        Standing::Achieved
    );
    assert_eq!(
        asked(&aim, &[("2025-02-26", "70")], &[], "2026-01-01").standing,
        Standing::NoData
    );
}

#[test]
fn without_a_figure_after_the_baseline_nothing_is_judged() {
    let aim = minus_20_percent();
    for figures in [&[][..], &[("2022-06-01", "100")], &[("2021", "70")]] {
        let judged = asked(&aim, figures, &[], "2024-01-01");
        assert_eq!(judged.standing, Standing::NoData);
        assert_eq!(
            (judged.value, judged.expected, judged.progress),
            (Some(number("80")), None, None)
        );
    }
}

#[test]
fn a_direction_has_no_number() {
    for (value, on, standing) in [
        ("99.9", "2024-01-01", Standing::Achieved),
        ("100", "2024-01-01", Standing::Behind),
        ("100.1", "2024-01-01", Standing::Worsening),
        ("100", "2026-01-01", Standing::Missed),
    ] {
        let judged = asked(&Aim::DirectionOnly, &[("2023-02-06", value)], &[], on);
        assert_eq!(judged.standing, standing, "{value} on {on}");
        assert_eq!((judged.value, judged.expected, judged.progress), (None, None, None));
    }
}

#[test]
fn a_limit_must_be_passed_and_not_only_reached() {
    let aim = Aim::BelowLimit { limit: number("30") };
    for (value, on, standing) in [
        ("29.99", "2024-01-01", Standing::Achieved),
        ("30", "2024-01-01", Standing::OnTrack),
        ("30", "2026-01-01", Standing::Missed),
    ] {
        assert_eq!(asked(&aim, &[("2023-02-06", value)], &[], on).standing, standing);
    }
}

#[test]
fn percent_and_percentage_points_are_two_things() {
    let target = |unit| {
        let aim = Aim::RelativeChange {
            change: number("-5"),
            unit,
        };
        super::path::value(&aim, Some(number("42.6")), None)
    };
    assert_eq!(target(ChangeUnit::Percent), Some(number("40.47")));
    assert_eq!(target(ChangeUnit::PercentagePoints), Some(number("37.6")));
}

#[test]
fn a_comparator_counts_as_it_was_at_the_date_of_the_figure() {
    let moving = [("2022-06-01", "60"), ("2023-01-01", "70"), ("2024-01-01", "90")];
    let judged = asked(&fredericia(), &[("2023-02-06", "75")], &moving, "2024-12-31");
    assert_eq!(judged.value, Some(number("70")));
    // 100 - 30 × 250 / 1,000
    assert_eq!(judged.expected, Some(number("92.5")));
    assert_eq!(judged.standing, Standing::OnTrack);
    // The same figure a year later is level with where the comparator has moved to.
    let later = asked(&fredericia(), &[("2024-02-06", "75")], &moving, "2024-12-31");
    assert_eq!((later.value, later.standing), (Some(number("90")), Standing::Achieved));
    // A comparator that is only known for a later date says nothing.
    let judged = asked(&fredericia(), &[("2023-02-06", "75")], &moving[2..], "2024-12-31");
    assert_eq!((judged.value, judged.standing), (None, Standing::NoData));
}

#[test]
fn a_target_that_the_baseline_already_met_has_no_progress() {
    let aim = Aim::Absolute { value: number("110") };
    for (value, standing) in [
        ("95", Standing::Achieved),
        ("110", Standing::Achieved),
        ("110.1", Standing::Worsening),
    ] {
        let judged = asked(&aim, &[("2023-02-06", value)], &[], "2024-01-01");
        assert_eq!((judged.standing, judged.progress), (standing, None), "{value}");
    }
}

#[test]
fn without_a_baseline_only_a_target_with_a_number_of_its_own_can_be_met() {
    let judge_without = |aim: &Aim, value: &str, on: &str| {
        judge(Question {
            aim,
            due: day("2026-12-31"),
            direction: Direction::Up,
            start: &start("2020/2021", None),
            series: &[observed("2022/2023", number(value))],
            comparator: &[observed("2022/2023", number("7.8"))],
            on: day(on),
        })
        .standing
    };
    assert_eq!(judge_without(&fredericia(), "7.8", "2024-01-01"), Standing::Achieved);
    assert_eq!(judge_without(&fredericia(), "7.7", "2024-01-01"), Standing::NoData);
    assert_eq!(judge_without(&fredericia(), "7.7", "2027-01-01"), Standing::Missed);
    assert_eq!(judge_without(&Aim::DirectionOnly, "12", "2024-01-01"), Standing::NoData);
    assert_eq!(judge_without(&minus_20_percent(), "12", "2024-01-01"), Standing::NoData);
}

fn zones() -> Whole {
    Whole {
        area: "all-zones".into(),
        zones: vec!["zone-1".into(), "zone-2".into()],
    }
}

fn printed_in(area: &str, value: &str, counts: Option<(i64, Option<i64>)>) -> Baseline {
    Baseline {
        area: area.into(),
        period: period("2022-06-01"),
        value: Some(number(value)),
        numerator: counts.map(|(numerator, _)| numerator),
        denominator: counts.and_then(|(_, denominator)| denominator),
        note: None,
    }
}

fn measure(baselines: Vec<Baseline>) -> Measure {
    Measure {
        code: "m".into(),
        indicator: "i".into(),
        category: None,
        baselines,
        rebase_on: Some(period("2023-01-01")),
        targets: Vec::new(),
        comparisons: Vec::new(),
        note: None,
    }
}

#[test]
fn all_zones_start_from_the_sum_of_the_zones_and_shares_are_divided_anew() {
    let counts = Sums {
        unit: Unit::Count,
        decimals: 0,
    };
    let shares = Sums {
        unit: Unit::Percent,
        decimals: 1,
    };
    let value_of = |measure: &Measure, sums| -> Vec<(String, Option<Decimal>)> {
        let found = printed(measure, sums, &zones()).into_iter();
        found.map(|baseline| (baseline.area, baseline.value)).collect()
    };
    let both = measure(vec![printed_in("zone-1", "79", None), printed_in("zone-2", "49", None)]);
    assert_eq!(value_of(&both, counts)[0], ("all-zones".into(), Some(number("128"))));
    let known = measure(vec![
        printed_in("zone-1", "21.9", Some((306, Some(1400)))),
        printed_in("zone-2", "10.0", Some((10, Some(100)))),
    ]);
    assert_eq!(value_of(&known, shares)[0], ("all-zones".into(), Some(number("21.1"))));
    let unknown = measure(vec![
        printed_in("zone-1", "22.1", Some((306, None))),
        printed_in("zone-2", "22.8", Some((296, None))),
    ]);
    assert_eq!(value_of(&unknown, shares)[0], ("all-zones".into(), None));
    // One zone alone is not all zones, and grades are not added up.
    let one = measure(vec![printed_in("zone-1", "79", None)]);
    assert_eq!(value_of(&one, counts).len(), 1);
    let grades = Sums {
        unit: Unit::Grade,
        decimals: 1,
    };
    assert_eq!(value_of(&both, grades).len(), 2);
}

#[test]
fn a_provisional_baseline_is_replaced_by_the_figure_that_it_waits_for_and_by_no_other() {
    let printed = printed_in("zone-1", "79", None);
    let rebase_on = Some(period("2023-01-01"));
    let others = [
        observed("2022-06-01", number("78")),
        observed("2024-01-01", number("60")),
    ];
    let before = choose(&printed, rebase_on, &others);
    assert_eq!(
        (before.value, before.provisional, before.printed.is_some()),
        (Some(number("79")), true, false)
    );
    assert_eq!(
        before.stands_on.len(),
        1,
        "the measurement that the printed figure came from"
    );
    let arrived = [
        observed("2022-06-01", number("79")),
        observed("2023-01-01", number("82")),
    ];
    let after = choose(&printed, rebase_on, &arrived);
    assert_eq!((after.value, after.provisional), (Some(number("82")), false));
    assert_eq!(after.printed.unwrap().value, Some(number("79")));
    let fixed = choose(&printed, None, &arrived);
    assert_eq!((fixed.value, fixed.provisional), (Some(number("79")), false));
}

fn figure(area: &str, when: &str, value: Option<i64>) -> Figure {
    Figure {
        id: Some(Uuid::now_v7()),
        area: area.into(),
        period: period(when),
        category: None,
        value: value.map(Decimal::from),
        numerator: None,
        denominator: None,
        status: if value.is_some() {
            Status::Final
        } else {
            Status::Missing
        },
        revision: Some(1),
        note: None,
        source: None,
        received_at: chrono::DateTime::UNIX_EPOCH,
    }
}

#[test]
fn a_series_adds_up_zones_where_nothing_was_measured_and_has_no_value_for_what_is_missing() {
    let sums = Sums {
        unit: Unit::Count,
        decimals: 0,
    };
    let figures = [
        figure("zone-1", "2023-01-01", Some(10)),
        figure("zone-2", "2023-01-01", Some(0)),
        figure("zone-1", "2024-01-01", Some(10)),
        figure("zone-2", "2024-01-01", None),
        figure("all-zones", "2025-01-01", Some(7)),
        figure("zone-1", "2025-01-01", Some(10)),
        figure("zone-2", "2025-01-01", Some(10)),
    ];
    let values = |area: &str, on: &str| -> Vec<(String, Decimal, usize)> {
        let series = series(&figures, sums, &zones(), area, day(on)).into_iter();
        series
            .map(|one| (one.period.to_string(), one.value, one.stands_on.len()))
            .collect()
    };
    assert_eq!(
        values("all-zones", "2025-12-31"),
        [
            ("2023-01-01".to_owned(), number("10"), 2),
            ("2025-01-01".to_owned(), number("7"), 1)
        ]
    );
    assert_eq!(
        values("zone-2", "2024-12-31"),
        [("2023-01-01".to_owned(), number("0"), 1)]
    );
}

prop_compose! {
    fn any_value()(mantissa in 0_i64..1_000_000, scale in 0_u32..3) -> Decimal {
        Decimal::new(mantissa, scale)
    }
}

fn any_aim() -> impl Strategy<Value = Aim> {
    prop_oneof![
        (-99_i64..100).prop_map(|change| Aim::RelativeChange {
            change: change.into(),
            unit: ChangeUnit::Percent
        }),
        (-99_i64..100).prop_map(|change| Aim::RelativeChange {
            change: change.into(),
            unit: ChangeUnit::PercentagePoints
        }),
        any_value().prop_map(|value| Aim::Absolute { value }),
        any_value().prop_map(|limit| Aim::BelowLimit { limit }),
        Just(fredericia()),
        Just(Aim::DirectionOnly),
    ]
}

fn any_direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Up), Just(Direction::Down)]
}

proptest! {
    #[test]
    fn progress_is_0_at_the_baseline_and_1_at_the_target(
        aim in any_aim(), direction in any_direction(), baseline in any_value(), comparator in any_value(),
    ) {
        let start = start("2022-06-01", Some(baseline));
        let comparator = [observed("2022-06-01", comparator)];
        let progress_at = |value: Decimal| {
            judge(Question {
                aim: &aim, due: day("2026-12-31"), direction, start: &start,
                series: &[observed("2024-01-01", value)], comparator: &comparator, on: day("2024-06-30"),
            })
        };
        let at_baseline = progress_at(baseline);
        let Some(target) = at_baseline.value else {
            prop_assert_eq!(&aim, &Aim::DirectionOnly);
            return Ok(());
        };
        match at_baseline.progress {
            Some(progress) => {
                prop_assert_eq!(progress, Decimal::ZERO);
                prop_assert_eq!(progress_at(target).progress, Some(Decimal::ONE));
            }
            None => {
                let is_met = if direction == Direction::Up { baseline >= target } else { baseline <= target };
                prop_assert!(is_met, "only a target that is met at the baseline has no progress");
            }
        }
    }

    #[test]
    fn a_better_value_never_gives_a_worse_status(
        aim in any_aim(), direction in any_direction(), baseline in proptest::option::of(any_value()),
        comparator in any_value(), one in any_value(), other in any_value(), days in 0_i64..2000,
    ) {
        let start = start("2022-06-01", baseline);
        let comparator = [observed("2022-06-01", comparator)];
        let on = day("2024-06-30") + chrono::TimeDelta::days(days);
        let standing_of = |value: Decimal| {
            judge(Question {
                aim: &aim, due: day("2026-12-31"), direction, start: &start,
                series: &[observed("2024-01-01", value)], comparator: &comparator, on,
            })
            .standing
        };
        let (better, worse) = match direction {
            Direction::Up => (one.max(other), one.min(other)),
            Direction::Down => (one.min(other), one.max(other)),
        };
        let rank = |standing: Standing| Standing::ALL.iter().position(|known| *known == standing);
        prop_assert!(rank(standing_of(better)) <= rank(standing_of(worse)));
    }

    #[test]
    fn the_expected_value_lies_between_baseline_and_target(
        aim in any_aim(), direction in any_direction(), baseline in any_value(), comparator in any_value(), days in 1_i64..900,
    ) {
        let start = start("2022-06-01", Some(baseline));
        let when = (day("2022-06-01") + chrono::TimeDelta::days(days)).to_string();
        let judged = judge(Question {
            aim: &aim, due: day("2026-12-31"), direction, start: &start,
            series: &[observed(&when, baseline)], comparator: &[observed("2022-06-01", comparator)], on: day("2026-12-31"),
        });
        if let (Some(target), Some(expected)) = (judged.value, judged.expected) {
            prop_assert!(expected >= baseline.min(target).round_dp(4) - Decimal::new(1, 4));
            prop_assert!(expected <= baseline.max(target).round_dp(4) + Decimal::new(1, 4));
        }
    }
}
