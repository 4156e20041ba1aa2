//! What this process carries out after its request was answered, so that it can say so when it is stopped.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// The background work of this process, each by its plan and its id.
#[derive(Clone, Debug, Default)]
pub struct Underway(Arc<Mutex<BTreeSet<(i32, Uuid)>>>);

impl Underway {
    /// Notes that something is begun.
    pub fn begin(&self, plan_id: i32, id: Uuid) {
        self.lock().insert((plan_id, id));
    }

    /// Notes that it has come to its end.
    pub fn end(&self, plan_id: i32, id: Uuid) {
        self.lock().remove(&(plan_id, id));
    }

    /// Whether it has begun here and not come to its end.
    pub fn has(&self, plan_id: i32, id: Uuid) -> bool {
        self.lock().contains(&(plan_id, id))
    }

    /// What has not come to its end.
    pub fn all(&self) -> Vec<(i32, Uuid)> {
        self.lock().iter().copied().collect()
    }

    // Nothing can panic while it is held, and a set is whole after each of these steps.
    fn lock(&self) -> MutexGuard<'_, BTreeSet<(i32, Uuid)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
