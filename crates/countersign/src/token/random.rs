//! Access tokens that are random instead of signed: nothing can be read out of one, and only its
//! digest is stored. Each has a session of its own that lives as long as it does.

use countersign_proto::{
    error_code::ErrorCode,
    secret::{PlainToken, Secret, TokenKind},
};

use super::{Grant, TokenSet, Tokens, checked_client_id};
use crate::{
    Client, CurrentUser, SessionId, Via,
    error::{Denied, Result},
    live::{Known, Name},
    store::{self, Tx, session::SessionRow},
};

/// A token with no more than so many seconds left is not handed out again.
const WORTH_WHILE: i64 = 60;

/// Sessions of one user and client that a new one ends: there is one, unless scopes differ.
const MOST: i64 = 100;

impl Tokens<'_> {
    /// Signs in with a password and hands out a random access token that lives for `seconds`. While
    /// the user's token for this client has more than a minute left it is the same one; then it is
    /// a new one, and the one before ends. So logging out on one device logs out on all.
    ///
    /// The token is derived from its session by a key that is not in the database, which holds
    /// nothing but the digest.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub async fn issue_random(
        self,
        (login, password): (&str, &Secret),
        grant: Grant,
        seconds: u32,
        client: &Client,
    ) -> Result<TokenSet> {
        let proof = self.0.passwords().verify(login, password, client).await?;
        let who = self.0.sign_in(proof)?;
        let default = self.0.config().default_scope.clone();
        let scope = grant.scope.map_or(default, |scope| scope.to_string());
        let client_id = checked_client_id(grant.client_id)?;
        let mut fresh = self.0.sessions().draft(&who, (client_id, scope), client);
        fresh.expires_at = fresh.expires_at.min(fresh.created_at + i64::from(seconds));
        let digest = *self.random(fresh.id).digest().as_bytes();
        let (now, until) = (fresh.created_at, fresh.created_at + self.0.token_horizon());
        let write = async move |tx: &mut Tx| {
            // Of any number of racers one opens the session.
            if !tx.hold_user((fresh.user_id, fresh.epoch)).await? {
                return Ok(None);
            }
            let before = tx.sessions_with_token(fresh.user_id, &fresh.client_id, now, MOST).await?;
            if let Some(same) = before.first().filter(|row| serves(row, &fresh, now)) {
                return Ok(Some(same.clone()));
            }
            if !tx.insert_session(&fresh).await? {
                return Ok(None);
            }
            tx.set_token(fresh.id, &digest).await?;
            for row in before {
                tx.end_session(row.id, now, until).await?;
            }
            Ok::<_, crate::Error>(Some(fresh))
        };
        // Disabled, deleted or given another password since it was verified.
        let session = self.0.db().write(write).await?.ok_or_else(Denied::invalid_credentials)?;
        metrics::counter!("countersign_logins_total", "outcome" => "granted").increment(1);
        Ok(TokenSet {
            access_token: self.random(session.id).reveal().to_owned(),
            token_type: "Bearer",
            expires_in: session.expires_at - now,
            refresh_token: None,
            scope: session.scope,
            session_id: session.id.to_string(),
        })
    }

    /// Who the token acts for. One that was shown before is known by heart.
    pub(crate) async fn authenticate_random(self, token: &str) -> Result<CurrentUser> {
        let gone = || Denied::invalid_token("The token is unknown, expired or revoked.");
        let token = PlainToken::parse(TokenKind::Access, token).map_err(|_| gone())?;
        self.0.check_lag()?;
        let (db, now) = (self.0.db(), self.0.now());
        let digest = *token.digest().as_bytes();
        let known = self.0.live().sessions();
        let found = match known.get(&digest, |known| is_live(&known.row, now)) {
            Some(known) => Some(known),
            None => known.load(self.read_by_token(digest, now)).await?,
        };
        let session = found.ok_or_else(gone)?;
        let row = &session.row;
        let jti = self.jti_of_random(row.id);
        let identity =
            self.0.live().identity(db, row.user_id, row.epoch).await?.ok_or_else(gone)?;
        if self.0.live().is_revoked(Name::of_token(&jti), row.id)
            || identity.disabled_at.is_some()
            || identity.outlived(row.epoch, Some(row.id))
        {
            return Err(gone().into());
        }
        self.0.admit(&identity)?;
        self.0.sessions().touch(&session, now);
        let scope = session.scope.clone().ok_or_else(gone)?;
        let via = Via::AccessToken {
            session: row.id,
            jti: jti.into(),
            expires_at: row.expires_at,
            client_id: row.client_id.as_str().into(),
        };
        Ok(CurrentUser::new(identity, via, Some(scope), Some(row.auth_time)))
    }

    /// The session, if its token works.
    async fn read_by_token(
        self,
        digest: [u8; 32],
        now: i64,
    ) -> std::result::Result<Option<(SessionId, Known<SessionRow>)>, store::DbError> {
        let row = store::session::by_token(self.0.db(), &digest).await?;
        let row = row.filter(|row| is_live(row, now));
        Ok(row.map(|row| (row.id, Known::session(digest, row))))
    }

    /// Ends the token with its session: to hold it is to be allowed to.
    pub(super) async fn revoke_random(self, token: &Secret) -> Result<()> {
        match self.authenticate_random(token.reveal()).await {
            Ok(user) => self.revoke_presented(&user).await,
            Err(crate::Error::Denied(denied)) if denied.code() == ErrorCode::InvalidToken => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn random(self, session: SessionId) -> PlainToken {
        let seed = self.0.refresh_key().mac(format!("access\n{session}").as_bytes());
        PlainToken::from_entropy(TokenKind::Access, &seed)
    }

    fn jti_of_random(self, session: SessionId) -> String {
        let seed = self.0.refresh_key().mac(format!("access id\n{session}").as_bytes());
        let mut own = [0; 16];
        own.copy_from_slice(&seed[..16]);
        self.jti(session, &own)
    }
}

fn is_live(row: &SessionRow, now: i64) -> bool {
    row.revoked_at.is_none() && row.expires_at > now
}

/// Whether the session's token can be handed out once more.
fn serves(row: &SessionRow, wanted: &SessionRow, now: i64) -> bool {
    row.expires_at > now + WORTH_WHILE && row.epoch == wanted.epoch && row.scope == wanted.scope
}
