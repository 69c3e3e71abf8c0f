//! A visitor who signs up, with what they bring along.

use countersign_proto::secret::Secret;

use super::NewUser;
use crate::Client;

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
}

impl<'a> Visitor<'a> {
    /// A visitor who brings nothing but the form.
    pub fn new(new: NewUser, flow: &'a Secret, client: &'a Client) -> Self {
        Self { new, flow, client }
    }
}
