//! How redactions are sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entities::redaction;
use crate::problem::Problem;

/// What is to be taken out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRedaction, example = json!({"text": "familien på 3. sal til venstre (opdigtet)",
    "reason": "Teksten peger på en bestemt familie (opdigtet)."}))]
pub struct NewRedaction {
    /// The passage, exactly as it stands there, capital letters and spaces included. Unlike any other text it may hold something
    /// shaped like a personal number. No answer, log or record repeats it.
    #[schema(min_length = 3, max_length = 4000)]
    pub text: String,
    /// Why it is taken out. It stays, so it must not say again what was to be taken out.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Whether only to tell where the passage stands; `false` where absent.
    pub dry_run: Option<bool>,
}

/// Where the passage stood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = RedactionPlace)]
pub struct Place {
    /// The kind of record. `idempotency-keys` are answers that are kept for repeated requests, `meeting-packs` what meetings
    /// were told.
    #[schema(example = "agenda-items")]
    pub record: String,
    /// The record, by id, code or number; of what belongs to another record by that one's first.
    #[schema(example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a17")]
    pub key: String,
    /// Where in the record, as a JSON pointer: the field, and within documents the member.
    #[schema(example = "/description")]
    pub pointer: String,
    /// How often it stood there.
    #[schema(example = 1)]
    pub occurrences: i64,
}

/// What became of a redaction, told once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RedactionReceipt)]
pub struct Receipt {
    /// The redaction's id; null for a dry run.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// When the passage was taken out; null for a dry run.
    #[schema(required)]
    pub redacted_at: Option<DateTime<Utc>>,
    /// SHA-256 of `nonce`, as bytes, followed by the passage, in hexadecimal; null for a dry run.
    #[schema(
        required,
        example = "bf0e4665c55d7d245e3678ba4ac7c8692ab26a4e6ccf854425757a4893351544"
    )]
    pub hash: Option<String>,
    /// 32 random bytes, in hexadecimal, which are kept nowhere: only who keeps them can ever show, with `hash`, what was taken out.
    /// Null for a dry run.
    #[schema(
        required,
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub nonce: Option<String>,
    /// In how many records it stood.
    #[schema(example = 1)]
    pub records: i64,
    /// How often it stood there in all.
    #[schema(example = 1)]
    pub occurrences: i64,
    /// Where it stood.
    pub places: Vec<Place>,
    /// Whether the database has given up its own old copies, too: SQLite writes its file anew, PostgreSQL removes dead rows. `false`
    /// for a dry run, and where it was too busy: `helhedsplan retention`, or PostgreSQL by itself, does it later.
    #[schema(example = true)]
    pub is_purged: bool,
}

/// A redaction, in lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RedactionItem)]
pub struct Item {
    /// The redaction's id.
    pub id: Uuid,
    /// When the passage was taken out.
    pub redacted_at: DateTime<Utc>,
    /// Who had it taken out: a client or organisation, never a person.
    #[schema(example = "omraadesekretariatet")]
    pub subject: String,
    /// Why.
    #[schema(example = "Teksten peger på en bestemt familie (opdigtet).")]
    pub reason: String,
    /// SHA-256 of a random number and the passage, in hexadecimal. The number was shown to who had it taken out, once.
    #[schema(example = "bf0e4665c55d7d245e3678ba4ac7c8692ab26a4e6ccf854425757a4893351544")]
    pub hash: String,
    /// In how many records it stood.
    #[schema(example = 1)]
    pub records: i64,
    /// How often it stood there in all.
    #[schema(example = 1)]
    pub occurrences: i64,
}

/// A redaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Redaction)]
pub struct View {
    /// The redaction.
    #[serde(flatten)]
    pub item: Item,
    /// Where the passage stood.
    pub places: Vec<Place>,
}

impl From<&redaction::Model> for Item {
    fn from(row: &redaction::Model) -> Self {
        Self {
            id: row.id,
            redacted_at: row.redacted_at,
            subject: row.subject.clone(),
            reason: row.reason.clone(),
            hash: row.hash.clone(),
            records: row.records,
            occurrences: row.occurrences,
        }
    }
}

impl View {
    /// A redaction as it is stored.
    pub fn new(row: &redaction::Model) -> Result<Self, Problem> {
        let places = serde_json::from_str(&row.places).map_err(|error| {
            tracing::error!(%error, redaction = %row.id, "the places of a redaction cannot be read");
            Problem::internal()
        })?;
        Ok(Self {
            item: Item::from(row),
            places,
        })
    }
}
