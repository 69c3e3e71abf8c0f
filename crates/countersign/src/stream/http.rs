//! The stream over HTTP: server-sent events.

use std::convert::Infallible;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{
        IntoResponse,
        sse::{self, Sse},
    },
};
use futures_util::{Stream, stream};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Event, Listener};
use crate::{
    Auth,
    error::{Denied, Result},
    http,
};

/// What a listener has heard last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Proxies that collect an answer before they pass it on are told not to.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(revocations))
}

/// What is taken back, as it happens, as server-sent events: for an administrator's API key with
/// the scope `revocations`.
#[utoipa::path(get, path = "/revocations", tag = "tokens",
    params(("Last-Event-ID" = Option<String>, Header, description = "the id of the last event that was heard")),
    responses((status = 200, content_type = "text/event-stream", body = String)),
    security(("bearer" = []), ("api_key" = [])))]
async fn revocations(
    State(auth): State<Auth>,
    http::Listener(user): http::Listener,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    let last = last_heard(&headers)?;
    let listener = auth.streams().listen(&user, last).await?;
    let about = [(header::CACHE_CONTROL, "no-store"), (ACCEL_BUFFERING, "no")];
    Ok((about, Sse::new(events(listener))))
}

/// An empty one is none: that is what a browser's own client begins with.
fn last_heard(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(given) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let unreadable = |_| {
        let text = "The header Last-Event-ID is none of this stream's.";
        Denied::invalid_request(text).field("Last-Event-ID")
    };
    Ok(Some(given.to_str().map_err(unreadable)?).filter(|text| !text.is_empty()))
}

fn events(listener: Listener) -> impl Stream<Item = std::result::Result<sse::Event, Infallible>> {
    stream::unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok(written(event)), listener))
    })
}

fn written(event: Event) -> sse::Event {
    let written = sse::Event::default().event(event.name).data(event.data);
    match event.id {
        Some(id) => written.id(id),
        None => written,
    }
}
