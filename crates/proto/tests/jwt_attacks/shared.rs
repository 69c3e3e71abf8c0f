//! Attacks by whoever knows the shared secret, and so can sign whatever they like: without the
//! countersignature, with that of another token, or with one of their own.

use std::slice::from_ref;

use countersign_proto::{
    jose::{
        ACCESS_TOKEN_TYP, AccessClaims, Algorithm, KeySet, SharedSecret, SigningKey,
        TokenError::{self, Audience, Claim, Expired, Header, Signature, Type, UnknownKey},
    },
    seal::MasterKey,
};
use serde_json::{Value, json};

use crate::forge::{
    AUDIENCE, Case, ED, HS, NOW, SECRET, SHARED, b64, case, check, from_bytes, good_claims,
    good_header, unb64,
};

/// All that the attacker has: the secret, and no countersigning key.
fn theirs() -> SigningKey {
    SigningKey::from_bytes(Algorithm::HS256, SECRET).unwrap()
}

/// A token of the service.
fn ours(claims: &Value) -> String {
    SHARED.sign(ACCESS_TOKEN_TYP, claims).unwrap()
}

fn header_of(token: &str) -> Value {
    serde_json::from_slice(&unb64(token.split('.').next().unwrap())).unwrap()
}

fn without_audience() -> Value {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove("aud");
    claims
}

fn edited(name: &str, value: Value) -> Value {
    let mut claims = good_claims();
    claims[name] = value;
    claims
}

/// Header and claims, signed by whoever has the secret.
fn forged(header: &Value, claims: &Value) -> String {
    from_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes(), &theirs())
}

/// The header of a token of ours with one member set, or removed.
fn header(name: &str, value: Option<Value>) -> Value {
    let mut header = header_of(&ours(&good_claims()));
    let members = header.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    header
}

pub(crate) fn cases() -> Vec<Case> {
    let mut all = countersignatures();
    all.extend(claims());
    all.extend(confusions());
    all.extend(headers());
    all
}

fn countersignatures() -> Vec<Case> {
    let good = header_of(&ours(&good_claims()))["countersign"].as_str().unwrap().to_owned();
    let stranger = MasterKey::from_bytes([9; 32]).derive("theirs");
    let stranger = SigningKey::shared(&SharedSecret::new(SECRET).unwrap(), stranger).unwrap();
    let stranger: String = stranger.sign(ACCESS_TOKEN_TYP, &good_claims()).unwrap();
    let values = [
        json!(""),
        json!(null),
        json!(true),
        json!(0),
        json!([good]),
        json!({"mac": good}),
        json!("A".repeat(43)),
        json!(good[..42]),
        json!(format!("{good}=")),
        json!(format!("{good} ")),
        json!(good.to_lowercase()),
        json!(b64(theirs().sign_bytes(b"countersign").unwrap())),
    ];
    let mut all: Vec<Case> = values
        .into_iter()
        .enumerate()
        .map(|(n, value)| {
            let token = forged(&header("countersign", Some(value)), &good_claims());
            case(format!("countersignature {n}"), token, Signature)
        })
        .collect();
    let none = forged(&header("countersign", None), &good_claims());
    all.push(case("no countersignature", none, Signature));
    all.push(case("countersigned by a stranger", stranger, Signature));
    let other = header_of(&ours(&edited("jti", json!("token-2"))));
    all.push(case(
        "the countersignature of another token",
        forged(&other, &good_claims()),
        Signature,
    ));
    all
}

/// The countersignature of a good token over claims that are better for the attacker.
fn claims() -> Vec<Case> {
    let changes = [
        ("sub", json!("user-2")),
        ("exp", json!(NOW + 6_000_000)),
        ("roles", json!(["admin", "root"])),
        ("scope", json!("admin")),
        ("epoch", json!(4)),
        ("jti", json!("token-2")),
        ("sid", json!("session-2")),
        ("auth_time", json!(NOW)),
        ("x", json!(1)),
    ];
    let kept = header_of(&ours(&good_claims()));
    let mut all: Vec<Case> = changes
        .into_iter()
        .map(|(name, value)| {
            let token = forged(&kept, &edited(name, value));
            case(format!("countersigned, then another {name}"), token, Signature)
        })
        .collect();
    let spaced = format!(" {}", good_claims());
    let spaced = from_bytes(kept.to_string().as_bytes(), spaced.as_bytes(), &theirs());
    all.push(case("countersigned, then spelled otherwise", spaced, Signature));
    // What the service countersigned is judged as every token is.
    all.push(case("shared, expired", ours(&edited("exp", json!(NOW - 1))), Expired));
    all.push(case("shared, for others", ours(&edited("aud", json!("others"))), Audience));
    all.push(case("shared, for nobody", ours(&edited("aud", json!(null))), Audience));
    all.push(case("shared, bound to a key", ours(&edited("cnf", json!({}))), Claim("cnf")));
    all
}

/// A good token whose header is that of `named`, with further members, signed by `used`.
fn swapped(named: Value, members: &[(&str, Value)], used: &SigningKey) -> String {
    let mut header = named;
    for (name, value) in members {
        header[*name] = value.clone();
    }
    from_bytes(header.to_string().as_bytes(), good_claims().to_string().as_bytes(), used)
}

fn confusions() -> Vec<Case> {
    let shared = || header("x", None);
    let mac = ("countersign", shared()["countersign"].clone());
    let (eddsa, hs256) = (("alg", json!("EdDSA")), ("alg", json!("HS256")));
    let (ed, hs) = (|| good_header(&ED), || good_header(&HS));
    let theirs = theirs();
    let tokens = [
        ("EdDSA claimed", swapped(shared(), from_ref(&eddsa), &theirs), TokenError::Algorithm),
        ("EdDSA claimed, Ed25519 used", swapped(shared(), &[eddsa], &ED), TokenError::Algorithm),
        (
            "none claimed",
            swapped(shared(), &[("alg", json!("none"))], &theirs),
            TokenError::Algorithm,
        ),
        (
            "HS512 claimed",
            swapped(shared(), &[("alg", json!("HS512"))], &theirs),
            TokenError::Algorithm,
        ),
        ("Ed25519 used", swapped(shared(), &[], &ED), Signature),
        ("another secret used", swapped(shared(), &[], &HS), Signature),
        ("Ed25519 named", swapped(ed(), &[], &theirs), Signature),
        ("Ed25519 named, HS256 claimed", swapped(ed(), &[hs256], &theirs), TokenError::Algorithm),
        ("Ed25519 named and used", swapped(ed(), from_ref(&mac), &ED), Header),
        ("another secret named and used", swapped(hs(), &[mac], &HS), Header),
        ("Ed25519, no audience", signed_by_ed(&without_audience()), Audience),
    ];
    tokens.map(|(name, token, why)| case(format!("shared: {name}"), token, why)).into()
}

fn headers() -> Vec<Case> {
    let claims = good_claims();
    let other_type = header_of(&SHARED.sign("renewal+jwt", &claims).unwrap());
    let mut retyped = other_type.clone();
    retyped["typ"] = json!("at+jwt");
    let with = |name: &str, value: Value| forged(&header(name, Some(value)), &claims);
    vec![
        case("shared, no kid", forged(&header("kid", None), &claims), UnknownKey),
        case("shared, as the old application", as_before(), UnknownKey),
        case("shared, of another type", forged(&other_type, &claims), Type),
        case("shared, countersigned as another type", forged(&retyped, &claims), Signature),
        case("shared, crit", with("crit", json!(["countersign"])), Header),
        case("shared, crit of nothing", with("crit", json!([])), Header),
        case("shared, jwk", with("jwk", json!({"kty": "oct"})), Header),
    ]
}

/// A token as PyJWT makes it by default.
fn as_before() -> String {
    forged(&json!({"alg": "HS256", "typ": "JWT"}), &json!({"id": 1, "exp": NOW + 500}))
}

fn signed_by_ed(claims: &Value) -> String {
    from_bytes(good_header(&ED).to_string().as_bytes(), claims.to_string().as_bytes(), &ED)
}

#[test]
fn a_countersigned_token_passes_with_an_audience_and_without() {
    let expected: AccessClaims = serde_json::from_value(good_claims()).unwrap();
    let unnamed = AccessClaims { aud: String::new(), ..expected.clone() };
    let unnamed = SHARED.sign(ACCESS_TOKEN_TYP, &unnamed).unwrap();

    let (with, without) = (ours(&good_claims()), ours(&without_audience()));

    assert_eq!(expected.aud, AUDIENCE);
    assert_eq!(check(&with), Ok(expected.clone()));
    assert_eq!(check(&without), Ok(expected.clone()));
    assert_eq!(check(&unnamed), Ok(expected.clone()));
    // What is signed again as it was stays what it was: the table changes more than that.
    assert_eq!(check(&forged(&header_of(&with), &good_claims())), Ok(expected));
    assert_eq!(header_of(&without)["alg"], "HS256");
    // What the services see is HS256 under the secret and nothing else.
    let (message, signature) = without.rsplit_once('.').unwrap();
    assert_eq!(theirs().sign_bytes(message.as_bytes()).unwrap(), unb64(signature));
}

#[test]
fn a_token_under_a_secret_that_was_replaced_is_not_made_good_by_the_next() {
    let own = || MasterKey::from_bytes([3; 32]).derive("tokens");
    let next = SharedSecret::new([8; 32]).unwrap();
    let keys = KeySet::new([SigningKey::shared(&next, own()).unwrap().verifying_key()]);
    let expected =
        countersign_proto::jose::Expected::of::<AccessClaims>(crate::forge::ISSUER, AUDIENCE);
    let before = SharedSecret::new(SECRET).unwrap();
    let old = SigningKey::shared(&before, own()).unwrap();
    let old = old.sign(ACCESS_TOKEN_TYP, &good_claims()).unwrap();
    let next = SigningKey::from_bytes(Algorithm::HS256, &[8; 32]).unwrap();
    let mut header = header_of(&old);
    header["kid"] = json!(next.kid());
    let renewed =
        from_bytes(header.to_string().as_bytes(), good_claims().to_string().as_bytes(), &next);

    for (token, why) in [(old, UnknownKey), (renewed, Signature)] {
        let verdict = countersign_proto::jose::verify_access_token(&token, &keys, &expected, NOW);
        assert_eq!(verdict, Err(why));
    }
}

#[test]
fn a_shared_secret_is_long_enough_and_shown_nowhere() {
    assert!(SharedSecret::new([1; 31]).is_err() && SharedSecret::new([1; 513]).is_err());
    assert_eq!(
        SharedSecret::new([1; 31]).unwrap_err().to_string(),
        "32 to 512 bytes (RFC 7518 section 3.2), not 31"
    );
    let secret = SharedSecret::new("the secret of several services!!").unwrap();
    assert_eq!(format!("{secret:?}"), "SharedSecret(…)");
    assert!(secret.is(b"the secret of several services!!") && !secret.is(b"another"));
    let own = MasterKey::from_bytes([3; 32]).derive("tokens");
    let key = SigningKey::shared(&secret, own).unwrap();
    assert!(KeySet::new([key.verifying_key()]).to_jwks_json() == r#"{"keys":[]}"#);
    assert!(!format!("{key:?} {:?}", key.verifying_key()).contains("services"));
}
