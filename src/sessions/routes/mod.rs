//! `…/sessions`, `…/sessions.ics` and `…/feeds/sessions`.

mod feeds;
mod list;
mod one;
mod write;

use super::store::Sight;
use crate::auth::Caller;
use crate::auth::role::Permission;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(list::list_sessions)
        .service(write::create_session)
        .service(one::get_session)
        .service(write::put_session)
        .service(write::patch_session)
        .service(write::delete_session)
        .service(feeds::sessions_feed)
        .service(feeds::sessions_calendar);
}

/// What of the sessions a caller sees.
fn sight(caller: &Caller) -> Sight {
    if caller.may(Permission::WriteSessions) {
        Sight::Everything
    } else {
        Sight::Public
    }
}
