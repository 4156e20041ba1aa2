//! How reports, receipts and commitments look from outside.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::CommitmentStatus;
use crate::activities::rules::CommitmentPeriod;
use crate::period::Period;

/// A made-up report: the example that the document shows.
fn example() -> serde_json::Value {
    serde_json::from_str(include_str!("../../openapi/examples/participation-report.json")).unwrap_or_default()
}

/// A report as a client sends it: the whole statement of one activity and one quarter. Who is not listed was not there.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewParticipationReport, example = example)]
pub struct NewReport {
    /// The activity's code.
    #[schema(max_length = 100)]
    pub activity: String,
    /// The quarter; one that lies in the plan and has begun.
    #[schema(value_type = String, pattern = "^[0-9]{4}-Q[1-4]$")]
    pub period: String,
    /// Who counted; the name of the caller's organisation where absent. A caller whose token names no organisation of the plan
    /// has to say it (422 `required`).
    #[schema(max_length = 300)]
    pub source: Option<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// The people, at most 2,000 rows; each residence, age band and gender once. An empty list says that nobody took part.
    #[schema(max_items = 2000)]
    pub counts: Vec<NewCount>,
    /// What was held, each zone once.
    #[schema(max_items = 200, default = json!([]))]
    pub places: Option<Vec<NewPlace>>,
    /// What of the activity's commitments was delivered; each commitment and zone once. A commitment that is not listed is not
    /// reported, which is something else than 0.
    #[schema(max_items = 1000, default = json!([]))]
    pub delivered: Option<Vec<NewDelivery>>,
    /// Why the report of this activity and quarter is sent again with other content.
    #[schema(max_length = 1000)]
    pub revision_reason: Option<String>,
    /// The revision that this one is to replace, 0 for none yet; 409 if another came between.
    #[schema(minimum = 0)]
    pub replaces_revision: Option<i32>,
}

/// People of one residence, age band and gender that are sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewParticipationCount)]
pub struct NewCount {
    /// Where they live: a department whose zone is known, `zone-1-unknown` where only the zone is known (the zone's code and
    /// `-unknown`), or `outside` of all zones. `…/participation/categories` lists them.
    #[schema(example = "zone-1-unknown", max_length = 100)]
    pub residence: String,
    /// Code of their age band, by their age when they first came in the quarter.
    #[schema(example = "10-14", max_length = 100)]
    pub age_band: String,
    /// Code of their gender.
    #[schema(example = "female", max_length = 100)]
    pub gender: String,
    /// How many persons took part in the quarter, each counted once however often they came.
    #[schema(minimum = 0, maximum = 1000000, example = 14)]
    pub participants: i64,
    /// How many of them took part in the activity for the first time.
    #[schema(minimum = 0, maximum = 1000000, example = 3)]
    pub newcomers: i64,
    /// What they went on to.
    pub outcomes: Option<NewOutcomes>,
}

/// How many of the participants went on to something. Each is at most the participants; one person may count in several.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewParticipationOutcomes)]
pub struct NewOutcomes {
    /// To an education; 0 where absent.
    #[schema(minimum = 0, maximum = 1000000, example = 0)]
    pub education: Option<i64>,
    /// To a job; 0 where absent.
    #[schema(minimum = 0, maximum = 1000000, example = 0)]
    pub job: Option<i64>,
    /// To a leisure job; 0 where absent.
    #[schema(minimum = 0, maximum = 1000000, example = 1)]
    pub leisure_job: Option<i64>,
    /// To an association; 0 where absent.
    #[schema(minimum = 0, maximum = 1000000, example = 2)]
    pub association: Option<i64>,
}

/// What was held in one zone, as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewParticipationPlace)]
pub struct NewPlace {
    /// The zone in which the venue lies; `outside` of all zones; `unknown` where it is not stated.
    #[schema(example = "zone-1", max_length = 100)]
    pub zone: String,
    /// How many sessions were held.
    #[schema(minimum = 0, maximum = 1000000, example = 12)]
    pub sessions: i64,
    /// How many different volunteers helped.
    #[schema(minimum = 0, maximum = 1000000, example = 6)]
    pub volunteers: i64,
    /// How many attendances there were: a person counts each time.
    #[schema(minimum = 0, maximum = 1000000, example = 160)]
    pub attendances: i64,
}

/// What of a commitment was delivered in one zone, as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCommitmentDelivery)]
pub struct NewDelivery {
    /// Code of the commitment within the activity.
    #[schema(example = "youth-school-classes", max_length = 100)]
    pub commitment: String,
    /// The zone in which it was delivered; `outside` of all zones; `unknown` where it is not stated.
    #[schema(example = "zone-1", max_length = 100)]
    pub zone: String,
    /// How much in this quarter, in the commitment's unit: what was offered, not how many people came.
    #[schema(minimum = 0, maximum = 1000000, example = 5)]
    pub quantity: i64,
}

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

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportOutcome)]
pub enum Outcome {
    /// The first report of the activity and quarter is stored.
    Created,
    /// A new revision is stored.
    Revised,
    /// The stored one already says the same; nothing changed.
    Unchanged,
    /// It would be accepted; nothing is stored.
    DryRun,
}

/// The receipt of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportReceipt)]
pub struct Receipt {
    /// The id of the stored revision; null after a dry run.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// The activity's code.
    #[schema(example = "din-uddannelsesvej")]
    pub activity: String,
    /// The quarter.
    #[schema(example = "2023-Q4")]
    pub period: String,
    /// The stored revision; after a dry run the one that it would get.
    #[schema(example = 1)]
    pub revision: i32,
    /// What came of it.
    pub outcome: Outcome,
    /// What became of the rows.
    pub rows: Rows,
    /// The sums.
    pub totals: Totals,
    /// What is different from the revision before.
    pub changes: Vec<Change>,
    /// What the sender should look at; the report is accepted all the same.
    pub warnings: Vec<Warning>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What became of the rows of `counts`, `places` and `delivered` together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportRows, example = json!({"received": 5, "empty": 1, "created": 4, "updated": 0, "unchanged": 0, "removed": 0}))]
pub struct Rows {
    /// Rows that were sent.
    pub received: usize,
    /// Of these, rows of `counts` and `places` with nothing in them: they say what their absence says, and are not kept.
    pub empty: usize,
    /// Rows that the revision before did not have.
    pub created: usize,
    /// Rows that are different now.
    pub updated: usize,
    /// Rows that say the same.
    pub unchanged: usize,
    /// Rows that only the revision before had.
    pub removed: usize,
}

/// One thing that is different from the revision before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportChange, example = json!({"pointer": "/counts/0", "row": "counts/zone-1-unknown/10-14/female", "field": "participants", "before": 14, "after": 15}))]
pub struct Change {
    /// Where the new row stands in a JSON body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub pointer: Option<String>,
    /// The line of the new row in a CSV body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// Which row: `counts/<residence>/<age band>/<gender>`, `places/<zone>` or `delivered/<commitment>/<zone>`; absent for
    /// `source` and `note`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub row: Option<String>,
    /// Which figure, such as `participants` or `to_job`; `source` or `note` where a text differs.
    pub field: String,
    /// The figure before; null if there was none, or for a text.
    #[schema(required)]
    pub before: Option<i32>,
    /// The figure now; null if there is none, or for a text.
    #[schema(required)]
    pub after: Option<i32>,
}

/// Something the sender should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportWarning)]
pub struct Warning {
    /// Which: `removed` (the revision before had the row), `quarter_not_over`, `fewer_attendances` (than participants,
    /// each of whom attended at least once).
    #[schema(example = "quarter_not_over")]
    pub code: String,
    /// The same for people, in English.
    pub detail: String,
    /// The same for people, in Danish.
    pub detail_da: String,
}

/// What a report of a quarter may say.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationCategories)]
pub struct CategoriesView {
    /// The quarter.
    #[schema(value_type = String, example = "2023-Q4")]
    pub period: Period,
    /// Where participants may live: the departments whose zone is stated, `unknown` within each zone, and `outside`.
    pub residences: Vec<ResidenceView>,
    /// The zones of venues, and what stands for none.
    #[schema(example = json!(["zone-1", "zone-2", "zone-3", "zone-4", "outside", "unknown"]))]
    pub places: Vec<String>,
    /// The age bands, youngest first.
    pub age_bands: Vec<AgeBandView>,
    /// The genders.
    pub genders: Vec<GenderView>,
}

/// Where a participant may live.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Residence)]
pub struct ResidenceView {
    /// What a report calls it.
    #[schema(example = "zone-1-unknown")]
    pub code: String,
    /// The zone; null for `outside`.
    #[schema(required, example = "zone-1")]
    pub zone: Option<String>,
    /// The department; null where it is unknown, and for `outside`.
    #[schema(required)]
    pub department: Option<String>,
}

/// An age band that participants are counted by.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgeBand)]
pub struct AgeBandView {
    /// The band's code, stable.
    #[schema(example = "10-14")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "10-14 år")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Aged 10-14")]
    pub name_en: String,
    /// The youngest age, itself included.
    #[schema(example = 10)]
    pub age_from: i16,
    /// The oldest age, itself included; null where the band has no upper end.
    #[schema(required, example = 14)]
    pub age_to: Option<i16>,
}

/// A gender that participants are counted by.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Gender)]
pub struct GenderView {
    /// The gender's code, stable.
    #[schema(example = "female")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Kvinder")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Women")]
    pub name_en: String,
}

/// A commitment of an activity against what was delivered in a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommitmentStanding)]
pub struct CommitmentView {
    /// The activity's code.
    #[schema(example = "brobyggende-fritidsaktiviteter")]
    pub activity: String,
    /// The commitment's code within the activity.
    #[schema(example = "youth-school-classes")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Ungdomsskolehold om året")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Youth-school classes a year")]
    pub name_en: String,
    /// The organisation that promised it; null where none is named.
    #[schema(required, example = "ungdomsskolen")]
    pub organisation: Option<String>,
    /// Of what; null where none is stated.
    #[schema(required, example = "classes")]
    pub unit: Option<String>,
    /// The number that was promised; null where none is stated.
    #[schema(required, example = 20)]
    pub quantity: Option<i32>,
    /// In how long; null where the number is not per anything.
    #[schema(required)]
    pub per: Option<CommitmentPeriod>,
    /// The year.
    #[schema(example = 2024)]
    pub year: i32,
    /// What was promised for the part of the year that lies in the plan: the number times its whole weeks, months, quarters, or
    /// the year; null where no number per time was promised.
    #[schema(required, example = 20)]
    pub promised: Option<i64>,
    /// What the year's reports say was delivered; null where none says anything.
    #[schema(required, example = 15)]
    pub delivered: Option<i64>,
    /// How much of it in which quarter and zone.
    pub deliveries: Vec<QuarterDelivery>,
    /// The quarters of the year that lie in the plan and whose report says nothing of it, or is not there.
    #[schema(example = json!(["2024-Q4"]))]
    pub unreported: Vec<String>,
    /// How it stands.
    pub status: CommitmentStatus,
}

/// What was delivered in one quarter and zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuarterDelivery {
    /// The quarter.
    #[schema(example = "2024-Q1")]
    pub period: String,
    /// The zone, `outside` or `unknown`.
    #[schema(example = "zone-1")]
    pub zone: String,
    /// How much.
    #[schema(example = 5)]
    pub quantity: i32,
}
