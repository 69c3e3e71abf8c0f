//! The attacks on JSON Web Tokens (RFC 8725 and practice) against the access token verifier: a
//! table in which every case is refused for its own reason, and controls that must pass, so that
//! the table cannot hold by refusing everything.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod claims;
mod controls;
mod forge;
mod form;
mod header;
mod properties;
mod published;
mod shared;
mod signature;

use std::collections::HashSet;
use std::time::Instant;

use countersign_proto::jose::{
    AccessClaims, Algorithm, Expected, KeySet, TokenError, verify_access_token, verify_spent,
};

use forge::{AUDIENCE, Case, ED, HS, ISSUER, KEYS, NOW, STRANGER, check, good};

fn table() -> Vec<Case> {
    let mut all = form::cases();
    all.extend(header::cases());
    all.extend(signature::cases());
    all.extend(claims::cases());
    all.extend(shared::cases());
    all
}

#[test]
fn every_attack_is_refused_for_its_own_reason() {
    let table = table();
    assert!(table.len() >= 120, "{} cases", table.len());
    let names: HashSet<&str> = table.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), table.len(), "two cases share a name");

    let wrong: Vec<String> = table
        .iter()
        .filter(|case| check(&case.token).err() != Some(case.verdict))
        .map(|case| format!("{}: {:?}, got {:?}", case.name, case.verdict, check(&case.token)))
        .collect();

    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
    println!("{} attacks refused", table.len());
}

#[test]
fn no_refusal_repeats_anything_from_the_token() {
    for case in table() {
        let text = case.verdict.to_string();

        assert!(text.is_ascii() && text.len() < 80, "{text}");
        assert!(!text.contains(['"', '\\', '\n']), "{text}");
        assert!(!text.contains("attacker") && !text.contains("user-1"), "{text}");
    }
}

#[test]
fn huge_tokens_are_refused_in_microseconds() {
    let tokens =
        ["A".repeat(1 << 20), ".".repeat(100_000), "a.".repeat(500_000), ".".repeat(8_192)];
    let start = Instant::now();

    for token in tokens.iter().cycle().take(1_000) {
        assert_eq!(check(token), Err(TokenError::Malformed));
    }

    assert!(start.elapsed().as_millis() < 1_000, "a thousand refusals took {:?}", start.elapsed());
}

#[test]
fn a_key_taken_out_of_the_set_takes_its_tokens_along() {
    let token = good(&STRANGER);
    let expected = Expected::of::<AccessClaims>(ISSUER, AUDIENCE);
    let before = KeySet::new([STRANGER.verifying_key()]);

    assert!(verify_access_token(&token, &before, &expected, NOW).is_ok());
    assert_eq!(
        verify_access_token(&token, &KeySet::default(), &expected, NOW),
        Err(TokenError::UnknownKey)
    );
}

#[test]
fn an_empty_expectation_matches_no_token() {
    let blank = forge::claim("iss", Some("".into()));
    let expected = Expected::of::<AccessClaims>("", AUDIENCE);

    assert_eq!(verify_access_token(&blank, &KEYS, &expected, NOW), Err(TokenError::Issuer));
}

#[test]
fn an_access_token_is_not_verified_as_another_kind() {
    let expected = Expected { typ: "logout+jwt", ..Expected::of::<AccessClaims>(ISSUER, AUDIENCE) };

    let verdict = verify_access_token(&good(&ED), &KEYS, &expected, NOW);

    assert_eq!(verdict, Err(TokenError::Type));
}

#[test]
fn leeway_never_exceeds_a_minute_and_never_helps_exp() {
    let expected = Expected { leeway: i64::MAX, ..Expected::of::<AccessClaims>(ISSUER, AUDIENCE) };
    let at = |token: &str, now| verify_access_token(token, &KEYS, &expected, now);
    let token = good(&HS);

    assert_eq!(HS.algorithm(), Algorithm::HS256);
    assert!(at(&token, NOW - 70).is_ok());
    assert_eq!(at(&token, NOW - 71), Err(TokenError::IssuedLater));
    assert!(at(&token, NOW + 599).is_ok());
    assert_eq!(at(&token, NOW + 600), Err(TokenError::Expired));
    assert_eq!(at(&token, i64::MAX), Err(TokenError::Expired));
    assert_eq!(at(&token, i64::MIN), Err(TokenError::IssuedLater));
}

#[test]
fn a_token_is_late_by_a_minute_at_most_and_only_where_that_is_allowed() {
    let late = |lateness| Expected { lateness, ..Expected::of::<AccessClaims>(ISSUER, AUDIENCE) };
    let token = good(&ED);
    let at = |lateness, now| verify_access_token(&token, &KEYS, &late(lateness), now).map(drop);

    assert_eq!(at(0, NOW + 600), Err(TokenError::Expired));
    assert_eq!(at(-5, NOW + 600), Err(TokenError::Expired));
    assert_eq!(at(10, NOW + 609), Ok(()));
    assert_eq!(at(10, NOW + 610), Err(TokenError::Expired));
    assert_eq!(at(i64::MAX, NOW + 659), Ok(()));
    assert_eq!(at(i64::MAX, NOW + 660), Err(TokenError::Expired));
}

#[test]
fn what_has_expired_is_read_by_one_function_and_what_was_forged_by_none() {
    let expected = Expected::of::<AccessClaims>(ISSUER, AUDIENCE);
    let token = good(&ED);
    let read = |token: &str, now| verify_spent::<AccessClaims>(token, &KEYS, &expected, now);

    assert!(read(&token, NOW).is_ok());
    assert!(read(&token, i64::MAX).is_ok());
    assert_eq!(read(&token, NOW - 100), Err(TokenError::IssuedLater));
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(86));
    assert_eq!(read(&forged, i64::MAX), Err(TokenError::Signature));
    let expected = Expected { typ: "logout+jwt", ..expected };
    assert_eq!(verify_spent::<AccessClaims>(&token, &KEYS, &expected, NOW), Err(TokenError::Type));
}
