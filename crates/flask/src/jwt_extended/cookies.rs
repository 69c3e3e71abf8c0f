//! The cookies that carry tokens, and beside each the one that a page reads.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use countersign::Cookies;

use super::{Guard, options::Kept, presented::Kind};

/// A cookie: its name, its path and its value.
type Cookie<'a> = (&'a str, &'a str, &'a str);

/// Has the browser keep a token, and what goes with it.
pub(super) fn set(response: &mut Response, guard: &Guard, kind: Kind, (token, csrf): (&str, &str)) {
    let options = &guard.options;
    let kept = match options.cookies.kept {
        Kept::UntilClosed => String::new(),
        Kept::AsLongAsTheRefreshToken => {
            let most = guard.auth.config().refresh_token_seconds;
            format!("; Max-Age={}", options.refresh_seconds.min(most))
        }
    };
    let (names, headers) = (options.names(kind), response.headers_mut());
    let hidden = format!("; HttpOnly{kept}");
    append(headers, guard, (&names.cookie, &names.cookie_path, token), &hidden);
    if options.has_double_submission() {
        append(headers, guard, (&names.csrf_cookie, &names.csrf_cookie_path, csrf), &kept);
    }
}

/// Has the browser forget all of them.
pub(super) fn unset(guard: &Guard, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    for kind in [Kind::Access, Kind::Refresh] {
        let (names, headers) = (guard.options.names(kind), response.headers_mut());
        let over = "; HttpOnly; Max-Age=0";
        append(headers, guard, (&names.cookie, &names.cookie_path, ""), over);
        append(headers, guard, (&names.csrf_cookie, &names.csrf_cookie_path, ""), "; Max-Age=0");
    }
    response
}

/// Whether the answer says already what the browser is to do with the token of this kind.
pub(super) fn has(response: &Response, guard: &Guard, kind: Kind) -> bool {
    let begin = format!("{}=", guard.options.names(kind).cookie);
    let mut set = response.headers().get_all(header::SET_COOKIE).iter();
    set.any(|value| value.as_bytes().starts_with(begin.as_bytes()))
}

fn append(headers: &mut HeaderMap, guard: &Guard, (name, path, value): Cookie<'_>, more: &str) {
    let secure = match guard.auth.config().browser.cookies {
        Cookies::Host => "; Secure",
        Cookies::Plain => "",
    };
    let chosen = &guard.options.cookies;
    let same_site = chosen.same_site.name();
    let domain = chosen.domain.as_ref().map_or_else(String::new, |name| format!("; Domain={name}"));
    let text = format!("{name}={value}; Path={path}; SameSite={same_site}{secure}{domain}{more}");
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.append(header::SET_COOKIE, value);
    }
}
