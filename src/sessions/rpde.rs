//! The feed of OpenActive's Realtime Paged Data Exchange (RPDE): items in the order of their last change, sessions as the
//! OpenActive opportunity model describes them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Europe::Copenhagen;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model;
use super::recurrence::{Parts, Rule};
use super::rules::{ExceptionKind, OccurrenceStatus, SessionStatus};
use super::store::Whole;
use crate::entities::{session_occurrence, venue};
use crate::local_time::{TIME_ZONE, instant};
use crate::words::{Word, words};

/// One page of the feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SessionFeed)]
pub struct Feed {
    /// The address of the next page; on the last page, which has no items, its own: ask it again later.
    #[schema(
        example = "https://helhedsplan.example/v1/plans/fredericia-2023-2026/feeds/sessions?afterChangeNumber=42000000"
    )]
    pub next: String,
    /// What changed, in the order of change.
    pub items: Vec<Item>,
    /// The licence of the data.
    #[schema(example = "https://creativecommons.org/licenses/by/4.0/")]
    pub license: String,
}

words! {
    /// What became of an item.
    pub FeedItemState {
        /// It is there, and `data` says what it is now.
        Updated = "updated",
        /// It is no longer there, or no longer public.
        Deleted = "deleted",
    }
}

/// The newest change of one session.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SessionFeedItem)]
pub struct Item {
    /// What became of it.
    pub state: FeedItemState,
    /// `SessionSeries`
    #[schema(example = "SessionSeries")]
    pub kind: &'static str,
    /// The session's id.
    pub id: Uuid,
    /// The change number: of two states of a session the one with the larger number is the newer.
    #[schema(example = 42000000)]
    pub modified: i64,
    /// What it is now; absent from what was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<SessionSeries>,
}

/// A session in the OpenActive opportunity model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionSeries {
    /// `https://openactive.io/`
    #[serde(rename = "@context")]
    #[schema(example = json!(["https://openactive.io/"]))]
    pub context: [&'static str; 1],
    /// `SessionSeries`
    #[serde(rename = "@type")]
    #[schema(example = "SessionSeries")]
    pub kind: &'static str,
    /// The address of the session.
    #[serde(rename = "@id")]
    pub id: String,
    /// The session's id.
    pub identifier: Uuid,
    /// The name in Danish.
    pub name: String,
    /// What a resident should know, in Danish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `da`
    #[serde(rename = "inLanguage")]
    #[schema(example = json!(["da"]))]
    pub in_language: [&'static str; 1],
    /// The activity that it belongs to.
    pub programme: Programme,
    /// Where it takes place.
    pub location: Place,
    /// How long it lasts, ISO 8601.
    #[schema(example = "PT90M")]
    pub duration: String,
    /// For which ages.
    #[serde(rename = "ageRange", skip_serializing_if = "Option::is_none")]
    pub age_range: Option<AgeRange>,
    /// How many people there is room for.
    #[serde(rename = "maximumAttendeeCapacity", skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i32>,
    /// `https://schema.org/EventScheduled` or `https://schema.org/EventCancelled`
    #[serde(rename = "eventStatus")]
    #[schema(example = "https://schema.org/EventScheduled")]
    pub status: &'static str,
    /// By which rule it recurs; absent where it takes place once.
    #[serde(rename = "eventSchedule", skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<Schedule>,
    /// The single times that the rule does not say: the only one of a session without a rule, else those that were
    /// cancelled or moved.
    #[serde(rename = "subEvent", skip_serializing_if = "Vec::is_empty")]
    pub occurrences: Vec<ScheduledSession>,
}

/// The activity that a session belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Programme {
    /// `Brand`
    #[serde(rename = "@type")]
    #[schema(example = "Brand")]
    pub kind: &'static str,
    /// The activity's code.
    #[schema(example = "lektiecafe")]
    pub identifier: String,
    /// The activity's name in Danish.
    #[schema(example = "Lektiecaféer")]
    pub name: String,
}

/// Where a session takes place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SessionPlace)]
pub struct Place {
    /// `Place`
    #[serde(rename = "@type")]
    #[schema(example = "Place")]
    pub kind: &'static str,
    /// The venue's code.
    #[schema(example = "base-zone-1")]
    pub identifier: String,
    /// The venue's name in Danish.
    pub name: String,
    /// Street, number, postal code and town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// From which age to which.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgeRange {
    /// `QuantitativeValue`
    #[serde(rename = "@type")]
    #[schema(example = "QuantitativeValue")]
    pub kind: &'static str,
    /// The youngest age.
    #[serde(rename = "minValue", skip_serializing_if = "Option::is_none")]
    pub least: Option<i16>,
    /// The oldest age.
    #[serde(rename = "maxValue", skip_serializing_if = "Option::is_none")]
    pub most: Option<i16>,
}

/// By which rule a session recurs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Schedule {
    /// `Schedule`
    #[serde(rename = "@type")]
    #[schema(example = "Schedule")]
    pub kind: &'static str,
    /// The first day.
    #[serde(rename = "startDate")]
    #[schema(example = "2024-09-03")]
    pub start_date: String,
    /// When it begins on each day, local time.
    #[serde(rename = "startTime")]
    #[schema(example = "16:00")]
    pub start_time: String,
    /// The last day at most.
    #[serde(rename = "endDate", skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// How long it lasts, ISO 8601.
    #[schema(example = "PT90M")]
    pub duration: String,
    /// How often, ISO 8601.
    #[serde(rename = "repeatFrequency")]
    #[schema(example = "P1W")]
    pub frequency: String,
    /// How many times, exceptions included.
    #[serde(rename = "repeatCount", skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// On which days of the week, as in RFC 5545.
    #[serde(rename = "byDay", skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// In which months.
    #[serde(rename = "byMonth", skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<u8>,
    /// On which days of the month.
    #[serde(rename = "byMonthDay", skip_serializing_if = "Vec::is_empty")]
    pub month_days: Vec<i8>,
    /// The starts that were taken out.
    #[serde(rename = "exceptDate", skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// The clock of the local times.
    #[serde(rename = "scheduleTimezone")]
    #[schema(example = "Europe/Copenhagen")]
    pub time_zone: &'static str,
}

/// A single time that a session takes place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduledSession {
    /// `ScheduledSession`
    #[serde(rename = "@type")]
    #[schema(example = "ScheduledSession")]
    pub kind: &'static str,
    /// When it begins.
    #[serde(rename = "startDate")]
    #[schema(example = "2024-09-03T16:00:00+02:00")]
    pub start: String,
    /// When it ends.
    #[serde(rename = "endDate")]
    #[schema(example = "2024-09-03T17:30:00+02:00")]
    pub end: String,
    /// When it was to begin, where it was moved.
    #[serde(rename = "previousStartDate", skip_serializing_if = "Option::is_none")]
    pub previous_start: Option<String>,
    /// Where it takes place.
    pub location: Place,
    /// `https://schema.org/EventScheduled`, `EventCancelled` or `EventRescheduled`
    #[serde(rename = "eventStatus")]
    #[schema(example = "https://schema.org/EventRescheduled")]
    pub status: &'static str,
}

const SCHEDULED: &str = "https://schema.org/EventScheduled";
const CANCELLED: &str = "https://schema.org/EventCancelled";
const RESCHEDULED: &str = "https://schema.org/EventRescheduled";
const KIND: &str = "SessionSeries";

/// A session as an item of the feed; `plan` is the address of the plan.
pub fn item(whole: &Whole, venues: &HashMap<String, venue::Model>, plan: &str) -> Item {
    let is_public = whole.is_public();
    Item {
        state: if is_public {
            FeedItemState::Updated
        } else {
            FeedItemState::Deleted
        },
        kind: KIND,
        id: whole.session.id,
        modified: whole.session.change_number,
        data: is_public.then(|| series(whole, venues, plan)),
    }
}

fn series(whole: &Whole, venues: &HashMap<String, venue::Model>, plan: &str) -> SessionSeries {
    let definition = model::definition(&whole.session);
    let id = whole.session.id;
    let rule = definition.rrule.as_deref().and_then(|rule| Rule::parse(rule).ok());
    let excluded = definition
        .exceptions
        .iter()
        .filter(|exception| exception.kind == ExceptionKind::Excluded)
        .map(|exception| exception.local_start);
    let told = |one: &&session_occurrence::Model| rule.is_none() || one.status != OccurrenceStatus::Scheduled.code();
    SessionSeries {
        context: ["https://openactive.io/"],
        kind: KIND,
        id: format!("{plan}/sessions/{id}"),
        identifier: id,
        name: definition.name.unwrap_or_else(|| whole.activity.name.clone()),
        description: definition.description,
        in_language: ["da"],
        programme: Programme {
            kind: "Brand",
            identifier: whole.activity.code.clone(),
            name: whole.activity.name.clone(),
        },
        location: place(&definition.venue, venues),
        duration: duration(definition.duration_minutes),
        age_range: (definition.age_from.is_some() || definition.age_to.is_some()).then_some(AgeRange {
            kind: "QuantitativeValue",
            least: definition.age_from,
            most: definition.age_to,
        }),
        capacity: definition.capacity,
        status: match definition.status {
            SessionStatus::Scheduled => SCHEDULED,
            SessionStatus::Cancelled => CANCELLED,
        },
        schedule: rule
            .iter()
            .map(|rule| {
                schedule(
                    rule.parts(),
                    definition.local_start,
                    definition.duration_minutes,
                    excluded.clone().collect(),
                )
            })
            .collect(),
        occurrences: whole
            .occurrences
            .iter()
            .filter(told)
            .map(|one| scheduled(one, definition.status, venues))
            .collect(),
    }
}

fn schedule(parts: Parts, start: NaiveDateTime, minutes: i32, excluded: Vec<NaiveDateTime>) -> Schedule {
    Schedule {
        kind: "Schedule",
        start_date: start.date().to_string(),
        start_time: start.format("%H:%M").to_string(),
        end_date: parts.until.map(|until| until.date().to_string()),
        duration: duration(minutes),
        frequency: format!("P{}{}", parts.interval, parts.frequency),
        count: parts.count,
        days: parts.days,
        months: parts.months,
        month_days: parts.month_days,
        except: excluded.into_iter().map(|start| offset(instant(start))).collect(),
        time_zone: TIME_ZONE,
    }
}

fn scheduled(
    one: &session_occurrence::Model,
    session: SessionStatus,
    venues: &HashMap<String, venue::Model>,
) -> ScheduledSession {
    let start = instant(one.local_start);
    let status = OccurrenceStatus::find(&one.status).unwrap_or(OccurrenceStatus::Cancelled);
    ScheduledSession {
        kind: "ScheduledSession",
        start: offset(start),
        end: offset(start + TimeDelta::minutes(i64::from(one.duration_minutes))),
        previous_start: (one.recurrence_id != one.local_start).then(|| offset(instant(one.recurrence_id))),
        location: place(&one.venue, venues),
        status: match (session, status) {
            (SessionStatus::Cancelled, _) | (_, OccurrenceStatus::Cancelled) => CANCELLED,
            (_, OccurrenceStatus::Rescheduled) => RESCHEDULED,
            (_, OccurrenceStatus::Scheduled) => SCHEDULED,
        },
    }
}

fn place(code: &str, venues: &HashMap<String, venue::Model>) -> Place {
    let venue = venues.get(code);
    Place {
        kind: "Place",
        identifier: code.to_owned(),
        name: venue.map_or_else(|| code.to_owned(), |venue| venue.name.clone()),
        address: venue.and_then(|venue| venue.address.clone()),
    }
}

fn duration(minutes: i32) -> String {
    format!("PT{minutes}M")
}

/// An instant with the offset that Copenhagen has then.
fn offset(instant: DateTime<Utc>) -> String {
    instant
        .with_timezone(&Copenhagen)
        .to_rfc3339_opts(SecondsFormat::Secs, false)
}
