//! How follow-ups and the statement look from outside.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{FollowedLevel, Follower};
use crate::entities::follow_up;
use crate::goals::rules::standing::Standing;
use crate::words::Word;

/// How a goal or sub-goal was followed up at a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub struct FollowUpView {
    /// Its id.
    pub id: Uuid,
    /// The meeting.
    pub meeting: Uuid,
    /// The day of the meeting.
    #[schema(example = "2024-06-12")]
    pub followed_on: NaiveDate,
    /// For whom the body that met follows the goals.
    pub follower: Follower,
    /// Whether it is on a goal or a sub-goal.
    pub level: FollowedLevel,
    /// Its code.
    #[schema(example = "employment")]
    pub goal: String,
    /// The agreement that held it.
    #[schema(example = "strategisk")]
    pub agreement: String,
    /// The version of that agreement.
    #[schema(example = 1)]
    pub version: i32,
    /// The agreement's focus area; null for the strategic one.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// The instant of the figures that the meeting saw. With it as `as_of`, goal status answers the same.
    pub figures_as_of: DateTime<Utc>,
    /// The figures seen: a line for each measure and area.
    pub figures: Vec<SeenView>,
    /// What was concluded.
    pub conclusion: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When what it says was last corrected (`PATCH`); null where it never was.
    #[schema(required)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// The decision by which the board adopted it; null as long as it has not.
    #[schema(required)]
    pub decision: Option<Uuid>,
    /// When the board adopted it; null as long as it has not.
    #[schema(required)]
    pub adopted_at: Option<DateTime<Utc>>,
}

impl FollowUpView {
    /// The follow-up with the figures that were seen.
    pub fn new(row: follow_up::Model, figures: Vec<SeenView>) -> Self {
        Self {
            id: row.id,
            meeting: row.meeting,
            followed_on: row.followed_on,
            follower: Follower::find(&row.follower).unwrap_or(Follower::Parties),
            level: FollowedLevel::find(&row.level).unwrap_or(FollowedLevel::SubGoal),
            goal: row.goal,
            agreement: row.agreement,
            version: row.version,
            focus_area: row.focus_area,
            figures_as_of: row.figures_as_of,
            figures,
            conclusion: row.conclusion,
            recorded_at: row.created_at,
            corrected_at: row.corrected_at,
            decision: row.decision,
            adopted_at: row.adopted_at,
        }
    }
}

/// Where an area stood against a measure of the goal, and on which revisions of which measurements that rested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FigureSeen)]
pub struct SeenView {
    /// The measure's code.
    #[schema(example = "outside-labour-market")]
    pub measure: String,
    /// The area's code.
    #[schema(example = "all-zones")]
    pub area: String,
    /// Where the area stood.
    pub status: Standing,
    /// The period of the last figure after the baseline; null where there was none.
    #[schema(required, example = "2023")]
    pub period: Option<String>,
    /// Its value; null where there was none.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 36.1)]
    pub value: Option<Decimal>,
    /// The revisions that it rests on.
    pub evidence: Vec<SeenRevision>,
}

/// A revision of a measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeenRevision {
    /// The measurement's id.
    pub id: Uuid,
    /// Its revision.
    #[schema(example = 1)]
    pub revision: i32,
}

/// A follow-up as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"meeting": "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a34", "level": "goal", "goal": "employment",
    "conclusion": "Udviklingen følger planen (opdigtet eksempel)."}))]
pub struct NewFollowUp {
    /// The meeting at which it was followed up: of the board, of a steering group or of a working group. It was called, so its
    /// figures are fixed, and its minutes are not approved yet.
    pub meeting: Uuid,
    /// Whether it is on a goal or a sub-goal.
    pub level: FollowedLevel,
    /// Code of the goal or sub-goal that was in force on the day of the meeting's figures.
    pub goal: String,
    /// What was concluded.
    #[schema(max_length = 4000)]
    pub conclusion: String,
}

/// What to correct in a follow-up. What is absent stays; its meeting always does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FollowUpPatch, example = json!({"conclusion": "Udviklingen følger planen, og målet fastholdes (opdigtet eksempel)."}))]
pub struct Correction {
    /// Whether it is on a goal or a sub-goal.
    #[schema(required = false)]
    pub level: FollowedLevel,
    /// Code of the goal or sub-goal: with another one come the figures that the meeting saw of that.
    #[schema(required = false, example = "employment")]
    pub goal: String,
    /// What was concluded.
    #[schema(required = false, max_length = 4000)]
    pub conclusion: String,
}

/// Which goals were followed up in a year, by whom, when and on which figures; and which were not.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FollowUpStatement)]
pub struct StatementView {
    /// The calendar year.
    #[schema(example = 2024)]
    pub year: i32,
    /// Whether everybody has followed up everything that they had to.
    pub is_complete: bool,
    /// How many goals and sub-goals lack a follow-up of somebody who had to.
    #[schema(example = 0)]
    pub missing: usize,
    /// Every goal and sub-goal in force on the last day of the year, or of the plan where that comes first.
    pub goals: Vec<StatementGoal>,
}

/// A goal or sub-goal, and how it was followed up in the year.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StatementGoal {
    /// Whether it is a goal or a sub-goal.
    pub level: FollowedLevel,
    /// Its code.
    #[schema(example = "employment")]
    pub goal: String,
    /// Its name in Danish, official.
    #[schema(example = "Flere får tilknytning til arbejdsmarkedet")]
    pub name: String,
    /// Its name in English.
    #[schema(example = "More people are attached to the labour market")]
    pub name_en: String,
    /// The agreement that holds it.
    #[schema(example = "strategisk")]
    pub agreement: String,
    /// The version of that agreement.
    #[schema(example = 1)]
    pub version: i32,
    /// The agreement's focus area; null for the strategic one.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// Each who has to follow it up at least once a year.
    pub followers: Vec<StatementFollower>,
}

/// One who has to follow a goal up, and what was done.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StatementFollower {
    /// Who has to.
    pub follower: Follower,
    /// Whether it was done.
    pub is_done: bool,
    /// The follow-ups that count, by day: of the board those that it has adopted.
    pub follow_ups: Vec<FollowUpView>,
    /// Those that do not count as long as the board has not adopted them.
    pub not_adopted: Vec<Uuid>,
}
