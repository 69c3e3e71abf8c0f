//! What one account was told, and whether it holds.

use crate::server::{Client, No};

/// Something that was asked for when the server died, or was answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State<T> {
    /// Answered: this holds.
    Is(T),
    /// Asked, never answered: the old or the new.
    Either(T, T),
}

impl<T: Clone> State<T> {
    pub(crate) fn asked(&self, next: T) -> Self {
        match self {
            Self::Is(now) | Self::Either(now, _) => Self::Either(now.clone(), next),
        }
    }

    /// The answer came.
    pub(crate) fn answered(&self) -> Self {
        match self {
            Self::Is(now) | Self::Either(_, now) => Self::Is(now.clone()),
        }
    }

    pub(crate) fn latest(&self) -> &T {
        match self {
            Self::Is(now) | Self::Either(_, now) => now,
        }
    }
}

/// Whether something was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    Ended,
}

/// A session as its client knows it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) access: String,
    /// The refresh tokens in the order they were given; the last one is unused.
    pub(crate) refresh: Vec<String>,
    pub(crate) rotation: State<()>,
    pub(crate) life: State<Life>,
}

/// An API key as its owner knows it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) life: State<Life>,
}

/// An account as its owner knows it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) existence: State<Life>,
    pub(crate) passwords: Vec<String>,
    pub(crate) password: State<String>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) keys: Vec<Key>,
    pub(crate) writes: usize,
}

impl Account {
    pub(crate) fn new(name: String, password: String) -> Self {
        Self {
            name,
            existence: State::Either(Life::Ended, Life::Alive),
            passwords: vec![password.clone()],
            password: State::Is(password),
            sessions: Vec::new(),
            keys: Vec::new(),
            writes: 0,
        }
    }

    /// Writes that were answered.
    pub(crate) fn acknowledged(&self) -> usize {
        self.writes
    }

    /// Asks the restarted server about everything.
    pub(crate) fn verify(&self, client: &Client) -> Result<(), String> {
        if self.existence != State::Is(Life::Alive) {
            return Ok(());
        }
        self.verify_passwords(client)?;
        for key in &self.keys {
            self.verify_key(key, client)?;
        }
        for session in &self.sessions {
            self.verify_session(session, client)?;
        }
        Ok(())
    }

    fn verify_passwords(&self, client: &Client) -> Result<(), String> {
        let works = |password: &str| match client.login(&self.name, password) {
            Ok(_) => true,
            Err(No::Refused(401, _)) => false,
            Err(other) => panic!("{}: neither accepted nor refused: {other}", self.name),
        };
        let holds = match &self.password {
            State::Is(now) => works(now),
            State::Either(old, new) => works(old) != works(new),
        };
        let possible: &[&String] = match &self.password {
            State::Is(now) => &[now],
            State::Either(old, new) => &[old, new],
        };
        let old = self.passwords.iter().filter(|password| !possible.contains(password));
        for password in old {
            if works(password) {
                return Err(format!("{}: a changed password came back", self.name));
            }
        }
        if holds {
            Ok(())
        } else {
            Err(format!("{}: its password was lost: {:?}", self.name, self.password))
        }
    }

    /// Whether a change of password ended everything before it, or may have.
    fn unsure_of_life(&self) -> bool {
        matches!(self.password, State::Either(..))
    }

    fn verify_key(&self, key: &Key, client: &Client) -> Result<(), String> {
        let works = client.accepts(&key.secret);
        match key.life {
            State::Is(Life::Ended) if works => {
                Err(format!("{}: a revoked API key lives", self.name))
            }
            State::Is(Life::Alive) if !works && !self.unsure_of_life() => {
                Err(format!("{}: an API key was lost", self.name))
            }
            _ => Ok(()),
        }
    }

    fn verify_session(&self, session: &Session, client: &Client) -> Result<(), String> {
        let newest = session.refresh.last().ok_or("a session without a refresh token")?;
        match session.life {
            State::Is(Life::Ended) => {
                if client.accepts(&session.access) {
                    return Err(format!("{}: a revoked access token lives", self.name));
                }
                if !refused(client, newest) {
                    return Err(format!("{}: a revoked session lives", self.name));
                }
            }
            State::Is(Life::Alive) if !self.unsure_of_life() => {
                if !client.accepts(&session.access) {
                    return Err(format!("{}: an access token was lost", self.name));
                }
                self.verify_rotation(session, newest, client)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The newest refresh token works; an older one ends the session, for it was used.
    fn verify_rotation(
        &self,
        session: &Session,
        newest: &str,
        client: &Client,
    ) -> Result<(), String> {
        if session.rotation != State::Is(()) {
            return Ok(());
        }
        if refused(client, newest) {
            return Err(format!("{}: a rotation was lost", self.name));
        }
        let [.., older, _] = session.refresh.as_slice() else { return Ok(()) };
        if !refused(client, older) {
            return Err(format!("{}: a used refresh token works again", self.name));
        }
        if client.accepts(&session.access) {
            return Err(format!("{}: a replay did not end the session", self.name));
        }
        Ok(())
    }
}

fn refused(client: &Client, refresh: &str) -> bool {
    match client.refresh(refresh) {
        Ok(_) => false,
        Err(No::Refused(400, _)) => true,
        Err(other) => panic!("neither granted nor refused: {other}"),
    }
}
