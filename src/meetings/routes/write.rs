//! `POST …/meetings` and `PATCH …/meetings/{id}`: the secretariat's.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, patch, post};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::super::model::{MeetingPatch, MeetingView, NewMeeting, status};
use super::super::rules::{Draft, Known, MeetingStatus};
use super::super::{read, store};
use super::{Writer, conflict};
use crate::auth::Allow;
use crate::auth::role::WriteMeetings;
use crate::bodies::rules::Sight;
use crate::db::Db;
use crate::entities::{body, plan, venue};
use crate::problem::{Problem, judged};
use crate::record::Clock;
use crate::record::idempotency::{Answer, Claim, commit};
use crate::reference;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{require_match, to_json, written};
use crate::web::idempotency;
use crate::web::json::{self, Node};
use crate::web::merge_patch;
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};

async fn known(db: &impl ConnectionTrait, plan: &plan::Model) -> Result<Known, Problem> {
    Ok(Known {
        bodies: reference::codes::<body::Entity>(db, plan.id).await?,
        venues: reference::codes::<venue::Entity>(db, plan.id).await?,
        period: (plan.starts_on, plan.ends_on),
    })
}

/// Plan a meeting
///
/// Of a body, at a local time in Copenhagen within the plan. It is `planned` until it is called. A meeting that took place
/// before it was written down is planned with the time that it had, and then called and held.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewMeeting,
    security(("bearer" = ["meetings:write"])), responses(
    (status = 201, description = "The new meeting.", body = MeetingView, headers(
        ("Location" = String, description = "The meeting."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/meetings")]
pub(super) async fn plan_meeting(
    who: Allow<WriteMeetings>,
    path: Path<PlanPath>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let writer = Writer::new(&app, &who, &path.plan, &request).await?;
    let plan_id = writer.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        create(&db, claim, &writer, &node).await
    })
    .await
}

/// Effect and stored answer in one transaction.
async fn create(db: &Db, claim: Option<&Claim>, writer: &Writer, node: &Node) -> Result<Answer, Problem> {
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, writer.plan.id).await?;
    let known = known(&transaction, &writer.plan).await?;
    let draft = judged(|errors| read::meeting(node, &known, None, errors))?;
    let id = Uuid::now_v7();
    let deed = writer.deed("plan_meeting", format!("meetings/{id}"));
    let stamp = clock.tick(&transaction, deed).await?;
    let row = store::insert(&transaction, writer.plan.id, id, draft, stamp).await?;
    let location = format!("/v1/plans/{}/meetings/{id}", writer.plan.code);
    let answer = Answer::created(location, to_json(&store::view(&transaction, row).await?)?);
    commit(transaction, claim, answer).await
}

/// Move a meeting
///
/// A merge patch (RFC 7396) of time, place and name, while the meeting is still to come; calendars are told by the next
/// `SEQUENCE`. A meeting that was held or called off stays as it is: 409. A called meeting that is moved keeps the deadlines and
/// the figures of its call.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    request_body(description = "What to change.", content(
        (MeetingPatch = "application/merge-patch+json"),
        (MeetingPatch = "application/json"),
    )),
    security(("bearer" = ["meetings:write"])), responses(
    (status = 200, description = "The meeting as it now is.", body = MeetingView),
))]
#[patch("/v1/plans/{plan}/meetings/{id}")]
pub(super) async fn patch_meeting(
    who: Allow<WriteMeetings>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, writer.plan.id).await?;
    let before = store::meeting(&transaction, writer.plan.id, id, &Sight::Every).await?;
    let current = to_json(&store::view(&transaction, before.clone()).await?)?;
    require_match(&request, &current)?;
    let status = status(&before)?;
    if !status.is_ahead() {
        return Err(conflict(
            "Only a meeting that is still to come can be moved.",
            "Kun et møde, der endnu ikke er afholdt eller aflyst, kan flyttes.",
        ));
    }
    let node = merge_patch::keeping_nulls(json::parse(&current)?, &patch);
    let was = Draft::from(&before);
    let draft = judge(&transaction, &writer.plan, &node, (&was, status)).await?;
    if store::is_same(&before, &draft) {
        return Ok(written(StatusCode::OK, current));
    }
    let deed = writer.deed("patch_meeting", format!("meetings/{id}"));
    let stamp = clock.tick(&transaction, deed).await?;
    let after = store::update(&transaction, before, draft, stamp).await?;
    let after = to_json(&store::view(&transaction, after).await?)?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, after))
}

async fn judge(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    node: &Node,
    before: (&Draft, MeetingStatus),
) -> Result<Draft, Problem> {
    let known = known(transaction, plan).await?;
    judged(|errors| read::meeting(node, &known, Some(before), errors))
}
