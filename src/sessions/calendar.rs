//! The calendar feed (iCalendar, RFC 5545): an event a session, with its rule, and one more for every occurrence that was
//! cancelled or moved.

use std::collections::HashMap;

use icalendar::{Component, Event, EventLike, EventStatus};

use super::model::definition;
use super::rules::{Definition, ExceptionKind, OccurrenceStatus, SessionStatus};
use super::store::Whole;
use crate::entities::{session_occurrence, venue};
use crate::web::formats::calendar::{self, lasting, location, plain, zoned};
use crate::words::Word;

/// The sessions as a calendar with a name; nothing in it depends on when it is written.
pub fn calendar(name: &str, wholes: &[Whole], venues: &HashMap<String, venue::Model>) -> String {
    let events = wholes.iter().flat_map(|whole| events(whole, venues));
    calendar::write(name, "sessions", events)
}

/// The event of a session, and those that stand for its exceptional occurrences.
fn events(whole: &Whole, venues: &HashMap<String, venue::Model>) -> Vec<Event> {
    let definition = definition(&whole.session);
    let is_called_off = definition.status == SessionStatus::Cancelled;
    let mut master = event(whole, &definition, is_called_off);
    master.starts(zoned(definition.local_start));
    master.append_property(lasting(definition.duration_minutes));
    master.location(&place(&definition.venue, venues));
    if let Some(rule) = &definition.rrule {
        master.add_property("RRULE", rule);
    }
    for exception in &definition.exceptions {
        if exception.kind == ExceptionKind::Excluded {
            master.append_multi_property(zoned(exception.local_start).to_property("EXDATE"));
        }
    }
    let mut events = vec![master.done()];
    let is_exceptional = |one: &&session_occurrence::Model| one.status != OccurrenceStatus::Scheduled.code();
    for one in whole.occurrences.iter().filter(is_exceptional) {
        let is_cancelled = is_called_off || one.status == OccurrenceStatus::Cancelled.code();
        let mut event = event(whole, &definition, is_cancelled);
        event.recurrence_id(zoned(one.recurrence_id));
        event.starts(zoned(one.local_start));
        event.append_property(lasting(one.duration_minutes));
        event.location(&place(&one.venue, venues));
        if let Some(reason) = &one.reason {
            event.add_property("COMMENT", plain(reason));
        }
        events.push(event.done());
    }
    events
}

/// What the event of a session and those of its occurrences have in common.
fn event(whole: &Whole, definition: &Definition, is_cancelled: bool) -> Event {
    let session = &whole.session;
    let mut event = Event::new();
    event
        .uid(&session.id.to_string())
        .sequence(u32::try_from(session.sequence).unwrap_or_default())
        .timestamp(session.changed_at)
        .created(session.created_at)
        .last_modified(session.changed_at)
        .summary(&plain(definition.name.as_deref().unwrap_or(&whole.activity.name)))
        .status(if is_cancelled {
            EventStatus::Cancelled
        } else {
            EventStatus::Confirmed
        })
        .categories([plain(&whole.activity.name)]);
    if let Some(description) = &definition.description {
        event.description(&plain(description));
    }
    event
}

fn place(code: &str, venues: &HashMap<String, venue::Model>) -> String {
    match venues.get(code) {
        Some(venue) => location(&venue.name, venue.address.as_deref()),
        None => code.to_owned(),
    }
}
