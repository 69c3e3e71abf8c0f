//! Arbitrary text as an access token, and arbitrary changes to the claims of a genuine one.
#![no_main]

use std::sync::LazyLock;

use countersign_proto::jose::{
    ACCESS_TOKEN_TYP, AccessClaims, Algorithm, Expected, KeySet, SigningKey, verify_access_token,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

const NOW: i64 = 1_700_000_000;

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(Algorithm::HS256, &[7; 32]).expect("32 bytes"));
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::new([KEY.verifying_key()]));

fuzz_target!(|text: &str| {
    let expected = Expected::of::<AccessClaims>("https://issuer.example", "api");

    // Nobody can guess a signature: text that is not signed by the key never passes.
    assert!(verify_access_token(text, &KEYS, &expected, NOW).is_err());

    if let Ok(changes) = serde_json::from_str::<Map<String, Value>>(text) {
        let mut claims = good_claims();
        claims.extend(changes);
        let Ok(token) = KEY.sign(ACCESS_TOKEN_TYP, &claims) else { return };
        let Ok(accepted) = verify_access_token(&token, &KEYS, &expected, NOW) else { return };
        assert_eq!((accepted.iss.as_str(), accepted.aud.as_str()), (expected.issuer, "api"));
        assert!(accepted.exp > NOW && !accepted.sub.is_empty() && !accepted.jti.is_empty());
        assert!(verify_access_token(&token, &KEYS, &expected, accepted.exp).is_err());
    }
});

fn good_claims() -> Map<String, Value> {
    let claims = json!({
        "iss": "https://issuer.example", "sub": "1", "aud": "api", "client_id": "app",
        "scope": "read", "iat": NOW, "exp": NOW + 600, "jti": "j", "auth_time": NOW,
        "amr": ["pwd"], "roles": ["admin"], "epoch": 0,
    });
    claims.as_object().cloned().unwrap_or_default()
}
