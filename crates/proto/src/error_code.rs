//! Every error code a caller can receive, with its HTTP status and its meaning.
//!
//! The codes registered by an RFC are spelled as registered; the others are marked as ours. How an
//! error is rendered (envelope, challenge, page) is decided where HTTP is spoken, not here.

use std::fmt;

/// Writes the enum and its three views from one row per code, so that they cannot disagree.
macro_rules! error_codes {
    ($($name:ident $status:literal $text:literal $meaning:literal;)+) => {
        /// A code that tells a caller's program what went wrong. One code has one HTTP status.
        ///
        /// The spelling of a code is part of the public interface and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $text, "`, ", stringify!($status), ": ", $meaning)] $name,)+
        }

        impl ErrorCode {
            /// All codes, in the order of their documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it travels: lower case, words joined by underscores.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The HTTP status this code is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// One sentence for the person who reads the answer. It reveals nothing about users.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),+ }
            }
        }
    };
}

error_codes! {
    // RFC 6749 §5.2
    InvalidRequest 400 "invalid_request" "The request is malformed, or lacks or repeats something.";
    InvalidClient 401 "invalid_client" "The client is unknown or did not authenticate.";
    InvalidGrant 400 "invalid_grant" "The grant is wrong, expired, revoked or was already used.";
    UnauthorizedClient 400 "unauthorized_client" "This client may not use this grant.";
    UnsupportedGrantType 400 "unsupported_grant_type" "This grant type is not supported.";
    InvalidScope 400 "invalid_scope" "The scope is malformed, unknown or wider than allowed.";
    // RFC 7009 §2.2.1
    UnsupportedTokenType 400 "unsupported_token_type" "This type of token cannot be revoked here.";
    // RFC 6750 §3.1
    InvalidToken 401 "invalid_token" "The token is malformed, wrong, expired or revoked.";
    // Ours: what a password login answers, alike for unknown, wrong and disabled.
    InvalidCredentials 401 "invalid_credentials" "The user name or the password is wrong.";
    // Ours: a request that presented nothing, to something that wants a user.
    AuthenticationRequired 401 "authentication_required" "This needs you to be logged in.";
    // RFC 6750 §3.1
    InsufficientScope 403 "insufficient_scope" "The token does not carry the scope this needs.";
    // RFC 9470 §3
    InsufficientUserAuthentication 401 "insufficient_user_authentication"
        "This needs a more recent or a stronger login.";
    // RFC 6749 §4.1.2.1
    AccessDenied 403 "access_denied" "You may not do this.";
    // The rest are ours and follow HTTP's own words (RFC 9110 §15).
    Unconfirmed 403 "unconfirmed" "The e-mail address has to be confirmed first.";
    DeletionScheduled 403 "deletion_scheduled"
        "This account is about to be deleted. Its owner can keep it.";
    ProofRequired 403 "proof_required" "This needs a proof of work; ask for a challenge.";
    NotFound 404 "not_found" "There is nothing here.";
    MethodNotAllowed 405 "method_not_allowed" "This path does not take that method.";
    RequestTimeout 408 "request_timeout" "The request did not arrive in time.";
    Conflict 409 "conflict" "This is taken, or was changed in the meantime.";
    ContentTooLarge 413 "content_too_large" "The request is too large.";
    UnsupportedMediaType 415 "unsupported_media_type" "This content type is not taken here.";
    IdempotencyMismatch 422 "idempotency_mismatch"
        "This idempotency key was used for another request.";
    TooManyRequests 429 "too_many_requests" "Too many attempts; try again later.";
    ServerError 500 "server_error" "Something failed on our side.";
    TemporarilyUnavailable 503 "temporarily_unavailable" "Too busy at the moment; try again soon.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ErrorCode;

    #[test]
    fn every_code_is_spelled_once_and_in_snake_case() {
        let spelled: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();

        assert_eq!(spelled.len(), ErrorCode::ALL.len());
        assert!(
            spelled.iter().all(|code| code.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()))
        );
    }

    #[test]
    fn every_status_is_an_error_and_every_meaning_a_sentence() {
        for code in ErrorCode::ALL {
            assert!((400..600).contains(&code.status()), "{code}");
            assert!(code.meaning().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn the_registered_codes_have_the_status_their_rfc_gives_them() {
        let of = |code: ErrorCode| (code.as_str(), code.status());

        assert_eq!(of(ErrorCode::InvalidGrant), ("invalid_grant", 400));
        assert_eq!(of(ErrorCode::InvalidClient), ("invalid_client", 401));
        assert_eq!(of(ErrorCode::InvalidToken), ("invalid_token", 401));
        assert_eq!(of(ErrorCode::InsufficientScope), ("insufficient_scope", 403));
        assert_eq!(
            of(ErrorCode::InsufficientUserAuthentication),
            ("insufficient_user_authentication", 401)
        );
    }
}
