//! `Body`: a request's body, read whole up to the limit, with its media type.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::json::{self, Node};
use super::pace::Pace;
use crate::problem::{Problem, ProblemKind};
use crate::state::{ROOM_KIB, state};

/// A request's body.
#[derive(Debug)]
pub struct Body {
    /// The bytes.
    pub bytes: Bytes,
    /// The media type without its parameters, in lower case; empty if there is none.
    pub media_type: String,
    /// Its room, for as long as somebody works on it.
    _room: OwnedSemaphorePermit,
}

/// A body of at most [`MAX_SHORT`] bytes: for whoever has shown no token yet.
#[derive(Debug)]
pub struct ShortBody(pub Body);

/// The longest body that is read of somebody unknown.
pub const MAX_SHORT: usize = 16 * 1024;
/// How long a body waits for room.
const PATIENCE: Duration = Duration::from_secs(10);

impl Body {
    /// SHA-256 of the bytes, in hexadecimal.
    pub fn hash(&self) -> String {
        format!("{:x}", Sha256::digest(&self.bytes))
    }

    /// The body as JSON, sent as one of these media types; 415 or 400.
    pub fn json(&self, media_types: &[&str]) -> Result<Node, Problem> {
        if media_types.contains(&self.media_type.as_str()) {
            return json::parse(&self.bytes);
        }
        let known = media_types.join(", ");
        Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            format!("The operation reads {known}."),
            format!("Handlingen læser {known}."),
        ))
    }
}

/// The longest body that can be an empty object with space around and in it; what is longer is not read on.
const MAX_EMPTY: usize = 64;

/// An operation that reads no body: any is an error, except that a `POST` may bring an empty object, as many clients send with every
/// `POST`.
#[derive(Debug)]
pub struct NoBody;

/// Whether it is `{}`.
fn is_empty_object(bytes: &[u8]) -> bool {
    let inner = bytes
        .trim_ascii()
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"));
    inner.is_some_and(|inner| inner.trim_ascii().is_empty())
}

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_post = request.method() == Method::POST;
        let mut pace = Pace::new(request, payload);
        Box::pin(async move {
            let mut bytes = BytesMut::new();
            while let Some(chunk) = pace.next().await? {
                bytes.extend_from_slice(&chunk);
                if bytes.len() > MAX_EMPTY {
                    break;
                }
            }
            let is_short = bytes.len() <= MAX_EMPTY;
            if bytes.is_empty() || (is_post && is_short && is_empty_object(&bytes)) {
                return Ok(Self);
            }
            Err(Problem::new(
                ProblemKind::MalformedBody,
                "The operation reads no body; send the request without one.",
                "Handlingen læser intet indhold; send forespørgslen uden.",
            ))
        })
    }
}

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(read(request, payload, state(request).config.max_body_bytes))
    }
}

impl FromRequest for ShortBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = read(request, payload, state(request).config.max_body_bytes.min(MAX_SHORT));
        Box::pin(async move { read.await.map(Self) })
    }
}

/// Reads a body of at most so many bytes. It gets its room when it is there, so that slow senders hold none.
fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> impl Future<Output = Result<Body, Problem>> + use<> {
    let mut pace = Pace::new(request, payload);
    let request = request.clone();
    async move {
        let media_type = media_type(&request)?;
        if announced(&request).is_some_and(|length| length > limit) {
            return Err(too_large(limit));
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = pace.next().await? {
            if bytes.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Body {
            _room: room(&request, bytes.len()).await?,
            bytes: bytes.freeze(),
            media_type,
        })
    }
}

/// Room for so many bytes; 503 where there is none for long. What is longer than all the room gets all of it.
async fn room(request: &HttpRequest, length: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let size = u32::try_from((length / 1024 + 1).min(ROOM_KIB)).unwrap_or(u32::MAX);
    let room = Arc::clone(&state(request).room).acquire_many_owned(size);
    match timeout(PATIENCE, room).await {
        Ok(Ok(room)) => Ok(room),
        _ => Err(Problem::new(
            ProblemKind::Unavailable,
            "Too many large bodies are being worked on at once.",
            "Der behandles for meget stort indhold på én gang.",
        )
        .retry_after(5)),
    }
}

pub(super) fn media_type(request: &HttpRequest) -> Result<String, Problem> {
    let encoding = request.headers().get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "Bodies are read without Content-Encoding.",
            "Indhold læses uden Content-Encoding.",
        ));
    }
    let Some(value) = request.headers().get(CONTENT_TYPE) else {
        return Ok(String::new());
    };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_owned();
    let charset = parts
        .filter_map(|part| part.strip_prefix("charset="))
        .map(|charset| charset.trim_matches('"'))
        .find(|charset| !matches!(*charset, "utf-8" | "utf8" | "us-ascii"));
    match charset {
        None => Ok(media_type),
        Some(_) => Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "Bodies are read as UTF-8; save the file as UTF-8 and send it again.",
            "Indhold læses som UTF-8; gem filen som UTF-8 og send den igen.",
        )),
    }
}

/// How long the sender says that the body is.
pub(super) fn announced(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

pub(super) fn too_large(limit: usize) -> Problem {
    Problem::new(
        ProblemKind::PayloadTooLarge,
        format!("The body may have at most {limit} bytes."),
        format!("Indholdet må højst være {limit} byte."),
    )
}

pub(super) fn cut_off() -> Problem {
    Problem::new(
        ProblemKind::MalformedBody,
        "The body ended before it was complete.",
        "Indholdet sluttede, før det var helt modtaget.",
    )
}
