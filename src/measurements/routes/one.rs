//! `GET` and `PATCH …/measurements/{id}`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::{Correction, MeasurementHistory, MeasurementView};
use super::super::read;
use super::super::rules::{self, Catalogue, Draft, Row};
use super::super::store::{self, Codes};
use super::writer;
use crate::auth::Allow;
use crate::auth::role::{ReadMeasurements, WriteMeasurements};
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record::{self, Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json};
use crate::web::json;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{Instant, NoQuery, ValidQuery};

/// As it was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OneQuery {
    /// The revisions that were known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Read a measurement
///
/// Its newest revision, with all revisions before it.
#[utoipa::path(tag = "measurements", params(OneQuery, PlanPath,
        ("id" = Uuid, Path, description = "The measurement's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11")),
    security(("bearer" = ["measurements:read"])), responses(
    (status = 200, description = "The measurement.", body = MeasurementHistory),
))]
#[get("/v1/plans/{plan}/measurements/{id}")]
pub(super) async fn get_measurement(
    who: Allow<ReadMeasurements>,
    path: Path<(String, String)>,
    query: ValidQuery<OneQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let id = parse_id(&id)?;
    let seq = record::seq_at(&app.db, plan.id, query.0.as_of.map(|as_of| as_of.0)).await?;
    let history = store::history(app.db.read(), plan.id, id, seq).await?;
    let measurement = MeasurementHistory::new(history).ok_or_else(Problem::internal)?;
    respond_json(&request, &measurement)
}

/// Correct a measurement
///
/// A merge patch (RFC 7396) with a reason. The figure gets a new revision; the one before stays in its history, and any
/// past state can still be asked for. `If-Match` names the `ETag` of what was read: 428 where it is absent, 412 where
/// somebody else was faster.
#[utoipa::path(tag = "measurements", params(PlanPath,
        ("id" = Uuid, Path, description = "The measurement's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11"),
        ("If-Match" = String, Header, description = "The `ETag` of the measurement as it was read.")),
    request_body(description = "What to change, and why.", content(
        (Correction = "application/json"),
        (Correction = "application/merge-patch+json"),
    )),
    security(("bearer" = ["measurements:write"])), responses(
    (status = 200, description = "The corrected measurement.", body = MeasurementHistory,
        headers(("ETag" = String, description = "Strong validator of the answer."))),
))]
#[patch("/v1/plans/{plan}/measurements/{id}")]
pub(super) async fn correct_measurement(
    who: Allow<WriteMeasurements>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let catalogue = store::catalogue(&transaction, plan.id, &writer(who.caller()), Codes::Archived).await?;
    let history = store::history(&transaction, plan.id, id, i64::MAX).await?;
    let before = MeasurementHistory::new(history).ok_or_else(Problem::internal)?;
    require_match(&request, &to_json(&before)?)?;
    let (row, reason) = corrected(&node, &before.current, &catalogue)?;
    let deed = Deed {
        actor: &actor::of(&request, who.caller()),
        operation: "correct_measurement",
        target: format!("measurements/{id}"),
    };
    store::correct(&transaction, clock, plan.id, &before.current, row, reason, deed).await?;
    let history = store::history(&transaction, plan.id, id, i64::MAX).await?;
    let after = MeasurementHistory::new(history).ok_or_else(Problem::internal)?;
    transaction.commit().await?;
    respond_json(&request, &after)
}

/// The row that a correction makes of a figure, and the reason; 422 with all that is wrong.
fn corrected(node: &json::Node, before: &MeasurementView, catalogue: &Catalogue) -> Result<(Row, String), Problem> {
    let mut errors = Vec::new();
    if before.superseded {
        errors.push(FieldError::new(
            At::Pointer(String::new()),
            "ended",
            "The figure has ended; a new extract can bring it back.",
            "Tallet er ophørt; et nyt udtræk kan bringe det tilbage.",
        ));
    }
    let draft = Draft {
        indicator: Some(before.indicator.clone()),
        area: Some(before.area.clone()),
        period: Some(before.period),
        category: before.category.clone(),
        value: before.value,
        numerator: before.numerator,
        denominator: before.denominator,
        status: Some(before.status),
        note: before.note.clone(),
        source: Some(before.source.clone()),
    };
    let (draft, reason) = read::correction(node, &draft, &mut errors);
    let at = |name: &'static str| At::Pointer(format!("/{name}"));
    match (rules::check(draft, catalogue, at, &mut errors), reason) {
        (Some(row), Some(reason)) if errors.is_empty() => Ok((row, reason)),
        _ => Err(Problem::invalid_content(errors)),
    }
}
