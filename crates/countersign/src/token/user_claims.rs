//! What an application adds to the tokens of its users: for each claim its name, and what it says of
//! whom.

use std::{collections::BTreeMap, fmt, sync::Arc};

use countersign_proto::jose::{AccessClaims, Extra};

use crate::CurrentUser;

type Of = dyn Fn(&CurrentUser) -> Option<Extra> + Send + Sync;

/// Claims that depend on whom a token is for. They are asked for at each issue, so a renewed token
/// says what holds by then.
///
/// ```
/// use countersign::{UserClaims, proto::jose::Extra};
///
/// let claims = UserClaims::default()
///     .with("tenant", |_| Some(Extra::Text("acme".into())))?
///     .with("staff", |user| Some(Extra::Flag(user.has_role("staff"))))?;
/// assert!(claims.with("sub", |_| None).is_err(), "that one is taken");
/// # Ok::<_, countersign::ReservedClaim>(())
/// ```
#[derive(Clone, Default)]
pub struct UserClaims(Vec<(String, Arc<Of>)>);

/// A name that the claims have by which a token is judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the claim {0} has a meaning of its own")]
pub struct ReservedClaim(pub String);

impl UserClaims {
    /// These and another one. What is asked for it sees the user as the token's first request will;
    /// it answers from memory, as it is called while the token is made, and `None` leaves the claim
    /// out. A token has room for a few hundred bytes of claims; one above 8 KiB is not issued.
    ///
    /// # Errors
    /// When the name is one of those by which a token is judged.
    pub fn with(
        mut self,
        name: &str,
        of: impl Fn(&CurrentUser) -> Option<Extra> + Send + Sync + 'static,
    ) -> Result<Self, ReservedClaim> {
        if name.is_empty() || AccessClaims::has_meaning(name) {
            return Err(ReservedClaim(name.to_owned()));
        }
        self.0.push((name.to_owned(), Arc::new(of)));
        Ok(self)
    }

    /// The names, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// What they say of this user.
    pub(super) fn of(&self, user: &CurrentUser) -> BTreeMap<String, Extra> {
        self.0.iter().filter_map(|(name, of)| Some((name.clone(), of(user)?))).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for UserClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
