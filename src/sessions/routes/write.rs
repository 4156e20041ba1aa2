//! Writing sessions: the secretariat's.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, patch, post, put};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::super::model::{self, NewSession, SessionPatch, SessionView};
use super::super::read;
use super::super::rules::{self, Definition, Occurrence};
use super::super::store::{self, Sight};
use crate::auth::Allow;
use crate::auth::role::WriteSessions;
use crate::db::Db;
use crate::entities::{plan, session};
use crate::plans;
use crate::problem::{At, Problem};
use crate::record::idempotency::{Answer, Claim, commit};
use crate::record::{Actor, Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::{Body, NoBody};
use crate::web::etag::{require_match, require_match_or_none, to_json, written};
use crate::web::idempotency;
use crate::web::json::{self, Node};
use crate::web::merge_patch;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

/// Who writes, for the record.
struct Writer {
    plan: plan::Model,
    actor: Actor,
}

impl Writer {
    async fn new(
        app: &AppState,
        who: &Allow<WriteSessions>,
        plan: &str,
        request: &HttpRequest,
    ) -> Result<Self, Problem> {
        Ok(Self {
            plan: plans::store::resolve(app.db.read(), who.scope(), plan).await?,
            actor: actor::of(request, who.caller()),
        })
    }

    fn deed<'a>(&'a self, operation: &'a str, id: Uuid) -> Deed<'a> {
        Deed {
            actor: &self.actor,
            operation,
            target: format!("sessions/{id}"),
        }
    }

    /// What the body says of a session, and every time it makes it take place; 422 with all that is wrong.
    async fn judge(
        &self,
        transaction: &DatabaseTransaction,
        node: &Node,
        before: Option<&session::Model>,
    ) -> Result<(Definition, Vec<Occurrence>), Problem> {
        let known = store::known(transaction, self.plan.id).await?;
        let before = before.map(model::definition);
        let mut errors = Vec::new();
        let definition = read::definition(node, &known, before.as_ref(), &mut errors);
        let Some(definition) = definition else {
            return Err(Problem::invalid_content(errors));
        };
        let period = (self.plan.starts_on, self.plan.ends_on);
        match rules::occurrences(&definition, period, &At::Pointer(String::new())) {
            Ok(occurrences) if errors.is_empty() => Ok((definition, occurrences)),
            Ok(_) => Err(Problem::invalid_content(errors)),
            Err(more) => {
                errors.extend(more);
                Err(Problem::invalid_content(errors))
            }
        }
    }
}

/// Create a session
///
/// Once, or a series by a recurrence rule with exceptions. Times are local times in Copenhagen, so that a series keeps its
/// time of day when summer time begins and ends.
#[utoipa::path(tag = "activities", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewSession,
    security(("bearer" = ["sessions:write"])), responses(
    (status = 201, description = "The new session.", body = SessionView, headers(
        ("Location" = String, description = "The session."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/sessions")]
pub(super) async fn create_session(
    who: Allow<WriteSessions>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let writer = Writer::new(&app, &who, &path.plan, &request).await?;
    let plan_id = writer.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        create(&db, claim, &writer, &node).await
    })
    .await
}

/// Effect and stored answer in one transaction.
async fn create(db: &Db, claim: Option<&Claim>, writer: &Writer, node: &Node) -> Result<Answer, Problem> {
    let plan_id = writer.plan.id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let (definition, occurrences) = writer.judge(&transaction, node, None).await?;
    let id = Uuid::now_v7();
    let stamp = clock.tick(&transaction, writer.deed("create_session", id)).await?;
    let row = store::insert(&transaction, plan_id, id, definition, occurrences, stamp).await?;
    let location = format!("/v1/plans/{}/sessions/{id}", writer.plan.code);
    let answer = Answer::created(location, to_json(&SessionView::from(row))?);
    commit(transaction, claim, answer).await
}

/// Replace a session
///
/// `If-Match` names the `ETag` of what was read. What the calendar feed shows gets the next `SEQUENCE`.
#[utoipa::path(tag = "activities", params(PlanPath,
        ("id" = Uuid, Path, description = "The session's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a15")),
    request_body = NewSession,
    security(("bearer" = ["sessions:write"])), responses(
    (status = 200, description = "The session as it now is.", body = SessionView),
))]
#[put("/v1/plans/{plan}/sessions/{id}")]
pub(super) async fn put_session(
    who: Allow<WriteSessions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let check = |current: &[u8]| require_match_or_none(&request, Some(current));
    change(&app.db, &writer, id, "put_session", check, |_| Ok(node)).await
}

/// Change, cancel or move a session
///
/// A merge patch (RFC 7396): what is absent stays, null takes away, `exceptions` is replaced as a whole. `"status":
/// "cancelled"` calls the session off; an exception of the kind `cancelled` or `rescheduled` calls off or moves one
/// occurrence.
#[utoipa::path(tag = "activities", params(PlanPath,
        ("id" = Uuid, Path, description = "The session's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a15")),
    request_body(description = "What to change.", content(
        (SessionPatch = "application/merge-patch+json"),
        (SessionPatch = "application/json"),
    )),
    security(("bearer" = ["sessions:write"])), responses(
    (status = 200, description = "The session as it now is.", body = SessionView),
))]
#[patch("/v1/plans/{plan}/sessions/{id}")]
pub(super) async fn patch_session(
    who: Allow<WriteSessions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let check = |current: &[u8]| require_match(&request, current);
    change(&app.db, &writer, id, "patch_session", check, |current| {
        Ok(merge_patch::keeping_nulls(json::parse(current)?, &patch))
    })
    .await
}

/// The one way in which a session is changed: under the lock, if the precondition holds, and only if it says something else.
async fn change(
    db: &Db,
    writer: &Writer,
    id: Uuid,
    operation: &str,
    check: impl FnOnce(&[u8]) -> Result<(), Problem>,
    body: impl FnOnce(&[u8]) -> Result<Node, Problem>,
) -> Result<HttpResponse, Problem> {
    let plan_id = writer.plan.id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let before = store::session(&transaction, plan_id, id, Sight::Everything).await?;
    let current = to_json(&SessionView::from(before.clone()))?;
    check(&current)?;
    let node = body(&current)?;
    let (definition, occurrences) = writer.judge(&transaction, &node, Some(&before)).await?;
    if store::is_same(&before, &definition) {
        return Ok(written(StatusCode::OK, current));
    }
    let stamp = clock.tick(&transaction, writer.deed(operation, id)).await?;
    let after = store::replace(&transaction, &before, definition, occurrences, stamp).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&SessionView::from(after))?))
}

/// Delete a session
///
/// It is gone from the lists and the calendar; who follows the feed is told. Residents are better served by cancelling it.
#[utoipa::path(tag = "activities", params(PlanPath,
        ("id" = Uuid, Path, description = "The session's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a15")),
    security(("bearer" = ["sessions:write"])), responses(
    (status = 204, description = "It is deleted."),
))]
#[delete("/v1/plans/{plan}/sessions/{id}")]
pub(super) async fn delete_session(
    who: Allow<WriteSessions>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    _: NoBody,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, writer.plan.id).await?;
    let before = store::session(&transaction, writer.plan.id, id, Sight::Everything).await?;
    require_match(&request, &to_json(&SessionView::from(before.clone()))?)?;
    let stamp = clock.tick(&transaction, writer.deed("delete_session", id)).await?;
    store::delete(&transaction, before, stamp).await?;
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
