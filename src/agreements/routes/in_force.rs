//! `GET …/agreements`, `GET …/agreements/{code}` and `GET …/staffing`: what is in force on a day.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::{
    AgreementView, FocusAreaHours, FocusAreaStaffing, OrganisationStaffing, StaffingView, VersionView, hours,
};
use super::super::rules::staffing;
use super::super::store::{self, InForce};
use super::{InForceQuery, day_of};
use crate::auth::Allow;
use crate::auth::role::ReadAgreements;
use crate::plans;
use crate::problem::Problem;
use crate::record;
use crate::state::AppState;
use crate::web::day::Day;
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, ValidQuery};

type AgreementPage = Page<AgreementView>;

/// Which page, on which day, and as it was known when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InForceListQuery {
    /// The day on which it is in force; where absent today, or the plan's first or last day where today is outside it.
    #[param(value_type = Option<String>, format = Date, example = "2024-01-01")]
    on: Option<Day>,
    /// As it was known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the agreements
///
/// The strategic agreement, then the sub-agreement of each focus area; each with the version that is in force on the day.
#[utoipa::path(tag = "agreements", params(InForceListQuery, PlanPath),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "A page of agreements.", body = AgreementPage),
))]
#[get("/v1/plans/{plan}/agreements")]
pub(super) async fn list_agreements(
    who: Allow<ReadAgreements>,
    path: Path<PlanPath>,
    query: ValidQuery<InForceListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = page::window(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let seq = record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?;
    let rows = store::agreements(app.db.read(), plan.id, &window).await?;
    let in_force: HashMap<String, _> = store::all_in_force(app.db.read(), plan.id, day_of(&plan, query.on), seq)
        .await?
        .into_iter()
        .map(|one| (one.agreement.code, (one.version.version, one.span)))
        .collect();
    Page::new(
        rows,
        window.limit,
        |row| row.position,
        |row| {
            let in_force = in_force.get(&row.code).copied();
            AgreementView::new(row, in_force)
        },
    )
    .respond(&request)
}

/// Read an agreement
///
/// The version that is in force on the day, whole. Where none is: 404, whose detail names the version that is nearest.
/// With `as_of`: the version that was known to be in force on that day, when asked at that instant.
#[utoipa::path(tag = "agreements", params(InForceQuery,
        PlanPath,
        ("code" = String, Path, description = "The agreement's code: `strategisk`, or the focus area's.", example = "beskaeftigelse")),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "The version in force.", body = VersionView),
))]
#[get("/v1/plans/{plan}/agreements/{code}")]
pub(super) async fn get_agreement(
    who: Allow<ReadAgreements>,
    path: Path<(String, String)>,
    query: ValidQuery<InForceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let seq = record::seq_at(&app.db, plan.id, query.0.as_of.map(|as_of| as_of.0)).await?;
    let agreement = store::agreement(app.db.read(), plan.id, &code).await?;
    let InForce {
        agreement,
        version,
        content,
        span,
    } = store::in_force(app.db.read(), agreement, day_of(&plan, query.0.on), seq).await?;
    respond_json(&request, &VersionView::new(agreement, version, content, Some(span)))
}

/// Read the weekly staff hours
///
/// What the sub-agreements that are in force on the day promise, added up by focus area, by organisation, and in all.
/// Rows whose hours the agreement does not state are listed, and are part of no sum.
#[utoipa::path(tag = "agreements", params(InForceQuery, PlanPath),
    security(("bearer" = ["agreements:read"])), responses(
    (status = 200, description = "The hours.", body = StaffingView),
))]
#[get("/v1/plans/{plan}/staffing")]
pub(super) async fn get_staffing(
    who: Allow<ReadAgreements>,
    path: Path<PlanPath>,
    query: ValidQuery<InForceQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let seq = record::seq_at(&app.db, plan.id, query.0.as_of.map(|as_of| as_of.0)).await?;
    let in_force = store::all_in_force(app.db.read(), plan.id, day_of(&plan, query.0.on), seq).await?;
    respond_json(&request, &staffing_of(&in_force))
}

fn staffing_of(in_force: &[InForce]) -> StaffingView {
    let of_focus_areas: Vec<(&str, &InForce)> = in_force
        .iter()
        .filter_map(|one| Some((one.agreement.focus_area.as_deref()?, one)))
        .collect();
    let contents: Vec<_> = of_focus_areas
        .iter()
        .map(|(focus_area, one)| (*focus_area, &one.content))
        .collect();
    let sums = staffing::sums(&contents);
    StaffingView {
        focus_areas: sums
            .focus_areas
            .iter()
            .zip(&of_focus_areas)
            .map(|(sum, (_, one))| FocusAreaStaffing {
                focus_area: sum.focus_area.to_owned(),
                version: one.version.version,
                weekly_hours: hours(sum.hours),
                rows: sum.rows.iter().map(Into::into).collect(),
            })
            .collect(),
        organisations: sums
            .organisations
            .into_iter()
            .map(|sum| OrganisationStaffing {
                organisation: sum.organisation.map(str::to_owned),
                weekly_hours: hours(sum.hours),
                by_focus_area: sum
                    .by_focus_area
                    .into_iter()
                    .map(|(focus_area, sum)| FocusAreaHours {
                        focus_area: focus_area.to_owned(),
                        weekly_hours: hours(sum),
                    })
                    .collect(),
            })
            .collect(),
        weekly_hours: hours(sums.total),
    }
}
