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
    /// The language asked for, of those there are texts in.
    pub(crate) language: Option<&'static str>,
}

impl Client {
    /// A client at `address`.
    pub fn at(address: IpAddr) -> Self {
        Self { address: Some(address), ..Self::default() }
    }

    /// Browser and system by the `User-Agent`, for people to recognise: `Firefox, Linux`; empty
    /// when nothing is known. Whoever sends it may write there what they like.
    pub(crate) fn device_name(&self) -> String {
        self.user_agent.as_deref().map(device_name).unwrap_or_default()
    }

    /// The address, to show where something came from; empty when there is none.
    pub(crate) fn place(&self) -> String {
        self.address.map(|address| address.to_canonical().to_string()).unwrap_or_default()
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

/// The first name that fits: browsers claim to be each other, the more special ones last.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Browser and system of a `User-Agent`; of a program its name, of which nothing is left that could
/// be taken for an address on the web.
pub(crate) fn device_name(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => {
            let plain = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
            user_agent.chars().take_while(plain).take(40).collect()
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

    #[test]
    fn a_device_has_a_name_that_people_recognise() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                      Gecko) Chrome/142.0 Safari/537.36";

        assert_eq!(device_name(chrome), "Chrome, Windows");
        assert_eq!(device_name(&format!("{chrome} Edg/142.0")), "Edge, Windows");
        assert_eq!(
            device_name("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0"),
            "Firefox, Linux"
        );
        assert_eq!(device_name("curl/8.14.1"), "curl");
        assert_eq!(device_name("my-app_2/1.0"), "my-app_2");
        assert_eq!(device_name(""), "");
    }

    #[test]
    fn the_name_of_a_program_is_no_address_on_the_web() {
        assert_eq!(device_name("www.evil.example/log-in"), "www");
        assert_eq!(device_name("https://evil.example"), "https");
        assert_eq!(device_name("<a href=x>"), "");
        assert_eq!(device_name("пример.рф"), "");
    }
}
