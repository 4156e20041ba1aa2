//! Answers that leave: in portions, and no slower than is good for the others.
//!
//! The server below has a time limit for a request's head and for an idle connection, none for a client that does not read.
//! Three things together bound what such clients hold. The kernel keeps little of an answer for each connection and gives a
//! connection up on which it can send nothing for a while ([`bounded`]); the answer is copied into the connection's buffer
//! portion by portion, not whole; and a client that goes on reading, but too slowly, is cut off between two portions.

use std::any::Any;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;

use crate::state::state;

/// The longest piece of an answer that is copied for its connection at a time.
const PORTION: usize = 32 * 1024;
/// How many bytes a second a client has to take in the long run, as many as it has to bring of a body.
const LEAST_BYTES_A_SECOND: u64 = 16 * 1024;
/// How much of what was sent the kernel keeps until the client has it; it may add as much for its own book-keeping.
#[cfg(target_os = "linux")]
const KEPT_BY_THE_KERNEL: usize = 128 * 1024;

/// What is set on each connection as it comes: for `HttpServer::on_connect`. A client that takes nothing for so long is cut off.
pub fn bounded(patience: Duration) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + 'static {
    move |connection, _| {
        if let Some(stream) = connection.downcast_ref::<TcpStream>()
            && let Err(error) = bound(stream, patience)
        {
            tracing::warn!(%error, "a connection has no limits against clients that do not read");
        }
    }
}

#[cfg(target_os = "linux")]
fn bound(stream: &TcpStream, patience: Duration) -> io::Result<()> {
    use rustix::net::sockopt::{set_socket_send_buffer_size, set_tcp_user_timeout};
    // Counts what is sent and not acknowledged, and what cannot be sent because the client's window is shut.
    set_tcp_user_timeout(stream, u32::try_from(patience.as_millis()).unwrap_or(u32::MAX))?;
    Ok(set_socket_send_buffer_size(stream, KEPT_BY_THE_KERNEL)?)
}

/// Other systems have no such option: there a client that reads nothing stays until it hangs up.
#[cfg(not(target_os = "linux"))]
fn bound(_: &TcpStream, _: Duration) -> io::Result<()> {
    Ok(())
}

/// Has every answer leave in portions.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Portions>, Error> {
    let response = next.call(request).await?;
    let patience = Duration::from_secs(state(response.request()).config.client_seconds);
    Ok(response
        .map_into_boxed_body()
        .map_body(|_, body| Portions::new(body, patience)))
}

/// A body in portions.
pub struct Portions {
    body: BoxBody,
    /// What of the body's last piece was not sent yet.
    rest: Bytes,
    pace: Pace,
    /// When the last portion was handed over, if the client has to take it before the next is asked for.
    handed: Option<Instant>,
}

impl Portions {
    fn new(body: BoxBody, patience: Duration) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            pace: Pace {
                patience,
                sent: 0,
                waited: Duration::ZERO,
            },
            handed: None,
        }
    }
}

impl MessageBody for Portions {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        // Only the client's time counts: what the body itself takes for its next piece lies between no two of these.
        if let Some(handed) = self.handed.take() {
            self.pace.waited += handed.elapsed();
        }
        if self.pace.is_too_slow() {
            return Poll::Ready(Some(Err("the client takes the answer too slowly".into())));
        }
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_next(context)) {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let length = self.rest.len().min(PORTION);
        let portion = self.rest.split_to(length);
        self.pace.sent = self.pace.sent.saturating_add(length as u64);
        // A short answer fits into the first portion: nobody waits for it here.
        if self.pace.sent >= PORTION as u64 {
            self.handed = Some(Instant::now());
        }
        Poll::Ready(Some(Ok(portion)))
    }
}

/// How much a client took in which time.
struct Pace {
    patience: Duration,
    sent: u64,
    waited: Duration,
}

impl Pace {
    fn is_too_slow(&self) -> bool {
        self.waited > self.patience + Duration::from_secs(self.sent / LEAST_BYTES_A_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_less_than_a_portion_in_two_seconds_is_too_slow_when_its_patience_is_used_up() {
        let is_too_slow = |sent: u64, waited: u64| {
            let pace = Pace {
                patience: Duration::from_secs(15),
                sent,
                waited: Duration::from_secs(waited),
            };
            pace.is_too_slow()
        };
        assert!(!is_too_slow(PORTION as u64, 17));
        assert!(is_too_slow(PORTION as u64, 18));
        assert!(!is_too_slow(100 << 20, 6400));
        assert!(is_too_slow(100 << 20, 6416));
    }

    #[actix_web::test]
    async fn a_body_comes_out_whole_piece_by_piece() {
        let whole: Vec<u8> = (0..3 * PORTION + 7).map(|number| (number % 251) as u8).collect();
        let mut body = Portions::new(BoxBody::new(whole.clone()), Duration::from_secs(15));
        assert_eq!(body.size(), BodySize::Sized(whole.len() as u64));
        let (mut lengths, mut came) = (Vec::new(), Vec::new());
        while let Some(piece) = std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
            let piece = piece.unwrap();
            lengths.push(piece.len());
            came.extend_from_slice(&piece);
        }
        assert_eq!(lengths, [PORTION, PORTION, PORTION, 7]);
        assert_eq!(came, whole);
    }
}
