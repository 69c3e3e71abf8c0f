//! Who is at the other end of the line, as far as the line tells.

use std::net::{IpAddr, Ipv6Addr};

/// Where a request comes from. `Client::default()` is a caller without an address: a command
/// line, a background job; it is not throttled by address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The address, after trusted proxies were believed.
    pub address: Option<IpAddr>,
    /// The `User-Agent`, cut to 200 characters.
    pub user_agent: Option<String>,
    /// The digest of the browser's device cookie.
    pub(crate) device: Option<[u8; 32]>,
}

impl Client {
    /// A client at `address`.
    pub fn at(address: IpAddr) -> Self {
        Self { address: Some(address), ..Self::default() }
    }

    /// What counts as one address: IPv4 as it is, IPv6 by its /64, which one customer owns whole.
    pub(crate) fn network(&self) -> Option<IpAddr> {
        match self.address?.to_canonical() {
            IpAddr::V4(v4) => Some(v4.into()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Some(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_customer_is_one_network_and_a_mapped_ipv4_is_itself() {
        let a = Client::at("2001:db8:1:2::1".parse().unwrap());
        let b = Client::at("2001:db8:1:2:ffff::9".parse().unwrap());
        let c = Client::at("2001:db8:1:3::1".parse().unwrap());
        let mapped = Client::at("::ffff:192.0.2.7".parse().unwrap());

        assert_eq!(a.network(), b.network());
        assert_ne!(a.network(), c.network());
        assert_eq!(mapped.network(), Some("192.0.2.7".parse().unwrap()));
    }
}
