//! Identifiers: UUIDs, most of version 7, one type each, so that a session's is never taken for a
//! user's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identifier as text, without an allocation: how it is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText([u8; 36]);

impl IdText {
    pub(crate) fn as_str(&self) -> &str {
        // Made of hexadecimal digits and hyphens only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<$name> for IdText {
            fn from(id: $name) -> Self {
                let mut text = [0; 36];
                id.0.hyphenated().encode_lower(&mut text);
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the one spelling that Display makes: an id is compared as text elsewhere.
                let id = Self(Uuid::try_parse(text).map_err(|_| NotAnId)?);
                if id.to_string() == text { Ok(id) } else { Err(NotAnId) }
            }
        }
    };
}

/// What is given an identifier when it is made.
macro_rules! newly_made {
    ($($name:ident),*) => {$(
        impl $name {
            /// A new identifier, greater than those made before it by this process.
            pub(crate) fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }
    )*};
}

newly_made!(UserId, SessionId, ApiKeyId);

id_type! {
    /// A user, the `sub` of their tokens.
    UserId
}
id_type! {
    /// A session: one sign-in with all its tokens, the `sid` of those tokens.
    SessionId
}

impl SessionId {
    /// What the tokens that are rotated within it begin with: when it began, and a little more.
    pub(crate) fn family(self) -> [u8; 8] {
        self.0.as_u64_pair().0.to_be_bytes()
    }
}
id_type! {
    /// An API key (the key itself is a secret; this is its name in lists and commands).
    ApiKeyId
}

id_type! {
    /// A device that somebody signed in from.
    DeviceId
}

impl SessionId {
    pub(crate) fn into_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }
}

impl DeviceId {
    /// The identifier that these bytes always have, in the form of a random one.
    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

/// The text is not an identifier: a UUID in lower case with hyphens was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: a UUID in lower case with hyphens was expected")]
pub struct NotAnId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = UserId::new();

        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<UserId>(), Err(NotAnId));
        assert_eq!(id.to_string().replace('-', "").parse::<UserId>(), Err(NotAnId));
    }
}
