//! How reports are sent.

use serde::Serialize;
use utoipa::ToSchema;

/// A made-up report: the example that the document shows.
fn example() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../openapi/examples/participation-report.json")).unwrap_or_default()
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
