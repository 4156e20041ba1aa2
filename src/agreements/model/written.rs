//! How drafts are sent.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::rules::content::Content;

/// A new draft: written from another version, or whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAgreementVersion, example = json!({"base": 1, "effective_from": "2024-07-01",
    "source": "Områdesekretariatet", "note": "Timerne tilpasses (opdigtet eksempel)"}))]
pub struct NewVersion {
    /// The version that it is written from. Where it is absent, the one that took force last. A draft can only take force
    /// as long as its base is the version that took force last.
    #[schema(example = 1)]
    pub base: Option<i32>,
    /// The first day from which it is to hold, as proposed.
    #[schema(example = "2024-07-01")]
    pub effective_from: Option<NaiveDate>,
    /// What a reader should know of the version, such as why it is written.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where the content is stated, or who asks for it.
    #[schema(max_length = 300, example = "Områdesekretariatet")]
    pub source: String,
    /// What is to be agreed; where it is absent, what the base says.
    pub content: Option<Content>,
}

/// A draft as it is written: everything that is not here goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementVersionDraft)]
pub struct WrittenVersion {
    /// The version that it is written from: one that has taken force. Naming the one that took force last says that the
    /// draft has been held against it.
    #[schema(required, example = 1)]
    pub base: Option<i32>,
    /// The first day from which it is to hold, as proposed.
    #[schema(required, example = "2024-07-01")]
    pub effective_from: Option<NaiveDate>,
    /// What a reader should know of the version, such as why it is written.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
    /// Where the content is stated, or who asks for it.
    #[schema(max_length = 300, example = "Områdesekretariatet")]
    pub source: String,
    /// What is to be agreed.
    pub content: Content,
}

/// A change to a draft (RFC 7396): what is absent stays, what is null goes, a list is replaced as a whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementVersionPatch, example = json!({"effective_from": "2024-07-01"}))]
pub struct PatchedVersion {
    /// The version that it is written from: one that has taken force.
    #[schema(example = 1)]
    pub base: Option<i32>,
    /// The first day from which it is to hold, as proposed.
    #[schema(example = "2024-07-01")]
    pub effective_from: Option<NaiveDate>,
    /// What a reader should know of the version.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where the content is stated, or who asks for it.
    #[schema(max_length = 300, example = "Områdesekretariatet")]
    pub source: Option<String>,
    /// Members of the content, as in `AgreementContent`.
    #[schema(value_type = Option<Object>, example = json!({"activities": ["fremskudt-beskaeftigelsesindsats"]}))]
    pub content: Option<serde_json::Value>,
}
