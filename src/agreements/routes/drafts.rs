//! `POST …/versions`, `PUT`, `PATCH` and `DELETE …/versions/{version}`: drafts.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, patch, post, put};
use sea_orm::DatabaseTransaction;

use super::super::model::{NewVersion, PatchedVersion, VersionView, WrittenVersion};
use super::super::read::{self, Draft};
use super::super::store;
use super::{number, view};
use crate::auth::Allow;
use crate::auth::role::DraftAgreements;
use crate::db::Db;
use crate::entities::{agreement, agreement_version, plan};
use crate::plans;
use crate::problem::{At, FieldError, Problem, ProblemKind, judged};
use crate::record::idempotency::{Answer, Claim, commit};
use crate::record::{Actor, Clock, Deed};
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{require_match, to_json, written};
use crate::web::json::Node;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::{actor, idempotency, merge_patch};

/// A draft that is to be written.
struct Writing {
    plan: plan::Model,
    code: String,
    body: Node,
    actor: Actor,
}

impl Writing {
    fn deed(&self, operation: &'static str, version: i32) -> Deed<'_> {
        Deed {
            actor: &self.actor,
            operation,
            target: format!("agreements/{}/versions/{version}", self.code),
        }
    }
}

/// Write a draft
///
/// A new version of the agreement, from another version or with its whole content. It holds for nobody until it takes
/// force, which only a decision brings about. Every error is reported at once, each with its JSON pointer.
#[utoipa::path(tag = "agreements", params(
        crate::web::path::PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The draft.", content((NewVersion = "application/json"))),
    security(("bearer" = ["agreements:draft"])), responses(
    (status = 201, description = "The draft.", body = VersionView, headers(
        ("Location" = String, description = "The draft."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/agreements/{code}/versions")]
pub(super) async fn draft_agreement_version(
    who: Allow<DraftAgreements>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let node = body.json(&["application/json"])?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let writing = Writing {
        plan,
        code,
        body: node,
        actor: actor::of(&request, who.caller()),
    };
    let plan_id = writing.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        write_new(&db, claim, &writing).await
    })
    .await
}

async fn write_new(db: &Db, claim: Option<&Claim>, writing: &Writing) -> Result<Answer, Problem> {
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, writing.plan.id).await?;
    let agreement = store::agreement(&transaction, writing.plan.id, &writing.code).await?;
    let written = new_draft(&transaction, &writing.plan, &agreement, &writing.body).await?;
    let version = agreement.last_version + 1;
    let deed = writing.deed("draft_agreement_version", version);
    let stamp = clock.tick(&transaction, deed).await?;
    let row = store::insert_draft(&transaction, &agreement, &written, &writing.actor.subject, stamp).await?;
    let location = format!(
        "/v1/plans/{}/agreements/{}/versions/{version}",
        writing.plan.code, writing.code
    );
    let answer = Answer::created(location, to_json(&view(&transaction, agreement, row).await?)?);
    commit(transaction, claim, answer).await
}

/// The draft that a body asks for: its content its own, or that of the version it is written from.
async fn new_draft(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    agreement: &agreement::Model,
    body: &Node,
) -> Result<WrittenVersion, Problem> {
    let catalogue = store::catalogue(transaction, plan, agreement).await?;
    let latest = store::latest_in_force(transaction, plan.id, &agreement.code).await?;
    let draft = judged(|errors| read::draft(body, false, &catalogue, errors))?;
    let source = match draft.base {
        None => latest,
        Some(base) => Some(
            store::version(transaction, plan.id, &agreement.code, base)
                .await
                .map_err(|problem| match problem.kind() {
                    ProblemKind::NotFound => Problem::invalid_content(vec![unknown_base()]),
                    _ => problem,
                })?,
        ),
    };
    // Written from a draft is written from what that draft was written from.
    let base = source.as_ref().and_then(|source| match source.seq_in_force {
        Some(_) => Some(source.version),
        None => source.base,
    });
    let content = match (draft.content, &source) {
        (Some(content), _) => content,
        (None, Some(source)) => store::content(source)?,
        (None, None) => {
            return Err(Problem::invalid_content(vec![FieldError::new(
                At::Pointer("/content".to_owned()),
                "required",
                "There is no version yet from which the content could be taken.",
                "Der er endnu ingen version, som indholdet kunne tages fra.",
            )]));
        }
    };
    Ok(WrittenVersion {
        base,
        effective_from: draft.effective_from,
        note: draft.note,
        source: draft.source,
        content,
    })
}

fn unknown_base() -> FieldError {
    FieldError::new(
        At::Pointer("/base".to_owned()),
        "unknown_version",
        "The agreement has no version of this number to write from.",
        "Aftalen har ingen version med dette nummer at skrive ud fra.",
    )
}

/// Replace a draft
///
/// As a whole: what is not sent goes. `If-Match` names the `ETag` of the draft as it was read: 428 where it is absent, 412
/// where somebody else was faster. A version that has taken force is never changed: 409.
#[utoipa::path(tag = "agreements", params(
        crate::web::path::PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse"),
        ("version" = i32, Path, description = "The draft's number.", example = 1),
        ("If-Match" = String, Header, description = "The `ETag` of the draft as it was read.")),
    request_body(description = "The draft.", content((WrittenVersion = "application/json"))),
    security(("bearer" = ["agreements:draft"])), responses(
    (status = 200, description = "The draft as it is now.", body = VersionView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[put("/v1/plans/{plan}/agreements/{code}/versions/{version}")]
pub(super) async fn replace_agreement_draft(
    who: Allow<DraftAgreements>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let operation = "replace_agreement_draft";
    write_again(who, path.into_inner(), node, operation, &app, &request, |_, body| {
        Ok(body)
    })
    .await
}

/// Change a draft
///
/// A merge patch (RFC 7396) of the base, the day, note, source and content; lists are replaced as a whole. `If-Match`
/// names the `ETag` of the draft as it was read: 428 where it is absent, 412 where somebody else was faster. A version
/// that has taken force is never changed: 409.
#[utoipa::path(tag = "agreements", params(
        crate::web::path::PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse"),
        ("version" = i32, Path, description = "The draft's number.", example = 1),
        ("If-Match" = String, Header, description = "The `ETag` of the draft as it was read.")),
    request_body(description = "What to change.", content(
        (PatchedVersion = "application/json"),
        (PatchedVersion = "application/merge-patch+json"),
    )),
    security(("bearer" = ["agreements:draft"])), responses(
    (status = 200, description = "The draft as it is now.", body = VersionView,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[patch("/v1/plans/{plan}/agreements/{code}/versions/{version}")]
pub(super) async fn change_agreement_draft(
    who: Allow<DraftAgreements>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let operation = "change_agreement_draft";
    write_again(
        who,
        path.into_inner(),
        patch,
        operation,
        &app,
        &request,
        |before, patch| merge_patch::apply(&before.written(), &patch),
    )
    .await
}

/// Writes a draft anew, as `whole` makes it of what is there and what was sent.
async fn write_again(
    who: Allow<DraftAgreements>,
    (plan, code, version): (String, String, String),
    body: Node,
    operation: &'static str,
    app: &AppState,
    request: &HttpRequest,
    whole: impl FnOnce(&VersionView, Node) -> Result<Node, Problem>,
) -> Result<HttpResponse, Problem> {
    let version = number(&version, "version")?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let writing = Writing {
        plan,
        code,
        body,
        actor: actor::of(request, who.caller()),
    };
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, writing.plan.id).await?;
    let (agreement, row) = draft_of(&transaction, &writing, version).await?;
    let before = view(&transaction, agreement.clone(), row.clone()).await?;
    require_match(request, &to_json(&before)?)?;
    let node = whole(&before, writing.body.clone())?;
    let draft = changed_draft(&transaction, &writing.plan, &agreement, &node).await?;
    let stamp = clock.tick(&transaction, writing.deed(operation, version)).await?;
    let row = store::update_draft(&transaction, row, &draft, stamp).await?;
    let after = view(&transaction, agreement, row).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&after)?))
}

/// The draft of this number; 404 where there is none, 409 where it has taken force.
async fn draft_of(
    transaction: &DatabaseTransaction,
    writing: &Writing,
    version: i32,
) -> Result<(agreement::Model, agreement_version::Model), Problem> {
    let agreement = store::agreement(transaction, writing.plan.id, &writing.code).await?;
    let row = store::version(transaction, writing.plan.id, &writing.code, version).await?;
    store::require_draft(&row)?;
    Ok((agreement, row))
}

/// The draft that a whole body states.
async fn changed_draft(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    agreement: &agreement::Model,
    node: &Node,
) -> Result<WrittenVersion, Problem> {
    let catalogue = store::catalogue(transaction, plan, agreement).await?;
    let history = store::history(transaction, plan.id, &agreement.code, i64::MAX).await?;
    let mut errors = Vec::new();
    let draft = read::draft(node, true, &catalogue, &mut errors);
    if let Some(draft) = &draft {
        let is_known = match draft.base {
            Some(base) => history.iter().any(|(one, _)| one.version.version == base),
            None => history.is_empty(),
        };
        if !is_known {
            errors.push(FieldError::new(
                At::Pointer("/base".to_owned()),
                "unknown_version",
                "The base is a version of the agreement that has taken force.",
                "Udgangspunktet er en version af aftalen, der er trådt i kraft.",
            ));
        }
    }
    match draft {
        Some(Draft {
            base,
            effective_from,
            note,
            source,
            content: Some(content),
        }) if errors.is_empty() => Ok(WrittenVersion {
            base,
            effective_from,
            note,
            source,
            content,
        }),
        _ => Err(Problem::invalid_content(errors)),
    }
}

/// Throw a draft away
///
/// It is gone; its number is not given out again. `If-Match` names the `ETag` of the draft as it was read. A version that has
/// taken force stays: 409.
#[utoipa::path(tag = "agreements", params(
        crate::web::path::PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse"),
        ("version" = i32, Path, description = "The draft's number.", example = 1),
        ("If-Match" = String, Header, description = "The `ETag` of the draft as it was read.")),
    security(("bearer" = ["agreements:draft"])), responses(
    (status = 204, description = "The draft is gone."),
))]
#[delete("/v1/plans/{plan}/agreements/{code}/versions/{version}")]
pub(super) async fn delete_agreement_draft(
    who: Allow<DraftAgreements>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code, version) = path.into_inner();
    let version = number(&version, "version")?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let writing = Writing {
        plan,
        code,
        body: Node::Null,
        actor: actor::of(&request, who.caller()),
    };
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, writing.plan.id).await?;
    let (agreement, row) = draft_of(&transaction, &writing, version).await?;
    let before = view(&transaction, agreement, row.clone()).await?;
    require_match(&request, &to_json(&before)?)?;
    clock
        .tick(&transaction, writing.deed("delete_agreement_draft", version))
        .await?;
    store::delete_draft(&transaction, &row).await?;
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
