//! What guessing costs: pauses per account and per address, that double. An account's pause does
//! not touch devices its owner has signed in from, and nobody's own successes pay for failures
//! elsewhere.

mod gate;
mod success;

use std::time::Duration;

use countersign_proto::{error_code::ErrorCode, name::Login, seal::SubKey};

use gate::{Gates, Turn};
pub(crate) use success::Success;

use crate::{
    Auth, Client,
    config::ThrottleMode,
    error::{Denied, Result},
    ids::UserId,
    store::{self, device::Seen},
};

/// What throttling keeps in memory; the counts are in the database.
pub(crate) struct Throttles {
    device_key: SubKey,
    gates: Gates,
}

/// Permission to check one password. Report how it went.
pub(crate) struct Attempt {
    /// Where a failure is counted; empty when throttling is off.
    buckets: Vec<Bucket>,
    /// What was counted in the account's own bucket when this began.
    failures: i64,
    /// The device to remember if this succeeds; `None`: nothing to remember.
    device: Option<Seen>,
    /// Nobody has signed in with that device.
    is_new: bool,
    _turn: Option<Turn>,
}

/// What is known of the device that asks.
struct Device {
    /// A failure counts against this device alone.
    known: Option<[u8; 32]>,
    /// To be remembered if the password is right; `None`: it is.
    to_remember: Option<[u8; 32]>,
    /// Nobody has signed in with it.
    is_new: bool,
}

#[derive(Clone)]
struct Bucket {
    name: String,
    free_failures: u32,
    memory_seconds: u32,
}

impl Throttles {
    pub(crate) fn new(device_key: SubKey) -> Self {
        Self { device_key, gates: Gates::default() }
    }

    pub(crate) fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.device_key.mac(message)
    }
}

impl Auth {
    /// Asks to check a password for `user` (`None`: there is no such user) under the login typed.
    ///
    /// # Errors
    /// `too_many_requests` with the seconds to wait.
    pub(crate) async fn attempt(
        &self,
        user: Option<UserId>,
        login: &str,
        client: &Client,
    ) -> Result<Attempt> {
        let Device { known, to_remember, is_new } = self.device(user, client).await?;
        let device = to_remember.map(|device| self.seen(device, client));
        if self.config().throttle.mode == ThrottleMode::Off {
            return Ok(Attempt { buckets: vec![], failures: 0, device, is_new, _turn: None });
        }
        let buckets = self.buckets(user, login, client, known);
        let (failures, turn) = self.wait_for_turn(&buckets).await?;
        Ok(Attempt { buckets, failures, device, is_new, _turn: Some(turn) })
    }

    /// What is noted of a device that somebody signs in with.
    pub(crate) fn seen(&self, device: [u8; 32], client: &Client) -> Seen {
        Seen {
            device,
            at: self.now(),
            address: client.address.map(|address| address.to_string()),
            user_agent: client.user_agent.clone(),
        }
    }

    /// The device that asks, by its cookie or else by its network. A browser whose cookie is new is
    /// still known by a network that is.
    async fn device(&self, user: Option<UserId>, client: &Client) -> Result<Device> {
        let (cookie, network) = (self.browser_of(client), self.network_of(client));
        let cookie_until = self.device_known_until(user, cookie.as_ref()).await?;
        let network_until = self.device_known_until(user, network.as_ref()).await?;
        let own = cookie.or(network);
        let own_until = if cookie.is_some() { cookie_until } else { network_until };
        let half_life = i64::from(self.config().throttle.device_seconds / 2);
        let settled = own_until.is_some_and(|until| until - self.now() > half_life);
        Ok(Device {
            known: cookie_until.and(cookie).or(network_until.and(network)),
            to_remember: own.filter(|_| !settled),
            is_new: own_until.is_none(),
        })
    }

    /// The device that asks, as it is stored.
    pub(crate) fn device_of(&self, client: &Client) -> Option<[u8; 32]> {
        self.browser_of(client).or_else(|| self.network_of(client))
    }

    /// The same, if it is a browser that has its cookie.
    pub(crate) fn browser_of(&self, client: &Client) -> Option<[u8; 32]> {
        client.device.map(|digest| self.throttles().mac(&digest))
    }

    fn network_of(&self, client: &Client) -> Option<[u8; 32]> {
        let network = client.network()?;
        Some(self.throttles().mac(network.to_string().as_bytes()))
    }

    async fn wait_for_turn(&self, buckets: &[Bucket]) -> Result<(i64, Turn)> {
        let patience = Duration::from_millis(self.config().hashing.deadline_ms);
        let turn = tokio::time::timeout(patience, self.turn(buckets)).await;
        turn.unwrap_or_else(|_| {
            Err(Denied::unavailable("Too many attempts at once. Try again shortly.", 2).into())
        })
    }

    /// Waits until what is counted and what is under way leave room, or nothing is under way. With
    /// the failures counted by then.
    async fn turn(&self, buckets: &[Bucket]) -> Result<(i64, Turn)> {
        let gate = self.throttles().gates.gate(&buckets[0].name);
        let free = i64::from(buckets[0].free_failures);
        let next = match gate.pass() {
            Some(next) => next,
            // Where the wait is in vain, nobody has to wait to hear it.
            None => {
                self.check_open(buckets).await?;
                gate.queue().await
            }
        };
        loop {
            let mut ended = std::pin::pin!(gate.ended());
            ended.as_mut().enable();
            let running = gate.running();
            // Others may have failed while this one waited.
            let failures = self.check_open(buckets).await?;
            if running == 0 || failures + i64::from(running) < free {
                return Ok((failures, gate.begin(next)));
            }
            ended.await;
        }
    }

    /// Counts a wrong password.
    pub(crate) async fn attempt_failed(&self, attempt: Attempt) -> Result<()> {
        if attempt.buckets.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let longest = i64::from(self.config().throttle.longest_pause_seconds);
        let buckets = attempt.buckets.clone();
        self.db()
            .write(async move |tx| {
                for bucket in &buckets {
                    let forgotten_at = now + i64::from(bucket.memory_seconds).max(longest);
                    let failures = tx.count_failure(&bucket.name, now, forgotten_at).await?;
                    if let Some(pause) = pause(failures, bucket.free_failures, longest) {
                        tx.block(&bucket.name, now + pause).await?;
                    }
                }
                Ok::<_, crate::Error>(())
            })
            .await
    }

    /// Until when the device is known, if the owner has signed in from it.
    async fn device_known_until(
        &self,
        user: Option<UserId>,
        device: Option<&[u8; 32]>,
    ) -> Result<Option<i64>> {
        let Some(device) = device else { return Ok(None) };
        // Unknown users cost the same look-up.
        let user = user.map(|id| id.to_string()).unwrap_or_default();
        Ok(store::device::known_until(self.db(), &user, device, self.now()).await?)
    }

    /// The buckets a failure counts in, the account's own first.
    fn buckets(
        &self,
        user: Option<UserId>,
        typed: &str,
        client: &Client,
        known_device: Option<[u8; 32]>,
    ) -> Vec<Bucket> {
        let config = &self.config().throttle;
        let account = match user {
            Some(id) => id.to_string(),
            // Spellings of one name share a bucket here too, or that would tell who exists.
            None => {
                let login = Login::parse(typed);
                let key = login.as_ref().map_or(typed, Login::canonical);
                hex(&self.throttles().mac(key.as_bytes()))
            }
        };
        let own = |name| Bucket {
            name,
            free_failures: config.account_failures,
            memory_seconds: config.account_memory_seconds,
        };
        if let Some(device) = known_device {
            return vec![own(format!("device:{account}:{}", hex(&device)))];
        }
        let mut buckets = vec![own(format!("account:{account}"))];
        if let Some(network) = client.network() {
            buckets.push(Bucket {
                name: format!("address:{network}"),
                free_failures: config.address_failures,
                memory_seconds: config.address_memory_seconds,
            });
        }
        buckets
    }

    /// Refuses while one of the buckets is closed; the failures counted in the first.
    async fn check_open(&self, buckets: &[Bucket]) -> Result<i64> {
        let now = self.now();
        let mut own_failures = None;
        for bucket in buckets {
            let state = store::throttle::state(self.db(), &bucket.name, now).await?;
            let (wait, failures) = state.map_or((0, 0), |s| (s.blocked_until - now, s.failures));
            if wait > 0 {
                metrics::counter!("countersign_throttled_total").increment(1);
                let text = "Too many wrong passwords. Wait before trying again.";
                let wait = u32::try_from(wait).unwrap_or(u32::MAX);
                return Err(Denied::new(ErrorCode::TooManyRequests, text).retry_after(wait).into());
            }
            own_failures.get_or_insert(failures);
        }
        Ok(own_failures.unwrap_or(0))
    }
}

/// Where wrong passwords for this user are counted, from devices they have not signed in from.
pub(crate) fn account_bucket(user: UserId) -> String {
    format!("account:{user}")
}

/// How long a bucket closes after its n-th failure, seconds: nothing for the free ones, then one
/// second, doubling up to the longest.
fn pause(failures: i64, free: u32, longest: i64) -> Option<i64> {
    let beyond = u32::try_from(failures - i64::from(free)).ok()?;
    let doubled = 1_i64.checked_shl(beyond).filter(|seconds| *seconds > 0).unwrap_or(longest);
    Some(doubled.min(longest))
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_begin_after_the_free_failures_double_and_end_at_the_longest() {
        assert_eq!(pause(9, 10, 3600), None);
        assert_eq!(pause(10, 10, 3600), Some(1));
        assert_eq!(pause(11, 10, 3600), Some(2));
        assert_eq!(pause(20, 10, 3600), Some(1024));
        assert_eq!(pause(22, 10, 3600), Some(3600));
        assert_eq!(pause(10_000, 10, 3600), Some(3600));
    }
}
