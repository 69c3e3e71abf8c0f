//! Attacks through the header: algorithm, type, key names, and keys the attacker brings along.

use countersign_proto::jose::SigningKey;
use countersign_proto::jose::TokenError::{
    Algorithm, Header, Malformed, Signature, Type, UnknownKey,
};
use serde_json::{Value, json};

use crate::forge::{
    Case, ED, ES, HS, OTHER_ED, RS, STRANGER, b64, case, from_bytes, good_claims, good_header,
    header_member,
};

pub(crate) fn cases() -> Vec<Case> {
    let mut all = algorithms();
    all.extend(unsigned());
    all.extend(types());
    all.extend(key_names());
    all.extend(key_swaps());
    all.extend(extra_members());
    all
}

fn algorithms() -> Vec<Case> {
    let values = [
        json!("none"),
        json!("None"),
        json!("nOnE"),
        json!("NONE"),
        json!("none "),
        json!(""),
        json!(null),
        json!(["EdDSA"]),
        json!({"alg": "EdDSA"}),
        json!(0),
        json!(true),
        json!("eddsa"),
        json!("EDDSA"),
        json!("EdDSA "),
        json!(" EdDSA"),
        json!("EdDSA\u{0}"),
        json!("Ed25519"),
        json!("Ed448"),
        json!("ES256K"),
        json!("ES384"),
        json!("ES512"),
        json!("HS384"),
        json!("HS512"),
        json!("RS1"),
        json!("RS384"),
        json!("PS256"),
        json!("dir"),
        json!("A256GCMKW"),
        json!("HS256"),
        json!("RS256"),
        json!("ES256"),
    ];
    let mut all: Vec<Case> = values
        .into_iter()
        .map(|alg| case(format!("alg {alg}"), header_member("alg", Some(alg)), Algorithm))
        .collect();
    all.push(case("alg absent", header_member("alg", None), Algorithm));
    all
}

fn unsigned() -> Vec<Case> {
    let header = |alg: &str| b64(json!({"alg": alg, "typ": "at+jwt", "kid": ED.kid()}).to_string());
    let payload = b64(good_claims().to_string());
    let bare = b64(json!({"alg": "none"}).to_string());
    vec![
        case("unsigned, empty signature", format!("{}.{payload}.", header("none")), Malformed),
        case("unsigned, no signature part", format!("{}.{payload}", header("none")), Malformed),
        case("unsigned, some signature", format!("{}.{payload}.AAAA", header("none")), Algorithm),
        case("unsigned, as RFC 7519 §6.1", format!("{bare}.{payload}."), Malformed),
        case("unsigned, bare header", format!("{bare}.{payload}.AAAA"), Algorithm),
        case("unsigned, EdDSA claimed", format!("{}.{payload}.AAAA", header("EdDSA")), Signature),
    ]
}

fn types() -> Vec<Case> {
    let values = [
        json!("JWT"),
        json!("jwt"),
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("secevent+jwt"),
        json!("reset+jwt"),
        json!("oauth-authz-req+jwt"),
        json!("statuslist+jwt"),
        json!(""),
        json!(null),
        json!(1),
        json!(["at+jwt"]),
        json!("at+jwt "),
        json!(" at+jwt"),
        json!("at+jwt;v=1"),
        json!("text/at+jwt"),
        json!("application/"),
        json!("application/jwt"),
        json!("application/application/at+jwt"),
        json!("applicationat+jwt"),
        json!("at jwt"),
        json!("\u{ff41}t+jwt"),
        json!("xat+jwt"),
        json!("at+jwtx"),
    ];
    let mut all: Vec<Case> = values
        .into_iter()
        .map(|typ| case(format!("typ {typ}"), header_member("typ", Some(typ)), Type))
        .collect();
    all.push(case("typ absent", header_member("typ", None), Type));
    all
}

fn key_names() -> Vec<Case> {
    let kid = ED.kid();
    let values = [
        json!("unknown"),
        json!(""),
        json!(null),
        json!(0),
        json!([kid]),
        json!({"kid": kid}),
        json!("../../../../dev/null"),
        json!("/etc/hostname"),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'key"),
        json!("a\r\nX-Header: b"),
        json!("| id"),
        json!("%00"),
        json!("https://attacker.example/key"),
        json!("k".repeat(5_000)),
        json!(format!("{kid}\u{0}")),
        json!(format!(" {kid}")),
        json!(kid.to_lowercase() + "A"),
        json!(kid[..kid.len() - 1]),
        json!(STRANGER.kid()),
    ];
    let mut all: Vec<Case> = values
        .into_iter()
        .enumerate()
        .map(|(n, v)| case(format!("kid {n} {v:.40}"), header_member("kid", Some(v)), UnknownKey))
        .collect();
    all.push(case("kid absent", header_member("kid", None), UnknownKey));
    all
}

fn key_swaps() -> Vec<Case> {
    let swaps = [
        ("another key of the algorithm named", "EdDSA", &OTHER_ED, &ED, Signature),
        ("our key named, the stranger's used", "EdDSA", &ED, &STRANGER, Signature),
        ("ES256 key named, Ed25519 claimed", "EdDSA", &ES, &ED, Algorithm),
        ("Ed25519 key named, ES256 claimed", "ES256", &ED, &ES, Algorithm),
        ("ES256 key named, RS256 claimed", "RS256", &ES, &RS, Algorithm),
        ("RSA key named, HS256 claimed", "HS256", &RS, &HS, Algorithm),
        ("Ed25519 key named, HS256 claimed", "HS256", &ED, &HS, Algorithm),
        ("HMAC secret named, EdDSA claimed", "EdDSA", &HS, &ED, Algorithm),
        ("ES256 claimed and named, Ed25519 used", "ES256", &ES, &ED, Signature),
        ("RS256 claimed and named, ES256 used", "RS256", &RS, &ES, Signature),
        ("HS256 claimed and named, Ed25519 used", "HS256", &HS, &ED, Signature),
        ("a key outside the set, as after rotation", "EdDSA", &STRANGER, &STRANGER, UnknownKey),
    ];
    let token = |alg: &str, named: &SigningKey, used: &SigningKey| {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": named.kid()});
        from_bytes(header.to_string().as_bytes(), good_claims().to_string().as_bytes(), used)
    };
    swaps.map(|(name, alg, named, used, why)| case(name, token(alg, named, used), why)).into()
}

fn extra_members() -> Vec<Case> {
    let theirs = STRANGER.verifying_key().to_jwk().unwrap();
    let url = "https://attacker.example/keys";
    let members = [
        ("jwk", theirs.clone()),
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("crit", json!("b64")),
        ("crit", json!(null)),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
        ("epk", theirs.clone()),
        ("p2c", json!(2_147_483_648_u64)),
        ("p2s", json!("AAAA")),
        ("iv", json!("AAAA")),
        ("tag", json!("AAAA")),
        ("exp", json!(1)),
        ("Alg", json!("none")),
        ("ALG", json!("none")),
        ("kid ", json!("x")),
        ("", json!("")),
        ("x", json!("y")),
    ];
    let mut all: Vec<Case> = members
        .into_iter()
        .map(|(name, v)| {
            case(format!("header member {name:?} {v:.30}"), header_member(name, Some(v)), Header)
        })
        .collect();
    all.extend(brought_along(theirs));
    all
}

/// The attacker's own key, consistent in every other respect, and an unencoded payload.
fn brought_along(theirs: Value) -> Vec<Case> {
    let url = "https://attacker.example/keys";
    let mut all = Vec::new();
    let claims = good_claims().to_string();
    for (name, value) in [("jwk", theirs), ("jku", json!(url)), ("x5c", json!(["MIIB"]))] {
        let mut header = good_header(&STRANGER);
        header[name] = value;
        let token = from_bytes(header.to_string().as_bytes(), claims.as_bytes(), &STRANGER);
        all.push(case(format!("{name} of the attacker, signed by the attacker"), token, Header));
    }
    let mut header = good_header(&ED);
    header["b64"] = json!(false);
    header["crit"] = json!(["b64"]);
    let token = from_bytes(header.to_string().as_bytes(), claims.as_bytes(), &ED);
    all.push(case("unencoded payload, RFC 7797", token, Header));
    all
}
