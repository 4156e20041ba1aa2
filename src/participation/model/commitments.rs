//! Commitments against what was delivered.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::rules::CommitmentStatus;
use crate::activities::rules::CommitmentPeriod;

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
