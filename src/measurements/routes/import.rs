//! `POST …/measurements/imports`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::model::{ImportOutcome, ImportReceipt, Mode, NewMeasurement};
use super::super::read::{self, Syntax};
use super::super::rules::Catalogue;
use super::super::store::{self, Compared, ROWS_PER_STATEMENT};
use super::{NDJSON, writer};
use crate::auth::Allow;
use crate::auth::role::WriteMeasurements;
use crate::db::{self, Db};
use crate::entities::plan;
use crate::plans;
use crate::problem::{FieldError, MAX_LISTED_ERRORS, Problem, ProblemKind};
use crate::record::idempotency::{Answer, Claim};
use crate::record::{Clock, Deed};
use crate::state::AppState;
use crate::web::etag::to_json;
use crate::web::formats::csv;
use crate::web::idempotency;
use crate::web::path::PlanPath;
use crate::web::query::ValidQuery;
use crate::web::request_id::RequestId;
use crate::web::spool::Spool;

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
        receipt.received_at = store::write(&transaction, clock, import.plan.id, receipt.rows, deed)
            .await?
            .at;
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
