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

use std::{fmt, sync::Arc};

use axum::extract::FromRef;
use countersign::Auth;

/// What the handlers of a profile know: whom to ask, and what was chosen. Routes of an application's
/// own are guarded as the profile's are where their state has one of it (`FromRef`).
pub struct Guard<O> {
    pub(crate) auth: Auth,
    pub(crate) options: Arc<O>,
}

pub(crate) type Site<O> = Guard<O>;

impl<O> Guard<O> {
    /// With the options of the profile whose rules are to hold.
    pub fn new(auth: &Auth, options: O) -> Self {
        Self { auth: auth.clone(), options: Arc::new(options) }
    }
}

impl<O> Clone for Guard<O> {
    fn clone(&self) -> Self {
        Self { auth: self.auth.clone(), options: Arc::clone(&self.options) }
    }
}

impl<O: fmt::Debug> fmt::Debug for Guard<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<O> FromRef<Guard<O>> for Auth {
    fn from_ref(guard: &Guard<O>) -> Self {
        guard.auth.clone()
    }
}
