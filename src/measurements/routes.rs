//! `…/measurements`: import, the flat list, one figure with its history.

use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use futures_util::stream;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::formats;
use super::model::{
    Correction, ImportOutcome, ImportReceipt, MeasurementHistory, MeasurementView, Mode, NewMeasurement,
};
use super::read::{self, Syntax};
use super::rules::{self, Catalogue, Draft, Row};
use super::store::{self, Compared, Position, ROWS_PER_STATEMENT, Selection, Writer};
use crate::auth::role::{ReadMeasurements, Role, WriteMeasurements};
use crate::auth::{Allow, Caller};
use crate::db::{self, Db, Window};
use crate::entities::plan;
use crate::indicators::rules::TOTAL;
use crate::period::Period;
use crate::plans;
use crate::problem::{At, FieldError, MAX_LISTED_ERRORS, Problem, ProblemKind};
use crate::record::idempotency::{Answer, Claim};
use crate::record::{self, Clock, Deed};
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{require_match, respond_json, to_json};
use crate::web::formats::{Locale, csv, negotiate};
use crate::web::idempotency;
use crate::web::json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, Instant, NoQuery, ValidQuery};
use crate::web::request_id::RequestId;
use crate::web::spool::Spool;

type MeasurementPage = Page<MeasurementView>;

/// The media type of one JSON value a line.
const NDJSON: &str = "application/x-ndjson";

/// This slice's operations.
pub fn configure(service: &mut ServiceConfig) {
    service
        .service(import_measurements)
        .service(list_measurements)
        .service(get_measurement)
        .service(correct_measurement);
}

/// How to take an import.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// `true` judges the rows and answers with the receipt that they would get; nothing is stored.
    dry_run: Option<bool>,
    /// What to do with figures that are there already; `upsert` where absent.
    #[param(inline)]
    mode: Option<Mode>,
}

/// Import measurements
///
/// Figures as a JSON array (up to the body limit), as NDJSON or as CSV with a header, up to 1,000,000 rows. All or nothing:
/// every row is judged first, the first 1,000 errors are listed each with its pointer or its line and column, and nothing is
/// stored. A figure is known by indicator, area, period and category. With `upsert` one that differs gets a new revision
/// and one that says the same is left; with `insert` one that is there is an error.
///
/// A row may be written by the organisation that owns the indicator, or by one above it; by the secretariat for owners who
/// do not report themselves (the fund, a ministry, the police, surveys). `source` is required. Figures of `kendskabsgrad` and
/// `kendskabsgrad-count` come from extracts alone.
#[utoipa::path(tag = "measurements",
    params(ImportQuery, PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body(description = "The measurements.", content(
        (Vec<NewMeasurement> = "application/json"),
        (String = "application/x-ndjson", example = "{\"indicator\":\"outside-labour-market-18-64\",\"area\":\"zone-1\",\"period\":\"2020\",\"value\":47.1,\"source\":\"Landsbyggefonden\"}\n"),
        (String = "text/csv", example = "indicator,area,period,value,source\noutside-labour-market-18-64,zone-1,2020,47.1,Landsbyggefonden\n"),
    )),
    security(("bearer" = ["measurements:write"])), responses(
    (status = 201, description = "Every row is stored.", body = ImportReceipt, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
    (status = 200, description = "A dry run, or nothing changed.", body = ImportReceipt),
))]
#[post("/v1/plans/{plan}/measurements/imports")]
async fn import_measurements(
    who: Allow<WriteMeasurements>,
    path: Path<PlanPath>,
    query: ValidQuery<ImportQuery>,
    spool: Spool,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let syntax = syntax(&spool, app.config.max_body_bytes)?;
    let key = idempotency::key(&request, who.caller(), &spool.hash)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let catalogue = store::catalogue(app.db.read(), plan.id, &writer(who.caller())).await?;
    let import = Import {
        plan,
        subject: who.caller().subject.clone(),
        request_id: RequestId::of(&request).map(|id| id.as_str().to_owned()),
        mode: query.0.mode.unwrap_or_default(),
        dry_run: query.0.dry_run.unwrap_or(false),
        syntax,
    };
    let key = key.filter(|_| !import.dry_run);
    let plan_id = import.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        carry_out(&db, claim, &import, spool, catalogue).await
    })
    .await
}

struct Import {
    plan: plan::Model,
    subject: String,
    request_id: Option<String>,
    mode: Mode,
    dry_run: bool,
    syntax: Syntax,
}

fn syntax(spool: &Spool, max_body_bytes: usize) -> Result<Syntax, Problem> {
    match spool.media_type.as_str() {
        "application/json" if usize::try_from(spool.length).is_ok_and(|length| length <= max_body_bytes) => {
            Ok(Syntax::Json)
        }
        "application/json" => Err(Problem::new(
            ProblemKind::PayloadTooLarge,
            format!("A JSON array may have at most {max_body_bytes} bytes; NDJSON and CSV may be longer."),
            format!("En JSON-liste må højst være {max_body_bytes} byte; NDJSON og CSV må være længere."),
        )),
        NDJSON => Ok(Syntax::Ndjson),
        csv::MEDIA_TYPE => Ok(Syntax::Csv),
        _ => Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            format!("The operation reads application/json, {NDJSON} and text/csv."),
            format!("Handlingen læser application/json, {NDJSON} og text/csv."),
        )),
    }
}

fn writer(caller: &Caller) -> Writer {
    let own = caller.scope.organisation.clone();
    match caller.role {
        Some(Role::Secretariat) => Writer::Secretariat(own),
        _ => Writer::Organisation(own),
    }
}

/// Judges every row, then writes them all in one transaction.
async fn carry_out(
    db: &Db,
    claim: Option<&Claim>,
    import: &Import,
    mut spool: Spool,
    catalogue: Catalogue,
) -> Result<Answer, Problem> {
    let syntax = import.syntax;
    let blocking = actix_web::web::block(move || {
        let judged = read::judge(&mut spool.file, syntax, &catalogue)?;
        if judged.found > 0 {
            return Err(Problem::invalid_content_of(judged.errors, judged.found));
        }
        Ok((spool, catalogue))
    });
    let (spool, catalogue) = blocking.await.map_err(|_| Problem::internal())??;
    let transaction = db.begin().await?;
    store::begin_import(&transaction).await?;
    let (sender, mut receiver) = tokio::sync::mpsc::channel(2);
    let reader = actix_web::rt::task::spawn_blocking(move || {
        read::chunks(spool.file, syntax, &catalogue, ROWS_PER_STATEMENT, |chunk| {
            sender.blocking_send(chunk).is_ok()
        })
    });
    while let Some(chunk) = receiver.recv().await {
        store::stage(&transaction, &chunk).await?;
    }
    reader.await.map_err(|_| Problem::internal())??;
    let clock = Clock::lock(&transaction, import.plan.id).await?;
    let mut receipt = match store::compare(&transaction, import.plan.id, import.mode, db::now()).await? {
        Compared::Good(receipt) => receipt,
        Compared::Existing(places, found) => return Err(existing(syntax, places, found)),
    };
    if import.dry_run {
        receipt.outcome = ImportOutcome::DryRun;
        return answer(&receipt);
    }
    if receipt.outcome == ImportOutcome::Stored {
        let deed = Deed {
            subject: &import.subject,
            operation: "import_measurements",
            target: "measurements".to_owned(),
            request_id: import.request_id.clone(),
        };
        receipt.received_at = store::write(&transaction, clock, import.plan.id, deed).await?.at;
    }
    store::end_import(&transaction).await?;
    let answer = answer(&receipt)?;
    if let Some(claim) = claim {
        claim.keep(&transaction, &answer).await?;
    }
    transaction.commit().await?;
    Ok(answer)
}

fn existing(syntax: Syntax, places: Vec<i64>, found: u64) -> Problem {
    let errors = places
        .into_iter()
        .take(MAX_LISTED_ERRORS)
        .map(|place| {
            FieldError::new(
                read::at(syntax, place),
                "exists",
                "The figure is there already; mode=upsert would revise it.",
                "Tallet findes allerede; mode=upsert ville revidere det.",
            )
        })
        .collect();
    Problem::invalid_content_of(errors, usize::try_from(found).unwrap_or(usize::MAX))
}

fn answer(receipt: &ImportReceipt) -> Result<Answer, Problem> {
    Ok(Answer {
        status: if receipt.outcome == ImportOutcome::Stored {
            201
        } else {
            200
        },
        location: None,
        body: to_json(receipt)?,
    })
}

/// The formats of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ListFormat {
    /// `application/json`, in pages
    Json,
    /// `application/x-ndjson`, all at once
    Ndjson,
    /// `text/csv`, all at once
    Csv,
}

/// Which measurements.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Indicators, by code, separated by commas; all where absent.
    #[param(value_type = Option<String>)]
    indicator: Option<CommaList>,
    /// Areas, by code, separated by commas; all where absent.
    #[param(value_type = Option<String>)]
    area: Option<CommaList>,
    /// Categories, separated by commas; `_T` for figures without one; all where absent.
    #[param(value_type = Option<String>)]
    category: Option<CommaList>,
    /// The first period: every period that touches it or is later.
    #[param(value_type = Option<String>, example = "2019")]
    from: Option<Period>,
    /// The last period: every period that touches it or is earlier.
    #[param(value_type = Option<String>, example = "2021")]
    to: Option<Period>,
    /// What came or was superseded after this instant, RFC 3339; superseded revisions are there as tombstones. Take the
    /// instant from `X-Data-As-Of` of the last answer.
    #[param(value_type = Option<String>, format = DateTime)]
    changed_since: Option<Instant>,
    /// The figures as they were known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// JSON only: how many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// JSON only: `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<ListFormat>,
    /// How CSV is written: `en` has `,` between columns and a decimal point, `da` has `;` and a decimal comma.
    #[param(inline)]
    locale: Option<Locale>,
}

impl page::Key for Position {
    fn to_text(&self) -> String {
        format!("{}.{}.{}", self.seq, self.id.simple(), self.revision)
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let position = Self {
            seq: parts.next()?.parse().ok()?,
            id: parts.next()?.parse().ok()?,
            revision: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(position)
    }
}

/// List measurements
///
/// Flat rows for BI tools, in the order in which they came: JSON in pages, NDJSON and CSV as one stream of any length.
///
/// With `changed_since`, what came or was superseded since: a superseded revision is a tombstone (`superseded: true`). The
/// header `X-Data-As-Of` says up to which instant the answer is complete.
#[utoipa::path(tag = "measurements", params(ListQuery, PlanPath),
    security(("bearer" = ["measurements:read"])), responses(
    (status = 200, description = "Measurements.", content(
        (MeasurementPage = "application/json"),
        (String = "application/x-ndjson"),
        (String = "text/csv"),
    ), headers(("X-Data-As-Of" = String, description = "Up to which instant the answer is complete."))),
))]
#[get("/v1/plans/{plan}/measurements")]
async fn list_measurements(
    who: Allow<ReadMeasurements>,
    path: Path<PlanPath>,
    query: ValidQuery<ListQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let format = match query.format {
        Some(format) => format,
        None => negotiate(
            &request,
            &[
                (ListFormat::Json, "application/json"),
                (ListFormat::Ndjson, NDJSON),
                (ListFormat::Csv, csv::MEDIA_TYPE),
            ],
        )?,
    };
    let window = page::window::<Position>(query.limit, query.cursor.as_deref())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    let (seq, instant) = record::moment(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?;
    let since = match query.changed_since {
        None => None,
        Some(since) => Some(record::seq_at(&app.db, plan.id, Some(since.0)).await?),
    };
    let selection = Selection {
        indicators: query.indicator.map(|list| list.0),
        areas: query.area.map(|list| list.0),
        categories: query.category.map(|list| {
            let code = |category: String| if category == TOTAL { String::new() } else { category };
            list.0.into_iter().map(code).collect()
        }),
        from: query.from,
        to: query.to,
        since,
    };
    let mut response = if format == ListFormat::Json {
        let rows = store::list(app.db.read(), plan.id, seq, &selection, &window).await?;
        Page::new(rows, window.limit, |(position, _)| *position, |(_, view)| view).respond(&request)?
    } else {
        let pages = pages(
            app.db.clone(),
            plan.id,
            seq,
            selection,
            format,
            query.locale.unwrap_or_default(),
        );
        HttpResponse::Ok()
            .content_type(if format == ListFormat::Csv {
                "text/csv; charset=utf-8; header=present"
            } else {
                NDJSON
            })
            .insert_header((VARY, "Authorization, Accept, Accept-Language"))
            .insert_header((CACHE_CONTROL, "private, no-store"))
            .streaming(pages)
    };
    if let Ok(value) = Instant(instant).to_string().parse() {
        response.headers_mut().insert(DATA_AS_OF, value);
    }
    Ok(response)
}

const DATA_AS_OF: actix_web::http::header::HeaderName =
    actix_web::http::header::HeaderName::from_static("x-data-as-of");

/// The whole list, a chunk at a time; no more than one chunk is ever in memory.
fn pages(
    db: Db,
    plan_id: i32,
    seq: i64,
    selection: Selection,
    format: ListFormat,
    locale: Locale,
) -> impl stream::Stream<Item = Result<Bytes, Problem>> {
    let start = Some((None::<Position>, true));
    stream::try_unfold((start, db, selection), move |(state, db, selection)| async move {
        let Some((after, is_first)) = state else {
            return Ok(None);
        };
        let window = Window { limit: 1000, after };
        let mut rows = store::list(db.read(), plan_id, seq, &selection, &window).await?;
        let has_more = rows.len() > 1000;
        rows.truncate(1000);
        let last = rows.last().map(|(position, _)| *position);
        let views: Vec<MeasurementView> = rows.into_iter().map(|(_, view)| view).collect();
        let bytes = match format {
            ListFormat::Csv => formats::csv(&views, locale, is_first)?,
            _ => formats::ndjson(&views)?,
        };
        let next = last.filter(|_| has_more).map(|last| (Some(last), false));
        Ok(Some((Bytes::from(bytes), (next, db, selection))))
    })
}

/// Read a measurement
///
/// Its newest revision, with all revisions before it.
#[utoipa::path(tag = "measurements", params(PlanPath,
        ("id" = Uuid, Path, description = "The measurement's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11")),
    security(("bearer" = ["measurements:read"])), responses(
    (status = 200, description = "The measurement.", body = MeasurementHistory),
))]
#[get("/v1/plans/{plan}/measurements/{id}")]
async fn get_measurement(
    who: Allow<ReadMeasurements>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let history = store::history(app.db.read(), plan.id, parse_id(&id)?).await?;
    let measurement = MeasurementHistory::new(history).ok_or_else(Problem::internal)?;
    respond_json(&request, &measurement)
}

fn parse_id(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| {
        Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("id".into()),
            "invalid_value",
            "An id is a UUID.",
            "Et id er en UUID.",
        )])
    })
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
async fn correct_measurement(
    who: Allow<WriteMeasurements>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !matches!(
        body.media_type.as_str(),
        "application/json" | "application/merge-patch+json"
    ) {
        return Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "The operation reads application/merge-patch+json and application/json.",
            "Handlingen læser application/merge-patch+json og application/json.",
        ));
    }
    let node = json::parse(&body.bytes)?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let catalogue = store::catalogue(app.db.read(), plan.id, &writer(who.caller())).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let history = store::history(&transaction, plan.id, id).await?;
    let before = MeasurementHistory::new(history).ok_or_else(Problem::internal)?;
    require_match(&request, &to_json(&before)?)?;
    let (row, reason) = corrected(&node, &before.current, &catalogue)?;
    let deed = Deed {
        subject: &who.caller().subject,
        operation: "correct_measurement",
        target: format!("measurements/{id}"),
        request_id: RequestId::of(&request).map(|id| id.as_str().to_owned()),
    };
    store::correct(&transaction, clock, plan.id, &before.current, row, reason, deed).await?;
    let history = store::history(&transaction, plan.id, id).await?;
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
            "The figure has ended; an import can bring it back.",
            "Tallet er ophørt; en import kan bringe det tilbage.",
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
