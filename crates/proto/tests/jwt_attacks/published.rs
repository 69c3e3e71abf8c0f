//! The same attacks as a file, `clients/vectors/jwt.json`, for the verifiers in other languages.
//!
//! The keys of the table are made anew at each run, so the file is not compared byte by byte: it
//! must have exactly the cases of the table, and the verifier here gives each of its tokens the
//! verdict that stands there. `COUNTERSIGN_WRITE_VECTORS=1` writes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use countersign_proto::jose::{AccessClaims, Expected, KeySet, TokenError, verify_access_token};
use serde_json::{Value, json};

use crate::controls::harmless;
use crate::forge::{AUDIENCE, ED, ES, ISSUER, KEYS, NOW, RS, good};
use crate::table;

/// A longer token is written by its beginning: it is refused for its length.
const WRITTEN: usize = 12 * 1024;

#[test]
fn other_verifiers_are_given_the_same_attacks() {
    if std::env::var_os("COUNTERSIGN_WRITE_VECTORS").is_some() {
        fs::write(path(), spelled(&written())).unwrap();
    }
    let file: Value = serde_json::from_slice(&fs::read(path()).unwrap()).unwrap();
    let keys = KeySet::from_jwks_json(&file["keys"].to_string()).unwrap();
    let expected = Expected::of::<AccessClaims>(ISSUER, AUDIENCE);
    let cases = file["cases"].as_array().unwrap();

    for case in cases {
        let verdict = verify_access_token(&token(case), &keys, &expected, NOW);
        assert_eq!(word(verdict.err()), case["expect"], "{}", case["name"]);
    }
    assert_eq!(names(cases), names(written()["cases"].as_array().unwrap()));
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../clients/vectors/jwt.json")
}

/// The names of cases without what differs from run to run: names of keys.
fn names(cases: &[Value]) -> BTreeSet<String> {
    let name = |case: &Value| {
        let name = case["name"].as_str().unwrap();
        let words: Vec<&str> = name.split(' ').collect();
        match words[0] {
            "kid" => words[..2].join(" "),
            "header" if name.contains("\"kty\"") => words[..3].join(" "),
            _ => name.to_owned(),
        }
    };
    cases.iter().map(name).collect()
}

/// What a verifier sees that has the published keys alone: of HS256 it knows nothing.
fn written() -> Value {
    let keys = KEYS.to_jwks_json();
    let public = KeySet::from_jwks_json(&keys).unwrap();
    let expected = Expected::of::<AccessClaims>(ISSUER, AUDIENCE);
    let attacks = table().into_iter().map(|case| (case.name, case.token));
    let good = [&*ED, &*ES, &*RS].map(|key| (format!("good, {}", key.algorithm()), good(key)));
    let harmless = harmless().into_iter().map(|(name, token)| (format!("good, {name}"), token));
    let cases: Vec<Value> = good
        .into_iter()
        .chain(harmless)
        .chain(attacks)
        .map(|(name, token)| {
            let verdict = verify_access_token(&token, &public, &expected, NOW);
            let mut case = json!({ "name": name, "expect": word(verdict.err()) });
            if token.len() > WRITTEN {
                case["length"] = json!(token.len());
            }
            case["token"] = json!(token.chars().take(WRITTEN).collect::<String>());
            case
        })
        .collect();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    json!({ "issuer": ISSUER, "audience": AUDIENCE, "now": NOW, "keys": keys, "cases": cases })
}

/// One case a line.
fn spelled(file: &Value) -> String {
    let cases: Vec<String> =
        file["cases"].as_array().unwrap().iter().map(|case| format!("    {case}")).collect();
    let head = json!({
        "issuer": file["issuer"], "audience": file["audience"],
        "now": file["now"], "keys": file["keys"],
    })
    .to_string();
    let head = head.strip_suffix('}').unwrap();
    format!("{head},\n  \"cases\": [\n{}\n  ]\n}}\n", cases.join(",\n"))
}

/// The token of a case in full length: its last character repeated as often as it takes.
fn token(case: &Value) -> String {
    let token = case["token"].as_str().unwrap();
    let missing = case["length"].as_u64().map_or(0, |length| length as usize - token.len());
    let last = token.get(token.len().saturating_sub(1)..).unwrap_or_default();
    token.to_owned() + &last.repeat(missing)
}

fn word(verdict: Option<TokenError>) -> &'static str {
    match verdict {
        None => "accepted",
        Some(TokenError::Malformed) => "malformed",
        Some(TokenError::UnknownKey) => "unknown_key",
        Some(TokenError::Algorithm) => "algorithm",
        Some(TokenError::Header) => "header",
        Some(TokenError::Type) => "type",
        Some(TokenError::Signature) => "signature",
        Some(TokenError::Issuer) => "issuer",
        Some(TokenError::Audience) => "audience",
        Some(TokenError::Expired) => "expired",
        Some(TokenError::IssuedLater | TokenError::NotYetValid) => "not_yet_valid",
        Some(TokenError::Claim(_)) => "claim",
        Some(other) => panic!("{other:?} has no word"),
    }
}
