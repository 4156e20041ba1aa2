//! The calendar of a body's meetings (iCalendar, RFC 5545). It says when and where, and has no text that somebody wrote: its
//! address lies in calendars that others look into.

use std::collections::HashMap;

use icalendar::{Component, Event, EventLike, EventStatus};

use super::rules::MeetingStatus;
use crate::entities::{body, meeting, venue};
use crate::web::formats::calendar::{self, lasting, location, plain, zoned};
use crate::words::Word;

/// The meetings of a body as a calendar; nothing in it depends on when it is written.
pub fn calendar(body: &body::Model, meetings: &[meeting::Model], venues: &HashMap<String, venue::Model>) -> String {
    let events = meetings.iter().map(|meeting| event(body, meeting, venues));
    calendar::write(&body.name, "meetings", events)
}

fn event(body: &body::Model, meeting: &meeting::Model, venues: &HashMap<String, venue::Model>) -> Event {
    let mut event = Event::new();
    event
        .uid(&meeting.id.to_string())
        .sequence(u32::try_from(meeting.sequence).unwrap_or_default())
        .timestamp(meeting.changed_at)
        .created(meeting.created_at)
        .last_modified(meeting.changed_at)
        .summary(&plain(&body.name))
        .status(match MeetingStatus::find(&meeting.status) {
            Some(MeetingStatus::Cancelled) => EventStatus::Cancelled,
            Some(MeetingStatus::Planned) => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        });
    event.starts(zoned(meeting.local_start));
    event.append_property(lasting(meeting.duration_minutes));
    if let Some(venue) = meeting.venue.as_ref().and_then(|code| venues.get(code)) {
        event.location(&location(&venue.name, venue.address.as_deref()));
    }
    event.done()
}
