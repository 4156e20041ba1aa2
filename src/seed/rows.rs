//! The rows of a plan's files, column by column.

use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFile {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) starts_on: NaiveDate,
    pub(super) ends_on: NaiveDate,
    pub(super) is_public: bool,
    pub(super) predecessor: Option<String>,
    pub(super) note: Option<String>,
    pub(super) source: String,
    pub(super) parties: Vec<PartyRow>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartyRow {
    pub(super) organisation: String,
    pub(super) capacity: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) kind: String,
    pub(super) parent: Option<String>,
    pub(super) aliases: Option<String>,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaRow {
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) number: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) aliases: Option<String>,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VenueRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) address: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) area: Option<String>,
    pub(super) base: bool,
    pub(super) aliases: Option<String>,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationRow {
    pub(super) area: String,
    pub(super) relation: String,
    pub(super) target: String,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FocusAreaRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) law: Option<String>,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubsetRow {
    pub(super) target_group: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) keyword: String,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndicatorRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) unit: String,
    pub(super) direction: String,
    pub(super) decimals: i16,
    pub(super) age_from: Option<i16>,
    pub(super) age_to: Option<i16>,
    pub(super) level: String,
    pub(super) data_owner: Option<String>,
    pub(super) provenance: String,
    pub(super) rhythm: Option<String>,
    pub(super) categories: String,
    pub(super) fixed: bool,
    pub(super) note: Option<String>,
    pub(super) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtractRow {
    pub(super) kind: String,
    pub(super) area: String,
    pub(super) target_group: Option<String>,
    pub(super) subset: Option<String>,
    pub(super) count: Option<String>,
    pub(super) share: Option<String>,
    pub(super) note: Option<String>,
    pub(super) source: String,
}
