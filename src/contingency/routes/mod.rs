//! `…/contingency` and `…/contingency/activations`.

mod activations;
mod checklist;
mod plan;

use actix_web::HttpRequest;

use super::store::Audience;
use crate::auth::Allow;
use crate::entities::plan as plan_row;
use crate::plans;
use crate::problem::Problem;
use crate::record::{Actor, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(plan::get_contingency_plan)
        .service(plan::list_contingency_versions)
        .service(plan::write_contingency_version)
        .service(plan::get_contingency_version)
        .service(plan::patch_contingency_version)
        .service(activations::list_contingency_activations)
        .service(activations::activate_contingency)
        .service(activations::get_contingency_activation)
        .service(activations::patch_contingency_activation)
        .service(activations::close_contingency_activation)
        .service(checklist::get_contingency_action)
        .service(checklist::patch_contingency_action);
}

/// Who calls for what: the plan, what of the contingency plan the caller reaches, and who it is, for the record.
struct Call {
    plan: plan_row::Model,
    audience: Audience,
    actor: Actor,
}

impl Call {
    async fn new<P>(app: &AppState, who: &Allow<P>, plan: &str, request: &HttpRequest) -> Result<Self, Problem> {
        let plan = plans::store::resolve(app.db.read(), who.scope(), plan).await?;
        Ok(Self {
            audience: Audience::of(app.db.read(), plan.id, who.caller()).await?,
            plan,
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
}
