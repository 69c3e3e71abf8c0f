//! Where everything is that a run needs: programs, caches, the database cluster, the one password.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};
use countersign_proto::password::{self, Memory, Params};
use tokio_postgres::NoTls;

use crate::{
    contestant::{command, path_text},
    peer::{Peer, Values},
    running::{Interrupt, run},
    stamp,
};

/// The password of every seeded user.
pub const PASSWORD: &str = "correct-horse-9271-battery";

/// What is there.
#[derive(Debug)]
pub struct Place {
    /// The released server.
    pub countersign: PathBuf,
    /// Whether somebody asked for the end.
    pub interrupt: Interrupt,
    cache: PathBuf,
    postgres: Option<(String, u32)>,
    hash: String,
    databases: AtomicU32,
}

impl Place {
    /// Looks around, and hashes the password once.
    ///
    /// # Errors
    /// When it cannot be hashed.
    pub fn new(
        countersign: &Path,
        cache: &Path,
        postgres: Option<(String, u32)>,
        interrupt: Interrupt,
    ) -> Result<Self> {
        let mut memory = Memory::default();
        Ok(Self {
            countersign: countersign.to_owned(),
            interrupt,
            cache: cache.to_owned(),
            postgres,
            hash: password::hash(PASSWORD, Params::default(), &mut memory)?,
            databases: AtomicU32::new(0),
        })
    }

    /// What placeholders stand for in everything of `peer`.
    ///
    /// # Errors
    /// When its cache folder cannot be made.
    pub fn values(&self, peer: &Peer) -> Result<Values> {
        let cache = self.cache(&peer.name)?;
        let bin = env::current_exe()?.parent().context("a folder")?.to_owned();
        let values = [
            ("here", path_text(&peer.here)),
            ("cache", path_text(&cache)),
            ("bin", path_text(&bin)),
            ("countersign", path_text(&self.countersign)),
            ("hash", self.hash.clone()),
            ("password", PASSWORD.to_owned()),
        ];
        Ok(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A folder that is kept between runs.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn cache(&self, name: &str) -> Result<PathBuf> {
        let cache = self.cache.join(name);
        fs::create_dir_all(&cache)?;
        Ok(cache)
    }

    /// Installs `peer` unless that was done for the same description; returns its versions.
    ///
    /// # Errors
    /// When it cannot be installed: a missing contestant ends the run.
    pub fn install(&self, peer: &Peer) -> Result<String> {
        self.try_install(peer).with_context(|| format!("contestant {} is missing", peer.name))
    }

    fn try_install(&self, peer: &Peer) -> Result<String> {
        let values = self.values(peer)?;
        let cache = self.cache.join(&peer.name);
        let (stamp, log) = (cache.join(".installed"), cache.join("install.log"));
        let wanted = stamp::of(&peer.here)?;
        if fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
            for words in &peer.install {
                run(&mut command(words, peer, &values, &cache)?, &log, &self.interrupt)?;
            }
            fs::write(&stamp, wanted)?;
        }
        if peer.versions.is_empty() {
            return Ok(String::new());
        }
        run(&mut command(&peer.versions, peer, &values, &cache)?, &log, &self.interrupt)
    }

    /// An empty database of the cluster.
    ///
    /// # Errors
    /// When there is no cluster.
    pub fn postgres_database(&self) -> Result<String> {
        let (url, _) = self.postgres.as_ref().context("there is no PostgreSQL")?;
        let name = format!("bench_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let make = async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            let connection = tokio::spawn(connection);
            client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
            drop(client);
            connection.await??;
            Ok::<_, anyhow::Error>(())
        };
        crate::block_on(make, &self.interrupt)?;
        let (server, _) = url.rsplit_once('/').context("the cluster's URL names a database")?;
        Ok(format!("{server}/{name}"))
    }

    /// The process of the cluster.
    pub fn postgres_process(&self) -> Option<u32> {
        self.postgres.as_ref().map(|(_, process)| *process)
    }

    /// What the released server calls itself.
    ///
    /// # Errors
    /// When it is not there.
    pub fn server_version(&self) -> Result<String> {
        let out = Command::new(&self.countersign).arg("--version").output();
        let out = out.with_context(|| self.countersign.display().to_string())?;
        Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
    }
}
