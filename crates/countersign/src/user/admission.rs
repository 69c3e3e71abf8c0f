//! Who may sign up: by the mode, by an invitation, by how often a network and everybody together
//! have done so within the hour.

use countersign_proto::error_code::ErrorCode;

use super::{Users, Visitor};
use crate::{
    Auth, Client,
    config::{ProofMode, SignUpMode, ThrottleMode},
    error::{Denied, Error, Result},
    link::{self, Proof, Purpose},
    proof::{self, Challenge, Wait},
    store::{self, Db, Tx, link::LinkRow, proof::SpentRow},
};

const HOUR: i64 = 3600;

/// After so many sign-ups of one network within an hour, the next has to be worked for.
const NETWORK_FREE: i64 = 5;
/// After so many of everybody together.
const TOGETHER_FREE: i64 = 100;

/// What a visitor uses up who is let in.
pub(super) struct Admission {
    invitation: Option<[u8; 32]>,
    spent: Option<SpentRow>,
}

/// What is asked of whoever wants to sign up, either of two.
#[derive(Debug, Clone)]
pub struct Toll {
    /// For programs, and for browsers with a script.
    pub challenge: Challenge,
    /// For browsers without one.
    pub wait: Wait,
}

impl Users<'_> {
    /// The mode, and the invitation where there is one.
    ///
    /// # Errors
    /// `access_denied` when nobody may sign up, or only whoever was invited; `invalid_grant` when
    /// the invitation is used, expired or wrong.
    pub(super) async fn invited(self, visitor: &Visitor<'_>) -> Result<Option<LinkRow>> {
        self.check_open()?;
        if let Some(token) = visitor.invitation.clone() {
            let link = self.0.links().resolve(Purpose::Invite, &Proof::Token(token)).await;
            return link.map(Some).map_err(name_invitation);
        }
        self.check_uninvited().map(|()| None)
    }

    /// Refuses where nobody may sign up.
    pub(crate) fn check_open(self) -> Result<()> {
        if self.0.config().sign_up.mode == SignUpMode::Closed {
            let text = "Nobody can sign up here. Ask whoever runs this service for an account.";
            return Err(Denied::new(ErrorCode::AccessDenied, text)
                .because("sign-up-closed")
                .into());
        }
        Ok(())
    }

    /// Refuses whoever has no invitation where one is needed.
    pub(crate) fn check_uninvited(self) -> Result<()> {
        self.check_open()?;
        if self.0.config().sign_up.mode == SignUpMode::Invitation {
            let text = "One can sign up here by invitation only. Use the link in the mail.";
            let denied = Denied::new(ErrorCode::AccessDenied, text);
            return Err(denied.field("invitation").because("invitation-needed").into());
        }
        Ok(())
    }

    /// Counts a sign-up whose form is in order, whatever will come of it: whether a name or an
    /// address is taken cannot be told by counting. One that is refused here is not counted.
    ///
    /// # Errors
    /// `too_many_requests` when the network has made as many accounts as it may in this hour;
    /// `proof_required` when a proof is asked for and this is none.
    pub(super) async fn admit(
        self,
        visitor: &Visitor<'_>,
        invitation: Option<&LinkRow>,
    ) -> Result<Admission> {
        if let Some(link) = invitation {
            return Ok(Admission { invitation: Some(link.digest), spent: None });
        }
        let judged = self.0.proofs().judge(&visitor.effort, visitor.client).await;
        let rates = Rates::of(self.0, visitor.client);
        if self.0.config().throttle.mode == ThrottleMode::Off {
            let asked = rates.proof == ProofMode::On;
            let spent = if asked { Some(judged?) } else { None };
            return Ok(Admission { invitation: None, spent });
        }
        if rates.limit == 0 && rates.proof == ProofMode::Off {
            return Ok(Admission { invitation: None, spent: None });
        }
        let spent = self.0.db().write(async move |tx| rates.count(tx, judged).await).await?;
        Ok(Admission { invitation: None, spent })
    }

    /// What is asked of whoever would sign up from there now; `None`: nothing.
    pub async fn toll(self, client: &Client) -> Result<Option<Toll>> {
        let rates = Rates::of(self.0, client);
        let (of_network, together) = rates.read(self.0.db()).await?;
        let throttled = self.0.config().throttle.mode == ThrottleMode::On;
        let often = throttled && rates.are_high(of_network + 1, together + 1);
        if rates.proof == ProofMode::On || often {
            let (challenge, wait) =
                (self.0.proofs().challenge(), self.0.proofs().wait(client, of_network));
            return Ok(Some(Toll { challenge, wait }));
        }
        Ok(None)
    }
}

impl Admission {
    /// Uses up the invitation or the proof, in the transaction of the sign-up: of any number of
    /// racers one gets through with it.
    pub(super) async fn use_up(&self, tx: &mut Tx, now: i64) -> Result<()> {
        if let Some(digest) = &self.invitation {
            link::redeem(tx, Purpose::Invite, digest, now).await.map_err(name_invitation)?;
        }
        if let Some(spent) = self.spent {
            proof::spend(tx, spent).await?;
        }
        Ok(())
    }
}

/// How often was signed up in this hour, and how often that may be.
struct Rates {
    network: Option<String>,
    together: String,
    /// 0: any number.
    limit: i64,
    proof: ProofMode,
    now: i64,
}

impl Rates {
    fn of(auth: &Auth, client: &Client) -> Self {
        let now = auth.now();
        let hour = now.div_euclid(HOUR);
        let network = client.network();
        Self {
            network: network.map(|network| format!("sign-up:from:{network}:{hour}")),
            together: format!("sign-up:together:{hour}"),
            limit: i64::from(auth.config().sign_up.per_address_hour),
            proof: auth.config().sign_up.proof,
            now,
        }
    }

    /// Those of the network, and of everybody.
    async fn read(&self, db: &Db) -> Result<(i64, i64)> {
        let mut counts = [0; 2];
        for (count, bucket) in counts.iter_mut().zip([self.network.as_ref(), Some(&self.together)])
        {
            if let Some(bucket) = bucket {
                let state = store::throttle::state(db, bucket, self.now).await?;
                *count = state.map_or(0, |state| state.failures);
            }
        }
        let [of_network, together] = counts;
        Ok((of_network, together))
    }

    /// Counts one more, unless it is refused: that rolls the transaction back.
    async fn count(self, tx: &mut Tx, judged: Result<SpentRow>) -> Result<Option<SpentRow>> {
        let until = self.now + HOUR;
        let of_network = match &self.network {
            Some(bucket) => tx.count_failure(bucket, self.now, until).await?,
            None => 0,
        };
        if self.limit > 0 && of_network > self.limit {
            metrics::counter!("countersign_throttled_total").increment(1);
            let wait = u32::try_from(HOUR - self.now.rem_euclid(HOUR)).unwrap_or(u32::MAX);
            let text = "Too many accounts were made from this address. Wait before trying again.";
            let denied = Denied::new(ErrorCode::TooManyRequests, text);
            return Err(denied.retry_after(wait).because("sign-up-too-many").into());
        }
        let together = tx.count_failure(&self.together, self.now, until).await?;
        let asked = self.proof == ProofMode::On || self.are_high(of_network, together);
        if asked { Ok(Some(judged?)) } else { Ok(None) }
    }

    fn are_high(&self, of_network: i64, together: i64) -> bool {
        let high = of_network > NETWORK_FREE || together > TOGETHER_FREE;
        self.proof == ProofMode::Adaptive && high
    }
}

/// The refusal of a link, as that of the member an invitation is in.
fn name_invitation(error: Error) -> Error {
    match error {
        Error::Denied(denied) if denied.field_name() == Some("token") => {
            denied.field("invitation").into()
        }
        other => other,
    }
}
