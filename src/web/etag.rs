//! Conditional requests (RFC 9110, section 13): a strong `ETag` on what is read, 304 where the client has it already.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, ETAG, EntityTag, Header, HeaderValue, IF_MATCH, IF_NONE_MATCH, IfMatch, IfNoneMatch, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::{Problem, ProblemKind};

/// Who else may keep the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Only this caller's own cache, and only after asking.
    Private,
    /// Everyone, but not without asking whether it is still so.
    Public,
}

/// An answer to a `GET`: 200 with body and `ETag`, or 304 where `If-None-Match` names that `ETag`.
pub fn respond(request: &HttpRequest, audience: Audience, media_type: &str, body: Vec<u8>) -> HttpResponse {
    let tag = tag(&body);
    let is_known = request.headers().contains_key(IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
            Err(_) => false,
        };
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((VARY, HeaderValue::from_static("Authorization, Accept, Accept-Language")))
        .insert_header((
            CACHE_CONTROL,
            match audience {
                Audience::Private => "private, no-cache",
                Audience::Public => "public, no-cache",
            },
        ))
        .insert_header((ETAG, tag));
    if is_known {
        return response.finish();
    }
    response.content_type(media_type).body(body)
}

/// The strong validator of a body.
fn tag(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]))
}

/// A change needs `If-Match` (428) with the validator of what it changes, whose body is `current` (412).
pub fn require_match(request: &HttpRequest, current: &[u8]) -> Result<(), Problem> {
    if !request.headers().contains_key(IF_MATCH) {
        return Err(Problem::new(
            ProblemKind::PreconditionRequired,
            "The request has no If-Match.",
            "Forespørgslen har ingen If-Match.",
        ));
    }
    let is_current = match IfMatch::parse(request) {
        Ok(IfMatch::Any) => true,
        Ok(IfMatch::Items(tags)) => tags.iter().any(|known| known.strong_eq(&tag(current))),
        Err(_) => false,
    };
    if is_current {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::PreconditionFailed,
        "If-Match does not name the current ETag.",
        "If-Match svarer ikke til den gældende ETag.",
    ))
}

/// A `PUT` under a key that the client chooses needs `If-None-Match: *`, where nothing may be there yet, or `If-Match` with
/// the validator of what is there, whose body is `current`: 428 where neither is sent, 412 where it does not hold.
pub fn require_condition(request: &HttpRequest, current: Option<&[u8]>) -> Result<(), Problem> {
    let creates = request.headers().contains_key(IF_NONE_MATCH);
    match (creates, current) {
        (true, None) if matches!(IfNoneMatch::parse(request), Ok(IfNoneMatch::Any)) => Ok(()),
        (true, _) => Err(Problem::new(
            ProblemKind::PreconditionFailed,
            "If-None-Match is * where something new is written, and nothing may be there yet.",
            "If-None-Match er *, hvor der skrives noget nyt, og der må ikke være noget i forvejen.",
        )),
        (false, Some(current)) => require_match(request, current),
        (false, None) if request.headers().contains_key(IF_MATCH) => Err(Problem::new(
            ProblemKind::PreconditionFailed,
            "If-Match names an ETag, and there is nothing here.",
            "If-Match angiver en ETag, og her er intet.",
        )),
        (false, None) => Err(Problem::new(
            ProblemKind::PreconditionRequired,
            "The request has neither If-Match nor If-None-Match.",
            "Forespørgslen har hverken If-Match eller If-None-Match.",
        )),
    }
}

/// The answer to a write: what is there now, with its `ETag`, whatever the request's conditions were.
pub fn respond_written(status: StatusCode, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    let body = to_json(body)?;
    Ok(HttpResponse::build(status)
        .insert_header((VARY, HeaderValue::from_static("Authorization, Accept, Accept-Language")))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((ETAG, tag(&body)))
        .content_type("application/json")
        .body(body))
}

/// As [`respond`], with a JSON body.
pub fn respond_json(request: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    Ok(respond(request, Audience::Private, "application/json", to_json(body)?))
}

/// A value as JSON; a failure is a bug and is logged as one.
pub fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Problem::internal()
    })
}
