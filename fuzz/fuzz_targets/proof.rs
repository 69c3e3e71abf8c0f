//! Arbitrary text as a stamp of a proof of work: none is ours, and a nonce is only judged.
#![no_main]

use countersign_proto::{
    proof::{ProofError, Stamp, Terms},
    seal::MasterKey,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, Vec<u8>, u8, i64, i64, i64)| {
    let (text, nonce, holder, bits, good_from, good_until, now) = input;
    let key = MasterKey::from_bytes([1; 32]).derive("proofs");
    assert_eq!(Stamp::read(&key, &holder, text), Err(ProofError::NotOurs));
    let stamp = Stamp::issue(&key, &holder, Terms { bits, good_from, good_until });
    assert_eq!(Stamp::read(&key, &holder, stamp.text()).as_ref(), Ok(&stamp));
    if stamp.check(nonce, now).is_ok() {
        assert!((good_from..good_until).contains(&now) && nonce.len() <= 64);
    }
});
