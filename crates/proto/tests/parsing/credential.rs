//! What each carrier of a credential may hold, and what is refused.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_proto::{
    credential::{CarriedBy, Carriers, CredentialError, MAX_LEN, Presented, parse},
    secret::{PlainToken, Secret, TokenKind, looks_like_token},
};
use proptest::prelude::*;

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2lnbmF0dXJl";

type Answer = Result<Option<Presented>, CredentialError>;

fn authorization(value: impl AsRef<[u8]>) -> Answer {
    parse(&[value.as_ref()], &[], &[], &Carriers::default())
}

fn basic(pair: impl AsRef<[u8]>) -> Answer {
    authorization(format!("Basic {}", STANDARD.encode(pair)))
}

fn token(token: &str, carried_by: CarriedBy) -> Answer {
    Ok(Some(Presented::Token { token: Secret::new(token), carried_by }))
}

fn password(username: &str, password: &str) -> Answer {
    Ok(Some(Presented::Password { username: username.into(), password: Secret::new(password) }))
}

#[test]
fn a_request_without_credentials_presents_nothing() {
    assert_eq!(parse(&[], &[], &[], &Carriers::default()), Ok(None));
    assert_eq!(parse(&[], &[("accept", b"*/*")], &[], &Carriers::default()), Ok(None));
}

#[test]
fn basic_is_parted_at_the_first_colon_only() {
    assert_eq!(basic("ann:pass:word:"), password("ann", "pass:word:"));
}

#[test]
fn basic_may_leave_out_its_padding_but_not_get_it_wrong() {
    assert_eq!(authorization("Basic YTpi"), password("a", "b"));
    assert_eq!(authorization("Basic YTpiYw=="), password("a", "bc"));
    assert_eq!(authorization("Basic YTpiYw"), password("a", "bc"));
    for garbage in ["YTpiYw=", "YTpiYx==", "YTpi=", "YTpi YTpi", "YTp-", "%%%%", "a:b", "YT\npi"] {
        let answer = authorization(format!("Basic {garbage}"));
        assert_eq!(answer, Err(CredentialError::Malformed), "{garbage}");
    }
}

#[test]
fn basic_is_utf_8_and_otherwise_latin_1() {
    assert_eq!(basic("jürgen:paß"), password("jürgen", "paß"));
    assert_eq!(basic(b"j\xfcrgen:pa\xdf"), password("jürgen", "paß"));
}

#[test]
fn an_empty_user_name_or_password_never_reaches_a_verifier() {
    for pair in [":", "ann:", ":secret"] {
        assert_eq!(basic(pair), Err(CredentialError::Empty), "{pair:?}");
    }
    for value in ["", " ", "Basic", "Basic ", "Bearer", "Bearer  "] {
        assert_eq!(authorization(value), Err(CredentialError::Empty), "{value:?}");
    }
    let carriers = Carriers::default();
    assert_eq!(parse(&[], &[("x-api-key", b"")], &[], &carriers), Err(CredentialError::Empty));
    assert_eq!(parse(&[], &[], &[""], &carriers), Err(CredentialError::Empty));
    assert_eq!(CredentialError::Empty.code().status(), 401);
}

#[test]
fn basic_without_colon_or_with_control_characters_is_malformed() {
    for pair in [&b"ann"[..], b"ann\0:b", b"ann:b\n", b"an\x7fn:b", b"ann:\x85\xff"] {
        assert_eq!(basic(pair), Err(CredentialError::Malformed), "{pair:?}");
    }
}

#[test]
fn a_token_as_basic_user_name_is_a_token_whatever_the_password() {
    let key = PlainToken::generate(TokenKind::ApiKey);

    for presented in [JWT, key.reveal()] {
        for password in ["", "unused", "x:y"] {
            let answer = basic(format!("{presented}:{password}"));
            assert_eq!(answer, token(presented, CarriedBy::BasicUsername));
        }
    }
    assert_eq!(basic("john.q.public:x"), password("john.q.public", "x"));
    assert_eq!(basic("csk_with blank:x"), Err(CredentialError::Malformed));
}

#[test]
fn a_bearer_token_is_one_word_of_the_rfc_6750_alphabet() {
    assert_eq!(authorization("Bearer a-._~+/9=="), token("a-._~+/9==", CarriedBy::Bearer));
    assert_eq!(authorization("bEARER   abc "), token("abc", CarriedBy::Bearer));
    for wrong in ["a b", "a=b", "=", "a,b", "a\"", "ä", "a, Bearer b", "a\tb", "a\0"] {
        let answer = authorization(format!("Bearer {wrong}"));
        assert_eq!(answer, Err(CredentialError::Malformed), "{wrong:?}");
    }
    assert_eq!(authorization(b"Bearer \xff"), Err(CredentialError::Malformed));
}

#[test]
fn a_configured_scheme_or_header_carries_a_token_and_an_unknown_scheme_is_refused() {
    let carriers = Carriers { schemes: vec!["JWT".into()], headers: vec!["X-Token".into()] };

    let by_scheme = parse(&[b"jwt abc"], &[], &[], &carriers);
    let by_header = parse(&[], &[("x-token", b"abc"), ("x-api-key", b"other")], &[], &carriers);

    assert_eq!(by_scheme, token("abc", CarriedBy::Scheme("JWT".into())));
    assert_eq!(by_header, token("abc", CarriedBy::Header("X-Token".into())));
    for value in ["Digest username=\"a\"", "Negotiate abc", "JWT abc", "csk_naked", "a:b"] {
        assert_eq!(authorization(value), Err(CredentialError::UnsupportedScheme), "{value}");
    }
}

#[test]
fn two_different_credentials_are_refused_and_the_same_twice_is_one() {
    let all = |authorization: &[&[u8]], header: &[u8], query: &[&str]| {
        parse(authorization, &[("X-API-Key", header)], query, &Carriers::default())
    };
    let ann: &[u8] = b"Basic YW5uOmI=";

    assert_eq!(all(&[b"Bearer abc", b"bearer abc"], b"abc", &["abc"]).unwrap(), {
        token("abc", CarriedBy::Bearer).unwrap()
    });
    assert_eq!(parse(&[ann, ann], &[], &[], &Carriers::default()), password("ann", "b"));
    for different in [
        all(&[b"Bearer abc"], b"abd", &[]),
        all(&[b"Bearer abc", b"Bearer abd"], b"abc", &[]),
        all(&[], b"abc", &["abd"]),
        all(&[ann], b"abc", &[]),
        all(&[b"Bearer abc", ann], b"abc", &[]),
        all(&[ann, b"Basic YW5uOmM="], b"abc", &[]),
    ] {
        assert_eq!(different, Err(CredentialError::Multiple));
    }
    assert_eq!(CredentialError::Multiple.code().status(), 400);
}

#[test]
fn a_broken_credential_is_not_rescued_by_a_good_one() {
    let answer = parse(&[b"Digest x"], &[("x-api-key", b"abc")], &["abc"], &Carriers::default());

    assert_eq!(answer, Err(CredentialError::UnsupportedScheme));
}

#[test]
fn a_credential_of_more_than_8_kib_is_refused_wherever_it_is() {
    let long = "a".repeat(MAX_LEN + 1);
    let carriers = Carriers::default();

    assert_eq!(authorization(&long), Err(CredentialError::TooLong));
    let header = parse(&[], &[("x-api-key", long.as_bytes())], &[], &carriers);
    assert_eq!(header, Err(CredentialError::TooLong));
    assert_eq!(parse(&[], &[], &[&long], &carriers), Err(CredentialError::TooLong));
    assert!(parse(&[], &[], &[&long[1..]], &carriers).is_ok());
}

#[test]
fn neither_debug_nor_error_shows_what_was_secret() {
    let printed = format!("{:?} {:?}", basic("ann:hunter2"), authorization("Bearer hunter2"));
    let error = authorization("hunter2").unwrap_err();

    assert!(!format!("{printed} {error} {error:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn any_bytes_are_a_credential_nothing_or_an_error(
        value: Vec<u8>, header: Vec<u8>, query in ".*", scheme in "Basic |Bearer |JWT |"
    ) {
        let value = [scheme.into_bytes(), value].concat();
        let headers: [(&str, &[u8]); 1] = [("x-api-key", &header)];

        let _ = parse(&[&value], &headers, &[&query], &Carriers::default());
        let _ = parse(&[&value], &[], &[], &Carriers::default());
    }

    #[test]
    fn any_user_name_and_password_survive_basic(
        username in r"[^:\pC]{1,40}", secret in r"\PC{1,40}", scheme in "[Bb][Aa][Ss][Ii][Cc]"
    ) {
        prop_assume!(!looks_like_token(&username));
        let pair = STANDARD.encode(format!("{username}:{secret}"));

        let answer = authorization(format!("{scheme} {pair}"));

        prop_assert_eq!(&answer, &password(&username, &secret));
        prop_assert_eq!(authorization(format!("Basic {}", pair.trim_end_matches('='))), answer);
    }

    #[test]
    fn any_latin_1_password_survives_basic(secret in "[ -~\u{a0}-\u{ff}]{1,40}") {
        let bytes: Vec<u8> = "ann:".chars().chain(secret.chars()).map(|c| c as u8).collect();
        prop_assume!(std::str::from_utf8(&bytes).is_err());

        prop_assert_eq!(basic(bytes), password("ann", &secret));
    }

    #[test]
    fn any_bearer_token_survives_in_any_case_of_the_scheme(
        text in "[A-Za-z0-9._~+/-]{1,200}={0,2}", scheme in "[Bb][Ee][Aa][Rr][Ee][Rr]", blanks in " {1,3}"
    ) {
        let answer = authorization(format!("{scheme}{blanks}{text}"));

        prop_assert_eq!(answer, token(&text, CarriedBy::Bearer));
    }
}
