//! The rules of a report, and how a commitment stands; pure. A draft is judged whole: every error that is not the mere
//! consequence of another.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::draft::{Codes, Draft, DraftCount, Kind, Said};
use super::model::{Content, Count, Delivery, Outcomes, PlaceCount, Totals};
use crate::activities::rules::CommitmentPeriod;
use crate::disclosure::OUTSIDE;
use crate::period::{Period, PeriodKind};
use crate::problem::{At, FieldError};
use crate::words::words;

/// What stands for a zone that is not stated.
pub const UNKNOWN: &str = "unknown";

/// A draft that was found good.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Code of the activity.
    pub activity: String,
    /// The quarter.
    pub period: Period,
    /// What it says.
    pub content: Content,
    /// Rows that were sent.
    pub received: usize,
    /// Where each row was sent, by its name.
    pub places: HashMap<String, At>,
}

/// Judges a draft.
///
/// `errors` holds what reading the body found; what is wrong is added. `today` is the date in Denmark. The content is only
/// returned if there is no error at all.
pub fn check(draft: &Draft, codes: &Codes, today: NaiveDate, errors: &mut Vec<FieldError>) -> Option<Checked> {
    let commitments = activity(&draft.activity, codes, errors);
    let period = quarter(&draft.period, codes, today, errors);
    let mut places = HashMap::new();
    let counts = counts(draft, codes, period, &mut places, errors);
    let held = held(draft, codes, period, &mut places, errors);
    let delivered = delivered(draft, codes, period, commitments, &mut places, errors);
    if !errors.is_empty() {
        return None;
    }
    Some(Checked {
        activity: draft.activity.value.clone()?,
        period: period?,
        content: Content {
            source: draft.source.value.clone()?,
            note: draft.note.clone(),
            counts,
            places: held,
            delivered,
        },
        received: draft.counts.len() + draft.places.len() + draft.delivered.len(),
        places,
    })
}

/// The commitments of an activity that the caller may report.
fn activity<'a>(said: &Said<String>, codes: &'a Codes, errors: &mut Vec<FieldError>) -> Option<&'a [String]> {
    let code = said.value.as_ref()?;
    let found = codes.activities.get(code);
    if found.is_none() {
        errors.push(FieldError::new(
            said.at.clone(),
            "unknown_activity",
            "The plan has no activity of this code that is decided.",
            "Planen har ingen besluttet aktivitet med denne kode.",
        ));
    } else if codes.own.as_ref().is_some_and(|own| !own.contains(code)) {
        errors.push(FieldError::new(
            said.at.clone(),
            "not_an_actor",
            "Neither your organisation nor a unit of it is an actor of the activity.",
            "Hverken din organisation eller en enhed under den er aktør i aktiviteten.",
        ));
    }
    found.map(Vec::as_slice)
}

/// A quarter that lies in the plan and has begun.
fn quarter(said: &Said<String>, codes: &Codes, today: NaiveDate, errors: &mut Vec<FieldError>) -> Option<Period> {
    let text = said.value.as_ref()?;
    let found: Option<Period> = text.parse().ok();
    let Some(period) = found.filter(|period| period.kind() == PeriodKind::Quarter) else {
        errors.push(FieldError::new(
            said.at.clone(),
            "invalid_period",
            "A quarter is written as 2024-Q1.",
            "Et kvartal skrives som 2024-Q1.",
        ));
        return None;
    };
    if let Some((first, last)) = codes.days
        && (period.end() < first || last < period.start())
    {
        errors.push(FieldError::new(
            said.at.clone(),
            "outside_plan",
            format!("The quarter lies outside the plan, which runs from {first} to {last}."),
            format!("Kvartalet ligger uden for helhedsplanen, som løber fra {first} til {last}."),
        ));
        return None;
    }
    if period.start() > today {
        errors.push(FieldError::new(
            said.at.clone(),
            "in_the_future",
            "The quarter has not begun.",
            "Kvartalet er ikke begyndt.",
        ));
        return None;
    }
    Some(period)
}

fn counts(
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
fn row_of_count(residence: &str, age_band: &str, gender: &str) -> String {
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

/// Where somebody lives, if a report of the quarter may say so.
fn residence<'a>(
    said: &'a Said<String>,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> Option<&'a str> {
    let code = said.value.as_deref()?;
    if code == OUTSIDE {
        return Some(code);
    }
    if let Some(zone) = codes.unknown_zone(code) {
        return in_use(zone, Kind::Area, &said.at, codes, period, errors).then_some(code);
    }
    if !codes.departments.contains_key(code) {
        let is_zone = codes.zones.iter().any(|zone| zone == code);
        errors.push(if is_zone {
            FieldError::new(
                said.at.clone(),
                "not_a_department",
                format!("{code} is a zone; where the department in it is unknown, write {code}-unknown."),
                format!("{code} er en zone; skriv {code}-unknown, når afdelingen i den er ukendt."),
            )
        } else {
            FieldError::new(
                said.at.clone(),
                "unknown_area",
                "The plan has no department of this code; a zone's code with -unknown, or outside, stand for people whose \
                 department is not known.",
                "Planen har ingen afdeling med denne kode; en zones kode med -unknown eller outside står for personer, hvis \
                 afdeling ikke kendes.",
            )
        });
        return None;
    }
    if !in_use(code, Kind::Area, &said.at, codes, period, errors) {
        return None;
    }
    let period = period?;
    let Some(zone) = codes.zone_of(code, period.end()) else {
        errors.push(FieldError::new(
            said.at.clone(),
            "no_zone",
            format!(
                "In which zone {code} lay on {} is not stated, so its residents count as unknown within their zone: write \
                 the zone's code and -unknown.",
                period.end()
            ),
            format!(
                "Det er ikke oplyst, hvilken zone {code} lå i den {}; dens beboere tælles derfor som ukendt i deres zone: \
                 skriv zonens kode og -unknown.",
                period.end()
            ),
        ));
        return None;
    };
    in_use(zone, Kind::Area, &said.at, codes, Some(period), errors).then_some(code)
}

/// An age band or gender, if a report of the quarter may say so.
fn listed<'a>(
    said: &'a Said<String>,
    kind: Kind,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> Option<&'a str> {
    let code = said.value.as_deref()?;
    let (known, error, name, name_da) = match kind {
        Kind::AgeBand => (&codes.age_bands, "unknown_age_band", "age bands", "aldersgrupper"),
        Kind::Gender => (&codes.genders, "unknown_gender", "genders", "køn"),
        Kind::Area => (&codes.zones, "unknown_area", "zones", "zoner"),
    };
    if !known.iter().any(|known| known == code) {
        let list = known.join(", ");
        errors.push(FieldError::new(
            said.at.clone(),
            error,
            format!("This is none of the {name} {list}."),
            format!("Det er ikke en af planens {name_da} {list}."),
        ));
        return None;
    }
    in_use(code, kind, &said.at, codes, period, errors).then_some(code)
}

/// Whether what a code names was still in use when the quarter ended.
fn in_use(
    code: &str,
    kind: Kind,
    at: &At,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> bool {
    let archived_on = codes.archived.get(&(kind, code.to_owned()));
    let Some((archived_on, period)) = archived_on.zip(period) else {
        return true;
    };
    if *archived_on > period.end() {
        return true;
    }
    errors.push(FieldError::new(
        at.clone(),
        "archived",
        format!("{code} is out of use since {archived_on}."),
        format!("{code} har været ude af brug siden {archived_on}."),
    ));
    false
}

/// A zone, or what stands for none.
fn place<'a>(
    said: &'a Said<String>,
    codes: &Codes,
    period: Option<Period>,
    errors: &mut Vec<FieldError>,
) -> Option<&'a str> {
    let code = said.value.as_deref()?;
    if code == OUTSIDE || code == UNKNOWN {
        return Some(code);
    }
    listed(said, Kind::Area, codes, period, errors)
}

fn held(
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

fn delivered(
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

/// The sums of a report.
pub fn totals(content: &Content) -> Totals {
    let mut totals = Totals::default();
    for row in &content.counts {
        totals.participants += i64::from(row.participants);
        totals.newcomers += i64::from(row.newcomers);
        totals.to_education += i64::from(row.outcomes.education);
        totals.to_job += i64::from(row.outcomes.job);
        totals.to_leisure_job += i64::from(row.outcomes.leisure_job);
        totals.to_association += i64::from(row.outcomes.association);
    }
    for row in &content.places {
        totals.sessions += i64::from(row.sessions);
        totals.volunteers += i64::from(row.volunteers);
        totals.attendances += i64::from(row.attendances);
    }
    totals
}

/// The figures of every row, by the row's name.
pub fn figures(content: &Content) -> BTreeMap<String, Vec<(&'static str, i32)>> {
    let counts = content.counts.iter().map(|row| {
        let figures = vec![
            ("participants", row.participants),
            ("newcomers", row.newcomers),
            ("to_education", row.outcomes.education),
            ("to_job", row.outcomes.job),
            ("to_leisure_job", row.outcomes.leisure_job),
            ("to_association", row.outcomes.association),
        ];
        (row_of_count(&row.residence, &row.age_band, &row.gender), figures)
    });
    let places = content.places.iter().map(|row| {
        let figures = vec![
            ("sessions", row.sessions),
            ("volunteers", row.volunteers),
            ("attendances", row.attendances),
        ];
        (format!("places/{}", row.zone), figures)
    });
    let delivered = content.delivered.iter().map(|row| {
        let figures = vec![("quantity", row.quantity)];
        (format!("delivered/{}/{}", row.commitment, row.zone), figures)
    });
    counts.chain(places).chain(delivered).collect()
}

words! {
    /// How a commitment stands in a year.
    pub CommitmentStatus {
        /// At least what was promised was delivered.
        Met = "met",
        /// Less than promised, and a quarter is still to be reported.
        NotYet = "not_yet",
        /// Less than promised, and every quarter is reported.
        Short = "short",
        /// No report says anything of it.
        NotReported = "not_reported",
        /// No number per time was promised, so there is nothing to hold it against.
        Unnumbered = "unnumbered",
    }
}

/// What was promised for the part of a year that lies in the plan, from `first` to `last`; none where no number per time was.
///
/// A month or quarter counts when it lies in that part as a whole, a week for every seven days; a part of a year counts as a
/// year.
pub fn promised(
    quantity: Option<i32>,
    per: Option<CommitmentPeriod>,
    first: NaiveDate,
    last: NaiveDate,
) -> Option<i64> {
    let days = (last - first).num_days() + 1;
    let (from, to) = whole_months(first, last);
    let times = match per? {
        CommitmentPeriod::Week => days / 7,
        CommitmentPeriod::Month => i64::from(to.saturating_sub(from)),
        CommitmentPeriod::Quarter => i64::from((to / 3).saturating_sub(from.div_ceil(3))),
        CommitmentPeriod::Year => 1,
    };
    Some(i64::from(quantity?) * times)
}

/// The quarters that have a day between two days.
pub fn quarters(first: NaiveDate, last: NaiveDate) -> Vec<String> {
    use chrono::Datelike;
    let quarter: Option<Period> = format!("{}-Q{}", first.year(), first.month0() / 3 + 1).parse().ok();
    std::iter::successors(quarter, |quarter| quarter.next())
        .take_while(|quarter| quarter.start() <= last)
        .map(|quarter| quarter.to_string())
        .collect()
}

/// The months that lie wholly between two days of one year: from the first, counted from 0, to before the second.
fn whole_months(first: NaiveDate, last: NaiveDate) -> (u32, u32) {
    use chrono::Datelike;
    let from = first.month0() + u32::from(first.day() > 1);
    let ends_month = last.succ_opt().is_none_or(|next| next.day() == 1);
    (from, last.month() - u32::from(!ends_month))
}

/// How a commitment stands: `unreported` is how many quarters say nothing of it.
pub fn standing(promised: Option<i64>, delivered: Option<i64>, unreported: usize) -> CommitmentStatus {
    match (promised, delivered) {
        (None, _) => CommitmentStatus::Unnumbered,
        (Some(_), None) => CommitmentStatus::NotReported,
        (Some(promised), Some(delivered)) if delivered >= promised => CommitmentStatus::Met,
        _ if unreported > 0 => CommitmentStatus::NotYet,
        _ => CommitmentStatus::Short,
    }
}

#[cfg(test)]
mod tests;
