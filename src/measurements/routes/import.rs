//! `POST …/measurements/imports` and `GET …/measurements/imports/{id}`.

use actix_web::http::header::HeaderValue;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::import::{Import, Progress, carry_out};
use super::super::jobs;
use super::super::model::{ImportOutcome, ImportReceipt, ImportState, ImportView, Mode, NewMeasurement};
use super::super::read::Syntax;
use super::{NDJSON, writer};
use crate::auth::Allow;
use crate::auth::Scope;
use crate::auth::role::{Role, WriteMeasurements};
use crate::db::Db;
use crate::plans;
use crate::problem::{Language, Problem, ProblemKind};
use crate::record::idempotency::{Answer, Claim};
use crate::state::AppState;
use crate::underway::Underway;
use crate::web::actor;
use crate::web::etag::{respond_json, to_json};
use crate::web::formats::csv;
use crate::web::idempotency;
use crate::web::path::{PlanPath, parse_id};
use crate::web::problems::language;
use crate::web::query::{NoQuery, ValidQuery};
use crate::web::spool::Spool;

/// How many imports of a plan run in the background at most; each may have spooled as much as a body may be long.
const MOST_RUNNING: u64 = 8;
/// How many seconds a client should wait before it asks again.
const ASK_AGAIN: u64 = 2;

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
/// A row may be written by the organisation that owns the indicator, or by one above it; by the secretariat for owners
/// without a client that writes measurements, their own or one of an organisation above them. `source` is required. Figures of `kendskabsgrad` and
/// `kendskabsgrad-count` come from extracts alone.
///
/// A body of more than 8 MiB (the operator may set another size), or one sent with `Prefer: respond-async` (RFC 7240), is
/// answered 202 as soon as it is received; `Location` says where to ask what became of it. If it fails, or is interrupted
/// because the service stopped, nothing is stored and its `Idempotency-Key` is free again: send it once more.
#[utoipa::path(tag = "measurements",
    params(ImportQuery, PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false),
        ("Prefer" = Option<String>, Header, description = "`respond-async`: answer 202 at once, however small the body.", example = "respond-async", nullable = false)),
    request_body(description = "The measurements.", content(
        (Vec<NewMeasurement> = "application/json"),
        (String = "application/x-ndjson", example = "{\"indicator\":\"outside-labour-market-18-64\",\"area\":\"zone-1\",\"period\":\"2020\",\"value\":47.1,\"source\":\"Landsbyggefonden\"}\n"),
        (String = "text/csv", example = "indicator,area,period,value,source\noutside-labour-market-18-64,zone-1,2020,47.1,Landsbyggefonden\n"),
    )),
    security(("bearer" = ["measurements:write"])), responses(
    (status = 201, description = "Every row is stored.", body = ImportReceipt, headers(
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
    (status = 200, description = "A dry run, or nothing changed.", body = ImportReceipt),
    (status = 202, description = "Received; it is carried out now.", body = ImportView, headers(
        ("Location" = String, description = "Where to ask what became of it."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/measurements/imports")]
pub(super) async fn import_measurements(
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
    let import = Import {
        plan_id: plan.id,
        actor: actor::of(&request, who.caller()),
        mode: query.0.mode.unwrap_or_default(),
        dry_run: query.0.dry_run.unwrap_or(false),
        syntax,
        writer: writer(who.caller()),
    };
    let key = key.filter(|_| !import.dry_run);
    let waits = spool.length <= app.config.background_import_bytes && !prefers_async(&request);
    let background = Background {
        collection: request.path().to_owned(),
        scope: who.scope().clone(),
        language: language(&request),
        underway: app.underway.clone(),
    };
    idempotency::once(app.db.clone(), key, plan.id, async move |db, claim| {
        if waits {
            wait(&db, claim, &import, spool).await
        } else {
            background.start(&db, claim, import, spool).await
        }
    })
    .await
}

/// Ask what became of an import
///
/// Of one that was answered 202. While it runs, `rows` says how far it is; ask again after the seconds of `Retry-After`. An
/// organisation reads its own imports, the secretariat all.
#[utoipa::path(tag = "measurements", params(PlanPath,
        ("id" = Uuid, Path, description = "The import's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a14")),
    security(("bearer" = ["measurements:write"])), responses(
    (status = 200, description = "The import.", body = ImportView, headers(
        ("Retry-After" = u64, description = "While it runs: after how many seconds to ask again."))),
))]
#[get("/v1/plans/{plan}/measurements/imports/{id}")]
pub(super) async fn get_import(
    who: Allow<WriteMeasurements>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let reader = match who.caller().role {
        Some(Role::Secretariat) => jobs::Reader::Secretariat,
        _ => jobs::Reader::Organisation(who.scope()),
    };
    let import = jobs::find(&app.db, &app.underway, plan.id, parse_id(&id)?, reader).await?;
    let mut response = respond_json(&request, &import)?;
    if import.state == ImportState::Running {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(ASK_AGAIN));
    }
    Ok(response)
}

/// Whether the client would rather not wait (RFC 7240, section 4.1).
fn prefers_async(request: &HttpRequest) -> bool {
    let values = request
        .headers()
        .get_all("prefer")
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split([',', ';']))
        .any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
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

/// Carries an import out while its sender waits.
async fn wait(db: &Db, claim: Option<&Claim>, import: &Import, spool: Spool) -> Result<Answer, Problem> {
    let keep = async |transaction: &crate::db::Write, receipt: &ImportReceipt| match claim {
        Some(claim) => claim.keep(transaction, &answer(receipt)?).await,
        None => Ok(()),
    };
    let receipt = carry_out(db, import, spool.file, &Progress::default(), keep).await?;
    answer(&receipt)
}

/// What an import needs that outlasts its request.
struct Background {
    collection: String,
    scope: Scope,
    language: Language,
    underway: Underway,
}

impl Background {
    /// Notes the import and answers; from then on it runs by itself.
    async fn start(self, db: &Db, claim: Option<&Claim>, import: Import, spool: Spool) -> Result<Answer, Problem> {
        let transaction = db.begin().await?;
        if jobs::running(&transaction, import.plan_id).await? >= MOST_RUNNING {
            return Err(Problem::new(
                ProblemKind::RateLimited,
                format!("{MOST_RUNNING} imports of the plan are running; send this one when one of them has come to its end."),
                format!("{MOST_RUNNING} importer er i gang i planen; send denne, når en af dem er færdig."),
            )
            .retry_after(30));
        }
        let view = jobs::create(&transaction, &import, &self.scope, claim.map(Claim::scope)).await?;
        let answer = Answer {
            status: 202,
            location: Some(format!("{}/{}", self.collection, view.id)),
            body: to_json(&view)?,
            is_what_was_created: false,
        };
        if let Some(claim) = claim {
            claim.keep(&transaction, &answer).await?;
        }
        transaction.commit_unseen().await?;
        let (db, id, plan_id) = (db.clone(), view.id, import.plan_id);
        self.underway.begin(plan_id, id);
        actix_web::rt::spawn(async move {
            run(db, id, import, spool, self.language).await;
            self.underway.end(plan_id, id);
        });
        Ok(answer)
    }
}

/// Carries an import out, and says now and then how far it is.
async fn run(db: Db, id: Uuid, import: Import, spool: Spool, language: Language) {
    let progress = Progress::default();
    let work = carry_out(&db, &import, spool.file, &progress, async |transaction, receipt| {
        jobs::succeed(transaction, import.plan_id, id, &progress, receipt).await
    });
    let signs = async {
        loop {
            actix_web::rt::time::sleep(jobs::HEARTBEAT).await;
            // On SQLite a sign may not get through while the figures are being written; the next one will.
            if let Err(problem) = jobs::touch(&db, import.plan_id, id, &progress).await {
                tracing::warn!(%id, %problem, "an import could not say how far it is");
            }
        }
    };
    let done = tokio::select! {
        done = work => done,
        never = signs => never,
    };
    match done {
        Ok(receipt) => tracing::info!(%id, rows = receipt.rows.received, "import succeeded"),
        Err(problem) => {
            tracing::info!(%id, %problem, "import failed");
            let view = problem.view(language, import.actor.request_id.as_deref());
            if let Err(problem) = jobs::fail(&db, import.plan_id, id, &progress, &view).await {
                tracing::error!(%id, %problem, "an import's failure could not be noted; it will count as interrupted");
            }
        }
    }
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
        is_what_was_created: false,
    })
}
