//! The table `status_lists`: which lists there are, and how much of each is taken.

use super::{
    Db, DbError, Tx,
    copy::Deed,
    db::{params, statements},
};

/// Tokens of one list. Never changed: it is in every index that was handed out.
pub(crate) const LIST_SIZE: i64 = 1 << 20;

/// Indexes that a process takes at once. Those it does not hand out are never used.
pub(crate) const BLOCK: i64 = 1024;

/// How far the numbers jump when nothing is to be like any of before.
const JUMP: i64 = 1_000_000;

statements! {
    /// How many, when, how many there are.
    TAKE = "UPDATE status_lists SET taken = taken + $1, taken_at = $2
        WHERE number = (SELECT MAX(number) FROM status_lists) AND taken + $1 <= $3
        RETURNING number, taken";
    /// Of any number of racers one opens the next list.
    OPEN = "INSERT INTO status_lists (number, taken, taken_at)
        SELECT MAX(number) + $1, 0, $2 FROM status_lists WHERE number >= 0
        ON CONFLICT (number) DO NOTHING";
    KNOWN = "SELECT number FROM status_lists WHERE number = $1";
    NUMBERS = "SELECT number FROM status_lists ORDER BY number";
    /// The last one stays, so that no number comes again.
    DROP_FINISHED = "DELETE FROM status_lists
        WHERE number < (SELECT MAX(number) FROM status_lists) AND taken_at <= $1
            AND NOT EXISTS (SELECT 1 FROM sessions
                WHERE status_index >= status_lists.number * $2
                    AND status_index < (status_lists.number + 1) * $2)
            AND NOT EXISTS (SELECT 1 FROM changes
                WHERE status_index >= status_lists.number * $2
                    AND status_index < (status_lists.number + 1) * $2)";
    DROP_BEFORE_LAST = "DELETE FROM status_lists
        WHERE number < (SELECT MAX(number) FROM status_lists)";
    FORGET_INDEXES = "UPDATE sessions SET status_index = NULL WHERE status_index IS NOT NULL";
}

/// Whether there is a list with this number.
pub(crate) async fn is_known(db: &Db, number: i64) -> Result<bool, DbError> {
    let found = db.one(&KNOWN, &params![number], |row| row.get::<i64>(0)).await?;
    Ok(found.is_some())
}

/// All lists.
pub(crate) async fn numbers(db: &Db) -> Result<Vec<i64>, DbError> {
    db.all(&NUMBERS, &[], |row| row.get(0)).await
}

impl Tx {
    /// Takes [`BLOCK`] indexes that nobody else has or will have; the first of them.
    pub(crate) async fn take_status_indexes(&mut self, now: i64) -> Result<i64, DbError> {
        loop {
            let read = |row: &super::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?));
            if let Some((list, taken)) =
                self.one(&TAKE, &params![BLOCK, now, LIST_SIZE], read).await?
            {
                return Ok(list * LIST_SIZE + taken - BLOCK);
            }
            self.exec(&OPEN, &params![1, now]).await?;
        }
    }

    /// Drops lists of which nothing was taken since `before`, and of whose sessions none is left,
    /// nor anything that has yet to be told of one.
    pub(crate) async fn drop_finished_status_lists(&mut self, before: i64) -> Result<u64, DbError> {
        self.exec(&DROP_FINISHED, &params![before, LIST_SIZE]).await
    }

    /// Drops all lists and begins with numbers that were never used, also not after a backup that
    /// this database may come from. Sessions get another index with their next token.
    pub(crate) async fn start_status_lists_over(&mut self, now: i64) -> Result<(), DbError> {
        self.exec(&OPEN, &params![JUMP, now]).await?;
        self.exec(&DROP_BEFORE_LAST, &[]).await?;
        self.exec(&FORGET_INDEXES, &[]).await.map(drop)
    }
}

/// What [`Tx::start_status_lists_over`] does, to a copy of the database: `step` is a number that no
/// other copy has, so that none of them gives out an index that another one gave out.
pub(crate) fn started_over(now: i64, step: i64) -> [Deed; 3] {
    [
        Deed::new(&OPEN, &params![step, now]),
        Deed::new(&DROP_BEFORE_LAST, &params![]),
        Deed::new(&FORGET_INDEXES, &params![]),
    ]
}
