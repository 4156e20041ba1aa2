//! `…/contingency/activations/{id}/actions/{action}`: the items of a checklist.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch};

use super::super::model::{ActionPatch, ActionView, ActivationView};
use super::super::read::{self, Checked, Organisations};
use super::super::rules::content::Action;
use super::super::rules::course::Settled;
use super::super::store;
use super::Call;
use super::activations::require_active;
use crate::auth::Allow;
use crate::auth::role::{ActivateContingency, ReadContingencyLog};
use crate::db;
use crate::problem::{Problem, judged};
use crate::record::Clock;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json, written};
use crate::web::merge_patch;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

/// The item of this code.
fn item<'a>(view: &'a ActivationView, code: &str) -> Result<&'a ActionView, Problem> {
    view.actions.iter().find(|action| action.code == code).ok_or_else(|| {
        Problem::not_found(
            "The activation's checklist has no action of this code.",
            "Aktiveringens tjekliste har ingen handling med denne kode.",
        )
    })
}

/// Read an item of an activation's checklist
///
/// What is to be done, whether it was, when, and by which organisation.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("id" = Uuid, Path, description = "The activation's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a41"),
        ("action" = String, Path, description = "The action's code.", example = "inform-board")),
    security(("bearer" = ["contingency:log"])), responses(
    (status = 200, description = "The item.", body = ActionView),
))]
#[get("/v1/plans/{plan}/contingency/activations/{id}/actions/{action}")]
pub(super) async fn get_contingency_action(
    who: Allow<ReadContingencyLog>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id, action) = path.into_inner();
    let id = parse_id(&id)?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let (_, view) = store::activation(app.db.read(), call.plan.id, id, &call.audience).await?;
    respond_json(&request, item(&view, &action)?)
}

/// Record what was done of an activation's checklist
///
/// A merge patch (RFC 7396): an action is done, was judged not to be needed, or is open again, with time, organisation and a
/// note. Only what the plan asks for "as needed" can be found not to be needed. 409 once the activation is closed.
#[utoipa::path(tag = "contingency", params(PlanPath,
        ("id" = Uuid, Path, description = "The activation's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a41"),
        ("action" = String, Path, description = "The action's code.", example = "inform-board")),
    request_body(description = "What was done.", content(
        (ActionPatch = "application/merge-patch+json"),
        (ActionPatch = "application/json"),
    )),
    security(("bearer" = ["contingency:activate"])), responses(
    (status = 200, description = "The item as it now is.", body = ActionView),
))]
#[patch("/v1/plans/{plan}/contingency/activations/{id}/actions/{action}")]
pub(super) async fn patch_contingency_action(
    who: Allow<ActivateContingency>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id, code) = path.into_inner();
    let id = parse_id(&id)?;
    let call = Call::new(&app, &who, &plan, &request).await?;
    let plan_id = call.plan.id;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let (row, view) = store::activation(&transaction, plan_id, id, &call.audience).await?;
    let current = item(&view, &code)?;
    let body = to_json(current)?;
    require_match(&request, &body)?;
    require_active(&view)?;
    let before = said(current);
    let action = action(current);
    let node = merge_patch::apply(&before, &patch)?;
    let organisations = Organisations::new(store::known(&transaction, plan_id).await?);
    let checked = Checked {
        action: &action,
        before: &before,
        activated_at: view.activated_at,
        organisations: &organisations,
        speaks_for: |organisation: &str| call.audience.includes(organisation),
        now: db::now(),
    };
    let settled = judged(|errors| read::settled(&node, &checked, errors))?;
    if is_same(&before, &settled) {
        return Ok(written(StatusCode::OK, body));
    }
    let target = format!("contingency/activations/{id}/actions/{code}");
    let deed = call.deed("patch_contingency_action", target);
    let stamp = clock.tick(&transaction, deed).await?;
    let item = store::item(&transaction, plan_id, id, &code).await?;
    let item = store::set_item(&transaction, row, item, settled, stamp).await?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, to_json(&ActionView::new(action, Some(item)))?))
}

fn said(view: &ActionView) -> ActionPatch {
    ActionPatch {
        state: view.state,
        at: view.at,
        organisation: view.organisation.clone(),
        note: view.note.clone(),
    }
}

fn action(view: &ActionView) -> Action {
    Action {
        code: view.code.clone(),
        name: view.name.clone(),
        name_en: view.name_en.clone(),
        need: view.need,
        informs_board: view.informs_board,
        responsible: view.responsible.clone(),
    }
}

fn is_same(before: &ActionPatch, said: &Settled) -> bool {
    before.state == said.state
        && before.at == said.at
        && before.organisation == said.organisation
        && before.note == said.note
}
