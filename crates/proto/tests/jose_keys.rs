//! Keys: what they say about themselves, what is published, and which keys are refused.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_proto::jose::{
    Algorithm, KeyError, KeySet, MAX_JWKS_LEN, SigningKey, VerifyingKey,
};
use jsonwebtoken::{DecodingKey, crypto};
use serde_json::{Value, json};

const ALL: [Algorithm; 4] =
    [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256, Algorithm::HS256];

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn public(algorithm: Algorithm) -> Value {
    SigningKey::generate(algorithm).unwrap().verifying_key().to_jwk().unwrap()
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn refusal(jwk: &Value) -> Option<KeyError> {
    VerifyingKey::from_jwk(jwk).err()
}

#[test]
fn a_key_survives_being_stored() {
    for algorithm in ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let again = SigningKey::from_bytes(algorithm, &key.to_bytes()).unwrap();

        let signature = again.sign_bytes(b"message").unwrap();

        assert_eq!(again.kid(), key.kid());
        assert_eq!(again.algorithm(), algorithm);
        assert_eq!(key.verifying_key().verify_signature(b"message", &signature), Ok(()));
        assert!(key.verifying_key().verify_signature(b"massage", &signature).is_err());
    }
}

#[test]
fn a_stored_key_is_read_for_its_own_algorithm_only() {
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let bytes = SigningKey::generate(algorithm).unwrap().to_bytes();

        for other in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
            assert_eq!(SigningKey::from_bytes(other, &bytes).is_ok(), other == algorithm);
        }
        let cut = &bytes[..bytes.len() - 1];
        assert_eq!(SigningKey::from_bytes(algorithm, cut).unwrap_err(), KeyError::Malformed);
        assert_eq!(SigningKey::from_bytes(algorithm, b"").unwrap_err(), KeyError::Malformed);
    }
}

#[test]
fn a_short_hmac_secret_is_refused() {
    let refusal = |n: usize| SigningKey::from_bytes(Algorithm::HS256, &vec![7; n]).err();

    assert_eq!(refusal(0), Some(KeyError::Weak));
    assert_eq!(refusal(31), Some(KeyError::Weak));
    assert_eq!(refusal(32), None);
    assert_eq!(refusal(513), Some(KeyError::Malformed));
}

#[test]
fn two_keys_never_share_a_name_and_no_name_shows_the_secret() {
    for algorithm in ALL {
        let [one, two] = [(); 2].map(|()| SigningKey::generate(algorithm).unwrap());

        assert_ne!(one.kid(), two.kid());
        assert!(one.kid().len() <= 43);
        assert!(!one.kid().contains(&b64(&one.to_bytes()[..6])));
    }
}

#[test]
fn private_keys_do_not_show_in_debug_output() {
    for algorithm in ALL {
        let key = SigningKey::generate(algorithm).unwrap();

        assert_eq!(format!("{key:?}"), "SigningKey { .. }");
        let shown = format!("{:?}", key.verifying_key());
        assert_eq!(
            shown,
            format!("VerifyingKey {{ kid: {:?}, algorithm: {algorithm:?}, .. }}", key.kid())
        );
    }
}

#[test]
fn algorithm_names_are_exact() {
    for algorithm in ALL {
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
    }
    for name in ["none", "eddsa", "EdDSA ", "PS256", "ES256K", ""] {
        assert_eq!(name.parse::<Algorithm>(), Err(KeyError::Unsupported), "{name}");
    }
    assert_eq!(Algorithm::default(), Algorithm::EdDSA);
}

#[test]
fn a_published_set_verifies_elsewhere_and_holds_no_secret() {
    let keys = ALL.map(|algorithm| SigningKey::generate(algorithm).unwrap());
    let published = KeySet::new(keys.iter().map(SigningKey::verifying_key)).to_jwks_json();
    let read = KeySet::from_jwks_json(&published).unwrap();

    assert_eq!(read.len(), 3);
    assert_eq!(read.to_jwks_json(), published);
    for key in &keys[..3] {
        let signature = key.sign_bytes(b"message").unwrap();
        let verifier = read.get(key.kid()).unwrap();
        assert_eq!(verifier.algorithm(), key.algorithm());
        assert_eq!(verifier.verify_signature(b"message", &signature), Ok(()));
    }
    assert!(read.get(keys[3].kid()).is_none());
    assert!(keys[3].verifying_key().to_jwk().is_none());
    let set: Value = serde_json::from_str(&published).unwrap();
    for jwk in set["keys"].as_array().unwrap() {
        for name in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(jwk.get(name).is_none(), "{name} is published");
        }
        assert_eq!(jwk["use"], "sig");
    }
}

#[test]
fn keys_that_are_private_or_for_another_use_are_refused() {
    let (ed, es, rs) =
        (public(Algorithm::EdDSA), public(Algorithm::ES256), public(Algorithm::RS256));
    let cases = [
        ("private", with(ed.clone(), "d", json!("AA")), KeyError::NotPublic),
        ("private RSA", with(rs.clone(), "p", json!("AA")), KeyError::NotPublic),
        ("symmetric", json!({"kty": "oct", "k": b64([1; 32]), "kid": "x"}), KeyError::NotPublic),
        ("for encryption", with(ed.clone(), "use", json!("enc")), KeyError::Unsupported),
        ("to encrypt", with(rs.clone(), "key_ops", json!(["encrypt"])), KeyError::Unsupported),
        ("to sign", with(es.clone(), "key_ops", json!(["sign"])), KeyError::Unsupported),
        ("of no use", with(ed.clone(), "key_ops", json!([])), KeyError::Unsupported),
        ("for PS256", with(rs.clone(), "alg", json!("PS256")), KeyError::Unsupported),
        ("for HS256", with(rs, "alg", json!("HS256")), KeyError::Unsupported),
        ("for none", with(ed.clone(), "alg", json!("none")), KeyError::Unsupported),
        ("Ed25519 for ES256", with(ed.clone(), "alg", json!("ES256")), KeyError::Unsupported),
        ("X25519", with(ed.clone(), "crv", json!("X25519")), KeyError::Unsupported),
        ("Ed448", with(ed.clone(), "crv", json!("Ed448")), KeyError::Unsupported),
        ("secp256k1", with(es.clone(), "crv", json!("secp256k1")), KeyError::Unsupported),
        ("P-384", with(es.clone(), "crv", json!("P-384")), KeyError::Unsupported),
        ("Ed25519 as EC", with(es, "crv", json!("Ed25519")), KeyError::Unsupported),
        ("without a type", json!({"kid": "x"}), KeyError::Unsupported),
    ];

    for (name, jwk, expected) in cases {
        assert_eq!(refusal(&jwk), Some(expected), "{name}");
    }
    assert_eq!(refusal(&with(ed, "key_ops", json!(["verify"]))), None);
}

#[test]
fn keys_that_are_malformed_or_off_the_curve_are_refused() {
    let (ed, es) = (public(Algorithm::EdDSA), public(Algorithm::ES256));
    let zero = json!(b64([0; 32]));
    let cases = [
        ("no object", json!("key")),
        ("a number for kid", with(ed.clone(), "kid", json!(1))),
        ("an empty kid", with(ed.clone(), "kid", json!(""))),
        ("a long kid", with(ed.clone(), "kid", json!("k".repeat(257)))),
        ("padding", with(ed.clone(), "x", json!(format!("{}=", b64([9; 32]))))),
        ("31 bytes", with(ed.clone(), "x", json!(b64([9; 31])))),
        ("33 bytes", with(ed, "x", json!(b64([9; 33])))),
        ("off the curve", with(es.clone(), "x", json!(b64([9; 32])))),
        ("x too long", with(es.clone(), "x", json!(b64([0; 33])))),
        ("x = y = 0", with(with(es, "x", zero.clone()), "y", zero)),
    ];

    for (name, jwk) in cases {
        assert_eq!(refusal(&jwk), Some(KeyError::Malformed), "{name}");
    }
}

#[test]
fn weak_and_outsized_rsa_keys_are_refused() {
    let rs = public(Algorithm::RS256);
    let n = |n: Vec<u8>| with(rs.clone(), "n", json!(b64(n)));
    let e = |e: &str| with(rs.clone(), "e", json!(e));
    let cases = [
        ("1024 bits", n(vec![0xab; 128]), KeyError::Weak),
        ("2047 bits", n(vec![0x7f; 256]), KeyError::Weak),
        ("8200 bits", n(vec![0xab; 1025]), KeyError::Unsupported),
        ("no modulus", n(vec![]), KeyError::Malformed),
        ("leading zero in n", n(vec![0; 257]), KeyError::Malformed),
        ("exponent 1", e("AQ"), KeyError::Weak),
        ("exponent 2", e("Ag"), KeyError::Weak),
        ("exponent 0", e("AA"), KeyError::Malformed),
        ("exponent of six bytes", e(&b64([1; 6])), KeyError::Unsupported),
        ("leading zero in e", e("AAEAAQ"), KeyError::Malformed),
    ];

    for (name, jwk, expected) in cases {
        assert_eq!(refusal(&jwk), Some(expected), "{name}");
    }
}

#[test]
fn ed25519_keys_of_small_order_are_refused_because_anybody_can_sign_for_them() {
    let ys = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for y in ys {
        for sign in [0, 0x80] {
            let mut x = unhex(y);
            x[31] |= sign;
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": b64(x)});
            assert_eq!(refusal(&jwk), Some(KeyError::Weak), "{y}");
        }
    }

    // The library alone lets this forgery pass: key and R are the identity, S is zero.
    let key = DecodingKey::from_ed_der(&unhex(ys[1]));
    let forged = b64([unhex(ys[1]), vec![0; 32]].concat());
    let verdict = crypto::verify(&forged, b"anything", &key, jsonwebtoken::Algorithm::EdDSA);
    assert!(verdict.unwrap());
}

#[test]
fn a_set_skips_keys_it_cannot_use_and_refuses_ambiguity() {
    let (ed, es) = (public(Algorithm::EdDSA), public(Algorithm::ES256));
    let set = |keys: Value| KeySet::from_jwks_json(&json!({ "keys": keys }).to_string());

    let mixed = set(json!([{"kty": "oct", "k": "AAAA"}, ed, {"kty": "future"}, 1, null])).unwrap();
    assert_eq!(mixed.len(), 1);
    assert!(set(json!([])).unwrap().is_empty());

    let same = |jwk: &Value| with(jwk.clone(), "kid", json!("same"));
    assert_eq!(set(json!([same(&ed), same(&es)])).unwrap_err(), KeyError::Duplicate);
    let nameless = json!({"kty": ed["kty"], "crv": ed["crv"], "x": ed["x"]});
    assert_eq!(
        set(json!([nameless])).unwrap().get(ed["kid"].as_str().unwrap()).unwrap().kid(),
        ed["kid"]
    );
}

#[test]
fn a_set_that_is_not_strict_json_is_refused() {
    let long = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(MAX_JWKS_LEN));
    let texts = [
        "",
        "[]",
        "null",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]} x",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"kty\":\"oct\"}]}",
        "\u{feff}{\"keys\":[]}",
        &long,
    ];

    for text in texts {
        assert_eq!(KeySet::from_jwks_json(text).unwrap_err(), KeyError::Malformed, "{text:.40}");
    }
}
