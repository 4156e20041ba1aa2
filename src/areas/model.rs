//! How areas and organisations look from outside.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entities::{area, area_relation, organisation};

/// An organisation or a unit of one. Persons are nowhere in the model.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct OrganisationView {
    /// The organisation's code, stable.
    #[schema(example = "jobcenter-fredericia")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Jobcenter Fredericia")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Jobcenter Fredericia")]
    pub name_en: String,
    /// What it is: `housing_organisation`, `municipality`, `municipal_unit`, `secretariat`, `fund`, `state_authority`,
    /// `police`, `company`, `association` or `research`.
    #[schema(example = "municipal_unit")]
    pub kind: String,
    /// The organisation that it is a unit of.
    #[schema(required, example = "fredericia-kommune")]
    pub parent: Option<String>,
    /// Other names that sources use.
    pub aliases: Vec<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

impl From<organisation::Model> for OrganisationView {
    fn from(row: organisation::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            kind: row.kind,
            parent: row.parent,
            aliases: aliases(row.aliases),
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

/// A place that figures are about: from the country down to a department (boligafdeling).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Area)]
pub struct AreaView {
    /// The area's code, stable: `zone-1` … `zone-4`, `all-zones`, `fredericia`, `fredericia-rest`, `denmark` …
    #[schema(example = "zone-1")]
    pub code: String,
    /// What it is: `country`, `region`, `police_district`, `municipality`, `municipality_rest` (the municipality less the
    /// zones), `plan` (all zones), `zone`, `department`, `estate`, `school_district` or `school`.
    #[schema(example = "zone")]
    pub kind: String,
    /// The name in Danish, official.
    #[schema(example = "Zone 1")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Zone 1")]
    pub name_en: String,
    /// A department's number.
    #[schema(required)]
    pub number: Option<String>,
    /// The organisation that runs it; null where the source does not say.
    #[schema(required)]
    pub organisation: Option<String>,
    /// The area that it is part of inside the plan, today's: the `parent` relation that has no end.
    #[schema(required, example = "all-zones")]
    pub parent: Option<String>,
    /// How it is related to other areas, with dates where they are known.
    pub relations: Vec<AreaRelationView>,
    /// Other names that sources use.
    pub aliases: Vec<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

/// How one area is related to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AreaRelation)]
pub struct AreaRelationView {
    /// The relation: `parent` (inside the plan), `in_country`, `in_region`, `in_police_district`, `in_municipality`,
    /// `in_estate`, `in_school_district`, `in_zone_stated` …
    #[schema(example = "parent")]
    pub relation: String,
    /// The other area's code.
    #[schema(example = "all-zones")]
    pub target: String,
    /// The first day, where it is stated.
    #[schema(required, example = "2023-01-01")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; null where it has no end.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
}

impl AreaView {
    /// The area with its relations.
    pub fn new(row: area::Model, relations: Vec<area_relation::Model>) -> Self {
        let parent = relations
            .iter()
            .find(|relation| relation.relation == "parent" && relation.valid_to.is_none())
            .map(|relation| relation.target.clone());
        Self {
            code: row.code,
            kind: row.kind,
            name: row.name,
            name_en: row.name_en,
            number: row.number,
            organisation: row.organisation,
            parent,
            relations: relations
                .into_iter()
                .map(|relation| AreaRelationView {
                    relation: relation.relation,
                    target: relation.target,
                    valid_from: relation.valid_from,
                    valid_to: relation.valid_to,
                })
                .collect(),
            aliases: aliases(row.aliases),
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

fn aliases(json: serde_json::Value) -> Vec<String> {
    serde_json::from_value(json).unwrap_or_default()
}
