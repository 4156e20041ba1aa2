//! Reading the body that says what a session is.

use chrono::NaiveDateTime;

use super::rules::{Definition, Exception, Known, SessionStatus};
use crate::activities::rules::MAX_AGE;
use crate::local_time::parse_local;
use crate::problem::FieldError;
use crate::reference::{Fields, Noun, VENUE};
use crate::web::json::Node;
use crate::web::values::MAX_NAME;

/// The longest description.
const MAX_DESCRIPTION: usize = 2000;
/// The longest reason and rule.
const MAX_LINE: usize = 300;
/// The longest local time.
const MAX_TIME: usize = 30;
/// The most exceptions.
const MAX_EXCEPTIONS: usize = 500;
/// The longest session.
const MAX_MINUTES: i16 = 1440;

/// An activity that sessions can be of.
const ACTIVITY: Noun = Noun {
    unknown: "unknown_activity",
    en: "The plan has no activity of this code.",
    da: "Planen har ingen aktivitet med denne kode.",
};

/// What the body says; none where something it must say cannot be read.
pub fn definition(
    node: &Node,
    known: &Known,
    before: Option<&Definition>,
    errors: &mut Vec<FieldError>,
) -> Option<Definition> {
    let mut fields = Fields::of_body(node, errors);
    let was_venue = |code: &str| {
        before.is_some_and(|before| {
            let moved = before
                .exceptions
                .iter()
                .filter_map(|exception| exception.new_venue.as_deref());
            before.venue == code || moved.into_iter().any(|venue| venue == code)
        })
    };
    let activity = fields.required_reference("activity", ACTIVITY, &known.activities, |code| {
        before.is_some_and(|before| before.activity == code)
    });
    if activity.as_ref().is_some_and(|code| known.out_of_force.contains(code)) {
        fields.error(
            "activity",
            "not_in_force",
            "The activity is not in force, so it has no sessions.",
            "Aktiviteten er ikke i kraft og har derfor ingen sessioner.",
        );
    }
    let venue = fields.required_reference("venue", VENUE, &known.venues, was_venue);
    let name = fields.optional_text("name", MAX_NAME);
    let name_en = fields.optional_text("name_en", MAX_NAME);
    let description = fields.optional_text("description", MAX_DESCRIPTION);
    let description_en = fields.optional_text("description_en", MAX_DESCRIPTION);
    let local_start = fields.text("local_start", MAX_TIME);
    let local_start = local_start.and_then(|text| time(&mut fields, "local_start", &text));
    let duration_minutes = fields.number("duration_minutes", 1..=MAX_MINUTES);
    let rrule = fields.optional_text("rrule", MAX_LINE);
    let exceptions = fields.list("exceptions", MAX_EXCEPTIONS, |item| exception(item, known, was_venue));
    let capacity = fields.optional_number("capacity", 1..=i16::MAX);
    let age_from = fields.optional_number("age_from", 0..=MAX_AGE);
    let age_to = fields.optional_number("age_to", 0..=MAX_AGE);
    if age_from.zip(age_to).is_some_and(|(from, to)| to < from) {
        fields.error(
            "age_to",
            "wrong_order",
            "The oldest age is below the youngest.",
            "Den højeste alder er lavere end den laveste.",
        );
    }
    let status = fields.optional_word("status");
    let is_published = fields.flag("is_published");
    for member in ["id", "time_zone", "sequence", "created_at", "changed_at"] {
        fields.derived(member);
    }
    fields.finish();
    Some(Definition {
        activity: activity?,
        venue: venue?,
        name,
        name_en,
        description,
        description_en,
        local_start: local_start?,
        duration_minutes: i32::from(duration_minutes?),
        rrule: rrule.map(|rule| rule.to_ascii_uppercase()),
        exceptions: exceptions.into_iter().collect::<Option<_>>()?,
        capacity: capacity.map(i32::from),
        age_from,
        age_to,
        status: status.unwrap_or(SessionStatus::Scheduled),
        is_published,
    })
}

fn exception(item: &mut Fields<'_, '_>, known: &Known, was_venue: impl FnOnce(&str) -> bool) -> Option<Exception> {
    let local_start = item.text("local_start", MAX_TIME);
    let local_start = local_start.and_then(|text| time(item, "local_start", &text));
    let kind = item.word("kind");
    let new_start = item.optional_text("new_local_start", MAX_TIME);
    let new_local_start = new_start.as_ref().and_then(|text| time(item, "new_local_start", text));
    let new_duration_minutes = item.optional_number("new_duration_minutes", 1..=MAX_MINUTES);
    let new_venue = item.reference("new_venue", VENUE, &known.venues, was_venue);
    let reason = item.optional_text("reason", MAX_LINE);
    if new_start.is_some() && new_local_start.is_none() {
        return None;
    }
    Some(Exception {
        local_start: local_start?,
        kind: kind?,
        new_local_start,
        new_duration_minutes: new_duration_minutes.map(i32::from),
        new_venue,
        reason,
    })
}

fn time(fields: &mut Fields<'_, '_>, name: &str, text: &str) -> Option<NaiveDateTime> {
    let time = parse_local(text);
    if time.is_none() {
        fields.error(
            name,
            "invalid_local_time",
            "A local time is written as 2024-09-03T16:00, to the minute and without an offset.",
            "Et lokalt tidspunkt skrives som 2024-09-03T16:00, på minuttet og uden forskydning.",
        );
    }
    time
}
