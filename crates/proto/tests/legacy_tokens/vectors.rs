//! Tokens made by the libraries themselves (`vectors/make_legacy_vectors.py`).

use std::collections::BTreeSet;

use countersign_proto::{
    jose::TokenError,
    legacy::{LegacyPurpose, LegacySecret, has_shape, verify},
};
use serde_json::Value;

fn vectors() -> (LegacySecret, Vec<Value>) {
    let mut file: Value = serde_json::from_str(include_str!("../vectors/legacy.json")).unwrap();
    let secret = LegacySecret::new(file["secret"].as_str().unwrap()).unwrap();
    (secret, serde_json::from_value(file["vectors"].take()).unwrap())
}

#[test]
fn what_the_old_libraries_issued_is_read_as_they_meant_it() {
    let (secret, vectors) = vectors();
    let mut libraries = BTreeSet::new();

    for vector in &vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let (issued, expires) =
            (vector["issued"].as_i64().unwrap(), vector["expires"].as_i64().unwrap());
        libraries.insert((text("library"), text("version")));

        let read = verify(text("token"), &secret, 5, issued + 1).unwrap();

        assert!(has_shape(text("token")), "{vector}");
        assert_eq!(format!("{:?}", read.maker), text("maker"), "{vector}");
        assert_eq!(read.user, text("user"), "{vector}");
        assert_eq!(read.purpose == LegacyPurpose::Refresh, text("purpose") == "refresh");
        assert!((expires..=expires + 2).contains(&read.expires_at), "{vector}");
        assert!(read.issued_at.is_none_or(|at| (issued..=issued + 2).contains(&at)), "{vector}");
    }

    assert_eq!(libraries.len(), 6, "{libraries:?}");
}

#[test]
fn an_old_token_is_refused_late_early_and_under_another_secret() {
    let (secret, vectors) = vectors();
    let stranger = LegacySecret::new("somebody else's secret").unwrap();

    for vector in &vectors {
        let token = vector["token"].as_str().unwrap();
        let issued = vector["issued"].as_i64().unwrap();
        let read = verify(token, &secret, 5, issued + 1).unwrap();
        let at = |now| verify(token, &secret, 5, now).map(|token| token.user);

        assert_eq!(at(read.expires_at - 1), Ok(read.user), "{vector}");
        assert_eq!(at(read.expires_at), Err(TokenError::Expired), "{vector}");
        let early =
            if read.issued_at.is_some() { Err(TokenError::NotYetValid) } else { at(issued) };
        assert_eq!(at(issued - 60), early, "{vector}");
        let foreign = verify(token, &stranger, 5, issued + 1);
        assert_eq!(foreign, Err(TokenError::Signature), "{vector}");
    }
}

#[test]
fn no_byte_of_an_old_token_can_be_changed() {
    let (secret, vectors) = vectors();
    let now = |vector: &Value| vector["issued"].as_i64().unwrap() + 1;

    for vector in vectors.iter().step_by(5) {
        let token = vector["token"].as_str().unwrap();
        for at in 0..token.len() {
            let mut bytes = token.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, &secret, 5, now(vector)).is_err(), "{at} of {token}");
        }
    }
}
