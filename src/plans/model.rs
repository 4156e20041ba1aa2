//! How plans and focus areas look from outside, and what a client says of a focus area.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entities::{focus_area, plan, plan_party};

/// A plan: one funded programme with a period (helhedsplan).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanView {
    /// The plan's code, stable.
    #[schema(example = "fredericia-2023-2026")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Bydækkende Boligsocial Helhedsplan, Fredericia")]
    pub name: String,
    /// The name in English.
    #[schema(example = "City-wide social-housing plan, Fredericia")]
    pub name_en: String,
    /// The first day.
    #[schema(example = "2023-01-01")]
    pub starts_on: NaiveDate,
    /// The last day, itself included.
    #[schema(example = "2026-12-31")]
    pub ends_on: NaiveDate,
    /// The parties, in the agreement's order.
    pub parties: Vec<PartyView>,
    /// The plan before this one, in words.
    #[schema(required)]
    pub predecessor: Option<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

/// A party of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyView {
    /// The organisation's code.
    #[schema(example = "boli-nu")]
    pub organisation: String,
    /// In what capacity: `housing_organisation`, `municipality` or `fund`.
    #[schema(example = "housing_organisation")]
    pub capacity: String,
}

impl PlanView {
    /// The plan with its parties.
    pub fn new(plan: plan::Model, parties: Vec<plan_party::Model>) -> Self {
        Self {
            code: plan.code,
            name: plan.name,
            name_en: plan.name_en,
            starts_on: plan.starts_on,
            ends_on: plan.ends_on,
            parties: parties
                .into_iter()
                .map(|party| PartyView {
                    organisation: party.organisation,
                    capacity: party.capacity,
                })
                .collect(),
            predecessor: plan.predecessor,
            note: plan.note,
            source: plan.source,
        }
    }
}

/// A focus area (indsatsområde).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FocusArea)]
pub struct FocusAreaView {
    /// The focus area's code, stable.
    #[schema(example = "beskaeftigelse")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Beskæftigelse")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Employment")]
    pub name_en: String,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

impl From<focus_area::Model> for FocusAreaView {
    fn from(row: focus_area::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

/// What the secretariat says of a focus area.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFocusArea {
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Beskæftigelse")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Employment")]
    pub name_en: String,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, afsnit 6")]
    pub source: String,
}
