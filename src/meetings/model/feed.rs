//! The secret addresses of calendars.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entities::calendar_feed;

/// A subscription of a calendar to a body's meetings; never its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CalendarFeed)]
pub struct CalendarFeedView {
    /// The subscription's id; not the secret.
    pub id: Uuid,
    /// The body whose meetings it shows, by code.
    #[schema(example = "bestyrelsen")]
    pub body: String,
    /// What people call it.
    #[schema(example = "Direktionens kalender (opdigtet)")]
    pub name: String,
    /// How the secret in its address begins, by which people recognise it.
    #[schema(example = "hpcf_Y29wZW5o")]
    pub handle: String,
    /// The organisation for which it looks, by code; null for roles that have none.
    #[schema(required, example = "boli-nu")]
    pub organisation: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked; null while it is good.
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<&calendar_feed::Model> for CalendarFeedView {
    fn from(row: &calendar_feed::Model) -> Self {
        Self {
            id: row.id,
            body: row.body.clone(),
            name: row.name.clone(),
            handle: row.handle.clone(),
            organisation: row.organisation.clone(),
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A subscription that was just made, with its address.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedCalendarFeed)]
pub struct IssuedCalendarFeedView {
    /// What is known of it from now on.
    pub feed: CalendarFeedView,
    /// The address to give to the calendar: whoever has it sees when the body meets. Shown once.
    #[serde(serialize_with = "expose")]
    #[schema(value_type = String,
        example = "https://example.org/v1/plans/fredericia-2023-2026/calendars/hpcf_Y29wZW5oYWFuZG9nc2FhdmlkZXJlMDEyMzQ1Njc4OTAxMjM0NTY.ics")]
    pub url: SecretString,
}

fn expose<S: Serializer>(url: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.expose_secret())
}

/// What is said of a new subscription.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Direktionens kalender (opdigtet)"}))]
pub struct NewCalendarFeed {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
}
