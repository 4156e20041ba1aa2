//! How sessions and their occurrences look from outside.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Definition, Exception, ExceptionKind, OccurrenceStatus, SessionStatus};
use crate::entities::{session, session_occurrence, venue};
use crate::local_time::{TIME_ZONE, instant};
use crate::words::Word;

/// A session as it was said: once, or by a rule with exceptions.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// The session's id; also the `UID` of its calendar event.
    pub id: Uuid,
    /// Code of the activity.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Code of the venue.
    #[schema(example = "base-zone-1")]
    pub venue: String,
    /// The name in Danish; null where the activity's name says it.
    #[schema(required)]
    pub name: Option<String>,
    /// The name in English.
    #[schema(required)]
    pub name_en: Option<String>,
    /// What a resident should know, in Danish.
    #[schema(required)]
    pub description: Option<String>,
    /// What a resident should know, in English.
    #[schema(required)]
    pub description_en: Option<String>,
    /// When it first begins, local time.
    #[schema(value_type = String, example = "2024-09-03T16:00:00")]
    pub local_start: NaiveDateTime,
    /// The clock of the local times: `Europe/Copenhagen`.
    #[schema(example = "Europe/Copenhagen")]
    pub time_zone: &'static str,
    /// How long each occurrence lasts.
    #[schema(example = 90)]
    pub duration_minutes: i32,
    /// The recurrence rule (RFC 5545); null where it takes place once.
    #[schema(required, example = "FREQ=WEEKLY;BYDAY=TU;COUNT=10")]
    pub rrule: Option<String>,
    /// The exceptions to the rule.
    pub exceptions: Vec<ExceptionView>,
    /// How many people there is room for; null where no limit is set.
    #[schema(required, example = 20)]
    pub capacity: Option<i32>,
    /// The youngest age, itself included; null where none is set.
    #[schema(required)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included; null where none is set.
    #[schema(required)]
    pub age_to: Option<i16>,
    /// Whether it takes place.
    pub status: SessionStatus,
    /// Whether everybody sees it, as soon as they see its activity.
    #[schema(example = true)]
    pub is_published: bool,
    /// Counts the changes that calendars follow, from 0.
    #[schema(example = 0)]
    pub sequence: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

/// An exception to a session's rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SessionException)]
pub struct ExceptionView {
    /// The start that the rule gives the occurrence, local time.
    #[schema(value_type = String, example = "2024-10-15T16:00:00")]
    pub local_start: NaiveDateTime,
    /// What becomes of it.
    pub kind: ExceptionKind,
    /// When it begins instead, local time.
    #[schema(required, value_type = Option<String>)]
    pub new_local_start: Option<NaiveDateTime>,
    /// How long it lasts instead; null: as the others.
    #[schema(required)]
    pub new_duration_minutes: Option<i32>,
    /// Where it takes place instead, by code; null: where the others do.
    #[schema(required)]
    pub new_venue: Option<String>,
    /// Why.
    #[schema(required)]
    pub reason: Option<String>,
}

impl From<Exception> for ExceptionView {
    fn from(exception: Exception) -> Self {
        Self {
            local_start: exception.local_start,
            kind: exception.kind,
            new_local_start: exception.new_local_start,
            new_duration_minutes: exception.new_duration_minutes,
            new_venue: exception.new_venue,
            reason: exception.reason,
        }
    }
}

impl From<session::Model> for SessionView {
    fn from(row: session::Model) -> Self {
        let definition = definition(&row);
        Self {
            id: row.id,
            activity: definition.activity,
            venue: definition.venue,
            name: definition.name,
            name_en: definition.name_en,
            description: definition.description,
            description_en: definition.description_en,
            local_start: definition.local_start,
            time_zone: TIME_ZONE,
            duration_minutes: definition.duration_minutes,
            rrule: definition.rrule,
            exceptions: definition.exceptions.into_iter().map(ExceptionView::from).collect(),
            capacity: definition.capacity,
            age_from: definition.age_from,
            age_to: definition.age_to,
            status: definition.status,
            is_published: definition.is_published,
            sequence: row.sequence,
            created_at: row.created_at,
            changed_at: row.changed_at,
        }
    }
}

/// What a stored session says.
pub fn definition(row: &session::Model) -> Definition {
    let row = row.clone();
    Definition {
        activity: row.activity,
        venue: row.venue,
        name: row.name,
        name_en: row.name_en,
        description: row.description,
        description_en: row.description_en,
        local_start: row.local_start,
        duration_minutes: row.duration_minutes,
        rrule: row.rrule,
        exceptions: serde_json::from_value(row.exceptions).unwrap_or_default(),
        capacity: row.capacity,
        age_from: row.age_from,
        age_to: row.age_to,
        status: SessionStatus::find(&row.status).unwrap_or(SessionStatus::Cancelled),
        is_published: row.is_published,
    }
}

/// A single time that a session takes place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Occurrence)]
pub struct OccurrenceView {
    /// Id of the session.
    pub session: Uuid,
    /// The start that the session's rule gives it, local time: its name within the session, also when it was moved.
    #[schema(value_type = String, example = "2024-09-03T16:00:00")]
    pub recurrence_id: NaiveDateTime,
    /// Code of the activity.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// The name in Danish: the session's, else the activity's.
    #[schema(example = "Lektiecaféer")]
    pub name: String,
    /// The name in English: the session's, else the activity's.
    #[schema(example = "Homework cafés")]
    pub name_en: String,
    /// What a resident should know, in Danish.
    #[schema(required)]
    pub description: Option<String>,
    /// What a resident should know, in English.
    #[schema(required)]
    pub description_en: Option<String>,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// When it begins, local time.
    #[schema(value_type = String, example = "2024-09-03T16:00:00")]
    pub local_start: NaiveDateTime,
    /// The clock of the local times: `Europe/Copenhagen`.
    #[schema(example = "Europe/Copenhagen")]
    pub time_zone: &'static str,
    /// Where it takes place.
    pub venue: OccurrenceVenue,
    /// Whether it takes place.
    pub status: OccurrenceStatus,
    /// Why it was cancelled or moved.
    #[schema(required)]
    pub reason: Option<String>,
    /// How many people there is room for; null where no limit is set.
    #[schema(required)]
    pub capacity: Option<i32>,
    /// The youngest age, itself included; null where none is set.
    #[schema(required)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included; null where none is set.
    #[schema(required)]
    pub age_to: Option<i16>,
    /// Whether everybody sees it.
    pub is_published: bool,
}

/// Where an occurrence takes place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OccurrenceVenue)]
pub struct OccurrenceVenue {
    /// The venue's code.
    #[schema(example = "base-zone-1")]
    pub code: String,
    /// The name in Danish.
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// Street, number, postal code and town; null where none is stated.
    #[schema(required)]
    pub address: Option<String>,
    /// Code of the zone; null where none is stated.
    #[schema(required, example = "zone-1")]
    pub zone: Option<String>,
}

impl From<&venue::Model> for OccurrenceVenue {
    fn from(row: &venue::Model) -> Self {
        Self {
            code: row.code.clone(),
            name: row.name.clone(),
            name_en: row.name_en.clone(),
            address: row.address.clone(),
            zone: row.zone.clone(),
        }
    }
}

/// A session with what its occurrences are shown with.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The session.
    pub session: &'a session::Model,
    /// The activity's name in Danish.
    pub activity_name: &'a str,
    /// The activity's name in English.
    pub activity_name_en: &'a str,
    /// Whether everybody sees the activity.
    pub is_activity_public: bool,
}

impl OccurrenceView {
    /// One occurrence of a session, at its venue.
    pub fn new(row: session_occurrence::Model, shown: &Shown<'_>, venue: &venue::Model) -> Self {
        let session = shown.session;
        let own = OccurrenceStatus::find(&row.status).unwrap_or(OccurrenceStatus::Cancelled);
        let is_called_off = session.status == SessionStatus::Cancelled.code();
        let starts_at = instant(row.local_start);
        Self {
            session: session.id,
            recurrence_id: row.recurrence_id,
            activity: session.activity.clone(),
            name: session.name.clone().unwrap_or_else(|| shown.activity_name.to_owned()),
            name_en: session
                .name_en
                .clone()
                .unwrap_or_else(|| shown.activity_name_en.to_owned()),
            description: session.description.clone(),
            description_en: session.description_en.clone(),
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(i64::from(row.duration_minutes)),
            local_start: row.local_start,
            time_zone: TIME_ZONE,
            venue: OccurrenceVenue::from(venue),
            status: if is_called_off {
                OccurrenceStatus::Cancelled
            } else {
                own
            },
            reason: row.reason,
            capacity: session.capacity,
            age_from: session.age_from,
            age_to: session.age_to,
            is_published: session.is_published && shown.is_activity_public,
        }
    }
}

/// A session as the secretariat says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"activity": "lektiecafe", "venue": "base-zone-1", "local_start": "2024-09-03T16:00",
    "duration_minutes": 90, "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=10",
    "exceptions": [{"local_start": "2024-10-15T16:00", "kind": "excluded", "reason": "Efterårsferie"}],
    "capacity": 20, "age_from": 10, "age_to": 16, "is_published": true}))]
pub struct NewSession {
    /// Code of the activity; one that is in force.
    pub activity: String,
    /// Code of the venue.
    pub venue: String,
    /// The name in Danish; where absent the activity's name is shown.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: Option<String>,
    /// What a resident should know, in Danish.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// What a resident should know, in English.
    #[schema(max_length = 2000)]
    pub description_en: Option<String>,
    /// When it first begins: local time in Copenhagen to the minute, without an offset; within the plan's period.
    pub local_start: String,
    /// How long each occurrence lasts.
    #[schema(minimum = 1, maximum = 1440)]
    pub duration_minutes: i32,
    /// The recurrence rule (RFC 5545) of a series: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYDAY, BYMONTH,
    /// BYMONTHDAY, WKST, and COUNT or UNTIL (an instant in UTC). `local_start` is its first occurrence.
    #[schema(max_length = 300)]
    pub rrule: Option<String>,
    /// Exceptions to the rule, at most 500.
    pub exceptions: Option<Vec<NewException>>,
    /// How many people there is room for.
    #[schema(minimum = 1, maximum = 32767)]
    pub capacity: Option<i32>,
    /// The youngest age, itself included.
    #[schema(minimum = 0, maximum = 120)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included.
    #[schema(minimum = 0, maximum = 120)]
    pub age_to: Option<i16>,
    /// Whether it takes place; `scheduled` where absent.
    pub status: Option<SessionStatus>,
    /// Whether everybody sees it; `false` where absent.
    pub is_published: Option<bool>,
}

/// An exception as the secretariat says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewSessionException)]
pub struct NewException {
    /// The start that the rule gives the occurrence, local time.
    pub local_start: String,
    /// What becomes of it.
    pub kind: ExceptionKind,
    /// When it begins instead, local time; with `rescheduled`.
    pub new_local_start: Option<String>,
    /// How long it lasts instead; with `rescheduled`.
    #[schema(minimum = 1, maximum = 1440)]
    pub new_duration_minutes: Option<i32>,
    /// Where it takes place instead, by code; with `rescheduled`.
    pub new_venue: Option<String>,
    /// Why; shown to residents.
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

/// What to change in a session. What is absent stays; null takes away what may be absent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"exceptions": [{"local_start": "2024-10-15T16:00", "kind": "cancelled", "reason": "Sygdom"}]}))]
pub struct SessionPatch {
    /// Code of the activity; one that is in force.
    pub activity: Option<String>,
    /// Code of the venue.
    pub venue: Option<String>,
    /// The name in Danish.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The name in English.
    #[schema(max_length = 200)]
    pub name_en: Option<String>,
    /// What a resident should know, in Danish.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// What a resident should know, in English.
    #[schema(max_length = 2000)]
    pub description_en: Option<String>,
    /// When it first begins, local time.
    pub local_start: Option<String>,
    /// How long each occurrence lasts.
    #[schema(minimum = 1, maximum = 1440)]
    pub duration_minutes: Option<i32>,
    /// The recurrence rule; null: it takes place once.
    #[schema(max_length = 300)]
    pub rrule: Option<String>,
    /// Exceptions to the rule: all of them.
    pub exceptions: Option<Vec<NewException>>,
    /// How many people there is room for.
    #[schema(minimum = 1, maximum = 32767)]
    pub capacity: Option<i32>,
    /// The youngest age, itself included.
    #[schema(minimum = 0, maximum = 120)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included.
    #[schema(minimum = 0, maximum = 120)]
    pub age_to: Option<i16>,
    /// Whether it takes place.
    pub status: Option<SessionStatus>,
    /// Whether everybody sees it.
    pub is_published: Option<bool>,
}
