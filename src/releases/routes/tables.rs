//! `…/participation/tables/{table}`: the masked tables of a quarter.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::cube::{OUTCOMES, TABLES};
use super::super::formats;
use super::super::model::{ParticipationRowView, ParticipationTableView};
use super::super::rules::Audience;
use super::super::store::{self, Shelf};
use super::super::tables::{Choice, Row, rows};
use super::answers::source;
use super::released::{TableFormat, Which, about, answer, as_csv, as_jsonstat};
use crate::auth::Allow;
use crate::auth::role::ReadReleases;
use crate::entities::plan;
use crate::period::Period;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::etag::to_json;
use crate::web::formats::{Locale, jsonstat};
use crate::web::query::{CommaList, ValidQuery};

/// Which table, release and rows.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TableQuery {
    /// The quarter; where absent the newest that was released to the caller.
    #[param(value_type = Option<String>, example = "2023-Q1")]
    period: Option<Period>,
    /// The number of an earlier release of that quarter to that audience; the current one where absent.
    #[param(minimum = 1)]
    release: Option<i32>,
    /// As which audience to read: the caller's own where absent. Everybody may read as `public`, the secretariat as any.
    #[param(inline)]
    audience: Option<Audience>,
    /// With `audience=organisation`: which, by code.
    #[param(max_length = 100)]
    organisation: Option<String>,
    /// Rows of these zones and what lies in them, separated by commas; `outside` and `total` are among them.
    #[param(value_type = Option<String>)]
    zone: Option<CommaList>,
    /// Rows of these areas, separated by commas.
    #[param(value_type = Option<String>, example = "zone-1,total")]
    area: Option<CommaList>,
    /// Rows of these activities, separated by commas.
    #[param(value_type = Option<String>)]
    activity: Option<CommaList>,
    /// Rows of these age bands, separated by commas.
    #[param(value_type = Option<String>)]
    age_band: Option<CommaList>,
    /// Rows of these genders, separated by commas.
    #[param(value_type = Option<String>)]
    gender: Option<CommaList>,
    /// Rows that are shown to have at least this value. Hidden rows never do.
    #[param(minimum = 0)]
    min_value: Option<u64>,
    /// What to sort by, separated by commas: `area`, `activity`, `age_band`, `gender` or `value`, with `-` before it downwards.
    /// Areas come zone by zone, so `area` sorts by zone, too. By `value`, hidden rows come last either way.
    #[param(value_type = Option<String>, example = "-value")]
    sort: Option<CommaList>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<TableFormat>,
    /// How CSV is written: `en` has `,` between columns, `da` has `;`.
    #[param(inline)]
    locale: Option<Locale>,
}

impl TableQuery {
    fn choice(&self) -> Choice {
        let asked = [
            ("zone", &self.zone),
            ("area", &self.area),
            ("activity", &self.activity),
            ("age_band", &self.age_band),
            ("gender", &self.gender),
        ];
        let named = asked
            .into_iter()
            .filter_map(|(name, list)| Some((name, list.clone()?.0)));
        Choice {
            codes: named.collect(),
            min_value: self.min_value,
            sort: sort(self.sort.as_ref()),
        }
    }
}

/// What to sort by, and whether downwards.
pub(super) fn sort(list: Option<&CommaList>) -> Vec<(String, bool)> {
    let names = list.into_iter().flat_map(|list| &list.0);
    let key = |name: &String| match name.strip_prefix('-') {
        Some(name) => (name.to_owned(), true),
        None => (name.clone(), false),
    };
    names.map(key).collect()
}

const DIMENSIONS: [(&str, &str); 4] = [
    ("area", "Bopæl"),
    ("activity", "Aktivitet"),
    ("age_band", "Alder"),
    ("gender", "Køn"),
];
const ABOUT: (&str, &str) = (
    "Deltagere",
    "En person tæller én gang i hver aktivitet i kvartalet; en sum over aktiviteter er altså tilmeldinger.",
);

/// Read a masked table of participants
///
/// One of the tables of a released quarter, with all its margins: `department-activity`, `zone-activity-age`,
/// `zone-activity-gender`, `zone-age-gender`. Every row has all dimensions; what a table does not cross is `total`. People count by
/// where they live and once in each activity, so a total over activities counts enrolments. Newcomers and outcomes are in a
/// table of their own, `outcomes`.
///
/// A hidden cell has the value null and the status `suppressed`, whether it is small or would give away one that is. Filters, order
/// and every format work on the released table: nothing that can be asked says more than its cells do.
#[utoipa::path(tag = "participation", params(TableQuery,
        crate::web::path::PlanPath,
        ("table" = String, Path, description = "The table.", example = "zone-activity-age")),
    security(("bearer" = ["participation:read"])), responses(
    (status = 200, description = "The table.", content(
        (ParticipationTableView = "application/json"),
        (String = "text/csv", example = "period,zone,area,activity,age_band,gender,value,status\n2023-Q1,zone-1,zone-1,lektiecafe,total,total,41,final\n2023-Q1,zone-1,zone-1,lektiecafe,10-14,total,,suppressed\n"),
        (jsonstat::Dataset = "application/vnd.json-stat+json"),
    )),
))]
#[get("/v1/plans/{plan}/participation/tables/{table}")]
pub(super) async fn get_participation_table(
    who: Allow<ReadReleases>,
    path: Path<(String, String)>,
    query: ValidQuery<TableQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, table) = path.into_inner();
    let query = query.0;
    let which = Which {
        period: query.period,
        release: query.release,
        audience: query.audience,
        organisation: query.organisation.as_deref(),
    };
    let make = async |plan: &plan::Model, shelf: Shelf, format| {
        let cells = shelf.cube.shape().table(&table).ok_or_else(no_table)?;
        let rows = rows(&shelf.cube, &cells, &shelf.published, &query.choice()).map_err(Problem::invalid_content)?;
        let about = |names| about(plan, &shelf, names, &DIMENSIONS, ABOUT);
        match format {
            TableFormat::Json => Ok(("application/json", to_json(&view(&table, &shelf, rows)?)?)),
            TableFormat::Csv => {
                let (names, locale) = (BTreeMap::new(), query.locale.unwrap_or_default());
                as_csv(formats::csv(&about(&names), &rows, locale))
            }
            TableFormat::JsonStat => {
                let names = store::names(app.db.read(), plan.id).await?;
                as_jsonstat(&about(&names), &rows)
            }
        }
    };
    if !TABLES.contains(&table.as_str()) {
        return Err(no_table());
    }
    answer(&app, &who, &plan, &request, ("table", query.format), &which, make).await
}

fn no_table() -> Problem {
    let tables = format!("{}, {OUTCOMES}", TABLES.join(", "));
    Problem::not_found(
        format!("There is no such table; the tables are {tables}."),
        format!("Der er ingen sådan tabel; tabellerne er {tables}."),
    )
}

fn view(table: &str, shelf: &Shelf, rows: Vec<Row>) -> Result<ParticipationTableView, Problem> {
    let row = |row: Row| {
        let status = row.status();
        let mut codes = row.codes.into_iter();
        let mut next = || codes.next().unwrap_or_default();
        ParticipationRowView {
            zone: row.zone,
            area: next(),
            activity: next(),
            age_band: next(),
            gender: next(),
            value: row.value,
            status,
        }
    };
    Ok(ParticipationTableView {
        table: table.to_owned(),
        period: shelf.row.period.clone(),
        measure: "participants",
        release: source(&shelf.row)?,
        rows: rows.into_iter().map(row).collect(),
    })
}
