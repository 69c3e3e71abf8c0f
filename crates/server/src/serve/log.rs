//! Structured logs on standard error. What is logged is chosen where it is logged: no secrets.

use std::io;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    exit::Problem,
    settings::{Effective, value::LogFormat},
};

/// Starts logging, for the process.
///
/// # Errors
/// When the filter cannot be understood.
pub(super) fn start(effective: &Effective) -> Result<(), Problem> {
    let filter = EnvFilter::try_new(&effective.server.log_filter).map_err(|_| {
        effective.mistake("log.filter", "a level, or `info,countersign=debug` and the like")
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(io::stderr);
    let started = match effective.server.log_format {
        LogFormat::Text => registry.with(lines.with_target(false).with_ansi(false)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    started.map_err(|error| Problem::failed(format!("logging: {error}")))?;
    std::panic::set_hook(Box::new(|info| {
        // Where, not what: a panic's words may quote what it choked on.
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "a defect in this program: please report it");
    }));
    Ok(())
}
