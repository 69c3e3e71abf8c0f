//! Devices a user has signed in from: looked at and forgotten. How one gets known, and what that is
//! worth, is `throttle`'s.

pub(crate) mod http;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Auth, Client, CurrentUser, DeviceId, UserId,
    error::{Denied, Result},
    store::{self, What, device::DeviceRow},
};

/// The known devices of the users of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Devices<'a>(pub(crate) &'a Auth);

/// A device that a user has signed in from: a browser, or the network of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Device {
    /// Its name in lists and commands.
    #[schema(value_type = String)]
    pub id: DeviceId,
    /// The `User-Agent` that last signed in with it.
    pub user_agent: Option<String>,
    /// The address it last signed in from.
    pub address: Option<String>,
    /// When somebody first signed in with it, unix seconds.
    pub created_at: i64,
    /// When somebody last signed in with it, unix seconds; of a program's network to the half of
    /// the time it stays known.
    pub last_seen_at: i64,
    /// When it is forgotten unless somebody signs in with it again, unix seconds.
    pub expires_at: i64,
}

/// More than anybody has.
const MOST: i64 = 1000;

impl Devices<'_> {
    /// The devices known to be the user's, the ones that are known longest first, at most 1000.
    pub async fn of(self, user: UserId) -> Result<Vec<Device>> {
        let rows = self.rows(user).await?;
        Ok(rows.iter().map(|row| self.shown(user, row)).collect())
    }

    /// Which of the user's devices asks, if it is one.
    pub fn current(self, user: UserId, client: &Client) -> Option<DeviceId> {
        self.0.device_of(client).map(|device| self.name(user, &device))
    }

    /// Forgets a device of the caller's own. The next login from it is one from a new device, and
    /// the sessions that began on it end, whether or not a cookie would bring them back.
    ///
    /// # Errors
    /// `not_found`, also when it is somebody else's; `insufficient_user_authentication` when a
    /// session cookie asks whose password was given too long ago.
    pub async fn forget_own(self, by: &CurrentUser, id: DeviceId) -> Result<()> {
        self.0.check_fresh_cookie(by)?;
        let rows = self.rows(by.id).await?;
        let row = rows.into_iter().find(|row| self.name(by.id, &row.device) == id);
        let device: Option<[u8; 32]> = row.and_then(|row| row.device.try_into().ok());
        let device = device.ok_or_else(no_such_device)?;
        let (user, now) = (by.id, self.0.now());
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                if !tx.forget_device(user, &device).await? {
                    return Err(no_such_device());
                }
                for ended in tx.revoke_sessions_on(user, &device, now).await? {
                    tx.change(What::Session(ended), now, until);
                }
                Ok(())
            })
            .await
    }

    async fn rows(self, user: UserId) -> Result<Vec<DeviceRow>> {
        Ok(store::device::of_user(self.0.db(), user, self.0.now(), MOST).await?)
    }

    fn shown(self, user: UserId, row: &DeviceRow) -> Device {
        // Rows of old say no more than until when.
        let renewed_at = row.expires_at - i64::from(self.0.config().throttle.device_seconds);
        Device {
            id: self.name(user, &row.device),
            user_agent: row.user_agent.clone(),
            address: row.address.clone(),
            created_at: row.created_at.unwrap_or(renewed_at),
            last_seen_at: row.last_seen_at.unwrap_or(renewed_at),
            expires_at: row.expires_at,
        }
    }

    /// What is stored of a device recognises it, and is shown to nobody: its name is made of it, for
    /// each user another one.
    fn name(self, user: UserId, device: &[u8]) -> DeviceId {
        let mac = self.0.throttles().mac(&[user.to_string().as_bytes(), device].concat());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&mac[..16]);
        DeviceId::from_bytes(bytes)
    }
}

fn no_such_device() -> crate::Error {
    Denied::not_found("There is no such device.").into()
}
