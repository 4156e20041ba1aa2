//! One span and one line a request, and where figures are kept one more counted: method, route, status, time, caller. Never a body, a token or a query's text.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage};
use tracing::{Span, field};
use tracing_actix_web::RootSpanBuilder;

use std::sync::Arc;
use std::time::Instant;

use super::request_id::RequestId;
use crate::auth::Caller;
use crate::state::state;
use crate::telemetry::join_trace;

/// Builds the span of a request and writes its line when it ends.
#[derive(Debug)]
pub struct AccessLog;

struct Started {
    at: Instant,
    route: Option<String>,
}

impl RootSpanBuilder for AccessLog {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let at = Instant::now();
        let route = request.match_pattern();
        let id = RequestId::of(request.request());
        let span = tracing::info_span!(
            "request",
            request_id = id.as_ref().map_or("", RequestId::as_str),
            method = %request.method(),
            route = route.as_deref().unwrap_or_default(),
            trace_id = field::Empty,
        );
        if let Some(trace_id) = trace_id(request) {
            span.record("trace_id", trace_id);
            if let Some(traceparent) = request
                .headers()
                .get("traceparent")
                .and_then(|value| value.to_str().ok())
            {
                join_trace(&span, traceparent);
            }
        }
        request.extensions_mut().insert(Started { at, route });
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let _entered = span.enter();
        match outcome {
            Ok(response) => {
                let request = response.request();
                let extensions = request.extensions();
                let started = extensions.get::<Started>();
                let elapsed = started.map(|started| started.at.elapsed());
                if let (Some(metrics), Some(started), Some(elapsed)) = (&state(request).metrics, started, elapsed) {
                    metrics.answered(request.method(), started.route.as_deref(), response.status(), elapsed);
                }
                let caller = extensions.get::<Arc<Caller>>();
                tracing::info!(
                    status = response.status().as_u16(),
                    microseconds = elapsed.map(|elapsed| u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)),
                    client = caller.map_or("", |caller| caller.subject.as_str()),
                    "answered"
                );
            }
            Err(error) => tracing::error!(%error, "failed"),
        }
    }
}

/// The trace id of a W3C `traceparent`, so that our lines join the caller's trace.
fn trace_id(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let is_valid =
        is_hex(version, 2) && is_hex(trace, 32) && is_hex(parent, 16) && trace.bytes().any(|byte| byte != b'0');
    is_valid.then_some(trace)
}
