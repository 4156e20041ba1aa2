//! What the audit log shows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entities::audit_entry;
use crate::problem::Problem;
use crate::record::audit::AuditOutcome;
use crate::words::Word;

/// An entry of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// Its number in the plan's log, from 1 without gaps, in the order in which things were committed.
    #[schema(example = 4711, minimum = 1)]
    pub number: i64,
    /// When it was done, by the clock of the replica that did it; RFC 3339 in UTC, in microseconds.
    #[schema(example = "2024-02-01T12:00:00.000001Z")]
    pub at: DateTime<Utc>,
    /// Who did it: the subject of the token, or `operator` for the command line.
    #[schema(example = "omraadesekretariatet")]
    pub subject: String,
    /// The registered client, or the read token, by id; null on the command line.
    #[schema(example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12")]
    pub client: Option<String>,
    /// The role of the token; null on the command line.
    #[schema(example = "secretariat")]
    pub role: Option<String>,
    /// What was done: the operation's id in this document; `seed` and others for what the command line does.
    #[schema(example = "get_minutes")]
    pub operation: String,
    /// What it was done to: the path below the plan. A piece of a path that is no code, id, number or day is `*`.
    #[schema(example = "meetings/019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16/minutes")]
    pub target: String,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The request's id, as in `X-Request-Id` of its answer and in the service's log; null on the command line.
    #[schema(example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a77")]
    pub request_id: Option<String>,
    /// The plan's data version that a write made; null where nothing was written.
    #[schema(example = 815, minimum = 1)]
    pub data_version: Option<i64>,
    /// The hash of the entry before; of the first, SHA-256 over what stands for the plan.
    #[schema(example = "babe687ab3dd5f5abb8a266dbb346480507724c6ad73b5e60b6fc705ce5fca49")]
    pub previous_hash: String,
    /// SHA-256 over all of the above.
    #[schema(example = "65f8efa988eee087b3462bbba10865c9cdf6df120171debab80c9b136667fbfd")]
    pub hash: String,
}

impl TryFrom<audit_entry::Model> for EntryView {
    type Error = Problem;

    fn try_from(row: audit_entry::Model) -> Result<Self, Problem> {
        Ok(Self {
            outcome: AuditOutcome::find(&row.outcome).ok_or_else(Problem::internal)?,
            number: row.number,
            at: row.at,
            subject: row.subject,
            client: row.client,
            role: row.role,
            operation: row.operation,
            target: row.target,
            request_id: row.request_id,
            data_version: row.data_version,
            previous_hash: row.previous_hash,
            hash: row.hash,
        })
    }
}

/// How far a plan's audit log is: what a checkpoint says, and what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checkpoint {
    /// The plan, by code.
    #[schema(example = "fredericia-2023-2026")]
    pub plan: String,
    /// The number of its newest entry.
    #[schema(example = 4711, minimum = 1)]
    pub number: i64,
    /// The hash of that entry.
    #[schema(example = "65f8efa988eee087b3462bbba10865c9cdf6df120171debab80c9b136667fbfd")]
    pub hash: String,
    /// When that entry was made.
    #[schema(example = "2024-02-01T12:00:00.000001Z")]
    pub at: DateTime<Utc>,
}

/// A checkpoint with its signature.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditCheckpoint)]
pub struct CheckpointView {
    /// What is signed.
    #[serde(flatten)]
    pub checkpoint: Checkpoint,
    /// The same, signed by the service: a compact JWS (RFC 7515) of the type `helhedsplan-audit-checkpoint+jwt`, whose key is
    /// among those of `/.well-known/jwks.json` today.
    #[schema(example = "eyJ0eXAiOiJoZWxoZWRzcGxhbi1hdWRpdC1jaGVja3BvaW50K2p3dCJ9.e30.c2lnbmF0dXJl")]
    pub signed: String,
}
