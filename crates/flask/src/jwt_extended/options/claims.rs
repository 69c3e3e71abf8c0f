//! What an application adds to the profile's access tokens.

use countersign::{CurrentUser, ReservedClaim, UserClaims, proto::jose::Extra};

/// The profile's own.
const OWN: [&str; 3] = ["type", "fresh", "csrf"];

/// Claims of an application's own, in every access token of the profile. They are asked for at each
/// issue, so what a refresh token buys says what holds by then.
///
/// ```
/// use countersign::proto::jose::Extra;
/// use countersign_flask::jwt_extended::{Claims, Options};
///
/// let mut options = Options::default();
/// options.claims = Claims::default()
///     .with("tenant", |_| Some(Extra::Text("acme".into())))?
///     .with("staff", |user| Some(Extra::Flag(user.has_role("staff"))))?;
/// assert!(Claims::default().with("fresh", |_| None).is_err(), "that one is taken");
/// # Ok::<_, countersign::ReservedClaim>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Claims(pub(in super::super) UserClaims);

impl Claims {
    /// These and another one: see [`UserClaims::with`].
    ///
    /// # Errors
    /// When the name has a meaning of its own.
    pub fn with(
        self,
        name: &str,
        of: impl Fn(&CurrentUser) -> Option<Extra> + Send + Sync + 'static,
    ) -> Result<Self, ReservedClaim> {
        if OWN.contains(&name) {
            return Err(ReservedClaim(name.to_owned()));
        }
        Ok(Self(self.0.with(name, of)?))
    }

    /// These, and one that says what `sub` says (`JWT_IDENTITY_CLAIM`), which stays.
    ///
    /// # Errors
    /// When the name has another meaning.
    pub fn with_identity(self, name: &str) -> Result<Self, ReservedClaim> {
        if name == "sub" {
            return Ok(self);
        }
        self.with(name, |user| Some(Extra::Text(user.id.to_string())))
    }
}
