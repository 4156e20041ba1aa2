//! How areas, organisations and venues look from outside, and what a client says of them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{AreaKind, AreaRelationKind, OrganisationKind};
use crate::entities::{area, area_relation, organisation, venue};

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
    /// What it is.
    #[schema(value_type = OrganisationKind, example = "municipal_unit")]
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
    /// What it is.
    #[schema(value_type = AreaKind, example = "zone")]
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
    /// The relation.
    #[schema(value_type = AreaRelationKind, example = "parent")]
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
    /// Where the relation is stated.
    #[schema(example = "Strategisk samarbejdsaftale, afsnit 1")]
    pub source: String,
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
                    source: relation.source,
                })
                .collect(),
            aliases: aliases(row.aliases),
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

/// A place where something is held.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Venue)]
pub struct VenueView {
    /// The venue's code, stable.
    #[schema(example = "medborgerhuset-korskaerparken")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Medborgerhuset i Korskærparken")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Community house in Korskærparken")]
    pub name_en: String,
    /// Street, number, postal code and town; null where it is not stated.
    #[schema(required)]
    pub address: Option<String>,
    /// The zone that it lies in; null where it is not stated.
    #[schema(required, example = json!(null))]
    pub zone: Option<String>,
    /// The estate, department or school that it belongs to; null where it is not stated.
    #[schema(required, example = "korskaerparken")]
    pub area: Option<String>,
    /// Whether it is the permanent base of its zone.
    pub is_base: bool,
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

impl From<venue::Model> for VenueView {
    fn from(row: venue::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            address: row.address,
            zone: row.zone,
            area: row.area,
            is_base: row.is_base,
            aliases: aliases(row.aliases),
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

/// What the secretariat says of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Ungeenheden")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Youth Unit")]
    pub name_en: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// The organisation that it is a unit of, by code; never itself or one of its own units.
    #[schema(example = "fredericia-kommune")]
    pub parent: Option<String>,
    /// Other names that sources use; at most 50.
    #[schema(required = false, default = json!([]))]
    pub aliases: Vec<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, afsnit 2")]
    pub source: String,
}

/// What the secretariat, or its housing organisation, says of an area.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArea {
    /// What it is. It stays as long as figures, relations or venues name the area.
    pub kind: AreaKind,
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Stendalsparken")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Stendalsparken")]
    pub name_en: String,
    /// A department's number, as printed.
    #[schema(max_length = 20, example = "11")]
    pub number: Option<String>,
    /// The organisation that runs it, by code.
    #[schema(example = json!(null))]
    pub organisation: Option<String>,
    /// May be sent back; it follows from `relations`.
    #[schema(example = json!(null))]
    pub parent: Option<String>,
    /// How it is related to other areas; at most 50, each relation to an area once, and one `parent` at a time. They lead
    /// nowhere in a circle.
    #[schema(required = false, default = json!([]))]
    pub relations: Vec<NewAreaRelation>,
    /// Other names that sources use; at most 50.
    #[schema(required = false, default = json!([]))]
    pub aliases: Vec<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, afsnit 4")]
    pub source: String,
}

/// A relation of an area as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAreaRelation {
    /// The relation.
    pub relation: AreaRelationKind,
    /// The other area's code.
    #[schema(example = "fredericia")]
    pub target: String,
    /// The first day; absent where it is not stated.
    pub valid_from: Option<NaiveDate>,
    /// The last day, itself included; absent where it has no end.
    pub valid_to: Option<NaiveDate>,
    /// Where the relation is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, afsnit 1")]
    pub source: String,
}

/// What the secretariat says of a venue.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVenue {
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Medborgerhuset i Korskærparken")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Community house in Korskærparken")]
    pub name_en: String,
    /// Street, number, postal code and town.
    #[schema(max_length = 300)]
    pub address: Option<String>,
    /// The zone that it lies in, by code.
    #[schema(example = json!(null))]
    pub zone: Option<String>,
    /// The estate, department or school that it belongs to, by code.
    #[schema(example = "korskaerparken")]
    pub area: Option<String>,
    /// Whether it is the permanent base of its zone; of those in use each zone has one at most.
    #[schema(required = false, default = false)]
    pub is_base: bool,
    /// Other names that sources use; at most 50.
    #[schema(required = false, default = json!([]))]
    pub aliases: Vec<String>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, afsnit 3")]
    pub source: String,
}

fn aliases(json: serde_json::Value) -> Vec<String> {
    serde_json::from_value(json).unwrap_or_default()
}
