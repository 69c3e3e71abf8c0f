//! The cases that every verifier of Countersign is held to.

use std::{fs, path::Path};

use countersign::{
    proto::jose::{TokenError, VerifyingKey},
    resource_server::{Issuer as Trusted, Refusal, ResourceServer},
};
use serde_json::{Value, json};

use crate::{
    issuer::{Issuer, KEYS, LIST, refusal},
    log::Log,
};

fn read(name: &str) -> Value {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/vectors");
    serde_json::from_slice(&fs::read(vectors.join(name)).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn word(refusal: Option<Refusal>) -> &'static str {
    match refusal {
        None => "accepted",
        Some(Refusal::Revoked) => "revoked",
        Some(Refusal::Status) => "status",
        Some(Refusal::Unavailable) => "unavailable",
        Some(Refusal::Token(why)) => match why {
            TokenError::Malformed => "malformed",
            TokenError::UnknownKey => "unknown_key",
            TokenError::Algorithm => "algorithm",
            TokenError::Header => "header",
            TokenError::Type => "type",
            TokenError::Signature => "signature",
            TokenError::Issuer => "issuer",
            TokenError::Audience => "audience",
            TokenError::Expired => "expired",
            TokenError::IssuedLater | TokenError::NotYetValid => "not_yet_valid",
            TokenError::Claim(_) => "claim",
            _ => "another",
        },
        Some(_) => "another",
    }
}

#[tokio::test]
async fn every_attack_on_a_token_is_refused_for_its_own_reason() {
    let (issuer, file) = (Issuer::start().await, read("jwt.json"));
    issuer.break_at(KEYS, 200, file["keys"].to_string());
    let mut trusted = Trusted::new(text(&file["issuer"]), text(&file["audience"]));
    (trusted.reach_at, trusted.clock) = (Some(issuer.url.clone()), issuer.clock.clone());
    trusted.require_status = false;
    let server = ResourceServer::of(trusted).unwrap();
    let cases = file["cases"].as_array().unwrap();

    for case in cases {
        let token = text(&case["token"]);
        let length = case["length"].as_u64().unwrap_or(0) as usize;
        let last = token.get(token.len().saturating_sub(1)..).unwrap_or_default();
        let token = token.to_owned() + &last.repeat(length.saturating_sub(token.len()));
        // A list is not what is tried here: the one good token that names one names none of ours.
        let status = case["name"] == "good, a status";
        let expected = if status { "status" } else { text(&case["expect"]) };
        assert_eq!(word(refusal(&server, &token).await), expected, "{}", case["name"]);
    }
    assert!(cases.len() > 480);
    assert_eq!(issuer.clock.now(), file["now"].as_i64().unwrap());
    // However many keys the tokens named, they were asked for once more at the most.
    assert!(issuer.count(KEYS) <= 2 && issuer.asked().iter().all(|(path, _)| path == KEYS));
}

#[tokio::test]
async fn every_status_list_is_taken_or_refused_as_it_must_be() {
    let (issuer, file) = (Issuer::start().await, read("lists.json"));
    let mut keys: Value = serde_json::from_str(&issuer.jwks()).unwrap();
    keys["keys"].as_array_mut().unwrap().push(file["keys"]["keys"][0].clone());
    issuer.break_at(KEYS, 200, keys.to_string());

    for case in file["cases"].as_array().unwrap() {
        issuer.break_at(LIST, 200, text(&case["list"]));
        let status = json!({"status_list": {"idx": case["idx"], "uri": file["uri"]}});
        let token = issuer.token(json!({"status": status}));
        let expected = text(&case["expect"]).replace("good", "accepted");
        let got = word(refusal(&issuer.server(), &token).await);
        assert_eq!(got, expected, "{}", case["name"]);
    }
    assert_eq!(issuer.clock.now(), file["now"].as_i64().unwrap());
}

#[tokio::test]
async fn of_a_key_set_what_is_usable_is_used() {
    let issuer = Issuer::start().await;

    for case in read("keys.json")["cases"].as_array().unwrap() {
        let log = Log::keep();
        issuer.break_at(KEYS, 200, text(&case["jwks"]));
        let server = issuer.server();
        let usable = case["usable"].as_array();
        for kid in ["ed-0", "ed-1", "ed-2", "es", "rs", ""] {
            let alg = match kid {
                "es" => "ES256",
                "rs" => "RS256",
                _ => "EdDSA",
            };
            let header = json!({"alg": alg, "typ": "at+jwt", "kid": kid}).to_string();
            let token = format!("{}.e30.AAAA", b64(&header));
            let is_usable = usable.is_some_and(|usable| usable.contains(&json!(kid)));
            let expected = match usable {
                None => "unavailable",
                Some(_) if is_usable => "signature",
                Some(_) => "unknown_key",
            };
            let got = word(refusal(&server, &token).await);
            assert_eq!(got, expected, "{} {kid}", case["name"]);
        }
        for kid in case["refused"].as_array().unwrap() {
            assert_eq!(log.count(&format!("the key {kid}")), 1, "{} {kid}", case["name"]);
        }
        if usable.is_none() {
            assert_eq!(log.count("the key set"), 1, "{}", case["name"]);
        }
    }
    assert!(VerifyingKey::from_jwk(&json!({})).is_err());
}

fn b64(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text)
}
