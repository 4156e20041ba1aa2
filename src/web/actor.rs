//! Who a request acts for, as the record has it.

use actix_web::{HttpMessage, HttpRequest};

use super::request_id::RequestId;
use crate::auth::Caller;
use crate::record::{Actor, Entered};

/// The caller of a request, for what is recorded of it.
pub fn of(request: &HttpRequest, caller: &Caller) -> Actor {
    Actor::new(caller, RequestId::text_of(request), entered(request))
}

/// The request's sign that it left an entry in the audit log: one and the same for all that is done in it.
pub fn entered(request: &HttpRequest) -> Entered {
    let mut extensions = request.extensions_mut();
    match extensions.get::<Entered>() {
        Some(entered) => entered.clone(),
        None => {
            let entered = Entered::default();
            extensions.insert(entered.clone());
            entered
        }
    }
}
