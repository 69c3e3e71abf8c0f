//! The table `known_devices`: which devices a user has signed in from.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
    session::{Ended, read_ended},
};
use crate::ids::{SessionId, UserId};

/// One row of `known_devices`. Rows of old have no more than the device and its end.
pub(crate) struct DeviceRow {
    /// A MAC of the browser's cookie, or of the network of a caller without one.
    pub(crate) device: Vec<u8>,
    pub(crate) expires_at: i64,
    pub(crate) created_at: Option<i64>,
    pub(crate) last_seen_at: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
}

/// What is noted of a device whenever somebody signs in with it.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) device: [u8; 32],
    pub(crate) at: i64,
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
}

statements! {
    UNTIL = "SELECT expires_at FROM known_devices
        WHERE user_id = $1 AND device = $2 AND expires_at > $3";
    KNOW = "INSERT INTO known_devices (user_id, device, expires_at, created_at, last_seen_at,
            address, user_agent)
        SELECT id, $2, $3, $4, $4, $5, $6 FROM users WHERE id = $1
        ON CONFLICT (user_id, device) DO UPDATE SET expires_at = $3, last_seen_at = $4,
            address = $5, user_agent = $6";
    SEE = "UPDATE known_devices SET last_seen_at = $3, address = $4, user_agent = $5
        WHERE user_id = $1 AND device = $2";
    ANY = "SELECT COUNT(*) FROM known_devices WHERE user_id = $1 AND expires_at > $2";
    OF_USER = "SELECT device, expires_at, created_at, last_seen_at, address, user_agent
        FROM known_devices WHERE user_id = $1 AND expires_at > $2
        ORDER BY expires_at DESC, device LIMIT $3";
    FORGET = "DELETE FROM known_devices WHERE user_id = $1 AND device = $2";
    SET_OF_SESSION = "UPDATE sessions SET device = $2 WHERE id = $1";
    END_SESSIONS = "UPDATE sessions SET revoked_at = $3
        WHERE user_id = $1 AND device = $2 AND revoked_at IS NULL RETURNING id, status_index";
    PURGE = "DELETE FROM known_devices WHERE (user_id, device) IN
        (SELECT user_id, device FROM known_devices WHERE expires_at <= $1 LIMIT $2)";
}

fn read(row: &Row<'_>) -> Result<DeviceRow, DbError> {
    Ok(DeviceRow {
        device: row.get(0)?,
        expires_at: row.get(1)?,
        created_at: row.get(2)?,
        last_seen_at: row.get(3)?,
        address: row.get(4)?,
        user_agent: row.get(5)?,
    })
}

/// Until when the device is known to the user (unix seconds).
pub(crate) async fn known_until(
    db: &Db,
    user: &str,
    device: &[u8; 32],
    now: i64,
) -> Result<Option<i64>, DbError> {
    db.one(&UNTIL, &params![user, device, now], |row| row.get(0)).await
}

/// The devices known to the user, the ones that signed in last first.
pub(crate) async fn of_user(
    db: &Db,
    user: UserId,
    now: i64,
    limit: i64,
) -> Result<Vec<DeviceRow>, DbError> {
    db.all(&OF_USER, &params![user, now, limit], read).await
}

impl Tx {
    /// Whether any device of the user is known.
    pub(crate) async fn knows_devices(&mut self, user: UserId, now: i64) -> Result<bool, DbError> {
        let count: Option<i64> = self.one(&ANY, &params![user, now], |row| row.get(0)).await?;
        Ok(count.unwrap_or(0) > 0)
    }

    /// The device is known to the user until `expires_at`.
    pub(crate) async fn know_device(
        &mut self,
        user: UserId,
        seen: &Seen,
        expires_at: i64,
    ) -> Result<(), DbError> {
        let (address, agent) = (seen.address.as_deref(), seen.user_agent.as_deref());
        let values = params![user, &seen.device, expires_at, seen.at, address, agent];
        self.exec(&KNOW, &values).await.map(drop)
    }

    /// The session begins on this device, and belongs to it wherever its cookies go.
    pub(crate) async fn begin_on_device(
        &mut self,
        session: SessionId,
        device: &[u8; 32],
    ) -> Result<(), DbError> {
        self.exec(&SET_OF_SESSION, &params![session, device]).await.map(drop)
    }

    /// Notes that the device is in use, if it is known.
    pub(crate) async fn see_device(&mut self, user: UserId, seen: &Seen) -> Result<(), DbError> {
        let (address, agent) = (seen.address.as_deref(), seen.user_agent.as_deref());
        self.exec(&SEE, &params![user, &seen.device, seen.at, address, agent]).await.map(drop)
    }

    /// Whether it was known.
    pub(crate) async fn forget_device(
        &mut self,
        user: UserId,
        device: &[u8; 32],
    ) -> Result<bool, DbError> {
        Ok(self.exec(&FORGET, &params![user, device]).await? == 1)
    }

    /// Marks the user's sessions on the device as ended; which they are.
    pub(crate) async fn revoke_sessions_on(
        &mut self,
        user: UserId,
        device: &[u8; 32],
        now: i64,
    ) -> Result<Vec<Ended>, DbError> {
        self.all(&END_SESSIONS, &params![user, device, now], read_ended).await
    }

    /// Drops at most so many rows.
    pub(crate) async fn purge_devices(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
