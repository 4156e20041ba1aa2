//! What this replica knows of registered clients and read tokens, so that a token is judged without asking the database.
//!
//! It is loaded before the service answers, at once after every change that this replica makes, and when the row that
//! counts changes says that another has made one (see `fresh`). As long as it is not loaded, no token of a registered client
//! and no read token is good: the service fails closed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::claims::Caller;
use super::secret;
use crate::problem::{Problem, ProblemKind};

/// The state of clients and read tokens at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// How often each plan's clients and read tokens had changed, by plan.
    pub versions: Vec<(i32, i64)>,
    /// The revoked clients.
    pub revoked: HashSet<Uuid>,
    /// The read tokens that are not revoked, by their SHA-256.
    pub read_tokens: HashMap<[u8; 32], Arc<Caller>>,
}

/// The newest snapshot.
#[derive(Debug, Default)]
pub struct Registry {
    current: ArcSwapOption<Snapshot>,
    /// Held while a snapshot is loaded, so that an older one never replaces a newer one.
    pub(crate) loading: Mutex<()>,
}

impl Registry {
    /// The changes that the newest snapshot has seen; none where there is no snapshot.
    pub fn versions(&self) -> Option<Vec<(i32, i64)>> {
        self.current.load().as_ref().map(|snapshot| snapshot.versions.clone())
    }

    /// Takes a new snapshot.
    pub fn replace(&self, snapshot: Snapshot) {
        self.current.store(Some(Arc::new(snapshot)));
    }

    /// Forgets the snapshot, because it may be too old: until the next nobody is let in by it.
    pub fn close(&self) {
        self.current.store(None);
    }

    /// Whether a registered client has been revoked.
    pub fn is_revoked(&self, client: Uuid) -> Result<bool, Problem> {
        Ok(self.snapshot()?.revoked.contains(&client))
    }

    /// Whom a read token lets in; none where it is unknown, revoked or expired.
    pub fn reader(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Arc<Caller>>, Problem> {
        let snapshot = self.snapshot()?;
        let caller = snapshot.read_tokens.get(&secret::digest(token));
        let is_good = |caller: &&Arc<Caller>| caller.expires_at.is_some_and(|ends| now.timestamp() < ends);
        Ok(caller.filter(is_good).cloned())
    }

    fn snapshot(&self) -> Result<Arc<Snapshot>, Problem> {
        self.current.load_full().ok_or_else(|| {
            Problem::new(
                ProblemKind::Unavailable,
                "Whether the client is still registered cannot be found out now.",
                "Det kan ikke afgøres nu, om klienten stadig er registreret.",
            )
            .retry_after(2)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_let_in_before_the_registry_is_loaded_or_after_it_is_closed() {
        let registry = Registry::default();
        let is_closed = |registry: &Registry| {
            registry.is_revoked(Uuid::now_v7()).unwrap_err().kind() == ProblemKind::Unavailable
                && registry.reader("x", Utc::now()).unwrap_err().kind() == ProblemKind::Unavailable
                && registry.versions().is_none()
        };
        assert!(is_closed(&registry));
        registry.replace(Snapshot::default());
        assert!(!registry.is_revoked(Uuid::now_v7()).unwrap());
        assert!(registry.reader("x", Utc::now()).unwrap().is_none());
        registry.close();
        assert!(is_closed(&registry));
    }
}
