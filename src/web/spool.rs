//! `Spool`: a large body, written to a temporary file as it comes, so that neither memory nor a database connection waits
//! for a slow sender.

use std::fs::File;
use std::io::Write;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};

use super::body::{announced, media_type, too_large};
use super::pace::Pace;
use crate::problem::{Problem, ProblemKind};
use crate::state::state;

/// A body in a file that has no name and goes when it is closed.
#[derive(Debug)]
pub struct Spool {
    /// The file.
    pub file: File,
    /// How long it is, in bytes.
    pub length: u64,
    /// SHA-256 of the body, in hexadecimal.
    pub hash: String,
    /// The media type without its parameters, in lower case; empty if there is none.
    pub media_type: String,
}

impl FromRequest for Spool {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = state(request).config.max_import_bytes;
        let mut pace = Pace::new(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let media_type = media_type(&request)?;
            if announced(&request).is_some_and(|length| length > limit) {
                return Err(too_large(limit));
            }
            let mut file = tempfile::tempfile().map_err(no_room)?;
            let mut hash = Sha256::new();
            let mut length = 0_usize;
            while let Some(chunk) = pace.next().await? {
                length += chunk.len();
                if length > limit {
                    return Err(too_large(limit));
                }
                hash.update(&chunk);
                // The chunk goes to the page cache; what blocks is no more than a copy.
                file.write_all(&chunk).map_err(no_room)?;
            }
            Ok(Self {
                file,
                length: u64::try_from(length).unwrap_or(u64::MAX),
                hash: format!("{:x}", hash.finalize()),
                media_type,
            })
        })
    }
}

fn no_room(error: std::io::Error) -> Problem {
    tracing::error!(%error, "a body cannot be spooled");
    Problem::new(
        ProblemKind::InsufficientStorage,
        "There is no room to receive the body.",
        "Der er ikke plads til at modtage indholdet.",
    )
    .retry_after(60)
}
