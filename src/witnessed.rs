//! What a process remembers of the audit logs that it has witnessed, see [`crate::witness`].

use std::collections::HashMap;
use std::sync::Mutex;

/// How far each plan's log was when this process last witnessed it: number and hash of the newest entry, by the plan's code.
#[derive(Debug, Default)]
pub struct Witnessed(Mutex<HashMap<String, (i64, String)>>);

impl Witnessed {
    /// What was witnessed of a plan last; none where nothing was yet.
    pub fn of(&self, plan: &str) -> Option<(i64, String)> {
        let known = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.get(plan).cloned()
    }

    /// Remembers how far the log of a plan was witnessed.
    pub fn remember(&self, plan: &str, number: i64, hash: String) {
        let mut known = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.insert(plan.to_owned(), (number, hash));
    }
}
