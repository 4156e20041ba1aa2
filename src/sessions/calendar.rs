//! The calendar feed (iCalendar, RFC 5545): an event a session, with its rule, and one more for every occurrence that was
//! cancelled or moved.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use icalendar::{Calendar, CalendarDateTime, Component, Event, EventLike, EventStatus, Property};

use super::model::{TIME_ZONE, definition};
use super::rules::{Definition, ExceptionKind, OccurrenceStatus, SessionStatus};
use super::store::Whole;
use crate::entities::{session_occurrence, venue};
use crate::words::Word;

/// The media type.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// The rules of the clock since 1996, when summer time began to end in October. The library writes no VTIMEZONE of its own,
/// and RFC 5545 wants one for every TZID.
const VTIMEZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Copenhagen\r\nBEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

/// The sessions as a calendar with a name; nothing in it depends on when it is written.
pub fn calendar(name: &str, wholes: &[Whole], venues: &HashMap<String, venue::Model>) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//helhedsplan//sessions//DA"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-TIMEZONE", TIME_ZONE),
        ("X-WR-CALNAME", plain(name).as_str()),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    for whole in wholes {
        for event in events(whole, venues) {
            calendar.push(event);
        }
    }
    let text = calendar.to_string();
    // Time zones come before what refers to them.
    let place = text
        .find("BEGIN:VEVENT\r\n")
        .or_else(|| text.find("END:VCALENDAR\r\n"))
        .unwrap_or(text.len());
    let (head, rest) = text.split_at(place);
    format!("{head}{VTIMEZONE}{rest}")
}

/// The event of a session, and those that stand for its exceptional occurrences.
fn events(whole: &Whole, venues: &HashMap<String, venue::Model>) -> Vec<Event> {
    let definition = definition(&whole.session);
    let is_called_off = definition.status == SessionStatus::Cancelled;
    let mut master = event(whole, &definition, is_called_off);
    master.starts(zoned(definition.local_start));
    master.append_property(lasting(definition.duration_minutes));
    master.location(&location(&definition.venue, venues));
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
        event.location(&location(&one.venue, venues));
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

fn zoned(time: NaiveDateTime) -> icalendar::DatePerhapsTime {
    CalendarDateTime::WithTimezone {
        date_time: time,
        tzid: TIME_ZONE.to_owned(),
    }
    .into()
}

/// How long it lasts: a duration, which the change of the clock in between neither lengthens nor shortens.
fn lasting(minutes: i32) -> Property {
    Property::new("DURATION", format!("PT{minutes}M"))
}

fn location(code: &str, venues: &HashMap<String, venue::Model>) -> String {
    let Some(venue) = venues.get(code) else {
        return code.to_owned();
    };
    match &venue.address {
        Some(address) => plain(&format!("{}, {address}", venue.name)),
        None => plain(&venue.name),
    }
}

/// Text without carriage returns, which would end a line.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
