//! How the weekly staff hours look.

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::rules::content::{Hours, Staffing};

/// Weekly hours, added up over the sub-agreements that are in force on the date.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StaffingSums)]
pub struct StaffingView {
    /// By focus area, in the plan's order; one whose sub-agreement is not in force is left out.
    pub focus_areas: Vec<FocusAreaStaffing>,
    /// By organisation.
    pub organisations: Vec<OrganisationStaffing>,
    /// In all.
    pub weekly_hours: Hours,
}

/// The weekly hours of a focus area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FocusAreaStaffing {
    /// The focus area's code.
    #[schema(example = "beskaeftigelse")]
    pub focus_area: String,
    /// The version of its sub-agreement that is in force on the date.
    #[schema(example = 1)]
    pub version: i32,
    /// The hours that are stated, added up.
    pub weekly_hours: Hours,
    /// Who puts in what; a row without hours is not part of any sum.
    pub rows: Vec<StaffingRow>,
}

/// A row of staffing, with whether its hours are stated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffingRow {
    /// The organisation's code; null where the agreement names only the job.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// The job, in the agreement's words.
    #[schema(example = "Fremskudt beskæftigelsesmedarbejder")]
    pub role: String,
    /// Hours a week; null where they are not stated.
    #[schema(required)]
    pub weekly_hours: Option<Hours>,
    /// `stated` or `not_stated`.
    #[schema(example = "stated")]
    pub status: &'static str,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

impl From<&Staffing> for StaffingRow {
    fn from(row: &Staffing) -> Self {
        Self {
            organisation: row.organisation.clone(),
            role: row.role.clone(),
            weekly_hours: row.weekly_hours,
            status: if row.weekly_hours.is_some() {
                "stated"
            } else {
                "not_stated"
            },
            note: row.note.clone(),
        }
    }
}

/// The weekly hours of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationStaffing {
    /// The organisation's code; null for the jobs of which the agreements do not say who fills them.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// In all.
    pub weekly_hours: Hours,
    /// By focus area, where it has any.
    pub by_focus_area: Vec<FocusAreaHours>,
}

/// The weekly hours of an organisation in a focus area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FocusAreaHours {
    /// The focus area's code.
    #[schema(example = "beskaeftigelse")]
    pub focus_area: String,
    /// The hours.
    pub weekly_hours: Hours,
}

/// A sum as it is sent: without the zeros that adding 2.50 and 2.50 leaves behind.
pub fn hours(sum: Decimal) -> Hours {
    Hours(sum.normalize())
}
