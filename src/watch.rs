//! Nothing protected is shown before it is in the audit log.
//!
//! Which operations show what is protected follows from the permission that they need ([`Permission::is_watched`]), so none can
//! be forgotten. An answer that shows something is held back until its entry is committed; where it cannot be, the caller gets 503
//! and sees nothing. Requests that wrote have their entry already, made with the write.
//!
//! Attempts that came to nothing are entered, too, as far as [`Limits::admit_refusal`] goes.
//!
//! [`Permission::is_watched`]: crate::auth::role::Permission::is_watched
//! [`Limits::admit_refusal`]: crate::auth::limits::Limits::admit_refusal

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, ResponseError};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::auth::{Caller, Watched};
use crate::openapi;
use crate::problem::{Problem, ProblemKind};
use crate::record::audit::{AuditOutcome, Sight, enter_sight};
use crate::state::{AppState, state};
use crate::text::has_personal_number;
use crate::web::actor;

/// The longest piece of a path that an entry repeats.
const LONGEST_PIECE: usize = 64;

/// Enters what a request was shown, or was not, before its answer leaves.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, Error> {
    let response = next.call(request).await?;
    let seen = seen(response.request(), response.status());
    let Some((caller, outcome)) = seen else {
        return Ok(response.map_into_left_body());
    };
    let app = state(response.request());
    match enter(app, response.request(), &caller, outcome).await {
        Ok(()) => Ok(response.map_into_left_body()),
        Err(error) => {
            tracing::error!(%error, "a read could not be entered in the audit log");
            if let Some(metrics) = &app.metrics {
                metrics.could_not_enter();
            }
            if outcome != AuditOutcome::Shown {
                // Nothing is shown anyway.
                return Ok(response.map_into_left_body());
            }
            let problem = Problem::new(
                ProblemKind::Unavailable,
                "The read could not be entered in the audit log, so nothing is shown.",
                "Læsningen kunne ikke føres i revisionsloggen, så intet vises.",
            )
            .retry_after(5);
            Ok(response.into_response(problem.error_response()).map_into_right_body())
        }
    }
}

/// What is to be entered of a request, and who made it; nothing where it is not watched, showed nothing or has its entry.
fn seen(request: &HttpRequest, status: StatusCode) -> Option<(Arc<Caller>, AuditOutcome)> {
    let caller = {
        let extensions = request.extensions();
        extensions.get::<Watched>()?;
        extensions.get::<Arc<Caller>>().cloned()?
    };
    let outcome = match status {
        StatusCode::FORBIDDEN => AuditOutcome::Refused,
        StatusCode::NOT_FOUND => AuditOutcome::NotFound,
        StatusCode::NOT_MODIFIED => AuditOutcome::Shown,
        status if status.is_success() => AuditOutcome::Shown,
        _ => return None,
    };
    let is_due = match outcome {
        AuditOutcome::Shown => !actor::entered(request).is_set(),
        _ => state(request).limits.admit_refusal(&caller),
    };
    is_due.then_some((caller, outcome))
}

async fn enter(app: &AppState, request: &HttpRequest, caller: &Caller, outcome: AuditOutcome) -> Result<(), DbErr> {
    let template = request.match_pattern().unwrap_or_default();
    let plan = request.match_info().get("plan").unwrap_or_default();
    let sight = Sight {
        actor: &actor::of(request, caller),
        operation: openapi::operation_id(request.method().as_str(), &template).unwrap_or("unknown"),
        target: target(request.path()),
        outcome,
    };
    let transaction = app.db.begin().await?;
    enter_sight(&transaction, plan, sight).await?;
    // No figure has changed: what is remembered stays true.
    transaction.commit_unseen().await
}

/// The path below the plan. A piece that is no code, id, number or day is left out: the log is for ever, and a path can hold
/// whatever somebody typed.
fn target(path: &str) -> String {
    let pieces = path.split('/').skip(4).map(|piece| {
        let is_plain = (1..=LONGEST_PIECE).contains(&piece.len())
            && piece
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if is_plain && (piece.parse::<Uuid>().is_ok() || !has_personal_number(piece)) {
            piece
        } else {
            "*"
        }
    });
    pieces.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_holds_codes_and_nothing_that_somebody_typed() {
        assert_eq!(target("/v1/plans/p/contingency"), "contingency");
        let id = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16";
        assert_eq!(
            target(&format!("/v1/plans/p/meetings/{id}/minutes")),
            format!("meetings/{id}/minutes")
        );
        assert_eq!(
            target("/v1/plans/p/participation/reports/din-uddannelsesvej/2023-Q4"),
            "participation/reports/din-uddannelsesvej/2023-Q4"
        );
        assert_eq!(
            target("/v1/plans/p/contingency/activations/Hans%20Hansen"),
            "contingency/activations/*"
        );
        assert_eq!(target("/v1/plans/p/meetings/010190-1234/minutes"), "meetings/*/minutes");
        assert_eq!(target(&format!("/v1/plans/p/a/{}", "x".repeat(65))), "a/*");
        assert_eq!(target("/v1/plans/p"), "");
    }
}
