//! `GET …/indicators/{code}/series`.

mod chart;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::try_join;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::formats;
use super::model::{Fresh, PointView, SeriesIndicator, SeriesView};
use crate::answers::Rendered;
use crate::areas;
use crate::auth::role::{Permission, ReadMeasurements};
use crate::auth::{Allow, Scope};
use crate::entities::{area, indicator, plan};
use crate::goals::store::overlays;
use crate::indicators::rules::{self, Figure, TOTAL, UnknownWord};
use crate::indicators::store::{self, Selection};
use crate::period::Period;
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record::{self, NOW};
use crate::state::AppState;
use crate::text::quoted;
use crate::web::etag::{Audience, render, respond_rendered, to_json};
use crate::web::formats::{Locale, csv, jsonstat, negotiate};
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, Instant, ValidQuery};
use crate::web::registrar::Registrar;

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(get_series);
}

/// The formats of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SeriesFormat {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
    /// JSON-stat 2.0, `application/vnd.json-stat+json`
    JsonStat,
    /// A chart with baseline, target and comparators, in Danish: `image/svg+xml`
    Svg,
}

/// What to add to the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Aggregate {
    /// One figure a period for the named areas together; shares are divided anew.
    Sum,
}

/// Which figures of an indicator.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SeriesQuery {
    /// Areas, by code, separated by commas; all where absent.
    #[param(value_type = Option<String>, example = "zone-1,all-zones")]
    area: Option<CommaList>,
    /// The first period: every period that touches it or is later.
    #[param(value_type = Option<String>, example = "2022")]
    from: Option<Period>,
    /// The last period: every period that touches it or is earlier.
    #[param(value_type = Option<String>, example = "2026")]
    to: Option<Period>,
    /// Categories, separated by commas; `_T` for figures without one; all where absent.
    #[param(value_type = Option<String>, example = "_T")]
    category: Option<CommaList>,
    /// `sum` adds, beside the named areas, their figures together as one more area such as `zone-1+zone-2`.
    #[param(inline)]
    aggregate: Option<Aggregate>,
    /// The figures as they were known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<SeriesFormat>,
    /// How CSV is written: `en` has `,` between columns and a decimal point, `da` has `;` and a decimal comma.
    #[param(inline)]
    locale: Option<Locale>,
}

/// Pull a series
///
/// An indicator's figures by area, category and period, each with source, status and revision.
///
/// A sum over areas divides shares anew from numerators and denominators, never averages them; where one of these is
/// unknown the share is null and `missing`, and what was counted is kept. `all-zones` is an area of its own, added up in
/// the same way where nothing was measured for it.
///
/// As a chart (`image/svg+xml`, at most 8 lines): the measured points, and where a goal is measured so, the baseline, the
/// target, the straight way between them, and the area to be matched. It has a title and a description in Danish.
#[utoipa::path(tag = "indicators", params(SeriesQuery,
        PlanPath,
        ("code" = String, Path, description = "The indicator's code.", example = "kendskabsgrad")),
    security(("bearer" = ["measurements:read"])), responses(
    (status = 200, description = "The series.", content(
        (SeriesView = "application/json"),
        (String = "text/csv", example = "indicator,area,period,category,value,numerator,denominator,unit,status,revision,note,source,received_at,id\nkendskabsgrad,zone-1,2022-06-01,,22.1,306,,percent,final,1,,Jobcenter Fredericia,2026-01-05T08:00:00.000000Z,019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11\n"),
        (jsonstat::Dataset = "application/vnd.json-stat+json"),
        (String = "image/svg+xml"),
    )),
))]
#[get("/v1/plans/{plan}/indicators/{code}/series")]
async fn get_series(
    who: Allow<ReadMeasurements>,
    path: Path<(String, String)>,
    query: ValidQuery<SeriesQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let query = query.0;
    let format = match query.format {
        Some(format) => format,
        None => negotiate(
            &request,
            &[
                (SeriesFormat::Json, "application/json"),
                (SeriesFormat::Csv, csv::MEDIA_TYPE),
                (SeriesFormat::JsonStat, jsonstat::MEDIA_TYPE),
                (SeriesFormat::Svg, chart::MEDIA_TYPE),
            ],
        )?,
    };
    // Every role that may read measurements sees the same figures; a chart also shows the goals to those who may read them.
    let sees_goals = who.caller().may(Permission::ReadGoals);
    let key = format!("series {format:?} {sees_goals} {}", request.uri());
    let make = async || answer(&app, who.scope(), (&plan, &code), &query, format, sees_goals).await;
    let answer = app.answers.get_or_make(key, make).await?;
    Ok(respond_rendered(&request, Audience::Private, answer))
}

/// The answer as the database has it.
async fn answer(
    app: &AppState,
    scope: &Scope,
    (plan, code): (&str, &str),
    query: &SeriesQuery,
    format: SeriesFormat,
    sees_goals: bool,
) -> Result<Rendered, Problem> {
    let db = app.db.read();
    let ground = ground(app, scope, plan, code).await?;
    let Ground {
        plan, indicator, areas, ..
    } = &*ground;
    check(db, query, indicator, areas).await?;
    let (seq, fresh) = match query.as_of {
        // What is drawn beside the figures comes from further queries, which must see the same state.
        None if format == SeriesFormat::Svg => (record::current_seq(db, plan.id).await?, ground.fresh.clone()),
        None => (NOW, ground.fresh.clone()),
        Some(as_of) => {
            let seq = record::seq_at(&app.db, indicator.plan_id, Some(as_of.0)).await?;
            (seq, fresh(db, indicator, seq).await?)
        }
    };
    let figures = figures(db, indicator, areas, seq, query).await?;
    let series = view(indicator.clone(), figures, fresh);
    let (media_type, body) = match format {
        SeriesFormat::Json => ("application/json", to_json(&series)?),
        SeriesFormat::Csv => (
            "text/csv; charset=utf-8; header=present",
            formats::csv(&series, query.locale.unwrap_or_default())?,
        ),
        SeriesFormat::Svg => {
            let names = names(db, plan.id, areas).await?;
            // Goals have a scope of their own: who has only the figures' gets a chart of the figures.
            let overlays = if sees_goals {
                overlays(db, plan, seq, &series.indicator.code).await?
            } else {
                Vec::new()
            };
            let window = (query.from, query.to);
            let svg = chart::svg(db, plan.id, &series, seq, window, &overlays, &names).await?;
            (chart::MEDIA_TYPE, svg)
        }
        SeriesFormat::JsonStat => {
            let names = names(db, indicator.plan_id, areas).await?;
            (
                jsonstat::MEDIA_TYPE,
                to_json(&formats::jsonstat(&series, indicator.note.clone(), &names))?,
            )
        }
    };
    Ok(render(media_type, body))
}

/// What all series of an indicator stand on.
struct Ground {
    plan: plan::Model,
    indicator: indicator::Model,
    areas: Vec<area::Model>,
    fresh: Fresh,
}

/// From memory, as long as nothing was written.
async fn ground(app: &AppState, scope: &Scope, plan: &str, code: &str) -> Result<Arc<Ground>, Problem> {
    // The caller's reach was decided by the token: no series is open to callers without one.
    let key = format!("ground {plan} {code}");
    let make = async || {
        let db = app.db.read();
        let plan = plans::store::resolve(db, scope, plan).await?;
        let (indicator, areas) = try_join!(
            store::indicator(db, plan.id, code),
            areas::store::all_areas(db, plan.id)
        )?;
        let fresh = fresh(db, &indicator, NOW).await?;
        Ok(Ground {
            plan,
            indicator,
            areas,
            fresh,
        })
    };
    app.answers.fact_or_make(key, make).await
}

/// What only the plan's data can tell about a query: all errors at once.
async fn check(
    db: &impl ConnectionTrait,
    query: &SeriesQuery,
    indicator: &indicator::Model,
    areas: &[area::Model],
) -> Result<(), Problem> {
    let mut errors = Vec::new();
    for code in query.area.iter().flat_map(|list| &list.0) {
        if !areas.iter().any(|area| area.code == *code) {
            let code = quoted(code);
            errors.push(FieldError::new(
                At::Parameter("area".into()),
                "unknown_area",
                format!("The plan has no area {code}."),
                format!("Planen har intet område {code}."),
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
    errors.extend(unknown_categories(db, query, indicator).await?);
    if query.aggregate.is_some() {
        let named: BTreeSet<&String> = query.area.iter().flat_map(|list| &list.0).collect();
        if named.len() < 2 {
            errors.push(FieldError::new(
                At::Parameter("area".into()),
                "required",
                "aggregate needs two areas or more to be named.",
                "aggregate kræver, at mindst to områder nævnes.",
            ));
        }
        let containers = areas::store::containers(db, indicator.plan_id).await?;
        for inner in &named {
            let outer = named
                .iter()
                .find(|outer| containers.get(*inner).is_some_and(|around| around.contains(**outer)));
            if let Some(outer) = outer {
                errors.push(FieldError::new(
                    At::Parameter("area".into()),
                    "overlapping_areas",
                    format!("{inner} lies in {outer}; together they would count it twice."),
                    format!("{inner} ligger i {outer}; tilsammen ville det tælle to gange."),
                ));
            }
        }
        if !indicator.unit.parse().is_ok_and(rules::is_summable) {
            errors.push(FieldError::new(
                At::Parameter("aggregate".into()),
                "not_summable",
                format!("Figures in {} cannot be added up.", indicator.unit),
                format!("Tal i {} kan ikke lægges sammen.", indicator.unit),
            ));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_content(errors))
    }
}

/// Categories that the indicator cannot have.
async fn unknown_categories(
    db: &impl ConnectionTrait,
    query: &SeriesQuery,
    indicator: &indicator::Model,
) -> Result<Vec<FieldError>, Problem> {
    let Some(list) = &query.category else {
        return Ok(Vec::new());
    };
    let mut known: Vec<String> = vec![TOTAL.to_owned()];
    if indicator.categories == "target_group" {
        known.extend(store::categories(db, indicator.plan_id).await?.into_keys());
    }
    let unknown = list.0.iter().filter(|category| !known.contains(category));
    Ok(unknown
        .map(|category| {
            let category = quoted(category);
            FieldError::new(
                At::Parameter("category".into()),
                "unknown_category",
                format!("The indicator has no category {category}; {TOTAL} is the figure as a whole."),
                format!("Indikatoren har ingen kategori {category}; {TOTAL} er tallet som helhed."),
            )
        })
        .collect())
}

/// The figures that the query asks for, measured and added up, in their order.
async fn figures(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    areas: &[area::Model],
    seq: i64,
    query: &SeriesQuery,
) -> Result<Vec<Figure>, Problem> {
    let unit = indicator.unit.parse().map_err(|UnknownWord(word)| {
        tracing::error!(
            indicator = indicator.code,
            unit = word,
            "an indicator has an unknown unit"
        );
        Problem::internal()
    })?;
    let decimals = u32::try_from(indicator.decimals).unwrap_or(0);
    let of_kind = |kind: &str| -> Vec<String> {
        // An archived zone still counts: its figures are part of what was.
        let found = areas.iter().filter(|area| area.kind == kind);
        found.map(|area| area.code.clone()).collect()
    };
    let zones = of_kind("zone");
    let whole = of_kind("plan").into_iter().next();
    let named = query.area.as_ref().map(|list| list.0.clone());
    let wanted = |code: &String| named.as_ref().is_none_or(|named| named.contains(code));
    let whole = whole.filter(|code| rules::is_summable(unit) && wanted(code));
    let mut fetched = named.clone();
    if let (Some(fetched), Some(_)) = (&mut fetched, &whole) {
        fetched.extend(zones.iter().cloned());
    }
    let selection = Selection {
        areas: fetched,
        categories: query.category.as_ref().map(|list| {
            let code = |category: &String| {
                if category == TOTAL {
                    String::new()
                } else {
                    category.clone()
                }
            };
            list.0.iter().map(code).collect()
        }),
        from: query.from,
        to: query.to,
    };
    let mut found = store::figures(db, indicator.plan_id, &indicator.code, seq, &selection).await?;
    if let Some(whole) = whole {
        let summed = rules::sum(unit, decimals, &whole, &zones, &found);
        let measured: HashSet<(Period, Option<String>)> = found
            .iter()
            .filter(|figure| figure.area == whole)
            .map(|figure| (figure.period, figure.category.clone()))
            .collect();
        let is_new = |sum: &Figure| !measured.contains(&(sum.period, sum.category.clone()));
        let summed: Vec<Figure> = summed.into_iter().filter(is_new).collect();
        found.extend(summed);
    }
    found.retain(|figure| wanted(&figure.area));
    let places: HashMap<&str, usize> = areas
        .iter()
        .enumerate()
        .map(|(place, area)| (area.code.as_str(), place))
        .collect();
    let place = |code: &str| places.get(code).copied();
    found.sort_by(|a, b| {
        place(&a.area)
            .cmp(&place(&b.area))
            .then_with(|| rules::compare_categories(a.category.as_deref(), b.category.as_deref()))
            .then_with(|| a.period.cmp(&b.period))
    });
    if let (Some(Aggregate::Sum), Some(mut named)) = (query.aggregate, named) {
        named.sort_by_key(|code| place(code));
        named.dedup();
        let mut summed = rules::sum(unit, decimals, &named.join("+"), &named, &found);
        summed.sort_by(|a, b| {
            rules::compare_categories(a.category.as_deref(), b.category.as_deref())
                .then_with(|| a.period.cmp(&b.period))
        });
        found.extend(summed);
    }
    Ok(found)
}

/// How fresh the indicator is, whichever of its figures are asked for.
async fn fresh(db: &impl ConnectionTrait, indicator: &indicator::Model, seq: i64) -> Result<Fresh, Problem> {
    let (latest_period, received_at) = store::latest(db, indicator.plan_id, &indicator.code, seq).await?;
    let rhythm = indicator.rhythm.as_deref().and_then(|rhythm| rhythm.parse().ok());
    Ok(Fresh {
        latest_period,
        received_at,
        next_due: latest_period
            .zip(rhythm)
            .and_then(|(period, rhythm)| rules::next_due(period, rhythm)),
    })
}

fn view(indicator: indicator::Model, figures: Vec<Figure>, fresh: Fresh) -> SeriesView {
    SeriesView {
        fresh,
        indicator: SeriesIndicator {
            code: indicator.code,
            name: indicator.name,
            name_en: indicator.name_en,
            unit: indicator.unit,
            direction: indicator.direction,
            data_owner: indicator.data_owner,
            provenance: indicator.provenance,
        },
        points: figures.into_iter().map(PointView::from).collect(),
    }
}

/// The Danish names of areas and categories, by code.
async fn names(
    db: &impl ConnectionTrait,
    plan_id: i32,
    areas: &[area::Model],
) -> Result<BTreeMap<String, String>, Problem> {
    let names = areas.iter().map(|area| (area.code.clone(), area.name.clone()));
    let mut names: BTreeMap<String, String> = names.collect();
    names.extend(store::categories(db, plan_id).await?);
    Ok(names)
}
