//! A bench for tokens put together by hand, so that any part can be wrong.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_proto::jose::{Algorithm, SigningKey, TokenError};
use countersign_proto::legacy::{LegacySecret, LegacyToken, verify};
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_800_000_000;

const SECRET: &[u8] = b"an old secret of more than thirty-two bytes";

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(Algorithm::HS256, SECRET).unwrap());

pub(crate) fn check(token: &str) -> Result<LegacyToken, TokenError> {
    verify(token, &LegacySecret::new(SECRET).unwrap(), 5, NOW)
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of these very texts, rightly signed with HS256.
pub(crate) fn signed(header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", b64(header), b64(claims));
    let signature = KEY.sign_bytes(signed.as_bytes()).unwrap();
    format!("{signed}.{}", b64(signature))
}

pub(crate) fn token(header: &Value, claims: &Value) -> String {
    signed(&header.to_string(), &claims.to_string())
}

pub(crate) fn header() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

/// What PyJWT, Flask-JWT and Flask-JWT-Extended say.
pub(crate) fn pyjwt() -> Value {
    json!({"id": 1, "exp": NOW + 60})
}

pub(crate) fn flask_jwt() -> Value {
    json!({"identity": 1, "iat": NOW, "nbf": NOW, "exp": NOW + 60})
}

pub(crate) fn extended() -> Value {
    json!({
        "sub": "1", "type": "access", "jti": "j", "fresh": false,
        "iat": NOW, "nbf": NOW, "exp": NOW + 60,
    })
}

/// The claims with one member changed, or taken away.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    claims
}
