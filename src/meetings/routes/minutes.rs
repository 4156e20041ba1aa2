//! `GET` and `PUT …/meetings/{id}/minutes`. All minutes are read and written here.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, put};

use super::super::model::{MinutesView, WrittenMinutes, status};
use super::super::rules::MeetingStatus;
use super::super::{read, store};
use super::{Writer, conflict, forbidden};
use crate::auth::role::{ReadMinutes, Role, WriteMinutes};
use crate::auth::{Allow, Caller};
use crate::bodies;
use crate::bodies::rules::BodyKind;
use crate::entities::{body, meeting};
use crate::plans;
use crate::problem::{Problem, judged};
use crate::record::Clock;
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::etag::{require_match_or_none, respond_json, to_json, written};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};
use crate::words::Word;

/// The secretariat takes the minutes of every body, the board's client those of the board: its minute-taker's seat is in no other.
pub(super) fn require_minute_taker(caller: &Caller, body: &body::Model) -> Result<(), Problem> {
    if caller.role == Some(Role::Secretariat) || body.kind == BodyKind::Board.code() {
        return Ok(());
    }
    Err(forbidden(
        "The board's client takes the minutes of the board and of no other body.",
        "Bestyrelsens klient tager bestyrelsens referat og ingen andres.",
    ))
}

/// 404 before a meeting was held: there is nothing to minute.
fn require_held(row: &meeting::Model) -> Result<MeetingStatus, Problem> {
    let status = status(row)?;
    if status.is_held() {
        return Ok(status);
    }
    Err(Problem::not_found(
        "The meeting was not held, so it has no minutes.",
        "Mødet er ikke afholdt og har derfor intet referat.",
    ))
}

/// Read the minutes of a meeting
///
/// Who was there by seat, what was concluded on each item of the agenda, and the reservations that seats asked for. A draft until
/// they are approved. 404 where the meeting was not held.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    security(("bearer" = ["minutes:read"])), responses(
    (status = 200, description = "The minutes.", body = MinutesView),
))]
#[get("/v1/plans/{plan}/meetings/{id}/minutes")]
pub(super) async fn get_minutes(
    who: Allow<ReadMinutes>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    let row = store::meeting(db, plan.id, id, &sight).await?;
    require_held(&row)?;
    respond_json(&request, &store::minutes::minutes(db, &row).await?)
}

/// Write the minutes of a meeting
///
/// As a whole: what is not sent goes. What a `GET` answered may be sent back. Attendance is by seat, guests by organisation and
/// title, conclusions and reservations by item of the agenda. They exist, empty, as soon as the meeting was held, so `If-Match`
/// names the `ETag` that was read. Approved minutes never change: 409.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    request_body = WrittenMinutes,
    security(("bearer" = ["minutes:write"])), responses(
    (status = 200, description = "The minutes as they now are.", body = MinutesView),
))]
#[put("/v1/plans/{plan}/meetings/{id}/minutes")]
pub(super) async fn put_minutes(
    who: Allow<WriteMinutes>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let (plan, id) = path.into_inner();
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let id = parse_id(&id)?;
    let plan_id = writer.plan.id;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let sight = writer.sight(&transaction).await?;
    let row = store::meeting(&transaction, plan_id, id, &sight).await?;
    let body = bodies::store::body(&transaction, plan_id, &row.body).await?;
    require_minute_taker(&writer.caller, &body)?;
    let status = require_held(&row)?;
    let before = store::minutes::minutes(&transaction, &row).await?;
    let current = to_json(&before)?;
    require_match_or_none(&request, Some(&current))?;
    if status == MeetingStatus::MinutesApproved {
        return Err(conflict(
            "The minutes are approved and never change.",
            "Referatet er godkendt og ændres ikke.",
        ));
    }
    let known = store::minutes::known(&transaction, &row).await?;
    let new = judged(|errors| read::minutes(&node, &known, errors))?;
    if store::minutes::is_same(&before, &new) {
        return Ok(written(StatusCode::OK, current));
    }
    let deed = writer.deed("put_minutes", format!("meetings/{id}/minutes"));
    let stamp = clock.tick(&transaction, deed).await?;
    let row = store::minutes::write(&transaction, row, new, stamp).await?;
    let after = to_json(&store::minutes::minutes(&transaction, &row).await?)?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, after))
}
