//! The rows of a report: people, what was held, what was delivered.

use std::collections::{BTreeMap, HashMap};

use super::super::draft::{Codes, Draft, DraftCount, Kind, Said};
use super::super::model::{Count, Delivery, Outcomes, PlaceCount};
use super::codes::{listed, place, residence};
use crate::period::Period;
use crate::problem::{At, FieldError};

/// The people; rows that count nobody are left out.
pub(super) fn counts(
    draft: &Draft,
    codes: &Codes,
    period: Option<Period>,
    places: &mut HashMap<String, At>,
    errors: &mut Vec<FieldError>,
) -> Vec<Count> {
    let mut rows = BTreeMap::new();
    for row in &draft.counts {
        let known = [
            residence(&row.residence, codes, period, errors),
            listed(&row.age_band, Kind::AgeBand, codes, period, errors),
            listed(&row.gender, Kind::Gender, codes, period, errors),
        ];
        check_parts(row, errors);
        let [Some(residence), Some(age_band), Some(gender)] = known else {
            continue;
        };
        if is_second(row_of_count(residence, age_band, gender), &row.at, places, errors) {
            continue;
        }
        let [education, job, leisure_job, association] = row.outcomes.each_ref().map(number);
        let count = Count {
            residence: residence.to_owned(),
            age_band: age_band.to_owned(),
            gender: gender.to_owned(),
            participants: number(&row.participants),
            newcomers: number(&row.newcomers),
            outcomes: Outcomes {
                education,
                job,
                leisure_job,
                association,
            },
        };
        if count.participants > 0 {
            rows.insert((residence, age_band, gender), count);
        }
    }
    rows.into_values().collect()
}

/// The name of a row of people.
pub(super) fn row_of_count(residence: &str, age_band: &str, gender: &str) -> String {
    format!("counts/{residence}/{age_band}/{gender}")
}

/// A count that was judged: it is at most a million, and where it is wrong nothing is kept at all.
fn number(said: &Said<i64>) -> i32 {
    said.value.and_then(|value| i32::try_from(value).ok()).unwrap_or(0)
}

/// Newcomers and outcomes are among the participants.
fn check_parts(row: &DraftCount, errors: &mut Vec<FieldError>) {
    let Some(whole) = row.participants.value else { return };
    for part in row.outcomes.iter().chain([&row.newcomers]) {
        if let Some(number) = part.value.filter(|number| *number > whole) {
            errors.push(FieldError::new(
                part.at.clone(),
                "part_exceeds_whole",
                format!("These are {number} of {whole} participants."),
                format!("Det er {number} ud af {whole} deltagere."),
            ));
        }
    }
}

/// Notes a second row of the same name.
fn is_second(name: String, at: &At, places: &mut HashMap<String, At>, errors: &mut Vec<FieldError>) -> bool {
    if places.contains_key(&name) {
        errors.push(FieldError::new(
            at.clone(),
            "duplicate",
            format!("There is another row for {name}."),
            format!("Der er en anden række for {name}."),
        ));
        return true;
    }
    places.insert(name, at.clone());
    false
}

/// What was held; zones where nothing was are left out.
pub(super) fn held(
    draft: &Draft,
    codes: &Codes,
    period: Option<Period>,
    places: &mut HashMap<String, At>,
    errors: &mut Vec<FieldError>,
) -> Vec<PlaceCount> {
    let mut rows = BTreeMap::new();
    for row in &draft.places {
        let [sessions, volunteers, attendances] = [&row.sessions, &row.volunteers, &row.attendances].map(number);
        if row.sessions.value == Some(0) && (volunteers > 0 || attendances > 0) {
            errors.push(FieldError::new(
                row.sessions.at.clone(),
                "no_sessions",
                "There are volunteers or attendances, but no session was held.",
                "Der er frivillige eller fremmøder, men der er ikke afholdt nogen mødegang.",
            ));
        }
        let Some(zone) = place(&row.zone, codes, period, errors) else {
            continue;
        };
        if is_second(format!("places/{zone}"), &row.at, places, errors) || sessions == 0 {
            continue;
        }
        let count = PlaceCount {
            zone: zone.to_owned(),
            sessions,
            volunteers,
            attendances,
        };
        rows.insert(zone, count);
    }
    rows.into_values().collect()
}

/// What was delivered of the activity's commitments.
pub(super) fn delivered(
    draft: &Draft,
    codes: &Codes,
    period: Option<Period>,
    commitments: Option<&[String]>,
    places: &mut HashMap<String, At>,
    errors: &mut Vec<FieldError>,
) -> Vec<Delivery> {
    let mut rows = BTreeMap::new();
    for row in &draft.delivered {
        let zone = place(&row.zone, codes, period, errors);
        let (Some(commitment), Some(known)) = (row.commitment.value.as_deref(), commitments) else {
            continue;
        };
        if !known.iter().any(|known| known == commitment) {
            errors.push(FieldError::new(
                row.commitment.at.clone(),
                "unknown_commitment",
                match known {
                    [] => "The activity has no commitments.".to_owned(),
                    _ => format!("The activity's commitments are {}.", known.join(", ")),
                },
                match known {
                    [] => "Aktiviteten har ingen forpligtelser.".to_owned(),
                    _ => format!("Aktivitetens forpligtelser er {}.", known.join(", ")),
                },
            ));
            continue;
        }
        let Some(zone) = zone else { continue };
        if is_second(format!("delivered/{commitment}/{zone}"), &row.at, places, errors) {
            continue;
        }
        let delivery = Delivery {
            commitment: commitment.to_owned(),
            zone: zone.to_owned(),
            quantity: number(&row.quantity),
        };
        rows.insert((commitment, zone), delivery);
    }
    rows.into_values().collect()
}
