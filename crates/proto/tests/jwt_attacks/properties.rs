//! What holds for every input: no changed token passes, and nothing makes the verifier panic.

use countersign_proto::jose::{KeySet, TokenError};
use countersign_proto::seal::MasterKey;
use proptest::prelude::*;

use crate::forge::{ED, ES, HS, check, from_bytes, good, good_claims, good_header};

#[test]
fn no_token_with_one_changed_character_passes() {
    let token = good(&HS);
    assert!(check(&token).is_ok());

    for (position, original) in token.char_indices() {
        for other in (0_u8..=127).map(char::from).filter(|c| *c != original) {
            let mut changed = token.clone();
            changed.replace_range(position..=position, other.encode_utf8(&mut [0; 4]));
            assert!(check(&changed).is_err(), "{other:?} at {position} passes");
        }
    }
}

#[test]
fn no_token_with_one_character_left_out_or_added_passes() {
    for token in [good(&HS), good(&ED)] {
        for position in 0..token.len() {
            let mut shorter = token.clone();
            let character = shorter.remove(position);
            assert!(check(&shorter).is_err(), "without {position}");
            let mut longer = token.clone();
            longer.insert(position, character);
            assert!(check(&longer).is_err(), "twice {position}");
        }
    }
}

proptest! {
    #[test]
    fn no_changed_signed_token_passes(
        position in 0_usize..400,
        other in any::<char>(),
        es in any::<bool>(),
    ) {
        let token = good(if es { &ES } else { &ED });
        let position = position % token.len();
        prop_assume!(token.as_bytes()[position] != other as u8 || !other.is_ascii());
        let mut changed = token.clone();
        changed.replace_range(position..=position, other.encode_utf8(&mut [0; 4]));

        prop_assert!(check(&changed).is_err());
    }

    #[test]
    fn arbitrary_text_is_refused_without_panic(text in "\\PC{0,300}") {
        prop_assert!(check(&text).is_err());
        prop_assert!(MasterKey::from_text(&text).is_err());
        let _ = KeySet::from_jwks_json(&text);
    }

    #[test]
    fn arbitrary_parts_are_refused_without_panic(
        text in "[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,90}",
    ) {
        prop_assert!(check(&text).is_err());
    }

    #[test]
    fn well_signed_arbitrary_claims_are_refused_without_panic(
        claims in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let token = from_bytes(good_header(&HS).to_string().as_bytes(), &claims, &HS);

        prop_assert!(check(&token).is_err());
    }

    #[test]
    fn well_signed_claims_cut_anywhere_are_malformed(length in 1_usize..200) {
        let claims = good_claims().to_string();
        let cut = &claims.as_bytes()[..length.min(claims.len() - 1)];
        let token = from_bytes(good_header(&HS).to_string().as_bytes(), cut, &HS);

        prop_assert_eq!(check(&token), Err(TokenError::Malformed));
    }
}
