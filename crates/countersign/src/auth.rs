//! [`Auth`]: one authentication system on one database. Cheap to clone; several live in a process.

mod builder;
mod purge;

use std::{sync::Arc, time::Duration};

use countersign_proto::{jose::SigningKey, seal::SubKey};

pub use builder::Builder;
pub use purge::Purged;

use crate::{
    account::Accounts,
    api_key::ApiKeys,
    attribute::Attributes,
    clock::Clock,
    config::Config,
    device::Devices,
    email::Emails,
    error::{Denied, Result},
    legacy::{self, LegacyTokens},
    link::Links,
    live::{Feed, Live},
    mail::{self, Mails, Post},
    password::{Passwords, pool::Pool},
    proof::Proofs,
    recovery::Recovery,
    render::Renderer,
    role::Roles,
    session::Sessions,
    signing_key::{Ring, SigningKeys, rotation::Care},
    status_list::{Shelf, StatusLists},
    store::{Db, MIGRATIONS},
    stream::{Room, Streams},
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
    shelf: Shelf,
    room: Room,
    throttles: Throttles,
    refresh_key: SubKey,
    idempotency_key: SubKey,
    csrf_key: SubKey,
    renderer: Renderer,
    link_key: SubKey,
    post: Post,
    proof_key: SubKey,
    legacy: Option<legacy::Accepted>,
    shared_key: Option<SigningKey>,
}

/// An [`Auth`] that does not keep itself alive: for background jobs.
pub(crate) struct Weak(std::sync::Weak<Inner>);

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
        Builder::new(url)
    }

    /// Users.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Accounts, as their owners run them.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts(self)
    }

    /// What the application keeps with users.
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes(self)
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

    /// Devices that users have signed in from.
    pub fn devices(&self) -> Devices<'_> {
        Devices(self)
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

    /// Status lists.
    pub fn status_lists(&self) -> StatusLists<'_> {
        StatusLists(self)
    }

    /// Streams of revocations.
    pub fn streams(&self) -> Streams<'_> {
        Streams(self)
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

    /// Proofs of work.
    pub fn proofs(&self) -> Proofs<'_> {
        Proofs(self)
    }

    /// Tokens of the application that this one stands in for.
    pub fn legacy_tokens(&self) -> LegacyTokens<'_> {
        LegacyTokens(self)
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

    /// Writes the database, as it is at this moment, into a new SQLite file while it is in use:
    /// [`Database::backup`](crate::Database::backup), which says more.
    ///
    /// # Errors
    /// `conflict` when the file exists already.
    pub async fn backup(
        &self,
        target: &std::path::Path,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<()> {
        Ok(self.0.db.backup(MIGRATIONS, target, Box::new(progress)).await?)
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

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(crate) fn room(&self) -> &Room {
        &self.0.room
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

    pub(crate) fn proof_key(&self) -> &SubKey {
        &self.0.proof_key
    }

    pub(crate) fn legacy(&self) -> Option<&legacy::Accepted> {
        self.0.legacy.as_ref()
    }

    pub(crate) fn shared_key(&self) -> Option<&SigningKey> {
        self.0.shared_key.as_ref()
    }

    pub(crate) fn post(&self) -> &Post {
        &self.0.post
    }

    pub(crate) fn weak(&self) -> Weak {
        Weak(Arc::downgrade(&self.0))
    }

    /// Refuses to judge tokens when this process may not have heard of revocations elsewhere.
    pub(crate) fn check_lag(&self) -> Result<()> {
        let most = Duration::from_secs(self.0.config.max_lag_seconds.into());
        if self.0.live.lag() > most {
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

impl Auth {
    async fn start(&self, live: Arc<Live>, care: Care) -> Result<()> {
        let (hook, others) = (Arc::clone(&live), self.weak());
        self.0.db.on_commit(move |changes| {
            hook.apply(changes);
            if let Some(auth) = others.upgrade() {
                auth.db().tell();
            }
        });
        let mut feed = Feed::new(&self.0.db, &self.0.clock, self.token_horizon());
        feed.read(&live).await?;
        self.signing_keys().ensure(care).await?;
        tokio::spawn(feed.follow(Arc::downgrade(&live)));
        tokio::spawn(purge::tidy_regularly(self.weak()));
        mail::deliver(self);
        Ok(())
    }
}

impl Weak {
    /// The system, if somebody still holds it.
    pub(crate) fn upgrade(&self) -> Option<Auth> {
        self.0.upgrade().map(Auth)
    }
}
