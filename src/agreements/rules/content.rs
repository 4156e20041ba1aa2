//! What is agreed: the content of a version, as one typed document.
//!
//! Everything that an agreement promises and that somebody may later want to compare stands here under a key that does not
//! move: a party by its organisation, a sub-goal by its code, hours by organisation and role.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::goals::terms::{Goal, SubGoal};

/// Hours a week, exactly as agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = f64, minimum = 0, maximum = 10000, example = 37)]
pub struct Hours(#[serde(with = "rust_decimal::serde::arbitrary_precision")] pub Decimal);

/// Danish kroner with at most two decimals, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = f64, example = 150000.5)]
pub struct Kroner(#[serde(with = "rust_decimal::serde::arbitrary_precision")] pub Decimal);

/// What is agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementContent)]
pub struct Content {
    /// From when to when the agreement holds.
    pub period: Period,
    /// Who agrees; an organisation once.
    pub parties: Vec<Party>,
    /// The goals that the fund has fixed, with their indicators: of the strategic agreement.
    #[schema(default = json!([]))]
    pub goals: Vec<Goal>,
    /// The steps toward the goals, with their targets: of a sub-agreement.
    #[schema(default = json!([]))]
    pub sub_goals: Vec<SubGoal>,
    /// The codes of the activities that are to bring the sub-goals about: of a sub-agreement.
    #[schema(default = json!([]), example = json!(["fremskudt-beskaeftigelsesindsats", "job-og-uddannelse-30-plus"]))]
    pub activities: Vec<String>,
    /// Who puts in how many hours a week: of a sub-agreement.
    #[schema(default = json!([]))]
    pub staffing: Vec<Staffing>,
    /// The documents that belong to the agreement, and whether they are there: of the strategic agreement.
    #[schema(default = json!([]))]
    pub annexes: Vec<Annex>,
    /// The lines of the budget: of the strategic agreement, whose annex the budget is. So it changes as the agreement does.
    #[schema(default = json!([]))]
    pub budget: Vec<BudgetLine>,
    /// Who signed, and when; an organisation once.
    #[schema(default = json!([]))]
    pub signatures: Vec<Signature>,
}

/// From when to when an agreement holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementPeriod)]
pub struct Period {
    /// The first day; not before the plan's.
    #[schema(example = "2023-01-01")]
    pub from: NaiveDate,
    /// The last day, itself included; not after the plan's.
    #[schema(example = "2026-12-31")]
    pub to: NaiveDate,
    /// How the source puts it, where that is not the same.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// Who agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementParty)]
pub struct Party {
    /// The organisation's code.
    #[schema(example = "beskaeftigelse-og-borgerservice")]
    pub organisation: String,
    /// In what capacity: a seat or a function, never a name.
    #[schema(max_length = 200, example = "Chef for Beskæftigelse og Borgerservice")]
    pub capacity: String,
}

/// Who puts in how many hours a week, as what. Organisation and role together are there once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementStaffing)]
pub struct Staffing {
    /// The organisation's code; null where the agreement names only the job: not stated.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// The job, in the agreement's words.
    #[schema(max_length = 200, example = "Fremskudt beskæftigelsesmedarbejder")]
    pub role: String,
    /// Hours a week; null where the agreement names the job without hours: not stated.
    #[schema(required)]
    pub weekly_hours: Option<Hours>,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// The kinds of documents that belong to the strategic agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnexKind {
    /// The sub-agreement of a focus area (delaftale).
    SubAgreement,
    /// The budget.
    Budget,
    /// The contingency plan (beredskabsplan).
    ContingencyPlan,
    /// The milestone plan (milepælsplan).
    MilestonePlan,
    /// The board's terms of reference (kommissorium).
    TermsOfReference,
    /// The fund's reporting form (indberetningsskema).
    ReportingForm,
}

impl AnnexKind {
    /// Every kind.
    pub const ALL: [AnnexKind; 6] = [
        AnnexKind::SubAgreement,
        AnnexKind::Budget,
        AnnexKind::ContingencyPlan,
        AnnexKind::MilestonePlan,
        AnnexKind::TermsOfReference,
        AnnexKind::ReportingForm,
    ];

    /// The kind as it is sent.
    pub fn code(self) -> &'static str {
        match self {
            AnnexKind::SubAgreement => "sub_agreement",
            AnnexKind::Budget => "budget",
            AnnexKind::ContingencyPlan => "contingency_plan",
            AnnexKind::MilestonePlan => "milestone_plan",
            AnnexKind::TermsOfReference => "terms_of_reference",
            AnnexKind::ReportingForm => "reporting_form",
        }
    }
}

/// A document that belongs to the agreement. Kind and focus area together are there once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Annex)]
pub struct Annex {
    /// What it is.
    pub kind: AnnexKind,
    /// The focus area of a sub-agreement; null for all else.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// Whether it is there.
    pub present: bool,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// Whether a budget line is money out or money in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// What something costs.
    Cost,
    /// Who pays, in money or in kind.
    Financing,
}

impl LineKind {
    /// The kind as it is sent.
    pub fn code(self) -> &'static str {
        match self {
            LineKind::Cost => "cost",
            LineKind::Financing => "financing",
        }
    }
}

/// A line of the budget, known by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetLine)]
pub struct BudgetLine {
    /// The line's code; accounts refer to it.
    #[schema(example = "indsats-beskaeftigelse")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(max_length = 200, example = "Indsatsområdet Beskæftigelse")]
    pub name: String,
    /// The name in English.
    #[schema(max_length = 200, example = "Focus area Employment")]
    pub name_en: String,
    /// Whether it is a cost or financing.
    pub kind: LineKind,
    /// The focus area that it belongs to; null where to none.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// The organisation that pays or receives; null where it is not stated.
    #[schema(required)]
    pub organisation: Option<String>,
    /// What is budgeted; a year that is not here has no amount stated.
    pub amounts: Vec<YearAmount>,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// An amount for a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetAmount)]
pub struct YearAmount {
    /// The calendar year, one of the plan's.
    #[schema(example = 2024)]
    pub year: i16,
    /// The amount in Danish kroner; not negative.
    pub amount: Kroner,
}

/// Who signed, and when. No person is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Signature)]
pub struct Signature {
    /// The organisation's code.
    #[schema(example = "boli-nu")]
    pub organisation: String,
    /// The day; null where the signature has no date: not stated.
    #[schema(required, example = "2022-11-01")]
    pub signed_on: Option<NaiveDate>,
}
