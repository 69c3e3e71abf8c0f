//! What can be chosen about the cookies that carry tokens, and about what protects them.

use axum::http::Method;

/// What all of the profile's cookies say to the browser. They are `Secure` unless the service's
/// `browser.cookies` is `plain`, and those with tokens are `HttpOnly` always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CookieOptions {
    /// On which requests from other sites they are sent (`JWT_COOKIE_SAMESITE`).
    pub same_site: SameSite,
    /// The domain whose hosts get them (`JWT_COOKIE_DOMAIN`); `None`: this host alone.
    pub domain: Option<String>,
    /// How long the browser keeps them (`JWT_SESSION_COOKIE`).
    pub kept: Kept,
}

/// On which requests from other sites a cookie is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SameSite {
    /// On none.
    Strict,
    /// Where somebody follows a link.
    #[default]
    Lax,
    /// On all. Browsers want such cookies to be `Secure`.
    None,
}

impl SameSite {
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }

    pub(super) fn read(name: &str) -> Option<Self> {
        let all = [Self::Strict, Self::Lax, Self::None];
        all.into_iter().find(|one| one.name().eq_ignore_ascii_case(name))
    }
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kept {
    /// Until it is closed.
    #[default]
    UntilClosed,
    /// As long as a refresh token lives.
    AsLongAsTheRefreshToken,
}

/// What protects cookies, which a browser sends whoever made the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Csrf {
    /// How they are protected (`JWT_COOKIE_CSRF_PROTECT`).
    pub protection: Protection,
    /// On which requests (`JWT_CSRF_METHODS`).
    pub methods: Methods,
    /// Where a page repeats the value (`JWT_CSRF_CHECK_FORM`).
    pub place: Place,
}

/// How cookies are protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protection {
    /// The page repeats a value that is in the token, and that only pages of the same origin can
    /// read out of another cookie.
    #[default]
    DoubleSubmission,
    /// Not at all but by `SameSite`; with [`SameSite::None`] this is as if it was not chosen.
    SameSiteAlone,
}

/// On which requests cookies are protected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Methods {
    /// All but `GET`, `HEAD` and `OPTIONS`.
    #[default]
    Unsafe,
    /// These.
    These(Vec<Method>),
}

impl Methods {
    pub(in super::super) fn has(&self, method: &Method) -> bool {
        match self {
            Self::Unsafe => !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS),
            Self::These(methods) => methods.contains(method),
        }
    }

    pub(super) fn read(value: &str) -> Option<Self> {
        const KNOWN: [Method; 7] = [
            Method::GET,
            Method::HEAD,
            Method::OPTIONS,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        let find = |name: &str| KNOWN.into_iter().find(|method| method.as_str() == name);
        let methods: Vec<_> = value.split_whitespace().map(find).collect::<Option<_>>()?;
        (!methods.is_empty()).then_some(Self::These(methods))
    }
}

/// Where a page repeats what is in the token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// In a header, which is all that a script needs.
    #[default]
    Header,
    /// In a header, or else in a field of a form.
    HeaderOrForm,
}
