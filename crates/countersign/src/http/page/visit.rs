//! A visit: who looks at a page with what browser in which language, and what they are shown.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use countersign_proto::{
    error_code::ErrorCode,
    secret::{PlainToken, Secret, TokenKind},
    target,
};
use minijinja::{Value, context};

use super::{html, see_other};
use crate::{
    Auth, Client, CurrentUser,
    config::{SignUpMode, Transport},
    error::{Denied, Error, Result},
    http::{client, cookie::Jar, csrf, error::Refused},
    link::{Asked, Peek, Proof},
    render::Language,
    session::{Carried, Signed},
};

/// Somebody looking at a page.
pub(crate) struct Visit {
    pub(crate) auth: Auth,
    pub(crate) client: Client,
    pub(crate) user: Option<CurrentUser>,
    /// Whose session it is that is closed to them, as their account has yet to be confirmed.
    shut_out: Option<CurrentUser>,
    pub(crate) language: Language,
    /// Which browser this is.
    device: PlainToken,
    /// The cookie that brings a session back.
    remembered: Option<String>,
    csrf: String,
    /// The page that is looked at, to come back to it.
    here: Option<String>,
    cookies: Vec<HeaderValue>,
}

impl FromRequestParts<Auth> for Visit {
    type Rejection = Refused;

    /// For pages that are only looked at. A form is read by [`Posted`](super::Posted).
    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        if !csrf::is_safe(&parts.method) {
            csrf::check(parts, auth, None)
                .map_err(|denied| Refused::at(parts, denied.into(), auth, None))?;
        }
        Self::of(parts, auth).await
    }
}

impl Visit {
    /// Reads who it is, without judging where the request was made: for [`Posted`](super::Posted).
    pub(super) async fn of(parts: &Parts, auth: &Auth) -> Result<Self, Refused> {
        let visit = Self::recognised(parts, auth).await;
        visit.map_err(|error| Refused::at(parts, error, auth, None))
    }

    /// The same for whoever says in words of their own what went wrong.
    pub(super) async fn recognised(parts: &Parts, auth: &Auth) -> Result<Self> {
        let mut visit = Self::unknown(parts, auth);
        let kind = auth.config().browser.cookies;
        if let Some(cookie) = Jar::Session.read(&parts.headers, kind) {
            let user = auth.sessions().cookie_holder(&cookie).await?;
            (visit.user, visit.shut_out) = match user {
                Some(user) if auth.admit_leaver(&user.identity).is_err() => (None, Some(user)),
                user => (user, None),
            };
            if let Some(user) = &visit.user
                && Jar::Language.read(&parts.headers, kind).is_none()
            {
                let chosen = user.identity.locale.as_deref().and_then(Language::parse);
                visit.language = chosen.unwrap_or(visit.language);
            }
            if visit.user.is_none() && visit.shut_out.is_none() {
                visit.cookies.push(Jar::Session.clear(kind));
                visit.csrf = csrf::token_of(auth, visit.device.reveal());
            }
        }
        Ok(visit)
    }

    /// Somebody of whom nothing is known but the browser.
    pub(super) fn unknown(parts: &Parts, auth: &Auth) -> Self {
        let kind = auth.config().browser.cookies;
        let mut client = client::of(parts, auth);
        let known = Jar::Device.read(&parts.headers, kind);
        let known = known.and_then(|text| PlainToken::parse(TokenKind::Device, &text).ok());
        let mut cookies = Vec::new();
        let device = known.unwrap_or_else(|| {
            let device = PlainToken::generate(TokenKind::Device);
            // Until somebody logs in with it, it is gone when the browser is closed.
            cookies.push(Jar::Device.set(kind, device.reveal(), None));
            device
        });
        client.device = Some(*device.digest().as_bytes());
        let session = Jar::Session.read(&parts.headers, kind);
        let csrf = csrf::token_of(auth, session.as_deref().unwrap_or(device.reveal()));
        let language = language(parts, auth);
        let remembered = Jar::Remember.read(&parts.headers, kind);
        let here = path(parts).and_then(target::local).map(str::to_owned);
        Self {
            auth: auth.clone(),
            client,
            user: None,
            shut_out: None,
            language,
            device,
            remembered,
            csrf,
            here,
            cookies,
        }
    }

    /// The page, with what every page shows besides.
    pub(crate) fn show(&self, template: &str, own: Value) -> Response {
        self.show_with(StatusCode::OK, template, own)
    }

    /// The page again, saying what was wrong with what was sent.
    pub(crate) fn show_problem(&self, error: Error, template: &str, own: Value) -> Response {
        let denied = match error {
            Error::Denied(denied) => denied,
            failed @ Error::Failed(_) => return self.failure(failed),
        };
        let status = match denied.code().status() {
            // A challenge would open the browser's own box for passwords.
            400 | 401 | 403 | 409 => StatusCode::UNPROCESSABLE_ENTITY,
            other => StatusCode::from_u16(other).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let problem = context! { problem => self.problem(&denied), ..own };
        let mut response = self.show_with(status, template, problem);
        retry_after(&mut response, &denied);
        response
    }

    fn show_with(&self, status: StatusCode, template: &str, own: Value) -> Response {
        let page = context! { ..own, ..self.everywhere() };
        match self.auth.renderer().page(template, self.language, page) {
            Ok(text) => self.carry(html(status, text)),
            Err(error) => {
                tracing::error!(%error, template, "a page cannot be rendered");
                error.into_response()
            }
        }
    }

    /// What a refusal says, in the reader's language, and where it belongs.
    fn problem(&self, denied: &Denied) -> Value {
        let (code, text) = (denied.code().as_str(), self.said(denied));
        context! { code, field => denied.field_name(), text }
    }

    /// What a refusal says, in the reader's language.
    pub(crate) fn said(&self, denied: &Denied) -> String {
        let code = denied.code().as_str();
        let seconds = denied.retry_after_seconds().unwrap_or(0).to_string();
        let min = self.auth.config().password_policy.min_chars.to_string();
        let args = [("seconds", seconds.as_str()), ("min", min.as_str())];
        let in_words = |key: &str| self.auth.renderer().text(self.language, key, &args);
        denied
            .reason()
            .and_then(in_words)
            .or_else(|| in_words(&format!("error-{}", code.replace('_', "-"))))
            .unwrap_or_else(|| denied.description().to_owned())
    }

    fn everywhere(&self) -> Value {
        let (auth, config) = (&self.auth, self.auth.config());
        let languages: Vec<Value> = Language::ALL
            .iter()
            .map(|each| context! { code => each.as_str(), name => each.endonym() })
            .collect();
        let user = self.user.as_ref();
        let renderer = auth.renderer();
        context! {
            language => self.language.as_str(),
            languages,
            base => auth.base(),
            css => format!("{}/assets/{}", auth.base(), renderer.css().name),
            script => format!("{}/assets/{}", auth.base(), renderer.script().name),
            csrf => &self.csrf,
            user => user.map(|user| context! { name => &user.username, email => &user.email }),
            service => &config.pages.service_name,
            logo => &config.pages.logo,
            home => self.home(),
            here => &self.here,
            mail => config.mail.transport != Transport::Off,
            sign_up_open => config.sign_up.mode == SignUpMode::Open,
            password_min => config.password_policy.min_chars,
        }
    }

    /// A page that says what went wrong, and nothing else.
    fn error_page(&self, denied: &Denied, status: StatusCode) -> Response {
        let own = context! { status => status.as_u16(), problem => self.problem(denied) };
        let mut response = self.show_with(status, "error.html", own);
        retry_after(&mut response, denied);
        response
    }

    /// The error page for a refusal.
    pub(crate) fn refusal(&self, denied: &Denied) -> Response {
        let status = match denied.code().status() {
            401 => StatusCode::FORBIDDEN,
            other => StatusCode::from_u16(other).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        self.error_page(denied, status)
    }

    /// The error page for whatever went wrong; a failure is logged.
    pub(crate) fn failure(&self, error: Error) -> Response {
        match error {
            Error::Denied(denied) => self.refusal(&denied),
            Error::Failed(failed) => {
                tracing::error!(error = %failed, "a request failed");
                let code = ErrorCode::ServerError;
                self.refusal(&Denied::new(code, code.meaning()))
            }
        }
    }

    /// Sends the browser to a page of ours.
    pub(crate) fn go(&self, page: &str) -> Response {
        self.carry(see_other(&format!("{}{page}", self.auth.base())))
    }

    /// Sends the browser to where it was going, if that is a path of this very host, or home.
    pub(crate) fn go_on(&self, next: Option<&str>) -> Response {
        match next.and_then(target::local) {
            Some(next) => self.carry(see_other(next)),
            None => self.carry(see_other(&self.home())),
        }
    }

    fn home(&self) -> String {
        let home = &self.auth.config().pages.home;
        let own = home.starts_with("/account");
        if own { format!("{}{home}", self.auth.base()) } else { home.clone() }
    }

    /// Has the browser keep the cookies of its session, and forget what would bring back another;
    /// its device is known from now on.
    pub(crate) fn keep(&mut self, signed: &Signed) {
        let browser = &self.auth.config().browser;
        let kind = browser.cookies;
        let device = Some(self.auth.config().throttle.device_seconds);
        self.cookies.push(Jar::Device.set(kind, self.device.reveal(), device));
        self.cookies.push(Jar::Session.set(kind, signed.session.reveal(), None));
        let remembered = match &signed.remember {
            Some(token) => {
                Some(Jar::Remember.set(kind, token.reveal(), Some(browser.remember_seconds)))
            }
            None => self.remembered.as_ref().map(|_| Jar::Remember.clear(kind)),
        };
        self.cookies.extend(remembered);
    }

    /// Has the browser forget its session and what brings it back.
    pub(crate) fn forget(&mut self) {
        let kind = self.auth.config().browser.cookies;
        self.cookies.push(Jar::Session.clear(kind));
        self.cookies.push(Jar::Remember.clear(kind));
    }

    /// The secret of this browser that a code in a mail works together with.
    pub(crate) fn flow(&self) -> Secret {
        Secret::new(self.device.reveal())
    }

    /// Who asks for a mail.
    pub(crate) fn asked<'a>(&'a self, flow: &'a Secret) -> Asked<'a> {
        Asked { flow, client: &self.client, locale: Some(self.language.as_str()) }
    }

    /// The page that says where to look, and takes the code.
    pub(crate) fn check_mail(&self, purpose: &str, email: &str) -> Response {
        self.show("check-mail.html", context! { purpose, email })
    }

    /// What was brought along: the secret of a link, or a code typed in this very browser.
    pub(crate) fn proof(&self, token: Option<Secret>, code: Option<Secret>) -> Result<Proof> {
        let flow = code.as_ref().map(|_| self.flow());
        Proof::of(token, flow, code)
    }

    /// The page about a link that does nothing any more: what became of it, and what to do next.
    pub(crate) fn dead_link(&self, peek: &Peek, again: &str) -> Response {
        let (key, status) = match peek {
            Peek::Used => ("link-used", StatusCode::GONE),
            Peek::Expired => ("link-expired", StatusCode::GONE),
            Peek::Unknown | Peek::Good { .. } => ("link-unknown", StatusCode::NOT_FOUND),
        };
        let next = format!("{}{again}", self.auth.base());
        let own = context! { kind => key, text => self.words(key), next_step => next };
        self.show_with(status, "message.html", own)
    }

    /// Has the account's language hold from now on, and not the one chosen in passing.
    pub(crate) fn forget_language(&mut self) {
        self.cookies.push(Jar::Language.clear(self.auth.config().browser.cookies));
    }

    /// Whoever is logged in, or why their account is closed to them.
    pub(super) fn admitted(&self) -> Result<Option<CurrentUser>> {
        if let Some(user) = &self.shut_out {
            self.auth.admit_leaver(&user.identity)?;
        }
        Ok(self.user.clone())
    }

    /// The session this browser carries.
    pub(crate) fn carried(&self) -> Carried<'_> {
        let user = self.user.as_ref().or(self.shut_out.as_ref());
        let session = user.and_then(CurrentUser::session);
        Carried { session, remembered: self.remembered() }
    }

    /// The cookie that may bring a session back.
    pub(crate) fn remembered(&self) -> Option<&str> {
        self.remembered.as_deref()
    }

    /// A text of the locale files, in the reader's language.
    pub(crate) fn words(&self, key: &str) -> Option<String> {
        self.auth.renderer().text(self.language, key, &[])
    }

    /// What a page says of what was just done: the `notice` in its address, by name.
    pub(crate) fn notice(&self, name: Option<&str>) -> Option<String> {
        let known = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        self.words(&format!("notice-{}", name.filter(known)?))
    }

    /// Sets a cookie along with whatever is answered.
    pub(crate) fn set_cookie(&mut self, cookie: HeaderValue) {
        self.cookies.push(cookie);
    }

    pub(super) fn carry(&self, mut response: Response) -> Response {
        for cookie in &self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie.clone());
        }
        response
    }
}

/// The address as the browser has it, without the host.
pub(super) fn path(parts: &Parts) -> Option<&str> {
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    uri.path_and_query().map(|path| path.as_str())
}

/// As chosen, else as the browser asks.
fn language(parts: &Parts, auth: &Auth) -> Language {
    let chosen = Jar::Language.read(&parts.headers, auth.config().browser.cookies);
    let asked = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen
        .as_deref()
        .and_then(Language::parse)
        .unwrap_or_else(|| Language::negotiate(asked.unwrap_or_default()))
}

fn retry_after(response: &mut Response, denied: &Denied) {
    if let Some(seconds) = denied.retry_after_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}
