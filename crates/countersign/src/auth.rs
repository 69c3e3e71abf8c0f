//! [`Auth`]: one authentication system on one database. Cheap to clone; several live in a process.

use std::{path::PathBuf, sync::Arc, time::Duration};

use countersign_proto::seal::{MasterKey, SubKey};

use crate::{
    api_key::ApiKeys,
    clock::Clock,
    config::Config,
    email::Emails,
    error::{Denied, Failed, Result},
    link::Links,
    live::{self, Live},
    mail::{self, Mails, Post},
    master,
    password::{Passwords, pool::Pool},
    recovery::Recovery,
    render::Renderer,
    role::Roles,
    session::Sessions,
    signing_key::{Ring, SigningKeys},
    store::{self, Db, db::Options},
    throttle::Throttles,
    token::Tokens,
    user::Users,
};

/// Users, passwords, sessions, tokens and keys on one database.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Clock,
    db: Db,
    live: Arc<Live>,
    pool: Pool,
    ring: Ring,
    throttles: Throttles,
    refresh_key: SubKey,
    idempotency_key: SubKey,
    csrf_key: SubKey,
    renderer: Renderer,
    link_key: SubKey,
    post: Post,
}

/// An [`Auth`] that does not keep itself alive: for background jobs.
pub(crate) struct Weak(std::sync::Weak<Inner>);

/// Makes an [`Auth`] that is not as the defaults are.
pub struct Builder {
    url: String,
    config: Config,
    clock: Clock,
    secret: SecretSource,
}

enum SecretSource {
    /// Beside the database file; for PostgreSQL `countersign.key` where the process runs.
    Default,
    File(PathBuf),
    Given(MasterKey),
}

/// What a purge removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Purged {
    /// Rows dropped from the database.
    pub rows: u64,
}

const PURGE_PERIOD: Duration = Duration::from_secs(600);

impl Auth {
    /// Opens the database (`sqlite://app.db`, `sqlite::memory:`, `postgres://…`), brings its
    /// schema up to date and makes what is missing: the file, the secret beside it, a signing key.
    ///
    /// # Errors
    /// When the database cannot be opened, is newer than this program, or its keys are sealed with
    /// another secret.
    pub async fn open(url: &str) -> Result<Self> {
        Self::builder(url).open().await
    }

    /// Starts from the defaults.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> countersign::Result<()> {
    /// let auth = countersign::Auth::builder("sqlite::memory:")
    ///     .configure(|config| config.access_token_seconds = 300)
    ///     .open()
    ///     .await?;
    /// assert_eq!(auth.config().access_token_seconds, 300);
    /// # Ok(()) }
    /// ```
    pub fn builder(url: &str) -> Builder {
        Builder {
            url: url.to_owned(),
            config: Config::default(),
            clock: Clock::system(),
            secret: SecretSource::Default,
        }
    }

    /// Users.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Passwords.
    pub fn passwords(&self) -> Passwords<'_> {
        Passwords(self)
    }

    /// Roles.
    pub fn roles(&self) -> Roles<'_> {
        Roles(self)
    }

    /// Sessions.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// Access and refresh tokens.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }

    /// API keys.
    pub fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys(self)
    }

    /// Signing keys.
    pub fn signing_keys(&self) -> SigningKeys<'_> {
        SigningKeys(self)
    }

    /// Mails.
    pub fn mails(&self) -> Mails<'_> {
        Mails(self)
    }

    /// One-time links.
    pub fn links(&self) -> Links<'_> {
        Links(self)
    }

    /// The forgotten password.
    pub fn recovery(&self) -> Recovery<'_> {
        Recovery(self)
    }

    /// Addresses: confirmed and changed.
    pub fn emails(&self) -> Emails<'_> {
        Emails(self)
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Unix seconds by this system's clock.
    pub fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// Whether requests can be answered: the database answers and the change feed is heard.
    ///
    /// # Errors
    /// `temporarily_unavailable`.
    pub async fn ready(&self) -> Result<()> {
        self.0.db.ping().await?;
        self.check_lag()
    }

    /// Drops what has expired. A background job does it every ten minutes; it revives nothing.
    pub async fn purge(&self) -> Result<Purged> {
        let now = self.now();
        // An hour past the end, so that clocks that differ agree that it is the end.
        let before = now - self.token_horizon() - 3600;
        let mails_before = now - i64::from(self.0.config.retention.mail_seconds);
        self.mails().give_up_abandoned().await?;
        let rows = self
            .0
            .db
            .write(async move |tx| {
                Ok::<_, crate::Error>(
                    tx.purge_sessions(before).await?
                        + tx.purge_api_keys(before).await?
                        + tx.purge_changes(before).await?
                        + tx.purge_throttles(now).await?
                        + tx.purge_idempotency_keys(now).await?
                        + tx.purge_signing_keys(before).await?
                        + tx.purge_links(before).await?
                        + tx.purge_mails(mails_before, before).await?,
                )
            })
            .await?;
        self.0.live.purge(now);
        Ok(Purged { rows })
    }

    /// Copies an SQLite database while it is in use. `progress` hears pages done and in all.
    ///
    /// # Errors
    /// On PostgreSQL, which has `pg_dump`; when the target cannot be written.
    pub async fn backup(
        &self,
        target: &std::path::Path,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<()> {
        Ok(self.0.db.backup(target, progress).await?)
    }

    /// Checks that the database is whole; the findings, none when it is.
    pub async fn check(&self) -> Result<Vec<String>> {
        Ok(self.0.db.check().await?)
    }

    /// The database's engine: `sqlite` or `postgresql`.
    pub fn engine(&self) -> &'static str {
        self.0.db.engine()
    }

    /// Revocations held in memory.
    pub fn revocations(&self) -> usize {
        self.0.live.revocations()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    pub(crate) fn ring(&self) -> &Ring {
        &self.0.ring
    }

    pub(crate) fn throttles(&self) -> &Throttles {
        &self.0.throttles
    }

    pub(crate) fn refresh_key(&self) -> &SubKey {
        &self.0.refresh_key
    }

    pub(crate) fn idempotency_key(&self) -> &SubKey {
        &self.0.idempotency_key
    }

    pub(crate) fn renderer(&self) -> &Renderer {
        &self.0.renderer
    }

    pub(crate) fn csrf_key(&self) -> &SubKey {
        &self.0.csrf_key
    }

    /// The path the public URL ends in, to begin links with: empty, or `/auth` and the like.
    pub(crate) fn base(&self) -> &str {
        let url = &self.0.config.public_url;
        let host = url.find("://").map_or(0, |at| at + 3);
        url[host..].find('/').map_or("", |at| &url[host + at..])
    }

    pub(crate) fn link_key(&self) -> &SubKey {
        &self.0.link_key
    }

    pub(crate) fn post(&self) -> &Post {
        &self.0.post
    }

    pub(crate) fn weak(&self) -> Weak {
        Weak(Arc::downgrade(&self.0))
    }

    /// Refuses to judge tokens when this process may not have heard of revocations elsewhere.
    pub(crate) fn check_lag(&self) -> Result<()> {
        if self.0.live.lag_seconds() > u64::from(self.0.config.max_lag_seconds) {
            let text = "Revocations cannot be read from the database. Try again shortly.";
            return Err(Denied::unavailable(text, 5).into());
        }
        Ok(())
    }

    /// Whether two handles are the same system.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth")
            .field("public_url", &self.0.config.public_url)
            .finish_non_exhaustive()
    }
}

impl Builder {
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
        let live = Arc::new(Live::new(self.config.cached_identities, self.clock.now()));
        let auth = Auth(Arc::new(Inner {
            live: Arc::clone(&live),
            pool: Pool::start(&self.config.hashing).map_err(Failed::because)?,
            ring: Ring::new(master.derive("signing keys")),
            throttles: Throttles::new(master.derive("devices")),
            refresh_key: master.derive("refresh tokens"),
            idempotency_key: master.derive("idempotency keys"),
            csrf_key: master.derive("csrf tokens"),
            renderer: Renderer::new(),
            link_key: master.derive("links"),
            post: Post::open(master.derive("mail"), &self.config)?,
            config: self.config,
            clock: self.clock,
            db,
        }));
        auth.start(live).await?;
        Ok(auth)
    }
}

impl Auth {
    async fn start(&self, live: Arc<Live>) -> Result<()> {
        let hook = Arc::clone(&live);
        self.0.db.on_commit(move |changes| hook.apply(changes));
        self.recall_revocations(&live).await?;
        self.signing_keys().ensure().await?;
        let feed = live::follow(self.0.db.clone(), Arc::downgrade(&live), self.0.clock.clone());
        tokio::spawn(feed);
        tokio::spawn(purge_regularly(self.weak()));
        mail::deliver(self);
        Ok(())
    }
}

impl Auth {
    /// What was revoked before this process started: from the feed, and from the sessions
    /// themselves in case tokens lived shorter when they were revoked.
    async fn recall_revocations(&self, live: &Live) -> Result<()> {
        let now = self.now();
        live.apply(&store::change::live_revocations(&self.0.db, now).await?);
        let horizon = self.token_horizon();
        for (session, revoked_at) in
            store::session::revoked_since(&self.0.db, now - horizon).await?
        {
            live.end_session(session, revoked_at + horizon);
        }
        Ok(())
    }
}

impl Weak {
    /// The system, if somebody still holds it.
    pub(crate) fn upgrade(&self) -> Option<Auth> {
        self.0.upgrade().map(Auth)
    }
}

async fn purge_regularly(auth: Weak) {
    let mut ticks = tokio::time::interval(PURGE_PERIOD);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(auth) = auth.upgrade() else { return };
        if let Err(error) = auth.purge().await {
            tracing::warn!(%error, "the purge failed; it will be tried again");
        }
    }
}
