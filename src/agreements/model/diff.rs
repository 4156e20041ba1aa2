//! How the difference between two versions looks.

use serde::Serialize;
use utoipa::ToSchema;

/// What happened to a part of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is only in the later version.
    Added,
    /// It is only in the earlier version.
    Removed,
    /// It is in both and differs.
    Changed,
}

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AgreementChange)]
pub struct ChangeView {
    /// Where: the names of members and, for an item of a list, its key, each after a slash, escaped as in RFC 6901. A key
    /// is the organisation of a party or signature, the code of a goal, sub-goal, measure or budget line, the kind of a
    /// target or annex, organisation and role of staff hours, the area of a baseline, the year of an amount.
    #[schema(example = "/staffing/jobcenter-fredericia:Fremskudt beskæftigelsesmedarbejder/weekly_hours")]
    pub path: String,
    /// What happened.
    pub kind: ChangeKind,
    /// What it was; null where it was added.
    #[schema(required, value_type = Option<Value>, example = 222)]
    pub before: Option<serde_json::Value>,
    /// What it is; null where it was removed.
    #[schema(required, value_type = Option<Value>, example = 185)]
    pub after: Option<serde_json::Value>,
    /// The change as a sentence in Danish.
    #[schema(
        example = "Bemanding (jobcenter-fredericia:Fremskudt beskæftigelsesmedarbejder), timer om ugen: ændret fra 222 til 185."
    )]
    pub text: String,
    /// The change as a sentence in English.
    #[schema(
        example = "Staffing (jobcenter-fredericia:Fremskudt beskæftigelsesmedarbejder), weekly hours: changed from 222 to 185."
    )]
    pub text_en: String,
}

/// What differs between the contents of two versions.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgreementDiff)]
pub struct DiffView {
    /// The agreement's code.
    #[schema(example = "beskaeftigelse")]
    pub agreement: String,
    /// The version that is compared from.
    #[schema(example = 1)]
    pub from: i32,
    /// The version that is compared to.
    #[schema(example = 2)]
    pub to: i32,
    /// Every difference, in the order of the content; the order of items in lists is none.
    pub changes: Vec<ChangeView>,
}
