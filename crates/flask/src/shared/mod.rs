//! What several profiles need: what their handlers know, how bodies and credentials are read, where
//! something new is found. Errors are rendered by each profile itself.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod credential;
pub(crate) mod html;
pub(crate) mod iso;
pub(crate) mod location;
pub(crate) mod mount;
pub(crate) mod options;
pub(crate) mod sign_up;
pub(crate) mod token;

use std::sync::Arc;

use axum::extract::FromRef;
use countersign::Auth;

/// What the handlers of a profile know.
pub(crate) struct Site<O> {
    pub(crate) auth: Auth,
    pub(crate) options: Arc<O>,
}

impl<O> Site<O> {
    pub(crate) fn new(auth: &Auth, options: O) -> Self {
        Self { auth: auth.clone(), options: Arc::new(options) }
    }
}

impl<O> Clone for Site<O> {
    fn clone(&self) -> Self {
        Self { auth: self.auth.clone(), options: Arc::clone(&self.options) }
    }
}

impl<O> FromRef<Site<O>> for Auth {
    fn from_ref(site: &Site<O>) -> Self {
        site.auth.clone()
    }
}
