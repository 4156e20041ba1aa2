//! What reports say, as it is stored and shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a report says, in a fixed order: equal content has equal JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ParticipationContent)]
pub struct Content {
    /// Who counted.
    #[schema(example = "Områdesekretariatet")]
    pub source: String,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// The people; rows that count nobody are left out.
    pub counts: Vec<Count>,
    /// What was held; rows where nothing was are left out.
    pub places: Vec<PlaceCount>,
    /// What of the activity's commitments was delivered.
    pub delivered: Vec<Delivery>,
}

/// People of one residence, age band and gender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ParticipationCount)]
pub struct Count {
    /// Where they live.
    #[schema(example = "zone-1-unknown")]
    pub residence: String,
    /// Code of their age band.
    #[schema(example = "10-14")]
    pub age_band: String,
    /// Code of their gender.
    #[schema(example = "female")]
    pub gender: String,
    /// How many persons took part.
    #[schema(example = 14)]
    pub participants: i32,
    /// How many of them for the first time.
    #[schema(example = 3)]
    pub newcomers: i32,
    /// What they went on to.
    pub outcomes: Outcomes,
}

/// How many of the participants went on to something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ParticipationOutcomes)]
pub struct Outcomes {
    /// To an education.
    #[schema(example = 0)]
    pub education: i32,
    /// To a job.
    #[schema(example = 0)]
    pub job: i32,
    /// To a leisure job.
    #[schema(example = 1)]
    pub leisure_job: i32,
    /// To an association.
    #[schema(example = 2)]
    pub association: i32,
}

/// What was held in one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ParticipationPlace)]
pub struct PlaceCount {
    /// The zone, `outside` or `unknown`.
    #[schema(example = "zone-1")]
    pub zone: String,
    /// Sessions held.
    #[schema(example = 12)]
    pub sessions: i32,
    /// Different volunteers.
    #[schema(example = 6)]
    pub volunteers: i32,
    /// Attendances.
    #[schema(example = 160)]
    pub attendances: i32,
}

/// What of a commitment was delivered in one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CommitmentDelivery)]
pub struct Delivery {
    /// Code of the commitment within the activity, as it was when the report came.
    #[schema(example = "youth-school-classes")]
    pub commitment: String,
    /// The zone, `outside` or `unknown`.
    #[schema(example = "zone-1")]
    pub zone: String,
    /// How much.
    #[schema(example = 5)]
    pub quantity: i32,
}

/// The sums of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ParticipationTotals)]
pub struct Totals {
    /// Persons who took part.
    #[schema(example = 14)]
    pub participants: i64,
    /// Of these, for the first time.
    #[schema(example = 3)]
    pub newcomers: i64,
    /// Of these, on to an education.
    #[schema(example = 0)]
    pub to_education: i64,
    /// Of these, on to a job.
    #[schema(example = 0)]
    pub to_job: i64,
    /// Of these, on to a leisure job.
    #[schema(example = 1)]
    pub to_leisure_job: i64,
    /// Of these, on to an association.
    #[schema(example = 2)]
    pub to_association: i64,
    /// Sessions held.
    #[schema(example = 12)]
    pub sessions: i64,
    /// Volunteers; one who helped in two zones counts twice.
    #[schema(example = 6)]
    pub volunteers: i64,
    /// Attendances.
    #[schema(example = 160)]
    pub attendances: i64,
}

/// One revision of the report of an activity and a quarter.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationReport)]
pub struct ReportView {
    /// What it is.
    #[serde(flatten)]
    pub head: ReportItemView,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
    /// The sums.
    pub totals: Totals,
    /// Why it replaced the one before.
    #[schema(required)]
    pub revision_reason: Option<String>,
}

/// A report in the list: its current revision, without its figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationReportItem)]
pub struct ReportItemView {
    /// The revision's id.
    pub id: Uuid,
    /// The activity's code.
    #[schema(example = "din-uddannelsesvej")]
    pub activity: String,
    /// The quarter.
    #[schema(example = "2023-Q4")]
    pub period: String,
    /// The revision, from 1.
    #[schema(example = 1)]
    pub revision: i32,
    /// The organisation whose client reported it; null where its token names none of the plan.
    #[schema(required, example = "omraadesekretariatet")]
    pub organisation: Option<String>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}
