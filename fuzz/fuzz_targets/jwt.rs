//! Arbitrary text as an access token, and arbitrary claims under a genuine signature.
#![no_main]

use std::sync::LazyLock;

use countersign_proto::jose::{
    ACCESS_TOKEN_TYP, AccessClaims, Algorithm, Expected, KeySet, SigningKey, verify_access_token,
};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_700_000_000;

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(Algorithm::Hs256, &[7; 32]).expect("32 bytes"));
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::new([KEY.verifying_key()]));

fuzz_target!(|text: &str| {
    let expected = Expected::of::<AccessClaims>("https://issuer.example", "api");

    // Nobody can guess a signature: text that is not signed by the key never passes.
    assert!(verify_access_token(text, &KEYS, &expected, NOW).is_err());

    if let Ok(claims) = serde_json::from_str::<serde_json::Value>(text)
        && let Ok(token) = KEY.sign(ACCESS_TOKEN_TYP, &claims)
        && let Ok(accepted) = verify_access_token(&token, &KEYS, &expected, NOW)
    {
        assert_eq!((accepted.iss.as_str(), accepted.aud.as_str()), (expected.issuer, "api"));
        assert!(accepted.exp > NOW && !accepted.sub.is_empty() && !accepted.jti.is_empty());
        assert!(verify_access_token(&token, &KEYS, &expected, accepted.exp).is_err());
    }
});
