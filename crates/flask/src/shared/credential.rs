//! What a request presents, by the one parser, and whom it acts for, by the library. Cookies are no
//! credentials here: no page elsewhere can make a browser use a profile.

use axum::http::{HeaderMap, header};
use countersign::{
    Auth, Client, CurrentUser, Result,
    proto::{
        credential::{Carriers, CredentialError, Presented, parse},
        secret::Secret,
    },
};

/// What is in the `Authorization` fields, and in the further header fields of `carriers`.
///
/// # Errors
/// When something is presented that cannot be used.
pub(crate) fn presented(
    headers: &HeaderMap,
    carriers: &Carriers,
) -> Result<Option<Presented>, CredentialError> {
    let authorization: Vec<&[u8]> =
        headers.get_all(header::AUTHORIZATION).iter().map(|value| value.as_bytes()).collect();
    let mut others = Vec::new();
    for name in &carriers.headers {
        let values = headers.get_all(name.as_str()).iter();
        others.extend(values.map(|value| (name.as_str(), value.as_bytes())));
    }
    parse(&authorization, &others, &[], carriers)
}

/// Nothing but what the standards have: `Basic` and `Bearer`.
pub(crate) fn standard() -> Carriers {
    Carriers { schemes: Vec::new(), headers: Vec::new() }
}

/// Whom what was presented acts for; old tokens of the application that is being replaced are
/// taken as long as the library takes them.
///
/// # Errors
/// As `Auth::authenticate`.
pub(crate) async fn authenticate(
    auth: &Auth,
    presented: &Presented,
    client: &Client,
) -> Result<CurrentUser> {
    match presented {
        Presented::Token { token, .. } if is_old(auth, token) => {
            auth.legacy_tokens().authenticate(token.reveal()).await
        }
        _ => auth.authenticate(presented, client).await,
    }
}

/// Whether the token is one of the application that is being replaced.
pub(crate) fn is_old(auth: &Auth, token: &Secret) -> bool {
    auth.legacy_tokens().recognises(token.reveal())
}
