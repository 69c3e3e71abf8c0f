//! What commands print. Standard output is for results alone, so that it can be piped; logs,
//! prompts and progress go to standard error.

use std::io::{self, Write};

use serde::Serialize;

/// How results are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Tables and sentences.
    Human,
    /// One JSON value.
    Json,
}

/// Standard output of one command.
#[derive(Clone, Copy)]
pub(crate) struct Output(pub(crate) Style);

impl Output {
    /// Whether JSON is wanted.
    pub(crate) fn is_json(self) -> bool {
        self.0 == Style::Json
    }

    /// Prints `value` as JSON, or what `human` makes of it.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn show<T: Serialize>(
        self,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) -> io::Result<()> {
        match self.0 {
            Style::Human => line(&human(value)),
            Style::Json => line(&serde_json::to_string(value)?),
        }
    }
}

/// Writes a line, and the lines in it, at once. A reader that has had enough (`| head`) is no
/// failure.
fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes a line for the person at the terminal, past the results. A closed standard error is no
/// reason to stop.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Rows in columns as wide as they need to be.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = head.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(&head.map(str::to_owned)).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{:width$}  ", clean(cell)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What other people typed must not steer the terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Unix seconds as people read them: ISO 8601, UTC.
pub(crate) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |at| at.to_string())
}

/// A time that may be absent.
pub(crate) fn time_or(seconds: Option<i64>, absent: &str) -> String {
    seconds.map_or_else(|| absent.to_owned(), time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_escape_sequences_do_not_reach_the_terminal() {
        let rows = [["1".into(), "\u{1b}[2J".into()], ["100".into(), "b".into()]];

        let text = table(["ID", "NAME"], &rows);

        assert_eq!(text, "ID   NAME\n1    \u{fffd}[2J\n100  b\n");
    }

    #[test]
    fn times_are_iso_8601_in_utc() {
        assert_eq!(time(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(time_or(None, "never"), "never");
    }
}
