//! How agreements and their versions look from outside.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::content::{Content, Hours, Staffing};
use super::rules::force::Span;
use crate::entities::{agreement, agreement_version};

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Being written: it may change or go, and holds for nobody.
    Draft,
    /// It has taken force, and never changes again. The days on which it governs are in `governs`.
    InForce,
}

impl VersionState {
    /// The state as it is stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            VersionState::Draft => "draft",
            VersionState::InForce => "in_force",
        }
    }

    /// The state of a row: a version that has taken force has the number of that act.
    pub fn of(row: &agreement_version::Model) -> Self {
        if row.seq_in_force.is_some() {
            VersionState::InForce
        } else {
            VersionState::Draft
        }
    }
}

/// The days on which a version is in force, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GovernedDays)]
pub struct SpanView {
    /// The first day.
    #[schema(example = "2023-01-01")]
    pub from: NaiveDate,
    /// The last day: the one before the next version's first, or the last of the agreement's period.
    #[schema(example = "2026-12-31")]
    pub to: NaiveDate,
}

impl From<Span> for SpanView {
    fn from(span: Span) -> Self {
        Self {
            from: span.from,
            to: span.to,
        }
    }
}

/// An agreement: the strategic one, or the sub-agreement of a focus area.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct AgreementView {
    /// The agreement's code, stable: `strategisk`, or the code of the focus area.
    #[schema(example = "beskaeftigelse")]
    pub code: String,
    /// `strategic` or `sub_agreement`.
    #[schema(example = "sub_agreement")]
    pub kind: String,
    /// The focus area of a sub-agreement.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// The name in Danish, official.
    #[schema(example = "Delaftale for indsatsområdet Beskæftigelse")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Sub-agreement for the focus area Employment")]
    pub name_en: String,
    /// The version in force on the date asked for; null where none is.
    #[schema(required, example = 1)]
    pub version: Option<i32>,
    /// The days on which that version is in force; null where there is none.
    #[schema(required)]
    pub governs: Option<SpanView>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

impl AgreementView {
    /// The agreement with the version in force, if one is.
    pub fn new(row: agreement::Model, in_force: Option<(i32, Span)>) -> Self {
        Self {
            code: row.code,
            kind: row.kind,
            focus_area: row.focus_area,
            name: row.name,
            name_en: row.name_en,
            version: in_force.map(|(version, _)| version),
            governs: in_force.map(|(_, span)| span.into()),
            note: row.note,
            source: row.source,
        }
    }
}

/// A version in a list: all but its content.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgreementVersionSummary)]
pub struct VersionSummary {
    /// The version's number: 1, 2, … with gaps where drafts were thrown away.
    #[schema(example = 1)]
    pub version: i32,
    /// Where it stands.
    #[schema(inline)]
    pub state: VersionState,
    /// The version that it was written from; null for the first.
    #[schema(required)]
    pub base: Option<i32>,
    /// The first day from which it holds; for a draft the day proposed, if one is.
    #[schema(required, example = "2023-01-01")]
    pub effective_from: Option<NaiveDate>,
    /// The days on which it is in force; null for a draft, and where later versions took all its days.
    #[schema(required)]
    pub governs: Option<SpanView>,
    /// What a reader should know of the version.
    #[schema(required)]
    pub note: Option<String>,
    /// Where its content is stated, or who asked for it.
    pub source: String,
    /// Who wrote it first: a client or organisation, never a person.
    #[schema(example = "omraadesekretariatet")]
    pub subject: String,
    /// When it was written first.
    pub created_at: DateTime<Utc>,
    /// When the draft changed last, or took force.
    pub changed_at: DateTime<Utc>,
    /// When it took force: the instant of the decision, not the day from which it holds; null for a draft.
    #[schema(required)]
    pub in_force_at: Option<DateTime<Utc>>,
}

impl VersionSummary {
    /// The version with the days that it governs.
    pub fn new(row: &agreement_version::Model, span: Option<Span>) -> Self {
        Self {
            version: row.version,
            state: VersionState::of(row),
            base: row.base,
            effective_from: row.effective_from,
            governs: span.map(Into::into),
            note: row.note.clone(),
            source: row.source.clone(),
            subject: row.subject.clone(),
            created_at: row.created_at,
            changed_at: row.changed_at,
            in_force_at: row.in_force_at,
        }
    }
}

/// A version of an agreement, with its content.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgreementVersion)]
pub struct VersionView {
    /// The agreement's code.
    #[schema(example = "beskaeftigelse")]
    pub agreement: String,
    /// `strategic` or `sub_agreement`.
    #[schema(example = "sub_agreement")]
    pub kind: String,
    /// The focus area of a sub-agreement.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// The agreement's name in Danish, official.
    #[schema(example = "Delaftale for indsatsområdet Beskæftigelse")]
    pub name: String,
    /// The agreement's name in English.
    #[schema(example = "Sub-agreement for the focus area Employment")]
    pub name_en: String,
    /// The version's number: 1, 2, … with gaps where drafts were thrown away.
    #[schema(example = 1)]
    pub version: i32,
    /// Where it stands.
    #[schema(inline)]
    pub state: VersionState,
    /// The version that it was written from; null for the first.
    #[schema(required)]
    pub base: Option<i32>,
    /// The first day from which it holds; for a draft the day proposed, if one is.
    #[schema(required, example = "2023-01-01")]
    pub effective_from: Option<NaiveDate>,
    /// The days on which it is in force; null for a draft, and where later versions took all its days.
    #[schema(required)]
    pub governs: Option<SpanView>,
    /// What is agreed.
    pub content: Content,
    /// What a reader should know of the version.
    #[schema(required)]
    pub note: Option<String>,
    /// Where its content is stated, or who asked for it.
    pub source: String,
    /// Who wrote it first: a client or organisation, never a person.
    #[schema(example = "omraadesekretariatet")]
    pub subject: String,
    /// When it was written first.
    pub created_at: DateTime<Utc>,
    /// When the draft changed last, or took force.
    pub changed_at: DateTime<Utc>,
    /// When it took force: the instant of the decision, not the day from which it holds; null for a draft.
    #[schema(required)]
    pub in_force_at: Option<DateTime<Utc>>,
}

impl VersionView {
    /// A version of an agreement with its content and the days that it governs.
    pub fn new(
        agreement: agreement::Model,
        row: agreement_version::Model,
        content: Content,
        span: Option<Span>,
    ) -> Self {
        Self {
            agreement: agreement.code,
            kind: agreement.kind,
            focus_area: agreement.focus_area,
            name: agreement.name,
            name_en: agreement.name_en,
            version: row.version,
            state: VersionState::of(&row),
            base: row.base,
            effective_from: row.effective_from,
            governs: span.map(Into::into),
            content,
            note: row.note,
            source: row.source,
            subject: row.subject,
            created_at: row.created_at,
            changed_at: row.changed_at,
            in_force_at: row.in_force_at,
        }
    }

    /// What of a draft may be written.
    pub fn written(&self) -> WrittenVersion {
        WrittenVersion {
            base: self.base,
            effective_from: self.effective_from,
            note: self.note.clone(),
            source: self.source.clone(),
            content: self.content.clone(),
        }
    }
}

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
    #[schema(inline)]
    pub kind: ChangeKind,
    /// What it was; null where it was added.
    #[schema(required, value_type = Option<Value>, example = 222)]
    pub before: Option<serde_json::Value>,
    /// What it is; null where it was removed.
    #[schema(required, value_type = Option<Value>, example = 185)]
    pub after: Option<serde_json::Value>,
    /// The change as a sentence in Danish.
    #[schema(
        example = "Bemanding (jobcenter-fredericia, Fremskudt beskæftigelsesmedarbejder), timer om ugen: ændret fra 222 til 185."
    )]
    pub text: String,
    /// The change as a sentence in English.
    #[schema(
        example = "Staffing (jobcenter-fredericia, Fremskudt beskæftigelsesmedarbejder), weekly hours: changed from 222 to 185."
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

/// Weekly hours, added up over the sub-agreements that are in force on the date.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StaffingSums)]
pub struct StaffingView {
    /// By focus area, in the plan's order; one whose sub-agreement is not in force is left out.
    pub focus_areas: Vec<FocusAreaStaffing>,
    /// By organisation.
    pub organisations: Vec<OrganisationStaffing>,
    /// In all.
    #[schema(inline)]
    pub weekly_hours: Hours,
}

/// The weekly hours of a focus area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FocusAreaStaffing {
    /// The focus area's code.
    #[schema(example = "beskaeftigelse")]
    pub focus_area: String,
    /// The version of its sub-agreement that is in force on the date.
    #[schema(example = 1)]
    pub version: i32,
    /// The hours that are stated, added up.
    #[schema(inline)]
    pub weekly_hours: Hours,
    /// Who puts in what; a row without hours is not part of any sum.
    pub rows: Vec<StaffingRow>,
}

/// A row of staffing, with whether its hours are stated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffingRow {
    /// The organisation's code; null where the agreement names only the job.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// The job, in the agreement's words.
    #[schema(example = "Fremskudt beskæftigelsesmedarbejder")]
    pub role: String,
    /// Hours a week; null where they are not stated.
    #[schema(required)]
    pub weekly_hours: Option<Hours>,
    /// `stated` or `not_stated`.
    #[schema(example = "stated")]
    pub status: &'static str,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

impl From<&Staffing> for StaffingRow {
    fn from(row: &Staffing) -> Self {
        Self {
            organisation: row.organisation.clone(),
            role: row.role.clone(),
            weekly_hours: row.weekly_hours,
            status: if row.weekly_hours.is_some() {
                "stated"
            } else {
                "not_stated"
            },
            note: row.note.clone(),
        }
    }
}

/// The weekly hours of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationStaffing {
    /// The organisation's code; null for the jobs of which the agreements do not say who fills them.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// In all.
    #[schema(inline)]
    pub weekly_hours: Hours,
    /// By focus area, where it has any.
    pub by_focus_area: Vec<FocusAreaHours>,
}

/// The weekly hours of an organisation in a focus area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FocusAreaHours {
    /// The focus area's code.
    #[schema(example = "beskaeftigelse")]
    pub focus_area: String,
    /// The hours.
    #[schema(inline)]
    pub weekly_hours: Hours,
}

/// A sum as it is sent: without the zeros that adding 2.50 and 2.50 leaves behind.
pub fn hours(sum: Decimal) -> Hours {
    Hours(sum.normalize())
}
