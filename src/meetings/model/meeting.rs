//! A meeting.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::MeetingStatus;
use crate::bodies::rules::days_before;
use crate::entities::{body, meeting};
use crate::local_time::{TIME_ZONE, local};
use crate::problem::Problem;
use crate::words::Word;

/// A meeting of a body.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Meeting)]
pub struct MeetingView {
    /// The meeting's id; also the `UID` of its calendar event.
    pub id: Uuid,
    /// The body that meets, by code.
    #[schema(example = "bestyrelsen")]
    pub body: String,
    /// How far it is.
    pub status: MeetingStatus,
    /// What the meeting is called; null where the body's name says it.
    #[schema(required, example = "Halvårligt bestyrelsesmøde (opdigtet)")]
    pub name: Option<String>,
    /// When it begins, local time.
    #[schema(value_type = String, example = "2024-06-11T14:00:00")]
    pub local_start: NaiveDateTime,
    /// The clock of the local time: `Europe/Copenhagen`.
    #[schema(example = "Europe/Copenhagen")]
    pub time_zone: &'static str,
    /// How long it lasts.
    #[schema(example = 120)]
    pub duration_minutes: i32,
    /// The venue, by code; null where it is at none of the plan's.
    #[schema(required, example = "base-zone-1")]
    pub venue: Option<String>,
    /// Where it is held, in words; no calendar shows it.
    #[schema(required)]
    pub place: Option<String>,
    /// By when it is to be called, and items are to be proposed.
    pub deadlines: DeadlinesView,
    /// When it was called; null before. From then on its agenda is fixed.
    #[schema(required)]
    pub called_at: Option<DateTime<Utc>>,
    /// The instant of the figures that the meeting saw; null before it was called.
    #[schema(required)]
    pub figures_as_of: Option<DateTime<Utc>>,
    /// The day on which the goals were judged: that of the call, or the meeting's where that came first.
    #[schema(required)]
    pub figures_on: Option<NaiveDate>,
    /// When it was recorded as held.
    #[schema(required)]
    pub held_at: Option<DateTime<Utc>>,
    /// When its minutes were recorded as approved.
    #[schema(required)]
    pub minutes_approved_at: Option<DateTime<Utc>>,
    /// When it was called off.
    #[schema(required)]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Why it was called off.
    #[schema(required)]
    pub cancelled_because: Option<String>,
    /// Counts the changes that calendars follow, from 0.
    #[schema(example = 0)]
    pub sequence: i32,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When what calendars show was last changed.
    pub changed_at: DateTime<Utc>,
}

/// The deadlines of a meeting: by the body's rules as they are now, once it is called by those it was called under.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MeetingDeadlines)]
pub struct DeadlinesView {
    /// The last day on which it is called in time; null where the body laid none down.
    #[schema(required, example = "2024-05-28")]
    pub call_by: Option<NaiveDate>,
    /// The last day on which items can be proposed; null where the body laid none down.
    #[schema(required, example = "2024-05-21")]
    pub agenda_by: Option<NaiveDate>,
    /// Whether it was called in time; null before the call, and where the body laid no day down.
    #[schema(required)]
    pub called_in_time: Option<bool>,
}

impl MeetingView {
    /// A meeting of a body.
    pub fn new(row: meeting::Model, body: &body::Model) -> Result<Self, Problem> {
        Ok(Self {
            status: status(&row)?,
            deadlines: DeadlinesView::new(&row, body),
            id: row.id,
            body: row.body,
            name: row.name,
            local_start: row.local_start,
            time_zone: TIME_ZONE,
            duration_minutes: row.duration_minutes,
            venue: row.venue,
            place: row.place,
            called_at: row.called_at,
            figures_as_of: row.figures_as_of,
            figures_on: row.figures_on,
            held_at: row.held_at,
            minutes_approved_at: row.approved_at,
            cancelled_at: row.cancelled_at,
            cancelled_because: row.cancelled_because,
            sequence: row.sequence,
            created_at: row.created_at,
            changed_at: row.changed_at,
        })
    }
}

/// How far a meeting is.
pub fn status(row: &meeting::Model) -> Result<MeetingStatus, Problem> {
    MeetingStatus::find(&row.status).ok_or_else(|| {
        tracing::error!(meeting = %row.id, "a meeting has an unknown status");
        Problem::internal()
    })
}

impl DeadlinesView {
    /// The deadlines of a meeting of a body.
    pub fn new(row: &meeting::Model, body: &body::Model) -> Self {
        let day = row.local_start.date();
        let (call_by, agenda_by) = if row.called_at.is_some() {
            (row.call_by, row.agenda_by)
        } else {
            let before = |days: Option<i16>| days.and_then(|days| days_before(day, days));
            (before(body.call_days), before(body.agenda_days))
        };
        let called_on = row.called_at.map(|at| local(at).date());
        Self {
            call_by,
            agenda_by,
            called_in_time: called_on.zip(call_by).map(|(called_on, call_by)| called_on <= call_by),
        }
    }
}

/// What the secretariat says of a meeting that it plans.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"body": "bestyrelsen", "local_start": "2024-06-11T14:00", "duration_minutes": 120}))]
pub struct NewMeeting {
    /// The body that meets, by code.
    #[schema(example = "bestyrelsen")]
    pub body: String,
    /// What the meeting is called; absent where the body's name says it.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// When it begins: local time in Copenhagen, to the minute; within the plan.
    #[schema(example = "2024-06-11T14:00")]
    pub local_start: String,
    /// How long it lasts.
    #[schema(minimum = 1, maximum = 1440, example = 120)]
    pub duration_minutes: i32,
    /// The venue, by code.
    #[schema(example = "base-zone-1")]
    pub venue: Option<String>,
    /// Where it is held, in words.
    #[schema(min_length = 1, max_length = 300)]
    pub place: Option<String>,
}

/// What to change of a meeting that is still to come. What is absent stays; null takes away what may be absent.
#[derive(Debug, ToSchema)]
pub struct MeetingPatch {
    /// What the meeting is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// When it begins: local time in Copenhagen, to the minute.
    #[schema(example = "2024-06-12T14:00")]
    pub local_start: Option<String>,
    /// How long it lasts.
    #[schema(minimum = 1, maximum = 1440)]
    pub duration_minutes: Option<i32>,
    /// The venue, by code.
    pub venue: Option<String>,
    /// Where it is held, in words.
    #[schema(min_length = 1, max_length = 300)]
    pub place: Option<String>,
}

/// Why a meeting is called off.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reason": "Aflyst på grund af sygdom (opdigtet)"}))]
pub struct Cancellation {
    /// The reason.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}
