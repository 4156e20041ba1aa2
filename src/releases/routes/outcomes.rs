//! `…/participation/tables/outcomes`: newcomers, and who went on to something.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::cube::OUTCOMES;
use super::super::formats;
use super::super::model::{ParticipationOutcomeRowView, ParticipationOutcomesView};
use super::super::outcomes::{Chosen, Outcome, outcomes};
use super::super::rules::{Audience, ParticipationMeasure};
use super::super::store::{self, Shelf};
use super::super::tables::Row;
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
use crate::web::path::PlanPath;
use crate::web::query::{CommaList, ValidQuery};
use crate::words::Word;

/// Which release and rows.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OutcomesQuery {
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
    /// Rows of these activities, separated by commas; `total` is among them.
    #[param(value_type = Option<String>)]
    activity: Option<CommaList>,
    /// Rows of these measures, separated by commas.
    #[param(value_type = Option<String>, example = "participants,newcomers")]
    measure: Option<CommaList>,
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<TableFormat>,
    /// How CSV is written: `en` has `,` between columns and a point before decimals, `da` has `;` and a comma.
    #[param(inline)]
    locale: Option<Locale>,
}

const DIMENSIONS: [(&str, &str); 2] = [("activity", "Aktivitet"), ("measure", "Hvad der er talt")];
const ABOUT: (&str, &str) = (
    "Nye deltagere og resultater",
    "En person tæller én gang i hver aktivitet i kvartalet og kan være gået videre til flere ting.",
);

/// Read newcomers and outcomes
///
/// How many of each activity's participants were newcomers in a released quarter, and how many went on to an education, a job, a
/// leisure job or an association; each beside the participants and with its share of them. They are of whole activities: there are
/// none by residence, age or gender. One person may have gone on to several, and counts once in each activity.
///
/// A part is hidden, with the value null and the status `suppressed`, where the activity's participants are hidden; where these are
/// fewer than twice the threshold, whatever the part is; and where the part, or what is left of the participants, is from 1 up to
/// the threshold. What was hidden once stays hidden. The total over activities is shown where each of them is, and shares are of
/// what is shown. An organisation is shown all of the activities that it reported itself.
#[utoipa::path(tag = "participation", params(OutcomesQuery, PlanPath),
    security(("bearer" = ["participation:read"])), responses(
    (status = 200, description = "The table.", content(
        (ParticipationOutcomesView = "application/json"),
        (String = "text/csv", example = "period,activity,measure,value,status,share\n2023-Q1,lektiecafe,participants,96,final,\n2023-Q1,lektiecafe,newcomers,31,final,32.3\n2023-Q1,lektiecafe,to_job,,suppressed,\n"),
        (jsonstat::Dataset = "application/vnd.json-stat+json"),
    )),
))]
#[get("/v1/plans/{plan}/participation/tables/outcomes")]
pub(super) async fn get_participation_outcomes(
    who: Allow<ReadReleases>,
    path: Path<PlanPath>,
    query: ValidQuery<OutcomesQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let which = Which {
        period: query.period,
        release: query.release,
        audience: query.audience,
        organisation: query.organisation.as_deref(),
    };
    let make = async |plan: &plan::Model, shelf: Shelf, format| {
        let chosen = Chosen {
            activities: query.activity.clone().map(|list| list.0),
            measures: query.measure.clone().map(|list| list.0),
        };
        let parts = shelf.parts.as_ref().ok_or_else(|| made_before(&shelf.row.period))?;
        let rows = outcomes(&shelf.cube, &shelf.published, parts, &chosen).map_err(Problem::invalid_content)?;
        match format {
            TableFormat::Json => Ok(("application/json", to_json(&view(&shelf, rows)?)?)),
            TableFormat::Csv => {
                let locale = query.locale.unwrap_or_default();
                as_csv(formats::outcomes_csv(&shelf.row.period, &rows, locale))
            }
            TableFormat::JsonStat => {
                let mut names = store::names(app.db.read(), plan.id).await?;
                let measures = ParticipationMeasure::ALL.iter();
                names.extend(measures.map(|measure| (measure.code().to_owned(), measure.name().to_owned())));
                let rows: Vec<Row> = rows.into_iter().map(row_of).collect();
                as_jsonstat(&about(plan, &shelf, &names, &DIMENSIONS, ABOUT), &rows)
            }
        }
    };
    answer(&app, &who, &path.plan, &request, (OUTCOMES, query.format), &which, make).await
}

fn made_before(period: &str) -> Problem {
    Problem::not_found(
        format!("This release of {period} has no outcomes: it was made before they were released."),
        format!("Denne offentliggørelse af {period} har ingen resultater: den er lavet, før de blev offentliggjort."),
    )
}

fn view(shelf: &Shelf, rows: Vec<Outcome>) -> Result<ParticipationOutcomesView, Problem> {
    let row = |row: Outcome| {
        let status = row.status();
        ParticipationOutcomeRowView {
            activity: row.activity,
            measure: row.measure,
            value: row.value,
            status,
            share: row.share,
        }
    };
    Ok(ParticipationOutcomesView {
        table: OUTCOMES,
        period: shelf.row.period.clone(),
        release: source(&shelf.row)?,
        rows: rows.into_iter().map(row).collect(),
    })
}

/// A row as JSON-stat has it: a place and a value; shares are for whoever reads it to work out.
fn row_of(row: Outcome) -> Row {
    Row {
        codes: vec![row.activity, row.measure.code().to_owned()],
        zone: String::new(),
        value: row.value,
    }
}
