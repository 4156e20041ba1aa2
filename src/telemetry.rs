//! Logs: lines for people on a terminal, JSON for machines elsewhere; always on standard error.
//!
//! Standard output stays free for what a command prints (`token`, `openapi`). What is logged is ids and counts, never
//! bodies, tokens, or text that a person wrote. Built with the feature `otel`, it sends the spans to a collector, too.

#[cfg(feature = "otel")]
mod traces;

use std::{
    env,
    io::{self, IsTerminal},
};

use anyhow::Context;
use tracing::Span;
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat};

/// Installs the log of the whole process, filtered by `config.log` and written as `config.log_format` says.
///
/// JSON: one object a line, the event's fields flattened beside `timestamp` (RFC 3339, UTC), `level` and `target`; the
/// current span's fields under `span`. Text for people is coloured on a terminal, unless `NO_COLOR` is set
/// (<https://no-color.org>).
///
/// # Errors
/// When the filter cannot be read, or a log was installed before.
pub fn init(config: &Config) -> anyhow::Result<Sending> {
    let filter = EnvFilter::try_new(&config.log).context("the log filter cannot be read")?;
    let terminal = io::stderr().is_terminal();
    let pretty = match config.log_format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = if pretty {
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        lines.compact().with_ansi(terminal && !plain).boxed()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed()
    };
    let log = tracing_subscriber::registry().with(filter).with(lines);
    let is_new = "a log is installed already";
    #[cfg(feature = "otel")]
    if let Some(endpoint) = &config.otlp_endpoint {
        let traces = traces::Traces::to(endpoint)?;
        log.with(traces.layer()).try_init().context(is_new)?;
        return Ok(Sending { _traces: Some(traces) });
    }
    log.try_init().context(is_new)?;
    Ok(Sending::default())
}

/// As long as it is there, spans are sent to a collector where one is named; the last ones when it goes.
#[derive(Default)]
pub struct Sending {
    #[cfg(feature = "otel")]
    _traces: Option<traces::Traces>,
}

/// Makes the span of a request a part of the caller's trace, by its `traceparent`.
pub fn join_trace(span: &Span, traceparent: &str) {
    #[cfg(feature = "otel")]
    traces::join(span, traceparent);
    #[cfg(not(feature = "otel"))]
    let _ = (span, traceparent);
}
