use std::collections::HashSet;

use proptest::prelude::*;

use super::super::draft::{DraftCount, DraftDelivery, DraftPlace, Kind, Membership};
use super::super::receipt;
use super::*;
use crate::activities::rules::CommitmentPeriod;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(place: &str) -> At {
    At::Pointer(place.to_owned())
}

fn said<T>(value: T, place: &str) -> Said<T> {
    Said::new(Some(value), at(place))
}

fn codes() -> Codes {
    let member = |zone: &str, from, to| Membership {
        zone: zone.to_owned(),
        from,
        to,
    };
    Codes {
        days: Some((day("2023-01-01"), day("2026-12-31"))),
        activities: [
            ("cafe".to_owned(), vec![]),
            ("club".to_owned(), vec!["classes".to_owned()]),
        ]
        .into(),
        own: Some(HashSet::from(["club".to_owned()])),
        departments: [
            ("elm".to_owned(), vec![member("zone-1", None, None)]),
            (
                "oak".to_owned(),
                vec![
                    member("zone-1", None, Some(day("2024-02-15"))),
                    member("zone-2", Some(day("2024-02-16")), None),
                ],
            ),
            ("ash".to_owned(), vec![member("zone-2", None, Some(day("2024-03-30")))]),
            ("fir".to_owned(), vec![]),
        ]
        .into(),
        zones: vec!["zone-1".to_owned(), "zone-2".to_owned()],
        age_bands: vec!["young".to_owned(), "old".to_owned()],
        genders: vec!["female".to_owned(), "male".to_owned()],
        archived: [
            ((Kind::AgeBand, "old".to_owned()), day("2024-03-31")),
            ((Kind::Gender, "male".to_owned()), day("2024-04-01")),
        ]
        .into(),
    }
}

fn people(index: usize, (residence, age_band, gender): (&str, &str, &str), participants: i64) -> DraftCount {
    let place = |name: &str| format!("/counts/{index}/{name}");
    DraftCount {
        residence: said(residence.to_owned(), &place("residence")),
        age_band: said(age_band.to_owned(), &place("age_band")),
        gender: said(gender.to_owned(), &place("gender")),
        participants: said(participants, &place("participants")),
        newcomers: said(0, &place("newcomers")),
        outcomes: [0, 0, 0, 0].map(|number| said(number, &place("outcomes"))),
        at: at(&format!("/counts/{index}")),
    }
}

fn draft(counts: Vec<DraftCount>) -> Draft {
    Draft {
        activity: said("club".to_owned(), "/activity"),
        period: said("2024-Q1".to_owned(), "/period"),
        source: said("the club".to_owned(), "/source"),
        note: None,
        counts,
        places: Vec::new(),
        delivered: Vec::new(),
        revision_reason: Said::new(None, at("/revision_reason")),
        replaces_revision: None,
    }
}

fn faults(draft: &Draft) -> Vec<(String, &'static str)> {
    let mut errors = Vec::new();
    let checked = check(draft, &codes(), day("2024-06-01"), &mut errors);
    assert_eq!(checked.is_some(), errors.is_empty());
    let place = |error: FieldError| match error.at {
        At::Pointer(pointer) => (pointer, error.code),
        _ => (String::new(), error.code),
    };
    errors.into_iter().map(place).collect()
}

#[test]
fn words_are_sent_as_they_are_stored() {
    crate::words::check::<CommitmentStatus>();
}

#[test]
fn every_code_of_a_row_is_judged_and_every_row_named_once() {
    let rows = vec![
        people(0, ("elm", "young", "female"), 5),
        people(1, ("fir", "young", "female"), 5),
        people(2, ("zone-1", "young", "female"), 5),
        people(3, ("zone-1-unknown", "young", "female"), 5),
        people(4, ("zone-9-unknown", "middle", "none"), 5),
        people(5, ("outside", "old", "male"), 5),
        people(6, ("elm", "young", "female"), 0),
        // On the quarter's last day one department had moved and one belonged nowhere.
        people(7, ("oak", "young", "female"), 5),
        people(8, ("ash", "young", "female"), 5),
    ];
    let expected = [
        ("/counts/1/residence", "no_zone"),
        ("/counts/2/residence", "not_a_department"),
        ("/counts/4/residence", "unknown_area"),
        ("/counts/4/age_band", "unknown_age_band"),
        ("/counts/4/gender", "unknown_gender"),
        // Out of use by the quarter's last day; the gender only after it.
        ("/counts/5/age_band", "archived"),
        ("/counts/6", "duplicate"),
        ("/counts/8/residence", "no_zone"),
    ];
    assert_eq!(
        faults(&draft(rows)),
        expected.map(|(place, code)| (place.to_owned(), code))
    );
}

#[test]
fn a_department_goes_out_of_use_with_its_zone() {
    let mut codes = codes();
    codes
        .archived
        .insert((Kind::Area, "zone-1".to_owned()), day("2024-03-31"));
    let rows = vec![
        people(0, ("elm", "young", "female"), 5),
        people(1, ("zone-1-unknown", "young", "female"), 5),
        people(2, ("oak", "young", "female"), 5),
    ];
    let mut errors = Vec::new();
    assert!(check(&draft(rows), &codes, day("2024-06-01"), &mut errors).is_none());
    let found: Vec<_> = errors.into_iter().map(|error| (error.at, error.code)).collect();
    let expected = ["/counts/0/residence", "/counts/1/residence"];
    assert_eq!(found, expected.map(|place| (at(place), "archived")));
}

#[test]
fn newcomers_and_outcomes_are_among_the_participants() {
    let mut row = people(0, ("elm", "young", "female"), 3);
    row.newcomers = said(4, "/counts/0/newcomers");
    row.outcomes[1] = said(4, "/counts/0/outcomes/job");
    row.outcomes[2] = said(3, "/counts/0/outcomes/leisure_job");
    let places = ["/counts/0/outcomes/job", "/counts/0/newcomers"];
    assert_eq!(
        faults(&draft(vec![row])),
        places.map(|place| (place.to_owned(), "part_exceeds_whole"))
    );
}

#[test]
fn activity_and_quarter_are_judged() {
    for (activity, code) in [
        ("cafe", Some("not_an_actor")),
        ("gone", Some("unknown_activity")),
        ("club", None),
    ] {
        let mut draft = draft(Vec::new());
        draft.activity = said(activity.to_owned(), "/activity");
        assert_eq!(faults(&draft).first().map(|fault| fault.1), code, "{activity}");
    }
    for (period, code) in [
        ("2024-Q1", None),
        ("2024-Q2", None),
        ("2024-Q3", Some("in_the_future")),
        ("2022-Q4", Some("outside_plan")),
        ("2027-Q1", Some("outside_plan")),
        ("2024", Some("invalid_period")),
        ("first", Some("invalid_period")),
    ] {
        let mut draft = draft(Vec::new());
        draft.period = said(period.to_owned(), "/period");
        assert_eq!(faults(&draft).first().map(|fault| fault.1), code, "{period}");
    }
}

#[test]
fn what_was_held_and_delivered_is_judged() {
    let held = |zone: &str, sessions: i64, attendances: i64| DraftPlace {
        zone: said(zone.to_owned(), "/places/zone"),
        sessions: said(sessions, "/places/sessions"),
        volunteers: said(0, "/places/volunteers"),
        attendances: said(attendances, "/places/attendances"),
        at: at("/places"),
    };
    let delivery = |commitment: &str, zone: &str| DraftDelivery {
        commitment: said(commitment.to_owned(), "/delivered/commitment"),
        zone: said(zone.to_owned(), "/delivered/zone"),
        quantity: said(0, "/delivered/quantity"),
        at: at("/delivered"),
    };
    let mut draft = draft(Vec::new());
    draft.places = vec![
        held("zone-1", 0, 3),
        held("elm", 1, 1),
        held("outside", 1, 1),
        held("unknown", 1, 1),
        held("outside", 1, 1),
    ];
    draft.delivered = vec![
        delivery("classes", "zone-1"),
        delivery("classes", "zone-3"),
        delivery("jobs", "zone-1"),
        delivery("classes", "zone-1"),
    ];
    let expected = [
        ("/places/sessions", "no_sessions"),
        ("/places/zone", "unknown_area"),
        ("/places", "duplicate"),
        ("/delivered/zone", "unknown_area"),
        ("/delivered/commitment", "unknown_commitment"),
        ("/delivered", "duplicate"),
    ];
    assert_eq!(faults(&draft), expected.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn a_promise_counts_for_the_part_of_the_year_that_lies_in_the_plan() {
    let year = |first: &str, last: &str| (day(first), day(last));
    let whole = year("2024-01-01", "2024-12-31");
    let part = year("2024-03-15", "2024-12-30");
    for (per, in_whole, in_part) in [
        (CommitmentPeriod::Year, 20, 20),
        (CommitmentPeriod::Quarter, 80, 40),
        (CommitmentPeriod::Month, 240, 160),
        (CommitmentPeriod::Week, 1040, 820),
    ] {
        assert_eq!(
            promised(Some(20), Some(per), whole.0, whole.1),
            Some(in_whole),
            "{per:?}"
        );
        assert_eq!(promised(Some(20), Some(per), part.0, part.1), Some(in_part), "{per:?}");
    }
    assert_eq!(promised(Some(2), None, whole.0, whole.1), None);
    assert_eq!(promised(None, Some(CommitmentPeriod::Year), whole.0, whole.1), None);
    assert_eq!(quarters(whole.0, whole.1), ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]);
    assert_eq!(quarters(day("2024-08-01"), whole.1), ["2024-Q3", "2024-Q4"]);
}

#[test]
fn a_commitment_is_short_only_when_every_quarter_is_reported() {
    for (promised, delivered, unreported, status) in [
        (Some(20), Some(20), 3, CommitmentStatus::Met),
        (Some(20), Some(19), 1, CommitmentStatus::NotYet),
        (Some(20), Some(19), 0, CommitmentStatus::Short),
        (Some(20), None, 4, CommitmentStatus::NotReported),
        (None, Some(3), 0, CommitmentStatus::Unnumbered),
    ] {
        assert_eq!(standing(promised, delivered, unreported), status);
    }
}

/// Rows of known codes, each place once.
fn rows() -> impl Strategy<Value = Vec<(usize, i64, i64)>> {
    let row = (0..12_usize, 0..40_i64, 0..40_i64);
    proptest::collection::vec(row, 0..12).prop_map(|mut rows| {
        rows.sort_unstable();
        rows.dedup_by_key(|row| row.0);
        rows
    })
}

fn drafted(rows: &[(usize, i64, i64)]) -> Draft {
    let residences = ["elm", "oak", "zone-1-unknown", "zone-2-unknown", "outside"];
    let rows = rows
        .iter()
        .enumerate()
        .map(|(index, (place, participants, newcomers))| {
            let residence = residences[place % 5];
            let gender = if place / 5 == 0 { "female" } else { "male" };
            // The places of the third round stand for those of the first.
            let age_band = if place / 5 == 2 { "unknown" } else { "young" };
            let mut row = people(index, (residence, age_band, gender), *participants);
            row.newcomers = said((*newcomers).min(*participants), "/newcomers");
            row
        });
    draft(
        rows.filter(|row| row.age_band.value.as_deref() == Some("young"))
            .collect(),
    )
}

proptest! {
    #[test]
    fn a_receipt_accounts_for_every_row_and_the_sums_are_those_of_what_was_sent(before in rows(), after in rows()) {
        let today = day("2024-06-01");
        let judged = |rows| {
            let mut errors = Vec::new();
            let draft = drafted(rows);
            let sent: i64 = draft.counts.iter().filter_map(|row| row.participants.value).sum();
            (check(&draft, &codes(), today, &mut errors), errors, sent)
        };
        let ((old, _, _), (new, errors, sent)) = (judged(&before), judged(&after));
        prop_assert_eq!(errors, []);
        let (old, new) = (old.unwrap(), new.unwrap());
        let receipt = receipt::draw_up(&new, Some(&old.content), today, chrono::DateTime::UNIX_EPOCH);
        let rows = receipt.rows;
        prop_assert_eq!(receipt.totals.participants, sent);
        prop_assert_eq!(rows.received, rows.empty + rows.created + rows.updated + rows.unchanged);
        prop_assert_eq!(old.content.counts.len(), rows.removed + rows.updated + rows.unchanged);
        prop_assert_eq!(receipt.changes.is_empty(), old.content == new.content);
        // The changes are the difference of the sums.
        let difference: i64 = receipt
            .changes
            .iter()
            .filter(|change| change.field == "participants")
            .map(|change| i64::from(change.after.unwrap_or(0)) - i64::from(change.before.unwrap_or(0)))
            .sum();
        prop_assert_eq!(difference, totals(&new.content).participants - totals(&old.content).participants);
    }
}
