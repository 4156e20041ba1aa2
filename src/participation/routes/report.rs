//! `POST …/participation/reports`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::draft::{Codes, Draft, MAX_CODE, MAX_NOTE, MAX_SOURCE, Said, no_source};
use super::super::model::{NewReport, Outcome, Receipt};
use super::super::store::{self, Report};
use super::super::{read_csv, read_json};
use crate::areas;
use crate::auth::role::ReportParticipation;
use crate::auth::{Allow, Scope};
use crate::db::Db;
use crate::entities::organisation;
use crate::plans;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::idempotency::{Answer, Claim};
use crate::state::AppState;
use crate::text;
use crate::web::body::Body;
use crate::web::day;
use crate::web::etag::to_json;
use crate::web::path::PlanPath;
use crate::web::query::{ValidQuery, refuse};
use crate::web::{actor, formats, idempotency, json};

/// How to take a report, and what a CSV body cannot say itself.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// `true` judges the report and answers with the receipt that it would get; nothing is stored.
    dry_run: Option<bool>,
    /// CSV only, required: the activity's code.
    // No examples: Swagger UI would send them with JSON, too.
    #[param(max_length = 100)]
    activity: Option<String>,
    /// CSV only, required: the quarter, such as 2024-Q1.
    #[param(max_length = 100)]
    period: Option<String>,
    /// CSV only: who counted; the name of the caller's organisation where absent. A caller whose token names no organisation of
    /// the plan has to say it (422 `required`).
    #[param(max_length = 300)]
    source: Option<String>,
    /// CSV only: what a reader should know.
    #[param(max_length = 1000)]
    note: Option<String>,
    /// CSV only: why the report is sent again with other content.
    #[param(max_length = 1000)]
    revision_reason: Option<String>,
    /// CSV only: the revision that this one is to replace; 409 if another came between.
    #[param(minimum = 0)]
    replaces_revision: Option<i32>,
}

/// Report participation
///
/// The whole statement of one activity and one quarter: how many persons took part, by residence, age band and gender; how
/// many of them were new and what they went on to; what was held in which zone; what of the activity's commitments was
/// delivered. Never a person. All or nothing: every error is reported at once, each with its JSON pointer or its line and column,
/// and nothing is stored. Who is not listed was not there; an outcome that is not named is 0.
///
/// A person counts once in an activity and quarter, however often they came, by where they live: in a department whose zone
/// is stated, else `zone-1-unknown` (the zone's code and `-unknown`), else `outside`. `GET …/participation/categories` lists
/// what can be said. A department of which nobody has said in which zone it lies is refused (`no_zone`).
///
/// The same content again changes nothing and answers 200 with `unchanged`. Other content for the same activity and quarter is a
/// revision: it needs `revision_reason` (422 `revision_reason_required`) and, where two may correct at once,
/// `replaces_revision` (409 if another came between; without it the current one is replaced). What it leaves out ends, which the
/// receipt warns of. Nothing is overwritten: every revision stays readable.
///
/// In CSV the columns are `residence`, `age_band`, `gender`, `participants`, `newcomers`, `to_education`, `to_job`,
/// `to_leisure_job`, `to_association`; `zone`, `sessions`, `volunteers`, `attendances`; `commitment`, `quantity`; in any order,
/// separated by `;`, `,` or tab. A row with a `commitment` says what was delivered in its `zone`, one with a `residence` how many
/// took part, one with a `zone` alone what was held there.
///
/// The secretariat reports every activity; others those in which their organisation, or a unit below it, is an actor
/// (`not_an_actor`). Every report says who counted: `source`, or where that is absent the organisation that the token names; of a
/// token without one, such as one of the secretariat's made for no organisation, `source` is required. What is reported is corrected by those who said it, or by the secretariat (`reported_by_others`). The counts
/// are exact: nobody else sees them but in releases.
#[utoipa::path(tag = "participation",
    params(ReportQuery, PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The report.", content(
        (NewReport = "application/json"),
        (String = "text/csv", example = json!(include_str!("../../../openapi/examples/participation-report.csv"))),
    )),
    security(("bearer" = ["participation:report"])), responses(
    (status = 201, description = "A first report or a revision is stored.", body = Receipt, headers(
        ("Location" = String, description = "The stored revision."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
    (status = 200, description = "A dry run, or nothing changed.", body = Receipt, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/participation/reports")]
pub(super) async fn report_participation(
    who: Allow<ReportParticipation>,
    path: Path<PlanPath>,
    query: ValidQuery<ReportQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let organisation = organisation(&app, plan.id, who.scope()).await?;
    let name = organisation.as_ref().map(|organisation| organisation.name.clone());
    let (draft, errors) = read(&body, &query.0, name)?;
    let units = store::units(db, plan.id, who.caller()).await?;
    let codes = store::codes(db, &plan, units.as_deref()).await?;
    let report = Report {
        plan,
        organisation: organisation.map(|organisation| organisation.code),
        units,
        actor: actor::of(&request, who.caller()),
        today: day::on(None),
        dry_run: query.0.dry_run.unwrap_or(false),
    };
    let key = key.filter(|_| !report.dry_run);
    let plan_id = report.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        carry_out(&db, claim, &report, &draft, &codes, errors).await
    })
    .await
}

/// Effect and stored answer in one transaction.
async fn carry_out(
    db: &Db,
    claim: Option<&Claim>,
    report: &Report,
    draft: &Draft,
    codes: &Codes,
    errors: Vec<FieldError>,
) -> Result<Answer, Problem> {
    let transaction = db.begin().await?;
    let receipt = store::report(&transaction, report, draft, codes, errors).await?;
    let answer = answer(&report.plan.code, &receipt)?;
    if let Some(claim) = claim {
        claim.keep(&transaction, &answer).await?;
    }
    if !report.dry_run {
        transaction.commit().await?;
    }
    Ok(answer)
}

/// The caller's organisation, where it is one of the plan's.
async fn organisation(app: &AppState, plan_id: i32, scope: &Scope) -> Result<Option<organisation::Model>, Problem> {
    let Some(code) = &scope.organisation else {
        return Ok(None);
    };
    match areas::store::organisation(app.db.read(), plan_id, code).await {
        Ok(organisation) => Ok(Some(organisation)),
        Err(problem) if problem.kind() == ProblemKind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn read(body: &Body, query: &ReportQuery, source: Option<String>) -> Result<(Draft, Vec<FieldError>), Problem> {
    let mut errors = Vec::new();
    match body.media_type.as_str() {
        "application/json" => {
            refuse_csv_parameters(query)?;
            let node = json::parse(&body.bytes)?;
            let draft = read_json::read(&node, source, &mut errors);
            Ok((draft, errors))
        }
        formats::csv::MEDIA_TYPE => {
            let mut draft = csv_draft(query, source, &mut errors);
            read_csv::read(&body.bytes, &mut draft, &mut errors)?;
            Ok((draft, errors))
        }
        _ => Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "The operation reads application/json and text/csv.",
            "Handlingen læser application/json og text/csv.",
        )),
    }
}

/// What the query says of a CSV body.
fn csv_draft(query: &ReportQuery, source: Option<String>, errors: &mut Vec<FieldError>) -> Draft {
    let mut said = |name: &'static str, text: Option<&str>, max: usize, missing: Option<fn(At) -> FieldError>| {
        let at = At::Parameter(name.into());
        let value = match text {
            Some(text) => {
                let node = json::Node::String(text::composed(text).into_owned());
                json::string(&node, &at, max, errors)
            }
            None => {
                errors.extend(missing.map(|missing| missing(at.clone())));
                None
            }
        };
        Said::new(value, at)
    };
    let source = query.source.clone().or(source);
    let draft = Draft {
        activity: said(
            "activity",
            query.activity.as_deref(),
            MAX_CODE,
            Some(|at| json::required(at, "activity")),
        ),
        period: said(
            "period",
            query.period.as_deref(),
            MAX_CODE,
            Some(|at| json::required(at, "period")),
        ),
        source: said("source", source.as_deref(), MAX_SOURCE, Some(no_source)),
        note: said("note", query.note.as_deref(), MAX_NOTE, None).value,
        counts: Vec::new(),
        places: Vec::new(),
        delivered: Vec::new(),
        revision_reason: said("revision_reason", query.revision_reason.as_deref(), MAX_NOTE, None),
        replaces_revision: query.replaces_revision,
    };
    if query.replaces_revision.is_some_and(|revision| revision < 0) {
        errors.push(FieldError::new(
            At::Parameter("replaces_revision".into()),
            "negative",
            "A revision is 1 or more; 0 says that there is none yet.",
            "En revision er 1 eller derover; 0 siger, at der endnu ikke er nogen.",
        ));
    }
    draft
}

/// A JSON body says these things itself.
fn refuse_csv_parameters(query: &ReportQuery) -> Result<(), Problem> {
    let given = [
        ("activity", query.activity.is_some()),
        ("period", query.period.is_some()),
        ("source", query.source.is_some()),
        ("note", query.note.is_some()),
        ("revision_reason", query.revision_reason.is_some()),
        ("replaces_revision", query.replaces_revision.is_some()),
    ];
    refuse(&given, "csv_only", |name| {
        (
            format!("{name} goes with CSV; a JSON body has a field of that name."),
            format!("{name} hører til CSV; et JSON-indhold har et felt med det navn."),
        )
    })
}

fn answer(plan: &str, receipt: &Receipt) -> Result<Answer, Problem> {
    let is_stored = matches!(receipt.outcome, Outcome::Created | Outcome::Revised);
    let location = format!(
        "/v1/plans/{plan}/participation/reports/{}/{}?revision={}",
        receipt.activity, receipt.period, receipt.revision
    );
    Ok(Answer {
        status: if is_stored { 201 } else { 200 },
        location: is_stored.then_some(location),
        body: to_json(receipt)?,
        is_what_was_created: false,
    })
}
