//! The agenda of a meeting.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::ItemStatus;
use crate::auth::role::Role;
use crate::decisions::rules::kinds::{DecisionKind, DecisionState};
use crate::entities::{agenda_item, decision};
use crate::problem::Problem;
use crate::words::Word;

/// An item on the agenda of a meeting, or one that was proposed for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgendaItem)]
pub struct AgendaItemView {
    /// The item's id.
    pub id: Uuid,
    /// The meeting.
    pub meeting: Uuid,
    /// Its place: items stand in the order of their positions, those of the same position in the order in which they came.
    #[schema(example = 10)]
    pub position: i32,
    /// How far it is.
    pub status: ItemStatus,
    /// What it is about, in a line.
    #[schema(example = "Placering af Familieindsatser (opdigtet)")]
    pub title: String,
    /// What it is about.
    #[schema(required)]
    pub description: Option<String>,
    /// The documents: links with the checksum of what they lead to. Nothing is ever fetched from them.
    pub documents: Vec<Document>,
    /// The role of who proposed it.
    pub proposed_by_role: Role,
    /// The organisation that proposed it, by code; null where its token named none.
    #[schema(required, example = "boli-nu")]
    pub proposed_by: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// The decisions that are taken up under it (`agenda_item` in `GET …/decisions/{id}`), as far as the caller sees decisions, in
    /// the order in which they were proposed; none while it is off the agenda. Null where the caller's token does not let it read
    /// decisions.
    #[schema(required)]
    pub decisions: Option<Vec<ItemDecisionView>>,
}

/// A decision that is taken up under an item of an agenda.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgendaItemDecision)]
pub struct ItemDecisionView {
    /// The decision's id.
    pub id: Uuid,
    /// What is decided.
    pub kind: DecisionKind,
    /// What it is called, in Danish.
    #[schema(example = "Lektiecaféen flyttes fra zone 1 til zone 3")]
    pub title: String,
    /// Where it stands.
    pub state: DecisionState,
}

impl ItemDecisionView {
    /// A decision as it is stored.
    pub fn new(row: decision::Model) -> Result<Self, Problem> {
        let known = DecisionKind::find(&row.kind).zip(DecisionState::find(&row.state));
        let (kind, state) = known.ok_or_else(|| {
            tracing::error!(decision = %row.id, "a stored decision has a word that the service does not know");
            Problem::internal()
        })?;
        Ok(Self {
            id: row.id,
            kind,
            title: row.title,
            state,
        })
    }
}

/// A document: a link, and what it must lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AgendaDocument)]
pub struct Document {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "Indstilling (opdigtet)")]
    pub name: String,
    /// Where it is: an absolute `https:` address without user name or password.
    #[schema(max_length = 2000, example = "https://example.org/indstilling.pdf")]
    pub url: String,
    /// SHA-256 of the document, in hexadecimal: who opens it can see that it is the one that was meant.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )]
    pub sha256: String,
}

/// The documents of an item.
pub fn documents(row: &agenda_item::Model) -> Result<Vec<Document>, Problem> {
    serde_json::from_value(row.documents.clone()).map_err(|error| {
        tracing::error!(%error, item = %row.id, "the documents of an item cannot be read");
        Problem::internal()
    })
}

impl AgendaItemView {
    /// An item as it is stored, with the decisions that the caller sees under it.
    pub fn new(row: agenda_item::Model, decisions: Option<Vec<ItemDecisionView>>) -> Result<Self, Problem> {
        let unknown = || {
            tracing::error!(item = %row.id, "an item of an agenda has an unknown word");
            Problem::internal()
        };
        Ok(Self {
            status: ItemStatus::find(&row.status).ok_or_else(unknown)?,
            proposed_by_role: row.proposed_by_role.parse().map_err(|_| unknown())?,
            documents: documents(&row)?,
            id: row.id,
            meeting: row.meeting,
            position: row.position,
            title: row.title,
            description: row.description,
            proposed_by: row.proposed_by,
            created_at: row.created_at,
            decisions,
        })
    }
}

/// What is said of an item that is proposed.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"title": "Placering af Familieindsatser (opdigtet)", "documents": [
    {"name": "Indstilling (opdigtet)", "url": "https://example.org/indstilling.pdf",
     "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}))]
pub struct NewAgendaItem {
    /// What it is about, in a line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What it is about.
    #[schema(min_length = 1, max_length = 4000)]
    pub description: Option<String>,
    /// The documents; at most 20.
    #[schema(max_items = 20)]
    pub documents: Option<Vec<Document>>,
    /// Its place, which the secretariat gives; last where absent.
    #[schema(minimum = 1, maximum = 10000)]
    pub position: Option<i32>,
}

/// What to change of an item. What is absent stays; null takes away what may be absent.
#[derive(Debug, ToSchema)]
pub struct AgendaItemPatch {
    /// What it is about, in a line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What it is about.
    #[schema(min_length = 1, max_length = 4000)]
    pub description: Option<String>,
    /// The documents, all of them anew.
    #[schema(max_items = 20)]
    pub documents: Option<Vec<Document>>,
    /// Its place, which the secretariat gives.
    #[schema(minimum = 1, maximum = 10000)]
    pub position: Option<i32>,
    /// How far it is: the secretariat accepts and declines, who proposed it withdraws.
    pub status: Option<ItemStatus>,
}

/// The documents as they are stored.
impl From<&Document> for Value {
    fn from(document: &Document) -> Self {
        serde_json::json!({"name": document.name, "url": document.url, "sha256": document.sha256})
    }
}
