//! What must pass: without these the table would hold for a verifier that refuses everything.

use countersign_proto::jose::{ACCESS_TOKEN_TYP, AccessClaims, MAX_TOKEN_LEN, SignError};
use serde_json::json;

use crate::forge::{
    AUDIENCE, ED, ES, HS, NOW, RS, check, claim, good, good_claims, header_member, with_claims,
    with_header,
};
use crate::{form, signature};

#[test]
fn a_good_token_passes_with_every_algorithm() {
    let expected: AccessClaims = serde_json::from_value(good_claims()).unwrap();

    for key in [&*ED, &*ES, &*RS, &*HS] {
        assert_eq!(check(&good(key)), Ok(expected.clone()), "{}", key.algorithm());
    }
}

#[test]
fn what_sign_makes_verify_reads_back() {
    let claims: AccessClaims = serde_json::from_value(good_claims()).unwrap();
    let without_session = AccessClaims { sid: None, ..claims.clone() };

    for key in [&*ED, &*ES, &*RS, &*HS] {
        for claims in [&claims, &without_session] {
            let token = key.sign(ACCESS_TOKEN_TYP, claims).unwrap();
            assert_eq!(check(&token).as_ref(), Ok(claims), "{}", key.algorithm());
        }
    }
}

#[test]
fn harmless_differences_pass() {
    for (name, token) in harmless() {
        assert!(check(&token).is_ok(), "{name}: {:?}", check(&token));
    }
}

pub(crate) fn harmless() -> Vec<(&'static str, String)> {
    let spaced = format!(" {{\r\n {}", &good_claims().to_string()[1..]);
    let escaped = good_claims().to_string().replace("\"sub\"", "\"s\\u0075b\"");
    let kid = ED.kid();
    vec![
        ("typ in full", header_member("typ", Some(json!("application/at+jwt")))),
        ("typ in capitals", header_member("typ", Some(json!("AT+JWT")))),
        ("typ in full, mixed", header_member("typ", Some(json!("Application/At+Jwt")))),
        (
            "header in another order",
            with_header(format!(
                "{{ \"kid\":\"{kid}\",\r\n \"typ\":\"at+jwt\", \"alg\":\"EdDSA\" }}"
            )),
        ),
        ("audience as an array of one", claim("aud", Some(json!([AUDIENCE])))),
        ("not before now", claim("nbf", Some(json!(NOW)))),
        ("not before, within the leeway", claim("nbf", Some(json!(NOW + 10)))),
        ("issued within the leeway", claim("iat", Some(json!(NOW + 10)))),
        ("last second", claim("exp", Some(json!(NOW + 1)))),
        ("the year 9999", claim("exp", Some(json!(253_402_300_799_i64)))),
        ("no session", claim("sid", None)),
        ("no roles", claim("roles", None)),
        ("an empty list of roles", claim("roles", Some(json!([])))),
        ("no scope", claim("scope", Some(json!("")))),
        ("epoch zero", claim("epoch", Some(json!(0)))),
        ("azp of the same client", claim("azp", Some(json!("client-1")))),
        ("a status", claim("status", Some(json!({"status_list": {"idx": 1, "uri": "x"}})))),
        ("an unknown claim", claim("colour", Some(json!({"status_list": {"idx": 1}})))),
        ("an unknown claim, eight levels", claim("x", Some(json!([[[[[[[1]]]]]]])))),
        ("white space", with_claims(spaced)),
        ("an escaped name", with_claims(escaped)),
        ("non-ASCII text", claim("x", Some(json!("Grüße, 世界 😀")))),
        ("the greatest length", form::of_length(MAX_TOKEN_LEN)),
    ]
}

#[test]
fn both_values_of_s_pass_and_name_the_same_token() {
    let (token, twin) = signature::ecdsa_twins();

    assert_ne!(token, twin);
    assert_eq!(check(&token).unwrap().jti, check(&twin).unwrap().jti);
}

#[test]
fn a_token_nobody_would_accept_is_not_issued() {
    let mut claims: AccessClaims = serde_json::from_value(good_claims()).unwrap();
    claims.roles = vec!["r".repeat(100); 100];

    assert_eq!(ED.sign(ACCESS_TOKEN_TYP, &claims), Err(SignError::TooLong));
}
