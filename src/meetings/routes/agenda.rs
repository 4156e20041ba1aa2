//! `…/meetings/{id}/agenda-items`: list, propose, read, change.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::super::model::{AgendaItemPatch, AgendaItemView, DeadlinesView, ItemDecisionView, NewAgendaItem, status};
use super::super::rules::{ItemStatus, MAX_ITEMS, MeetingStatus};
use super::super::store::agenda::{Place, Proposer};
use super::super::{read, store};
use super::{Writer, conflict, forbidden, is_secretariat, seen};
use crate::auth::role::{Permission, ProposeItems, ReadMeetings, Role};
use crate::auth::{Allow, Caller};
use crate::bodies;
use crate::db::{Db, Window};
use crate::decisions;
use crate::decisions::store::Actor;
use crate::entities::{agenda_item, meeting};
use crate::plans;
use crate::problem::{Problem, judged};
use crate::record::Clock;
use crate::record::idempotency::{Answer, Claim, commit};
use crate::state::AppState;
use crate::web::body::Body;
use crate::web::day;
use crate::web::etag::{require_match, respond_json, to_json, written};
use crate::web::idempotency;
use crate::web::json::{self, Node};
use crate::web::merge_patch;
use crate::web::page::{self, Page, PageQuery};
use crate::web::path::{PlanPath, parse_id};
use crate::web::query::{NoQuery, ValidQuery};
use crate::words::Word;

type AgendaItemPage = Page<AgendaItemView>;

/// Where the list goes on.
#[derive(Clone, Copy, Debug)]
struct Bookmark(Place);

impl page::Key for Bookmark {
    fn to_text(&self) -> String {
        format!("{}.{}", self.0.position, self.0.id.simple())
    }

    fn from_text(text: &str) -> Option<Self> {
        let (position, id) = text.split_once('.')?;
        Some(Self(Place {
            position: position.parse().ok()?,
            id: id.parse().ok()?,
        }))
    }
}

/// List the agenda of a meeting
///
/// In its order. Secretariat and board see proposals, too; everybody else sees what is on the agenda, and what its own
/// organisation proposed.
#[utoipa::path(tag = "meetings", params(PageQuery, PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16")),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "A page of the agenda.", body = AgendaItemPage),
))]
#[get("/v1/plans/{plan}/meetings/{id}/agenda-items")]
pub(super) async fn list_agenda_items(
    who: Allow<ReadMeetings>,
    path: Path<(String, String)>,
    query: ValidQuery<PageQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.0.window::<Bookmark>()?;
    let (plan, id) = path.into_inner();
    let id = parse_id(&id)?;
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    store::meeting(db, plan.id, id, &sight).await?;
    let rows = Window {
        limit: window.limit,
        after: window.after.map(|Bookmark(place)| place),
    };
    let rows = store::agenda::list(db, plan.id, id, &seen(who.caller()), &rows).await?;
    let views = views(db, plan.id, who.caller(), rows).await?;
    let bookmark = |row: &AgendaItemView| {
        Bookmark(Place {
            position: row.position,
            id: row.id,
        })
    };
    Page::new(views, window.limit, bookmark, |row| row).respond(&request)
}

/// Read an item of an agenda
///
/// What it is about, its documents, who proposed it, whether it is on the agenda, and the decisions that are taken up under it.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("item" = Uuid, Path, description = "The item's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a17")),
    security(("bearer" = ["meetings:read"])), responses(
    (status = 200, description = "The item.", body = AgendaItemView),
))]
#[get("/v1/plans/{plan}/meetings/{id}/agenda-items/{item}")]
pub(super) async fn get_agenda_item(
    who: Allow<ReadMeetings>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (plan, id, item) = path.into_inner();
    let (id, item) = (parse_id(&id)?, parse_id(&item)?);
    let db = app.db.read();
    let plan = plans::store::resolve(db, who.scope(), &plan).await?;
    let sight = bodies::store::sight(db, plan.id, who.caller()).await?;
    store::meeting(db, plan.id, id, &sight).await?;
    let row = store::agenda::item(db, plan.id, id, item, &seen(who.caller())).await?;
    respond_json(&request, &view(db, plan.id, who.caller(), row).await?)
}

/// Items with the decisions that a caller sees under them.
async fn views(
    db: &impl ConnectionTrait,
    plan_id: i32,
    caller: &Caller,
    rows: Vec<agenda_item::Model>,
) -> Result<Vec<AgendaItemView>, Problem> {
    let mut taken_up = if caller.may(Permission::ReadDecisions) {
        let actor = Actor {
            // `Allow` lets nobody in who has no role.
            role: caller.role.unwrap_or(Role::Public),
            organisation: caller.scope.organisation.clone(),
        };
        let sight = decisions::store::Sight::of(db, plan_id, &actor).await?;
        let on = rows.iter().filter(|row| row.status == ItemStatus::Accepted.code());
        let on: Vec<Uuid> = on.map(|row| row.id).collect();
        Some(decisions::store::items::taken_up(db, plan_id, &on, sight).await?)
    } else {
        None
    };
    let view = |row: agenda_item::Model| {
        let decisions = taken_up.as_mut().map(|all| all.remove(&row.id).unwrap_or_default());
        let decisions = decisions.map(|rows| rows.into_iter().map(ItemDecisionView::new).collect());
        AgendaItemView::new(row, decisions.transpose()?)
    };
    rows.into_iter().map(view).collect()
}

/// As [`views`], of one item.
async fn view(
    db: &impl ConnectionTrait,
    plan_id: i32,
    caller: &Caller,
    row: agenda_item::Model,
) -> Result<AgendaItemView, Problem> {
    let found = views(db, plan_id, caller, vec![row]).await?.pop();
    found.ok_or_else(Problem::internal)
}

/// Propose an item for an agenda
///
/// For a planned meeting of a body in which the caller's organisation has a seat. What the secretariat writes is on the agenda at
/// once; what others propose, the secretariat accepts or declines. Once the meeting is called its agenda is fixed, and once the
/// day is over that the body laid down for proposals only the secretariat adds to it: 409.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: 1 to 255 printable ASCII characters.", max_length = 255, nullable = false)),
    request_body = NewAgendaItem,
    security(("bearer" = ["meetings:propose"])), responses(
    (status = 201, description = "The new item.", body = AgendaItemView, headers(
        ("Location" = String, description = "The item."),
        ("Idempotency-Replayed" = String, description = "`true` where this is the answer to an earlier request with the same key."))),
))]
#[post("/v1/plans/{plan}/meetings/{id}/agenda-items")]
pub(super) async fn propose_agenda_item(
    who: Allow<ProposeItems>,
    path: Path<(String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(&request, who.caller(), &body.hash())?;
    let (plan, id) = path.into_inner();
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let id = parse_id(&id)?;
    let plan_id = writer.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        create(&db, claim, &writer, id, &node).await
    })
    .await
}

/// Effect and stored answer in one transaction.
async fn create(
    db: &Db,
    claim: Option<&Claim>,
    writer: &Writer,
    meeting: Uuid,
    node: &Node,
) -> Result<Answer, Problem> {
    let plan_id = writer.plan.id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let sight = writer.sight(&transaction).await?;
    let row = store::meeting(&transaction, plan_id, meeting, &sight).await?;
    require_open(&row)?;
    let by_secretariat = is_secretariat(&writer.caller);
    if !by_secretariat {
        let body = bodies::store::body(&transaction, plan_id, &row.body).await?;
        let deadline = DeadlinesView::new(&row, &body).agenda_by;
        if deadline.is_some_and(|deadline| deadline < day::on(None)) {
            return Err(conflict(
                "The day is over by which items can be proposed.",
                "Fristen for at foreslå punkter er overskredet.",
            ));
        }
    }
    if store::agenda::count(&transaction, plan_id, meeting).await? >= MAX_ITEMS {
        return Err(conflict(
            "The meeting has as many items as it can have.",
            "Mødet har så mange punkter, som det kan have.",
        ));
    }
    let draft = judged(|errors| read::item(node, by_secretariat, None, errors))?;
    let proposer = Proposer {
        // `Allow` lets nobody in who has no role.
        role: writer.caller.role.unwrap_or(Role::Public),
        organisation: writer.caller.scope.organisation.clone(),
    };
    let id = Uuid::now_v7();
    let target = format!("meetings/{meeting}/agenda-items/{id}");
    let stamp = clock
        .tick(&transaction, writer.deed("propose_agenda_item", target))
        .await?;
    let item = store::agenda::insert(&transaction, plan_id, meeting, id, draft, proposer, stamp).await?;
    let location = format!("/v1/plans/{}/meetings/{meeting}/agenda-items/{id}", writer.plan.code);
    let answer = Answer::created(
        location,
        to_json(&view(&transaction, plan_id, &writer.caller, item).await?)?,
    );
    commit(transaction, claim, answer).await
}

/// 409 where the agenda of a meeting is fixed.
fn require_open(row: &meeting::Model) -> Result<(), Problem> {
    if status(row)? == MeetingStatus::Planned {
        return Ok(());
    }
    Err(conflict(
        "The agenda is fixed since the meeting was called, or the meeting was called off.",
        "Dagsordenen ligger fast, siden mødet blev indkaldt, eller mødet er aflyst.",
    ))
}

/// Order, decide on or withdraw an item
///
/// A merge patch (RFC 7396), while the meeting is planned. The secretariat orders the agenda by `position` and accepts or declines
/// proposals; who proposed an item rewrites or withdraws it while it is not decided on.
#[utoipa::path(tag = "meetings", params(PlanPath,
        ("id" = Uuid, Path, description = "The meeting's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16"),
        ("item" = Uuid, Path, description = "The item's id.", example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a17")),
    request_body(description = "What to change.", content(
        (AgendaItemPatch = "application/merge-patch+json"),
        (AgendaItemPatch = "application/json"),
    )),
    security(("bearer" = ["meetings:propose"])), responses(
    (status = 200, description = "The item as it now is.", body = AgendaItemView),
))]
#[patch("/v1/plans/{plan}/meetings/{id}/agenda-items/{item}")]
pub(super) async fn patch_agenda_item(
    who: Allow<ProposeItems>,
    path: Path<(String, String, String)>,
    _: ValidQuery<NoQuery>,
    body: Body,
    app: Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let patch = body.json(&["application/merge-patch+json", "application/json"])?;
    let (plan, id, item) = path.into_inner();
    let writer = Writer::new(&app, &who, &plan, &request).await?;
    let (id, item) = (parse_id(&id)?, parse_id(&item)?);
    let plan_id = writer.plan.id;
    let transaction = app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let sight = writer.sight(&transaction).await?;
    let meeting = store::meeting(&transaction, plan_id, id, &sight).await?;
    let before = store::agenda::item(&transaction, plan_id, id, item, &seen(&writer.caller)).await?;
    let current = to_json(&view(&transaction, plan_id, &writer.caller, before.clone()).await?)?;
    require_match(&request, &current)?;
    let was = store::agenda::draft(&before)?;
    let by_secretariat = is_secretariat(&writer.caller);
    if !by_secretariat {
        let own = writer.caller.scope.organisation.as_ref();
        if own.is_none() || before.proposed_by.as_ref() != own {
            return Err(forbidden(
                "Only the secretariat and the organisation that proposed an item may change it.",
                "Kun sekretariatet og den organisation, der har foreslået et punkt, må ændre det.",
            ));
        }
        if was.status != ItemStatus::Proposed {
            return Err(conflict(
                "The secretariat has decided on the item, or it was withdrawn.",
                "Sekretariatet har taget stilling til punktet, eller det er trukket tilbage.",
            ));
        }
    }
    require_open(&meeting)?;
    let node = merge_patch::keeping_nulls(json::parse(&current)?, &patch);
    let draft = judged(|errors| read::item(&node, by_secretariat, Some(&was), errors))?;
    if draft == was {
        return Ok(written(StatusCode::OK, current));
    }
    let target = format!("meetings/{id}/agenda-items/{item}");
    clock
        .tick(&transaction, writer.deed("patch_agenda_item", target))
        .await?;
    let after = store::agenda::update(&transaction, before, draft).await?;
    let after = to_json(&view(&transaction, plan_id, &writer.caller, after).await?)?;
    transaction.commit().await?;
    Ok(written(StatusCode::OK, after))
}
