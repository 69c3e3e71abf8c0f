//! Opaque tokens: one spelling each, a prefix that tells the kind, nothing printed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_proto::secret::{
    PlainToken, Secret, TOKEN_LEN, TokenDigest, TokenError, TokenKind, looks_like_token,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

#[test]
fn a_generated_token_is_recognised_as_its_kind_and_as_no_other() {
    for kind in TokenKind::ALL {
        let token = PlainToken::generate(kind);

        assert_eq!(token.reveal().len(), TOKEN_LEN);
        assert_eq!(TokenKind::of(token.reveal()), Some(kind));
        for other in TokenKind::ALL {
            assert_eq!(PlainToken::parse(other, token.reveal()).is_ok(), kind == other);
        }
    }
}

#[test]
fn two_generated_tokens_differ() {
    let (one, other) =
        (PlainToken::generate(TokenKind::Session), PlainToken::generate(TokenKind::Session));

    assert_ne!(one.reveal(), other.reveal());
    assert_ne!(one.digest(), other.digest());
}

#[test]
fn the_format_never_changes() {
    let token = PlainToken::from_entropy(TokenKind::ApiKey, &[7; 32]);

    assert_eq!(token.reveal(), "csk_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc45eiNl");
    assert_eq!(token.hint(), "csk_BwcH");
    let prefixes = TokenKind::ALL.map(TokenKind::prefix);
    assert_eq!(prefixes, ["csk_", "csa_", "csr_", "css_", "csm_", "csd_", "csl_"]);
}

#[test]
fn the_second_spelling_of_the_last_character_is_refused() {
    // 43 characters hold 258 bits: the last two must be zero, or one token had four spellings.
    let token = PlainToken::from_entropy(TokenKind::ApiKey, &[7; 32]);
    let body = &token.reveal()[..46];
    assert!(token.reveal().starts_with(&format!("{body}c")));

    for (last, accepted) in [("c", true), ("d", false), ("e", false), ("f", false)] {
        let spelled = with_checksum(&format!("{body}{last}"));
        assert_eq!(PlainToken::parse(TokenKind::ApiKey, &spelled).is_ok(), accepted);
    }
}

fn with_checksum(text: &str) -> String {
    let sum = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    format!("{text}{}", &sum[..6])
}

#[test]
fn no_secret_is_printed_by_debug() {
    let token = PlainToken::from_entropy(TokenKind::ApiKey, &[7; 32]);
    let secret = Secret::new("hunter2");

    let printed = format!("{token:?} {:?} {secret:?}", token.digest());

    assert_eq!(printed, "PlainToken(ApiKey, …) TokenDigest(…) Secret(…)");
}

#[test]
fn a_digest_survives_storage_and_equals_only_itself() {
    let digest = PlainToken::from_entropy(TokenKind::Refresh, &[1; 32]).digest();

    assert_eq!(TokenDigest::from_bytes(*digest.as_bytes()), digest);
    assert_ne!(PlainToken::from_entropy(TokenKind::Refresh, &[2; 32]).digest(), digest);
    assert_ne!(PlainToken::from_entropy(TokenKind::Session, &[1; 32]).digest(), digest);
}

#[test]
fn tokens_that_are_rotated_lie_with_their_family_in_the_order_of_their_turns() {
    let family = *b"a family";
    for kind in TokenKind::ALL.into_iter().filter(|kind| kind.rotates()) {
        let first = PlainToken::first(kind, family);
        let mut last = first.digest();
        assert_eq!(last.as_bytes()[..12], *b"a family\0\0\0\0");
        let mut token = first;
        for turn in 1..=300_u32 {
            token = token.successor(&[turn as u8; 32]);
            let (digest, hash) = (token.digest(), TokenDigest::of(token.reveal()));
            assert_eq!(digest.as_bytes()[..8], family);
            assert_eq!(digest.as_bytes()[8..12], turn.to_be_bytes());
            assert_eq!(digest.as_bytes()[12..], hash.as_bytes()[..20]);
            assert!(last.as_bytes() < digest.as_bytes());
            assert_eq!(PlainToken::parse(kind, token.reveal()).unwrap().digest(), digest);
            last = digest;
        }
    }
}

#[test]
fn the_successor_is_made_of_the_place_and_of_160_bits() {
    let token = PlainToken::from_entropy(TokenKind::Refresh, &[255; 32]);

    let next = token.successor(&[3; 32]);

    assert_eq!(next.reveal(), token.successor(&[3; 32]).reveal());
    assert_ne!(next.reveal(), token.successor(&[4; 32]).reveal());
    let mut bytes = [3; 32];
    bytes[..8].fill(255);
    bytes[8..12].fill(0);
    let expected = PlainToken::from_entropy(TokenKind::Refresh, &bytes);
    assert_eq!(next.reveal(), expected.reveal(), "after the last turn comes the first");
}

#[test]
fn first_tokens_of_one_family_differ() {
    let first = || PlainToken::first(TokenKind::Remember, [1; 8]);

    assert_ne!(first().reveal(), first().reveal());
    assert_ne!(first().digest(), first().digest());
}

#[test]
fn a_secret_is_read_from_json_and_cannot_be_written_to_it() {
    let secret: Secret = serde_json::from_str(r#""hunter2""#).unwrap();

    assert_eq!(secret, Secret::new("hunter2"));
    assert_ne!(secret, Secret::new("hunter3"));
    assert!(!secret.is_empty() && Secret::default().is_empty());
}

#[test]
fn signed_and_opaque_tokens_look_like_tokens_and_names_do_not() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2lnbmF0dXJl";

    for token in [jwt, &jwt.to_uppercase(), "csk_", "CSK_x", "csr_anything"] {
        assert!(looks_like_token(token), "{token}");
    }
    for name in
        ["john", "john.q.public", "eyjolfur.k.jonsson", "csk", "cs_k", "cskate", "", "ey.a.b.c"]
    {
        assert!(!looks_like_token(name), "{name}");
    }
    assert!(!looks_like_token("eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0"));
    assert!(!looks_like_token("eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2ln@example.com"));
}

fn any_kind() -> impl Strategy<Value = TokenKind> {
    prop::sample::select(TokenKind::ALL.to_vec())
}

proptest! {
    #[test]
    fn the_same_entropy_gives_the_same_token_and_it_reads_back(
        kind in any_kind(), entropy: [u8; 32]
    ) {
        let token = PlainToken::from_entropy(kind, &entropy);
        let again = PlainToken::parse(kind, token.reveal()).unwrap();

        let made_again = PlainToken::from_entropy(kind, &entropy);

        prop_assert_eq!(again.reveal(), token.reveal());
        prop_assert_eq!(made_again.digest(), token.digest());
        prop_assert!(looks_like_token(token.reveal()));
    }

    #[test]
    fn one_changed_character_is_noticed_without_a_query(
        kind in any_kind(), entropy: [u8; 32], at in 0..TOKEN_LEN, to in "[A-Za-z0-9_-]"
    ) {
        let token = PlainToken::from_entropy(kind, &entropy);
        let mut mistyped = token.reveal().to_owned();
        mistyped.replace_range(at..=at, &to);
        prop_assume!(mistyped != token.reveal());

        prop_assert_eq!(PlainToken::parse(kind, &mistyped).err(), Some(TokenError::NotOurs));
    }

    #[test]
    fn any_text_is_a_token_or_an_error(kind in any_kind(), text in ".{0,80}") {
        let _ = PlainToken::parse(kind, &text);
        let _ = PlainToken::parse(kind, &format!("{}{text}", kind.prefix()));
        let _ = looks_like_token(&text);
    }
}
