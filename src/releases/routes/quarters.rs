//! `…/participation/releases`: make, list, read.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::model::{NewRelease, ReleaseView};
use super::super::rules::{Audience, Subject};
use super::super::store::{self, Listed, make::Order};
use super::answers::{readers, release, terms, view};
use crate::auth::Allow;
use crate::auth::role::{ReadReleases, ReleaseParticipation};
use crate::period::{Period, PeriodKind};
use crate::plans;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::respond_json;
use crate::web::json::{self, Node};
use crate::web::page::{Page, window};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::values;
use crate::words::Word;

type ReleasePage = Page<ReleaseView>;

/// Release a quarter's participants
///
/// Freezes what is reported of the quarter, decides which cells of its tables stay hidden for the audience, proves that nobody
/// in it can work them out, and publishes: all in one step, or nothing. It takes seconds.
///
/// Counts from 1 up to the threshold are hidden, with everything below a hidden margin; then more, until whoever knows all that is
/// shown, how areas nest, and these rules still cannot tell a small count from 1 or from the threshold. An organisation that
/// reported knows its own activities, so it has a release of its own. What a narrower audience is shown is always part of what a
/// wider one is: releases of the same figures to all audiences that see more are made in the same step where they are not there.
///
/// Newcomers and outcomes of whole activities are released with the participants, by rules of their own: see the table `outcomes`.
///
/// A correction is another release of the quarter. What was hidden in one stays hidden in later ones, and the releases are proven
/// together, since readers keep them all. Where that is not possible the answer is 409, and its errors name the cells that cause
/// it: `shown_before` (a cell that was shown turned small; of newcomers and outcomes also one that now leaves few others),
/// `small_correction` (hidden cells change by fewer people, together, than may be shown), `unprotected`. Where nothing has changed
/// since the last release the answer is that one (200).
#[utoipa::path(tag = "participation", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewRelease,
    security(("bearer" = ["participation:release"])), responses(
    (status = 201, description = "The new release.", body = ReleaseView, headers(
        ("Location" = String, description = "The release."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
    (status = 200, description = "Nothing has changed since this release.", body = ReleaseView, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/participation/releases")]
pub(super) async fn create_participation_release(
    who: Allow<ReleaseParticipation>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let names = ("create_participation_release", "participation/releases");
    release(&app, &who, &path.plan, &body, &request, names, order).await
}

fn order(node: &Node) -> Result<Order, Problem> {
    let mut errors = Vec::new();
    let mut members = json::Reader::of_body(node, &mut errors);
    let at = members.at("period");
    let period = members
        .required("period", &mut errors)
        .and_then(|node| quarter(node, &at, &mut errors));
    let at_audience = members.at("audience");
    let words: Vec<(&str, Audience)> = Audience::ALL.iter().map(|word| (word.code(), *word)).collect();
    let audience = members
        .required("audience", &mut errors)
        .and_then(|node| values::word(node, &at_audience, &words, &mut errors));
    let (threshold, reason) = terms(&mut members, &mut errors);
    members.finish(&mut errors);
    match (period, audience) {
        (Some(period), Some(audience)) if errors.is_empty() => Ok(Order {
            subject: Subject::Participation,
            period: period.to_string(),
            audience,
            threshold,
            reason,
            at,
        }),
        _ => Err(Problem::invalid_content(errors)),
    }
}

fn quarter(node: &Node, at: &crate::problem::At, errors: &mut Vec<FieldError>) -> Option<Period> {
    let period = match node {
        Node::String(text) => text.parse::<Period>().ok(),
        _ => None,
    };
    let period = period.filter(|period| period.kind() == PeriodKind::Quarter);
    if period.is_none() {
        errors.push(FieldError::new(
            at.clone(),
            "invalid_period",
            "A quarter is written as 2023-Q1.",
            "Et kvartal skrives som 2023-Q1.",
        ));
    }
    period
}

/// Which releases.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReleasesQuery {
    /// Those of one quarter.
    #[param(value_type = Option<String>, example = "2023-Q1")]
    period: Option<Period>,
    /// Those to one kind of audience.
    #[param(inline)]
    audience: Option<Audience>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the releases of participants
///
/// The oldest first: those to the caller's own audience and to all that see less; to the secretariat all. Each says how many cells
/// it shows and hides, which the tables say as well; how many of the hidden ones are small is said nowhere.
#[utoipa::path(tag = "participation", params(ReleasesQuery, PlanPath),
    security(("bearer" = ["participation:read"])), responses(
    (status = 200, description = "A page of releases.", body = ReleasePage),
))]
#[get("/v1/plans/{plan}/participation/releases")]
pub(super) async fn list_participation_releases(
    who: Allow<ReadReleases>,
    path: Path<PlanPath>,
    query: ValidQuery<ReleasesQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window = window::<Uuid>(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let listed = Listed {
        subject: Subject::Participation,
        period: query.period.map(|period| period.to_string()),
        audience: query.audience,
        readers: readers(who.caller()),
    };
    let rows = store::list(app.db.read(), plan.id, &listed, &window).await?;
    let views = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    Page::new(views, window.limit, |view| view.id, |view| view).respond(&request)
}

/// Read a release of participants
///
/// What was released when, to whom, and how much of it is shown; the figures are in the tables.
#[utoipa::path(tag = "participation", params(PlanPath,
        ("id" = Uuid, Path, description = "The release's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a19")),
    security(("bearer" = ["participation:read"])), responses(
    (status = 200, description = "The release.", body = ReleaseView),
))]
#[get("/v1/plans/{plan}/participation/releases/{id}")]
pub(super) async fn get_participation_release(
    who: Allow<ReadReleases>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let row = store::find(app.db.read(), plan.id, id, readers(who.caller()).as_deref()).await?;
    if row.subject != Subject::Participation.code() {
        return Err(store::missing());
    }
    respond_json(&request, &view(row)?)
}
