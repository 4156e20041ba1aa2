//! `GET /v1/plans/{plan}/criteria…` and `…/criteria/assessments`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::assessment::{AssessmentView, CriterionAssessmentView, RuleSetAssessmentView};
use super::model::RuleSetView;
use super::rules::{self, Averaging, Closed};
use super::store::{self, Figures, RuleSet};
use super::{truth, values};
use crate::areas;
use crate::auth::role::{Permission, ReadCriteria};
use crate::auth::{Allow, Caller};
use crate::db::Window;
use crate::entities::area;
use crate::plans;
use crate::problem::{At, FieldError, Language, Problem};
use crate::record;
use crate::state::AppState;
use crate::text::quoted;
use crate::web::day::{self, Day};
use crate::web::etag::respond_json;
use crate::web::page::{self, Page};
use crate::web::path::PlanPath;
use crate::web::problems::language;
use crate::web::query::{CommaList, Instant, NoQuery, ValidQuery};
use crate::web::registrar::Registrar;

type RuleSetPage = Page<RuleSetView>;
type AssessmentPage = Page<AssessmentView>;

/// The kinds of areas that are assessed.
const ASSESSED: [&str; 3] = ["plan", "zone", "department"];

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(list_rule_sets).service(assess).service(get_rule_set);
}

/// Which rule sets.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RuleSetQuery {
    /// Those in force on this date; all where absent.
    #[param(value_type = Option<String>, format = Date, example = "2024-06-30")]
    on: Option<Day>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Which assessments.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AssessmentQuery {
    /// The date judged: rule sets in force on it, figures of periods that had ended by it. Today in Denmark where absent;
    /// the answer repeats it, and its body depends on the clock in no other way.
    #[param(value_type = Option<String>, format = Date, example = "2024-06-30")]
    on: Option<Day>,
    /// Areas, by code, separated by commas: zones, departments, all zones; all of these where absent.
    #[param(value_type = Option<String>, example = "all-zones")]
    area: Option<CommaList>,
    /// Rule sets, by code, separated by commas; all that are in force on the date where absent. The
    /// listing goes by all of them in any case.
    #[param(value_type = Option<String>, example = "law-2021-prevention-area")]
    rule_set: Option<CommaList>,
    /// With the figures as they were known at this instant, RFC 3339; not in the future.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List the rule sets of the area criteria
///
/// The law's lists and the agreement's own table, each with its limits, its dates and its citation. A rule set is met by
/// `needed` of its counted criteria together with all that are required.
#[utoipa::path(tag = "criteria", params(RuleSetQuery, PlanPath),
    security(("bearer" = ["criteria:read"])), responses(
    (status = 200, description = "A page of rule sets.", body = RuleSetPage),
))]
#[get("/v1/plans/{plan}/criteria")]
async fn list_rule_sets(
    who: Allow<ReadCriteria>,
    path: Path<PlanPath>,
    query: ValidQuery<RuleSetQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = page::window(query.0.limit, query.0.cursor.as_deref())?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let found = store::rule_sets(db, plan.id, &window, query.0.on.map(|on| on.0)).await?;
    Page::new(
        found,
        window.limit,
        |rule_set| rule_set.row.position,
        |rule_set| RuleSetView::new(rule_set.row, rule_set.criteria),
    )
    .respond(&request)
}

/// Read a rule set
///
/// Its limits, the series that may answer each of them, and where it is laid down.
#[utoipa::path(tag = "criteria", params(
        PlanPath,
        ("code" = String, Path, description = "The rule set's code.", example = "law-2021-vulnerable-area")),
    security(("bearer" = ["criteria:read"])), responses(
    (status = 200, description = "The rule set.", body = RuleSetView),
))]
#[get("/v1/plans/{plan}/criteria/{code}")]
async fn get_rule_set(
    who: Allow<ReadCriteria>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, code) = path.into_inner();
    let plan = plans::store::resolve(app.db.read(), who.scope(), &plan).await?;
    let found = store::rule_set(app.db.read(), plan.id, &code).await?;
    respond_json(&request, &RuleSetView::new(found.row, found.criteria))
}

/// Assess areas by the criteria
///
/// For all zones, each zone and each department: how it stands against every rule set in force on a date, and on which
/// official list it is or would be.
///
/// Each criterion is met, not met or undetermined, with the value used, its periods and measurements, and how far it lies from
/// the limit. What is missing is named: nothing is guessed, no two series are mixed, and where the law averages two years, both
/// must be there. A rule set is undetermined only if it could still go either way. An area that is none in the law's sense (a
/// zone, a department that is not known to have the residents asked for) is assessed as if it were one, marked
/// `hypothetical` with the reason.
///
/// The legally contested criterion is judged only where the service is set up for it and the token was given
/// `criteria:contested` by name; else what depends on it is undetermined, with that reason.
#[utoipa::path(tag = "criteria", params(AssessmentQuery, PlanPath),
    security(("bearer" = ["criteria:read"])), responses(
    (status = 200, description = "A page of assessments, one an area.", body = AssessmentPage),
))]
#[get("/v1/plans/{plan}/criteria/assessments")]
async fn assess(
    who: Allow<ReadCriteria>,
    path: Path<PlanPath>,
    query: ValidQuery<AssessmentQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let window: Window<i32> = page::window(query.limit, query.cursor.as_deref())?;
    let on = day::on(query.on);
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &path.plan).await?;
    let every = Window {
        limit: page::MAX_LIMIT,
        after: None,
    };
    let in_force = store::rule_sets(db, plan.id, &every, Some(on)).await?;
    let areas = areas::store::all_areas(db, plan.id).await?;
    let known = store::codes(db, plan.id).await?;
    check(&query, on, &areas, &in_force, &known)?;
    let is_named = |list: &Option<CommaList>, code: &String| list.as_ref().is_none_or(|list| list.0.contains(code));
    let zones: Vec<String> = areas
        .iter()
        // An archived zone still counts in what the zones are together.
        .filter(|area| area.kind == "zone")
        .map(|area| area.code.clone())
        .collect();
    let assessed: Vec<area::Model> = areas
        .into_iter()
        .filter(|area| ASSESSED.contains(&area.kind.as_str()) && area.archived_at.is_none())
        .filter(|area| is_named(&query.area, &area.code))
        .filter(|area| window.after.is_none_or(|after| area.position > after))
        .take(usize::try_from(window.limit + 1).unwrap_or(usize::MAX))
        .collect();
    let seq = record::seq_at(&app.db, plan.id, query.as_of.map(|as_of| as_of.0)).await?;
    let figures = store::figures(db, plan.id, seq, &in_force, &assessed, &zones).await?;
    let question = Question {
        on,
        closed: closed(who.caller(), app.config.contested_criterion),
        language: language(&request),
    };
    Page::new(
        assessed,
        window.limit,
        |area| area.position,
        |area| {
            // The listing goes by every list in force, whichever rule sets are asked for.
            let mut assessment = assessment(&area, &in_force, &figures, question);
            assessment
                .rule_sets
                .retain(|rule_set| is_named(&query.rule_set, &rule_set.rule_set));
            assessment
        },
    )
    .respond(&request)
}

/// What holds for every area of an answer.
#[derive(Clone, Copy, Debug)]
struct Question {
    on: NaiveDate,
    closed: Option<Closed>,
    language: Language,
}

/// Why the contested criterion is not judged for this caller; none where it is.
fn closed(caller: &Caller, is_set_up: bool) -> Option<Closed> {
    if !is_set_up {
        Some(Closed::Setting)
    } else if !caller.may(Permission::ReadContestedCriterion) {
        Some(Closed::Permission)
    } else {
        None
    }
}

/// What only the plan's data can tell about a query: all errors at once.
fn check(
    query: &AssessmentQuery,
    on: NaiveDate,
    areas: &[area::Model],
    in_force: &[RuleSet],
    known: &[String],
) -> Result<(), Problem> {
    let mut errors = Vec::new();
    for code in query.area.iter().flat_map(|list| &list.0) {
        let shown = quoted(code);
        match areas.iter().find(|area| area.code == *code) {
            None => errors.push(FieldError::new(
                At::Parameter("area".into()),
                "unknown_area",
                format!("The plan has no area {shown}."),
                format!("Planen har intet område {shown}."),
            )),
            Some(area) if !ASSESSED.contains(&area.kind.as_str()) => errors.push(FieldError::new(
                At::Parameter("area".into()),
                "not_assessed",
                format!("{shown} is no zone or department, and not all zones."),
                format!("{shown} er ikke en zone, en afdeling eller alle zoner."),
            )),
            Some(_) => {}
        }
    }
    for code in query.rule_set.iter().flat_map(|list| &list.0) {
        let shown = quoted(code);
        if !known.contains(code) {
            errors.push(FieldError::new(
                At::Parameter("rule_set".into()),
                "unknown_rule_set",
                format!("The plan has no rule set {shown}."),
                format!("Planen har intet regelsæt {shown}."),
            ));
        } else if !in_force.iter().any(|rule_set| rule_set.row.code == *code) {
            errors.push(FieldError::new(
                At::Parameter("rule_set".into()),
                "not_in_force",
                format!("{shown} is not in force on {on}."),
                format!("{shown} gælder ikke den {on}."),
            ));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_content(errors))
    }
}

/// How an area stands.
fn assessment(area: &area::Model, rule_sets: &[RuleSet], figures: &Figures, question: Question) -> AssessmentView {
    let mut lists = Vec::new();
    let mut views = Vec::new();
    for RuleSet { row, criteria } in rule_sets {
        let mut parts = Vec::new();
        let mut judged_views = Vec::new();
        for (stored, rule) in criteria {
            let known = |indicator: &str, area: &str| figures.of(indicator, area);
            let judged = rules::judge(rule, &area.code, question.on, question.closed, &known);
            parts.push((stored.code.as_str(), rule.part, judged.truth));
            judged_views.push(CriterionAssessmentView::new(stored, rule, judged, question.language));
        }
        let verdict = truth::decide(usize::try_from(row.needed).unwrap_or(usize::MAX), &parts);
        let residents = row.residents_indicator.as_ref().and_then(|indicator| {
            let known = figures.of(indicator, &area.code);
            values::latest_mean(known, Averaging::Source, 1, question.on).ok()
        });
        let count = residents.as_ref().map(|mean| mean.value);
        let hypothetical = rules::hypothetical(&area.kind, count, row.min_residents);
        if let Some(rank) = row.rank {
            lists.push((row.code.as_str(), rank, verdict.truth));
        }
        let language = question.language;
        views.push(RuleSetAssessmentView::new(
            row,
            verdict,
            hypothetical,
            residents,
            judged_views,
            language,
        ));
    }
    AssessmentView::new(area, question.on, truth::strictest(&lists), views)
}
