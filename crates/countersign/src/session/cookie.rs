//! Who a session cookie acts for, and how long it is good.

use std::sync::Arc;

use countersign_proto::secret::{PlainToken, TokenKind};

use super::Sessions;
use crate::{
    CurrentUser, SessionId, Via,
    error::Result,
    live::{Identity, Known},
    store::{self, DbError, session::SessionRow},
};

/// The use of a session is noted at most once in so many seconds.
pub(super) const TOUCH_SECONDS: i64 = 60;

impl Sessions<'_> {
    /// Who the session cookie acts for, also while their account waits for its end; `None` when it
    /// is no cookie of ours, or its session ended. One that was shown before is known by heart.
    ///
    /// # Errors
    /// `unconfirmed`; `temporarily_unavailable`: never anonymous in doubt.
    pub(crate) async fn authenticate_cookie(self, text: &str) -> Result<Option<CurrentUser>> {
        let user = self.cookie_holder(text).await?;
        user.as_ref().map_or(Ok(()), |user| self.0.admit_leaver(&user.identity))?;
        Ok(user)
    }

    /// The same of an account that has yet to be confirmed: for pages that help with that, which
    /// judge for themselves.
    pub(crate) async fn cookie_holder(self, text: &str) -> Result<Option<CurrentUser>> {
        let Ok(cookie) = PlainToken::parse(TokenKind::Session, text) else { return Ok(None) };
        self.0.check_lag()?;
        let now = self.0.now();
        let digest = *cookie.digest().as_bytes();
        let known = self.0.live().sessions();
        let is_good =
            |known: &Known<SessionRow>| self.cookie_is_live(&known.row, known.used_at(), now);
        let found = match known.get(&digest, is_good) {
            Some(known) => Some(known),
            None => Box::pin(known.load(self.read_by_cookie(digest, now))).await?,
        };
        let Some(session) = found else { return Ok(None) };
        let row = &session.row;
        let identity = self.0.live().identity(self.0.db(), row.user_id, row.epoch).await?;
        let alive = |who: &Arc<Identity>| may_go_on(who, row, now);
        let Some(identity) = identity.filter(alive) else { return Ok(None) };
        self.touch(&session, now);
        let via = Via::Session(row.id);
        // Whoever has a copy of the cookie that brought it back did not give the password.
        let proven_at = row.restored_at.is_none().then_some(row.auth_time);
        Ok(Some(CurrentUser::new(identity, via, None, proven_at)))
    }

    /// The session, if its cookie works.
    async fn read_by_cookie(
        self,
        digest: [u8; 32],
        now: i64,
    ) -> std::result::Result<Option<(SessionId, Known<SessionRow>)>, DbError> {
        let row = store::session::by_cookie(self.0.db(), &digest).await?;
        let row = row.filter(|row| self.cookie_is_live(row, row.last_seen_at, now));
        Ok(row.map(|row| (row.id, Known::session(digest, row))))
    }

    fn cookie_is_live(self, row: &SessionRow, last_seen_at: i64, now: i64) -> bool {
        let config = &self.0.config().browser;
        let within = |since: i64, seconds: u32| now - since < i64::from(seconds);
        row.revoked_at.is_none()
            && row.expires_at > now
            && within(last_seen_at, config.idle_seconds)
            && row.cookie_at.is_some_and(|at| within(at, config.cookie_seconds))
    }

    /// Whether the session can still be used: a browser's may have fallen asleep for good.
    pub(super) fn can_go_on(self, row: &SessionRow, now: i64) -> bool {
        row.cookie_at.is_none()
            || row.remembered_at.is_some()
            || self.cookie_is_live(row, row.last_seen_at, now)
    }

    /// Notes the use, without making the request wait for it.
    pub(crate) fn touch(self, session: &Arc<Known<SessionRow>>, now: i64) {
        let often = TOUCH_SECONDS.min(i64::from(self.0.config().browser.idle_seconds) / 4);
        let Some(before) = session.use_now(now, often) else { return };
        let (db, id, session) = (self.0.db().clone(), session.row.id, Arc::clone(session));
        tokio::spawn(async move {
            let written = db.write(async move |tx| tx.touch_session(id, now).await).await;
            if let Err(error) = written {
                session.used_before(before);
                tracing::warn!(%error, "the use of a session could not be noted");
            }
        });
    }
}

pub(super) fn may_go_on(who: &Identity, row: &SessionRow, now: i64) -> bool {
    who.is_alive(now) && !who.outlived(row.epoch, Some(row.id))
}
