//! The rows of many users, sessions and revocations, written into the SQLite file: copies of a user
//! and of sessions that came in by the front door.

use std::{fs::File, path::Path, time::SystemTime};

use anyhow::{Result, ensure};
use countersign_proto::secret::{PlainToken, TokenKind};
use rusqlite::{Connection, params};

use super::{IMPORTED, SHOWN};
use crate::{load::Crowd, peer::Values};

/// Columns that a copy must not share: their names, and what they are in the copy number `n`.
type Differing<'a> = &'a [(&'a str, &'a str)];

/// The session number `n`: one began each millisecond.
const SESSION: &str = "printf('%08x-%04x-7000-8000-%012x', (1786706395136 + n) >> 16,
    (1786706395136 + n) & 0xffff, n)";
/// The digest of its refresh token: as the session's id begins, the turn, and a hash.
const REFRESH: &str =
    "unhex(printf('%012x700000000000%s', 1786706395136 + n, hex(randomblob(20))))";

/// Copies rows until there are so many users, and so many sessions and revocations beside. Half of
/// the sessions are browsers'; the others have a refresh token each.
pub(super) fn fill(file: &Path, users: u64, many: u64) -> Result<()> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;
         PRAGMA foreign_keys = OFF;",
    )?;
    let rows = connection.transaction()?;
    copy_user(&rows, users)?;
    copy_sessions(&rows, users, many)?;
    revoke(&rows, many)?;
    rows.commit()?;
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    drop(connection);
    // Writing it back is no part of what is measured.
    Ok(File::open(file)?.sync_all()?)
}

fn copy_user(rows: &Connection, users: u64) -> Result<()> {
    let user = "WHERE username = 'u000001'";
    let names: Differing = &[
        ("id", "printf('01a00000-0000-7000-8000-%012x', n)"),
        ("username", "printf('u%06d', n)"),
        ("username_key", "printf('u%06d', n)"),
        ("email", "printf('u%06d@example.com', n)"),
        ("email_key", "printf('u%06d@example.com', n)"),
        ("external_id", "NULL"),
    ];
    copy(rows, ("users", user), (IMPORTED + 1, users), names)
}

fn copy_sessions(rows: &Connection, users: u64, many: u64) -> Result<()> {
    let owner = format!(
        "printf('01a00000-0000-7000-8000-%012x', {} + n % {})",
        IMPORTED + 1,
        users - IMPORTED
    );
    let sessions = |cookie| {
        [
            ("id", SESSION),
            ("user_id", owner.as_str()),
            ("cookie", cookie),
            ("token", "NULL"),
            ("status_index", "NULL"),
            ("device", "NULL"),
        ]
    };
    let (browsers, programs) = ((0, many / 2 - 1), (many / 2, many - 1));
    let of = |condition| ("sessions", condition);
    copy(rows, of("WHERE cookie IS NULL"), programs, &sessions("NULL"))?;
    copy(rows, of("WHERE cookie IS NOT NULL"), browsers, &sessions("randomblob(32)"))?;
    bake(rows)?;
    let tokens: Differing = &[("digest", REFRESH), ("session_id", SESSION)];
    copy(rows, ("refresh_tokens", ""), programs, tokens)
}

/// The session cookie of the browser with this number.
fn cookie(number: u64) -> PlainToken {
    let mut entropy = [0; 32];
    entropy[..8].copy_from_slice(&number.to_be_bytes());
    PlainToken::from_entropy(TokenKind::Session, &entropy)
}

/// Whoever has that cookie.
pub(super) fn holder(number: u64, users: u64) -> Values {
    let user = Crowd::user(IMPORTED + number % (users - IMPORTED));
    let cookie = cookie(number).reveal().to_owned();
    Values::from([("user".to_owned(), user), ("session".to_owned(), cookie)])
}

/// Gives the first browsers cookies that are known here.
fn bake(rows: &Connection) -> Result<()> {
    let mut baked = rows.prepare(&format!(
        "UPDATE sessions SET cookie = ?2 WHERE id = (SELECT {SESSION} FROM (SELECT ?1 AS n))",
    ))?;
    for number in 0..SHOWN {
        let made =
            baked.execute(params![i64::try_from(number)?, cookie(number).digest().as_bytes()])?;
        ensure!(made == 1, "there is no session {number}");
    }
    Ok(())
}

/// Rows `from` to `to`, each a copy of the first row that `(table, condition)` names.
fn copy(
    rows: &Connection,
    (table, condition): (&str, &str),
    (from, to): (u64, u64),
    differing: Differing,
) -> Result<()> {
    let mut columns = Vec::new();
    let mut named = rows.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
    for name in named.query_map([], |row| row.get::<_, String>(0))? {
        columns.push(name?);
    }
    for (name, _) in differing {
        ensure!(columns.iter().any(|column| column == name), "{table} has no column {name}");
    }
    let values: Vec<String> = columns
        .iter()
        .map(|column| match differing.iter().find(|(name, _)| name == column) {
            Some((_, value)) => (*value).to_owned(),
            None => format!("t.{column}"),
        })
        .collect();
    let made = rows.execute(
        &format!(
            "WITH RECURSIVE many(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM many WHERE n < {to})
             INSERT INTO {table} ({}) SELECT {} FROM many, (SELECT * FROM {table} {condition} LIMIT 1) t",
            columns.join(", "),
            values.join(", "),
        ),
        [],
    )?;
    ensure!(made as u64 == to + 1 - from, "{table}: {made} rows were made");
    Ok(())
}

/// Revoked tokens, as the change feed has them, in all its lanes.
fn revoke(rows: &Connection, many: u64) -> Result<()> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    rows.execute(
        &format!(
            "WITH RECURSIVE many(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many WHERE n < {many} - 1)
             INSERT INTO changes (id, lane, seq, at, kind, subject, expires_at)
             SELECT printf('01a00002-0000-7000-8000-%012x', n), n % 16,
                (SELECT seq FROM lanes WHERE lane = n % 16) + n / 16 + 1, {now}, 'token',
                {SESSION} || printf('.%032x', n), {now} + 86400
             FROM many"
        ),
        [],
    )?;
    rows.execute(
        "UPDATE lanes SET seq =
            MAX(seq, (SELECT COALESCE(MAX(changes.seq), 0) FROM changes WHERE changes.lane = lanes.lane))",
        [],
    )?;
    Ok(())
}
