//! The two tokens a password buys, with the claims of the library.

use axum::extract::Request;
use countersign::{Client, Grant, Shape, TokenSet, proto::jose::Extra};
use uuid::Uuid;

use super::{Guard, options::Options, refusal::Refusal};
use crate::shared::body::Object;

/// Where the tokens of this profile come from, for lists of sessions.
pub(super) const CLIENT: &str = "jwt-extended";

/// What double submission goes by, for each of the two tokens.
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Pair {
    pub(super) fn new() -> Self {
        Self { access: Uuid::new_v4().to_string(), refresh: Uuid::new_v4().to_string() }
    }
}

/// On what occasion a token is issued.
#[derive(Clone, Copy)]
pub(super) enum Occasion {
    /// A password bought an access token.
    Login,
    /// A refresh token did, or the token before it.
    Renewal,
    /// A password bought a refresh token.
    Remembering,
}

/// A token with the claims of the library, and of the application if it is one to act with.
pub(super) fn shape(options: &Options, occasion: Occasion, csrf: &str) -> Shape {
    let (kind, seconds) = match occasion {
        Occasion::Login | Occasion::Renewal => ("access", options.access_seconds),
        Occasion::Remembering => ("refresh", options.refresh_seconds),
    };
    let mut shape = Shape { seconds: Some(seconds), not_before: Some(0), ..Shape::default() };
    let fresh = matches!(occasion, Occasion::Login);
    shape.claims.insert("type".into(), Extra::Text(kind.into()));
    shape.claims.insert("fresh".into(), Extra::Flag(fresh));
    if options.has_double_submission() {
        shape.claims.insert("csrf".into(), Extra::Text(csrf.into()));
    }
    shape.signature = options.algorithm;
    shape.user_claims = options.claims.0.clone();
    shape
}

/// What a password bought.
pub(super) struct Issued {
    pub(super) tokens: TokenSet,
    pub(super) pair: Pair,
}

/// Both tokens, for the name and the password in the body.
///
/// # Errors
/// One for whatever is wrong with them.
pub(super) async fn tokens_for(
    guard: &Guard,
    client: &Client,
    request: Request,
) -> Result<Issued, Refusal> {
    let mut body = Object::of(request).await?;
    let username = body.text("username")?.unwrap_or_default();
    let password = body.text_only("password")?.unwrap_or_default();
    if username.is_empty() || password.is_empty() {
        return Err(Refusal::Unauthorized("Bad username or password".into()));
    }
    let pair = Pair::new();
    let grant = Grant {
        client_id: Some(CLIENT.into()),
        access: shape(&guard.options, Occasion::Login, &pair.access),
        renewal: Some(shape(&guard.options, Occasion::Remembering, &pair.refresh)),
        ..Grant::default()
    };
    let tokens = guard.auth.tokens().issue(&username, &password.into(), grant, client).await?;
    Ok(Issued { tokens, pair })
}
