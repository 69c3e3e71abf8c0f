//! API keys: opaque, named, scoped, with an expiry; shown once, kept as a digest.

pub(crate) mod http;

use std::sync::Arc;

use countersign_proto::{
    error_code::ErrorCode,
    scope::Scope,
    secret::{PlainToken, TokenKind},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ApiKeyId, Auth, CurrentUser, UserId, Via,
    error::{Denied, Failed, Needs, Result},
    idempotency::Idempotent,
    live::Known,
    role::ADMIN,
    store::{self, Tx, api_key::ApiKeyRow},
    stream::REVOCATIONS,
    user::Page,
};

/// API keys of one [`Auth`].
#[derive(Clone, Copy)]
pub struct ApiKeys<'a>(pub(crate) &'a Auth);

/// An API key, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its name in lists and commands.
    #[schema(value_type = String)]
    pub id: ApiKeyId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// Its first characters, to recognise it.
    pub hint: String,
    /// What it may do, separated by blanks.
    pub scope: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds; `None`: never.
    pub expires_at: Option<i64>,
    /// Unix seconds, to the minute; `None`: never used.
    pub last_used_at: Option<i64>,
}

/// A key as it was made: the only time it is shown.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedApiKey {
    /// The key itself. It is not kept; whoever loses it makes another.
    pub key: String,
    /// What is kept.
    #[serde(flatten)]
    pub api_key: ApiKey,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedApiKey").field("api_key", &self.api_key).finish_non_exhaustive()
    }
}

/// What a new key is like.
#[derive(Debug, Clone, Default)]
pub struct NewApiKey {
    /// 1 to 100 characters; blanks around it do not count.
    pub name: String,
    /// What it may do; empty: nothing but to say whose it is.
    pub scope: Scope,
    /// Its life in seconds; `None`: until it is revoked.
    pub expires_in: Option<u32>,
}

/// Keys of one account, about: who makes them at once gets a few more. Their list is not paged.
const MOST: i64 = 1000;

/// `last_used_at` is written at most once in so many seconds.
const TOUCH_SECONDS: i64 = 60;

impl ApiKeys<'_> {
    /// Makes a key for the user.
    ///
    /// # Errors
    /// `not_found` when there is no such user, `access_denied` when the account is disabled,
    /// `conflict` when it has 1000 keys, `invalid_request` naming the field.
    pub async fn create(self, user: UserId, new: NewApiKey) -> Result<CreatedApiKey> {
        let Some(identity) = self.0.live().identity(self.0.db(), user, 0).await? else {
            return Err(Denied::not_found("There is no such user.").into());
        };
        self.create_once((user, identity.epoch), new, None).await
    }

    /// The caller's own key: a key makes no keys, and a token none that may do more than itself; the
    /// password must have been given lately.
    pub(crate) async fn create_own(
        self,
        by: &CurrentUser,
        new: NewApiKey,
        once: Option<Idempotent>,
    ) -> Result<CreatedApiKey> {
        if matches!(by.via, Via::ApiKey(_)) {
            let text = "An API key cannot make API keys. Sign in with the password.";
            return Err(Denied::new(ErrorCode::AccessDenied, text).into());
        }
        if let Some(word) = new.scope.iter().find(|word| !by.has_scope(word)) {
            let text = "A token makes no API key that may do more than itself.";
            return Err(Denied::new(ErrorCode::InsufficientScope, text)
                .field("scope")
                .needing(Needs::Scope(word.to_owned()))
                .into());
        }
        if new.scope.contains(REVOCATIONS) && !by.has_role(ADMIN) {
            let text = "Only an administrator makes a key that hears of everybody's revocations.";
            return Err(Denied::new(ErrorCode::AccessDenied, text).field("scope").into());
        }
        self.0.check_fresh(by)?;
        // The epoch they were let in at: what was ended while the body arrived makes no key.
        self.create_once((by.id, by.identity.epoch), new, once).await
    }

    async fn create_once(
        self,
        (user, epoch): (UserId, i64),
        new: NewApiKey,
        once: Option<Idempotent>,
    ) -> Result<CreatedApiKey> {
        if let Some(earlier) = self.0.earlier_answer(once.as_ref()).await? {
            return Ok(earlier);
        }
        let name = checked_name(&new.name)?;
        if store::api_key::count_of_user(self.0.db(), user).await? >= MOST {
            let text = "This account has 1000 API keys, which is the most. Revoke one first.";
            return Err(Denied::conflict(text).because("keys-too-many").into());
        }
        let key = PlainToken::generate(TokenKind::ApiKey);
        let now = self.0.now();
        let row = ApiKeyRow {
            id: ApiKeyId::new(),
            user_id: user,
            epoch,
            name,
            hint: key.hint().to_string(),
            scope: new.scope.to_string(),
            created_at: now,
            expires_at: new.expires_in.map(|seconds| now + i64::from(seconds)),
            last_used_at: None,
            revoked_at: None,
        };
        self.insert(key, row, once).await
    }

    async fn insert(
        self,
        key: PlainToken,
        row: ApiKeyRow,
        once: Option<Idempotent>,
    ) -> Result<CreatedApiKey> {
        let digest = *key.digest().as_bytes();
        let created = CreatedApiKey { key: key.reveal().to_owned(), api_key: (&row).into() };
        let body = async move |tx: &mut Tx| {
            if !tx.insert_api_key(&row, &digest).await? {
                let text = "This account cannot have API keys: it is disabled or was changed.";
                return Err(Denied::new(ErrorCode::AccessDenied, text).into());
            }
            Ok(())
        };
        self.0.write_once(once, created, body).await
    }

    /// Who the key acts for. A key that was shown before is known by heart, as are its owner's roles:
    /// as of the last change heard of.
    pub(crate) async fn authenticate(self, presented: &str) -> Result<CurrentUser> {
        self.0.check_lag()?;
        let key = PlainToken::parse(TokenKind::ApiKey, presented).map_err(|_| unknown())?;
        let (digest, now) = (*key.digest().as_bytes(), self.0.now());
        let known = self.0.live().api_keys();
        let is_good = |known: &Known<ApiKeyRow>| is_live(&known.row, now);
        let found = match known.get(&digest, is_good) {
            Some(known) => Some(known),
            None => Box::pin(known.load(self.read(digest, now))).await?,
        };
        self.judge(&found.ok_or_else(unknown)?, now).await
    }

    /// The key, if it works.
    async fn read(
        self,
        digest: [u8; 32],
        now: i64,
    ) -> std::result::Result<Option<(ApiKeyId, Known<ApiKeyRow>)>, store::DbError> {
        let row = store::api_key::by_digest(self.0.db(), &digest).await?;
        let row = row.filter(|row| is_live(row, now));
        Ok(row.map(|row| (row.id, Known::api_key(digest, row))))
    }

    /// The same for a key that was authenticated before, to see whether it still is good.
    pub(crate) async fn authenticate_again(self, id: ApiKeyId) -> Result<CurrentUser> {
        self.0.check_lag()?;
        let now = self.0.now();
        let row = store::api_key::by_id(self.0.db(), id).await?;
        let row = row.filter(|row| is_live(row, now)).ok_or_else(unknown)?;
        self.judge(&Arc::new(Known::api_key([0; 32], row)), now).await
    }

    async fn judge(self, key: &Arc<Known<ApiKeyRow>>, now: i64) -> Result<CurrentUser> {
        let row = &key.row;
        let identity = self.0.live().identity(self.0.db(), row.user_id, row.epoch).await?;
        let identity = identity
            .filter(|who| who.disabled_at.is_none() && !who.outlived(row.epoch, None))
            .ok_or_else(unknown)?;
        self.0.admit(&identity)?;
        self.touch(key, now);
        let scope = key.scope.clone().ok_or_else(|| Failed::because("a key with an odd scope"))?;
        Ok(CurrentUser::new(identity, Via::ApiKey(row.id), Some(scope), None))
    }

    /// Notes the use, without making the request wait for it.
    fn touch(self, key: &Arc<Known<ApiKeyRow>>, now: i64) {
        let Some(before) = key.use_now(now, TOUCH_SECONDS) else { return };
        let (db, id, key) = (self.0.db().clone(), key.row.id, Arc::clone(key));
        tokio::spawn(async move {
            let written = db.write(async move |tx| tx.touch_api_key(id, now).await).await;
            if let Err(error) = written {
                key.used_before(before);
                tracing::warn!(%error, "the use of an API key could not be noted");
            }
        });
    }

    /// The user's keys that were not revoked, youngest first.
    pub async fn of(self, user: UserId) -> Result<Vec<ApiKey>> {
        let rows = store::api_key::of_user(self.0.db(), user).await?;
        Ok(rows.iter().map(ApiKey::from).collect())
    }

    /// Everybody's keys that were not revoked, at most `limit` (1 to 100), after the key `after`.
    pub async fn list(self, after: Option<ApiKeyId>, limit: u32) -> Result<Page<ApiKey>> {
        let limit = i64::from(limit.clamp(1, 100));
        let rows = store::api_key::page(self.0.db(), after, limit + 1).await?;
        Ok(Page::of(rows.iter().map(ApiKey::from).collect(), limit, |key| key.id.to_string()))
    }

    /// Revokes a key; the next request with it is refused.
    ///
    /// # Errors
    /// `not_found`, also when it was revoked before.
    pub async fn revoke(self, id: ApiKeyId) -> Result<()> {
        let now = self.0.now();
        let span = (now, now + self.0.token_horizon());
        let revoked = self.0.db().write(async move |tx| tx.end_api_key(id, span).await).await?;
        if revoked { Ok(()) } else { Err(no_such_key()) }
    }

    /// Revokes a key of the caller's own.
    ///
    /// # Errors
    /// `not_found`, also when it is somebody else's; `insufficient_user_authentication` when a
    /// session cookie asks whose password was given too long ago.
    pub async fn revoke_own(self, by: &CurrentUser, id: ApiKeyId) -> Result<()> {
        self.0.check_fresh_cookie(by)?;
        match store::api_key::by_id(self.0.db(), id).await? {
            Some(row) if row.user_id == by.id => self.revoke(id).await,
            _ => Err(no_such_key()),
        }
    }
}

/// Whether the key works, its owner apart.
pub(crate) fn is_live(row: &ApiKeyRow, now: i64) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|end| end > now)
}

fn unknown() -> Denied {
    Denied::invalid_token("The API key is unknown, expired or revoked.")
}

fn no_such_key() -> crate::Error {
    Denied::not_found("There is no such API key.").into()
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=100).contains(&length) || name.chars().any(char::is_control) {
        let text = "A key's name has 1 to 100 characters, no control characters.";
        return Err(Denied::invalid_request(text).field("name").because("key-name").into());
    }
    Ok(name.to_owned())
}

impl From<&ApiKeyRow> for ApiKey {
    fn from(row: &ApiKeyRow) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            name: row.name.clone(),
            hint: row.hint.clone(),
            scope: row.scope.clone(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}
