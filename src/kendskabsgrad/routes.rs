//! `…/kendskabsgrad/extracts`: push, list, read, receipt.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::Utc;
use chrono_tz::Europe::Copenhagen;
use serde::Deserialize;
use utoipa::IntoParams;

use super::draft::{Codes, Draft};
use super::model::{EmptyCells, ExtractItemView, ExtractView, NewExtract, Outcome, Receipt};
use super::store::{self, Push, Which};
use super::{figures, read_csv, read_json};
use crate::areas;
use crate::auth::role::{PushExtracts, ReadExtracts};
use crate::auth::{Allow, Scope};
use crate::db::Db;
use crate::entities::{organisation, plan};
use crate::indicators;
use crate::plans;
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record;
use crate::record::idempotency::{Answer, Claim};
use crate::state::AppState;
use crate::text;
use crate::web::body::Body;
use crate::web::etag::{respond_json, to_json};
use crate::web::page::{Page, PageQuery};
use crate::web::path::PlanPath;
use crate::web::query::{Instant, ValidQuery, parse_date, refuse};
use crate::web::registrar::Registrar;
use crate::web::values::{MAX_NOTE, MAX_SOURCE};
use crate::web::{actor, formats, idempotency, json};

type ExtractItemPage = Page<ExtractItemView>;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service
        .service(push_extract)
        .service(list_extracts)
        .service(get_extract)
        .service(get_receipt);
}

/// How to take an extract, and what a CSV body cannot say itself.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PushQuery {
    /// `true` judges the extract and answers with the receipt that it would get; nothing is stored.
    dry_run: Option<bool>,
    /// CSV only, required: the date on which the counts were drawn, such as 2024-01-01.
    // No example: Swagger UI would send it with JSON, too.
    #[param(value_type = Option<String>, format = Date)]
    extracted_on: Option<String>,
    /// CSV only: what a blank cell means; where absent, blank cells are errors.
    #[param(inline)]
    empty_cells: Option<EmptyCells>,
    /// CSV only: who drew the counts; the data owner's name where absent.
    #[param(max_length = 300)]
    source: Option<String>,
    /// CSV only: why the extract of this date is sent again with other content.
    #[param(max_length = 1000)]
    revision_reason: Option<String>,
    /// CSV only: the revision that this one is to replace; 409 if another came between.
    replaces_revision: Option<i32>,
}

/// Push an extract
///
/// The counts of unemployed per target group and zone on a date, as JSON or as a CSV table (a row a target group, a column
/// a zone, as table 9 of the agreement is printed). All or nothing: every error is reported at once, each with its JSON
/// pointer or its line and column, and nothing is stored.
///
/// `counts` must cover every target group valid on the date in every zone, or `empty_cells` says what a gap means. The rest
/// is optional and checked: totals add up, a part is at most its group, a count at most the population, a share is its
/// quotient to its rounding, municipality less zones is the rest. A count that differs from the extract before by over 50 %
/// and over 10 persons is a warning.
///
/// The same content again changes nothing and answers 200 with `unchanged`. Other content for the same date is a revision:
/// it needs `revision_reason` (422 `revision_reason_required`) and, where two may correct at once, `replaces_revision` (409 if
/// another came between; without it the current one is replaced). An extract is the whole statement for its date: what
/// it leaves out is not part of the revision, which the receipt warns of.
///
/// In CSV the leading code of the first column is the target group; a zone's column has its code or `zone N` in its header;
/// a sum column, a sum row and rows "… (delmængde af målgruppe 6.9)" are understood. Columns are separated by `;`, `,` or
/// tab, thousands by a point, as in `1.137`.
///
/// Who pushes must belong to the organisation that owns the indicator `kendskabsgrad`, or to one above it; for others
/// there is nothing here (404).
#[utoipa::path(tag = "kendskabsgrad",
    params(PushQuery, PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The extract.", content(
        (NewExtract = "application/json"),
        (String = "text/csv", example = json!(include_str!("../../seeds/fredericia-2023-2026/table-9.csv"))),
    )),
    security(("bearer" = ["kendskabsgrad:write"])), responses(
    (status = 201, description = "A first extract or a revision is stored.", body = Receipt, headers(
        ("Location" = String, description = "The stored revision."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
    (status = 200, description = "A dry run, or nothing changed.", body = Receipt, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/kendskabsgrad/extracts")]
async fn push_extract(
    who: Allow<PushExtracts>,
    path: Path<PlanPath>,
    query: ValidQuery<PushQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let owner = owner(&app, &plan, who.scope()).await?;
    let codes = store::codes(app.db.read(), plan.id).await?;
    let (draft, errors) = read(&body, &query.0, &codes)?;
    let push = Push {
        plan,
        owner: owner.name,
        actor: actor::of(&request, who.caller()),
        today: Utc::now().with_timezone(&Copenhagen).date_naive(),
        dry_run: query.0.dry_run.unwrap_or(false),
    };
    let key = key.filter(|_| !push.dry_run);
    let plan_id = push.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        carry_out(&db, claim, &push, &draft, &codes, errors).await
    })
    .await
}

/// Effect and stored answer in one transaction.
async fn carry_out(
    db: &Db,
    claim: Option<&Claim>,
    push: &Push,
    draft: &Draft,
    codes: &Codes,
    errors: Vec<FieldError>,
) -> Result<Answer, Problem> {
    let transaction = db.begin().await?;
    let receipt = store::push(&transaction, push, draft, codes, errors).await?;
    let answer = answer(&push.plan, &receipt)?;
    if let Some(claim) = claim {
        claim.keep(&transaction, &answer).await?;
    }
    if !push.dry_run {
        transaction.commit().await?;
    }
    Ok(answer)
}

/// The organisation that owns the figures, if the caller belongs to it or to one above it.
async fn owner(app: &AppState, plan: &plan::Model, scope: &Scope) -> Result<organisation::Model, Problem> {
    let db = app.db.read();
    let indicator = indicators::store::indicator(db, plan.id, figures::SHARE_INDICATOR).await?;
    if let (Some(owner), Some(own)) = (&indicator.data_owner, &scope.organisation)
        && areas::store::units_of(db, plan.id, own).await?.contains(owner)
    {
        return areas::store::organisation(db, plan.id, owner).await;
    }
    let owner = indicator.data_owner.unwrap_or_default();
    Err(Problem::not_found(
        format!("There are no extracts here that your organisation delivers; they belong to {owner}."),
        format!("Der er ingen udtræk her, som din organisation leverer; de hører til {owner}."),
    ))
}

fn read(body: &Body, query: &PushQuery, codes: &Codes) -> Result<(Draft, Vec<FieldError>), Problem> {
    let mut errors = Vec::new();
    match body.media_type.as_str() {
        "application/json" => {
            refuse_csv_parameters(query)?;
            let node = json::parse(&body.bytes)?;
            let draft = read_json::read(&node, codes, &mut errors);
            Ok((draft, errors))
        }
        formats::csv::MEDIA_TYPE => {
            let mut draft = csv_draft(query, &mut errors);
            read_csv::read(&body.bytes, codes, &mut draft, &mut errors)?;
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
fn csv_draft(query: &PushQuery, errors: &mut Vec<FieldError>) -> Draft {
    let at = |name: &'static str| At::Parameter(name.into());
    let mut draft = Draft::new(at("extracted_on"), at("body"), at("revision_reason"));
    draft.extracted_on = query.extracted_on.as_deref().and_then(parse_date);
    if draft.extracted_on.is_none() {
        errors.push(match query.extracted_on {
            Some(_) => FieldError::new(
                at("extracted_on"),
                "invalid_date",
                "A date is written as 2024-01-31.",
                "En dato skrives som 2024-01-31.",
            ),
            None => FieldError::new(
                at("extracted_on"),
                "required",
                "extracted_on is required with CSV.",
                "extracted_on skal angives ved CSV.",
            ),
        });
    }
    let mut words = |name: &'static str, text: &Option<String>, max: usize| {
        let node = json::Node::String(text::composed(text.as_deref()?).into_owned());
        json::string(&node, &at(name), max, errors)
    };
    draft.source = words("source", &query.source, MAX_SOURCE);
    draft.revision_reason = words("revision_reason", &query.revision_reason, MAX_NOTE);
    if query.replaces_revision.is_some_and(|revision| revision < 0) {
        errors.push(FieldError::new(
            at("replaces_revision"),
            "negative",
            "A revision is 1 or more; 0 says that there is none yet.",
            "En revision er 1 eller derover; 0 siger, at der endnu ikke er nogen.",
        ));
    }
    draft.replaces_revision = query.replaces_revision;
    draft.empty_cells = query.empty_cells;
    draft
}

/// A JSON body says these things itself.
fn refuse_csv_parameters(query: &PushQuery) -> Result<(), Problem> {
    let given = [
        ("extracted_on", query.extracted_on.is_some()),
        ("empty_cells", query.empty_cells.is_some()),
        ("source", query.source.is_some()),
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

fn answer(plan: &plan::Model, receipt: &Receipt) -> Result<Answer, Problem> {
    let is_stored = matches!(receipt.outcome, Outcome::Created | Outcome::Revised);
    let location = format!(
        "/v1/plans/{}/kendskabsgrad/extracts/{}?revision={}",
        plan.code, receipt.extracted_on, receipt.revision
    );
    Ok(Answer {
        status: if is_stored { 201 } else { 200 },
        location: is_stored.then_some(location),
        body: to_json(receipt)?,
        is_what_was_created: false,
    })
}

/// List the extracts
///
/// The current revision of each date, oldest first.
#[utoipa::path(tag = "kendskabsgrad", params(PageQuery, PlanPath),
    security(("bearer" = ["kendskabsgrad:read"])), responses(
    (status = 200, description = "A page of extracts.", body = ExtractItemPage),
))]
#[get("/v1/plans/{plan}/kendskabsgrad/extracts")]
async fn list_extracts(
    who: Allow<ReadExtracts>,
    path: Path<PlanPath>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window()?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let rows = store::list(app.db.read(), plan.id, &window).await?;
    Page::new(rows, window.limit, |row| row.extracted_on, |row| row).respond(&request)
}

/// Which revision of an extract.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RevisionQuery {
    /// This revision; the current one where absent.
    revision: Option<i32>,
    /// The revision that was current at this instant, RFC 3339; not in the future, and not together with `revision`.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
}

/// Read an extract
///
/// The whole statement for its date: as it stands, or in another revision, or as it stood at an instant.
#[utoipa::path(tag = "kendskabsgrad", params(RevisionQuery,
        PlanPath,
        ("date" = String, Path, format = Date, description = "The date on which the counts were drawn.", example = "2022-06-01")),
    security(("bearer" = ["kendskabsgrad:read"])), responses(
    (status = 200, description = "The extract.", body = ExtractView),
))]
#[get("/v1/plans/{plan}/kendskabsgrad/extracts/{date}")]
async fn get_extract(
    who: Allow<ReadExtracts>,
    path: Path<(String, String)>,
    query: ValidQuery<RevisionQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let row = find(&app, who.scope(), path.into_inner(), &query.0).await?;
    respond_json(&request, &store::view(row)?)
}

/// Read the receipt of an extract
///
/// As it was given when the revision was stored.
#[utoipa::path(tag = "kendskabsgrad", params(RevisionQuery,
        PlanPath,
        ("date" = String, Path, format = Date, description = "The date on which the counts were drawn.", example = "2022-06-01")),
    security(("bearer" = ["kendskabsgrad:read"])), responses(
    (status = 200, description = "The receipt.", body = Receipt),
))]
#[get("/v1/plans/{plan}/kendskabsgrad/extracts/{date}/receipt")]
async fn get_receipt(
    who: Allow<ReadExtracts>,
    path: Path<(String, String)>,
    query: ValidQuery<RevisionQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let row = find(&app, who.scope(), path.into_inner(), &query.0).await?;
    respond_json(&request, &store::stored_receipt(row)?)
}

async fn find(
    app: &AppState,
    scope: &Scope,
    (plan, date): (String, String),
    query: &RevisionQuery,
) -> Result<crate::entities::extract::Model, Problem> {
    let date = parse_date(&date).ok_or_else(|| {
        Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("date".into()),
            "invalid_date",
            "A date is written as 2024-01-31.",
            "En dato skrives som 2024-01-31.",
        )])
    })?;
    if query.revision.is_some() && query.as_of.is_some() {
        return Err(Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("as_of".into()),
            "conflicting_parameters",
            "revision and as_of exclude each other.",
            "revision og as_of udelukker hinanden.",
        )]));
    }
    let plan = plans::store::resolve(app.db.read(), scope, &plan).await?;
    let which = match query.revision {
        Some(revision) => Which::Revision(revision),
        None => Which::At(record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?),
    };
    store::find(app.db.read(), plan.id, date, which).await
}
