//! `…/agreements`: what is in force, versions, differences, drafts; and `…/staffing`.

mod drafts;
mod in_force;
mod versions;

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::model::VersionView;
use super::store;
use crate::entities::{agreement, agreement_version, plan};
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::web::day::{self, Day};
use crate::web::query::Instant;
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(in_force::list_agreements)
        .service(in_force::get_agreement)
        .service(versions::list_agreement_versions)
        .service(drafts::draft_agreement_version)
        .service(versions::get_agreement_version)
        .service(drafts::replace_agreement_draft)
        .service(drafts::change_agreement_draft)
        .service(drafts::delete_agreement_draft)
        .service(versions::compare_agreement_versions)
        .service(in_force::get_staffing);
}

/// On which day, and as it was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InForceQuery {
    /// The day on which it is in force; where absent today, or the plan's first or last day where today is outside it.
    #[param(value_type = Option<String>, format = Date, example = "2024-01-01")]
    on: Option<Day>,
    /// As it was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// The day that is asked about: agreements are in force only while the plan lasts, so a day within it where none is named.
fn day_of(plan: &plan::Model, asked: Option<Day>) -> NaiveDate {
    plans::store::day(plan, asked.map(|day| day.0), day::on(None))
}

/// The number of a version in the path.
fn number(text: &str, parameter: &'static str) -> Result<i32, Problem> {
    text.parse().map_err(|_| {
        Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter(parameter.into()),
            "invalid_value",
            "A version is a whole number.",
            "En version er et helt tal.",
        )])
    })
}

/// A version as it is sent, with the days that it governs as known now.
async fn view(
    db: &impl sea_orm::ConnectionTrait,
    agreement: agreement::Model,
    row: agreement_version::Model,
) -> Result<VersionView, Problem> {
    let span = match row.seq_in_force {
        Some(_) => {
            let history = store::history(db, row.plan_id, &row.agreement, i64::MAX).await?;
            store::span_of(&history, row.version)
        }
        None => None,
    };
    let content = store::content(&row)?;
    Ok(VersionView::new(agreement, row, content, span))
}
