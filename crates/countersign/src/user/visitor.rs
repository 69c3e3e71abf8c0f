//! A visitor who signs up, with what they bring along.

use countersign_proto::secret::Secret;

use super::NewUser;
use crate::{Client, link::Asked, proof::Effort};

/// A visitor who signs up, with what they bring along.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Visitor<'a> {
    /// Who they want to be.
    pub new: NewUser,
    /// A secret that their browser keeps: the code in the mail works only together with it.
    pub flow: &'a Secret,
    /// Where they come from.
    pub client: &'a Client,
    /// The secret of the link by which they were invited.
    pub invitation: Option<Secret>,
    /// What they did for it.
    pub effort: Effort,
    /// What their password has to be like.
    pub password_rule: PasswordRule,
    /// Whether they may learn that an address has an account.
    pub taken_address: TakenAddress,
    pub(crate) bait: Bait,
}

/// What the password of somebody who signs up has to be like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PasswordRule {
    /// The configured policy.
    #[default]
    Policy,
    /// Not empty, and not longer than the policy has it: where clients of an application that is
    /// being replaced sign people up and cannot tell them why a password was refused.
    NotEmpty,
}

/// Whether somebody who signs up is told that the address has an account, where mail is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TakenAddress {
    /// They are not: whatever comes of it, a mail says so to the owner of the address.
    #[default]
    Hidden,
    /// They are, as where no mail is sent. Then anybody can ask of any address whether it has an
    /// account here: only for clients that wait for the answer and cannot read a mail.
    Told,
}

/// A field that nobody sees. Only a robot fills it in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Bait {
    #[default]
    Untouched,
    /// All looks as if it went well, and nothing happens.
    Taken,
}

impl<'a> Visitor<'a> {
    /// A visitor who brings nothing but the form.
    pub fn new(new: NewUser, flow: &'a Secret, client: &'a Client) -> Self {
        Self {
            new,
            flow,
            client,
            invitation: None,
            effort: Effort::None,
            password_rule: PasswordRule::Policy,
            taken_address: TakenAddress::Hidden,
            bait: Bait::Untouched,
        }
    }

    /// The language of the mail is the one of the account.
    pub(super) fn asked(&self) -> Asked<'a> {
        Asked { flow: self.flow, client: self.client, locale: None }
    }
}
