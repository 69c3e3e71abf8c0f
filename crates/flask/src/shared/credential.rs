//! What a request presents, by the one parser. Nothing is verified here, and cookies are no
//! credentials: no page elsewhere can make a browser use a profile.

use axum::http::{HeaderMap, header};
use countersign::proto::credential::{Carriers, CredentialError, Presented, parse};

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
