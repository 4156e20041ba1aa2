//! Who acts, for the record.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use crate::auth::Caller;
use crate::auth::role::Role;

/// Who acts, and in which request.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The token's subject, or `operator` for the command line.
    pub subject: String,
    /// The OAuth client, or the id of the read token; none on the command line.
    pub client: Option<String>,
    /// The token's role; none on the command line, and where the service does not know it.
    pub role: Option<Role>,
    /// The request's id; none on the command line.
    pub request_id: Option<String>,
    entered: Entered,
}

/// Whether a request has left an entry in the audit log: one that wrote need not be entered as a read, too.
#[derive(Clone, Debug, Default)]
pub struct Entered(Arc<AtomicBool>);

impl Entered {
    /// Whether it has.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Actor {
    /// Whoever calls, in the request of this id, which knows by `entered` that it left an entry.
    pub fn new(caller: &Caller, request_id: Option<String>, entered: Entered) -> Self {
        Self {
            subject: caller.subject.clone(),
            client: caller.client_id.clone(),
            role: caller.role,
            request_id,
            entered,
        }
    }

    /// The operator, on the command line: seeds, too.
    pub fn operator() -> &'static Self {
        static OPERATOR: LazyLock<Actor> = LazyLock::new(|| Actor {
            subject: "operator".to_owned(),
            client: None,
            role: None,
            request_id: None,
            entered: Entered::default(),
        });
        &OPERATOR
    }

    pub(super) fn entered(&self) -> &Entered {
        &self.entered
    }
}
