//! Small inputs: identifiers in paths, paging in queries, `Idempotency-Key`.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::error::{Denied, Error};

/// The identifier in the path. What is no identifier names nothing: 404.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Words(text) = Words::<String>::from_request_parts(parts, state).await?;
        text.parse().map(Self).map_err(|_| nothing_there())
    }
}

/// The words in the path, as they are. What cannot be read names nothing: 404.
pub(crate) struct Words<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Words<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let words = Path::<T>::from_request_parts(parts, state).await;
        words.map(|Path(words)| Self(words)).map_err(|_| nothing_there())
    }
}

pub(crate) fn nothing_there() -> Error {
    Denied::not_found("There is nothing with this identifier.").into()
}

/// `?after=…&limit=…`
pub(crate) struct Paging<T> {
    pub(crate) after: Option<T>,
    pub(crate) limit: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    after: Option<String>,
    limit: Option<u32>,
}

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Paging<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Query(raw) = Query::<Raw>::try_from_uri(&parts.uri).map_err(|_| {
            Denied::invalid_request("The query takes after (an identifier) and limit (1 to 100).")
        })?;
        let limit = raw.limit.unwrap_or(20);
        if !(1..=100).contains(&limit) {
            return Err(Denied::invalid_request("Expected 1 to 100.").field("limit").into());
        }
        let bad = |_| Denied::invalid_request("Expected an identifier.").field("after");
        let after = raw.after.map(|text| text.parse().map_err(bad)).transpose()?;
        Ok(Self { after, limit })
    }
}

/// The `Idempotency-Key` header, if there is one.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let bad = |text: &'static str| Denied::invalid_request(text).field("Idempotency-Key");
        if values.next().is_some() {
            return Err(bad("This header may appear once.").into());
        }
        let text = value.to_str().map_err(|_| bad("Expected visible ASCII characters."))?;
        Ok(Self(Some(text.to_owned())))
    }
}
