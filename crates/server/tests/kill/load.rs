//! The load: each worker makes accounts and changes them, noting before it asks and after it was
//! answered.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    ledger::{Account, Key, Life, Session, State},
    random::Random,
    server::{Client, No},
};

pub(crate) struct Worker {
    client: Client,
    round: u64,
    number: u64,
    random: Random,
    accounts: Vec<Account>,
}

/// It cannot be known what became of the last request.
struct Gone;

/// Nothing in this load is refused: only a server, or its database, that is away ends it.
fn gone(no: No) -> Gone {
    match no {
        No::Silence | No::Refused(503, _) => Gone,
        refused => panic!("the load was refused: {refused}"),
    }
}

impl Worker {
    pub(crate) fn new(client: Client, round: u64, number: u64, random: Random) -> Self {
        Self { client, round, number, random, accounts: Vec::new() }
    }

    /// Until it is over, or a server or its database is lost.
    pub(crate) fn run(&mut self, over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            if self.one_account().is_err() {
                break;
            }
        }
    }

    pub(crate) fn accounts(self) -> Vec<Account> {
        self.accounts
    }

    fn one_account(&mut self) -> Result<(), Gone> {
        let name = format!("u{}-{}-{}", self.round, self.number, self.accounts.len());
        let password = format!("first {:x}", self.random.next());
        self.accounts.push(Account::new(name.clone(), password.clone()));
        self.client.sign_up(&name, &password).map_err(gone)?;
        self.account().existence = State::Is(Life::Alive);
        self.account().writes += 1;
        for _ in 0..6 {
            match self.random.below(5) {
                0 => self.log_in()?,
                1 => self.rotate()?,
                2 => self.log_out()?,
                3 => self.make_or_revoke_key()?,
                _ => self.change_password()?,
            }
        }
        Ok(())
    }

    fn account(&mut self) -> &mut Account {
        self.accounts.last_mut().expect("made before")
    }

    fn log_in(&mut self) -> Result<(), Gone> {
        let (name, password) =
            (self.account().name.clone(), self.account().password.latest().clone());
        let (access, refresh) = self.client.login(&name, &password).map_err(gone)?;
        let session = Session {
            access,
            refresh: vec![refresh],
            rotation: State::Is(()),
            life: State::Is(Life::Alive),
        };
        self.account().sessions.push(session);
        self.account().writes += 1;
        Ok(())
    }

    fn rotate(&mut self) -> Result<(), Gone> {
        let client = self.client.clone();
        let Some(session) = self.account().alive() else { return self.log_in() };
        let newest = session.refresh.last().cloned().unwrap_or_default();
        session.rotation = State::Either((), ());
        let (access, refresh) = client.refresh(&newest).map_err(gone)?;
        session.rotation = State::Is(());
        session.access = access;
        session.refresh.push(refresh);
        self.account().writes += 1;
        Ok(())
    }

    fn log_out(&mut self) -> Result<(), Gone> {
        let client = self.client.clone();
        let Some(session) = self.account().alive() else { return self.log_in() };
        session.life = session.life.asked(Life::Ended);
        client.log_out(&session.access).map_err(gone)?;
        session.life = session.life.answered();
        self.account().writes += 1;
        Ok(())
    }

    fn make_or_revoke_key(&mut self) -> Result<(), Gone> {
        let client = self.client.clone();
        let (name, password) =
            (self.account().name.clone(), self.account().password.latest().clone());
        let alive = self.account().keys.iter_mut().find(|key| key.life == State::Is(Life::Alive));
        match alive {
            Some(key) => {
                key.life = key.life.asked(Life::Ended);
                client.revoke_key(&name, &password, &key.id).map_err(gone)?;
                key.life = key.life.answered();
            }
            None => {
                let (id, secret) = client.make_key(&name, &password).map_err(gone)?;
                self.account().keys.push(Key { id, secret, life: State::Is(Life::Alive) });
            }
        }
        self.account().writes += 1;
        Ok(())
    }

    /// By Basic: it ends every session and key.
    fn change_password(&mut self) -> Result<(), Gone> {
        let client = self.client.clone();
        let next = format!("next {:x}", self.random.next());
        let account = self.account();
        let current = account.password.latest().clone();
        account.password = account.password.asked(next.clone());
        account.passwords.push(next.clone());
        client.change_password(&account.name, &current, &next).map_err(gone)?;
        account.password = account.password.answered();
        for session in &mut account.sessions {
            session.life = State::Is(Life::Ended);
        }
        for key in &mut account.keys {
            key.life = State::Is(Life::Ended);
        }
        account.writes += 1;
        Ok(())
    }
}

impl Account {
    fn alive(&mut self) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.life == State::Is(Life::Alive))
    }
}
