//! The minutes of a meeting.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::Presence;
use crate::entities::meeting;
use crate::problem::Problem;

/// The minutes of a meeting: who was there, and what was concluded.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Minutes)]
pub struct MinutesView {
    /// The meeting.
    pub meeting: Uuid,
    /// When they were recorded as approved; null while they are a draft.
    #[schema(required)]
    pub approved_at: Option<DateTime<Utc>>,
    /// Every seat of the body, in the order of the source.
    pub attendance: Vec<AttendanceView>,
    /// Who was there without a seat.
    pub guests: Vec<Guest>,
    /// Every item of the agenda, in its order.
    pub items: Vec<MinutesItemView>,
}

/// A seat at a meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Attendance)]
pub struct AttendanceView {
    /// The seat, by code.
    #[schema(example = "direktoer-boli-nu")]
    pub seat: String,
    /// Whether it was there; null as long as nobody has said so.
    #[schema(required)]
    pub presence: Option<Presence>,
}

/// Somebody without a seat: an organisation and a title, never a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MeetingGuest)]
pub struct Guest {
    /// The organisation, by code; null where it is none of the plan's.
    #[schema(required, example = "fredericia-kommune")]
    pub organisation: Option<String>,
    /// The title; never a name.
    #[schema(min_length = 1, max_length = 200, example = "Nøglemedarbejder")]
    pub title: String,
}

/// The guests of a meeting.
pub fn guests(row: &meeting::Model) -> Result<Vec<Guest>, Problem> {
    serde_json::from_value(row.guests.clone()).map_err(|error| {
        tracing::error!(%error, meeting = %row.id, "the guests of a meeting cannot be read");
        Problem::internal()
    })
}

/// An item of the agenda in the minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MinutesItem)]
pub struct MinutesItemView {
    /// The item.
    pub item: Uuid,
    /// What it is about, in a line.
    pub title: String,
    /// What the chair concluded; null as long as nothing is recorded.
    #[schema(required, example = "Taget til efterretning (opdigtet)")]
    pub conclusion: Option<String>,
    /// Dissents that seats asked to have in the minutes (særstandpunkter).
    pub reservations: Vec<ReservationView>,
}

/// A dissent that a seat asked to have in the minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reservation)]
pub struct ReservationView {
    /// The reservation's id.
    pub id: Uuid,
    /// The seat, by code.
    #[schema(example = "direktoer-boli-nu")]
    pub seat: String,
    /// What it holds instead.
    pub text: String,
}

/// What the minute-taker writes.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(example = json!({"attendance": [{"seat": "direktoer-boli-nu", "presence": "present"}], "guests": [],
    "items": [{"item": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a17", "conclusion": "Taget til efterretning (opdigtet)",
        "reservations": [{"seat": "direktoer-boli-nu", "text": "Ønsker en ny drøftelse i efteråret (opdigtet)"}]}]}))]
pub struct WrittenMinutes {
    /// The seats that something is said of, each once.
    #[schema(required = false, max_items = 200)]
    pub attendance: Vec<WrittenAttendance>,
    /// Who was there without a seat.
    #[schema(required = false, max_items = 100)]
    pub guests: Vec<Guest>,
    /// The items of the agenda that something was concluded on, each once.
    #[schema(required = false, max_items = 100)]
    pub items: Vec<WrittenItem>,
}

/// Whether a seat was there.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
pub struct WrittenAttendance {
    /// The seat, by code.
    pub seat: String,
    /// Whether it was there; absent where nothing is said of it.
    pub presence: Option<Presence>,
}

/// What is recorded on an item.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
pub struct WrittenItem {
    /// The item: one that is on the agenda.
    pub item: Uuid,
    /// What the chair concluded.
    #[schema(min_length = 1, max_length = 10000)]
    pub conclusion: Option<String>,
    /// Dissents that seats asked to have in the minutes.
    #[schema(required = false, max_items = 50)]
    pub reservations: Vec<WrittenReservation>,
}

/// A dissent.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
pub struct WrittenReservation {
    /// The seat, by code.
    pub seat: String,
    /// What it holds instead.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
}
