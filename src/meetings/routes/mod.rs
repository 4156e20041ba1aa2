//! `…/meetings` with agenda, figures, minutes and cadence; `…/bodies/{code}/calendar-feeds` and `…/calendars/{secret}.ics`.

mod agenda;
mod cadence;
mod feeds;
mod figures;
mod list;
mod minutes;
mod steps;
mod write;

use actix_web::HttpRequest;
use sea_orm::ConnectionTrait;

use super::store::agenda::Seen;
use crate::auth::role::{Permission, Role};
use crate::auth::{Allow, Caller};
use crate::bodies;
use crate::bodies::rules::Sight;
use crate::entities::plan;
use crate::plans;
use crate::problem::{Problem, ProblemKind};
use crate::record::{Actor, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(list::list_meetings)
        .service(write::plan_meeting)
        // Before the meetings by id: its path is a word.
        .service(cadence::get_cadence)
        .service(list::get_meeting)
        .service(write::patch_meeting)
        .service(steps::call_meeting)
        .service(steps::hold_meeting)
        .service(steps::cancel_meeting)
        .service(steps::approve_minutes)
        .service(agenda::list_agenda_items)
        .service(agenda::propose_agenda_item)
        .service(agenda::get_agenda_item)
        .service(agenda::patch_agenda_item)
        .service(figures::get_meeting_figures)
        .service(minutes::get_minutes)
        .service(minutes::put_minutes)
        .service(feeds::list_calendar_feeds)
        .service(feeds::make_calendar_feed)
        .service(feeds::get_calendar_feed)
        .service(feeds::revoke_calendar_feed)
        .service(feeds::meetings_calendar);
}

/// Who writes, for the record and for what it may.
struct Writer {
    plan: plan::Model,
    caller: Caller,
    actor: Actor,
}

impl Writer {
    async fn new<P>(app: &AppState, who: &Allow<P>, plan: &str, request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self {
            plan: plans::store::resolve(app.db.read(), who.scope(), plan).await?,
            caller: who.caller().clone(),
            actor: actor::of(request, who.caller()),
        })
    }

    fn deed<'a>(&'a self, operation: &'a str, target: String) -> Deed<'a> {
        Deed {
            actor: &self.actor,
            operation,
            target,
        }
    }

    /// Of which bodies it sees the meetings.
    async fn sight(&self, db: &impl ConnectionTrait) -> Result<Sight, Problem> {
        bodies::store::sight(db, self.plan.id, &self.caller).await
    }
}

/// Which items of an agenda a caller sees: the secretariat and the board all, everybody else what is on it and what its own
/// organisation proposed.
fn seen(caller: &Caller) -> Seen {
    match caller.role {
        Some(Role::Secretariat | Role::Board) => Seen::Every,
        _ => Seen::OnTheAgenda(caller.scope.organisation.clone()),
    }
}

/// Whether the caller runs meetings, and so decides what is on their agendas.
fn is_secretariat(caller: &Caller) -> bool {
    caller.may(Permission::WriteMeetings)
}

/// 409 with a reason.
fn conflict(en: &'static str, da: &'static str) -> Problem {
    Problem::new(ProblemKind::StateConflict, en, da)
}

/// 403 with a reason that is not the token's scope.
fn forbidden(en: &'static str, da: &'static str) -> Problem {
    Problem::new(ProblemKind::Forbidden, en, da)
}
