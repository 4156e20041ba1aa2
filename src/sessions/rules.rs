//! What holds for a session, and when it takes place. Pure.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::recurrence::{Fault, MAX_OCCURRENCES, Rule};
use crate::local_time::exists;
use crate::problem::{At, FieldError};
use crate::words::words;

words! {
    /// Whether a session takes place.
    #[derive(Deserialize)]
    pub SessionStatus {
        /// It does.
        Scheduled = "scheduled",
        /// It is called off, with all its occurrences.
        Cancelled = "cancelled",
    }
}

words! {
    /// What an exception makes of the occurrence that the rule gives.
    #[derive(Deserialize)]
    pub ExceptionKind {
        /// It was never meant: it is not shown.
        Excluded = "excluded",
        /// It is called off, and shown as such.
        Cancelled = "cancelled",
        /// It takes place at another time or venue.
        Rescheduled = "rescheduled",
    }
}

words! {
    /// Whether an occurrence takes place.
    pub OccurrenceStatus {
        /// As the rule says.
        Scheduled = "scheduled",
        /// It is called off.
        Cancelled = "cancelled",
        /// At another time or venue than the rule says.
        Rescheduled = "rescheduled",
    }
}

/// What a session is judged by.
#[derive(Debug)]
pub struct Known {
    /// The activities, each with whether it is in use.
    pub activities: HashMap<String, bool>,
    /// The activities that are drafts or over.
    pub out_of_force: Vec<String>,
    /// The venues, each with whether it is in use.
    pub venues: HashMap<String, bool>,
}

/// What is said of a session, found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Code of the activity.
    pub activity: String,
    /// Code of the venue.
    pub venue: String,
    /// Name in Danish.
    pub name: Option<String>,
    /// Name in English.
    pub name_en: Option<String>,
    /// What a resident should know, in Danish.
    pub description: Option<String>,
    /// What a resident should know, in English.
    pub description_en: Option<String>,
    /// When it first begins, in Copenhagen.
    pub local_start: NaiveDateTime,
    /// How long each occurrence lasts.
    pub duration_minutes: i32,
    /// The recurrence rule, in capital letters.
    pub rrule: Option<String>,
    /// The exceptions to the rule, in the order of the occurrences.
    pub exceptions: Vec<Exception>,
    /// How many people there is room for.
    pub capacity: Option<i32>,
    /// The youngest age, itself included.
    pub age_from: Option<i16>,
    /// The oldest age, itself included.
    pub age_to: Option<i16>,
    /// Whether it takes place.
    pub status: SessionStatus,
    /// Whether everybody may see it.
    pub is_published: bool,
}

/// An exception to a session's rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The start that the rule gives the occurrence.
    pub local_start: NaiveDateTime,
    /// What becomes of it.
    pub kind: ExceptionKind,
    /// When it begins instead.
    pub new_local_start: Option<NaiveDateTime>,
    /// How long it lasts instead; none: as the others.
    pub new_duration_minutes: Option<i32>,
    /// Where it takes place instead; none: where the others do.
    pub new_venue: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A single time that a session takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The start that the rule gives it.
    pub recurrence_id: NaiveDateTime,
    /// When it begins.
    pub local_start: NaiveDateTime,
    /// How long it lasts.
    pub duration_minutes: i32,
    /// Code of the venue.
    pub venue: String,
    /// Whether it takes place, the session's own status aside.
    pub status: OccurrenceStatus,
    /// Why it was cancelled or moved.
    pub reason: Option<String>,
}

/// Every time that a session takes place; or all that is wrong with when it does, each at its member below `at`.
pub fn occurrences(
    definition: &Definition,
    period: (NaiveDate, NaiveDate),
    at: &At,
) -> Result<Vec<Occurrence>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let starts = starts(definition, period, at, &mut errors);
    let mut exceptions: Vec<(usize, &Exception)> = Vec::new();
    for (index, exception) in definition.exceptions.iter().enumerate() {
        check_exception(exception, index, period, at, &mut errors);
        let is_known = starts
            .as_ref()
            .is_none_or(|starts| starts.contains(&exception.local_start));
        let at = at.field("exceptions").field(index).field("local_start");
        if !is_known {
            errors.push(FieldError::new(
                at,
                "not_an_occurrence",
                "The rule gives no occurrence at this time.",
                "Reglen giver ingen forekomst på dette tidspunkt.",
            ));
        } else if exceptions
            .iter()
            .any(|(_, other)| other.local_start == exception.local_start)
        {
            errors.push(FieldError::new(
                at,
                "duplicate",
                "The same stands further up.",
                "Det samme står længere oppe.",
            ));
        }
        exceptions.push((index, exception));
    }
    let Some(starts) = starts.filter(|_| errors.is_empty()) else {
        return Err(errors);
    };
    let exception = |start| {
        exceptions
            .iter()
            .map(|(_, found)| *found)
            .find(|found| found.local_start == start)
    };
    let occurrences: Vec<Occurrence> = starts
        .into_iter()
        .filter_map(|start| occurrence(definition, start, exception(start)))
        .collect();
    if occurrences.is_empty() {
        return Err(vec![FieldError::new(
            at.field("exceptions"),
            "nothing_left",
            "The exceptions leave no occurrence.",
            "Undtagelserne efterlader ingen forekomst.",
        )]);
    }
    Ok(occurrences)
}

fn occurrence(definition: &Definition, start: NaiveDateTime, exception: Option<&Exception>) -> Option<Occurrence> {
    let plain = Occurrence {
        recurrence_id: start,
        local_start: start,
        duration_minutes: definition.duration_minutes,
        venue: definition.venue.clone(),
        status: OccurrenceStatus::Scheduled,
        reason: None,
    };
    let Some(exception) = exception else {
        return Some(plain);
    };
    let reason = exception.reason.clone();
    match exception.kind {
        ExceptionKind::Excluded => None,
        ExceptionKind::Cancelled => Some(Occurrence {
            status: OccurrenceStatus::Cancelled,
            reason,
            ..plain
        }),
        ExceptionKind::Rescheduled => Some(Occurrence {
            local_start: exception.new_local_start.unwrap_or(start),
            duration_minutes: exception.new_duration_minutes.unwrap_or(definition.duration_minutes),
            venue: exception.new_venue.clone().unwrap_or(plain.venue),
            status: OccurrenceStatus::Rescheduled,
            reason,
            ..plain
        }),
    }
}

/// The starts that the definition gives, if they can be told.
fn starts(
    definition: &Definition,
    period: (NaiveDate, NaiveDate),
    at: &At,
    errors: &mut Vec<FieldError>,
) -> Option<Vec<NaiveDateTime>> {
    let first = definition.local_start;
    check_time(first, period, at.field("local_start"), errors);
    let Some(text) = &definition.rrule else {
        if !definition.exceptions.is_empty() {
            errors.push(FieldError::new(
                at.field("exceptions"),
                "no_rule",
                "A session without a rule takes place once; change or cancel the session itself.",
                "En session uden regel afholdes én gang; ret eller aflys selve sessionen.",
            ));
        }
        return Some(vec![first]);
    };
    match Rule::parse(text).and_then(|rule| rule.starts(first)) {
        Err(fault) => {
            errors.push(refused(&fault, at));
            None
        }
        Ok(starts) => {
            if starts.last().is_some_and(|last| last.date() > period.1) {
                errors.push(outside_plan(at.field("rrule"), period));
            }
            Some(starts)
        }
    }
}

fn check_exception(
    exception: &Exception,
    index: usize,
    period: (NaiveDate, NaiveDate),
    at: &At,
    errors: &mut Vec<FieldError>,
) {
    let at = at.field("exceptions").field(index);
    let changes = [
        ("new_local_start", exception.new_local_start.is_some()),
        ("new_duration_minutes", exception.new_duration_minutes.is_some()),
        ("new_venue", exception.new_venue.is_some()),
    ];
    if exception.kind != ExceptionKind::Rescheduled {
        for (name, _) in changes.iter().filter(|(_, is_given)| *is_given) {
            errors.push(FieldError::new(
                at.field(name),
                "only_rescheduled",
                "Only an occurrence that is rescheduled gets another time or venue.",
                "Kun en forekomst, der er flyttet, får et andet tidspunkt eller sted.",
            ));
        }
    } else if changes.iter().all(|(_, is_given)| !is_given) {
        errors.push(FieldError::new(
            at.clone(),
            "nothing_changed",
            "An occurrence that is rescheduled gets another time or venue.",
            "En forekomst, der er flyttet, får et andet tidspunkt eller sted.",
        ));
    }
    if let Some(time) = exception.new_local_start {
        check_time(time, period, at.field("new_local_start"), errors);
    }
}

fn check_time(time: NaiveDateTime, period: (NaiveDate, NaiveDate), at: At, errors: &mut Vec<FieldError>) {
    if !exists(time) {
        errors.push(FieldError::new(
            at,
            "no_such_time",
            "The clock skips this time when summer time begins.",
            "Uret springer dette tidspunkt over, når sommertiden begynder.",
        ));
    } else if time.date() < period.0 || time.date() > period.1 {
        errors.push(outside_plan(at, period));
    }
}

fn outside_plan(at: At, (first, last): (NaiveDate, NaiveDate)) -> FieldError {
    FieldError::new(
        at,
        "outside_plan",
        format!("The plan lasts from {first} to {last}."),
        format!("Planen varer fra {first} til {last}."),
    )
}

fn refused(fault: &Fault, at: &At) -> FieldError {
    let (code, en, da) = match fault {
        Fault::Malformed(reason) => (
            "invalid_rule",
            format!("This is not a recurrence rule that can be used: {reason}"),
            "Det er ikke en gentagelsesregel, der kan bruges.".to_owned(),
        ),
        Fault::Part(_) => (
            "unsupported_part",
            "A rule has FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTH, BYMONTHDAY and WKST, each at most once."
                .to_owned(),
            "En regel har FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTH, BYMONTHDAY og WKST, hver højst én gang."
                .to_owned(),
        ),
        Fault::TooOften => (
            "unsupported_frequency",
            "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.".to_owned(),
            "FREQ er DAILY, WEEKLY, MONTHLY eller YEARLY.".to_owned(),
        ),
        Fault::Endless => (
            "endless_rule",
            "A rule has COUNT or UNTIL, so that the series has an end.".to_owned(),
            "En regel har COUNT eller UNTIL, så serien har en slutning.".to_owned(),
        ),
        Fault::UntilNotUtc => (
            "until_not_utc",
            "UNTIL is an instant in UTC such as 20241217T225959Z (RFC 5545, section 3.3.10).".to_owned(),
            "UNTIL er et tidspunkt i UTC som 20241217T225959Z (RFC 5545, afsnit 3.3.10).".to_owned(),
        ),
        Fault::Number => (
            "number_of_occurrences",
            format!("A rule gives 1 to {MAX_OCCURRENCES} occurrences."),
            format!("En regel giver 1 til {MAX_OCCURRENCES} forekomster."),
        ),
        Fault::FirstStart => (
            "start_outside_rule",
            "local_start is not one of the starts that the rule gives.".to_owned(),
            "local_start er ikke et af de tidspunkter, reglen giver.".to_owned(),
        ),
    };
    FieldError::new(at.field("rrule"), code, en, da)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::parse_local;
    use crate::words;
    use chrono::Days;
    use proptest::prelude::*;

    fn period() -> (NaiveDate, NaiveDate) {
        (
            NaiveDate::from_ymd_opt(2023, 1, 1).unwrap(),
            NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
        )
    }

    fn weekly(count: u32) -> Definition {
        Definition {
            activity: "lektiecafe".into(),
            venue: "base-zone-1".into(),
            name: None,
            name_en: None,
            description: None,
            description_en: None,
            local_start: parse_local("2024-10-15T16:00").unwrap(),
            duration_minutes: 90,
            rrule: Some(format!("FREQ=WEEKLY;COUNT={count}")),
            exceptions: vec![],
            capacity: None,
            age_from: None,
            age_to: None,
            status: SessionStatus::Scheduled,
            is_published: true,
        }
    }

    fn exception(start: &str, kind: ExceptionKind) -> Exception {
        Exception {
            local_start: parse_local(start).unwrap(),
            kind,
            new_local_start: None,
            new_duration_minutes: None,
            new_venue: None,
            reason: None,
        }
    }

    fn codes(definition: &Definition) -> Vec<&'static str> {
        let found = occurrences(definition, period(), &At::Pointer(String::new()));
        found.unwrap_err().iter().map(|error| error.code).collect()
    }

    #[test]
    fn words_are_sent_as_they_are_stored() {
        words::check::<SessionStatus>();
        words::check::<ExceptionKind>();
        words::check::<OccurrenceStatus>();
    }

    #[test]
    fn exceptions_take_out_call_off_and_move() {
        let mut definition = weekly(4);
        let moved = Exception {
            new_local_start: parse_local("2024-11-06T10:00"),
            ..exception("2024-11-05T16:00", ExceptionKind::Rescheduled)
        };
        definition.exceptions = vec![
            exception("2024-10-22T16:00", ExceptionKind::Excluded),
            exception("2024-10-29T16:00", ExceptionKind::Cancelled),
            moved,
        ];
        let found = occurrences(&definition, period(), &At::Pointer(String::new())).unwrap();
        let found: Vec<String> = found
            .iter()
            .map(|one| format!("{} {:?}", one.local_start, one.status))
            .collect();
        assert_eq!(
            found,
            [
                "2024-10-15 16:00:00 Scheduled",
                "2024-10-29 16:00:00 Cancelled",
                "2024-11-06 10:00:00 Rescheduled"
            ]
        );
    }

    #[test]
    fn what_cannot_take_place_is_refused_with_every_reason() {
        let mut definition = weekly(2);
        definition.exceptions = vec![
            exception("2024-10-16T16:00", ExceptionKind::Cancelled),
            exception("2024-10-22T16:00", ExceptionKind::Rescheduled),
            Exception {
                new_venue: Some("x".into()),
                ..exception("2024-10-22T16:00", ExceptionKind::Cancelled)
            },
        ];
        assert_eq!(
            codes(&definition),
            ["not_an_occurrence", "nothing_changed", "only_rescheduled", "duplicate"]
        );
        let mut all_out = weekly(1);
        all_out.exceptions = vec![exception("2024-10-15T16:00", ExceptionKind::Excluded)];
        assert_eq!(codes(&all_out), ["nothing_left"]);
        let mut too_long = weekly(200);
        assert_eq!(codes(&too_long), ["outside_plan"]);
        too_long.rrule = None;
        too_long.local_start = parse_local("2024-03-31T02:30").unwrap();
        assert_eq!(codes(&too_long), ["no_such_time"]);
        too_long.exceptions = vec![exception("2024-03-31T02:30", ExceptionKind::Excluded)];
        assert_eq!(codes(&too_long), ["no_such_time", "no_rule"]);
    }

    proptest! {
        #[test]
        fn every_occurrence_but_the_excluded_is_kept(count in 2..40_u32, out in proptest::collection::btree_set(0..40_u32, 0..20)) {
            let mut definition = weekly(count);
            let out: Vec<u32> = out.into_iter().filter(|index| *index < count).collect();
            definition.exceptions = out
                .iter()
                .map(|index| Exception {
                    local_start: definition.local_start + Days::new(u64::from(*index) * 7),
                    ..exception("2024-10-15T16:00", ExceptionKind::Excluded)
                })
                .collect();
            let left = usize::try_from(count).unwrap() - out.len();
            match occurrences(&definition, period(), &At::Pointer(String::new())) {
                Ok(found) => prop_assert_eq!(found.len(), left),
                Err(_) => prop_assert_eq!(left, 0),
            }
        }
    }
}
