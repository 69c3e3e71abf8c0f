//! Secrets at rest: what is sealed opens only with the same key, purpose and context, unchanged.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use countersign_proto::seal::{MasterKey, MasterKeyError, SealError, constant_time_eq, sha256};
use proptest::prelude::*;

fn master() -> MasterKey {
    MasterKey::from_bytes(std::array::from_fn(|i| i as u8))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn a_sealed_value_opens_again() {
    let key = MasterKey::generate().derive("signing keys");

    for plaintext in [b"".as_slice(), b"x", &[0; 4096]] {
        let sealed = key.seal(plaintext, b"row 1");
        assert_eq!(sealed.len(), plaintext.len() + 29);
        assert_eq!(key.open(&sealed, b"row 1").unwrap().as_slice(), plaintext);
    }
}

#[test]
fn no_flipped_bit_goes_unnoticed() {
    let key = master().derive("signing keys");
    let sealed = key.seal(b"secret", b"row 1");

    for bit in 0..sealed.len() * 8 {
        let mut damaged = sealed.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.open(&damaged, b"row 1").unwrap_err(), SealError, "bit {bit}");
    }
}

#[test]
fn a_cut_or_lengthened_value_does_not_open() {
    let key = master().derive("signing keys");
    let sealed = key.seal(b"secret", b"row 1");

    for length in 0..sealed.len() {
        assert!(key.open(&sealed[..length], b"row 1").is_err(), "{length} bytes");
    }
    assert!(key.open(&[sealed.as_slice(), &[0]].concat(), b"row 1").is_err());
}

#[test]
fn a_value_moved_to_another_context_does_not_open() {
    let key = master().derive("signing keys");
    let sealed = key.seal(b"secret", b"row 1");

    for context in [b"row 2".as_slice(), b"", b"row 1 ", b"row", b"\x01row 1"] {
        assert!(key.open(&sealed, context).is_err(), "{context:?}");
    }
}

#[test]
fn a_value_opens_only_for_its_purpose_and_master_key() {
    let sealed = master().derive("signing keys").seal(b"secret", b"");

    assert!(master().derive("signing keys").open(&sealed, b"").is_ok());
    assert!(master().derive("signing keys ").open(&sealed, b"").is_err());
    assert!(master().derive("").open(&sealed, b"").is_err());
    assert!(master().derive("signing keys").derive("").open(&sealed, b"").is_err());
    assert!(master().derive("signing keys").derive("signing keys").open(&sealed, b"").is_err());
    assert!(MasterKey::generate().derive("signing keys").open(&sealed, b"").is_err());
}

#[test]
fn the_same_value_never_looks_the_same_twice() {
    let key = master().derive("signing keys");

    let (first, second) = (key.seal(b"secret", b""), key.seal(b"secret", b""));

    assert_ne!(first[1..13], second[1..13], "the nonce repeats");
    assert_ne!(first[13..], second[13..]);
}

/// Figures computed with another implementation of HKDF, HMAC and AES-GCM: as long as this holds,
/// a new version opens what an old one sealed.
#[test]
fn keys_and_format_stay_as_they_were() {
    let key = master().derive("signing keys");
    let sealed = unhex("0107070707070707070707070767165fd8da08ffc448132552ed662cdacdb6338576e0");

    assert_eq!(key.open(&sealed, b"row 1").unwrap().as_slice(), b"secret");
    assert_eq!(
        hex(&key.mac(b"message")),
        "e851cc2c314948b7a421bc2fc0e303a8098c8b58b57186dfb6c6010915cc862b"
    );
    assert_eq!(
        hex(&key.derive("narrower").mac(b"message")),
        "864222c2e09686f9a73eec8562695fa07692c865e0f0dc0d757981a5c918897d"
    );
    assert_eq!(
        master().to_text().as_str(),
        "csmk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh84ymll"
    );
}

#[test]
fn a_written_master_key_reads_back() {
    let key = MasterKey::generate();
    let text = key.to_text();

    let again = MasterKey::from_text(&format!("  {}\r\n", *text)).unwrap();

    assert_eq!(again.derive("x").mac(b"y"), key.derive("x").mac(b"y"));
}

#[test]
fn a_damaged_master_key_is_refused_and_says_why() {
    let text = master().to_text();
    let refusal = |text: &str| MasterKey::from_text(text).unwrap_err();

    assert_eq!(refusal(""), MasterKeyError::Prefix);
    assert_eq!(refusal(&text[5..]), MasterKeyError::Prefix);
    assert_eq!(refusal(&text.to_uppercase()), MasterKeyError::Prefix);
    assert_eq!(refusal(&text[..text.len() - 1]), MasterKeyError::Length);
    assert_eq!(refusal(&format!("{}A", *text)), MasterKeyError::Length);
    assert_eq!(refusal(&format!("{0}\n{0}", *text)), MasterKeyError::Length);
    assert_eq!(refusal(&text.replace('C', "=")), MasterKeyError::Character);
    assert_eq!(refusal(&text.replace('C', "+")), MasterKeyError::Character);
    assert_eq!(refusal(&text.replace("AA", "AB")), MasterKeyError::Checksum);
}

#[test]
fn no_single_changed_character_yields_another_master_key() {
    let text = master().to_text();

    for (position, original) in text.char_indices() {
        for other in ('!'..='~').filter(|c| *c != original) {
            let mut changed = text.to_string();
            changed.replace_range(position..=position, other.encode_utf8(&mut [0; 4]));
            assert!(MasterKey::from_text(&changed).is_err(), "{other} at {position}");
        }
    }
}

#[test]
fn keys_do_not_show_in_debug_output() {
    let key = master();

    assert_eq!(format!("{key:?}"), "MasterKey { .. }");
    assert_eq!(format!("{:?}", key.derive("x")), "SubKey { .. }");
}

#[test]
fn sha256_of_abc_is_that_of_fips_180_4() {
    assert_eq!(
        hex(&sha256(b"abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn constant_time_eq_is_equality() {
    assert!(constant_time_eq(b"", b""));
    assert!(constant_time_eq(b"abc", b"abc"));
    assert!(!constant_time_eq(b"abc", b"abd"));
    assert!(!constant_time_eq(b"abc", b"ab"));
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_open(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(master().derive("x").open(&bytes, b"").is_err());
        prop_assert!(master().derive("x").open(&[&[1], bytes.as_slice()].concat(), b"").is_err());
    }
}
