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

/// Claims as each of the old applications makes them, with what the fuzzer thinks of in between.
type Nearly<'a> = (u8, &'a str, &'a str, [i16; 3]);

fuzz_target!(|input: (&str, Nearly)| {
    let (text, nearly) = input;
    let _ = has_shape(text);
    // Nobody can guess a signature.
    assert!(verify(text, &SECRET, 5, NOW).is_err());

    let (header, claims) = text.split_once('\n').unwrap_or((r#"{"alg":"HS256"}"#, text));
    judge(header, claims);
    let (header, claims) = written(nearly);
    judge(&header, &claims);
});

fn written((kind, id, more, near): Nearly) -> (String, String) {
    let [exp, iat, nbf] = near.map(|seconds| NOW + i64::from(seconds));
    let id = if kind & 0x80 == 0 { serde_json::json!(id).to_string() } else { id.to_owned() };
    let dates = format!(r#""iat":{iat},"nbf":{nbf},"exp":{exp}"#);
    let claims = match kind % 5 {
        0 => {
            let header = format!(r#"{{"alg":"HS256","iat":{iat},"exp":{exp}}}"#);
            return (header, format!(r#"{{"id":{id}{more}}}"#));
        }
        1 => format!(r#"{{"id":{id},"exp":{exp}.5{more}}}"#),
        2 => format!(r#"{{"identity":{id},{dates}{more}}}"#),
        3 => format!(r#"{{"sub":{id},"type":"access","jti":"a",{dates}{more}}}"#),
        _ => format!(r#"{{"identity":{id},"type":"refresh","jti":"a",{dates}{more}}}"#),
    };
    (r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(), claims)
}

/// What holds of a token that is rightly signed, whatever it says.
fn judge(header: &str, claims: &str) {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let Ok(signature) = KEY.sign_bytes(signed.as_bytes()) else { return };
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let Ok(read) = verify(&token, &SECRET, 5, NOW) else { return };
    assert!(!read.user.is_empty() && read.user.len() <= 255);
    assert!(!read.user.chars().any(char::is_control));
    assert!(read.expires_at > NOW);
    assert!(verify(&token, &SECRET, 5, read.expires_at).is_err());
    assert!(verify(&format!("{token}A"), &SECRET, 5, NOW).is_err());
}
