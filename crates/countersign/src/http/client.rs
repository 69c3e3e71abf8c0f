//! Where a request comes from: the peer, or what a trusted proxy says of it.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use countersign_proto::secret::{PlainToken, TokenKind};
use ipnet::IpNet;

use super::cookie::Jar;
use crate::{Auth, Client, render::Language};

const FORWARDED_FOR: &str = "x-forwarded-for";
const USER_AGENT_CHARS: usize = 200;

impl<S> FromRequestParts<S> for Client
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let auth = super::auth_of(state);
        Ok(of(parts, &auth))
    }
}

pub(super) fn of(parts: &Parts, auth: &Auth) -> Client {
    let trusted = &auth.config().trusted_proxies;
    let device = Jar::Device.read(&parts.headers, auth.config().browser.cookies);
    let device = device.and_then(|text| PlainToken::parse(TokenKind::Device, &text).ok());
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Client {
        address: peer.map(|peer| behind_proxies(peer.to_canonical(), &parts.headers, trusted)),
        user_agent: parts.headers.get(header::USER_AGENT).map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS).collect()
        }),
        device: device.map(|token| *token.digest().as_bytes()),
        language: parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .map(|asked| Language::negotiate(asked).as_str()),
    }
}

/// The last address in `X-Forwarded-For` that is not itself a trusted proxy; each hop is believed
/// only because the one before it is trusted.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer;
    let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    // By the byte: what a client wrote before it must not spoil what the proxy added.
    let hops = values.iter().rev().flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops {
        if !is_trusted(client) {
            break;
        }
        let hop = std::str::from_utf8(hop).ok().and_then(|hop| hop.trim().parse::<IpAddr>().ok());
        let Some(address) = hop else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        behind_proxies(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_by_default() {
        assert_eq!(client("192.0.2.1", &["203.0.113.9"], &[]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_its_own_peer_only() {
        let trusted = ["10.0.0.0/8"];

        assert_eq!(client("10.0.0.1", &["203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["6.6.6.6, 203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.2"], &trusted),
            "203.0.113.9"
        );
        assert_eq!(client("10.0.0.1", &["6.6.6.6", "203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["garbage"], &trusted), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["\u{e9}, 203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[], &trusted), "10.0.0.1");
    }
}
