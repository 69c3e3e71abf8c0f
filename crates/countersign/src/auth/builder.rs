//! How an [`Auth`] is made that is not as the defaults are.

use std::{path::PathBuf, sync::Arc};

use countersign_proto::seal::MasterKey;

use super::{Auth, Inner};
use crate::{
    clock::Clock,
    config::Config,
    error::{Failed, Result},
    legacy::Accepted,
    live::Live,
    mail::Post,
    master,
    password::pool::Pool,
    render::Renderer,
    signing_key::{Ring, rotation::Care, shared},
    status_list::Shelf,
    store::{self, Db, db::Options},
    stream::Room,
    throttle::Throttles,
};

/// Makes an [`Auth`] that is not as the defaults are.
pub struct Builder {
    url: String,
    config: Config,
    clock: Clock,
    secret: SecretSource,
    care: Care,
}

enum SecretSource {
    /// Beside the database file; for PostgreSQL `countersign.key` where the process runs.
    Default,
    File(PathBuf),
    Given(MasterKey),
}

impl Builder {
    /// The defaults, on the database at `url`.
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            config: Config::default(),
            clock: Clock::system(),
            secret: SecretSource::Default,
            care: Care::All,
        }
    }

    /// Changes the configuration.
    #[must_use]
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Takes the time from `clock`.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Keeps the secret in this file, made on first start with mode 0600. Without it the tokens
    /// and keys in the database cannot be used: back it up, apart from the database.
    #[must_use]
    pub fn secret_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.secret = SecretSource::File(path.into());
        self
    }

    /// Takes the secret itself: 32 random bytes.
    #[must_use]
    pub fn secret(mut self, bytes: [u8; 32]) -> Self {
        self.secret = SecretSource::Given(MasterKey::from_bytes(bytes));
        self
    }

    /// Takes the secret itself, as it was written by [`MasterKey::to_text`].
    #[must_use]
    pub fn master_key(mut self, key: MasterKey) -> Self {
        self.secret = SecretSource::Given(key);
        self
    }

    /// Opens it for a short visit beside those who serve: a configured `algorithm` makes no new key.
    #[must_use]
    pub fn visit(mut self) -> Self {
        self.care = Care::First;
        self
    }

    /// Where the secret is kept, if in a file.
    pub fn secret_path(&self) -> Option<PathBuf> {
        match &self.secret {
            SecretSource::Default => master::default_path(&self.url),
            SecretSource::File(path) => Some(path.clone()),
            SecretSource::Given(_) => None,
        }
    }

    /// Opens it, see [`Auth::open`].
    ///
    /// # Errors
    /// As [`Auth::open`]; also when a setting is out of its limits.
    pub async fn open(self) -> Result<Auth> {
        self.config.check().map_err(Failed::because)?;
        let path = self.secret_path();
        let db = Db::open(&self.url, Options::default()).await?;
        db.migrate(store::MIGRATIONS).await?;
        let master = match (self.secret, path) {
            (SecretSource::Given(key), _) => key,
            (_, Some(path)) => master::load_or_make(&path).map_err(Failed::because)?,
            (_, None) => MasterKey::generate(),
        };
        let live = Arc::new(Live::new(self.config.cached_identities));
        let auth = Auth(Arc::new(Inner {
            live: Arc::clone(&live),
            pool: Pool::start(&self.config.hashing).map_err(Failed::because)?,
            ring: Ring::new(master.derive("signing keys")),
            shelf: Shelf::default(),
            room: Room::default(),
            throttles: Throttles::new(master.derive("devices")),
            refresh_key: master.derive("refresh tokens"),
            idempotency_key: master.derive("idempotency keys"),
            csrf_key: master.derive("csrf tokens"),
            renderer: Renderer::open(&self.config.pages)?,
            link_key: master.derive("links"),
            proof_key: master.derive("proofs of work"),
            legacy: Accepted::open(&self.config)?,
            shared_key: shared::open(&self.config, master.derive("tokens under a shared secret"))?,
            post: Post::open(master.derive("mail"), &self.config)?,
            config: self.config,
            clock: self.clock,
            db,
        }));
        auth.start(live, self.care).await?;
        Ok(auth)
    }
}
