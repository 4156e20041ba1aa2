//! The requests that every kind of reference data answers: list, read, and the one way of writing.
//!
//! A write parses the body, takes the plan's lock, finds the thing, compares the precondition, judges the content, stores
//! it, takes a number in the plan's sequence and answers with the thing as it now is; all in one transaction. So of two
//! who write over the same `ETag` one wins and the other gets 412. A write that changes nothing takes no number.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::fields::Fields;
use super::table::{self, STEP, Table};
use super::{CodeForm, Place, Resource};
use crate::auth::Caller;
use crate::db;
use crate::entities::plan;
use crate::problem::{At, FieldError, Problem};
use crate::record::{Clock, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::{require_match, require_match_or_none, respond_json, to_json, written};
use crate::web::json::{self, Node};
use crate::web::merge_patch;
use crate::web::page::{Page, ReferenceQuery};

/// Answers with a page of a plan's things.
pub async fn list<R: Resource>(
    db: &impl ConnectionTrait,
    plan_id: i32,
    query: &ReferenceQuery,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let window = query.window()?;
    let rows = table::rows::<R::Table>(db, plan_id, &window, query.archived()).await?;
    let positions: Vec<i32> = rows.iter().map(|row| R::Table::place(row).1).collect();
    let views = R::views(db, plan_id, rows).await?;
    let rows = positions.into_iter().zip(views).collect();
    Page::new(rows, window.limit, |(position, _)| *position, |(_, view)| view).respond(request)
}

/// Answers with one thing, archived or not.
pub async fn get<R: Resource>(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let row = table::row::<R::Table>(db, plan_id, code)
        .await?
        .ok_or_else(R::missing)?;
    let view = R::views(db, plan_id, vec![row]).await?.pop().ok_or_else(R::missing)?;
    respond_json(request, &view)
}

/// A request to write one thing: who, where, and under which condition.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    app: &'a AppState,
    caller: &'a Caller,
    plan: &'a plan::Model,
    code: &'a str,
    request: &'a HttpRequest,
}

impl<'a> Change<'a> {
    /// A request of `caller` to write what has this code in the plan, which the caller reaches.
    pub fn new(
        app: &'a AppState,
        caller: &'a Caller,
        plan: &'a plan::Model,
        code: &'a str,
        request: &'a HttpRequest,
    ) -> Self {
        Self {
            app,
            caller,
            plan,
            code,
            request,
        }
    }
}

/// What a request makes of a thing.
enum Edit {
    /// This, whole.
    Replace(Node),
    /// What it is, with these members changed.
    Merge(Node),
    /// Archived.
    Archive,
}

/// Creates the thing (201), or replaces it (200).
pub async fn put<R: Resource>(change: Change<'_>, body: &Body) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    write::<R>(change, R::OPERATIONS.put, Edit::Replace(node)).await
}

/// Changes what the merge patch (RFC 7396) names.
pub async fn patch<R: Resource>(change: Change<'_>, body: &Body) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/merge-patch+json", "application/json"])?;
    write::<R>(change, R::OPERATIONS.patch, Edit::Merge(node)).await
}

/// Archives the thing; an archived one stays as it is.
pub async fn archive<R: Resource>(change: Change<'_>) -> Result<HttpResponse, Problem> {
    write::<R>(change, R::OPERATIONS.archive, Edit::Archive).await
}

/// A thing as it is, with the bytes that a `GET` answers.
struct Current<R: Resource> {
    position: i32,
    archived_at: Option<DateTime<Utc>>,
    view: R::View,
    json: Vec<u8>,
}

async fn current<R: Resource>(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    code: &str,
) -> Result<Option<Current<R>>, Problem> {
    let Some(row) = table::row::<R::Table>(transaction, plan_id, code).await? else {
        return Ok(None);
    };
    let (_, position, archived_at) = R::Table::place(&row);
    let Some(view) = R::views(transaction, plan_id, vec![row]).await?.pop() else {
        return Ok(None);
    };
    let json = to_json(&view)?;
    Ok(Some(Current {
        position,
        archived_at,
        view,
        json,
    }))
}

async fn write<R: Resource>(change: Change<'_>, operation: &'static str, edit: Edit) -> Result<HttpResponse, Problem> {
    let plan_id = change.plan.id;
    let transaction = change.app.db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let before = current::<R>(&transaction, plan_id, change.code).await?;
    let may_be_new = matches!(edit, Edit::Replace(_));
    if before.is_none() && !may_be_new {
        return Err(R::missing());
    }
    let view = before.as_ref().map(|before| &before.view);
    if !R::reaches(&transaction, plan_id, change.caller, view).await? {
        return Err(R::missing());
    }
    let bytes = before.as_ref().map(|before| before.json.as_slice());
    match (may_be_new, bytes) {
        (false, Some(bytes)) => require_match(change.request, bytes)?,
        _ => require_match_or_none(change.request, bytes)?,
    }
    match edit {
        Edit::Archive => {
            if let Some(before) = &before {
                R::may_archive(&before.view)?;
            }
            set_archived::<R>(&transaction, plan_id, change.code).await?;
        }
        Edit::Replace(node) => replace::<R>(&transaction, change, before.as_ref(), &node).await?,
        Edit::Merge(patch) => {
            let node = patched::<R>(bytes.unwrap_or_default(), &patch)?;
            replace::<R>(&transaction, change, before.as_ref(), &node).await?;
        }
    }
    let after = current::<R>(&transaction, plan_id, change.code).await?;
    let after = after.ok_or_else(Problem::internal)?;
    if bytes == Some(after.json.as_slice()) {
        return Ok(written(StatusCode::OK, after.json));
    }
    let deed = Deed {
        actor: &actor::of(change.request, change.caller),
        operation,
        target: format!("{}/{}", R::PATH, change.code),
    };
    clock.tick(&transaction, deed).await?;
    transaction.commit().await?;
    if before.is_some() {
        return Ok(written(StatusCode::OK, after.json));
    }
    let mut response = written(StatusCode::CREATED, after.json);
    let location = format!("/v1/plans/{}/{}/{}", change.plan.code, R::PATH, change.code);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Reads, judges and stores a thing's whole content.
async fn replace<R: Resource>(
    transaction: &DatabaseTransaction,
    change: Change<'_>,
    before: Option<&Current<R>>,
    node: &Node,
) -> Result<(), Problem> {
    let known = R::known(transaction, change.plan.id, change.code, change.caller).await?;
    let mut errors = Vec::new();
    if before.is_none() && !R::CODES.admits(change.code) {
        errors.push(invalid_code(R::CODES));
    }
    let mut fields = Fields::of_body(node, &mut errors);
    fields.same(
        "code",
        Some(change.code),
        "The code is the one in the path; it never changes.",
        "Koden er den, der står i stien; den ændres aldrig.",
    );
    let archived_at = fields.archived_at(before.and_then(|before| before.archived_at));
    let content = R::read(&mut fields, &known, before.map(|before| &before.view));
    fields.finish();
    if !errors.is_empty() {
        return Err(Problem::invalid_content(errors));
    }
    let position = match before {
        Some(before) => before.position,
        None => {
            let positions = table::positions::<R::Table>(transaction, change.plan.id).await?;
            positions.into_values().max().unwrap_or(0).saturating_add(STEP)
        }
    };
    let place = Place {
        plan_id: change.plan.id,
        code: change.code.to_owned(),
        position,
        archived_at,
        is_new: before.is_none(),
    };
    R::store(transaction, place, content.ok_or_else(Problem::internal)?).await
}

fn invalid_code(form: CodeForm) -> FieldError {
    let (en, da) = match form {
        CodeForm::Kebab => (
            "A code is 1 to 64 small letters and digits of ASCII, with single hyphens between.",
            "En kode er 1 til 64 små ASCII-bogstaver og cifre med enkelte bindestreger imellem.",
        ),
        CodeForm::Numbered => (
            "A code is 1 to 64 letters and digits of ASCII, with single points or hyphens between.",
            "En kode er 1 til 64 ASCII-bogstaver og cifre med enkelte punktummer eller bindestreger imellem.",
        ),
    };
    FieldError::new(At::Parameter("code".into()), "invalid_code", en, da)
}

async fn set_archived<R: Resource>(transaction: &DatabaseTransaction, plan_id: i32, code: &str) -> Result<(), Problem> {
    R::Table::update_many()
        .col_expr(R::Table::ARCHIVED_AT, Expr::value(db::now()))
        .filter(R::Table::PLAN_ID.eq(plan_id))
        .filter(R::Table::CODE.eq(code))
        .filter(R::Table::ARCHIVED_AT.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// The thing as it is, with the members of the patch changed.
///
/// All members of the thing stand in it, those without a value as null.
fn patched<R: Resource>(current: &[u8], patch: &Node) -> Result<Node, Problem> {
    let mut node = json::parse(current)?;
    if let Node::Object(members) = &mut node {
        members.retain(|name, _| !R::DERIVED.contains(&name.as_str()));
    }
    Ok(merge_patch::keeping_nulls(node, patch))
}
