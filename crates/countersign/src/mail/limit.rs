//! How much mail one account and one network may cause in an hour. Over the limit nothing is said:
//! the answer is the same, and no mail goes out.

use std::net::IpAddr;

use crate::{Auth, Client, UserId, store::Tx};

const HOUR: i64 = 3600;

/// Many people share the address of an office or a school.
const NETWORK_FACTOR: i64 = 10;

/// Who causes a mail, and how many they may.
pub(crate) struct Allowance {
    buckets: Vec<(String, i64)>,
    now: i64,
}

/// Whose mails are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    User(UserId),
    /// Nobody's, under the name that was typed.
    Nobody(&'a str),
}

impl Allowance {
    /// Mails for `purpose` to one account, and all mails asked for from one network.
    pub(crate) fn new(auth: &Auth, purpose: &str, whose: Whose<'_>, client: &Client) -> Self {
        let now = auth.now();
        let hour = now.div_euclid(HOUR);
        let limit = i64::from(auth.config().mail.per_hour);
        let whose = match whose {
            Whose::User(id) => id.to_string(),
            Whose::Nobody(typed) => hex(&auth.link_key().mac(typed.as_bytes())),
        };
        let mut buckets = vec![(format!("mail:{purpose}:{whose}:{hour}"), limit)];
        if let Some(network) = client.network() {
            buckets.push((network_bucket(network, hour), limit * NETWORK_FACTOR));
        }
        Self { buckets, now }
    }

    /// Counts one more; whether it is within the limits.
    pub(crate) async fn take(&self, tx: &mut Tx) -> crate::Result<bool> {
        let mut within = true;
        for (bucket, limit) in &self.buckets {
            let counted = tx.count_failure(bucket, self.now, self.now + HOUR).await?;
            within &= counted <= *limit;
        }
        Ok(within)
    }
}

fn network_bucket(network: IpAddr, hour: i64) -> String {
    format!("mail:from:{network}:{hour}")
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
