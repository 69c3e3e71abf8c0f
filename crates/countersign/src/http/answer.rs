//! A body of JSON, written in one go.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::error::Failed;

/// Most answers fit, bytes. What is longer grows.
const ROOM: usize = 512;
/// As many headers as an answer has when it leaves: room for all of them is made once.
pub(super) const HEADERS: usize = 12;

/// What a handler answers, as JSON. `axum::Json` writes into a buffer that begins with 128 bytes,
/// piece by piece through a layer that asks of each piece whether it fits.
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ROOM);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => json(body),
            Err(error) => Failed::because(error).into_response(),
        }
    }
}

fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(body)));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.headers_mut() = headers;
    response
}
