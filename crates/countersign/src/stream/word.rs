//! What a listener is told, as it travels.

use serde::Serialize;

use crate::store::{Change, What};

/// One event of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// How far the listener is with it. None while a snapshot is not complete.
    pub(crate) id: Option<String>,
    pub(crate) data: String,
}

/// What was taken back, and until when that has to be known, unix seconds.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Token {
        jti: &'a str,
        exp: i64,
    },
    Session {
        sid: String,
        exp: i64,
    },
    /// The published keys are to be fetched again.
    Keys {
        keys: bool,
        exp: i64,
    },
}

#[derive(Serialize)]
struct Snapshot<'a> {
    revoked: Vec<Entry<'a>>,
}

impl<'a> Entry<'a> {
    /// Nothing where the change is nobody else's business: what a user may do is theirs, API keys and
    /// cookies are shown here alone, and each session that ends with an account is told of by itself.
    fn of(change: &'a Change) -> Option<Self> {
        let exp = change.expires_at;
        match &change.what {
            What::Token(jti) => Some(Self::Token { jti, exp }),
            What::Session(ended) => Some(Self::Session { sid: ended.session.to_string(), exp }),
            What::Keys => Some(Self::Keys { keys: true, exp }),
            What::User(_) | What::ApiKey(_) | What::Cookies(_) => None,
        }
    }
}

impl Event {
    /// A part of what is in force.
    pub(super) fn snapshot<'a>(changes: impl Iterator<Item = &'a Change>) -> Self {
        let snapshot = Snapshot { revoked: changes.filter_map(Entry::of).collect() };
        Self { name: "snapshot", id: None, data: json(&snapshot) }
    }

    /// One more thing was taken back.
    pub(super) fn revoked(change: &Change, at: &impl ToString) -> Option<Self> {
        let entry = Entry::of(change)?;
        Some(Self { name: "revoked", id: Some(at.to_string()), data: json(&entry) })
    }

    /// The listener knows all that there is.
    pub(super) fn ready(at: &impl ToString) -> Self {
        Self { name: "ready", id: Some(at.to_string()), data: "{}".into() }
    }

    /// Nothing more than that there is nothing more.
    pub(super) fn heartbeat(at: &impl ToString) -> Self {
        Self { name: "heartbeat", id: Some(at.to_string()), data: "{}".into() }
    }
}

/// Texts and numbers always have a form in JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiKeyId, SessionId, UserId, store::session::Ended};

    fn told(what: What) -> Option<String> {
        let change = Change { at: 1, expires_at: 9, what };
        Event::revoked(&change, &"0.1").map(|event| event.data)
    }

    #[test]
    fn each_kind_of_revocation_has_its_form() {
        let session = SessionId::new();
        let ended = Ended { session, index: Some(3) };

        assert_eq!(told(What::Token("a.b".into())).unwrap(), r#"{"jti":"a.b","exp":9}"#);
        let expected = format!(r#"{{"sid":"{session}","exp":9}}"#);
        assert_eq!(told(What::Session(ended)).unwrap(), expected);
        assert_eq!(told(What::Keys).unwrap(), r#"{"keys":true,"exp":9}"#);
        assert_eq!(told(What::User(UserId::new())), None);
        assert_eq!(told(What::ApiKey(ApiKeyId::new())), None);
        assert_eq!(told(What::Cookies(session)), None);
    }
}
