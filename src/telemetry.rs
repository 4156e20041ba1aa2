//! Logs: lines for people on a terminal, JSON for machines elsewhere; always on standard error.
//!
//! Standard output stays free for what a command prints (`token`, `openapi`). What is logged is ids and counts, never
//! bodies, tokens, or text that a person wrote.

use std::{
    env,
    io::{self, IsTerminal},
};

use anyhow::Context;
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
pub fn init(config: &Config) -> anyhow::Result<()> {
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
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .context("a log is installed already")
}
