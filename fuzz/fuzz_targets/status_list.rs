//! Arbitrary bytes as a packed status list, and arbitrary changes to the claims of a genuine one.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_proto::{
    jose::{Algorithm, KeySet, SigningKey},
    status_list::{MAX_LIST_BYTES, STATUS_LIST_TYP, StatusList, verify_status_list},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

const NOW: i64 = 1_700_000_000;
const URI: &str = "https://issuer.example/status-lists/0";

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(Algorithm::HS256, &[7; 32]).expect("32 bytes"));
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::new([KEY.verifying_key()]));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(list) = StatusList::from_lst(1, &URL_SAFE_NO_PAD.encode(bytes)) {
        assert!(list.len() <= MAX_LIST_BYTES * 8);
        assert!(list.is_invalid(list.len() as u64).is_err());
        assert_eq!(StatusList::from_lst(1, &list.to_lst()), Ok(list));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert!(verify_status_list(text, &KEYS, URI, (10, NOW)).is_err());
    if let Ok(changes) = serde_json::from_str::<Map<String, Value>>(text) {
        let mut claims = good_claims();
        claims.extend(changes);
        let Ok(token) = KEY.sign(STATUS_LIST_TYP, &claims) else { return };
        let Ok(read) = verify_status_list(&token, &KEYS, URI, (10, NOW)) else { return };
        assert!(claims["sub"] == URI && read.exp > NOW && read.ttl != Some(0));
        assert!(verify_status_list(&token, &KEYS, URI, (10, read.exp)).is_err());
    }
});

fn good_claims() -> Map<String, Value> {
    let claims = json!({
        "iss": "https://issuer.example", "sub": URI, "iat": NOW, "exp": NOW + 60, "ttl": 30,
        "status_list": { "bits": 1, "lst": "eNrbuRgAAhcBXQ" },
    });
    claims.as_object().cloned().unwrap_or_default()
}
