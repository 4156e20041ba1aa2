//! Conditional requests (RFC 9110, section 13): a strong `ETag` on what is read, 304 where the client has it already.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, ETAG, EntityTag, Header, HeaderValue, IF_MATCH, IF_NONE_MATCH, IfMatch, IfNoneMatch, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::answers::Rendered;
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
pub fn respond(request: &HttpRequest, audience: Audience, media_type: &'static str, body: Vec<u8>) -> HttpResponse {
    respond_rendered(request, audience, render(media_type, body))
}

/// A body with its validator.
pub fn render(media_type: &'static str, body: impl Into<Bytes>) -> Rendered {
    let body = body.into();
    Rendered {
        media_type,
        tag: digest(&body),
        body,
    }
}

/// As [`respond`], with what is rendered already.
pub fn respond_rendered(request: &HttpRequest, audience: Audience, answer: Rendered) -> HttpResponse {
    let tag = EntityTag::new_strong(answer.tag);
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
    response.content_type(answer.media_type).body(answer.body)
}

/// The strong validator of a body.
pub fn tag(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(digest(body))
}

fn digest(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16])
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
    if matches(request, current) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::PreconditionFailed,
        "If-Match does not name the current ETag.",
        "If-Match svarer ikke til den gældende ETag.",
    ))
}

/// A `PUT` needs `If-Match`, to replace what is there, or `If-None-Match: *`, to make what is not (428, 412). `current` is
/// the body of what is there.
pub fn require_match_or_none(request: &HttpRequest, current: Option<&[u8]>) -> Result<(), Problem> {
    let is_new =
        matches!(IfNoneMatch::parse(request), Ok(IfNoneMatch::Any)) && request.headers().contains_key(IF_NONE_MATCH);
    let is_known = request.headers().contains_key(IF_MATCH);
    if !is_new && !is_known {
        return Err(Problem::new(
            ProblemKind::PreconditionRequired,
            "The request has neither If-Match nor If-None-Match: *.",
            "Forespørgslen har hverken If-Match eller If-None-Match: *.",
        ));
    }
    if is_known && !current.is_some_and(|current| matches(request, current)) {
        return Err(Problem::new(
            ProblemKind::PreconditionFailed,
            "If-Match does not name the current ETag.",
            "If-Match svarer ikke til den gældende ETag.",
        ));
    }
    if is_new && current.is_some() {
        return Err(Problem::new(
            ProblemKind::PreconditionFailed,
            "If-None-Match: * asks for something new, but it is there already.",
            "If-None-Match: * beder om noget nyt, men det findes allerede.",
        ));
    }
    Ok(())
}

/// Whether `If-Match` names the body.
fn matches(request: &HttpRequest, current: &[u8]) -> bool {
    match IfMatch::parse(request) {
        Ok(IfMatch::Any) => true,
        Ok(IfMatch::Items(tags)) => tags.iter().any(|known| known.strong_eq(&tag(current))),
        Err(_) => false,
    }
}

/// The answer to a write: what is now there, with the `ETag` that the next read will have.
pub fn written(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((VARY, HeaderValue::from_static("Authorization, Accept, Accept-Language")))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((ETAG, tag(&body)))
        .content_type("application/json")
        .body(body)
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
