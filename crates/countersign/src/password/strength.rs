//! How hard a password is to guess, told while it is chosen. It advises; the policy decides.

use countersign_proto::secret::Secret;

use super::Passwords;
use crate::{
    Client,
    error::{Denied, Result},
};

/// What is looked at of a password, characters: the work grows with the square of them, and what
/// is longer is no weaker.
const LOOKED_AT: usize = 32;
/// Signs that may stand for letters. The work doubles with each kind of them, so that a string of
/// all, 64 characters long, takes a quarter of a second: all but so many kinds are looked at as one.
const SIGNS: &str = "@({[<!|$+%";
const SIGN_KINDS: usize = 2;
/// So many words of the user's own are looked for in it, each to so many characters.
const NAMES: usize = 8;
const NAME_CHARS: usize = 64;

/// How hard a password is to guess.
#[derive(Debug, Clone)]
pub(crate) struct Strength {
    /// 0: at once, to 4: not within reason.
    pub(crate) score: u8,
    /// The rule it breaks, if it would be refused.
    pub(crate) refused: Option<Denied>,
}

impl Passwords<'_> {
    /// Looks at a password, on a hashing thread: it takes up to five milliseconds, a third of a
    /// hash. Nothing is kept or logged. `names` are the user's own, separated by blanks.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the threads are busy.
    pub(crate) async fn strength(
        self,
        password: &Secret,
        names: &str,
        client: &Client,
    ) -> Result<Strength> {
        let cut = |word: &str| word.chars().take(NAME_CHARS).collect::<String>();
        let own: Vec<String> = names.split_whitespace().take(NAMES).map(cut).collect();
        let (auth, password) = (self.0.clone(), password.clone());
        let work = move |_: &mut _| {
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let refused = auth.passwords().check_new(&password, &own).err();
            let start = bounded(password.reveal());
            let services = auth.config().service_names.iter().map(String::as_str);
            let known: Vec<&str> = own.iter().copied().chain(services).collect();
            let score = zxcvbn::zxcvbn(start.reveal(), &known).score().into();
            Strength { score, refused }
        };
        Ok(self.0.pool().run(client.network(), work).await?)
    }
}

/// As much of a password as can be looked at in bounded time.
fn bounded(password: &str) -> Secret {
    let mut kinds = Vec::with_capacity(SIGN_KINDS);
    let chars = password.chars().take(LOOKED_AT).map(|c| {
        if !SIGNS.contains(c) || kinds.contains(&c) {
            return c;
        }
        if kinds.len() == SIGN_KINDS {
            return '_';
        }
        kinds.push(c);
        c
    });
    // In one piece: what a growing string leaves behind is not wiped.
    let mut start = String::with_capacity(LOOKED_AT * 4);
    start.extend(chars);
    Secret::new(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_is_cut_and_has_few_kinds_of_signs() {
        assert_eq!(bounded("p@ssw0rd!").reveal(), "p@ssw0rd!");
        assert_eq!(bounded("@({[<!|$+%@(").reveal(), "@(________@(");
        assert_eq!(bounded(&"\u{1f600}".repeat(100)).reveal().chars().count(), 32);
    }
}
