//! Writes every error as a problem document, in the language of the request; also those that no handler saw.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, AUTHORIZATION, AcceptLanguage, CONTENT_LANGUAGE, CONTENT_TYPE, Header, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use percent_encoding::percent_decode_str;

use super::request_id::RequestId;
use crate::auth::limits::Counted;
use crate::problem::{At, FieldError, Language, Problem, ProblemKind};
use crate::state::state;
use crate::text::has_forbidden_character;

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Marks an error answer whose body its handler has written, because another standard says how.
#[derive(Clone, Copy, Debug)]
pub struct OwnBody;

/// Fills in the body of every error answer that has none of its own.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, Error> {
    if let Err(problem) = admitted(request.request()) {
        let written = write(request.request(), &problem, problem.error_response().headers());
        return Ok(request.into_response(written).map_into_right_body());
    }
    if !is_plain(request.path()) {
        let problem = Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("path".into()),
            "forbidden_character",
            "The path is not UTF-8, or has a control or direction-changing character.",
            "Stien er ikke UTF-8, eller har et styretegn eller et tegn, der ændrer skriveretning.",
        )]);
        let written = write(request.request(), &problem, &HeaderMap::new());
        return Ok(request.into_response(written).map_into_right_body());
    }
    let response = next.call(request).await?;
    if let Err(problem) = counted(response.request()) {
        let written = write(response.request(), &problem, problem.error_response().headers());
        return Ok(response.into_response(written).map_into_right_body());
    }
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return Ok(response.map_into_left_body());
    }
    if response.response().extensions().contains::<OwnBody>() {
        return Ok(response.map_into_left_body());
    }
    let found = response.response().extensions().get::<Problem>().cloned();
    let problem = found.unwrap_or_else(|| unseen(response.request(), response.status()));
    let written = write(response.request(), &problem, response.headers());
    Ok(response.into_response(written).map_into_right_body())
}

/// Counts a request that comes without a token, or for one, or for what is the same whoever asks; a token is read below `/v1/`
/// alone, and whoever says to have one is counted when it is. Whether the process lives and is ready can always be asked.
fn admitted(request: &HttpRequest) -> Result<(), Problem> {
    let path = request.path();
    let is_known_later = request.headers().contains_key(AUTHORIZATION) && path.starts_with("/v1/");
    if is_known_later || is_of_health(path) {
        return Ok(());
    }
    state(request).limits.admit_address(request)
}

/// Counts a request that nobody has counted, although it said to have a token: nothing read it, since there is no such operation.
/// So a token, made up or not, is no way around the limits.
fn counted(request: &HttpRequest) -> Result<(), Problem> {
    if request.extensions().contains::<Counted>() || is_of_health(request.path()) {
        return Ok(());
    }
    state(request).limits.admit_address(request)
}

fn is_of_health(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz")
}

/// Whether a path, decoded, is a text that can name something.
fn is_plain(path: &str) -> bool {
    percent_decode_str(path)
        .decode_utf8()
        .is_ok_and(|path| !has_forbidden_character(&path))
}

/// Danish where `Accept-Language` ranks it before English.
pub fn language(request: &HttpRequest) -> Language {
    let Ok(accepted) = AcceptLanguage::parse(request) else {
        return Language::English;
    };
    for range in accepted.ranked() {
        let Some(tag) = range.item() else {
            return Language::English;
        };
        match tag.primary_language() {
            "da" => return Language::Danish,
            "en" => return Language::English,
            _ => {}
        }
    }
    Language::English
}

fn write(request: &HttpRequest, problem: &Problem, headers: &HeaderMap) -> HttpResponse {
    let language = language(request);
    let id = RequestId::of(request);
    let view = problem.view(language, id.as_ref().map(RequestId::as_str));
    let mut response = HttpResponse::build(problem.kind().entry().status);
    if problem.kind() == ProblemKind::RequestTimeout {
        // What is left of the body is not waited for.
        response.force_close();
    }
    for (name, value) in headers {
        if name != CONTENT_TYPE {
            response.append_header((name.clone(), value.clone()));
        }
    }
    response
        .insert_header((
            CONTENT_LANGUAGE,
            match language {
                Language::English => "en",
                Language::Danish => "da",
            },
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(MEDIA_TYPE);
    match serde_json::to_vec(&view) {
        Ok(body) => response.body(body),
        Err(_) => response.finish(),
    }
}

/// A problem for an error that the framework found.
fn unseen(request: &HttpRequest, status: StatusCode) -> Problem {
    match status {
        StatusCode::BAD_REQUEST if request.method() == Method::OPTIONS => Problem::invalid_header(
            "Origin",
            "Pages of this origin may not call this path with this method and these headers.",
            "Sider fra dette sted må ikke kalde denne sti med denne metode og disse headere.",
        ),
        StatusCode::NOT_FOUND => Problem::not_found("There is nothing here.", "Der er intet her."),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            ProblemKind::MethodNotAllowed,
            "The path does not allow this method.",
            "Stien tillader ikke denne metode.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            ProblemKind::PayloadTooLarge,
            "The body is too large.",
            "Indholdet er for stort.",
        ),
        status if status.is_client_error() => Problem::new(
            ProblemKind::MalformedBody,
            "The request cannot be read.",
            "Forespørgslen kan ikke læses.",
        ),
        _ => Problem::internal(),
    }
}
