//! A contestant in the run: installed, filled with users, started, asked, stopped.

use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    ops::Range,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{
    account::Watch,
    job::Job,
    load::{Client, Crowd},
    peer::{Peer, Template, Values},
    place::Place,
    probe,
    running::{Running, end_of, run},
};

/// Who is held to the bars.
pub(crate) const WHO: &str = "countersign-sqlite";
/// A server that is not there by then is not there.
const START_LIMIT: Duration = Duration::from_secs(30);
/// So many clients get their credentials at a time.
const AT_A_TIME: usize = 8;
/// Where servers listen.
const PORTS: Range<u16> = 20_000..30_000;

/// A contestant with its users.
pub struct Contestant {
    /// How it is described.
    pub peer: Arc<Peer>,
    folder: TempDir,
    database: Option<u32>,
    preload: Option<PathBuf>,
    server: Option<Running>,
    crowd: Arc<Crowd>,
    last_seed: (Duration, String),
    clients: Vec<Client>,
}

impl Contestant {
    /// Installs what is missing and makes `users` users in a folder of their own.
    ///
    /// # Errors
    /// When a command of its description fails.
    pub fn new(peer: &Arc<Peer>, place: &Place, users: u64) -> Result<Self> {
        let context = || format!("contestant {}", peer.name);
        Self::seeded(peer, place, users).with_context(context)
    }

    fn seeded(peer: &Arc<Peer>, place: &Place, users: u64) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("countersign-bench-").tempdir()?;
        let data = folder.path().join("data");
        fs::create_dir(&data)?;
        let port = free_port()?;
        let mut values = place.values(peer)?;
        values.insert("data".to_owned(), path_text(&data));
        values.insert("port".to_owned(), port.to_string());
        values.insert("users".to_owned(), users.to_string());
        let database = needs_postgres(peer).then(|| place.postgres_database()).transpose()?;
        if let Some(url) = &database {
            values.insert("postgres".to_owned(), url.clone());
        }
        let crowd = Crowd {
            peer: Arc::clone(peer),
            address: (Ipv4Addr::LOCALHOST, port).into(),
            values,
            users: AtomicU64::new(users),
            count: AtomicU64::new(0),
        };
        let mut contestant = Self {
            peer: Arc::clone(peer),
            folder,
            database: database.and(place.postgres_process()),
            preload: None,
            server: None,
            crowd: Arc::new(crowd),
            last_seed: (Duration::ZERO, String::new()),
            clients: Vec::new(),
        };
        for words in &peer.seed {
            let begun = Instant::now();
            let said = run(&mut contestant.command(words)?, &contestant.log(), &place.interrupt)?;
            contestant.last_seed = (begun.elapsed(), said);
        }
        Ok(contestant)
    }

    /// The folder with its database.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The command that `words` are, in its environment.
    ///
    /// # Errors
    /// When a placeholder is unknown.
    pub fn command(&self, words: &[Template]) -> Result<Command> {
        command(words, &self.peer, &self.crowd.values, &self.data())
    }

    /// Starts its server and waits until it answers; returns how long that took.
    ///
    /// # Errors
    /// When it does not.
    pub fn start(&mut self) -> Result<Duration> {
        if self.server.is_some() {
            return Ok(Duration::ZERO);
        }
        let mut command = self.command(&self.peer.serve)?;
        if let Some(object) = &self.preload {
            command.env("LD_PRELOAD", object);
        }
        let begun = Instant::now();
        let server = Running::start(&mut command, &self.log())
            .with_context(|| format!("contestant {} cannot be started", self.peer.name))?;
        self.server = Some(server);
        while !probe::answers(self.crowd.address, &self.peer.ready, self.peer.ready_status) {
            let ended = self.server.as_mut().map_or(Ok(()), Running::check);
            let late = begun.elapsed() > START_LIMIT;
            if ended.is_err() || late {
                self.server = None;
                let why = ended.err().map_or("no answer in time".to_owned(), |why| why.to_string());
                let (name, ready) = (&self.peer.name, &self.peer.ready);
                let log = end_of(&self.log());
                bail!("contestant {name} does not start: GET {ready}: {why}; it says: {log}");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(begun.elapsed())
    }

    /// Stops its server; its users and their credentials stay.
    pub fn stop(&mut self) {
        self.clients.iter_mut().for_each(Client::disconnect);
        self.server = None;
    }

    /// Its server loads this object before all others, from its next start on.
    pub fn preload(&mut self, object: Option<PathBuf>) {
        self.preload = object;
    }

    /// Whether its data are with a database server instead of in files of its own.
    pub fn has_database_server(&self) -> bool {
        self.database.is_some()
    }

    /// Whose CPU to read.
    ///
    /// # Errors
    /// When its server does not run.
    pub fn watch(&self) -> Result<Watch> {
        let server = self.server.as_ref().with_context(|| format!("{} runs", self.peer.name))?;
        Ok(Watch { server: server.id(), database: self.database })
    }

    /// So many clients that have what `job` needs.
    ///
    /// # Errors
    /// When one of them does not get it.
    pub async fn clients(&mut self, job: Job, count: usize) -> Result<Vec<Client>> {
        for number in self.clients.len()..count {
            self.clients.push(Client::new(&self.crowd, number as u64));
        }
        let mut waiting = self.clients.split_off(self.clients.len() - count).into_iter();
        let (mut begun, mut ready) = (tokio::task::JoinSet::new(), Vec::with_capacity(count));
        let at_a_time = if self.peer.one_by_one { 1 } else { AT_A_TIME };
        loop {
            while begun.len() < at_a_time
                && let Some(mut client) = waiting.next()
            {
                begun.spawn(async move {
                    client.begin(job).await?;
                    client.disconnect();
                    Ok::<_, anyhow::Error>(client)
                });
            }
            let Some(client) = begun.join_next().await else { return Ok(ready) };
            ready.push(client??);
        }
    }

    /// Takes clients back, for the next job.
    pub fn keep(&mut self, clients: Vec<Client>) {
        self.clients.extend(clients);
    }

    /// Forgets them, and what they were given.
    pub fn forget_clients(&mut self) {
        self.clients.clear();
    }

    /// There are so many users now.
    pub fn set_users(&self, users: u64) {
        self.crowd.users.store(users, Ordering::Relaxed);
    }

    /// How long the last command that made users took, and what it printed.
    pub fn last_seed(&self) -> (Duration, &str) {
        (self.last_seed.0, &self.last_seed.1)
    }

    /// What all its clients share.
    pub fn crowd(&self) -> &Arc<Crowd> {
        &self.crowd
    }
}

/// A port for a server that is stopped and started again: none of those that the kernel gives to
/// connections meanwhile.
fn free_port() -> Result<u16> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let span = u64::try_from(PORTS.len())?;
    for _ in PORTS {
        // Harnesses beside each other begin at different places.
        let turn = TURN.fetch_add(1, Ordering::Relaxed) + u64::from(process::id()) * 97;
        let port = PORTS.start + u16::try_from(turn % span)?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free");
}

/// Placeholders that only a run knows.
const OF_A_RUN: [&str; 4] = ["data", "port", "users", "postgres"];

/// The command that `words` are.
///
/// # Errors
/// When a placeholder is unknown.
pub fn command(words: &[Template], peer: &Peer, values: &Values, at: &Path) -> Result<Command> {
    let filled: Result<Vec<String>> = words.iter().map(|word| word.fill(&[values])).collect();
    let filled = filled?;
    let (program, arguments) = filled.split_first().context("a command without a program")?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(at);
    for (name, _) in env::vars_os() {
        // Settings of whoever runs the harness are not the contestant's.
        if name.as_encoded_bytes().starts_with(b"COUNTERSIGN_") {
            command.env_remove(name);
        }
    }
    for (name, value) in &peer.environment {
        // What is installed is installed before there is a run.
        let is_early = |word: &str| OF_A_RUN.contains(&word) && !values.contains_key(word);
        if !value.names().any(is_early) {
            command.env(name, value.fill(&[values])?);
        }
    }
    Ok(command)
}

fn needs_postgres(peer: &Peer) -> bool {
    let words = peer.seed.iter().flatten().chain(&peer.serve).chain(peer.environment.values());
    words.flat_map(Template::names).any(|name| name == "postgres")
}

/// A path as a placeholder's value.
pub fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
