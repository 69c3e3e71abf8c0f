//! Where something is, as an absolute URL. It begins with the public URL, never with what a request
//! says of the host.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, OriginalUri, Path},
    http::request::Parts,
};
use countersign::{Auth, UserId};

/// The URL of a path as the request had it, any prefix included.
pub(crate) fn absolute(auth: &Auth, path: &str) -> String {
    joined(&auth.config().public_url, path)
}

/// The same without the host, for links within it.
pub(crate) fn path(auth: &Auth, path: &str) -> String {
    let url = absolute(auth, path);
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map(|at| url[host + at..].to_owned()).unwrap_or_default()
}

/// What a profile is mounted below: the path of the request without what its router sees of it.
pub(crate) struct Prefix(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Prefix {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let whole = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0).path();
        Ok(Self(whole.strip_suffix(parts.uri.path()).unwrap_or(whole).to_owned()))
    }
}

/// The user whose id is in the path; `None` where it is no id at all.
pub(crate) struct Id(pub(crate) Option<UserId>);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(id.ok().and_then(|Path(id)| id.parse().ok())))
    }
}

/// A public URL may end in a path that a proxy in front takes away, or an application does not.
fn joined(public: &str, path: &str) -> String {
    let host = public.find("://").map_or(0, |at| at + 3);
    let end = public[host..].find('/').map_or(public.len(), |at| host + at);
    let (origin, base) = public.split_at(end);
    let has_base = path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    if has_base { format!("{origin}{path}") } else { format!("{public}{path}") }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn the_path_of_the_public_url_is_there_once() {
        assert_eq!(joined("http://a.example", "/x/1"), "http://a.example/x/1");
        assert_eq!(joined("https://a.example/auth", "/x/1"), "https://a.example/auth/x/1");
        assert_eq!(joined("https://a.example/auth", "/auth/x/1"), "https://a.example/auth/x/1");
        assert_eq!(joined("https://a.example/auth", "/authx"), "https://a.example/auth/authx");
    }
}
