//! Spans of requests, sent to an OpenTelemetry collector: OTLP over HTTP, in batches, from a thread of their own.
//!
//! They hold what the log holds and no more: ids, templates, status, times.

use std::time::Duration;

use anyhow::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use sea_orm::entity::prelude::async_trait::async_trait;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;
use ureq::Agent;

/// How long the collector may take to receive a batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of its answer is read; nothing in it matters.
const MOST_BYTES: u64 = 64 * 1024;

/// Sends what is left when it goes.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send to the collector at this address.
    pub(super) fn to(endpoint: &str) -> anyhow::Result<Self> {
        let settings = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .user_agent("helhedsplan");
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client(settings.build().into()))
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .context("HELHEDSPLAN_OTLP_ENDPOINT")?;
        let resource = Resource::builder().with_service_name("helhedsplan").build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource);
        Ok(Self(provider.build()))
    }

    /// What turns spans of the log into spans that are sent.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("helhedsplan"))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that is away is no reason not to stop.
        let _ = self.0.shutdown();
    }
}

/// Makes a span a part of the caller's trace.
pub(super) fn join(span: &Span, traceparent: &str) {
    let context = TraceContextPropagator::new().extract(&Traceparent(traceparent));
    // It fails where nothing is sent, and then there is nothing to join.
    let _ = span.set_parent(context);
}

struct Traceparent<'a>(&'a str);

impl Extractor for Traceparent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

/// The program's own client of HTTP; it waits, on the thread that sends.
#[derive(Debug)]
struct Client(Agent);

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut response = self.0.run(request.map(|bytes| bytes.to_vec()))?;
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec()?;
        Ok(Response::from_parts(response.into_parts().0, body.into()))
    }
}
