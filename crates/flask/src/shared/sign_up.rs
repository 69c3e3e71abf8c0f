//! Signing up by a profile: the same visitor for the library as by the native API.

use countersign::{
    Auth, Client, NewUser, PasswordRule, Result, SignedUp, TakenAddress, Visitor,
    proto::secret::{PlainToken, Secret, TokenKind},
};

use super::options::PasswordPolicy;

impl From<PasswordPolicy> for PasswordRule {
    fn from(policy: PasswordPolicy) -> Self {
        match policy {
            PasswordPolicy::Native => Self::Policy,
            PasswordPolicy::Origin => Self::NotEmpty,
        }
    }
}

/// Signs up whoever sends this.
///
/// # Errors
/// As `Users::register`.
pub(crate) async fn register(
    auth: &Auth,
    new: NewUser,
    (policy, taken_address): (PasswordPolicy, TakenAddress),
    client: &Client,
) -> Result<SignedUp> {
    // Clients of the originals know no code to type in: the link in the mail is enough.
    let flow = Secret::new(PlainToken::generate(TokenKind::Link).reveal());
    let mut visitor = Visitor::new(new, &flow, client);
    visitor.password_rule = policy.into();
    visitor.taken_address = taken_address;
    auth.users().register(visitor).await
}
