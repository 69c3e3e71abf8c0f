//! Attacks on the verifier of old tokens, beside controls that must pass.

use countersign_proto::jose::{Algorithm, SigningKey, TokenError};
use countersign_proto::legacy::{LegacyPurpose, LegacySecret, has_shape};
use serde_json::{Value, json};

use crate::bench::{NOW, b64, check, extended, flask_jwt, header, pyjwt, signed, token, with};

fn refused(cases: &[(&str, String, TokenError)]) {
    for (name, token, why) in cases {
        assert_eq!(check(token).unwrap_err(), *why, "{name}: {token}");
    }
}

#[test]
fn the_controls_pass() {
    let dated = json!({"alg": "HS256", "iat": NOW, "exp": NOW + 60});
    for (token, user) in [
        (token(&header(), &pyjwt()), "1"),
        (token(&header(), &flask_jwt()), "1"),
        (token(&header(), &extended()), "1"),
        (token(&dated, &json!({"id": "JohnDoe"})), "JohnDoe"),
        (token(&json!({"alg": "HS256"}), &pyjwt()), "1"),
        (token(&header(), &with(pyjwt(), "exp", json!(1_800_000_059.5))), "1"),
        (token(&header(), &with(extended(), "roles", json!(["any", {"claim": 1}]))), "1"),
    ] {
        assert_eq!(check(&token).unwrap().user, user, "{token}");
    }
    let refresh = token(&header(), &with(extended(), "type", json!("refresh")));
    assert_eq!(check(&refresh).unwrap().purpose, LegacyPurpose::Refresh);
}

#[test]
fn no_header_chooses_how_it_is_verified() {
    let good = token(&header(), &pyjwt());
    let (_, rest) = good.split_once('.').unwrap();
    let (claims, _) = rest.split_once('.').unwrap();
    let alg = |alg: Value| token(&with(header(), "alg", alg), &pyjwt());
    let mut cases = vec![
        (
            "none without a signature",
            format!("{}.{claims}.", b64(r#"{"alg":"none"}"#)),
            TokenError::Malformed,
        ),
        ("none with one", alg(json!("none")), TokenError::Algorithm),
        ("a list", alg(json!(["HS256"])), TokenError::Algorithm),
        ("absent", alg(Value::Null), TokenError::Algorithm),
        ("HS512 without dates", alg(json!("HS512")), TokenError::Algorithm),
        ("no JWT", token(&with(header(), "typ", json!("at+jwt")), &pyjwt()), TokenError::Type),
    ];
    for name in ["nOnE", "hs256", "HS384", "RS256", "ES256", "EdDSA", "HS256 ", ""] {
        cases.push((name, alg(json!(name)), TokenError::Algorithm));
    }
    for name in ["kid", "jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"] {
        let header = with(header(), name, json!("x"));
        cases.push((name, token(&header, &pyjwt()), TokenError::Header));
    }

    refused(&cases);
}

#[test]
fn a_token_of_this_service_has_another_shape() {
    let ours = SigningKey::generate(Algorithm::HS256).unwrap();
    let ours = ours.sign("at+jwt", &pyjwt()).unwrap();

    assert!(!has_shape(&ours));
    for nothing in ["", ".", "..", "a.b.c", "csk_x"] {
        assert!(!has_shape(nothing), "{nothing}");
    }
}

#[test]
fn what_is_no_token_is_malformed() {
    let good = token(&header(), &pyjwt());
    let doubled = signed(r#"{"alg":"HS256"}"#, r#"{"id":1,"id":2,"exp":1800000060}"#);
    let deep = format!("{{\"type\":\"access\",\"x\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let cases: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("one part", "abc".into()),
        ("two parts", "a.b".into()),
        ("four parts", format!("{good}.AA")),
        ("padding", format!("{good}=")),
        ("a blank", format!(" {good}")),
        ("a line break", format!("{good}\n")),
        ("other base64", good.replace('.', "+.")),
        ("not ASCII", format!("{good}é")),
        ("huge", format!("{good}{}", "A".repeat(8 * 1024))),
        ("a member twice", doubled),
        ("a header member twice", signed(r#"{"alg":"HS256","alg":"none"}"#, "{}")),
        ("an array", signed(r#"{"alg":"HS256"}"#, "[1]")),
        ("no JSON", signed(r#"{"alg":"HS256"}"#, "id=1")),
        ("behind it", signed(r#"{"alg":"HS256"}"#, r#"{"id":1} {}"#)),
        ("too deep", signed(r#"{"alg":"HS256"}"#, &deep)),
        ("no UTF-8", format!("{}.{}.AA", b64([0xff]), b64("{}"))),
    ];
    for (name, token) in cases {
        assert_eq!(check(&token).unwrap_err(), TokenError::Malformed, "{name}");
    }
}

#[test]
fn a_date_that_is_none_is_refused() {
    for exp in [
        json!("1800000060"),
        json!(true),
        json!([1_800_000_060]),
        json!({}),
        json!(-1),
        json!(-0.5),
        json!(1e300),
        json!(253_402_300_800_i64),
        json!(1_800_000_060_000_i64),
        json!(u64::MAX),
    ] {
        let cases = [
            (
                "pyjwt",
                token(&header(), &with(pyjwt(), "exp", exp.clone())),
                TokenError::Claim("exp"),
            ),
            (
                "flask_jwt",
                token(&header(), &with(flask_jwt(), "nbf", exp.clone())),
                TokenError::Claim("nbf"),
            ),
            ("extended", token(&header(), &with(extended(), "iat", exp)), TokenError::Claim("iat")),
        ];
        refused(&cases);
    }
}

#[test]
fn a_token_without_an_end_or_out_of_its_time_is_refused() {}

#[test]
fn a_date_that_is_missing_over_or_to_come_is_refused() {
    let gone = |claims, name| token(&header(), &with(claims, name, Value::Null));
    refused(&[
        (
            "a null is no date",
            signed(r#"{"alg":"HS256"}"#, r#"{"id":1,"exp":null}"#),
            TokenError::Claim("exp"),
        ),
        ("for ever", gone(pyjwt(), "exp"), TokenError::Claim("exp")),
        ("for ever, extended", gone(extended(), "exp"), TokenError::Claim("exp")),
        ("without iat", gone(flask_jwt(), "iat"), TokenError::Claim("iat")),
        ("without nbf", gone(flask_jwt(), "nbf"), TokenError::Claim("nbf")),
        ("over", token(&header(), &with(pyjwt(), "exp", json!(NOW))), TokenError::Expired),
        (
            "backwards",
            token(&header(), &with(flask_jwt(), "iat", json!(NOW + 61))),
            TokenError::Claim("exp"),
        ),
        (
            "tomorrow",
            token(&header(), &with(flask_jwt(), "nbf", json!(NOW + 6))),
            TokenError::NotYetValid,
        ),
    ]);
}

#[test]
fn what_was_signed_for_something_else_is_no_token() {
    let other = |claims: Value| token(&header(), &claims);
    let exp = NOW + 60;
    refused(&[
        (
            "a reset of a password",
            other(json!({"reset_password": 1, "exp": exp})),
            TokenError::Type,
        ),
        (
            "with an id besides",
            other(json!({"id": 1, "action": "reset", "exp": exp})),
            TokenError::Type,
        ),
        ("a confirmation", other(json!({"confirm": 1, "exp": exp})), TokenError::Type),
        ("nothing", other(json!({"exp": exp})), TokenError::Claim("id")),
        ("another type", other(with(extended(), "type", json!("reset"))), TokenError::Type),
        ("no type at all", other(with(extended(), "type", Value::Null)), TokenError::Type),
        ("two users", other(with(extended(), "identity", json!(2))), TokenError::Claim("sub")),
        ("no jti", other(with(extended(), "jti", Value::Null)), TokenError::Claim("jti")),
        (
            "dates in the header, another purpose",
            token(&json!({"alg": "HS256", "iat": NOW, "exp": exp}), &json!({"confirm": 1})),
            TokenError::Type,
        ),
        (
            "dates in both",
            token(&json!({"alg": "HS256", "iat": NOW, "exp": exp}), &pyjwt()),
            TokenError::Type,
        ),
    ]);
}

#[test]
fn a_user_is_a_number_or_a_text() {
    for id in [
        json!(true),
        json!([1]),
        json!({"a": 1}),
        json!(1.5),
        json!(-1),
        json!(""),
        json!("a\u{0}b"),
        json!("x".repeat(256)),
    ] {
        refused(&[
            ("pyjwt", token(&header(), &with(pyjwt(), "id", id.clone())), TokenError::Claim("id")),
            (
                "flask_jwt",
                token(&header(), &with(flask_jwt(), "identity", id.clone())),
                TokenError::Claim("identity"),
            ),
            ("extended", token(&header(), &with(extended(), "sub", id)), TokenError::Claim("sub")),
        ]);
    }
}

#[test]
fn a_secret_that_can_be_guessed_at_once_is_none() {
    for short in ["", "secret", "1234567"] {
        assert!(LegacySecret::new(short).is_err(), "{short}");
    }
    assert!(LegacySecret::new(vec![0; 5000]).is_err());
    assert_eq!(format!("{:?}", LegacySecret::new("super-secret").unwrap()), "LegacySecret(…)");
}
