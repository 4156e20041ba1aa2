//! `GET …/measurements`.

use actix_web::http::header::{CACHE_CONTROL, HeaderName, VARY};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::stream;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::formats;
use super::super::model::MeasurementView;
use super::super::store::{self, Position, Selection};
use super::NDJSON;
use crate::auth::Allow;
use crate::auth::role::ReadMeasurements;
use crate::db::{Db, Window};
use crate::indicators::rules::TOTAL;
use crate::period::Period;
use crate::plans;
use crate::problem::Problem;
use crate::record;
use crate::state::AppState;
use crate::web::formats::{Locale, csv, negotiate};
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, Instant, ValidQuery};

type MeasurementPage = Page<MeasurementView>;

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
pub(super) async fn list_measurements(
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

const DATA_AS_OF: HeaderName = HeaderName::from_static("x-data-as-of");

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
