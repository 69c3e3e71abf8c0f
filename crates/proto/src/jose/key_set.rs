//! The keys a verifier trusts, by `kid`, and their published form, the JWK Set (RFC 7517 §5).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json::Members;
use super::{KeyError, VerifyingKey};

/// The longest JWK Set that is read, in bytes.
pub const MAX_JWKS_LEN: usize = 64 * 1024;

/// Verifying keys with different `kid`s.
#[derive(Clone, Debug, Default)]
pub struct KeySet(BTreeMap<String, VerifyingKey>);

impl KeySet {
    /// A set of these keys; of two with one `kid` the last stays.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        Self(keys.into_iter().map(|key| (key.kid().to_owned(), key)).collect())
    }

    /// The key of that name.
    pub fn get(&self, kid: &str) -> Option<&VerifyingKey> {
        self.0.get(kid)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key, so that every token is refused.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The public keys as a JWK Set, ordered by `kid`; HS256 keys are left out.
    pub fn to_jwks_json(&self) -> String {
        let keys: Vec<Value> = self.0.values().filter_map(VerifyingKey::to_jwk).collect();
        json!({ "keys": keys }).to_string()
    }

    /// Reads a JWK Set of at most [`MAX_JWKS_LEN`] bytes. Keys of other kinds, encryption keys,
    /// private and weak keys are skipped (RFC 7517 §5), so their tokens are refused one by one.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if it is no strict JSON object with an array `keys`;
    /// [`KeyError::Duplicate`] if two usable keys share a `kid`.
    pub fn from_jwks_json(text: &str) -> Result<Self, KeyError> {
        let (keys, refused) = Self::usable_of_jwks_json(text)?;
        let twice = refused.iter().any(|(_, why)| *why == KeyError::Duplicate);
        if twice { Err(KeyError::Duplicate) } else { Ok(keys) }
    }

    /// The same for whoever has to go on: of keys that share a `kid` none is used. Also gives the
    /// names of the keys that are not used, and why; a key without a name has none.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if it is no strict JSON object with an array `keys`.
    pub fn usable_of_jwks_json(text: &str) -> Result<(Self, Vec<(String, KeyError)>), KeyError> {
        if text.len() > MAX_JWKS_LEN {
            return Err(KeyError::Malformed);
        }
        Members::parse(text.as_bytes()).map_err(|_| KeyError::Malformed)?;
        let set: Value = serde_json::from_str(text).map_err(|_| KeyError::Malformed)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(KeyError::Malformed)?;
        let (mut found, mut refused) = (Self::default(), Vec::new());
        for jwk in keys {
            match VerifyingKey::from_jwk(jwk) {
                Ok(key) if found.0.contains_key(key.kid()) => {
                    refused.push((key.kid().to_owned(), KeyError::Duplicate));
                }
                Ok(key) => drop(found.0.insert(key.kid().to_owned(), key)),
                Err(why) => refused.push((name_of(jwk), why)),
            }
        }
        for (kid, _) in refused.iter().filter(|(_, why)| *why == KeyError::Duplicate) {
            found.0.remove(kid);
        }
        Ok((found, refused))
    }
}

fn name_of(jwk: &Value) -> String {
    let name = jwk.get("kid").and_then(Value::as_str).unwrap_or_default();
    name.chars().take(256).collect()
}

impl FromIterator<VerifyingKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = VerifyingKey>>(keys: I) -> Self {
        Self::new(keys)
    }
}
