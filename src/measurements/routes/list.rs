//! `GET …/measurements`.

use std::collections::HashSet;

use actix_web::http::header::{CACHE_CONTROL, HeaderName, VARY};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::DateTime;
use futures_util::{StreamExt, stream};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::formats;
use super::super::model::MeasurementView;
use super::super::store::{self, Position, Selection};
use super::NDJSON;
use crate::auth::Allow;
use crate::auth::role::ReadMeasurements;
use crate::db::{Db, Window};
use crate::indicators;
use crate::indicators::rules::TOTAL;
use crate::period::Period;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record;
use crate::state::AppState;
use crate::text::quoted;
use crate::web::formats::{Locale, csv, negotiate};
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, Instant, ValidQuery, refuse};

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

/// Where a list goes on: all its pages are of one moment, so that nothing that changes between two of them is missed.
#[derive(Clone, Copy, Debug)]
struct Bookmark {
    /// The number of that moment.
    seq: i64,
    /// Its instant, in microseconds since 1970.
    instant: i64,
    /// The last row of the page before.
    last: Position,
}

impl page::Key for Bookmark {
    fn to_text(&self) -> String {
        let Position { seq, id, revision } = self.last;
        format!("{}.{}.{seq}.{}.{revision}", self.seq, self.instant, id.simple())
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let bookmark = Self {
            seq: parts.next()?.parse().ok()?,
            instant: parts.next()?.parse().ok()?,
            last: Position {
                seq: parts.next()?.parse().ok()?,
                id: parts.next()?.parse().ok()?,
                revision: parts.next()?.parse().ok()?,
            },
        };
        parts.next().is_none().then_some(bookmark)
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
    let window = page::window::<Bookmark>(query.limit, query.cursor.as_deref())?;
    if format != ListFormat::Json {
        refuse_paging(&query)?;
    }
    let plan = plans::store::resolve(app.db.read(), who.scope(), &path.plan).await?;
    check(app.db.read(), plan.id, &query).await?;
    let (seq, instant) = match window.after {
        Some(Bookmark { seq, instant, .. }) => (seq, DateTime::from_timestamp_micros(instant).unwrap_or_default()),
        None => record::moment(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?,
    };
    let since = match query.changed_since {
        None => None,
        Some(since) => Some(record::seq_before(app.db.read(), plan.id, since.0).await?.min(seq)),
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
        let rows = Window {
            limit: window.limit,
            after: window.after.map(|bookmark| bookmark.last),
        };
        let rows = store::list(app.db.read(), plan.id, seq, &selection, &rows).await?;
        let bookmark = |(last, _): &(Position, _)| Bookmark {
            seq,
            instant: instant.timestamp_micros(),
            last: *last,
        };
        Page::new(rows, window.limit, bookmark, |(_, view)| view).respond(&request)?
    } else {
        let locale = query.locale.unwrap_or_default();
        let all = All {
            db: app.db.clone(),
            plan_id: plan.id,
            seq,
            selection,
            format,
            locale,
        };
        // The first chunk before the answer begins: what goes wrong by then is told as it should be.
        let (first, after) = all.chunk(None).await?;
        let rest = stream::try_unfold((all, after), |(all, after)| async move {
            let Some(last) = after else {
                return Ok::<_, Problem>(None);
            };
            let (bytes, after) = all.chunk(Some(last)).await?;
            Ok(Some((bytes, (all, after))))
        });
        HttpResponse::Ok()
            .content_type(if format == ListFormat::Csv {
                "text/csv; charset=utf-8; header=present"
            } else {
                NDJSON
            })
            .insert_header((VARY, "Authorization, Accept, Accept-Language"))
            .insert_header((CACHE_CONTROL, "private, no-cache"))
            .streaming(stream::once(async move { Ok(first) }).chain(rest))
    };
    if let Ok(value) = Instant(instant).to_string().parse() {
        response.headers_mut().insert(DATA_AS_OF, value);
    }
    Ok(response)
}

const DATA_AS_OF: HeaderName = HeaderName::from_static("x-data-as-of");

/// The whole list, a chunk at a time; no more than one chunk is ever in memory.
struct All {
    db: Db,
    plan_id: i32,
    seq: i64,
    selection: Selection,
    format: ListFormat,
    locale: Locale,
}

impl All {
    /// The rows after a position, written, and where to go on.
    async fn chunk(&self, after: Option<Position>) -> Result<(Bytes, Option<Position>), Problem> {
        let window = Window {
            limit: page::MAX_LIMIT,
            after,
        };
        let mut rows = store::list(self.db.read(), self.plan_id, self.seq, &self.selection, &window).await?;
        let limit = usize::try_from(page::MAX_LIMIT).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().map(|(position, _)| *position).filter(|_| has_more);
        let views: Vec<MeasurementView> = rows.into_iter().map(|(_, view)| view).collect();
        let bytes = match self.format {
            ListFormat::Csv => formats::csv(&views, self.locale, after.is_none())?,
            _ => formats::ndjson(&views)?,
        };
        Ok((Bytes::from(bytes), last))
    }
}

/// A stream has no pages.
fn refuse_paging(query: &ListQuery) -> Result<(), Problem> {
    let given = [("limit", query.limit.is_some()), ("cursor", query.cursor.is_some())];
    refuse(&given, "json_only", |name| {
        (
            format!("{name} goes with JSON; the other formats have no pages."),
            format!("{name} hører til JSON; de andre formater har ingen sider."),
        )
    })
}

/// Codes that the plan does not have are errors, so that a typing error is not taken for an absence of data.
async fn check(db: &impl ConnectionTrait, plan_id: i32, query: &ListQuery) -> Result<(), Problem> {
    let (indicators, areas) = store::codes(db, plan_id).await?;
    let mut categories: HashSet<String> = indicators::store::categories(db, plan_id).await?.into_keys().collect();
    categories.insert(TOTAL.to_owned());
    let mut errors = Vec::new();
    for (name, code, list, known) in [
        ("indicator", "unknown_indicator", &query.indicator, &indicators),
        ("area", "unknown_area", &query.area, &areas),
        ("category", "unknown_category", &query.category, &categories),
    ] {
        for unknown in list
            .iter()
            .flat_map(|list| &list.0)
            .filter(|item| !known.contains(*item))
        {
            errors.push(FieldError::new(
                At::Parameter(name.into()),
                code,
                format!("The plan has no {name} {}.", quoted(unknown)),
                format!("Planen har ikke {}.", quoted(unknown)),
            ));
        }
    }
    if let (Some(from), Some(to)) = (query.from, query.to)
        && from.start() > to.end()
    {
        errors.push(FieldError::new(
            At::Parameter("to".into()),
            "before_from",
            "to is before from.",
            "to ligger før from.",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_content(errors))
    }
}
