//! What is no series of figures: participation, placements, milestones, deliveries, decisions.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::PackMilestoneState;
use crate::decisions::rules::kinds::ConclusionBy;
use crate::decisions::rules::votes::PartyVote;
use crate::period::Period;
use crate::releases::rules::{ParticipationMeasure, Shown};

/// Who took part in a quarter: the newest that was released to the parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackParticipation {
    /// The quarter.
    #[schema(example = "2023-Q1")]
    pub period: String,
    /// The release's id.
    pub release: Uuid,
    /// The release's number.
    #[schema(example = 1)]
    pub number: i32,
    /// The rows of the table `zone-activity-age` over all ages, in its order.
    pub rows: Vec<PackParticipants>,
    /// Newcomers and outcomes, the total of all activities first; none in packs and of releases that were made before these were
    /// released.
    #[serde(default)]
    #[schema(required)]
    pub outcomes: Vec<PackOutcomes>,
}

/// How many took part in an activity, of those who live in an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "StoredParticipants")]
pub struct PackParticipants {
    /// Code of the area, `outside` for people from elsewhere, `total` for all together.
    #[schema(example = "zone-1")]
    pub area: String,
    /// Its name.
    pub area_name: String,
    /// Code of the activity; `total` for the sum of all enrolments.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Its name.
    pub activity_name: String,
    /// How many people; null where it is hidden.
    #[schema(required, minimum = 0, example = 41)]
    pub value: Option<u64>,
    /// Whether the value is shown, as in the released table.
    pub status: Shown,
}

/// A row as it is stored. Its status follows from the value, so that packs from before there was one have it, too.
#[derive(Deserialize)]
struct StoredParticipants {
    area: String,
    area_name: String,
    activity: String,
    activity_name: String,
    value: Option<u64>,
}

impl From<StoredParticipants> for PackParticipants {
    fn from(row: StoredParticipants) -> Self {
        Self {
            area: row.area,
            area_name: row.area_name,
            activity: row.activity,
            activity_name: row.activity_name,
            value: row.value,
            status: Shown::of(row.value),
        }
    }
}

/// How many of an activity's participants were newcomers, and went on to what; null where it is hidden. One person may have gone on
/// to several. The numbers of the examples are made up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "StoredOutcomes")]
pub struct PackOutcomes {
    /// Code of the activity; `total` for all together.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Its name.
    pub activity_name: String,
    /// Who took part in the activity for the first time.
    #[schema(required, minimum = 0, example = 31)]
    pub newcomers: Option<u64>,
    /// On to an education.
    #[schema(required, minimum = 0, example = json!(null))]
    pub to_education: Option<u64>,
    /// On to a job.
    #[schema(required, minimum = 0, example = json!(null))]
    pub to_job: Option<u64>,
    /// On to a leisure job.
    #[schema(required, minimum = 0, example = 8)]
    pub to_leisure_job: Option<u64>,
    /// On to an association.
    #[schema(required, minimum = 0, example = 0)]
    pub to_association: Option<u64>,
    /// Which of these are null because they are `suppressed`, as in the released table; none is null for another reason.
    #[schema(example = json!(["to_education", "to_job"]))]
    pub suppressed: Vec<ParticipationMeasure>,
}

/// Newcomers and outcomes as they are stored; what is hidden follows from them, too.
#[derive(Deserialize)]
pub struct StoredOutcomes {
    /// Code of the activity.
    pub activity: String,
    /// Its name.
    pub activity_name: String,
    /// New in the activity.
    pub newcomers: Option<u64>,
    /// On to an education.
    pub to_education: Option<u64>,
    /// On to a job.
    pub to_job: Option<u64>,
    /// On to a leisure job.
    pub to_leisure_job: Option<u64>,
    /// On to an association.
    pub to_association: Option<u64>,
}

impl From<StoredOutcomes> for PackOutcomes {
    fn from(row: StoredOutcomes) -> Self {
        let values = [
            (ParticipationMeasure::Newcomers, row.newcomers),
            (ParticipationMeasure::ToEducation, row.to_education),
            (ParticipationMeasure::ToJob, row.to_job),
            (ParticipationMeasure::ToLeisureJob, row.to_leisure_job),
            (ParticipationMeasure::ToAssociation, row.to_association),
        ];
        let hidden = values.iter().filter(|(_, value)| value.is_none());
        Self {
            suppressed: hidden.map(|(measure, _)| *measure).collect(),
            activity: row.activity,
            activity_name: row.activity_name,
            newcomers: row.newcomers,
            to_education: row.to_education,
            to_job: row.to_job,
            to_leisure_job: row.to_leisure_job,
            to_association: row.to_association,
        }
    }
}

/// Where an activity is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackPlacement {
    /// Code of the activity.
    #[schema(example = "lektiecafe")]
    pub activity: String,
    /// Name of the activity.
    pub activity_name: String,
    /// Which team; null for the activity as a whole.
    #[schema(required)]
    pub team: Option<String>,
    /// Code of the zone, or `all-zones`; null where it is not stated.
    #[schema(required, example = "zone-1")]
    pub zone: Option<String>,
    /// Name of the zone; null where it is not stated.
    #[schema(required)]
    pub zone_name: Option<String>,
    /// The first day.
    #[schema(example = "2023-01-01")]
    pub starts_on: NaiveDate,
    /// The last day; null where no end is set.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// Whether it began after the day of the figures that the meeting before saw.
    pub is_new: bool,
}

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackMilestone {
    /// The milestone's code.
    #[schema(example = "planens-start")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// The day by which it is to be reached.
    #[schema(example = "2023-01-01")]
    pub due_on: NaiveDate,
    /// The day on which it was reached; null where nobody has said so.
    #[schema(required)]
    pub reached_on: Option<NaiveDate>,
    /// How it stands on the day.
    pub state: PackMilestoneState,
}

/// Figures that are late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackDelivery {
    /// Code of the indicator.
    #[schema(example = "kendskabsgrad")]
    pub indicator: String,
    /// Name of the indicator.
    pub name: String,
    /// Code of the organisation that owes them; null where the source names none.
    #[schema(required, example = "jobcenter-fredericia")]
    pub owner: Option<String>,
    /// Name of that organisation.
    #[schema(required)]
    pub owner_name: Option<String>,
    /// The period that is waited for; null where there is none.
    #[schema(required)]
    pub period: Option<Period>,
    /// When they were due.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
}

/// A decision, and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackDecision {
    /// The decision's id.
    pub id: Uuid,
    /// What is decided, as in `GET …/decisions`.
    #[schema(example = "place_activity")]
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Where it stands, as in `GET …/decisions`.
    #[schema(example = "in_force")]
    pub state: String,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
    /// The chair's conclusion in words; null where none were recorded.
    #[schema(required)]
    pub conclusion: Option<String>,
    /// How the board came to it, with the votes and the reservations; null in packs that were made before they told.
    #[serde(default)]
    #[schema(required)]
    pub outcome: Option<PackConclusion>,
    /// What it did to the plan; null as long as it has done nothing.
    #[schema(required)]
    pub effect: Option<PackEffect>,
}

/// How the board came to a conclusion, as `GET …/decisions/{id}` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackConclusion {
    /// By consensus, or by vote.
    pub by: ConclusionBy,
    /// The vote of each organisation that has one, also where it cast none.
    pub votes: Vec<PackVote>,
    /// How many were for it.
    #[schema(example = 2)]
    pub in_favour: usize,
    /// How many were against it.
    #[schema(example = 1)]
    pub against: usize,
    /// Dissents that seats asked to have written down.
    pub reservations: Vec<PackReservation>,
}

/// The one vote of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackVote {
    /// Code of the organisation.
    #[schema(example = "fredericia-kommune")]
    pub organisation: String,
    /// Its name.
    #[schema(example = "Fredericia Kommune")]
    pub organisation_name: String,
    /// What it came to.
    pub vote: PartyVote,
}

/// A dissent of a seat (særstandpunkt).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackReservation {
    /// Code of the seat.
    #[schema(example = "direktoer-boli-nu")]
    pub seat: String,
    /// Its title.
    #[schema(example = "Direktør")]
    pub seat_title: String,
    /// Name of its organisation; null where the source names none.
    #[schema(required, example = "boli.nu")]
    pub organisation_name: Option<String>,
    /// What it says.
    pub text: String,
}

/// What a decision did to the plan. Of the members, those of its kind are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackEffect {
    /// Code of the activity that it placed or changed.
    #[schema(required, example = "lektiecafe")]
    pub activity: Option<String>,
    /// Its name; null in packs that were made before they told.
    #[serde(default)]
    #[schema(required)]
    pub activity_name: Option<String>,
    /// The version that the activity has had since.
    #[schema(required)]
    pub activity_version: Option<i32>,
    /// The placement that it made.
    #[schema(required)]
    pub placement: Option<Uuid>,
    /// Code of the agreement of which it put a version in force.
    #[schema(required)]
    pub agreement: Option<String>,
    /// Its name; null in packs that were made before they told.
    #[serde(default)]
    #[schema(required)]
    pub agreement_name: Option<String>,
    /// That version.
    #[schema(required)]
    pub agreement_version: Option<i32>,
    /// The follow-ups that it adopted.
    #[serde(default)]
    pub follow_ups: Vec<Uuid>,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_from_before_there_was_a_status_is_read_with_one() {
        let rows = r#"{"period":"2023-Q1","release":"019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a19","number":1,"rows":[
            {"area":"zone-1","area_name":"Zone 1","activity":"total","activity_name":"I alt","value":41},
            {"area":"zone-2","area_name":"Zone 2","activity":"total","activity_name":"I alt","value":null}],"outcomes":[
            {"activity":"total","activity_name":"I alt","newcomers":31,"to_education":null,"to_job":null,"to_leisure_job":8,
             "to_association":0}]}"#;
        let read: PackParticipation = serde_json::from_str(rows).unwrap();
        let statuses: Vec<Shown> = read.rows.iter().map(|row| row.status).collect();
        assert_eq!(statuses, [Shown::Final, Shown::Suppressed]);
        assert_eq!(
            read.outcomes[0].suppressed,
            [ParticipationMeasure::ToEducation, ParticipationMeasure::ToJob]
        );
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<PackParticipation>(&written).unwrap(), read);
    }
}
