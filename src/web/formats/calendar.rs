//! Calendars (iCalendar, RFC 5545): what every feed has in common.

use chrono::NaiveDateTime;
use icalendar::{Calendar, CalendarDateTime, Event, Property};

use crate::local_time::TIME_ZONE;

/// The media type.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// The rules of the clock since 1996, when summer time began to end in October. The library writes no VTIMEZONE of its own,
/// and RFC 5545 wants one for every TZID.
const VTIMEZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Copenhagen\r\nBEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

/// The events as a calendar with a name, of the part of the service that `product` names; nothing in it depends on when it
/// is written.
pub fn write(name: &str, product: &str, events: impl Iterator<Item = Event>) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", format!("-//helhedsplan//{product}//DA").as_str()),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-TIMEZONE", TIME_ZONE),
        ("X-WR-CALNAME", plain(name).as_str()),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    for event in events {
        calendar.push(event);
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

/// A local time with its clock.
pub fn zoned(time: NaiveDateTime) -> icalendar::DatePerhapsTime {
    CalendarDateTime::WithTimezone {
        date_time: time,
        tzid: TIME_ZONE.to_owned(),
    }
    .into()
}

/// How long it lasts: a duration, which the change of the clock in between neither lengthens nor shortens.
pub fn lasting(minutes: i32) -> Property {
    Property::new("DURATION", format!("PT{minutes}M"))
}

/// Where it is: the name of a place, and its address where it has one.
pub fn location(name: &str, address: Option<&str>) -> String {
    match address {
        Some(address) => plain(&format!("{name}, {address}")),
        None => plain(name),
    }
}

/// Text without carriage returns, which would end a line.
pub fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
