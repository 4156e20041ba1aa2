//! What a report of a quarter may say.

use serde::Serialize;
use utoipa::ToSchema;

use crate::period::Period;

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
