//! The forger's bench: real keys, and tokens put together by hand so that any part can be wrong.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_proto::jose::{
    AccessClaims, Algorithm, Expected, KeySet, SharedSecret, SigningKey, TokenError,
    verify_access_token,
};
use countersign_proto::seal::MasterKey;
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "https://api.example";

pub(crate) static ED: LazyLock<SigningKey> = LazyLock::new(|| generate(Algorithm::EdDSA));
pub(crate) static OTHER_ED: LazyLock<SigningKey> = LazyLock::new(|| generate(Algorithm::EdDSA));
pub(crate) static STRANGER: LazyLock<SigningKey> = LazyLock::new(|| generate(Algorithm::EdDSA));
pub(crate) static ES: LazyLock<SigningKey> = LazyLock::new(|| generate(Algorithm::ES256));
pub(crate) static RS: LazyLock<SigningKey> = LazyLock::new(|| generate(Algorithm::RS256));
pub(crate) static HS: LazyLock<SigningKey> = LazyLock::new(|| generate(Algorithm::HS256));

/// What the services share with whoever attacks.
pub(crate) const SECRET: &[u8] = b"a secret that several services know";

/// The key under that secret.
pub(crate) static SHARED: LazyLock<SigningKey> = LazyLock::new(|| {
    let own = MasterKey::from_bytes([3; 32]).derive("tokens");
    SigningKey::shared(&SharedSecret::new(SECRET).unwrap(), own).unwrap()
});

/// What the verifier trusts: everything above but the stranger.
pub(crate) static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    [&ED, &OTHER_ED, &ES, &RS, &HS, &SHARED].into_iter().map(|key| key.verifying_key()).collect()
});

fn generate(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm).unwrap()
}

/// A named token and the verdict it must get.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) verdict: TokenError,
}

pub(crate) fn case(name: impl Into<String>, token: String, verdict: TokenError) -> Case {
    Case { name: name.into(), token, verdict }
}

pub(crate) fn check(token: &str) -> Result<AccessClaims, TokenError> {
    verify_access_token(token, &KEYS, &Expected::of::<AccessClaims>(ISSUER, AUDIENCE), NOW)
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub(crate) fn good_claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "user-1", "aud": AUDIENCE, "client_id": "client-1",
        "scope": "read write", "iat": NOW - 10, "exp": NOW + 600, "jti": "token-1",
        "sid": "session-1", "auth_time": NOW - 100, "amr": ["pwd"], "roles": ["admin"],
        "epoch": 3,
    })
}

pub(crate) fn good_header(key: &SigningKey) -> Value {
    json!({ "alg": key.algorithm().as_str(), "typ": "at+jwt", "kid": key.kid() })
}

/// Signs two parts, exactly as spelled, with a real key.
pub(crate) fn signed(header: &str, payload: &str, key: &SigningKey) -> String {
    let message = format!("{header}.{payload}");
    let signature = key.sign_bytes(message.as_bytes()).unwrap();
    format!("{message}.{}", b64(signature))
}

pub(crate) fn from_bytes(header: &[u8], claims: &[u8], key: &SigningKey) -> String {
    signed(&b64(header), &b64(claims), key)
}

pub(crate) fn good(key: &SigningKey) -> String {
    from_bytes(good_header(key).to_string().as_bytes(), good_claims().to_string().as_bytes(), key)
}

/// A good token whose header is this text, signed by the Ed25519 key.
pub(crate) fn with_header(header: impl AsRef<[u8]>) -> String {
    from_bytes(header.as_ref(), good_claims().to_string().as_bytes(), &ED)
}

/// A good token with one header member set, or removed with `None`; properly signed.
pub(crate) fn header_member(name: &str, value: Option<Value>) -> String {
    with_header(edited(good_header(&ED), name, value).to_string())
}

/// A good token whose claims are this text, signed by the Ed25519 key.
pub(crate) fn with_claims(claims: impl AsRef<[u8]>) -> String {
    from_bytes(good_header(&ED).to_string().as_bytes(), claims.as_ref(), &ED)
}

/// A good token with one claim set, or removed with `None`; properly signed.
pub(crate) fn claim(name: &str, value: Option<Value>) -> String {
    with_claims(edited(good_claims(), name, value).to_string())
}

/// A good token whose claim has this raw JSON text as its value.
pub(crate) fn raw_claim(name: &str, raw: &str) -> String {
    let mark = "\"@@\"";
    let text = edited(good_claims(), name, Some(json!("@@"))).to_string();
    assert!(text.contains(mark));
    with_claims(text.replace(mark, raw))
}

/// A good token of `key` with another signature.
pub(crate) fn resigned(key: &SigningKey, signature: impl AsRef<[u8]>) -> String {
    let token = good(key);
    let (message, _) = token.rsplit_once('.').unwrap();
    format!("{message}.{}", b64(signature))
}

/// The signature of a good token of `key`.
pub(crate) fn signature_of(token: &str) -> Vec<u8> {
    unb64(token.rsplit_once('.').unwrap().1)
}

fn edited(mut object: Value, name: &str, value: Option<Value>) -> Value {
    let members = object.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    object
}
