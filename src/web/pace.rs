//! `Pace`: reads a body piece by piece, and gives up on senders that are too slow.

use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use futures_util::StreamExt;

use super::body::cut_off;
use crate::problem::{Problem, ProblemKind};
use crate::state::state;

/// How many bytes a second a body has to bring in the long run; a sender of single bytes would else hold on for ever.
const LEAST_BYTES_A_SECOND: u64 = 16 * 1024;

/// A body as it comes.
pub(super) struct Pace {
    payload: Payload,
    patience: Duration,
    started: Instant,
    received: u64,
}

impl Pace {
    /// Takes the body of a request over.
    pub(super) fn new(request: &HttpRequest, payload: &mut Payload) -> Self {
        Self {
            payload: payload.take(),
            patience: Duration::from_secs(state(request).config.client_seconds),
            started: Instant::now(),
            received: 0,
        }
    }

    /// The next piece; none at the end. 408 where it takes too long, 400 where the sender has hung up.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let earned = Duration::from_secs(self.received / LEAST_BYTES_A_SECOND);
        let left = (self.patience + earned).saturating_sub(self.started.elapsed());
        match timeout(left.min(self.patience), self.payload.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(chunk))) => {
                self.received = self.received.saturating_add(chunk.len() as u64);
                Ok(Some(chunk))
            }
            Ok(Some(Err(_))) => Err(cut_off()),
            Err(_) => Err(Problem::new(
                ProblemKind::RequestTimeout,
                "The body did not come in time.",
                "Indholdet kom ikke i tide.",
            )),
        }
    }
}
