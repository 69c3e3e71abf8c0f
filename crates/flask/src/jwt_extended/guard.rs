//! What is done around guarded routes: what a body carries is read, and a cookie that is nearly over
//! is renewed.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::Response,
};
use countersign::{CurrentUser, Error, Via};

use super::{
    Guard, cookies,
    issue::{Occasion, Pair, shape},
    options::{Location, Options},
    presented::{Kind, is_form},
    refusal::{Refusal, Refused},
};
use crate::shared::body::{Unreadable, is_json};

/// A body that was read before the handler reads it.
#[derive(Clone)]
struct Read(Bytes);

/// Whose cookie is to be renewed, once the answer is known.
#[derive(Clone, Default)]
struct Ending(Arc<Mutex<Option<CurrentUser>>>);

impl Guard {
    /// Routes around which a guard does what cannot be done in an argument of a handler: it looks
    /// for a token in a JSON body and for what a form repeats, and renews cookies that are nearly
    /// over. Without it a guard looks in headers, cookies and addresses, and renews nothing.
    pub fn around<S>(&self, routes: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        routes.layer(middleware::from_fn_with_state(self.clone(), around))
    }
}

/// What was read of the body.
pub(super) fn body_of(parts: &Parts) -> Option<&[u8]> {
    parts.extensions.get::<Read>().map(|read| read.0.as_ref())
}

/// Remembers that the cookie of this user is renewed with the answer, if it is nearly over.
pub(super) fn note_ending(parts: &Parts, guard: &Guard, user: &CurrentUser) {
    let Some(Ending(slot)) = parts.extensions.get() else { return };
    let within = i64::from(guard.options.implicit_refresh_seconds);
    if seconds_left(guard, user).is_some_and(|left| left <= within) {
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(user.clone());
    }
}

fn seconds_left(guard: &Guard, user: &CurrentUser) -> Option<i64> {
    match &user.via {
        Via::AccessToken { expires_at, .. } => Some(expires_at - guard.auth.now()),
        _ => None,
    }
}

async fn around(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut request = match with_body(request, &guard.options).await {
        Ok(request) => request,
        Err(why) => {
            let refused = Refused::new(Refusal::Body(why), &guard);
            return axum::response::IntoResponse::into_response(refused);
        }
    };
    let ending = Ending::default();
    if guard.options.implicit_refresh_seconds > 0 {
        request.extensions_mut().insert(ending.clone());
    }
    let mut response = next.run(request).await;
    let user = ending.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(user) = user.filter(|_| !cookies::has(&response, &guard, Kind::Access)) {
        renew(&mut response, &guard, &user).await;
    }
    response
}

/// The request, with its body read if something may be in it that a guard looks for.
async fn with_body(request: Request, options: &Options) -> Result<Request, Unreadable> {
    if !may_carry(request.headers(), options) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes =
        Bytes::from_request(whole, &()).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Unreadable::TooLarge,
            _ => Unreadable::Syntax,
        })?;
    let mut request = Request::from_parts(parts, Body::from(bytes.clone()));
    request.extensions_mut().insert(Read(bytes));
    Ok(request)
}

fn may_carry(headers: &HeaderMap, options: &Options) -> bool {
    (options.locations.contains(&Location::Json) && is_json(headers))
        || (options.looks_into_forms() && is_form(headers))
}

/// The next cookie, as long as the session goes on; it is as little fresh as any that was renewed.
async fn renew(response: &mut Response, guard: &Guard, user: &CurrentUser) {
    let csrf = Pair::new().access;
    let access = shape(&guard.options, Occasion::Renewal, &csrf);
    match guard.auth.tokens().renew_like(user, &access).await {
        // At the end of its session a token cannot live longer than the one before.
        Ok(next) if seconds_left(guard, user).is_some_and(|left| left < next.expires_in) => {
            cookies::set(response, guard, Kind::Access, (&next.access_token, &csrf));
            let nowhere = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, nowhere);
        }
        Ok(_) | Err(Error::Denied(_)) => {}
        Err(Error::Failed(failed)) => tracing::warn!(error = %failed, "a cookie was not renewed"),
    }
}
