//! The plan.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::rules::content::{Action, CommunicationRule, Content, Group, Purpose, Seat};
use super::super::rules::course::initiators;
use crate::areas::rules::OrganisationKind;
use crate::entities::contingency_version;

/// A version of the contingency plan (beredskabsplan).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContingencyPlan)]
pub struct VersionView {
    /// The version's number.
    #[schema(example = 1)]
    pub version: i32,
    /// The first day on which it holds.
    #[schema(example = "2023-01-01")]
    pub valid_from: NaiveDate,
    /// What the plan is for.
    pub purposes: Vec<Purpose>,
    /// When it is used, in Danish.
    #[schema(example = "Uro, der rammer beboere, institutioner, virksomheder eller foreninger")]
    pub situation: String,
    /// When it is used, in English.
    #[schema(example = "Unrest that affects residents, institutions, businesses or associations")]
    pub situation_en: String,
    /// Who acts: one group in police cases, one in others.
    pub groups: Vec<GroupView>,
    /// Who speaks to whom, and how.
    pub communication: Vec<CommunicationRule>,
    /// Code of the organisation that keeps the contact list.
    #[schema(example = "omraadesekretariatet")]
    pub contact_list_owner: String,
    /// When the contact list was last confirmed; null where nobody has said so. The list itself is not in this service.
    #[schema(required)]
    pub contact_list_confirmed_on: Option<NaiveDate>,
    /// Every organisation that has a seat, and when it signed this version.
    pub signatures: Vec<SignatureView>,
    /// Whether all of them have signed it.
    #[schema(example = false)]
    pub is_signed_by_all: bool,
    /// When the fund approved this version; null where nobody has said so.
    #[schema(required)]
    pub fund_approved_on: Option<NaiveDate>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where it is stated.
    #[schema(example = "Beredskabsplan")]
    pub source: String,
    /// When it was written here.
    pub created_at: DateTime<Utc>,
    /// When signatures, approval, confirmation or note last changed.
    pub changed_at: DateTime<Utc>,
}

/// A group of those who act.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContingencyGroup)]
pub struct GroupView {
    /// The group's code, stable over versions.
    #[schema(example = "group-1")]
    pub code: String,
    /// The name in Danish.
    #[schema(example = "Beredskabsgruppe 1")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Contingency group 1")]
    pub name_en: String,
    /// Whether it acts where there is a police case.
    #[schema(example = false)]
    pub police_case: bool,
    /// What kinds of organisations may have it act.
    pub activated_by: Vec<OrganisationKind>,
    /// How its members work together, in Danish.
    pub conduct: String,
    /// How its members work together, in English.
    pub conduct_en: String,
    /// Who is in it.
    pub seats: Vec<Seat>,
    /// What is to be done, in order.
    pub actions: Vec<Action>,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        Self {
            activated_by: initiators(group.police_case).to_vec(),
            code: group.code,
            name: group.name,
            name_en: group.name_en,
            police_case: group.police_case,
            conduct: group.conduct,
            conduct_en: group.conduct_en,
            seats: group.seats,
            actions: group.actions,
        }
    }
}

/// Whether an organisation has signed a version.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContingencySignature)]
pub struct SignatureView {
    /// Code of the organisation.
    #[schema(example = "boli-nu")]
    pub organisation: String,
    /// When it signed; null where nobody has said so.
    #[schema(required)]
    pub signed_on: Option<NaiveDate>,
}

/// That an organisation signed on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NewContingencySignature)]
pub struct Signature {
    /// Code of an organisation that has a seat.
    #[schema(max_length = 100, example = "boli-nu")]
    pub organisation: String,
    /// When it signed, not in the future; null as long as it has not.
    pub signed_on: Option<NaiveDate>,
}

/// What is added to a version after it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContingencyStandingPatch)]
pub struct Standing {
    /// Who has signed it, each organisation once; replaces the list as a whole.
    #[schema(required = false, max_items = 100)]
    pub signatures: Vec<Signature>,
    /// When the fund approved it, not in the future.
    pub fund_approved_on: Option<NaiveDate>,
    /// When the contact list was last confirmed, not in the future.
    pub contact_list_confirmed_on: Option<NaiveDate>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A new version of the contingency plan.
///
/// Who has signed it, and whether the fund has approved it, is recorded when they have.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewContingencyPlan)]
pub struct NewVersion {
    /// The first day on which it holds, within the plan; not before that of the version before it.
    #[schema(example = "2024-05-01")]
    pub valid_from: NaiveDate,
    /// What the plan is for.
    #[schema(min_items = 1, max_items = 20)]
    pub purposes: Vec<Purpose>,
    /// When it is used, in Danish.
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "Uro, der rammer beboere, institutioner, virksomheder eller foreninger"
    )]
    pub situation: String,
    /// When it is used, in English.
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "Unrest that affects residents, institutions, businesses or associations"
    )]
    pub situation_en: String,
    /// Who acts: one group in police cases, one in others.
    #[schema(min_items = 2, max_items = 2)]
    pub groups: Vec<Group>,
    /// Who speaks to whom, and how.
    #[schema(min_items = 1, max_items = 20)]
    pub communication: Vec<CommunicationRule>,
    /// Code of the organisation that keeps the contact list.
    #[schema(max_length = 100, example = "omraadesekretariatet")]
    pub contact_list_owner: String,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where it is stated, or who decided it.
    #[schema(min_length = 1, max_length = 300, example = "Områdesekretariatet")]
    pub source: String,
}

/// A version of the contingency plan, in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContingencyPlanSummary)]
pub struct VersionSummary {
    /// The version's number.
    #[schema(example = 1)]
    pub version: i32,
    /// The first day on which it holds.
    #[schema(example = "2023-01-01")]
    pub valid_from: NaiveDate,
    /// Whether all organisations that have a seat have signed it.
    #[schema(example = false)]
    pub is_signed_by_all: bool,
    /// When the fund approved it; null where nobody has said so.
    #[schema(required)]
    pub fund_approved_on: Option<NaiveDate>,
    /// When the contact list was last confirmed; null where nobody has said so.
    #[schema(required)]
    pub contact_list_confirmed_on: Option<NaiveDate>,
    /// Where it is stated.
    #[schema(example = "Beredskabsplan")]
    pub source: String,
}

/// When each organisation that has a seat signed.
fn signed(content: &Content, signatures: &[Signature]) -> Vec<SignatureView> {
    let signed_on = |organisation: &str| {
        let found = signatures.iter().find(|one| one.organisation == organisation);
        found.and_then(|one| one.signed_on)
    };
    let participants = content.participants().into_iter();
    participants
        .map(|organisation| SignatureView {
            organisation: organisation.to_owned(),
            signed_on: signed_on(organisation),
        })
        .collect()
}

impl VersionView {
    /// A version with its content and signatures.
    pub fn new(row: contingency_version::Model, content: Content, signatures: &[Signature]) -> Self {
        let signatures = signed(&content, signatures);
        Self {
            version: row.version,
            valid_from: row.valid_from,
            is_signed_by_all: signatures.iter().all(|one| one.signed_on.is_some()),
            signatures,
            purposes: content.purposes,
            situation: content.situation,
            situation_en: content.situation_en,
            groups: content.groups.into_iter().map(GroupView::from).collect(),
            communication: content.communication,
            contact_list_owner: content.contact_list_owner,
            contact_list_confirmed_on: row.contact_list_confirmed_on,
            fund_approved_on: row.fund_approved_on,
            note: row.note,
            source: row.source,
            created_at: row.created_at,
            changed_at: row.changed_at,
        }
    }
}

impl VersionSummary {
    /// A version with its content and signatures, in short.
    pub fn new(row: contingency_version::Model, content: &Content, signatures: &[Signature]) -> Self {
        Self {
            version: row.version,
            valid_from: row.valid_from,
            is_signed_by_all: signed(content, signatures).iter().all(|one| one.signed_on.is_some()),
            fund_approved_on: row.fund_approved_on,
            contact_list_confirmed_on: row.contact_list_confirmed_on,
            source: row.source,
        }
    }
}
