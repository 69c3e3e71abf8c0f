//! What is done to a restored copy, so that nothing is alive in it that was taken back after the
//! backup was made. What that was, the copy cannot know: so nothing stays alive.

use super::{
    copy::Deed,
    db::{params, statements},
    status_list,
};

/// An account that its owner had left, or never confirmed, is not deleted sooner than this after a
/// restore: they may have kept or confirmed it since.
const RESPITE: i64 = 7 * 86_400;

statements! {
    /// A step that no other restore makes: whatever carries an epoch carries another one.
    RAISE_EPOCHS = "UPDATE users SET epoch = epoch + $1, kept_session = NULL";
    DELETE_NOT_YET = "UPDATE users SET deletes_at = $1 WHERE deletes_at < $1";
    WAIT_ANEW = "UPDATE users SET waits_since = $1 WHERE waits_since < $1";
    /// As of when they were last seen: not every process needs to know each of them by heart.
    END_SESSIONS = "UPDATE sessions SET revoked_at = last_seen_at WHERE revoked_at IS NULL";
    DROP_REFRESH = "DELETE FROM refresh_tokens";
    REVOKE_API_KEYS = "UPDATE api_keys SET revoked_at = $1 WHERE revoked_at IS NULL";
    END_LINKS = "UPDATE links SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1";
    FORGET_DEVICES = "DELETE FROM known_devices";
    FORGET_ANSWERS = "DELETE FROM idempotency_keys";
    /// They may have been sent since; and their links are over.
    GIVE_MAILS_UP = "UPDATE mails SET next_at = NULL, sealed = NULL, failure = $1
        WHERE next_at IS NOT NULL";
    /// One of them may have been replaced since because it was in wrong hands.
    RETIRE_KEYS = "UPDATE signing_keys SET expires_at = $1
        WHERE expires_at IS NULL OR expires_at > $1";
    /// Whoever remembers how far it had read the feed sees a gap, and asks for everything anew.
    LEAVE_A_GAP = "UPDATE lanes SET seq = seq + $1";
}

/// Ends everything that was issued to anybody. `step` is added to every epoch.
pub(crate) fn end_everything(now: i64, step: i64) -> Vec<Deed> {
    let mut deeds = vec![
        Deed::new(&RAISE_EPOCHS, &params![step]),
        Deed::new(&DELETE_NOT_YET, &params![now + RESPITE]),
        Deed::new(&WAIT_ANEW, &params![now]),
        Deed::new(&END_SESSIONS, &params![]),
        Deed::new(&DROP_REFRESH, &params![]),
        Deed::new(&REVOKE_API_KEYS, &params![now]),
        Deed::new(&END_LINKS, &params![now]),
        Deed::new(&FORGET_DEVICES, &params![]),
        Deed::new(&FORGET_ANSWERS, &params![]),
        Deed::new(&GIVE_MAILS_UP, &params!["not sent: the database was restored"]),
        Deed::new(&RETIRE_KEYS, &params![now]),
    ];
    deeds.extend(status_list::started_over(now, step));
    deeds
}

/// Makes every process on the database, and whoever follows its changes, begin anew.
pub(crate) fn begin_anew(step: i64) -> Deed {
    Deed::new(&LEAVE_A_GAP, &params![step])
}
