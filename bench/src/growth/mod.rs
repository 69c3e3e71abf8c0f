//! J8: the same jobs with more and more users, live sessions and revoked tokens. What is too many
//! to make through the front door is written into the SQLite file: copies of a user and of a
//! session that came in by it.

use std::{path::Path, sync::Arc, time::SystemTime};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;

use crate::{
    account::shared_memory,
    block_on,
    contestant::Contestant,
    job::Job,
    peer::Peer,
    place::Place,
    results::{Grown, Results, add},
    shared,
};

/// Who grows.
pub(crate) const WHO: &str = "countersign-sqlite";
/// Users that are imported; the rest are copies.
const IMPORTED: u64 = 1000;
/// Live sessions, and revoked tokens, but with the fewest users.
const SESSIONS: u64 = 1_000_000;

/// Columns that a copy must not share: their names, and what they are in the copy number `n`.
type Differing<'a> = &'a [(&'a str, &'a str)];

/// Measures J1 to J4 at each size, all sizes in each round.
///
/// # Errors
/// At the first wrong answer, and when the schema is not as expected.
pub(crate) fn measure(peer: &Arc<Peer>, place: &Place, results: &mut Results) -> Result<()> {
    let pace = results.pace;
    let mut sizes = Vec::new();
    for users in [IMPORTED, 100_000, pace.grown] {
        if sizes.iter().all(|(_, grown): &(Contestant, Grown)| grown.users != users) {
            println!("J8: making {users} users");
            sizes.push(grow(peer, place, users)?);
        }
    }
    for _ in 0..pace.rounds {
        for job in Job::ALL.into_iter().filter(|job| *job <= Job::Refresh) {
            for (contestant, grown) in &mut sizes {
                let figures = shared::cell(contestant, job, pace, &place.interrupt)?;
                let (users, name, cpu) = (grown.users, job.name(), figures.cpu_us);
                println!("J8 {users:>8} users, {name:<8} {cpu:>9.1} us CPU");
                add(&mut grown.cells, WHO, job, figures);
            }
        }
    }
    results.growth = sizes.into_iter().map(|(_, grown)| grown).collect();
    Ok(())
}

fn grow(peer: &Arc<Peer>, place: &Place, users: u64) -> Result<(Contestant, Grown)> {
    let mut contestant = Contestant::new(peer, place, users.min(IMPORTED))?;
    let many = if users > IMPORTED { SESSIONS } else { 0 };
    if many > 0 {
        // One session of each kind of row, by the front door.
        contestant.start()?;
        let clients = block_on(contestant.clients(Job::Refresh, 1), &place.interrupt)?;
        drop(clients);
        contestant.stop();
        contestant.forget_clients();
        let file = contestant.data().join("countersign.db");
        fill(&file, users, many).with_context(|| file.display().to_string())?;
        contestant.set_users(users);
    }
    let start = contestant.start()?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    let grown = Grown {
        users,
        sessions: many,
        revoked: many,
        idle_kib: shared_memory(contestant.watch()?.server)?,
        start_ms: start.as_secs_f64() * 1000.0,
        cells: Vec::new(),
    };
    Ok((contestant, grown))
}

/// Copies rows until there are so many users, and so many sessions and revocations beside.
fn fill(file: &Path, users: u64, many: u64) -> Result<()> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch("PRAGMA cache_size = -400000; PRAGMA foreign_keys = off;")?;
    let rows = connection.transaction()?;
    let user = "WHERE username = 'u000001'";
    let names: Differing = &[
        ("id", "printf('01a00000-0000-7000-8000-%012x', n)"),
        ("username", "printf('u%06d', n)"),
        ("username_key", "printf('u%06d', n)"),
        ("email", "printf('u%06d@example.com', n)"),
        ("email_key", "printf('u%06d@example.com', n)"),
        ("external_id", "NULL"),
    ];
    copy(&rows, ("users", user), (IMPORTED + 1, users), names)?;
    let owner = format!(
        "printf('01a00000-0000-7000-8000-%012x', {} + n % {})",
        IMPORTED + 1,
        users - IMPORTED
    );
    let sessions: Differing = &[
        ("id", "printf('01a00001-0000-7000-8000-%012x', n)"),
        ("user_id", &owner),
        ("cookie", "NULL"),
        ("token", "NULL"),
        ("status_index", "NULL"),
        ("device", "NULL"),
    ];
    copy(&rows, ("sessions", ""), (1, many), sessions)?;
    let tokens: Differing = &[
        ("digest", "randomblob(32)"),
        ("session_id", "printf('01a00001-0000-7000-8000-%012x', n)"),
    ];
    copy(&rows, ("refresh_tokens", ""), (1, many), tokens)?;
    revoke(&rows, many)?;
    rows.commit()?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
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
                printf('01a00001-0000-7000-8000-%012x.%032x', n, n), {now} + 86400
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
