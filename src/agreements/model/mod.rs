//! How agreements and their versions look from outside.

mod diff;
mod staffing;
mod written;

pub use diff::{ChangeKind, ChangeView, DiffView};
pub use staffing::{FocusAreaHours, FocusAreaStaffing, OrganisationStaffing, StaffingRow, StaffingView, hours};
pub use written::{NewVersion, PatchedVersion, WrittenVersion};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::content::Content;
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
