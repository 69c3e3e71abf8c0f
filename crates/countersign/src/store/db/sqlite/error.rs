//! SQLite's result codes in our words.

use rusqlite::{Error, ErrorCode, ffi};

use super::DbError;

pub(super) fn fault(error: Error) -> DbError {
    let Error::SqliteFailure(code, message) = &error else { return DbError::failed(error) };
    match (code.code, code.extended_code) {
        (
            _,
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID,
        ) => {
            let primary = code.extended_code != ffi::SQLITE_CONSTRAINT_UNIQUE;
            DbError::Unique(constraint(message.as_deref().unwrap_or_default(), primary))
        }
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => DbError::Orphan,
        (
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted
            | ErrorCode::FileLockingProtocolFailed,
            _,
        ) => DbError::unavailable(error),
        _ => DbError::failed(error),
    }
}

/// From `UNIQUE constraint failed: members.group_id, members.user_id` to
/// `members.group_id_user_id_key`.
fn constraint(message: &str, primary: bool) -> String {
    let columns = message.rsplit(": ").next().unwrap_or_default();
    let table = columns.split('.').next().unwrap_or_default();
    if primary {
        return format!("{table}.pkey");
    }
    let names: Vec<_> = columns.split(", ").filter_map(|one| one.split('.').nth(1)).collect();
    format!("{table}.{}_key", names.join("_"))
}
