//! `GET …/meetings/{id}/pack`.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::formats::{page, workbook};
use super::model::{Pack, PackView, Spreadsheet};
use super::rules::PackSection;
use super::store::{self, Moment};
use crate::areas;
use crate::auth::role::{Permission, ReadMeetings, Role};
use crate::auth::{Allow, Caller};
use crate::bodies;
use crate::db::Db;
use crate::decisions::store::{Actor, Sight};
use crate::entities::{meeting, plan};
use crate::plans;
use crate::problem::Problem;
use crate::record;
use crate::state::AppState;
use crate::web::day;
use crate::web::etag::{Audience, respond, to_json};
use crate::web::formats::negotiate;
use crate::web::path::parse_id;
use crate::web::query::ValidQuery;
use crate::web::registrar::Registrar;

/// What a page may do beside what it says itself: not be framed, and run nothing.
const POLICY: &str = "frame-ancestors 'none'; sandbox allow-popups";

/// This slice's operations.
pub fn configure(service: &mut Registrar<'_>) {
    service.service(get_meeting_pack);
}

/// The formats of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum PackFormat {
    /// `application/json`
    Json,
    /// A page in Danish, `text/html`
    Html,
    /// A spreadsheet, `application/vnd.openxmlformats-officedocument.spreadsheetml.sheet`
    Xlsx,
}

/// In which format.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PackQuery {
    /// The format; by `Accept` where absent.
    #[param(inline)]
    format: Option<PackFormat>,
}

/// Read the pack of a meeting
///
/// What the meeting is told: agenda, goal status with the trend since the meeting before, kendskabsgrad and target groups with
/// the change since the time before, participation as it was released, placements, milestones, late deliveries; decisions since the
/// last meeting, how the board came to them, with votes and reservations, and what they did. An item of the agenda names the
/// decisions that are taken up under it.
///
/// It is made and stored in the write that calls the meeting, by the figures of that instant (`GET …/figures`), and never changes
/// afterwards, whatever is corrected, renamed or moved; only a text that should not have been written is taken out of it, too
/// (`redacted_at`). Before the call it is a preview (`is_final` is false), by what is known
/// now. As JSON, as one self-contained page in Danish for screen and paper, and as a spreadsheet with a sheet a subject: the same
/// stored numbers in each.
///
/// Who may read the meetings of the body may read its packs; a part whose own scope the caller lacks is null and named in
/// `withheld`, and the municipality and the fund see their own late deliveries, all as of today's permissions.
#[utoipa::path(tag = "meetings", params(PackQuery,
        crate::web::path::PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "The pack.", content(
        (PackView = "application/json"),
        (String = "text/html"),
        (Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
))]
#[get("/v1/plans/{plan}/meetings/{id}/pack")]
async fn get_meeting_pack(
    who: Allow<ReadMeetings>,
    path: Path<(String, String)>,
    query: ValidQuery<PackQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let format = match query.0.format {
        Some(format) => format,
        None => negotiate(
            &request,
            &[
                (PackFormat::Json, "application/json"),
                (PackFormat::Html, "text/html"),
                (PackFormat::Xlsx, workbook::MEDIA_TYPE),
            ],
        )?,
    };
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    let row = store::meeting(db, plan.id, id, &sight).await?;
    let mut view = pack_of(&app.db, &plan, &row).await?;
    withhold(db, &plan, who.caller(), &mut view).await?;
    Ok(match format {
        PackFormat::Json => respond(&request, Audience::Private, "application/json", to_json(&view)?),
        PackFormat::Html => {
            let mut response = respond(&request, Audience::Private, page::MEDIA_TYPE, page::page(&view)?);
            let policy = format!("{}; {POLICY}", page::policy());
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            }
            no_sniffing(response)
        }
        PackFormat::Xlsx => {
            let body = workbook::workbook(&view)?;
            let mut response = respond(&request, Audience::Private, workbook::MEDIA_TYPE, body);
            let name = format!("attachment; filename=\"{}-{}.xlsx\"", row.body, row.local_start.date());
            if let Ok(name) = HeaderValue::from_str(&name) {
                response.headers_mut().insert(CONTENT_DISPOSITION, name);
            }
            no_sniffing(response)
        }
    })
}

fn no_sniffing(mut response: HttpResponse) -> HttpResponse {
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// The pack that the meeting was called with; for one that is still planned a preview; 404 for one that was called off before.
async fn pack_of(db: &Db, plan: &plan::Model, row: &meeting::Model) -> Result<PackView, Problem> {
    if let Some(frozen) = store::frozen(db.read(), plan.id, row.id).await? {
        return Ok(PackView {
            is_final: true,
            sha256: Some(frozen.sha256),
            redacted_at: frozen.redacted_at,
            withheld: Vec::new(),
            pack: frozen.pack,
        });
    }
    if row.cancelled_at.is_some() {
        return Err(Problem::not_found(
            "The meeting was called off before it was called, so it has no pack.",
            "Mødet blev aflyst, før det var indkaldt, og har derfor intet materiale.",
        ));
    }
    let moment = match Moment::of(row) {
        Some(moment) => moment,
        None => {
            let (seq, as_of) = record::moment(db, plan.id, None).await?;
            let on = day::on(None).min(row.local_start.date());
            Moment { as_of, seq, on }
        }
    };
    Ok(PackView {
        is_final: false,
        sha256: None,
        redacted_at: None,
        withheld: Vec::new(),
        pack: store::gather(db.read(), plan, row, moment).await?,
    })
}

/// A part of a pack, what it takes to see it, and how it is taken out.
type Part = (PackSection, Permission, fn(&mut Pack));

/// Takes out what the caller's scopes do not show today, and what is not its own of the late deliveries.
async fn withhold(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    caller: &Caller,
    view: &mut PackView,
) -> Result<(), Problem> {
    let pack = &mut view.pack;
    let sections: [Part; 7] = [
        (PackSection::Goals, Permission::ReadGoals, |pack| {
            pack.goals = None;
            pack.charts = None;
        }),
        (PackSection::Kendskabsgrad, Permission::ReadExtracts, |pack| {
            pack.kendskabsgrad = None;
            pack.target_groups = None;
        }),
        (PackSection::Participation, Permission::ReadReleases, |pack| {
            pack.participation = None;
        }),
        (PackSection::Placements, Permission::ReadActivities, |pack| {
            pack.placements = None;
        }),
        (PackSection::Milestones, Permission::ReadAgreements, |pack| {
            pack.milestones = None;
        }),
        (PackSection::LateDeliveries, Permission::ReadDeliveries, |pack| {
            pack.late_deliveries = None;
        }),
        (PackSection::Decisions, Permission::ReadDecisions, |pack| {
            pack.decisions = None;
            for item in &mut pack.agenda {
                item.decisions.clear();
            }
        }),
    ];
    for (section, permission, take_out) in sections {
        if !caller.may(permission) {
            take_out(pack);
            view.withheld.push(section);
        }
    }
    if pack.agenda.iter().any(|item| !item.decisions.is_empty()) {
        let actor = Actor {
            // `Allow` lets nobody in who has no role.
            role: caller.role.unwrap_or(Role::Public),
            organisation: caller.scope.organisation.clone(),
        };
        let sight = Sight::of(db, plan.id, &actor).await?;
        for item in &mut pack.agenda {
            item.decisions.retain(|decision| sight.sees(decision.state));
        }
    }
    let Some(late) = &mut pack.late_deliveries else {
        return Ok(());
    };
    if matches!(caller.role, Some(Role::Municipality | Role::Fund)) {
        let own = match &caller.scope.organisation {
            Some(own) => areas::store::units_of(db, plan.id, own).await?,
            None => Vec::new(),
        };
        late.retain(|delivery| delivery.owner.as_ref().is_some_and(|owner| own.contains(owner)));
    }
    Ok(())
}
