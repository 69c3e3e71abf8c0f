//! PostgreSQL's SQLSTATEs in our words. The server's DETAIL and the statement's values are left
//! out: they hold people's data.

use std::{error::Error as _, io};

use tokio_postgres::{
    Error,
    error::{DbError as Report, SqlState},
};

use super::DbError;

pub(super) fn fault(error: Error) -> DbError {
    match error.as_db_error() {
        Some(report) => reported(report),
        None if is_lost(&error) => DbError::unavailable(error),
        None => DbError::failed(error),
    }
}

/// A connection that could not be made.
pub(super) fn away(error: Error) -> DbError {
    match error.as_db_error() {
        Some(report) => reported(report),
        None => DbError::unavailable(error),
    }
}

/// Whether the connection is gone, rather than its statement at fault.
pub(super) fn is_lost(error: &Error) -> bool {
    // A server that shuts down says so before it closes.
    let farewells = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN];
    error.is_closed()
        || error.source().is_some_and(|source| source.is::<io::Error>())
        || error.code().is_some_and(|code| farewells.contains(code))
}

/// Whether a prepared statement has outlived the table it was made for, as after a migration by
/// another node.
pub(super) fn is_stale(error: &Error) -> bool {
    let stale = [SqlState::FEATURE_NOT_SUPPORTED, SqlState::INVALID_SQL_STATEMENT_NAME];
    error.code().is_some_and(|code| stale.contains(code))
}

fn reported(report: &Report) -> DbError {
    let code = report.code();
    let text = format!("{} (SQLSTATE {})", report.message(), code.code());
    if *code == SqlState::UNIQUE_VIOLATION {
        return DbError::Unique(constraint(report));
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return DbError::Orphan;
    }
    let conflicts = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ];
    if conflicts.contains(code) {
        return DbError::Conflict(text.into());
    }
    // Connection, resources, operator intervention, system; and a primary that became a standby.
    let away = ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class));
    if away || *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return DbError::unavailable(text);
    }
    DbError::failed(text)
}

/// From `users_email_key` on `users` to `users.email_key`.
fn constraint(report: &Report) -> String {
    let (table, name) =
        (report.table().unwrap_or_default(), report.constraint().unwrap_or_default());
    match name.strip_prefix(table).and_then(|rest| rest.strip_prefix('_')) {
        Some(rest) => format!("{table}.{rest}"),
        None => name.to_owned(),
    }
}
