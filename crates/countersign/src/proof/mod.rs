//! Proofs of work: what a robot pays that signs up often. Whoever has no script waits instead.
//! When one is asked for is in `user/admission.rs`.

pub(crate) mod http;

use countersign_proto::{
    error_code::ErrorCode,
    proof::{ProofError, Stamp, Terms},
    secret::{PlainToken, Secret, TokenKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Auth, Client,
    error::{Denied, Result},
    store::{self, Tx, proof::SpentRow},
};

/// Challenges and waits are good for so many seconds.
const LIFE: i64 = 600;
/// The first wait, seconds; each sign-up of the same network in the same hour adds to it.
const FIRST_WAIT: i64 = 10;
const MORE_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 120;

/// What somebody can do to be let in once. They say nothing about who it is.
#[derive(Debug, Clone, Default)]
pub enum Effort {
    /// Nothing.
    #[default]
    None,
    /// The answer to a challenge.
    Work {
        /// As it was given out.
        challenge: String,
        /// What was found.
        nonce: String,
    },
    /// A ticket that was waited with.
    Wait(Secret),
}

/// Work to be done before something is let through.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Challenge {
    /// Find a `nonce` such that SHA-256 of `CHALLENGE:NONCE` begins with `bits` zero bits.
    pub challenge: String,
    /// How many.
    pub bits: u8,
    /// When it is worth nothing any more, unix seconds.
    pub expires_at: i64,
}

/// Time to pass before something is let through.
#[derive(Debug, Clone)]
pub struct Wait {
    /// Seconds from now.
    pub seconds: i64,
    /// To be brought back then, from the same network, as [`Effort::Wait`].
    pub ticket: String,
}

/// The proofs of work of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Proofs<'a>(pub(crate) &'a Auth);

impl Proofs<'_> {
    /// A new challenge. It is kept nowhere.
    pub fn challenge(self) -> Challenge {
        let bits = u8::try_from(self.0.config().sign_up.proof_bits).unwrap_or(u8::MAX);
        let expires_at = self.0.now() + LIFE;
        // Good at once, also by a clock that is behind.
        let terms = Terms { bits, good_from: 0, good_until: expires_at };
        let stamp = Stamp::issue(self.0.proof_key(), WORK, terms);
        Challenge { challenge: stamp.text().to_owned(), bits, expires_at }
    }

    /// A ticket for whoever comes back with it from the same network, later. `before` is how often
    /// that network did so in this hour.
    pub(crate) fn wait(self, client: &Client, before: i64) -> Wait {
        let (now, seconds) = (self.0.now(), (FIRST_WAIT + MORE_WAIT * before).min(LONGEST_WAIT));
        let terms = Terms { bits: 0, good_from: now + seconds, good_until: now + seconds + LIFE };
        let stamp = Stamp::issue(self.0.proof_key(), &waiter(client), terms);
        Wait { seconds, ticket: stamp.text().to_owned() }
    }

    /// How long it is still to be waited with this ticket; `None`: it is worth nothing.
    pub(crate) fn remaining(self, ticket: &Secret, client: &Client) -> Option<i64> {
        let stamp = Stamp::read(self.0.proof_key(), &waiter(client), ticket.reveal()).ok()?;
        let (terms, now) = (stamp.terms(), self.0.now());
        (now < terms.good_until).then(|| (terms.good_from - now).max(0))
    }

    /// Whether the effort was made; what is to be [spent](spend) for it.
    ///
    /// # Errors
    /// `proof_required` when none was, or it is not good: wrong, too early, too late, somebody
    /// else's, or spent.
    pub(crate) async fn judge(self, effort: &Effort, client: &Client) -> Result<SpentRow> {
        let made = self.read(effort, client)?;
        if store::proof::is_spent(self.0.db(), &made.digest).await? {
            return Err(spent().into());
        }
        Ok(made)
    }

    fn read(self, effort: &Effort, client: &Client) -> Result<SpentRow, Denied> {
        let key = self.0.proof_key();
        let (read, nonce) = match effort {
            Effort::None => return Err(missing()),
            Effort::Work { challenge, nonce } => {
                (Stamp::read(key, WORK, challenge), nonce.as_str())
            }
            Effort::Wait(ticket) => (Stamp::read(key, &waiter(client), ticket.reveal()), ""),
        };
        let stamp = read.map_err(refusal)?;
        stamp.check(nonce, self.0.now()).map_err(refusal)?;
        Ok(SpentRow { digest: stamp.digest(), expires_at: stamp.terms().good_until })
    }
}

/// Who may bring a challenge back: whoever did the work.
const WORK: &[u8] = b"work";

/// Who may bring a ticket back: whoever it was given to.
fn waiter(client: &Client) -> Vec<u8> {
    let network = client.network().map(|network| network.to_string()).unwrap_or_default();
    format!("wait {network}").into_bytes()
}

/// Spends it inside the transaction of its effect: one caller gets through with it.
///
/// # Errors
/// `proof_required`, which rolls the transaction back.
pub(crate) async fn spend(tx: &mut Tx, made: SpentRow) -> Result<()> {
    if tx.spend_proof(made).await? { Ok(()) } else { Err(spent().into()) }
}

fn spent() -> Denied {
    required("This proof was used before. Ask for a new challenge.", "proof-spent")
}

/// Costs what a sign-up costs, and leaves nothing that is of use to anybody.
pub(crate) async fn pretend(tx: &mut Tx, now: i64) -> Result<()> {
    let digest = *PlainToken::generate(TokenKind::Link).digest().as_bytes();
    tx.spend_proof(SpentRow { digest, expires_at: now }).await?;
    Ok(())
}

fn missing() -> Denied {
    required("This needs a proof of work. Ask for a challenge.", "proof-required")
}

fn refusal(why: ProofError) -> Denied {
    match why {
        ProofError::NotOurs | ProofError::Work => {
            required("The proof of work is wrong. Ask for a new challenge.", "proof-wrong")
        }
        ProofError::Expired => {
            required("The challenge has expired. Ask for a new one.", "proof-expired")
        }
        ProofError::Early { seconds } => {
            let text = "This was sent too early. Wait, then send it again.";
            required(text, "proof-early").retry_after(seconds)
        }
    }
}

fn required(text: &'static str, reason: &'static str) -> Denied {
    Denied::new(ErrorCode::ProofRequired, text).field("proof").because(reason)
}
