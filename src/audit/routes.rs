//! `…/audit-log` and `…/audit-log/checkpoint`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::checkpoints::Signed;
use super::model::{CheckpointView, EntryView};
use super::store::{self, Selection};
use crate::auth::Allow;
use crate::auth::role::{ReadAuditLog, Role};
use crate::db;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record::audit::AuditOutcome;
use crate::state::AppState;
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type EntryPage = Page<EntryView>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(list_audit_log).service(get_audit_checkpoint);
}

/// From which end the log is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// By number: the order in which the chain is checked.
    #[default]
    OldestFirst,
    /// Against it.
    NewestFirst,
}

/// Which entries.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// Those of this instant or later, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Instant>,
    /// Those before this instant, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Instant>,
    /// Those of this subject.
    #[param(max_length = 200, example = "omraadesekretariatet")]
    subject: Option<String>,
    /// Those of this registered client or read token, by id.
    #[param(max_length = 200)]
    client: Option<String>,
    /// Those of this role.
    #[param(inline)]
    role: Option<Role>,
    /// Those of this operation, by its id in this document.
    #[param(max_length = 100)]
    operation: Option<String>,
    /// Those of which the target begins so, such as `contingency`.
    #[param(max_length = 200)]
    target: Option<String>,
    /// Those of which this came: `done`, `shown`, `refused` or `not_found`.
    #[param(inline)]
    outcome: Option<AuditOutcome>,
    /// Those of this request.
    #[param(max_length = 64)]
    request_id: Option<String>,
    /// `oldest_first` where absent, or `newest_first`.
    #[param(inline)]
    order: Option<Order>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Read the audit log
///
/// Every write, and every time that exact counts of participation, minutes, the contingency plan or its log were shown: who, when,
/// what, what came of it. Never what was written or shown. Of attempts that came to nothing the first ten a minute of a caller
/// are here, on each replica: `refused` where its role or token may not, `not_found` where there is no such thing or it does
/// not reach it. Other reads are in the service's access log, reads of this log among them.
///
/// The entries are a chain: whoever has all of them from number 1 can check it without this service. An entry's `hash` is SHA-256
/// of twelve fields, each written as the number of its bytes in UTF-8, `:`, the bytes and `,`, or as `-,` where it is null:
/// the text `helhedsplan-audit-1`, `previous_hash`, `number`, `at` with six decimals and `Z`, `subject`, `client`, `role`,
/// `operation`, `target`, `outcome`, `request_id`, `data_version`. The first entry's `previous_hash` is SHA-256 of
/// `helhedsplan-audit-1` and the plan's code, written so.
#[utoipa::path(tag = "audit", params(LogQuery, PlanPath),
    security(("bearer" = ["audit-log:read"])), responses(
    (status = 200, description = "A page of entries.", body = EntryPage),
))]
#[get("/v1/plans/{plan}/audit-log")]
async fn list_audit_log(
    who: Allow<ReadAuditLog>,
    path: Path<PlanPath>,
    query: ValidQuery<LogQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window::<i64>(query.limit, query.cursor.as_deref())?;
    if query.from.zip(query.to).is_some_and(|(from, to)| to.0 < from.0) {
        return Err(Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("to".into()),
            "before_from",
            "to is before from.",
            "to ligger før from.",
        )]));
    }
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let selection = Selection {
        from: query.from.map(|from| from.0),
        to: query.to.map(|to| to.0),
        subject: query.subject,
        client: query.client,
        role: query.role,
        operation: query.operation,
        target: query.target,
        outcome: query.outcome,
        request_id: query.request_id,
        newest_first: query.order.unwrap_or_default() == Order::NewestFirst,
    };
    let rows = store::list(app.db.read(), plan.id, &window, &selection).await?;
    let rows: Result<Vec<EntryView>, Problem> = rows.into_iter().map(EntryView::try_from).collect();
    Page::new(rows?, window.limit, |row| row.number, |row| row).respond(&request)
}

/// Sign how far the audit log is
///
/// Number, hash and instant of the newest entry, signed by the service. Whoever keeps it can show later that the log was cut off
/// or written anew before that entry: `helhedsplan audit verify` holds the log against such checkpoints. The service writes its own
/// outside the database every half minute. 404 where there is no entry yet.
#[utoipa::path(tag = "audit", params(PlanPath),
    security(("bearer" = ["audit-log:read"])), responses(
    (status = 200, description = "The checkpoint.", body = CheckpointView),
))]
#[get("/v1/plans/{plan}/audit-log/checkpoint")]
async fn get_audit_checkpoint(
    who: Allow<ReadAuditLog>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let head = store::head(app.db.read(), plan.id, &plan.code).await?;
    let checkpoint = head.ok_or_else(|| {
        Problem::not_found(
            "The audit log has no entry yet.",
            "Revisionsloggen har endnu ingen poster.",
        )
    })?;
    let signed = Signed::new(checkpoint, &app.auth, db::now()).map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "a checkpoint cannot be signed");
        Problem::internal()
    })?;
    let view = CheckpointView {
        checkpoint: signed.checkpoint,
        signed: signed.jws,
    };
    respond_json(&request, &view)
}
