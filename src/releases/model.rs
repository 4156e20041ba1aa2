//! How releases and masked tables look from outside.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Audience, ParticipationMeasure, Shown, Subject};
use crate::period::Period;

/// Which quarter to release, and to whom.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"period": "2023-Q1", "audience": "parties"}))]
pub struct NewRelease {
    /// The quarter.
    #[schema(example = "2023-Q1")]
    pub period: Period,
    /// To whom. Audiences that see more are released to with it: `parties` also to every organisation that reported, `public`
    /// also to the parties. `organisation` releases to those that reported, and to nobody else.
    pub audience: Audience,
    /// The smallest count that this audience may be shown but 0; 5 where absent.
    #[schema(minimum = 3, maximum = 1000, default = 5)]
    pub threshold: Option<i32>,
    /// Why, for a correction.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// Which extract to publish.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"extracted_on": "2024-01-01"}))]
pub struct NewTableRelease {
    /// The date on which the counts were drawn.
    pub extracted_on: NaiveDate,
    /// The smallest count that may be shown but 0; 5 where absent.
    #[schema(minimum = 3, maximum = 1000, default = 5)]
    pub threshold: Option<i32>,
    /// Why, for a correction.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// A release of figures to an audience.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Release)]
pub struct ReleaseView {
    /// Its id.
    #[schema(example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a19")]
    pub id: Uuid,
    /// What it shows.
    pub subject: Subject,
    /// The quarter, or the date of the extract.
    #[schema(example = "2023-Q1")]
    pub period: String,
    /// To whom.
    pub audience: Audience,
    /// The organisation that it is for, by code; null unless the audience is `organisation`.
    #[schema(required, example = json!(null))]
    pub organisation: Option<String>,
    /// Counts the releases of that period to that audience, from 1; the highest is the current one.
    #[schema(example = 1)]
    pub number: i32,
    /// The smallest count that it may show but 0; null where everything had been published before, elsewhere.
    #[schema(required, minimum = 3, example = 5)]
    pub threshold: Option<i32>,
    /// The tables that it shows; releases of participants that were made before newcomers and outcomes were released have no
    /// `outcomes`.
    #[schema(example = json!(["department-activity", "zone-activity-age", "zone-activity-gender", "zone-age-gender", "outcomes"]))]
    pub tables: Vec<String>,
    /// How many cells it shows, those of `outcomes` aside; a cell that stands in several tables is one.
    #[schema(minimum = 0, example = 1102)]
    pub shown: usize,
    /// How many cells it hides, small or not, those of `outcomes` aside.
    #[schema(minimum = 0, example = 353)]
    pub hidden: usize,
    /// Where everything had been published before; null otherwise.
    #[schema(required, example = json!(null))]
    pub citation: Option<String>,
    /// Why it was made, where somebody said so.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// When it was made.
    pub released_at: DateTime<Utc>,
}

/// Which release a table is from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableSource {
    /// The release's id.
    pub id: Uuid,
    /// Its number among the releases of that period to that audience.
    #[schema(example = 1)]
    pub number: i32,
    /// To whom it is.
    pub audience: Audience,
    /// The organisation that it is for, by code; null unless the audience is `organisation`.
    #[schema(required, example = json!(null))]
    pub organisation: Option<String>,
    /// The smallest count that it may show but 0; null where everything had been published before, elsewhere.
    #[schema(required, minimum = 3, example = 5)]
    pub threshold: Option<i32>,
    /// When it was made.
    pub released_at: DateTime<Utc>,
}

/// A masked table of participants. A person counts once in each activity of the quarter, however often they come: so a total
/// over activities counts enrolments, not people.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationTable, example = json!({
    "table": "zone-activity-age", "period": "2023-Q1", "measure": "participants",
    "release": {"id": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a19", "number": 1, "audience": "parties", "organisation": null,
        "threshold": 5, "released_at": "2023-05-02T09:00:00.000000Z"},
    "rows": [
        {"zone": "zone-1", "area": "zone-1", "activity": "lektiecafe", "age_band": "total", "gender": "total", "value": 41, "status": "final"},
        {"zone": "zone-1", "area": "zone-1", "activity": "lektiecafe", "age_band": "10-14", "gender": "total", "value": null, "status": "suppressed"}
    ]
}))]
pub struct ParticipationTableView {
    /// Which table.
    pub table: String,
    /// The quarter.
    pub period: String,
    /// What is counted: `participants`.
    pub measure: &'static str,
    /// Which release it is from.
    pub release: TableSource,
    /// The rows, margins as `total`.
    pub rows: Vec<ParticipationRowView>,
}

/// A cell of a masked table of participants. The numbers of the examples are made up.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationRow)]
pub struct ParticipationRowView {
    /// The zone that the area is or lies in, `outside` for people from elsewhere; `total` for all together.
    #[schema(example = "zone-1")]
    pub zone: String,
    /// Where people live: a department, a zone, `<zone>-unknown` where no more than the zone is known, `outside`, or `total`.
    #[schema(example = "zone-1")]
    pub area: String,
    /// The activity's code, or `total`: the sum of all enrolments.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// The age band's code, or `total`.
    #[schema(example = "10-14")]
    pub age_band: String,
    /// The gender's code, or `total`.
    #[schema(example = "total")]
    pub gender: String,
    /// How many people; null where it is hidden.
    #[schema(required, minimum = 0, example = 41)]
    pub value: Option<u64>,
    /// `final`, or `suppressed` where the value is null: the same for a small count and for one that would give away another.
    pub status: Shown,
}

/// Newcomers and outcomes of whole activities, each beside the participants whom it is part of.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationOutcomeTable, example = json!({
    "table": "outcomes", "period": "2023-Q1",
    "release": {"id": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a19", "number": 1, "audience": "parties", "organisation": null,
        "threshold": 5, "released_at": "2023-05-02T09:00:00.000000Z"},
    "rows": [
        {"activity": "lektiecafe", "measure": "participants", "value": 96, "status": "final", "share": null},
        {"activity": "lektiecafe", "measure": "newcomers", "value": 31, "status": "final", "share": 32.3},
        {"activity": "lektiecafe", "measure": "to_job", "value": null, "status": "suppressed", "share": null}
    ]
}))]
pub struct ParticipationOutcomesView {
    /// `outcomes`
    #[schema(example = "outcomes")]
    pub table: &'static str,
    /// The quarter.
    #[schema(example = "2023-Q1")]
    pub period: String,
    /// Which release it is from.
    pub release: TableSource,
    /// The rows, those of all activities together first.
    pub rows: Vec<ParticipationOutcomeRowView>,
}

/// What is counted of an activity. The numbers of the examples are made up.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParticipationOutcomeTableRow)]
pub struct ParticipationOutcomeRowView {
    /// The activity's code; `total` for all together, which is shown where each of them is.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// What is counted. Each but the participants is a part of these, and one person may be in several.
    pub measure: ParticipationMeasure,
    /// How many people; null where it is hidden.
    #[schema(required, minimum = 0, example = 31)]
    pub value: Option<u64>,
    /// `final`, or `suppressed` where the value is null: it or the rest is small, or is hidden in another release, or so few took
    /// part that nothing is told of them.
    pub status: Shown,
    /// The share of the activity's participants, in percent with one decimal; null of the participants themselves, where the value is
    /// hidden, and where nobody took part.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, minimum = 0, maximum = 100, example = 32.3)]
    pub share: Option<Decimal>,
}

/// A masked table of target groups in the zones.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TargetGroupTable)]
pub struct TargetGroupTableView {
    /// `target-group-zone`
    #[schema(example = "target-group-zone")]
    pub table: &'static str,
    /// The date on which the counts were drawn.
    #[schema(example = "2022-06-01")]
    pub extracted_on: String,
    /// What is counted: `persons`.
    #[schema(example = "persons")]
    pub measure: &'static str,
    /// Which release it is from.
    pub release: TableSource,
    /// Where everything had been published before; null otherwise.
    #[schema(required)]
    pub citation: Option<String>,
    /// The rows, margins as `total`.
    pub rows: Vec<TargetGroupRowView>,
}

/// A cell of a masked table of target groups. The example is of table 9 of the agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TargetGroupRow)]
pub struct TargetGroupRowView {
    /// The target group's code, such as `6.1`; a part such as `6.9/unemployed`, the rest of its group as `6.9/not-unemployed`;
    /// or `total`.
    #[schema(example = "6.1")]
    pub target_group: String,
    /// The zone's code, or `total`.
    #[schema(example = "zone-1")]
    pub area: String,
    /// How many persons; null where it is hidden.
    #[schema(required, minimum = 0, example = 24)]
    pub value: Option<u64>,
    /// `final`, or `suppressed` where the value is null.
    pub status: Shown,
}
