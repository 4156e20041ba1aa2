//! How deliveries look from outside.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{DeliveryStatus, Expectation};
use crate::entities::indicator;
use crate::indicators::rules::Rhythm;
use crate::indicators::store::Received;
use crate::period::Period;

/// What is expected of an indicator's owner, and how it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    /// The indicator's code.
    #[schema(example = "kendskabsgrad")]
    pub indicator: String,
    /// The indicator's name in Danish, official.
    #[schema(example = "Kendskabsgrad")]
    pub name: String,
    /// The indicator's name in English.
    pub name_en: String,
    /// The organisation that owns the figures; null where the source names none.
    #[schema(required, example = "jobcenter-fredericia")]
    pub owner: Option<String>,
    /// How often figures are expected; null where nothing is agreed.
    #[schema(required)]
    pub rhythm: Option<Rhythm>,
    /// The date judged.
    #[schema(example = "2023-01-15")]
    pub on: NaiveDate,
    /// How it stands on that date.
    #[schema(example = "due")]
    pub status: DeliveryStatus,
    /// The period whose figures are next in the rhythm; null where there is no rhythm.
    #[schema(required)]
    pub next_period: Option<Period>,
    /// When they are due.
    #[schema(required, example = "2023-01-01")]
    pub due_on: Option<NaiveDate>,
    /// The last day on which they are not late: 60 days after it was due for yearly figures, 30 for half-yearly and
    /// quarterly ones, 14 for monthly ones.
    #[schema(required, example = "2023-03-02")]
    pub late_after: Option<NaiveDate>,
    /// The latest period of which figures were received; null where there is none.
    #[schema(required)]
    pub last_period: Option<Period>,
    /// When the newest figure of that period arrived.
    #[schema(required)]
    pub last_received_at: Option<DateTime<Utc>>,
}

impl DeliveryView {
    /// An indicator's delivery.
    pub fn new(
        row: &indicator::Model,
        rhythm: Option<Rhythm>,
        received: Option<Received>,
        expected: Expectation,
        on: NaiveDate,
    ) -> Self {
        Self {
            indicator: row.code.clone(),
            name: row.name.clone(),
            name_en: row.name_en.clone(),
            owner: row.data_owner.clone(),
            rhythm,
            on,
            status: expected.status,
            next_period: expected.next,
            due_on: expected.due_on,
            late_after: expected.late_after,
            last_period: received.map(|received| received.period),
            last_received_at: received.map(|received| received.at),
        }
    }
}
