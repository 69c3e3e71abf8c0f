//! Why a token or a key was refused. No text here repeats anything a caller sent, so each is safe
//! as an `error_description` (RFC 6750 §3).

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not three canonical base64url parts, too long, or not strict JSON inside.
    #[error("the token is malformed")]
    Malformed,
    /// `kid` is missing, not a string, or names no key of the set.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// `alg` is not the algorithm of the key.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// The header has a member that does not belong there.
    #[error("the token's header has a member that is not accepted")]
    Header,
    /// `typ` is missing or names another kind of token.
    #[error("the token is of another type")]
    Type,
    /// The signature, or the countersignature under a shared secret, does not belong to this header
    /// and these claims.
    #[error("the token's signature is wrong")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `iat` lies in the future, beyond the leeway.
    #[error("the token was issued in the future")]
    IssuedLater,
    /// `nbf` lies in the future, beyond the leeway.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iss` is missing or is not the expected issuer.
    #[error("the token comes from another issuer")]
    Issuer,
    /// `aud` is missing or is not exactly the expected audience.
    #[error("the token is meant for another audience")]
    Audience,
    /// The named claim is missing, of the wrong type or out of range.
    #[error("the token's claim {0} is missing or not acceptable")]
    Claim(&'static str),
}

/// Why a key was refused or could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes or the JWK are not a key of that algorithm.
    #[error("the key is malformed")]
    Malformed,
    /// The key is of a type, curve, use or algorithm that is not supported.
    #[error("the key is of an unsupported kind")]
    Unsupported,
    /// The key is too short or mathematically weak (RFC 8725 §3.4, §3.5).
    #[error("the key is too weak")]
    Weak,
    /// Private or symmetric key material stands where only public keys belong.
    #[error("the key is not a public key")]
    NotPublic,
    /// Two keys of one set share a `kid`.
    #[error("two keys share one key id")]
    Duplicate,
    /// The cryptographic library could not make a key.
    #[error("no key could be generated")]
    Generation,
}

/// Why a token could not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The claims do not serialise to JSON.
    #[error("the claims cannot be written as JSON")]
    Claims,
    /// The token would be longer than any verifier accepts.
    #[error("the token would be too long")]
    TooLong,
    /// The cryptographic library refused to sign.
    #[error("the signature could not be made")]
    Signature,
}
