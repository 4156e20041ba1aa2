//! `Idempotency-Key` as a header, and stored answers as responses; what a key means is in [`crate::record::idempotency`].

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse};

use crate::auth::Caller;
use crate::db::Db;
use crate::problem::Problem;
use crate::record::idempotency::{Answer, Claim, Claimed, Key};
use crate::web::etag::tag;

/// The longest key.
const MAX_KEY: usize = 255;
/// The header of a replayed answer.
const REPLAYED: &str = "idempotency-replayed";

/// The request's key, from `Idempotency-Key` or its alias `x-requestId`; 400 if both are there and differ.
///
/// `body_hash` tells bodies apart.
pub fn key(request: &HttpRequest, caller: &Caller, body_hash: &str) -> Result<Option<Key>, Problem> {
    let key = match (header(request, "idempotency-key")?, header(request, "x-requestid")?) {
        (Some(key), Some(alias)) if key != alias => {
            return Err(Problem::invalid_header(
                "Idempotency-Key",
                "Idempotency-Key and x-requestId are both given and differ.",
                "Idempotency-Key og x-requestId er begge angivet og er forskellige.",
            ));
        }
        (Some(key), _) | (None, Some(key)) => key,
        (None, None) => return Ok(None),
    };
    let client = caller.client_id.as_deref().unwrap_or_default();
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    Ok(Some(Key::new(client, request.method().as_str(), path, key, body_hash)))
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = request.headers().get_all(name);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::invalid_header(
            "Idempotency-Key",
            "The header is given twice.",
            "Headeren er angivet to gange.",
        ));
    }
    match value.to_str() {
        Ok(text) if !text.is_empty() && text.len() <= MAX_KEY => Ok(Some(text)),
        _ => Err(Problem::invalid_header(
            "Idempotency-Key",
            format!("An idempotency key is 1 to {MAX_KEY} printable ASCII characters."),
            format!("En idempotensnøgle er 1 til {MAX_KEY} tegn i ASCII."),
        )),
    }
}

/// Carries out `work` under the key, or finds what it answered before.
///
/// It runs as a task of its own: whether the client waits for the answer or not, the claim on the key is settled.
pub async fn once<W>(db: Db, key: Option<Key>, plan_id: i32, work: W) -> Result<HttpResponse, Problem>
where
    W: AsyncFnOnce(Db, Option<&Claim>) -> Result<Answer, Problem> + 'static,
{
    let task = actix_web::rt::spawn(async move {
        let claim = match key {
            None => None,
            Some(key) => match key.claim(&db, plan_id).await? {
                Claimed::Replay(answer) => return Ok(respond(answer, true)),
                Claimed::Fresh(claim) => Some(claim),
            },
        };
        let done = work(db.clone(), claim.as_ref()).await;
        if let (Err(_), Some(claim)) = (&done, claim)
            && let Err(error) = claim.release(&db).await
        {
            tracing::error!(%error, "a claim could not be given back; it ends by itself");
        }
        done.map(|answer| respond(answer, false))
    });
    task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was broken off");
        Err(Problem::internal())
    })
}

/// An answer as it is sent, for the first time or again.
fn respond(answer: Answer, replayed: bool) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    response
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "private, no-store"));
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
        if answer.is_what_was_created {
            response.insert_header((ETAG, tag(&answer.body)));
        }
    }
    if replayed {
        response.insert_header((REPLAYED, "true"));
    }
    response.body(answer.body)
}
