//! `Idempotency-Key`: the same request sent twice is done once and answered alike.
//!
//! The first answer is kept sealed under a key made of the server's secret, the idempotency key
//! and the request itself. So the table reveals nothing, not even an API key that was answered,
//! and another request under the same idempotency key cannot open it: that is how it is noticed.

use countersign_proto::{
    error_code::ErrorCode,
    seal::{SubKey, sha256},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Auth,
    error::{Denied, Failed, Result},
    store::{self, Tx},
};

/// One idempotent request.
pub(crate) struct Idempotent {
    digest: [u8; 32],
    key: SubKey,
}

impl Idempotent {
    /// `operation` and `caller` keep the keys of different doors and people apart; `request` is
    /// what must be the same.
    pub(crate) fn new(
        auth: &Auth,
        (operation, caller): (&str, &str),
        idempotency_key: &str,
        request: &[u8],
    ) -> Result<Self> {
        let plain = idempotency_key.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || !(1..=255).contains(&idempotency_key.len()) {
            let text = "An idempotency key is 1 to 255 visible ASCII characters.";
            return Err(Denied::invalid_request(text).field("Idempotency-Key").into());
        }
        let name = format!("{operation}\n{caller}\n{idempotency_key}");
        let request = sha256(request);
        let hex: String = request.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            digest: auth.idempotency_key().mac(name.as_bytes()),
            key: auth.idempotency_key().derive(&format!("{name}\n{hex}")),
        })
    }

    /// The row to claim: digest and sealed answer.
    pub(crate) fn seal(&self, answer: &impl Serialize) -> Result<([u8; 32], Vec<u8>)> {
        let plain = serde_json::to_vec(answer).map_err(Failed::because)?;
        Ok((self.digest, self.key.seal(&plain, &self.digest)))
    }

    fn open<T: DeserializeOwned>(&self, sealed: &[u8]) -> Result<T> {
        let Ok(plain) = self.key.open(sealed, &self.digest) else {
            let text = "This idempotency key was used for another request.";
            return Err(Denied::new(ErrorCode::IdempotencyMismatch, text)
                .field("Idempotency-Key")
                .into());
        };
        serde_json::from_slice(&plain).map_err(Failed::because)
    }
}

impl Auth {
    /// What the same request was answered before, if it was.
    pub(crate) async fn earlier_answer<T: DeserializeOwned>(
        &self,
        once: Option<&Idempotent>,
    ) -> Result<Option<T>> {
        let Some(once) = once else { return Ok(None) };
        let sealed = store::idempotency::sealed(self.db(), &once.digest, self.now()).await?;
        sealed.map(|sealed| once.open(&sealed)).transpose()
    }

    /// Does `body` in a transaction and gives `answer`; under an idempotency key once, and to
    /// whoever lost the race for the key the winner's answer.
    pub(crate) async fn write_once<T, F>(
        &self,
        once: Option<Idempotent>,
        answer: T,
        body: F,
    ) -> Result<T>
    where
        T: Serialize + DeserializeOwned,
        F: AsyncFnOnce(&mut Tx) -> Result<()> + Send + 'static,
    {
        let claim = once.as_ref().map(|once| once.seal(&answer)).transpose()?;
        let now = self.now();
        let lifetime = (now, now + i64::from(self.config().idempotency_seconds));
        let done = self
            .db()
            .write(async move |tx| {
                if let Some((digest, sealed)) = &claim
                    && !tx.claim_idempotency_key(digest, sealed, lifetime).await?
                {
                    return Ok(false);
                }
                body(tx).await.map(|()| true)
            })
            .await?;
        if done {
            return Ok(answer);
        }
        self.earlier_answer(once.as_ref()).await?.ok_or_else(|| {
            Denied::conflict("Another request with this idempotency key is under way.").into()
        })
    }
}
