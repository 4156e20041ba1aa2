//! How indicators and target groups look from outside, and what a client says of them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{Categories, Direction, Rhythm, Unit};
use crate::areas::rules::AreaKind;
use crate::entities::{indicator, target_group, target_group_subset};

/// A variable that is measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Indicator)]
pub struct IndicatorView {
    /// The indicator's code, stable.
    #[schema(example = "kendskabsgrad")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Kendskabsgrad")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Share of citizens in a target group (kendskabsgrad)")]
    pub name_en: String,
    /// What it is measured in.
    #[schema(value_type = Unit)]
    pub unit: String,
    /// Which way is good.
    #[schema(value_type = Direction)]
    pub direction: String,
    /// The decimals that new shares are rounded to.
    #[schema(example = 1)]
    pub decimals: i16,
    /// The youngest whom it counts.
    #[schema(required)]
    pub age_from: Option<i16>,
    /// The oldest whom it counts.
    #[schema(required)]
    pub age_to: Option<i16>,
    /// The finest kind of area that has figures.
    #[schema(value_type = AreaKind, example = "zone")]
    pub level: String,
    /// The organisation that owns the figures; null where the source names none.
    #[schema(required, example = "jobcenter-fredericia")]
    pub data_owner: Option<String>,
    /// Where the figures come from.
    #[schema(example = "Kendskabsgrad, Fredericia Kommune")]
    pub provenance: String,
    /// How often figures are expected: `yearly`, `half_yearly`, `quarterly`, `monthly`; null where nothing is agreed.
    #[schema(required, value_type = Option<Rhythm>)]
    pub rhythm: Option<String>,
    /// What its categories are.
    #[schema(value_type = Categories, example = "none")]
    pub categories: String,
    /// Whether it is one of the nine that the fund has fixed.
    pub is_fixed: bool,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

impl From<indicator::Model> for IndicatorView {
    fn from(row: indicator::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            unit: row.unit,
            direction: row.direction,
            decimals: row.decimals,
            age_from: row.age_from,
            age_to: row.age_to,
            level: row.level,
            data_owner: row.data_owner,
            provenance: row.provenance,
            rhythm: row.rhythm,
            categories: row.categories,
            is_fixed: row.is_fixed,
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}

/// A target group of the employment law (målgruppe, LAB § 6) or of the integration act.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TargetGroup)]
pub struct TargetGroupView {
    /// The group's code, stable: `6.1` … `6.12`, `INT-II`, `INT-SHP`, `INT-SP`.
    #[schema(example = "6.9")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Visiteret til eller ansat i fleksjob")]
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// The paragraph that defines it.
    #[schema(required, example = "LAB § 6, nr. 9")]
    pub law: Option<String>,
    /// The first day on which the group exists; null where it is not stated.
    #[schema(required)]
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it exists; null while it has no end.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// Parts of the group that are counted beside it.
    pub subsets: Vec<SubsetView>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

/// A part of a target group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TargetGroupSubset)]
pub struct SubsetView {
    /// The part's code; as a category it is `6.9/unemployed`.
    #[schema(example = "unemployed")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Ledige fleksjobberettigede")]
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// The word by which a row of a printed table is recognised as this part.
    #[schema(example = "ledige")]
    pub keyword: String,
    /// Where the part is stated.
    pub source: String,
}

/// What the secretariat says of an indicator.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIndicator {
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Andel 1-5-årige i dagtilbud")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Share of 1-5-year-olds in daycare")]
    pub name_en: String,
    /// What it is measured in. It stays where there are figures.
    pub unit: Unit,
    /// Which way is good.
    pub direction: Direction,
    /// The decimals that new shares are rounded to.
    #[schema(minimum = 0, maximum = 6, example = 1)]
    pub decimals: i16,
    /// The youngest whom it counts. Where there are figures, an age that is stated stays.
    #[schema(minimum = 0, maximum = 150, example = 1)]
    pub age_from: Option<i16>,
    /// The oldest whom it counts. Where there are figures, an age that is stated stays.
    #[schema(minimum = 0, maximum = 150, example = 5)]
    pub age_to: Option<i16>,
    /// The finest kind of area that has figures.
    pub level: AreaKind,
    /// The organisation that owns the figures, by code: it, or one above it, may write them.
    #[schema(example = "landsbyggefonden")]
    pub data_owner: Option<String>,
    /// Where the figures come from.
    #[schema(min_length = 1, max_length = 300, example = "Boligsocial data")]
    pub provenance: String,
    /// How often figures are expected; absent where nothing is agreed.
    pub rhythm: Option<Rhythm>,
    /// What its categories are. Where there are figures of target groups, they stay.
    pub categories: Categories,
    /// Whether it is one of those that the fund has fixed.
    #[schema(required = false, default = false)]
    pub is_fixed: bool,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Strategisk samarbejdsaftale, afsnit 5 (faste indikatorer)"
    )]
    pub source: String,
}

/// What the secretariat says of a target group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTargetGroup {
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Selvforsørgende ledig")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Self-supporting unemployed person")]
    pub name_en: String,
    /// The paragraph that defines it.
    #[schema(max_length = 200, example = "LAB § 6, nr. 12")]
    pub law: Option<String>,
    /// The first day on which the group exists; no figure is for an earlier one.
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it exists, itself included; no figure is for a later one.
    pub valid_to: Option<NaiveDate>,
    /// Parts of the group that are counted beside it, at most 20. One that has figures stays.
    #[schema(required = false, default = json!([]))]
    pub subsets: Vec<NewSubset>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, tabel 9")]
    pub source: String,
}

/// A part of a target group as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewTargetGroupSubset)]
#[serde(deny_unknown_fields)]
pub struct NewSubset {
    /// The part's code: small letters and digits, with single underscores or hyphens between. As a category it is
    /// `6.9/unemployed`.
    #[schema(max_length = 64, example = "unemployed")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(min_length = 1, max_length = 200, example = "Ledige fleksjobberettigede")]
    pub name: String,
    /// The name in English.
    #[schema(min_length = 1, max_length = 200, example = "Unemployed entitled to flex jobs")]
    pub name_en: String,
    /// The word by which a row of a printed table is recognised as this part; no other part of the group has it.
    #[schema(min_length = 1, max_length = 50, example = "ledige")]
    pub keyword: String,
    /// Where the part is stated.
    #[schema(min_length = 1, max_length = 300, example = "Strategisk samarbejdsaftale, tabel 9")]
    pub source: String,
}

impl TargetGroupView {
    /// The group with its parts.
    pub fn new(row: target_group::Model, subsets: Vec<target_group_subset::Model>) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            law: row.law,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            subsets: subsets
                .into_iter()
                .map(|subset| SubsetView {
                    code: subset.code,
                    name: subset.name,
                    name_en: subset.name_en,
                    keyword: subset.keyword,
                    source: subset.source,
                })
                .collect(),
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        }
    }
}
