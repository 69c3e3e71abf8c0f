//! Structured logs on standard error. What is logged is chosen where it is logged: no secrets.

use std::{fmt, io};

use axum::http::HeaderValue;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    EnvFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{self, Writer},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{
    exit::Problem,
    settings::{Effective, value::LogFormat},
};

tokio::task_local! {
    /// The id of the request that this task works on: of digits, letters, `-`, `_` and `.`. A span
    /// would say the same, and cost every request as much as checking its token.
    pub(super) static REQUEST: HeaderValue;
}

/// Starts logging, for the process.
///
/// # Errors
/// When the filter cannot be understood.
pub(super) fn start(effective: &Effective) -> Result<(), Problem> {
    let filter = EnvFilter::try_new(&effective.server.log_filter).map_err(|_| {
        effective.mistake("log.filter", "a level, or `info,countersign=debug` and the like")
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let started = match effective.server.log_format {
        LogFormat::Text => {
            let form = format::format().with_target(false).with_ansi(false);
            registry
                .with(lines.with_ansi(false).event_format(Lines { form, place: at_the_end }))
                .try_init()
        }
        LogFormat::Json => {
            let form = format::json().flatten_event(true);
            registry
                .with(lines.json().event_format(Lines { form, place: as_first_member }))
                .try_init()
        }
    };
    started.map_err(|error| Problem::failed(format!("logging: {error}")))?;
    std::panic::set_hook(Box::new(|info| {
        // Where, not what: a panic's words may quote what it choked on.
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "a defect in this program: please report it");
    }));
    Ok(())
}

/// Most lines fit, bytes.
const LINE: usize = 256;

/// Lines of this form, each with the id of its request where `place` puts it.
struct Lines<F> {
    form: F,
    place: fn(&mut Writer<'_>, &str, &str) -> fmt::Result,
}

impl<S, N, F> FormatEvent<S, N> for Lines<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(id) = request_id() else { return self.form.format_event(context, writer, event) };
        let mut line = String::with_capacity(LINE);
        self.form.format_event(context, Writer::new(&mut line), event)?;
        (self.place)(&mut writer, line.trim_end_matches('\n'), &id)
    }
}

/// For people.
fn at_the_end(writer: &mut Writer<'_>, line: &str, id: &str) -> fmt::Result {
    writeln!(writer, "{line} request_id={id}")
}

/// For programs: the line is an object.
fn as_first_member(writer: &mut Writer<'_>, line: &str, id: &str) -> fmt::Result {
    let members = line.strip_prefix('{').unwrap_or(line);
    writeln!(writer, r#"{{"request_id":"{id}",{members}"#)
}

/// The id of the request under way, which needs no quotes.
fn request_id() -> Option<String> {
    REQUEST.try_with(|id| id.to_str().unwrap_or_default().to_owned()).ok()
}
