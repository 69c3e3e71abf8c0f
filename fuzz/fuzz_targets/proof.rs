//! Arbitrary text, and a stamp of a proof of work with one byte changed: neither is ours. A nonce is
//! only judged.
#![no_main]

use std::sync::LazyLock;

use countersign_proto::{
    proof::{ProofError, Stamp, Terms},
    seal::{MasterKey, SubKey},
};
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<SubKey> = LazyLock::new(|| MasterKey::from_bytes([1; 32]).derive("proofs"));

fuzz_target!(|input: (&str, &str, Vec<u8>, Judged, (u8, u8))| {
    let (text, nonce, holder, (bits, good_from, good_until, now), (at, byte)) = input;
    assert_eq!(Stamp::read(&KEY, &holder, text), Err(ProofError::NotOurs));
    let stamp = Stamp::issue(&KEY, &holder, Terms { bits, good_from, good_until });
    assert_eq!(Stamp::read(&KEY, &holder, stamp.text()).as_ref(), Ok(&stamp));
    if stamp.check(nonce, now).is_ok() {
        assert!((good_from..good_until).contains(&now) && nonce.len() <= 64);
    }

    let mut changed = stamp.text().as_bytes().to_vec();
    let at = usize::from(at) % changed.len();
    changed[at] = byte;
    let Ok(changed) = String::from_utf8(changed) else { return };
    if changed != stamp.text() {
        assert_eq!(Stamp::read(&KEY, &holder, &changed), Err(ProofError::NotOurs));
    }
    assert_eq!(
        Stamp::read(&KEY, &[&holder[..], b"x"].concat(), stamp.text()),
        Err(ProofError::NotOurs)
    );
});

/// Bits, good from, good until, now.
type Judged = (u8, i64, i64, i64);
