//! Arbitrary text as a token of an old application, and arbitrary claims rightly signed.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_proto::jose::{Algorithm, SigningKey};
use countersign_proto::legacy::{LegacySecret, has_shape, verify};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_700_000_000;

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(Algorithm::HS256, &[7; 32]).expect("32 bytes"));
static SECRET: LazyLock<LegacySecret> =
    LazyLock::new(|| LegacySecret::new([7; 32]).expect("32 bytes"));

fuzz_target!(|text: &str| {
    let _ = has_shape(text);
    // Nobody can guess a signature.
    assert!(verify(text, &SECRET, 5, NOW).is_err());

    let (header, claims) = text.split_once('\n').unwrap_or((r#"{"alg":"HS256"}"#, text));
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let Ok(signature) = KEY.sign_bytes(signed.as_bytes()) else { return };
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let Ok(read) = verify(&token, &SECRET, 5, NOW) else { return };
    assert!(!read.user.is_empty() && read.expires_at > NOW);
    assert!(verify(&token, &SECRET, 5, read.expires_at).is_err());
});
