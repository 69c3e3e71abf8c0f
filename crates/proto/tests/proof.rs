//! Proofs of work: only what was asked for, by whom it was asked of, within its time.

use countersign_proto::{
    proof::{ProofError, Stamp, Terms, solve},
    seal::{MasterKey, SubKey, sha256},
};
use proptest::prelude::*;

fn key(byte: u8) -> SubKey {
    MasterKey::from_bytes([byte; 32]).derive("proofs")
}

fn terms(bits: u8) -> Terms {
    Terms { bits, good_from: 1_000, good_until: 2_000 }
}

/// The bits, counted one by one.
fn naive_zero_bits(text: &str) -> usize {
    let bits: String = sha256(text.as_bytes()).iter().map(|byte| format!("{byte:08b}")).collect();
    bits.find('1').unwrap_or(bits.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_solved_stamp_is_good_within_its_time_and_at_no_other(
        bits in 0_u8..10, from in -5_000_i64..5_000, length in 1_i64..5_000, after in 0_i64..5_000,
    ) {
        let until = from + length;
        let asked = Terms { bits, good_from: from, good_until: until };
        let stamp = Stamp::issue(&key(1), b"here", asked);
        let nonce = solve(stamp.text(), bits.into());

        let read = Stamp::read(&key(1), b"here", stamp.text()).unwrap();
        prop_assert_eq!(&read, &stamp);
        prop_assert_eq!(read.terms(), asked);
        prop_assert_eq!(read.check(&nonce, from), Ok(()));
        prop_assert_eq!(read.check(&nonce, until - 1), Ok(()));
        prop_assert_eq!(read.check(&nonce, until + after), Err(ProofError::Expired));
        let early = u32::try_from(after + 1).unwrap();
        let before = read.check(&nonce, from - i64::from(early));
        prop_assert_eq!(before, Err(ProofError::Early { seconds: early }));
    }

    #[test]
    fn a_nonce_does_if_and_only_if_the_hash_has_as_many_zero_bits(bits in 1_u8..12, nonce in "[0-9a-z]{1,20}") {
        let stamp = Stamp::issue(&key(1), b"here", terms(bits));

        let found = naive_zero_bits(&format!("{}:{nonce}", stamp.text()));

        let expected = if found >= usize::from(bits) { Ok(()) } else { Err(ProofError::Work) };
        prop_assert_eq!(stamp.check(&nonce, 1_500), expected);
    }

    #[test]
    fn a_stamp_that_was_changed_in_any_place_is_not_ours(at in 0_usize..88, with in "[A-Za-z0-9_-]") {
        let stamp = Stamp::issue(&key(1), b"here", terms(0));
        let mut text = stamp.text().to_owned();
        text.replace_range(at..=at, &with);

        let expected = if text == stamp.text() { Ok(stamp) } else { Err(ProofError::NotOurs) };
        prop_assert_eq!(Stamp::read(&key(1), b"here", &text), expected);
    }

    #[test]
    fn no_text_is_a_stamp_and_none_is_too_much(text in ".{0,200}") {
        prop_assert_eq!(Stamp::read(&key(1), b"here", &text), Err(ProofError::NotOurs));
    }
}

#[test]
fn a_stamp_is_good_for_its_holder_and_under_its_key_only() {
    let stamp = Stamp::issue(&key(1), b"here", terms(0));

    for (key, holder) in [(key(2), b"here".as_slice()), (key(1), b"there"), (key(1), b"")] {
        assert_eq!(Stamp::read(&key, holder, stamp.text()), Err(ProofError::NotOurs));
    }
    let bare = Stamp::issue(&key(1), b"", terms(0));
    assert_eq!(Stamp::read(&key(1), b"\0", bare.text()), Err(ProofError::NotOurs));
}

#[test]
fn two_stamps_of_one_moment_are_two() {
    let one = Stamp::issue(&key(1), b"here", terms(8));
    let other = Stamp::issue(&key(1), b"here", terms(8));

    assert_ne!(one.digest(), other.digest());
    let nonce = solve(one.text(), 8);
    assert_eq!(one.check(&nonce, 1_500), Ok(()));
    assert_eq!(naive_zero_bits(&format!("{}:{nonce}", one.text())).min(8), 8);
}

#[test]
fn a_nonce_beyond_its_length_is_not_hashed() {
    let stamp = Stamp::issue(&key(1), b"here", terms(0));

    assert_eq!(stamp.check(&"1".repeat(64), 1_500), Ok(()));
    assert_eq!(stamp.check(&"1".repeat(65), 1_500), Err(ProofError::Work));
}
