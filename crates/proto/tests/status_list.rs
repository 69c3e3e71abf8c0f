//! Status lists: the draft's own examples, what holds of every list, and lists that are refused.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without fails it")]

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_proto::{
    jose::{Algorithm, KeySet, SigningKey, TokenError},
    status_list::{
        MAX_LIST_BYTES, STATUS_LIST_TYP, StatusList, StatusListClaims, StatusListError,
        VerifiedList, verify_status_list,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;
const URI: &str = "https://id.example/status-lists/3";

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::EdDSA).unwrap());
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::new([KEY.verifying_key()]));

fn list(count: usize, set: &[u64]) -> StatusList {
    let mut list = StatusList::all_valid(count);
    for index in set {
        list.invalidate(*index).unwrap();
    }
    list
}

fn set_in(list: &StatusList) -> Vec<u64> {
    (0..list.len() as u64).filter(|index| list.is_invalid(*index).unwrap()).collect()
}

fn claims(set: &[u64]) -> StatusListClaims {
    StatusListClaims {
        iss: "https://id.example".into(),
        sub: URI.into(),
        iat: NOW - 10,
        exp: NOW + 60,
        ttl: 30,
        status_list: (&list(1 << 20, set)).into(),
    }
}

fn verified(token: &str) -> Result<VerifiedList, StatusListError> {
    verify_status_list(token, &KEYS, URI, (10, NOW))
}

/// A genuine list with one of its claims changed; null takes it away.
fn with(name: &str, value: Value) -> Result<VerifiedList, StatusListError> {
    let mut claims = serde_json::to_value(claims(&[1])).unwrap();
    claims[name] = value;
    if claims[name].is_null() {
        claims.as_object_mut().unwrap().remove(name);
    }
    verified(&KEY.sign(STATUS_LIST_TYP, &claims).unwrap())
}

/// §4.1 and appendix C of the draft.
#[test]
fn the_examples_of_the_draft_say_what_the_draft_says() {
    let short = StatusList::from_lst(1, "eNrbuRgAAhcBXQ").unwrap();
    assert_eq!(set_in(&short), [0, 3, 4, 5, 7, 8, 9, 13, 15]);

    let long = "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAA\
        AAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb";
    let set =
        [0, 1993, 25_460, 159_495, 495_669, 554_353, 645_645, 723_232, 854_545, 934_534, 1_000_345];
    let read = StatusList::from_lst(1, long).unwrap();
    assert_eq!(set_in(&read), set);
    assert_eq!(read.len(), 1 << 20);
    assert_eq!(list(1 << 20, &set), read);
}

#[test]
fn a_signed_list_is_what_was_signed() {
    let token = claims(&[0, 7, 1_048_575]).sign(&KEY).unwrap();

    let read = verified(&token).unwrap();

    assert_eq!((read.iat, read.exp, read.ttl), (NOW - 10, NOW + 60, Some(30)));
    assert_eq!(set_in(&read.list), [0, 7, 1_048_575]);
    assert_eq!(read.list.is_invalid(1 << 20), Err(StatusListError::OutOfRange));
    assert_eq!(read.list.is_invalid(u64::MAX), Err(StatusListError::OutOfRange));
}

#[test]
fn a_list_that_cannot_be_compressed_is_signed_and_read_all_the_same() {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state >> 40
    };
    let set: Vec<u64> = (0..1 << 20).filter(|_| next() % 2 == 0).collect();

    let token = claims(&set).sign(&KEY).unwrap();

    assert_eq!(set_in(&verified(&token).unwrap().list), set);
}

#[test]
fn a_list_of_another_key_type_subject_or_time_is_refused() {
    let token = claims(&[1]).sign(&KEY).unwrap();
    let other = SigningKey::generate(Algorithm::EdDSA).unwrap();
    let foreign = claims(&[1]).sign(&other).unwrap();
    let access = KEY.sign("at+jwt", &claims(&[1])).unwrap();
    let at = |uri, now| verify_status_list(&token, &KEYS, uri, (10, now));

    assert_eq!(verified(&foreign), Err(TokenError::UnknownKey.into()));
    assert_eq!(verified(&access), Err(TokenError::Type.into()));
    assert_eq!(at("https://id.example/status-lists/30", NOW), Err(StatusListError::Subject));
    assert_eq!(at(URI, NOW + 60), Err(TokenError::Expired.into()));
    assert_eq!(at(URI, NOW - 21), Err(TokenError::IssuedLater.into()));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let swapped = signature.chars().rev().collect::<String>();
    assert!(verified(&format!("{signed}.{swapped}")).is_err());
    assert!(verified(signed).is_err());
}

#[test]
fn a_list_that_lacks_or_bends_a_claim_is_refused() {
    let claim = |name| Err(StatusListError::Token(TokenError::Claim(name)));
    let packed = |bits: Value, lst: &str| json!({ "bits": bits, "lst": lst });
    let good = "eNrbuRgAAhcBXQ";

    for (name, value, verdict) in [
        ("sub", Value::Null, claim("sub")),
        ("sub", json!([URI]), claim("sub")),
        ("iat", Value::Null, claim("iat")),
        ("exp", Value::Null, claim("exp")),
        ("exp", json!(NOW - 10), claim("exp")),
        ("ttl", json!(0), claim("ttl")),
        ("ttl", json!("30"), claim("ttl")),
        ("status_list", Value::Null, claim("status_list")),
        ("status_list", json!([]), claim("status_list")),
        ("status_list", json!({ "bits": 1 }), claim("lst")),
        ("status_list", json!({ "lst": good }), claim("bits")),
        ("status_list", packed(json!(2), good), Err(StatusListError::Bits)),
        ("status_list", packed(json!(0), good), Err(StatusListError::Bits)),
        ("status_list", packed(json!(1.0), good), claim("bits")),
        ("status_list", packed(json!(1), "eNrbuRgAAhcBXQ=="), Err(StatusListError::Encoding)),
    ] {
        assert_eq!(with(name, value.clone()), verdict, "{name} {value}");
    }
    assert_eq!(with("ttl", Value::Null).unwrap().ttl, None);
}

#[test]
fn what_unpacks_to_more_than_is_read_is_refused_at_the_bound() {
    let most = StatusList::all_valid(MAX_LIST_BYTES * 8);
    assert_eq!(StatusList::from_lst(1, &most.to_lst()), Ok(most));
    let bomb = StatusList::all_valid(MAX_LIST_BYTES * 8 * 1000).to_lst();
    assert!(bomb.len() < MAX_LIST_BYTES * 2);
    for lst in [&StatusList::all_valid(MAX_LIST_BYTES * 8 + 1).to_lst(), &bomb] {
        assert_eq!(StatusList::from_lst(1, lst), Err(StatusListError::TooLarge));
    }
    let endless = "A".repeat(MAX_LIST_BYTES * 2);
    assert_eq!(StatusList::from_lst(1, &endless), Err(StatusListError::TooLarge));
}

#[test]
fn a_list_that_is_cut_off_damaged_or_followed_by_something_is_refused() {
    let good = list(4096, &[5, 900]);
    let bytes = URL_SAFE_NO_PAD.decode(good.to_lst()).unwrap();
    let read = |bytes: &[u8]| StatusList::from_lst(1, &URL_SAFE_NO_PAD.encode(bytes));

    for end in 0..bytes.len() {
        assert_eq!(read(&bytes[..end]), Err(StatusListError::Encoding), "{end}");
    }
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        let verdict = read(&damaged);
        // The bits that fill the last byte before the checksum say nothing.
        let fills = place == bytes.len() - 5 && verdict.as_ref() == Ok(&good);
        assert!(fills || verdict == Err(StatusListError::Encoding), "{place}: {verdict:?}");
    }
    assert_eq!(read(&[&bytes[..], &[0]].concat()), Err(StatusListError::Encoding));
    assert_eq!(read(&[&bytes[..], &bytes[..]].concat()), Err(StatusListError::Encoding));
    // Raw deflate and gzip are other formats.
    assert_eq!(read(&bytes[2..]), Err(StatusListError::Encoding));
    assert_eq!(read(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), Err(StatusListError::Encoding));
}

proptest! {
    #[test]
    fn a_list_read_back_is_the_list(
        count in 1_usize..100_000,
        set in prop::collection::btree_set(0_u64..100_000, 0..300),
    ) {
        let set: Vec<u64> = set.into_iter().filter(|index| *index < count as u64).collect();
        let made = list(count, &set);

        let read = StatusList::from_lst(1, &made.to_lst()).unwrap();

        prop_assert_eq!(&read, &made);
        prop_assert_eq!(set_in(&read), set);
        prop_assert!(read.len() >= count && read.len() < count + 8);
    }

    #[test]
    fn any_text_is_refused_or_a_list_within_its_bounds(bits in -1_i64..9, text in "[A-Za-z0-9_-]{0,200}") {
        if let Ok(list) = StatusList::from_lst(bits, &text) {
            prop_assert!(bits == 1 && list.len() <= MAX_LIST_BYTES * 8);
        }
    }
}
